import { scalarMath } from "#engine";
import type { Estimate } from "../core/estimate.js";
import { correlationFixedPoint, correlationMap } from "./correlation-map.js";
import { gaussianAverages, isResolved, type GaussianAverages } from "./gaussian-averages.js";
import { lengthFixedPoint, lengthMap, TINY, type Disorder } from "./length-map.js";

export interface MeanFieldOptions extends Disorder {
  /** Name of an entry of `activations`. */
  readonly activation: string;
  /** Mean square of the sums from which the length starts: it decides where there is more than one fixed point. Default 1. */
  readonly startLength?: number;
}

/**
 * - ordered: chi_1 < 1, perturbations and gradients die out;
 * - critical: |chi_1 - 1| <= 1e-4, so that depth scales exceed 10,000 layers;
 * - chaotic: chi_1 > 1, perturbations and gradients grow;
 * - unbounded: the signal itself grows from layer to layer without end;
 * - unknown: the integrals are not resolved, because the activation changes too fast at such lengths.
 */
export type Phase = "ordered" | "critical" | "chaotic" | "unbounded" | "unknown";

/** What the theory of wide random networks says about one law of weights and biases. */
export interface MeanField {
  readonly phase: Phase;
  /** q*: the mean square of the sums deep inside. */
  readonly length: Estimate;
  /** chi_1: the factor a layer puts on the mean square of a small perturbation, and on that of a gradient going back. */
  readonly chi: Estimate;
  /** c*: the correlation to which two different inputs converge. */
  readonly correlation: Estimate;
  /** The derivative of the correlation map at c*. */
  readonly slope: Estimate;
  /** xi_q, xi_c, xi_grad = -1 / log of the factor of a layer: after so many layers a deviation has fallen to 1/e. Infinite at a factor of 1; negative where it grows instead. */
  readonly depthScales: { readonly length: Estimate; readonly correlation: Estimate; readonly gradient: Estimate };
  /** 6 xi_c: about as many layers could be trained in experiments. */
  readonly trainableDepth: Estimate;
}

const SOURCES = ["Poole, Lahiri, Raghu, Sohl-Dickstein, Ganguli 2016", "Schoenholz, Gilmer, Ganguli, Sohl-Dickstein 2017"];
const CRITICAL = 1e-4;

/**
 * Mean-field theory of a wide, deep, fully connected network with random weights and biases.
 *
 * *Definition*: sums h_l = W_l phi(h_{l-1}) + b_l with W ~ N(0, sigma_w^2 / inputs), b ~ N(0, sigma_b^2). As the width grows the mean square q of
 * the sums and the correlation c of the sums of two inputs obey q' = V(q) = sigma_w^2 E phi(sqrt(q) z)^2 + sigma_b^2 and, at the fixed point q*,
 * c' = C(c) = (sigma_w^2 E phi(u) phi(v) + sigma_b^2) / q*. chi_1 = sigma_w^2 E phi'(sqrt(q*) z)^2 = C'(1).
 * xi_q = -1 / log |V'(q*)|, where V'(q) = sigma_w^2 E[z phi phi'] / sqrt(q) (by Stein's lemma chi_1 + sigma_w^2 E phi phi'' where phi'' exists);
 * xi_c = -1 / log C'(c*); xi_grad = -1 / log chi_1. A squared gradient norm grows by chi_1 from layer to layer on its way back: to
 * |g|^2 W contributes sigma_w^2 / inputs for each of `inputs` components, whatever the widths, and the slope E phi'^2.
 * *Arguments*: see `MeanFieldOptions`; variances are finite and not negative.
 * *Returns*: each number as an Estimate. Where the length has no fixed point (ReLU with sigma_w^2 > 2, say) q* is NaN with status "diverged", and
 * chi_1 and c* are limits for growing lengths; where it is 0 they are limits for vanishing lengths, and c* is NaN ("not-converged") when every
 * correlation is kept there. For starts with c < 0 see `correlation`'s map: the answer is for starts in [0, 1).
 * *Error*: bounds by the difference of two resolutions of every integral (see `gaussianAverages`), carried to the fixed points. The theory itself
 * is for infinite width: a network of width N scatters about it by 1 / sqrt(N).
 * *Cost*: tens of milliseconds. *Source*: Poole et al. 2016, equations 3 to 8; Schoenholz et al. 2017, Deep information propagation, sections 2 to 4.
 * *Example*: `const { phase, length, chi, correlation, depthScales } = meanField({ activation: "tanh", weightVariance: 2.5, biasVariance: 0.05 });
 * [phase, length.value, chi.value, correlation.value, depthScales.correlation.value] // ["chaotic", 1.063958, 1.133516, 0.446804, 11.7956]`
 */
export function meanField(options: MeanFieldOptions): MeanField {
  const { activation, weightVariance, biasVariance, startLength = 1 } = options;
  for (const [name, value, least] of [
    ["weightVariance", weightVariance, 0],
    ["biasVariance", biasVariance, 0],
    ["startLength", startLength, 1e-9],
  ] as const) {
    if (!(value >= least && value < 1e9)) throw new RangeError(`meanField: ${name} ${value} given; allowed: ${least} to 1e9`);
  }
  return meanFieldOf(gaussianAverages(activation), { weightVariance, biasVariance }, startLength);
}

/** The same with averages at hand, for many laws of one activation. */
function meanFieldOf(averages: GaussianAverages, disorder: Disorder, startLength: number): MeanField {
  const reached = lengthFixedPoint(averages, disorder, startLength);
  const resolved = isResolved(averages, Math.max(reached.q, TINY));
  const found = resolved ? reached : { ...reached, status: "not-converged" as const, explanation: UNRESOLVED };
  const { slope: lengthSlope } = found;
  const q = Math.max(found.q, TINY);
  const [fine, coarse] = [lengthMap(averages, disorder), lengthMap(averages, disorder, "coarse")].map((v) => v(q));
  const rounding = 1e-14;
  // At a fixed point among fixed points, and without any, there is no length to be wrong about.
  const definite = found.status !== "diverged" && found.explanation === undefined;
  const lengthError =
    rounding * q + (definite ? Math.abs(fine!.value - coarse!.value) / Math.max(1e-12, Math.abs(1 - lengthSlope)) : 0);
  // How chi moves with q is bounded by its own size over q where q is not small.
  const chiError =
    Math.abs(fine!.chi - coarse!.chi) + rounding * fine!.chi + (q > TINY ? (fine!.chi * Math.min(lengthError, q)) / q : 0);

  const common = { unit: "1", sources: SOURCES, cost: {} };
  const why = (explanation: string | undefined) => (explanation === undefined ? {} : { explanation });
  const limit =
    found.status === "diverged" ? "; limit for growing lengths" : found.q === 0 ? "; limit for vanishing lengths" : "";
  const length: Estimate = {
    ...common,
    value: found.status === "ok" ? found.q : NaN,
    error: found.status === "ok" ? (found.q === 0 ? 0 : lengthError) : NaN,
    status: found.status,
    method: "fixed point of the length map; the error is a bound from two resolutions",
    ...why(found.explanation),
  };
  const estimate = (value: number, error: number, method: string): Estimate => ({
    ...common,
    value: resolved ? value : NaN,
    error: resolved ? error : NaN,
    status: resolved ? "ok" : "not-converged",
    ...why(resolved ? undefined : UNRESOLVED),
    method: `${method}${limit}; the error is a bound from two resolutions`,
  });
  const chi = estimate(fine!.chi, chiError, "Gaussian average of the squared derivative at q*");
  const c = resolved
    ? correlationFixedPoint(averages, disorder, q)
    : { status: "not-converged" as const, c: NaN, slope: NaN, explanation: UNRESOLVED };
  const [near, far] =
    c.status === "ok"
      ? [correlationMap(averages, disorder, q)(c.c), correlationMap(averages, disorder, q, "coarse")(c.c)]
      : [
          { value: NaN, slope: NaN },
          { value: NaN, slope: NaN },
        ];
  const slopeError =
    Math.abs(near.slope - far.slope) +
    rounding +
    (c.c === 1 ? 0 : lengthError / q) +
    // Limits for growing lengths are told at a length at which smooth activations still differ from them by so much.
    (found.status === "diverged" ? disorder.biasVariance / q + 1 / Math.sqrt(q) : 0);
  const correlation: Estimate = {
    ...estimate(
      c.c,
      // A slope above 1 by less than can be told from it would put c* below 1 by about as much.
      c.c === 1
        ? 100 * Math.max(0, near.slope - 1)
        : (Math.abs(near.value - far.value) + rounding + lengthError / q) / Math.abs(1 - near.slope),
      "attracting fixed point of the correlation map",
    ),
    status: c.status,
    ...why(c.explanation),
  };
  const slope: Estimate = {
    ...estimate(near.slope, slopeError, "Gaussian average of the product of derivatives at c*"),
    status: c.status,
    ...why(c.explanation),
  };
  const scales = {
    length: depthScale({ ...estimate(Math.abs(lengthSlope), chiError, "slope of the length map at q*"), status: found.status }),
    correlation: depthScale(slope),
    gradient: depthScale(chi),
  };
  const { value, error, ...rest } = scales.correlation;
  const lost = found.status === "diverged";
  return {
    phase: resolved ? phaseOf(lost, chi.value) : "unknown",
    length,
    chi,
    correlation,
    slope,
    depthScales: scales,
    trainableDepth: {
      ...rest,
      ...(lost ? { status: found.status, ...why(found.explanation) } : {}),
      value: lost ? NaN : 6 * value,
      error: lost ? NaN : 6 * error,
      unit: "layer",
      method:
        "6 xi_c: a rule from experiments with tanh networks on MNIST and CIFAR-10, not a theorem; residual connections or normalisation lift it",
      sources: ["Schoenholz, Gilmer, Ganguli, Sohl-Dickstein 2017, section 5"],
    },
  };
}

const UNRESOLVED =
  "the activation changes too fast over signals of this length for its averages to be resolved; take smaller variances";

const phaseOf = (unbounded: boolean, chi: number): Phase =>
  unbounded ? "unbounded" : Math.abs(chi - 1) <= CRITICAL ? "critical" : chi < 1 ? "ordered" : "chaotic";

/** -1 / log of the factor of a layer, in layers. */
function depthScale(factor: Estimate): Estimate {
  const log = scalarMath.log(factor.value);
  const known = factor.status === "ok";
  const infinite = Math.abs(log) <= factor.error;
  return {
    ...factor,
    value: !known ? NaN : infinite ? Infinity : -1 / log,
    error: !known ? NaN : infinite || factor.value === 0 ? 0 : factor.error / (factor.value * log * log),
    unit: "layer",
    method: `-1 / log of: ${factor.method}`,
    ...(known && infinite ? { explanation: "the factor of a layer is 1 to rounding: deviations do not fall exponentially" } : {}),
  };
}
