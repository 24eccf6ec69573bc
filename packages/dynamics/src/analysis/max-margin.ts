import type { Estimate } from "../core/estimate.js";
import { addRow, dot } from "../core/rows.js";

export interface MaxMarginOptions {
  /** Relative width of the interval for the margin at which it is done. Default 1e-8. */
  readonly tolerance?: number;
  /** Most passes over the rows. Default 200,000. */
  readonly maxPasses?: number;
}

/** The direction that keeps the greatest distance from all rows. */
export interface MaxMargin extends Estimate<Float64Array> {
  /** min_i row_i . w / |w|, and a bound that no direction exceeds. */
  readonly margin: number;
  readonly bound: number;
  /** Rows whose multiplier is not 0. */
  readonly support: readonly number[];
}

/**
 * The max-margin vector: the shortest w with row_i . w >= 1 for all i.
 *
 * *Definition*: min |w|^2 / 2 subject to row_i . w >= 1; its direction has the greatest min_i row_i . w / |w|, the margin, which is 1 / |w|. For binary
 * classes rows are samples times their signs; for several classes (e_label - e_other) x sample.
 * *Arguments*: `rows`: count x dim, row by row; see `MaxMarginOptions`.
 * *Returns*: w. Status "not-converged", with NaN, when the budget ends first, which it does where no direction separates: the margin then has no lower
 * bound above 0.
 * *Error*: the margin lies in [margin, bound], by weak duality: any multipliers a >= 0 with v = sum a_i row_i give margin^2 <= 1 / (2 sum a_i - |v|^2).
 * The error of w is at most |w| sqrt(2 (bound / margin - 1)) to first order.
 * *Cost*: coordinate ascent on the multipliers: dim operations a row and pass.
 * *Source*: Vapnik 1995, The nature of statistical learning theory (the problem); Hsieh et al. 2008, A dual coordinate descent method for large-scale linear SVM.
 * *Example*: `const { value, margin } = maxMargin([2, 0, 0, 1], 2); [value, margin] // [[0.500000, 1.000000], 0.894427]`
 */
export function maxMargin(
  rows: ArrayLike<number>,
  dim: number,
  { tolerance = 1e-8, maxPasses = 200_000 }: MaxMarginOptions = {},
): MaxMargin {
  const x = Float64Array.from(rows);
  const count = x.length / dim;
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`maxMargin: ${x.length} numbers given; allowed: at least one row of ${dim}`);
  const squares = Float64Array.from({ length: count }, (_, i) => dot(x, i, x, i, dim));
  const a = new Float64Array(count);
  const w = new Float64Array(dim);
  let [margin, bound, passes] = [-Infinity, Infinity, 0];
  const look = (): void => {
    const length = Math.sqrt(dot(w, 0, w, 0, dim));
    let least = Infinity;
    for (let i = 0; i < count; i++) least = Math.min(least, dot(x, i, w, 0, dim));
    margin = length > 0 ? least / length : -Infinity;
    const dual = 2 * a.reduce((s, v) => s + v, 0) - length * length;
    bound = dual > 0 ? 1 / Math.sqrt(dual) : Infinity;
  };
  while (passes < maxPasses && !(margin > 0 && bound <= margin * (1 + tolerance))) {
    for (let i = 0; i < count; i++) {
      if (squares[i] === 0) continue;
      const next = Math.max(0, a[i]! + (1 - dot(x, i, w, 0, dim)) / squares[i]!);
      if (next !== a[i]) addRow(w, 0, next - a[i]!, x, i, dim);
      a[i] = next;
    }
    if (++passes % 10 === 0) look();
  }
  look();
  const ok = margin > 0 && bound <= margin * (1 + Math.max(tolerance, 1e-4));
  const length = Math.sqrt(dot(w, 0, w, 0, dim));
  const error = length * Math.sqrt(2 * Math.max(0, bound / margin - 1));
  return {
    value: w.map((v) => (ok ? v : NaN)),
    error: w.map(() => (ok ? error : NaN)),
    margin: ok ? margin : NaN,
    bound,
    support: Array.from(a.keys()).filter((i) => a[i]! > 0),
    unit: "1",
    status: ok ? "ok" : "not-converged",
    method: `dual coordinate ascent, ${passes} passes; the margin is certified by weak duality`,
    sources: ["Vapnik 1995"],
    cost: { steps: passes },
    ...(ok
      ? {}
      : {
          explanation:
            margin > 0
              ? `the margin is between ${margin.toExponential(3)} and ${bound.toExponential(3)} after ${passes} passes; allow more`
              : `after ${passes} passes no direction separates the classes, and no margin above ${bound.toExponential(1)} is possible`,
        }),
  };
}
