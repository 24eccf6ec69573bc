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
  /** Holds the exponent with the level's probability, simultaneously for all looks. */
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
 * *Error*: `error` is one standard error from batch means of the last stage. The interval is mean +- t error with Student's t for the number of
 * batches; stage k has the error probability (1 - level) / (k (k + 1)), which adds up to 1 - level over all looks however many there are.
 * It rests on batch means being independent and nearly normal: a stage whose batches are correlated by more than 3 / sqrt(batches)
 * decides nothing. (A negative correlation, usual where lambda is small, means that the error is overestimated.)
 * *Cost*: one product a step, one norm every `interval` steps.
 * *Source*: Furstenberg, Kesten 1960 (the limit); Chemnitz, Engel 2024 (its sign decides where SGD can end); Schmeiser 1982 (batch means).
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
  yield* walk(length, undefined);
  let taken = length;
  for (let stage = 1; ; stage++) {
    const means = batchMeans(1, 20);
    yield taken / budget;
    const singular = yield* walk(length, means);
    taken += length;
    const { mean, error, count, correlation } = means.result();
    const value = singular ? -Infinity : mean[0]!;
    // What rounding leaves of a run without randomness.
    const rounding = 2 ** -50 * (1 + Math.abs(value));
    const deviation = Math.max(error[0]!, rounding);
    const half = singular ? 0 : deviation * studentQuantile(1 - (1 - level) / (stage * (stage + 1)), count - 1);
    const trusted = singular || deviation === rounding || correlation <= 3 / Math.sqrt(count);
    const sign = !trusted ? "undecided" : value + half < 0 ? "negative" : value - half > 0 ? "positive" : "undecided";
    const finite = value === value && value < Infinity;
    // Without randomness at this precision more steps tell nothing more.
    const lost = sign === "undecided" && deviation === rounding && error[0]! <= rounding / 16;
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
      error: finite ? (singular ? 0 : deviation) : NaN,
      interval: finite ? [value - half, value + half] : [NaN, NaN],
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

/** Walks along one random product; `means` collects the growth. True when the vector became zero. */
function walker(products: RandomProducts, seed: number) {
  const { dim, interval } = products;
  const v = fillNormal(new Float64Array(dim), random(seed, 1));
  scaleRow(v, 0, 1 / norm(v, 0, dim), dim);
  products.restart(seed);
  return function* (steps: number, means: ReturnType<typeof batchMeans> | undefined): Parts<boolean> {
    // About 640 pushes a stage: batches of 16 to 32 pushes.
    const chunk = interval * Math.ceil(steps / (640 * interval));
    for (let done = 0; done < steps;) {
      const count = Math.min(chunk, steps - done);
      let growth = 0;
      for (let inside = 0; inside < count; inside += interval) {
        products.advance(v, 1, Math.min(interval, count - inside));
        const size = norm(v, 0, dim);
        if (size === 0) return true;
        // A step that overflows says nothing of a singular one; NaN ends the run as diverged.
        if (!(size < Infinity)) v.fill(NaN);
        growth += size < Infinity ? scalarMath.log(size) : NaN;
        scaleRow(v, 0, 1 / size, dim);
      }
      means?.push([growth], count);
      done += count;
      yield done / steps;
    }
    return false;
  };
}
