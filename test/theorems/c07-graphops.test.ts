// Graphops: operators of graph limits that need not be graphons (Gkogkas, Kuehn 2022).
//
// On the circle, (A f)(x) = int f(x + d) d eta(d) has the eigenfunctions e^(2 pi i k x) with the eigenvalue int e^(2 pi i k d) d eta(d). For two
// atoms of weight 1/2 at +-rho it is cos(2 pi k rho), which does not tend to 0: A is not compact. For irrational rho the numbers k rho mod 1 are
// equidistributed (Weyl), so a share arccos(1 - eps) / pi of all modes has an eigenvalue above 1 - eps: near K_c = 2 / (pi g(0)) infinitely many modes
// are nearly critical at once.
//
// The metric of that work smooths operators by summability kernels before it compares them. With Fejer's kernel F on the circle the norm of F (A - B) F is one of a finite
// matrix: of circulant measures max_k (1 - |k| / (K + 1))^2 |difference of symbols|, and for a rotation by d the symbols differ by 2 |sin(pi k d)|. Without F the distance of
// a sampled sparse ring from its limit does not fall: places are rounded by up to 1/(2n), which turns waves of length 1/n by as much as half a turn.
import {
  circulantMeasure,
  digraph,
  fourierDistance,
  kuramotoCriticalCoupling,
  lorentzianFrequencies,
  ringGraphon,
  sampleCirculant,
  sampleGraph,
  smallWorldGraphon,
} from "#dynamics";
import { describe, expect, it } from "vitest";

const rho = 0.5 * (Math.sqrt(5) - 1);
const pair = circulantMeasure({
  atoms: [
    { shift: rho, weight: 0.5 },
    { shift: -rho, weight: 0.5 },
  ],
});

describe("the symbol", () => {
  it.each([0, 1, 2, 5, 34, 1000])("of two atoms at wave number %i is cos(2 pi k rho)", (k) => {
    const [re, im] = pair.symbol(k);
    expect(re).toBeCloseTo(Math.cos(2 * Math.PI * k * rho), 11);
    expect(im).toBeCloseTo(0, 13);
  });

  it("of one atom is that of a shift, complex: what acts comes from one side", () => {
    const [re, im] = circulantMeasure({ atoms: [{ shift: 0.1, weight: 2 }] }).symbol(3);
    expect(re).toBeCloseTo(2 * Math.cos(0.6 * Math.PI), 14);
    expect(im).toBeCloseTo(2 * Math.sin(0.6 * Math.PI), 14);
  });

  it("of a box is the ring graphon's", () => {
    const box = circulantMeasure({ boxes: [{ from: -0.2, to: 0.2, height: 1 }] });
    for (const k of [0, 1, 2, 7]) expect(box.symbol(k)[0]).toBeCloseTo(ringGraphon(0.2).symbol!(k), 14);
  });

  it.each([0, 1, 3, 7])("is the eigenvalue of the finite graph at wave number %i, up to the rounding of places", (k) => {
    const n = 1000;
    const mixed = circulantMeasure({ atoms: [{ shift: 0.25, weight: 0.4 }], boxes: [{ from: 0, to: 0.3, height: 2 }] });
    const g = sampleCirculant(mixed, n);
    // Row 0 applied to e^(2 pi i k j / n), divided by n.
    let [re, im] = [0, 0];
    for (let e = g.offsets[0]!; e < g.offsets[1]!; e++) {
      re += (g.weights[e]! * Math.cos((2 * Math.PI * k * g.columns[e]!) / n)) / n;
      im += (g.weights[e]! * Math.sin((2 * Math.PI * k * g.columns[e]!) / n)) / n;
    }
    const exact = mixed.symbol(k);
    expect(Math.abs(re - exact[0]) + Math.abs(im - exact[1])).toBeLessThan((2 * Math.PI * k * mixed.mass) / n + 1e-12);
    expect(mixed.mass).toBeCloseTo(1, 14);
  });
});

describe("not compact", () => {
  it("an equidistributed share of modes is nearly critical", () => {
    const modes = 20_000;
    for (const eps of [0.5, 0.1, 0.01]) {
      let near = 0;
      for (let k = 1; k <= modes; k++) if (pair.symbol(k)[0] > 1 - eps) near++;
      // The discrepancy of k rho for the golden ratio is O(log modes / modes).
      expect(Math.abs(near / modes - Math.acos(1 - eps) / Math.PI)).toBeLessThan(20 / modes);
    }
  });

  it("the critical coupling is that of the mass, and other modes come as close as one likes", () => {
    const f = lorentzianFrequencies(1);
    const first = kuramotoCriticalCoupling(f, pair.symbol(0)[0]).value;
    expect(first).toBe(2);
    // Fibonacci numbers are the best denominators of the golden ratio.
    const close = [5, 21, 89, 377].map((k) => kuramotoCriticalCoupling(f, pair.symbol(k)[0]).value - first);
    close.forEach((gap, i) => {
      expect(gap).toBeGreaterThan(0);
      if (i > 0) expect(gap).toBeLessThan(0.1 * close[i - 1]!);
    });
  });
});

describe("distances of smoothed operators", () => {
  const shifted = (d: number, weight = 1) => circulantMeasure({ atoms: [{ shift: d, weight }] });

  it.each([
    [0.01, 16],
    [0.2, 7],
    [0.5, 1],
  ])("of rotations by 0 and %f, degree %i: max (1 - k / (K + 1))^2 2 |sin(pi k d)|", (d, degree) => {
    let exact = 0;
    for (let k = 1; k <= degree; k++)
      exact = Math.max(exact, (1 - k / (degree + 1)) ** 2 * 2 * Math.abs(Math.sin(Math.PI * k * d)));
    expect(fourierDistance(shifted(0), shifted(d), { degree }).value).toBeCloseTo(exact, 12);
  });

  it("is a metric, and grows with the degree", () => {
    const g = sampleGraph(smallWorldGraphon(0.2, 0.1), 60, { seed: 4 });
    const [a, b, c] = [g, pair, shifted(0.3, 0.7)] as const;
    const d = (x: typeof a | typeof b, y: typeof a | typeof b, degree = 8): number => fourierDistance(x, y, { degree }).value;
    expect(d(a, a)).toBe(0);
    expect(d(a, b)).toBeCloseTo(d(b, a), 12);
    expect(d(a, b)).toBeLessThanOrEqual(d(a, c) + d(c, b));
    expect(d(a, c)).toBeLessThanOrEqual(d(a, b) + d(b, c));
    const grown = [1, 2, 4, 8, 16].map((degree) => d(a, b, degree));
    for (let i = 1; i < 5; i++) expect(grown[i]!).toBeGreaterThanOrEqual(grown[i - 1]!);
  });

  it("of the graph with one directed edge: 1 / n^2 times the norms of two Dirichlet sums, |k| <= degree", () => {
    const [n, degree] = [10, 3];
    const one = digraph(n, { to: [2], from: [7] });
    const none = circulantMeasure({ atoms: [{ shift: 0, weight: 0 }] });
    // Rank one: left and right factors have the moduli (1 - |k| / 4) sinc(k / n) / n and (1 - |l| / 4) / n.
    let [left, right] = [0, 0];
    for (let k = -degree; k <= degree; k++) {
      const kept = (1 - Math.abs(k) / (degree + 1)) ** 2;
      const q = (Math.PI * k) / n;
      left += kept * (k === 0 ? 1 : (Math.sin(q) / q) ** 2);
      right += kept;
    }
    expect(fourierDistance(one, none, { degree }).value).toBeCloseTo(Math.sqrt(left * right) / n ** 2, 14);
  });

  it("falls like 1/n for sampled sparse rings, whose operators do not converge unsmoothed", () => {
    const sizes = [101, 301, 901];
    const found = sizes.map((n) => fourierDistance(sampleCirculant(pair, n), pair, { degree: 8 }).value);
    // Atoms move by at most 1/(2n) and cells add as much: |symbol| changes by at most 2 pi k / n, with (1 - k / 9)^2 k <= 4/3.
    sizes.forEach((n, i) => expect(found[i]!).toBeLessThan((2 * Math.PI * (4 / 3)) / n));
    for (const n of sizes) {
      // cos(2 pi k s) with s rounded to 1/n, over short waves.
      const s = Math.round(rho * n) / n;
      let worst = 0;
      for (let k = 0; k <= 40 * n; k++) worst = Math.max(worst, Math.abs(Math.cos(2 * Math.PI * k * s) - pair.symbol(k)[0]));
      expect(worst).toBeGreaterThan(0.3);
    }
  });

  it("falls like 1/n for random small-world graphs too: chance averages out over long waves", () => {
    const limit = circulantMeasure({
      boxes: [
        { from: -0.5, to: 0.5, height: 0.1 },
        { from: -0.2, to: 0.2, height: 0.8 },
      ],
    });
    for (const n of [100, 400]) {
      const d = fourierDistance(sampleGraph(smallWorldGraphon(0.2, 0.1), n, { seed: 1 }), limit, { degree: 4 }).value;
      // A 9 x 9 matrix of entries of deviation below 0.3 / n has a norm of about 2 sqrt 9 times that; loops and cells add some 1 / n.
      expect(d).toBeLessThan(5 / n);
      expect(d).toBeGreaterThan(0.1 / n);
    }
  });

  it("refuses degrees that are none", () => {
    for (const degree of [0, 1.5, 101, NaN])
      expect(() => fourierDistance(pair, pair, { degree })).toThrow(`degree ${degree} given; allowed: integers from 1 to 100`);
  });
});
