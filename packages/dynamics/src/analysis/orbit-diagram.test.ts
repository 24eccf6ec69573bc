import { add, at, mul, stack, sub, type Tensor } from "#engine";
import { describe, expect, it } from "vitest";
import { map } from "../core/map.js";
import { lyapunov } from "./lyapunov.js";
import { orbitDiagram } from "./orbit-diagram.js";

const logistic = (x: Tensor, r: Tensor): Tensor => mul(mul(r, x), sub(1, x));
const henon = (s: Tensor, a: Tensor): Tensor => {
  const x = at(s, 0);
  return stack([sub(add(1, at(s, 1)), mul(a, mul(x, x))), mul(0.3, x)]);
};

describe("orbitDiagram", () => {
  it("finds the periods of the logistic map, and the exponents that its closed forms give", () => {
    const { periods, exponents, orbits, record } = orbitDiagram({
      f: logistic,
      parameters: [2.8, 3.2, 3.5, 3.55, 3.83, 3.9],
      initial: [0.3],
    });
    expect([...periods]).toEqual([1, 2, 4, 8, 3, 0]);
    // The fixed point 1 - 1/r has the multiplier 2 - r, the 2-cycle 4 + 2 r - r^2.
    expect(Math.abs(exponents.value[0]! - Math.log(0.8))).toBeLessThan(1e-12);
    expect(Math.abs(exponents.value[1]! - 0.5 * Math.log(0.16))).toBeLessThan(1e-12);
    expect(Math.abs(orbits[record - 1]! - (1 - 1 / 2.8))).toBeLessThan(1e-14);
    // Independent: 0.4960 at r = 3.9 (digits of 2e7 iterations).
    expect(Math.abs(exponents.value[5]! - 0.496)).toBeLessThan(4 * exponents.error[5]!);
    expect(exponents.error[5]!).toBeLessThan(0.02);
  });

  it("gives -Infinity on a superstable orbit and goes on", () => {
    // At r = 2 the fixed point is the maximum x = 1/2: the derivative is 0.
    const { exponents, statuses } = orbitDiagram({ f: logistic, parameters: [2, 2.5], initial: [0.5] });
    expect(exponents.value[0]).toBe(-Infinity);
    expect(Math.abs(exponents.value[1]! - Math.log(0.5))).toBeLessThan(1e-12);
    expect(statuses).toEqual(["ok", "ok"]);
  });

  it("tells which orbits diverge, without disturbing their neighbours", () => {
    const both = orbitDiagram({ f: logistic, parameters: [3.9, 4.5, 3.2], initial: [0.3] });
    expect(both.statuses).toEqual(["ok", "diverged", "ok"]);
    expect(both.periods[1]).toBe(0);
    expect(both.exponents.value[1]).toBeNaN();
    expect(both.orbits[both.record]).toBeNaN();
    expect(both.exponents.explanation).toMatch(/1 of 3 orbits left the finite numbers/);
    const alone = orbitDiagram({ f: logistic, parameters: [3.9], initial: [0.3] });
    expect(alone.exponents.value[0]).toBe(both.exponents.value[0]);
    expect([...alone.orbits]).toEqual([...both.orbits.subarray(0, alone.record)]);
  });

  it("does not take a slow approach for a period: near flips, folds and where the slope is 1", () => {
    // The true periods are 1, 1, 2, 2 and 2; at 3 itself the approach is like 1 / sqrt n.
    const parameters = [2.999, 2.9999, 3.0001, 3.001, 3.4494, 3];
    const short = orbitDiagram({ f: logistic, parameters, initial: [0.3] });
    const truth = [1, 1, 2, 2, 2, NaN];
    short.periods.forEach((p, i) => {
      if (p === 0) expect(short.statuses[i]).toBe("not-converged");
      else expect(p).toBe(truth[i]);
    });
    expect(short.statuses.slice(0, 3)).toEqual(["not-converged", "not-converged", "not-converged"]);
    expect(short.exponents.explanation).toContain("orbits creep");
    // The exponents tend to log|2 - r| and log|4 + 2 r - r^2| / 2, those at 3 to 0: within three of their errors.
    const slopes = [-0.999, -0.9999, 0, 0, 0, -1].map((v, i) => v || 4 + 2 * parameters[i]! - parameters[i]! ** 2);
    slopes.forEach((slope, i) => {
      const exact = Math.log(Math.abs(slope)) / (truth[i] === 2 ? 2 : 1);
      if (short.statuses[i] === "not-converged")
        expect(Math.abs(short.exponents.value[i]! - exact)).toBeLessThan(3 * short.exponents.error[i]!);
    });
    // Long enough: also where rounding keeps the orbit from coming closer than 1e-12.
    const long = orbitDiagram({ f: logistic, parameters, initial: [0.3], transient: 500_000 });
    expect(Array.from(long.periods.subarray(0, 5))).toEqual(truth.slice(0, 5));
    expect([long.periods[5], long.statuses[5]]).toEqual([0, "not-converged"]);
  });

  it("follows gradient descent on x^4: down like 1 / sqrt n at every step size, a cycle at 2, away beyond", () => {
    const f = (x: Tensor, eta: Tensor): Tensor => sub(x, mul(eta, mul(x, mul(x, x))));
    const { orbits, periods, statuses, record } = orbitDiagram({ f, parameters: [0.01, 0.5, 1.9, 2, 2.1], initial: [1] });
    expect([...periods]).toEqual([0, 0, 0, 2, 0]);
    expect(statuses).toEqual(["not-converged", "not-converged", "not-converged", "ok", "diverged"]);
    // x_n tends to 1 / sqrt(2 eta n), with n = 5000.
    for (const i of [0, 1, 2]) {
      const eta = [0.01, 0.5, 1.9][i]!;
      expect(Math.abs(orbits[(i + 1) * record - 1]!) * Math.sqrt(2 * eta * 5000)).toBeCloseTo(1, 1);
    }
  });

  it("tells an orbit that leaves a cycle from one that has come to it", () => {
    const f = (x: Tensor, eta: Tensor): Tensor => sub(x, mul(eta, x));
    const { periods, statuses } = orbitDiagram({ f, parameters: [0.5, 2, 2 + 1e-7, 2.1], initial: [1], transient: 10 });
    expect([...periods]).toEqual([1, 2, 0, 0]);
    expect(statuses).toEqual(["ok", "ok", "not-converged", "not-converged"]);
    // Chaos does not creep, in one band or in eight.
    const chaos = orbitDiagram({ f: logistic, parameters: [3.575, 3.58, 3.6, 3.7, 3.9, 4], initial: [0.3], record: 128 });
    expect(chaos.statuses.every((s) => s === "ok")).toBe(true);
    expect([...chaos.periods]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("has one parameter, and log 2 at r = 4; nothing stays beyond", () => {
    const { exponents, statuses } = orbitDiagram({ f: logistic, parameters: [4], initial: [0.3] });
    expect(Math.abs(exponents.value[0]! - Math.LN2)).toBeLessThan(4 * exponents.error[0]!);
    expect(exponents.error[0]).toBeLessThan(0.01);
    expect(statuses).toEqual(["ok"]);
    const beyond = orbitDiagram({ f: logistic, parameters: [4.0001, 5], initial: [0.3] });
    expect([beyond.statuses, beyond.exponents.status]).toEqual([["diverged", "diverged"], "diverged"]);
  });

  it("has the spectrum that lyapunov has: the same orbit and the same frame", () => {
    const { exponents } = orbitDiagram({
      f: henon,
      parameters: [1.4],
      initial: [0.1, 0.1],
      k: 2,
      transient: 500,
      steps: 4000,
    });
    const system = map({
      f: (s) => {
        const x = at(s, 0);
        return stack([sub(add(1, at(s, 1)), mul(1.4, mul(x, x))), mul(0.3, x)]);
      },
      initial: [0.1, 0.1],
    });
    const { value } = lyapunov(system, { k: 2, transient: 500, steps: 4000 });
    for (let i = 0; i < 2; i++) expect(Math.abs(exponents.value[i]! - value[i]!)).toBeLessThan(1e-9);
    expect(Math.abs(exponents.value[0]! + exponents.value[1]! - Math.log(0.3))).toBeLessThan(1e-12);
  });

  it("refuses misuse with what is allowed", () => {
    const good = { f: logistic, parameters: [3], initial: [0.3] };
    expect(() => orbitDiagram({ ...good, parameters: [] })).toThrow(/parameters 0 given; allowed/);
    expect(() => orbitDiagram({ ...good, k: 2 })).toThrow(/k = 2 given; allowed: integers from 1 to dim = 1/);
    expect(() => orbitDiagram({ ...good, record: 100 })).toThrow(/record 100 given; allowed: integers from 128/);
    expect(() => orbitDiagram({ ...good, record: 1e9 })).toThrow(/are \d{10,} numbers; allowed: 268435456/);
    expect(() => orbitDiagram({ ...good, tolerance: 0 })).toThrow(/above 0/);
    expect(() => orbitDiagram({ ...good, tolerance: Infinity })).toThrow(/finite numbers above 0/);
    expect(() => orbitDiagram({ ...good, parameters: [3, NaN] })).toThrow(/parameter 1 is NaN; allowed/);
    expect(() => orbitDiagram({ ...good, initial: [Infinity] })).toThrow(/initial state Infinity given/);
  });
});
