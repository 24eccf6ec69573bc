import { add, at, mul, stack, sub, type Tensor } from "#engine";
import { describe, expect, it } from "vitest";
import { orbitDiagram } from "./orbit-diagram.js";
import { periodDoubling } from "./period-doubling.js";
import { periodDoublings } from "./period-doublings.js";
import { periodicOrbit } from "./periodic-orbit.js";

const logistic = (x: Tensor, r: Tensor): Tensor => mul(mul(r, x), sub(1, x));
const henon = (s: Tensor, a: Tensor): Tensor => {
  const x = at(s, 0);
  return stack([sub(add(1, at(s, 1)), mul(a, mul(x, x))), mul(0.3, x)]);
};

describe("periodicOrbit", () => {
  it("finds an orbit that repels, with its multiplier: the 2-cycle of the logistic map has 4 + 2 r - r^2", () => {
    const orbit = periodicOrbit({ f: logistic, parameter: 3.9, period: 2, guess: [0.36] });
    expect(orbit.status).toBe("ok");
    expect(Math.abs(orbit.multipliers[0]![0] - (4 + 7.8 - 3.9 * 3.9))).toBeLessThan(1e-12);
    expect(orbit.residual).toBeLessThan(1e-14);
  });

  it("has multipliers whose product is the determinant: (-0.3)^n for the Hénon map", () => {
    for (const period of [1, 2]) {
      const orbit = periodicOrbit({ f: henon, parameter: 1.4, period, guess: [0.97, -0.14] });
      if (period === 2) expect(orbit.points[0]).not.toBeCloseTo(orbit.points[2]!, 3);
      const product = orbit.multipliers.reduce((s, [re]) => s * re, 1);
      expect(Math.abs(product - (-0.3) ** period)).toBeLessThan(1e-12);
    }
  });

  it("says when the period found is smaller than the one asked for", () => {
    const orbit = periodicOrbit({ f: logistic, parameter: 2.5, period: 2, guess: [0.6] });
    expect(orbit.status).toBe("not-converged");
    expect(orbit.points[0]).toBeNaN();
    expect(orbit.explanation).toMatch(/the orbit found has period 1/);
  });

  it("refuses misuse with what is allowed", () => {
    expect(() => periodicOrbit({ f: logistic, parameter: 3, period: 0, guess: [0.3] })).toThrow(
      /period 0 given; allowed: integers from 1/,
    );
    expect(() => periodicOrbit({ f: logistic, parameter: 3, period: 1, guess: [] })).toThrow(/guess is empty/);
  });
});

describe("periodDoubling", () => {
  // Published digits of the cascade of the logistic map.
  it.each([
    [1, 2.8, 3.2, 0.65, 3],
    [2, 3.2, 3.5, 0.51, 1 + Math.sqrt(6)],
    [4, 3.47, 3.56, 0.4, 3.54409035955],
    [8, 3.55, 3.566, 0.355, 3.5644072661],
  ])("of period %i between %f and %f: logistic map", (period, from, to, guess, exact) => {
    const { value, error, status } = periodDoubling({
      f: logistic,
      period,
      between: [from, to],
      guess: [guess],
    });
    expect(status).toBe("ok");
    expect(Math.abs(value - exact)).toBeLessThan(2e-11);
    expect(error).toBeLessThan(1e-11);
  });

  it("in two dimensions: the fixed point of the Hénon map flips at a = 3 (1 - b)^2 / 4 = 0.3675", () => {
    const { value } = periodDoubling({ f: henon, period: 1, between: [0.2, 0.5], guess: [0.9, 0.27] });
    expect(Math.abs(value - 0.3675)).toBeLessThan(1e-11);
  });

  it("says when there is none between the parameters", () => {
    const { value, status, explanation } = periodDoubling({
      f: logistic,
      period: 1,
      between: [2, 2.9],
      guess: [0.5],
    });
    expect(value).toBeNaN();
    expect(status).toBe("not-converged");
    expect(explanation).toMatch(/no multiplier of the orbit passes -1 between 2 and 2.9/);
  });
});

describe("periodDoublings", () => {
  // x -> r x (1 - x) doubles at 3 and 1 + sqrt 6; the third is known to 12 digits (0.000000000001: a bound of bisection).
  const flips = [3, 1 + Math.sqrt(6), 3.544090359552];
  const scan = (from: number, to: number, count: number, most?: number) => {
    const parameters = Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
    const found = orbitDiagram({ f: logistic, parameters, initial: [0.3], transient: 500, steps: 128, record: 128 });
    const states = parameters.map((_, i) => found.orbits[128 * i + 127]!);
    return periodDoublings({
      f: logistic,
      parameters,
      periods: found.periods,
      statuses: found.statuses,
      states,
      ...(most ? { most } : {}),
    });
  };
  it("locates each flip that a scan passes, whatever its grid, and no other", () => {
    for (const [from, count] of [
      [2.7, 40],
      [2.9, 101],
      [2.95, 333],
    ] as const) {
      const found = scan(from, 3.555, count);
      expect(found.map((d) => d.period)).toEqual([1, 2, 4]);
      found.forEach((d, i) => expect(Math.abs(d.value - flips[i]!)).toBeLessThan(1e-11));
    }
    expect(scan(2.7, 3.555, 40, 2).map((d) => d.period)).toEqual([1, 2]);
    expect(scan(2.5, 2.9, 10)).toEqual([]);
  });

  it("refuses misuse with what is allowed", () => {
    const wrong = (periods: number[], states: number[]) => () =>
      periodDoublings({ f: logistic, parameters: [3, 3.1], periods, statuses: ["ok", "ok"], states });
    expect(wrong([1], [0.1, 0.2])).toThrow(/2 parameters, 1 periods, 2 statuses and 2 numbers of states given; allowed/);
    expect(wrong([1, 2], [0.1])).toThrow(/1 numbers of states given/);
  });
});
