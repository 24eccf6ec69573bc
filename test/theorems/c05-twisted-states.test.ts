// Twisted states on rings (Wiley, Strogatz, Girvan 2006).
//
// Derivation. u = 2 pi q x + eta in u_t(x) = int w(x - y) sin(u(y) - u(x)) dy gives eta_t(x) = int w(x - y) cos(2 pi q (y - x)) (eta(y) - eta(x)) dy,
// so eta = e^(2 pi i m x) grows at the rate (w^(q + m) + w^(q - m)) / 2 - w^(q).
import { ringGraphon, smallWorldGraphon, twistedCriticalWidth, twistedState } from "#dynamics";
import { describe, expect, it } from "vitest";

/** The largest eigenvalue other than the phase shift's, on a ring of n nodes each joined to k on either side; by the discrete sums. */
const discrete = (n: number, k: number, q: number): number => {
  let largest = -Infinity;
  for (let m = 1; m < n; m++) {
    let s = 0;
    for (let d = 1; d <= k; d++) s += (2 / n) * Math.cos((2 * Math.PI * q * d) / n) * (Math.cos((2 * Math.PI * m * d) / n) - 1);
    largest = Math.max(largest, s);
  }
  return largest;
};

describe("the critical half-width", () => {
  it("of the 1-twisted state is 0.34046142, twice which is the known 0.68", () => {
    expect(twistedCriticalWidth(1).value).toBeCloseTo(0.34046142, 8);
  });

  it.each([1, 2, 3, 5])("q = %i: a growth rate changes its sign there and nowhere before", (q) => {
    const { value, status } = twistedCriticalWidth(q);
    expect(status).toBe("ok");
    expect(Math.abs(twistedState(ringGraphon(value), q).growthRate)).toBeLessThan(1e-12);
    for (let h = 0.02 / q; h < value - 1e-6; h += 0.004 / q) expect(twistedState(ringGraphon(h), q).stable).toBe(true);
    expect(twistedState(ringGraphon(value + 1e-6), q).stable).toBe(false);
  });

  it("q = 2: exactly 1/6, where the wave m = 1 has (w^(3) + w^(1)) / 2 = w^(2)", () => {
    // sin(pi) / (3 pi) + sin(pi / 3) / pi = 2 sin(2 pi / 3) / (2 pi): both sides are sqrt 3 / (2 pi).
    expect(twistedCriticalWidth(2).value).toBeCloseTo(1 / 6, 12);
  });
});

describe("stability", () => {
  it.each([
    [200, 66, 1, true],
    [200, 70, 1, false],
    [400, 60, 2, true],
    [400, 70, 2, false],
    [601, 40, 4, true],
  ])("of a ring of %i with %i neighbours on each side, q = %i: as in the limit (stable: %s)", (n, k, q, stable) => {
    expect(discrete(n, k, q) < 0).toBe(stable);
    // k neighbours are the half-width (k + 1/2) / n up to 1 / n^2: the cell of each neighbour has the width 1 / n.
    const limit = twistedState(ringGraphon((k + 0.5) / n), q);
    expect(limit.stable).toBe(stable);
    expect(limit.certain).toBe(true);
    expect(Math.abs(limit.growthRate - discrete(n, k, q))).toBeLessThan(3 / n);
  });

  it("of synchrony holds for every ring, and the sign of q does not matter", () => {
    for (const h of [0.01, 0.2, 0.5]) expect(twistedState(ringGraphon(h), 0).stable).toBe(true);
    expect(twistedState(ringGraphon(0.3), -1).growthRate).toBe(twistedState(ringGraphon(0.3), 1).growthRate);
  });

  it("all-to-all coupling carries no twisted state: its rate is that of a neutral one", () => {
    const { growthRate, stable } = twistedState(ringGraphon(0.5), 1);
    expect(stable).toBe(false);
    expect(growthRate).toBeGreaterThanOrEqual(0);
  });

  it("in a small world p multiplies all coefficients of waves but not the mean: shortcuts destabilise", () => {
    // For q = 1 the perturbation m = 1 gains p / 2 through w^(0).
    const [clean, wired] = [smallWorldGraphon(0.2, 0), smallWorldGraphon(0.2, 0.3)].map((k) => twistedState(k, 1));
    expect(clean!.stable).toBe(true);
    expect(wired!.stable).toBe(false);
    expect(wired!.mode).toBe(1);
  });
});
