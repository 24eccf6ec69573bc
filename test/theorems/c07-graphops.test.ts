// Graphops: operators of graph limits that need not be graphons (Gkogkas, Kuehn 2022).
//
// On the circle, (A f)(x) = int f(x + d) d eta(d) has the eigenfunctions e^(2 pi i k x) with the eigenvalue int e^(2 pi i k d) d eta(d). For two
// atoms of weight 1/2 at +-rho it is cos(2 pi k rho), which does not tend to 0: A is not compact. For irrational rho the numbers k rho mod 1 are
// equidistributed (Weyl), so a share arccos(1 - eps) / pi of all modes has an eigenvalue above 1 - eps: near K_c = 2 / (pi g(0)) infinitely many modes
// are nearly critical at once.
//
// Not tested: the metric of that work, distances of operators smoothed by Fejer's kernels. For circulant operators the smoothed ones have the
// eigenvalues (1 - |k| / K) cos(2 pi k rho) for |k| < K, which tend to those tested here mode by mode; a distance for other operators is not built.
import { circulantMeasure, kuramotoCriticalCoupling, lorentzianFrequencies, ringGraphon, sampleCirculant } from "#dynamics";
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
