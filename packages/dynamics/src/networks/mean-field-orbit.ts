import { scalarMath } from "#engine";
import { gaussianAverages, isResolved } from "./gaussian-averages.js";
import type { Disorder } from "./length-map.js";

export interface MeanFieldOrbitOptions {
  /** Name of an entry of `activations`; applied after every layer but the last, as `mlp` does. */
  readonly activation: string;
  /** Whether the last layer is without activation, as that of `mlp`. Default true; false: as in `recurrent`. */
  readonly readout?: boolean;
  /** The law of each layer, first to last. */
  readonly layers: readonly Disorder[];
  /** Mean square of an input's components. Default 1. */
  readonly inputSquare?: number;
  /** Correlation of two inputs of that mean square, in [-1, 1]. Default 0. */
  readonly inputCorrelation?: number;
}

/** What infinitely wide layers do to signals and gradients, one entry a layer. */
export interface MeanFieldOrbit {
  /** Mean square of the sums. */
  readonly lengths: Float64Array;
  /** Correlation of the sums of two inputs. */
  readonly correlations: Float64Array;
  /** log(|dL/dh_{l-1}| / |dL/dh_l|), in nats: the rates of `gradientGrowth`. */
  readonly gradientRates: Float64Array;
}

/**
 * Lengths, correlations and gradients layer by layer, before any fixed point is reached.
 *
 * *Definition*: q_1 = sigma_w^2 m + sigma_b^2 for inputs of mean square m, then the length and correlation maps of `meanField` with the law of each
 * layer; the gradient rate of layer l is log(sigma_w^2 E phi'(sqrt(q_l) z)^2) / 2, without the average for the last layer, which has no activation.
 * *Arguments*: see `MeanFieldOrbitOptions`.
 * *Returns*: arrays with one entry a layer. A length that leaves the finite numbers, or at which the averages are not resolved,
 * makes all that follows NaN.
 * *Error*: that of the integrals, about 1e-14. *Cost*: some 10 ms a layer while correlations are below 1.
 * *Source*: Poole et al. 2016, equations 3 and 5; Schoenholz et al. 2017, section 5.
 * *Example*: `const law = { weightVariance: 2, biasVariance: 0 };
 * meanFieldOrbit({ activation: "relu", layers: [law, law, law] }).correlations // [0, 0.31831, 0.49373]`
 */
export function meanFieldOrbit(options: MeanFieldOrbitOptions): MeanFieldOrbit {
  const { activation, layers, readout = true, inputSquare = 1, inputCorrelation = 0 } = options;
  if (layers.length === 0 || layers.some((l) => !(l.weightVariance >= 0 && l.biasVariance >= 0)))
    throw new RangeError("meanFieldOrbit: give at least one layer, with variances from 0");
  if (!(inputSquare >= 0) || !(Math.abs(inputCorrelation) <= 1))
    throw new RangeError(
      `meanFieldOrbit: inputSquare ${inputSquare}, inputCorrelation ${inputCorrelation} given; allowed: from 0; from -1 to 1`,
    );
  const averages = gaussianAverages(activation);
  const depth = layers.length;
  const [lengths, correlations, gradientRates] = [0, 0, 0].map(() => new Float64Array(depth)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  // Mean square and mean product of what enters a layer.
  let square = inputSquare;
  let product = inputCorrelation * inputSquare;
  layers.forEach(({ weightVariance, biasVariance }, l) => {
    const q = weightVariance * square + biasVariance;
    const c = Math.max(-1, Math.min(1, (weightVariance * product + biasVariance) / q));
    lengths[l] = q;
    correlations[l] = c;
    const finite = q > 0 && q < 1e300 && isResolved(averages, q);
    const alone = finite ? averages.single(q) : { product: NaN, slopes: NaN };
    square = alone.product;
    // Rounding must not part what has met.
    product = 1 - c < 1e-15 ? square : finite ? averages.pair(q, c).product : NaN;
    gradientRates[l] = 0.5 * scalarMath.log(weightVariance * (readout && l === depth - 1 ? 1 : alone.slopes));
  });
  return { lengths, correlations, gradientRates };
}
