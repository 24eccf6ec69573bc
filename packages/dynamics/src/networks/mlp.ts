import { lookup } from "../core/lookup.js";
import { random } from "../core/random.js";
import type { Part } from "../core/system.js";
import { activations } from "./activations.js";
import { affineLayer } from "./affine-layer.js";
import { compose, type Architecture } from "./architecture.js";
import { normalisedLayer, runningStatistics, type TwoFaced } from "./batch-normalisation.js";
import { initializers } from "./initializers.js";

export interface MlpOptions {
  /** Units of each layer, input first, output last: at least two. */
  readonly widths: readonly number[];
  /** Name of an entry of `activations`; applied after every layer but the last. Default "tanh". */
  readonly activation?: string;
  /** Whether each layer has a bias: one for all, or one a layer. Default true. */
  readonly bias?: boolean | readonly boolean[];
  readonly init?: {
    /** Name of an entry of `initializers`. Default "xavier-normal". */
    readonly weights?: string;
    /** Factor on the weights: one for all, or one a layer. Default 1. */
    readonly gain?: number | readonly number[];
    /** Standard deviation of the biases. Default 0. */
    readonly biasDeviation?: number;
  };
}

/** What normalises the fields before an activation. */
export const normalisations = ["none", "batch"] as const;

export interface PerceptronOptions extends MlpOptions {
  /** How often the only hidden layer of `widths` is there, so that depth and width are numbers to be varied. Default: once. */
  readonly depth?: number;
  /** Of the hidden layers, before the activation. Default "none". */
  readonly normalisation?: (typeof normalisations)[number];
  /** alpha, the share of the newest batch in the running statistics: above 0, up to 1, which keeps the last batch alone. Default 0.1. */
  readonly statisticsRate?: number;
  /** What is added to variances: from 0. Default 1e-5. */
  readonly epsilon?: number;
}

/**
 * A multilayer perceptron.
 *
 * *Definition*: h_l = phi(h_{l-1} W_l + b_l), l = 1 ... L, h_0 = x, with the identity in place of phi in the last layer. With batch normalisation
 * h_l = phi(gamma_l (s - mean s) / sqrt(var s + epsilon) + beta_l), s = h_{l-1} W_l, for l < L: beta takes the place of the bias, which the mean would take
 * off. In training mean and variance (over the number of samples n, not n - 1) are those of the batch. In evaluation mode they are running averages,
 * m <- (1 - alpha) m + alpha (that of the batch) in every step of training.
 * *Arguments*: see `PerceptronOptions`. W_l has shape [widths[l-1], widths[l]]; gamma starts at 1.
 * *Returns*: an Architecture; theta holds W1, b1, W2, b2, ... one after the other; of normalised layers W1, gamma1, beta1. These have `running`, and `apply`
 * is that of training: `running.evaluation` is the network for single samples, its parameters theta and then mean1, variance1, ...
 * *Error*: `initial(seed)` gives the same bits on every machine; a layer's draw does not depend on the other layers' sizes.
 * *Source*: of batch normalisation Ioffe, Szegedy 2015, algorithms 1 and 2; there the running variance is that over n - 1.
 * *Example*: `const { size, layout } = mlp({ widths: [2, 3, 1], activation: "relu" }); [size, layout.map((p) => p.name)] // [13, ["W1", "b1", "W2", "b2"]]`
 * *Example*: `const normed = mlp({ widths: [2, 3, 1], normalisation: "batch" });
 * normed.running.evaluation.layout.map((p) => p.name) // ["W1", "gamma1", "beta1", "W2", "b2", "mean1", "variance1"]`
 */
export function mlp(options: PerceptronOptions): Architecture {
  const widths = widthsOf(options);
  const { activation = "tanh", init = {}, normalisation = "none", statisticsRate = 0.1, epsilon = 1e-5 } = options;
  const { weights = "xavier-normal", biasDeviation = 0 } = init;
  if (widths.length < 2 || !widths.every((w) => Number.isInteger(w) && w >= 1)) {
    throw new RangeError(
      `mlp: widths [${widths.join(", ")}] given; allowed: at least two integers from 1, input first and output last`,
    );
  }
  if (!(biasDeviation >= 0)) throw new RangeError(`mlp: biasDeviation ${biasDeviation} given; allowed: numbers from 0`);
  const count = widths.length - 1;
  const gains = perLayer("gain", init.gain ?? 1, count);
  const biases = perLayer("bias", options.bias ?? true, count);
  const phi = lookup("activation", activations, activation);
  const { fill } = lookup("initializer", initializers, weights);

  if (!normalisations.includes(normalisation))
    throw new RangeError(`mlp: normalisation ${normalisation} given; allowed: ${normalisations.join(", ")}`);
  if (!(statisticsRate > 0 && statisticsRate <= 1))
    throw new RangeError(`mlp: statisticsRate ${statisticsRate} given; allowed: numbers above 0, up to 1`);
  if (!(epsilon >= 0 && epsilon < Infinity))
    throw new RangeError(`mlp: epsilon ${epsilon} given; allowed: finite numbers from 0`);
  const normed = normalisation === "batch";
  if (normed && count < 2)
    throw new RangeError("mlp: batch normalisation of a network without hidden layers asked for; allowed: three widths or more");

  const layout: Part[] = [];
  let size = 0;
  const place = (name: string, shape: readonly number[]): Part => {
    const placed = { name, shape, offset: size };
    layout.push(placed);
    size += shape.reduce((a, b) => a * b, 1);
    return placed;
  };
  const placed = biases.map((bias, l) => {
    const [normal, shape] = [normed && l < count - 1, [widths[l + 1]!]];
    return {
      weight: place(`W${l + 1}`, [widths[l]!, widths[l + 1]!]),
      scale: normal ? place(`gamma${l + 1}`, shape) : undefined,
      bias: bias ? place(`${normal ? "beta" : "b"}${l + 1}`, shape) : undefined,
    };
  });
  const parameters = layout.slice();
  const base = {
    name: `mlp ${short(widths)} ${activation}${normed ? ", batch normalisation" : ""}`,
    inputs: widths[0]!,
    outputs: widths[count]!,
    activation,
    size,
    layout: parameters,
  };
  const layers = placed.map(({ weight, scale, bias }, l): TwoFaced => {
    const name = `${l + 1}`;
    if (scale) {
      const [mean, variance] = [place(`mean${name}`, scale.shape), place(`variance${name}`, scale.shape)];
      return normalisedLayer(name, { weight, scale, shift: bias, mean, variance }, epsilon, phi);
    }
    const layer = affineLayer(name, weight, bias, l < count - 1 ? phi : undefined);
    return { training: layer, evaluation: layer };
  });
  const layerMaps = layers.map((l) => l.training);
  const initial = (seed: number): Float64Array => {
    const theta = new Float64Array(base.size);
    placed.forEach(({ weight, scale, bias }, l) => {
      const w = theta.subarray(weight.offset, weight.offset + widths[l]! * widths[l + 1]!);
      fill(w, widths[l]!, widths[l + 1]!, random(seed, 2 * l));
      for (let i = 0; i < w.length; i++) w[i]! *= gains[l]!;
      if (scale) theta.fill(1, scale.offset, scale.offset + widths[l + 1]!);
      if (!bias) return;
      const stream = random(seed, 2 * l + 1);
      for (let i = 0; i < widths[l + 1]!; i++) theta[bias.offset + i] = biasDeviation * stream.normal();
    });
    return theta;
  };
  const statistics = layout.slice(parameters.length);
  return {
    ...base,
    layerMaps,
    ...compose(layerMaps),
    ...(normed ? { running: runningStatistics(base, layers, statistics, statisticsRate, initial) } : {}),
    initial,
  };
}

/** Units of all layers: those given, or the hidden layer among three of them `depth` times. */
export function widthsOf({ widths, depth }: PerceptronOptions): readonly number[] {
  if (depth === undefined) return widths;
  if (widths.length !== 3 || !Number.isInteger(depth) || depth < 1 || depth > MOST_LAYERS)
    throw new RangeError(
      `mlp: depth ${depth} given with widths [${widths.join(", ")}]; allowed: integers from 1 to ${MOST_LAYERS}, with three widths whose middle one is repeated`,
    );
  const [inputs, hidden, outputs] = widths as [number, number, number];
  return [inputs, ...new Array<number>(depth).fill(hidden), outputs];
}

const MOST_LAYERS = 1000;

/** Widths with - between them; four and more equal ones in a row as 200x20. */
function short(widths: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const w of widths) {
    const last = runs.at(-1);
    if (last?.[0] === w) last[1]++;
    else runs.push([w, 1]);
  }
  return runs.map(([w, n]) => (n > 3 ? `${w}x${n}` : new Array<number>(n).fill(w).join("-"))).join("-");
}

function perLayer<T extends number | boolean>(what: string, given: T | readonly T[], depth: number): readonly T[] {
  if (!Array.isArray(given)) return new Array<T>(depth).fill(given as T);
  if (given.length !== depth)
    throw new RangeError(`mlp: ${given.length} values of ${what} given; allowed: one for all, or ${depth}, one a layer`);
  return given as readonly T[];
}
