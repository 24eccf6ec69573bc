import { scalarMath } from "#engine";
import { lookup } from "../core/lookup.js";
import { initializers } from "./initializers.js";
import type { Disorder } from "./length-map.js";
import { meanFieldOrbit } from "./mean-field-orbit.js";
import type { MlpOptions } from "./mlp.js";
import type { ResnetOptions } from "./residual.js";
import { resnet } from "./resnet.js";

export interface ResidualOrbitOptions {
  /** Mean square of an input's components. Default 1. */
  readonly inputSquare?: number;
  /** Correlation of two inputs of that mean square, in [-1, 1]. Default 0.5. */
  readonly inputCorrelation?: number;
}

/** What infinitely wide residual layers do to signals and gradients: one entry for each layer of `resnet`, its ends among them. */
export interface ResidualOrbit {
  /** T/L: what a branch is multiplied by. */
  readonly factor: number;
  /** The laws of the layers of a branch. */
  readonly branch: readonly Disorder[];
  /** Which of the layers are residual, and the mean square of the state before them. */
  readonly residual: { readonly from: number; readonly count: number; readonly start: number };
  /** Mean square of the components after the layer. */
  readonly lengths: Float64Array;
  /** Correlation of two inputs after the layer. */
  readonly correlations: Float64Array;
  /** log(|dL/dh_{l-1}| / |dL/dh_l|), in nats: the rates of `drawnGrowth`. */
  readonly gradientRates: Float64Array;
}

/**
 * Mean-field theory of residual networks: lengths, correlations and gradients layer by layer.
 *
 * *Definition*: h' = h + alpha F(h) with branches F of independent weights. Q and K, the mean square of a state and the mean product of two, obey Q' = Q + alpha^2 V(Q),
 * K' = K + alpha^2 C(Q, K), where V and C are the length and covariance maps of the branch's layers, one after the other: the mixed terms have mean 0, since the last weights of F are
 * independent of h. A squared gradient grows by 1 + alpha^2 chi on its way back, chi being the product of the factors of the branch's layers. There is no fixed
 * point: lengths grow, exponentially for ReLU, in the end linearly for bounded activations; with alpha = T/L all of it tends to nothing as layers are added, and with alpha
 * proportional to 1/sqrt(L) it stays finite.
 * *Arguments*: `options` as for `resnet`; `shared` layers are refused: their weights are not independent of the state. See `ResidualOrbitOptions`.
 * *Returns*: see `ResidualOrbit`. What leaves the finite numbers, or is not resolved, is NaN from there on.
 * *Error*: that of the integrals, about 1e-14 a layer. A network of width N scatters about it by 1 / sqrt(N).
 * *Cost*: some 10 to 100 ms a layer. *Source*: Yang, Schoenholz 2017, Mean field residual networks: on the edge of chaos, section 3.
 * *Example*: `const { lengths, gradientRates } = residualOrbit({ widths: [50, 50, 50], depth: 1, activation: "relu", init: { weights: "he-normal" }, readout: "identity" });
 * [lengths[0], gradientRates[0]] // [3.0, 0.54931]`
 */
export function residualOrbit(options: ResnetOptions, settings: ResidualOrbitOptions = {}): ResidualOrbit {
  const { widths, depth = 5, horizon = 1, activation = "tanh", state = widths[0]!, shared = false, ...rest } = options;
  const { inputSquare = 1, inputCorrelation = 0.5 } = settings;
  const { lift = "pad", readout = "affine" } = rest;
  if (shared)
    throw new RangeError(
      "residualOrbit: shared layers given; allowed: layers with weights of their own, which are independent of the state that they meet",
    );
  if (!(inputSquare > 0) || !(Math.abs(inputCorrelation) <= 1))
    throw new RangeError(
      `residualOrbit: inputSquare ${inputSquare}, inputCorrelation ${inputCorrelation} given; allowed: above 0; from -1 to 1`,
    );
  // Everything that can be wrong with the options.
  resnet(options);
  const inputs = widths[0]!;
  const factor = horizon / depth;
  const branch = lawsOf({ ...rest, widths: [state, ...widths.slice(1, -1), state] }, "residualOrbit");
  const rows: [length: number, correlation: number, rate: number][] = [];
  let [square, product] = [inputSquare, inputSquare * inputCorrelation];
  const keep = (rate: number): void => void rows.push([square, product / square, rate]);
  if (lift === "affine" || state > inputs) {
    // Zeros, or orthonormal columns: the square is kept and spread over more units.
    const spread = Math.min(1, inputs / state);
    [square, product] = [square * spread, product * spread];
    keep(0.5 * scalarMath.log(spread));
  }
  const residual = { from: rows.length, count: depth, start: square };
  for (let k = 0; k < depth; k++) {
    const inside = meanFieldOrbit({
      activation,
      layers: branch,
      inputSquare: square,
      inputCorrelation: Math.max(-1, Math.min(1, product / square)),
    });
    const [length, correlation] = [inside.lengths.at(-1)!, inside.correlations.at(-1)!];
    const chi = scalarMath.exp(2 * inside.gradientRates.reduce((a, b) => a + b, 0));
    square += factor * factor * length;
    product += factor * factor * length * correlation;
    keep(0.5 * scalarMath.log(1 + factor * factor * chi));
  }
  if (readout === "affine") {
    const [{ weightVariance }] = lawsOf({ widths: [state, widths.at(-1)!] }, "residualOrbit") as [Disorder];
    [square, product] = [weightVariance * square, weightVariance * product];
    keep(0.5 * scalarMath.log(weightVariance));
  }
  const [lengths, correlations, gradientRates] = [0, 1, 2].map((i) => Float64Array.from(rows, (row) => row[i]!)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return { factor, branch, residual, lengths, correlations, gradientRates };
}

/** sigma_w^2 and sigma_b^2 of each layer of a multilayer perceptron; throws where its weights are not random. */
export function lawsOf({ widths, init = {}, bias = true }: MlpOptions, asker: string): Disorder[] {
  const { weights = "xavier-normal", gain = 1, biasDeviation = 0 } = init;
  const { variance, random } = lookup("initializer", initializers, weights);
  if (!random)
    throw new RangeError(
      `${asker}: ${weights} given, which draws nothing; allowed: initializers of random weights, ${initializers
        .filter((i) => i.random)
        .map((i) => i.name)
        .join(", ")}`,
    );
  const of = <T>(all: T | readonly T[], l: number): T => (Array.isArray(all) ? (all as readonly T[])[l]! : (all as T));
  return widths.slice(1).map((outputs, l): Disorder => {
    const g = of<number>(gain, l);
    return {
      weightVariance: widths[l]! * variance(widths[l]!, outputs) * g * g,
      biasVariance: of<boolean>(bias, l) ? biasDeviation * biasDeviation : 0,
    };
  });
}
