import { at, mul, stack, type Tensor } from "#engine";
import { euler, fixed, flow, leapfrog, rk4, symplecticEuler, type Solver } from "separatrix";
import { expect, test } from "vitest";

// Order conditions, measured orders and real stability limits of every solver: packages/dynamics/src/flow/solvers/conformance.test.ts.

const oscillator = (x: Tensor): Tensor => stack([at(x, 1), mul(-1, at(x, 0))]);
const turn = (solver: Solver, h: number, steps: number): Float64Array => {
  const s = flow({ field: oscillator, initial: [1, 0], solver, controller: fixed(h) });
  expect(s.step(steps)).toBe("ok");
  return s.state.slice();
};
const energy = (x: Float64Array): number => x[0]! ** 2 + x[1]! ** 2;

test("F1: Euler multiplies the oscillator's energy by 1 + h^2 a step, exactly", () => {
  for (const h of [0.01, 0.1, 0.5]) expect(energy(turn(euler, h, 40)) / (1 + h * h) ** 40).toBeCloseTo(1, 13);
});

test("F1: RK4 is stable on the imaginary axis up to 2 sqrt 2 and no further", () => {
  // |R(iz)|^2 = 1 - z^6/72 + z^8/576 is 1 at z^2 = 8.
  expect(energy(turn(rk4, 2 * Math.SQRT2 * (1 - 1e-3), 4000))).toBeLessThan(1);
  expect(energy(turn(rk4, 2 * Math.SQRT2 * (1 + 1e-3), 4000))).toBeGreaterThan(1);
});

test("F1: symplectic Euler keeps q^2 + v^2 - h q v, leapfrog v^2 + q^2 (1 - h^2/4), for ever", () => {
  for (const h of [0.05, 0.3]) {
    const [q, v] = turn(symplecticEuler, h, 20_000);
    // v' = v - h q, q' = q + h v'.
    expect(Math.abs(q! * q! + v! * v! - h * q! * v! - 1)).toBeLessThan(1e-11);
    const [p, w] = turn(leapfrog, h, 20_000);
    expect(Math.abs(w! * w! + p! * p! * (1 - (h * h) / 4) - (1 - (h * h) / 4))).toBeLessThan(1e-11);
  }
});

test.each([
  [symplecticEuler, 1],
  [leapfrog, 2],
] as const)("F1: their orders", (solver, order) => {
  const error = (n: number): number => {
    const [q, v] = turn(solver, 3 / n, n);
    return Math.hypot(q! - Math.cos(3), v! + Math.sin(3));
  };
  expect(Math.abs(Math.log2(error(640) / error(1280)) - order)).toBeLessThan(0.01);
});

test("F1: a symplectic solver refuses a state that is no pair", () => {
  expect(() => flow({ field: (x) => x, initial: [1, 2, 3], solver: leapfrog, controller: fixed(0.1) })).toThrow("even length");
});
