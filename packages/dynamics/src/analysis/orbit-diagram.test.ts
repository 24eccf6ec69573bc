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
    expect(() => orbitDiagram({ ...good, tolerance: 0 })).toThrow(/above 0/);
  });
});
