import { scalarMath } from "#engine";
import { studentQuantile } from "../core/confidence.js";
import type { Estimate } from "../core/estimate.js";
import { finish, type Parts } from "../core/parts.js";
import { fillNormal, random } from "../core/random.js";
import { norm, scaleRow } from "../core/rows.js";
import { batchMeans } from "./batch-means.js";
import type { RandomProducts } from "./random-products.js";

export interface CharacteristicExponentOptions {
  /** Most steps. Default 2^23 = 8,388,608; they are taken only while the sign is open. */
  readonly budget?: number;
  /** Steps that are always taken, for accuracy beyond the sign. Default 0; the budget for a run of fixed length. */
  readonly least?: number;
  /** Probability with which the certificate is right, over all its looks together. Default 0.99. */
  readonly level?: number;
  /** Least length of the first stage; it is lengthened so that doubling ends on the budget. Default: 50 times the dimension, at least 2,000. */
  readonly first?: number;
  readonly seed?: number;
}

/** The top exponent of a random product, with an interval and a verdict on its sign. */
export interface CharacteristicExponent extends Estimate {
  /** Holds the exponent with the level's probability, simultaneously for all looks; its upper end allows for a start far from the leading direction. */
  readonly interval: readonly [number, number];
  readonly level: number;
  /** The sign, when the interval excludes 0; "undecided": the budget ended first. */
  readonly sign: "negative" | "positive" | "undecided";
  /** Number of looks. */
  readonly stages: number;
  /** Correlation of neighbouring batch means in the last stage. */
  readonly correlation: number;
}

/**
 * The characteristic Lyapunov exponent of random products of matrices, with a sign certificate.
 *
 * *Definition*: lambda = lim (1/n) log |A_n ... A_1 v|, the same for almost every v and every sequence.
 * *Arguments*: `products`; see `CharacteristicExponentOptions`.
 * *Returns*: lambda in nats a step. The run goes through stages, each as long as all before it together; a stage takes the earlier ones as its
 * transient and gives an interval from its own steps alone. The run ends when a stage's interval excludes 0 (and `least` steps are
 * done) or the next stage would pass the budget; status "step-limit" then goes with sign "undecided". -Infinity, with an explanation, when
 * a product is exactly singular along the vector.
 * *Error*: `error` is one standard error from batch means s of the last stage, and what the start may still hide: one vector can follow slow directions for
 * as long as it has little of the leading one, and then shows too small an exponent with hardly any noise. For a random start v in d coordinates
 * E log |A_n ... A_1 v| + c >= n lambda with c = (psi(d / 2) - psi(1 / 2)) / 2, and all but the share p of starts are within log(sqrt(2 d / pi) / p): with the
 * growth over all n steps an upper bound, in `error` by the first and at the upper end of the interval by the second. So a negative sign takes a fall by some
 * e^8, not only a falling mean. The lower end is mean - t s with Student's t for the number of batches. Stage k has the error probability
 * (1 - level) / (k (k + 1)), which adds up to 1 - level over all looks however many there are.
 * It rests on batch means being independent and nearly normal: a stage whose batches are correlated by more than 3 / sqrt(batches)
 * decides nothing. (A negative correlation, usual where lambda is small, means that the error is overestimated.)
 * *Cost*: one product a step, one norm every `interval` steps.
 * *Source*: Furstenberg, Kesten 1960 (the limit, and that E log |A_n ... A_1| >= n lambda at every n); Chemnitz, Engel 2024 (its sign decides where SGD can end);
 * Schmeiser 1982 (batch means). The share of a random start: |<v, u>|^2 is Beta(1/2, (d - 1)/2) for every unit u, of density at most sqrt(2 d / pi) in |<v, u>|.
 * *Example*: `characteristicExponent(sgdProducts(gram([[1.5, 0.9], [0.9, 2.5]]), { stepSize: 0.6 })).sign // "negative"`
 */
export const characteristicExponent = (
  products: RandomProducts,
  options: CharacteristicExponentOptions = {},
): CharacteristicExponent => finish(characteristicExponentInParts(products, options));

/** `characteristicExponent`, giving its host a turn now and then. */
export function* characteristicExponentInParts(
  products: RandomProducts,
  options: CharacteristicExponentOptions = {},
): Parts<CharacteristicExponent> {
  const { dim } = products;
  const { budget = 2 ** 23, least = 0, level = 0.99, first = Math.max(2000, 50 * dim), seed = 0 } = options;
  for (const [name, value] of Object.entries({ budget, first }))
    if (!Number.isInteger(value) || value < 100)
      throw new RangeError(`characteristicExponent: ${name} ${value} given; allowed: integers from 100`);
  if (!(level > 0 && level < 1)) throw new RangeError(`characteristicExponent: level ${level} given; allowed: between 0 and 1`);
  if (dim === 0) throw new RangeError("characteristicExponent: the Gram matrix is zero: no sample moves the network");
  const walk = walker(products, seed);
  let length = Math.floor(budget / 2);
  while (length >= 2 * first) length = Math.floor(length / 2);
  let grown = (yield* walk(length, undefined)).growth;
  let taken = length;
  for (let stage = 1; ; stage++) {
    const means = batchMeans(1, 20);
    yield taken / budget;
    const { singular, growth } = yield* walk(length, means);
    taken += length;
    grown += growth;
    const { mean, error: spread, count, correlation } = means.result();
    const value = singular ? -Infinity : mean[0]!;
    // What rounding leaves of a run without randomness.
    const rounding = 2 ** -50 * (1 + Math.abs(value));
    const deviation = Math.max(spread[0]!, rounding);
    // A third each: above the interval, below it, and a start with too little of the leading direction.
    const wrong = (1 - level) / (3 * stage * (stage + 1));
    const half = singular ? 0 : deviation * studentQuantile(1 - 2 * wrong, count - 1);
    // What the leading direction can have above the mean, all steps and the start considered.
    const hidden = (start: number): number => (singular || dim === 1 ? 0 : Math.max(0, (grown + start) / taken - value));
    const high = value + half + hidden(0.5 * scalarMath.log((2 * dim) / Math.PI) - scalarMath.log(wrong));
    const missing = hidden(0.5 * (scalarMath.log(dim) + START));
    const error = Math.sqrt(deviation * deviation + missing * missing);
    const trusted = singular || deviation === rounding || correlation <= 3 / Math.sqrt(count);
    const sign = !trusted ? "undecided" : high < 0 ? "negative" : value - half > 0 ? "positive" : "undecided";
    const finite = value === value && value < Infinity;
    // Without randomness at this precision more steps tell nothing more.
    const lost = sign === "undecided" && deviation === rounding && spread[0]! <= rounding / 16;
    const last = 2 * taken > budget || !finite || lost;
    if (!(last || (sign !== "undecided" && taken >= least) || singular)) {
      length = taken;
      continue;
    }
    const why = !finite
      ? "a vector left the finite numbers; the step size is far beyond stability"
      : singular
        ? "a product took the vector to exactly zero: some step is singular"
        : !trusted
          ? `neighbouring batches are correlated (${correlation.toFixed(2)}), so the interval decides nothing; raise the budget`
          : lost
            ? "what a step changes is lost in rounding: the exponent is 0 within it, or the step size too small to tell"
            : sign === "undecided"
              ? `after ${taken} of at most ${budget} steps the interval still holds 0: the exponent is too close to 0 for this budget`
              : undefined;
    return {
      value: finite ? value : NaN,
      error: finite ? (singular ? 0 : error) : NaN,
      interval: finite ? [value - half, high] : [NaN, NaN],
      level,
      sign: finite ? sign : "undecided",
      stages: stage,
      correlation,
      unit: "nat/step",
      status: !finite ? "diverged" : sign === "undecided" ? "step-limit" : "ok",
      method: `products in ${dim} coordinates, ${products.description}; standard error from ${count} batch means of the last ${length} steps`,
      sources: ["Furstenberg, Kesten 1960", "Chemnitz, Engel 2024", "Schmeiser 1982"],
      cost: { steps: taken },
      ...(why === undefined ? {} : { explanation: why }),
    };
  }
}

/** -psi(1/2) - log 2 rounded up: psi(d / 2) <= log(d / 2). */
const START = 1.2704;

/** Walks along one random product; `means` collects the growth. Singular when the vector became zero. */
function walker(products: RandomProducts, seed: number) {
  const { dim, interval } = products;
  const v = fillNormal(new Float64Array(dim), random(seed, 1));
  scaleRow(v, 0, 1 / norm(v, 0, dim), dim);
  products.restart(seed);
  return function* (
    steps: number,
    means: ReturnType<typeof batchMeans> | undefined,
  ): Parts<{ readonly singular: boolean; readonly growth: number }> {
    let all = 0;
    // About 640 pushes a stage: batches of 16 to 32 pushes.
    const chunk = interval * Math.ceil(steps / (640 * interval));
    for (let done = 0; done < steps;) {
      const count = Math.min(chunk, steps - done);
      let growth = 0;
      for (let inside = 0; inside < count; inside += interval) {
        products.advance(v, 1, Math.min(interval, count - inside));
        const size = norm(v, 0, dim);
        if (size === 0) return { singular: true, growth: -Infinity };
        // A step that overflows says nothing of a singular one; NaN ends the run as diverged.
        if (!(size < Infinity)) v.fill(NaN);
        growth += size < Infinity ? scalarMath.log(size) : NaN;
        scaleRow(v, 0, 1 / size, dim);
      }
      means?.push([growth], count);
      all += growth;
      done += count;
      yield done / steps;
    }
    return { singular: false, growth: all };
  };
}
