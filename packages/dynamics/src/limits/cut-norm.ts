import { denseSymmetric } from "../core/dense-symmetric.js";
import { random } from "../core/random.js";

/** Bounds on a cut norm, and the sets that attain the lower one. */
export interface CutNorm {
  readonly lower: number;
  readonly upper: number;
  /** Whether the two are the cut norm itself, found by trying all sets. */
  readonly exact: boolean;
  readonly rows: Uint8Array;
  readonly columns: Uint8Array;
}

/** Up to here all 2^n sets of rows are tried. */
const SMALL = 16;

/**
 * How far a matrix is from 0 in the cut norm, between two bounds.
 *
 * *Definition*: max over sets S of rows and T of columns of |sum_{S x T} A_ij| / n^2: for the difference of two graphs' matrices, how much
 * their densities of edges can differ between two groups of nodes.
 * *Arguments*: `matrix`: n x n, row by row; `starts`: random starts of the search, default 20; `seed`.
 * *Returns*: bounds. For n <= 16 both are the value itself.
 * *Error*: `lower` is attained by the sets returned (local search: given S the best T, and in turn); `upper` is the least of
 * sigma_max / n and sum |A_ij| / n^2, both of which are never below the cut norm.
 * *Cost*: n^2 for each round of the search, 10 n^3 for sigma_max, 2^n n^2 for n <= 16.
 * *Source*: Frieze, Kannan 1999, Quick approximation to matrices and applications; Lovasz 2012, section 8.1.
 * *Example*: `cutNorm([1, -1, -1, 1], 2).upper // 0.25`
 */
export function cutNorm(matrix: ArrayLike<number>, n: number, { starts = 20, seed = 0 } = {}): CutNorm {
  if (!Number.isInteger(n) || n < 1 || matrix.length !== n * n)
    throw new RangeError(`cutNorm: ${matrix.length} entries given for n = ${n}; give n x n of them`);
  const bad = Array.prototype.findIndex.call(matrix, (v: number) => !Number.isFinite(v));
  if (bad >= 0) throw new RangeError(`cutNorm: entry (${Math.floor(bad / n)}, ${bad % n}) is ${matrix[bad]}; it must be finite`);
  let found: { value: number; rows: Uint8Array; columns: Uint8Array } = {
    value: 0,
    rows: new Uint8Array(n),
    columns: new Uint8Array(n),
  };
  const sums = (rows: Uint8Array, across: boolean): Float64Array => {
    const s = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      if (!rows[i]) continue;
      for (let j = 0; j < n; j++) s[j]! += matrix[across ? j * n + i : i * n + j]!;
    }
    return s;
  };
  const pick = (s: Float64Array, sign: number): Uint8Array => Uint8Array.from(s, (v) => (sign * v > 0 ? 1 : 0));
  const total = (s: Float64Array, sign: number): number => s.reduce((t, v) => t + Math.max(0, sign * v), 0);
  const keep = (value: number, rows: Uint8Array, columns: Uint8Array): void => {
    if (value > found.value) found = { value, rows: rows.slice(), columns };
  };
  if (n <= SMALL) {
    for (let set = 1; set < 2 ** n; set++) {
      const rows = Uint8Array.from({ length: n }, (_, i) => (set >> i) & 1);
      const s = sums(rows, false);
      for (const sign of [1, -1]) keep(total(s, sign), rows, pick(s, sign));
    }
    const value = found.value / (n * n);
    return { lower: value, upper: value, exact: true, rows: found.rows, columns: found.columns };
  }
  const stream = random(seed);
  for (let start = 0; start < starts; start++) {
    for (const sign of [1, -1]) {
      let rows: Uint8Array = Uint8Array.from({ length: n }, () => (stream.uniform() < 0.5 ? 1 : 0));
      for (let value = -1; ;) {
        const s = sums(rows, false);
        const columns = pick(s, sign);
        keep(total(s, sign), rows, columns);
        const t = sums(columns, true);
        rows = pick(t, sign);
        if (!(total(t, sign) > value)) break;
        value = total(t, sign);
      }
    }
  }
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let s = 0;
      for (let k = 0; k < n; k++) s += matrix[i * n + k]! * matrix[j * n + k]!;
      gram[i * n + j] = gram[j * n + i] = s;
    }
  const spectral = Math.sqrt(Math.max(0, denseSymmetric(gram, n).values[n - 1]!) * (1 + 1e-13)) / n;
  let absolute = 0;
  for (let e = 0; e < n * n; e++) absolute += Math.abs(matrix[e]!) / (n * n);
  const lower = found.value / (n * n);
  return { lower, upper: Math.max(lower, Math.min(spectral, absolute)), exact: false, rows: found.rows, columns: found.columns };
}
