import type { Estimate } from "../core/estimate.js";
import { gaussianAverages, type GaussianAverages, type Resolution } from "./gaussian-averages.js";
import { lengthMap, TINY } from "./length-map.js";

/** The weight variance at which chi_1 = 1, for one bias variance. */
export interface CriticalPoint extends Estimate {
  /** The mean square of the sums there. */
  readonly length: number;
  /** All weight variances at which a stable length has chi_1 = 1, ascending; `value` is the first. */
  readonly all: readonly number[];
}

/** Lengths among which crossings are looked for: 0 and 8 to a factor of 10, from 1e-8 to 1e6. */
const LEAST = 1e-8;
const PER_DECADE = 8;
const DECADES = 14;

/**
 * The edge of chaos: the weight variance at which perturbations of a wide random network neither grow nor die out.
 *
 * *Definition*: the pairs (sigma_w^2, sigma_b^2) with chi_1 = 1 are one curve with the length q as its parameter:
 * sigma_w^2 = 1 / E phi'(sqrt(q) z)^2 and sigma_b^2 = q - sigma_w^2 E phi(sqrt(q) z)^2.
 * *Arguments*: `activation`: a name of the catalogue; `biasVariance` >= 0.
 * *Returns*: the weight variance. For a bias variance of 0 and an activation with phi(0) = 0 the curve ends at q = 0. Status "not-converged"
 * with NaN when no length from 1e-8 to 1e6 belongs to this bias variance, as for ReLU with biases.
 * *Error*: the difference of two resolutions of the integrals, as a bound. Points whose length is unstable are left out.
 * *Cost*: some 200 averages of a few hundred evaluations each.
 * *Source*: Poole, Lahiri, Raghu, Sohl-Dickstein, Ganguli 2016, Exponential expressivity in deep neural networks through transient chaos,
 * section 2; the parametrisation by q is elementary.
 * *Example*: `const { value, length } = criticalLine({ activation: "tanh", biasVariance: 0.05 }); [value, length] // [1.760955, 0.570048]`
 * *Example*: `criticalLine({ activation: "relu", biasVariance: 0.1 }).status // "not-converged"`
 */
export function criticalLine({
  activation,
  biasVariance,
}: {
  readonly activation: string;
  readonly biasVariance: number;
}): CriticalPoint {
  if (!(biasVariance >= 0 && biasVariance < Infinity))
    throw new RangeError(`criticalLine: biasVariance ${biasVariance} given; allowed: numbers from 0`);
  const averages = gaussianAverages(activation);
  const every = allCrossings(averages, biasVariance, "fine");
  const found = every.filter((c) => c.stable);
  const common = {
    unit: "1",
    method: "root along the curve chi_1 = 1 with the length as parameter; the error is the difference of two resolutions",
    sources: ["Poole, Lahiri, Raghu, Sohl-Dickstein, Ganguli 2016"],
    cost: {},
  };
  if (found.length === 0)
    return {
      ...common,
      value: NaN,
      error: NaN,
      length: NaN,
      all: [],
      status: "not-converged",
      explanation: `no stable length from ${LEAST} to 1e6 has chi_1 = 1 with bias variance ${biasVariance} for ${activation}; ${unstable(every)}try another bias variance${biasVariance > 0 ? ", 0 for instance" : ""}`,
    };
  const [{ q, weightVariance }] = found as [Crossing];
  const coarse = 1 / averages.single(q, "coarse").slopes;
  return {
    ...common,
    value: weightVariance,
    error: Math.abs(coarse - weightVariance) + 4e-15 * weightVariance,
    length: q === TINY ? 0 : q,
    all: found.map((f) => f.weightVariance),
    status: "ok",
  };
}

interface Crossing {
  readonly q: number;
  readonly weightVariance: number;
  /** Whether lengths near q come back to it. */
  readonly stable: boolean;
}

/** Where chi_1 = 1 at a length that does not last. */
const unstable = (found: readonly Crossing[]): string =>
  found
    .map(
      ({ q, weightVariance }) =>
        `at ${weightVariance.toPrecision(6)} chi_1 is 1 for the length ${q.toPrecision(4)}, from which lengths depart; `,
    )
    .join("");

/** The points of the curve with this bias variance and a stable length, by ascending weight variance. */
export const crossings = (averages: GaussianAverages, biasVariance: number, resolution: Resolution): Crossing[] =>
  allCrossings(averages, biasVariance, resolution).filter((c) => c.stable);

function allCrossings(averages: GaussianAverages, biasVariance: number, resolution: Resolution): Crossing[] {
  const at = (q: number): { excess: number; weightVariance: number } => {
    const { product, slopes } = averages.single(q, resolution);
    return { excess: q - product / slopes - biasVariance, weightVariance: 1 / slopes };
  };
  const stable = (q: number, weightVariance: number): boolean => {
    const map = lengthMap(averages, { weightVariance, biasVariance }, resolution);
    // At the end q = 0 the slope is 1; just above it lengths have to fall.
    return q === TINY ? map(LEAST).value <= LEAST * (1 + 1e-12) : Math.abs(map(q).slope) < 1;
  };
  const found: Crossing[] = [];
  const keep = (q: number): void => {
    const { weightVariance } = at(q);
    if (weightVariance < Infinity) found.push({ q, weightVariance, stable: stable(q, weightVariance) });
  };
  if (biasVariance === 0 && averages.single(TINY, resolution).product < 1e-15) keep(TINY);
  let low = LEAST;
  let before = at(low).excess;
  for (let i = 1; i <= DECADES * PER_DECADE; i++) {
    const high = LEAST * 10 ** Math.floor(i / PER_DECADE) * STEPS[i % PER_DECADE]!;
    const after = at(high).excess;
    // A curve that is 0 to rounding, as that of ReLU without biases, has no crossings.
    if (before > 0 !== after > 0 && Math.max(Math.abs(before), Math.abs(after)) > 1e-12 * high)
      keep(bisect((q) => at(q).excess, low, high, before > 0));
    low = high;
    before = after;
  }
  return found.sort((x, y) => x.weightVariance - y.weightVariance);
}

/** 10^(i / 8). */
const STEPS = [
  1, 1.333521432163324, 1.778279410038923, 2.371373705661655, 3.162277660168379, 4.216965034285822, 5.623413251903491,
  7.498942093324558,
];

function bisect(f: (q: number) => number, low: number, high: number, above: boolean): number {
  for (;;) {
    const middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) return middle;
    if (f(middle) > 0 === above) low = middle;
    else high = middle;
  }
}
