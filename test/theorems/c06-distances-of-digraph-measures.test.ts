// Distances of measures and of limits of graphs (Kuehn, Xu 2022).
//
// Conventions. d_BL takes test functions with max(|f|, Lip f) <= 1 (norm "max") or |f| + Lip f <= 1 (norm "sum"); for two unit atoms at the distance d
// they give min(2, d) and max over l of min(2 (1 - l), l d) = 2 d / (2 + d).
import {
  boundedLipschitz,
  circulantMeasure,
  cutNorm,
  digraphDistance,
  empirical,
  erdosRenyi,
  adjacency,
  finiteMeasure,
  graphonMeasure,
  random,
  ringGraphon,
  ringLattice,
  sampleCirculant,
  wasserstein,
  wasserstein1,
  type Atoms,
} from "#dynamics";
import { describe, expect, it } from "vitest";

const atom = (x: number): Atoms => ({ at: [x], weight: [1] });

/**
 * The linear program by brute force: at an optimal vertex each value is a bound plus or minus gaps towards a neighbour, so dynamic programming over
 * all such values finds it. On the circle the first value is tried one by one.
 */
function brute(at: readonly number[], mass: readonly number[], circle: boolean): number {
  const n = at.length;
  const gap = (i: number): number => (i + 1 < n ? at[i + 1]! - at[i]! : 1 + at[0]! - at[n - 1]!);
  const values = Array.from({ length: n }, (_, i) => {
    const all = new Set<number>();
    const walk = (j: number, sum: number, left: number, way: number): void => {
      for (const b of [-1, 1]) if (Math.abs(b + sum) <= 1 + 1e-12) all.add(Math.max(-1, Math.min(1, b + sum)));
      if (left === 0) return;
      const next = (j + way + n) % n;
      if (!circle && ((way > 0 && j === n - 1) || (way < 0 && j === 0))) return;
      const d = gap(way > 0 ? j : next);
      walk(next, sum + d, left - 1, way);
      walk(next, sum - d, left - 1, way);
    };
    for (const way of [-1, 1]) walk(i, 0, n - 1, way);
    return [...all];
  });
  const close = (u: number, v: number, d: number): boolean => Math.abs(u - v) <= d + 1e-12;
  let best = -Infinity;
  for (const first of circle ? values[0]! : [NaN]) {
    let row = new Map(values[0]!.filter((v) => !circle || v === first).map((v) => [v, v * mass[0]!]));
    for (let i = 1; i < n; i++) {
      const next = new Map<number, number>();
      for (const v of values[i]!)
        for (const [u, s] of row) if (close(u, v, gap(i - 1))) next.set(v, Math.max(next.get(v) ?? -Infinity, s + v * mass[i]!));
      row = next;
    }
    for (const [v, s] of row) if (!circle || close(v, first, gap(n - 1))) best = Math.max(best, s);
  }
  return best;
}

describe("bounded-Lipschitz distance", () => {
  it("is 0 for equal measures, and for none", () => {
    const none = { at: [], weight: [] };
    for (const space of ["line", "circle"] as const) expect(boundedLipschitz(none, none, { space })).toBe(0);
  });

  it.each([0, 0.1, 1.3, 2, 5])("of two atoms at the distance %f: min(2, d) and 2 d / (2 + d)", (d) => {
    expect(boundedLipschitz(atom(0.4), atom(0.4 + d))).toBeCloseTo(Math.min(2, d), 14);
    expect(boundedLipschitz(atom(0.4), atom(0.4 + d), { norm: "sum" })).toBeCloseTo((2 * d) / (2 + d), 12);
  });

  it("of measures of different mass: what is missing counts with |f| <= 1", () => {
    expect(boundedLipschitz({ at: [0], weight: [3] }, atom(0))).toBe(2);
    expect(boundedLipschitz({ at: [], weight: [] }, { at: [0, 7], weight: [0.5, -1] })).toBe(1.5);
  });

  it("on the circle takes the shorter way round", () => {
    expect(boundedLipschitz(atom(0.05), atom(0.95), { space: "circle" })).toBeCloseTo(0.1, 14);
    expect(boundedLipschitz(atom(0.05), { at: [0.95, 0.15], weight: [0.5, 0.5] }, { space: "circle" })).toBeCloseTo(0.1, 12);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])("of random signed measures is the linear program's value, seed %i", (seed) => {
    const r = random(seed);
    for (const circle of [false, true]) {
      const length = circle ? 1 : seed % 2 === 0 ? 1 : 6;
      const at = Array.from({ length: 5 }, () => r.uniform() * length).sort((x, y) => x - y);
      const drawn = at.map(() => r.normal());
      // Half of them balanced: these are transported.
      const mean = seed < 4 ? 0 : drawn.reduce((s, v) => s + v, 0) / 5;
      const mass = drawn.map((v) => v - mean);
      const found = boundedLipschitz({ at, weight: mass }, { at: [], weight: [] }, { space: circle ? "circle" : "line" });
      expect(found).toBeCloseTo(brute(at, mass, circle), 11);
    }
  });

  it.each([11, 12, 13])("is a metric between its bounds, seed %i", (seed) => {
    const r = random(seed);
    const [a, b, c] = Array.from({ length: 3 }, () => empirical(Array.from({ length: 200 }, () => r.uniform())));
    for (const space of ["line", "circle"] as const) {
      const d = (x: Atoms, y: Atoms, norm: "max" | "sum" = "max"): number => boundedLipschitz(x, y, { space, norm });
      expect(d(a!, c!)).toBeLessThanOrEqual(d(a!, b!) + d(b!, c!) + 1e-12);
      expect(d(a!, b!)).toBeCloseTo(d(b!, a!), 12);
      expect(d(a!, a!)).toBe(0);
      expect(d(a!, b!, "sum")).toBeLessThanOrEqual(d(a!, b!) + 1e-12);
      expect(d(a!, b!)).toBeLessThanOrEqual(2 * d(a!, b!, "sum") + 1e-12);
      // Probability measures on a set of diameter <= 2: the bound on |f| does not bind (f can be shifted), so d_BL = W1.
      expect(d(a!, b!)).toBeCloseTo(wasserstein1(a!, b!, space), 11);
    }
  });
});

describe("Wasserstein distances", () => {
  it("of shifted, scaled and weighted measures", () => {
    const x = [0, 1, 3, 3.5];
    expect(wasserstein1(empirical(x), empirical(x.map((v) => v + 0.7)))).toBeCloseTo(0.7, 14);
    for (const p of [1, 2, 3.5]) expect(wasserstein(empirical(x), empirical(x.map((v) => v - 0.7)), p)).toBeCloseTo(0.7, 12);
    expect(wasserstein1({ at: [0, 1], weight: [0.25, 0.75] }, { at: [0, 1], weight: [0.75, 0.25] })).toBe(0.5);
    expect(() => wasserstein1(atom(0), { at: [0], weight: [2] })).toThrow(/masses 1 and 2/);
  });

  it("of a normal sample against itself stretched: W2 is the difference of deviations", () => {
    const r = random(5);
    const x = Array.from({ length: 1000 }, () => r.normal());
    const square = x.reduce((s, v) => s + v * v, 0) / 1000;
    expect(wasserstein(empirical(x), empirical(x.map((v) => 1.5 * v)))).toBeCloseTo(0.5 * Math.sqrt(square), 12);
  });
});

describe("limits of graphs in the uniform bounded-Lipschitz distance", () => {
  const rho = 0.2371;
  const sparse = circulantMeasure({
    atoms: [
      { shift: rho, weight: 0.5 },
      { shift: -rho, weight: 0.5 },
    ],
  });

  it.each([16, 64, 256, 1024])("two neighbours at +-rho among %i nodes: within 1/n of two atoms", (n) => {
    const g = sampleCirculant(sparse, n);
    expect(g.columns.length).toBe(2 * n);
    const { value, error } = digraphDistance(finiteMeasure(g, "circle"), sparse, { places: n });
    expect(error).toBe(0);
    expect(value).toBeLessThanOrEqual(1 / n);
    // Not 0: the atoms sit between nodes.
    expect(value).toBeGreaterThan(0);
  });

  it.each([48, 192])("k nearest of %i nodes with k / n = 1/4: within 1/n of 1_{|x - y| <= 1/4} dy", (n) => {
    const [graph, limit] = [finiteMeasure(ringLattice(n, n / 4), "circle"), graphonMeasure(ringGraphon(0.25))];
    const { value, error } = digraphDistance(graph, limit, { places: 4, cells: 4096 });
    // No mass lies on the node itself, so that each side is shifted by half a cell: 1 / (2 n) times the mass 1/2, and the place in its cell.
    expect(value - error).toBeLessThanOrEqual(0.5 / n);
    expect(value + error).toBeGreaterThan(0.1 / n);
  });

  it("sparse and dense limits with the same degree stay apart", () => {
    const dense = circulantMeasure({ boxes: [{ from: -0.5, to: 0.5, height: 1 }] });
    // W1 between the uniform law and two atoms at +-rho on the circle: mean distance to the nearer atom, each taking its half.
    // Each atom serves its half circle [0, 1/2]: mean |y - rho| = (rho^2 + (1/2 - rho)^2) / 2 / (1/2).
    const exact = rho ** 2 + (0.5 - rho) ** 2;
    const { value, error } = digraphDistance(sparse, dense, { places: 2, cells: 4096 });
    expect(Math.abs(value - exact)).toBeLessThanOrEqual(error + 1e-6);
  });
});

describe("cut norm", () => {
  it("by enumeration equals the definition, and bounds hold beyond", () => {
    const r = random(3);
    const n = 6;
    const m = Array.from({ length: n * n }, () => r.normal());
    let best = 0;
    for (let s = 0; s < 64; s++)
      for (let t = 0; t < 64; t++) {
        let sum = 0;
        for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if ((s >> i) & 1 && (t >> j) & 1) sum += m[i * n + j]!;
        best = Math.max(best, Math.abs(sum));
      }
    const found = cutNorm(m, n);
    expect(found.exact).toBe(true);
    expect(found.lower).toBeCloseTo(best / 36, 13);
  });

  it("of an Erdos-Renyi graph less its mean shrinks like n^(-1/2), and its sets attain the lower bound", () => {
    for (const n of [40, 160]) {
      const m = adjacency(erdosRenyi(n, 0.3, 1)).map((a) => a - 0.3);
      const { lower, upper, rows, columns, exact } = cutNorm(m, n);
      expect(exact).toBe(false);
      let sum = 0;
      m.forEach((v, e) => (sum += rows[Math.floor(e / n)]! && columns[e % n]! ? v : 0));
      expect(Math.abs(sum) / (n * n)).toBeCloseTo(lower, 12);
      // Spectral norm about 2 sqrt(n p (1 - p)), so upper is about 0.92 / sqrt n; the loops add 0.3 / n.
      expect(upper).toBeLessThan(1.15 / Math.sqrt(n));
      expect(lower).toBeGreaterThan(0.1 / Math.sqrt(n));
      expect(lower).toBeLessThanOrEqual(upper);
    }
  });
});
