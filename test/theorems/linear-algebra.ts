/** Elimination with pivots, for the theorems' independent answers. */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const n = right.length;
  const m = matrix.map((row, i) => [...row, right[i]!]);
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i; r < n; r++) if (Math.abs(m[r]![i]!) > Math.abs(m[pivot]![i]!)) pivot = r;
    [m[i], m[pivot]] = [m[pivot]!, m[i]!];
    for (let r = 0; r < n; r++) {
      if (r === i) continue;
      const factor = m[r]![i]! / m[i]![i]!;
      for (let c = i; c <= n; c++) m[r]![c]! -= factor * m[i]![c]!;
    }
  }
  return m.map((row, i) => row[n]! / row[i]!);
}

export const inner = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let s = 0;
  for (let i = 0; i < a.length; i++) s += a[i]! * b[i]!;
  return s;
};

/** The least-norm solution of X w = y for independent rows: X^T (X X^T)^-1 y. */
export function leastNorm(rows: readonly (readonly number[])[], y: readonly number[]): number[] {
  const z = solve(
    rows.map((a) => rows.map((b) => inner(a, b))),
    y,
  );
  return rows[0]!.map((_, j) => rows.reduce((s, row, i) => s + row[j]! * z[i]!, 0));
}

/** All subsets of k of the numbers from 0 to n - 1. */
export function subsets(n: number, k: number, from = 0): number[][] {
  if (k === 0) return [[]];
  const all: number[][] = [];
  for (let i = from; i <= n - k; i++) for (const rest of subsets(n, k - 1, i + 1)) all.push([i, ...rest]);
  return all;
}

/**
 * The solution of X w = y with the least sum of |w_j|: the best vertex, by trying every support of as many columns as there are rows. With its
 * dual certificate |X_j . z| <= 1, which proves it and says how far each column is from entering.
 */
export function leastAbsolute(rows: readonly (readonly number[])[], y: readonly number[]) {
  const [n, d] = [rows.length, rows[0]!.length];
  const columns = (s: readonly number[]): number[][] => rows.map((row) => s.map((j) => row[j]!));
  let best = { size: Infinity, support: [] as number[], values: [] as number[] };
  for (const support of subsets(d, n)) {
    const values = solve(columns(support), y);
    const size = values.reduce((s, v) => s + Math.abs(v), 0);
    if (size < best.size) best = { size, support, values };
  }
  const z = solve(
    best.support.map((j) => rows.map((row) => row[j]!)),
    best.values.map(Math.sign),
  );
  const w = new Array<number>(d).fill(0);
  best.support.forEach((j, i) => (w[j] = best.values[i]!));
  const certificate = w.map((_, j) =>
    inner(
      rows.map((row) => row[j]!),
      z,
    ),
  );
  return { w, support: best.support, certificate };
}

/** The straight line through points, with the standard error of its slope. */
export function line(x: readonly number[], y: readonly number[]): { slope: number; error: number } {
  const n = x.length;
  const [mx, my] = [x, y].map((v) => v.reduce((a, b) => a + b, 0) / n) as [number, number];
  const sxx = x.reduce((s, v) => s + (v - mx) ** 2, 0);
  const slope = x.reduce((s, v, i) => s + (v - mx) * (y[i]! - my), 0) / sxx;
  const squares = x.reduce((s, v, i) => s + (y[i]! - my - slope * (v - mx)) ** 2, 0);
  return { slope, error: Math.sqrt(squares / (n - 2) / sxx) };
}
