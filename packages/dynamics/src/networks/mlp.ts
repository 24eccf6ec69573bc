import { lookup } from "../core/lookup.js";
import { random } from "../core/random.js";
import type { Part } from "../core/system.js";
import { activations } from "./activations.js";
import { affineLayer } from "./affine-layer.js";
import { compose, type Architecture } from "./architecture.js";
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

/**
 * A multilayer perceptron.
 *
 * *Definition*: h_l = phi(h_{l-1} W_l + b_l), l = 1 ... L, h_0 = x, with the identity in place of phi in the last layer.
 * *Arguments*: see `MlpOptions`. W_l has shape [widths[l-1], widths[l]].
 * *Returns*: an Architecture; theta holds W1, b1, W2, b2, ... one after the other.
 * *Error*: `initial(seed)` gives the same bits on every machine; a layer's draw does not depend on the other layers' sizes.
 * *Example*: `const { size, layout } = mlp({ widths: [2, 3, 1], activation: "relu" }); [size, layout.map((p) => p.name)] // [13, ["W1", "b1", "W2", "b2"]]`
 */
export function mlp(options: MlpOptions): Architecture {
  const { widths, activation = "tanh", init = {} } = options;
  const { weights = "xavier-normal", biasDeviation = 0 } = init;
  if (widths.length < 2 || !widths.every((w) => Number.isInteger(w) && w >= 1)) {
    throw new RangeError(
      `mlp: widths [${widths.join(", ")}] given; allowed: at least two integers from 1, input first and output last`,
    );
  }
  if (!(biasDeviation >= 0)) throw new RangeError(`mlp: biasDeviation ${biasDeviation} given; allowed: numbers from 0`);
  const depth = widths.length - 1;
  const gains = perLayer("gain", init.gain ?? 1, depth);
  const biases = perLayer("bias", options.bias ?? true, depth);
  const phi = lookup("activation", activations, activation);
  const { fill } = lookup("initializer", initializers, weights);

  const layout: Part[] = [];
  let size = 0;
  const place = (name: string, shape: readonly number[]): Part => {
    const placed = { name, shape, offset: size };
    layout.push(placed);
    size += shape.reduce((a, b) => a * b, 1);
    return placed;
  };
  const placed = biases.map((bias, l) => ({
    weight: place(`W${l + 1}`, [widths[l]!, widths[l + 1]!]),
    bias: bias ? place(`b${l + 1}`, [widths[l + 1]!]) : undefined,
  }));
  const layerMaps = placed.map(({ weight, bias }, l) => affineLayer(`${l + 1}`, weight, bias, l < depth - 1 ? phi : undefined));

  return {
    name: `mlp ${short(widths)} ${activation}`,
    inputs: widths[0]!,
    outputs: widths[depth]!,
    activation,
    size,
    layout,
    layerMaps,
    ...compose(layerMaps),
    initial(seed) {
      const theta = new Float64Array(size);
      placed.forEach(({ weight, bias }, l) => {
        const w = theta.subarray(weight.offset, weight.offset + widths[l]! * widths[l + 1]!);
        fill(w, widths[l]!, widths[l + 1]!, random(seed, 2 * l));
        for (let i = 0; i < w.length; i++) w[i]! *= gains[l]!;
        if (!bias) return;
        const stream = random(seed, 2 * l + 1);
        for (let i = 0; i < widths[l + 1]!; i++) theta[bias.offset + i] = biasDeviation * stream.normal();
      });
      return theta;
    },
  };
}

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
