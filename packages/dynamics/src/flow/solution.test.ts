import { add, cos, mul, pow, square, type Tensor } from "#engine";
import { expect, test } from "vitest";
import { adaptive } from "./controllers.js";
import { flow } from "./flow.js";
import { solution } from "./solution.js";
import { solvers } from "./solvers/index.js";
import { rk4 } from "./solvers/rk4.js";

const field = (x: Tensor, t: Tensor): Tensor => mul(x, cos(t));
const times = Array.from({ length: 101 }, (_, i) => i / 10);
const pairs = solvers.filter((s) => s.errorOrder !== undefined && s.order > 2);

test.each(pairs.map((s) => [s.name, s] as const))("dense output of %s: between the steps as right as at them", (_, solver) => {
  for (const tolerance of [1e-4, 1e-7]) {
    const s = solution({ field, initial: [1], times, solver, controller: adaptive({ rtol: tolerance, atol: tolerance }) });
    expect(s.status).toBe("ok");
    // Errors add up over 20 to 700 steps: the worst pair, rodas5p with its cubic between the steps, has 47 tolerances.
    for (let i = 0; i < times.length; i++)
      expect(Math.abs(s.states[i]! - Math.exp(Math.sin(times[i]!)))).toBeLessThan(60 * tolerance);
  }
});

test("the times do not bind the steps, and the last one is met as a step's end", () => {
  const few = solution({ field, initial: [1], times: [10] });
  const many = solution({ field, initial: [1], times: Array.from({ length: 5001 }, (_, i) => i / 500) });
  expect(many.accepted).toBe(few.accepted);
  expect(many.states[5000]).toBe(few.states[0]);
  const s = flow({ field, initial: [1], dt: 10 });
  s.step();
  expect(s.state[0]).toBeCloseTo(few.states[0]!, 12);
});

test("repeated times, the start itself and a start elsewhere", () => {
  const s = solution({ field, initial: [2], time: 1, times: [1, 1, 2, 2] });
  expect(s.states[0]).toBe(2);
  expect(s.states[1]).toBe(2);
  expect(s.states[2]).toBeCloseTo(2 * Math.exp(Math.sin(2) - Math.sin(1)), 5);
  expect(s.states[3]).toBe(s.states[2]);
});

test("the dense output of every solver is exact to rounding on polynomials of its order, in one step", () => {
  const times = [0.1, 0.33, 0.5, 0.77, 1];
  for (const solver of solvers.filter((s) => s.errorOrder !== undefined)) {
    for (let p = 1; p <= Math.min(solver.order, solver.denseOrder); p++) {
      const s = solution({
        field: (x, t) => add(mul(0, x), mul(p, p === 1 ? 1 : pow(t, p - 1))),
        initial: [0],
        times,
        solver,
        controller: adaptive({ firstStep: 1, rtol: 1e3, atol: 1e3 }),
      });
      expect(s.accepted).toBe(1);
      // Coefficients of the size 100 are rounded to 1e-14.
      times.forEach((t, i) => expect(Math.abs(s.states[i]! - t ** p)).toBeLessThan(2e-13));
    }
  }
});

test("after a failure there is NaN and a reason, before it there are numbers", () => {
  const s = solution({ field: (x) => square(x), initial: [1], times: [0, 0.5, 0.9, 1.1, 2] });
  expect(s.status).toBe("step-too-small");
  expect(s.states[1]).toBeCloseTo(2, 4);
  expect(s.states.slice(3)).toEqual(Float64Array.of(NaN, NaN));
  expect(s.explanation).toContain("at t = 1");
});

test("misuse is named", () => {
  expect(() => solution({ field, initial: [1], times: [1, 0.5] })).toThrow("time 0.5 at index 1 comes after 1");
  expect(() => solution({ field, initial: [1], times: [-1] })).toThrow("time -1 at index 0 comes after 0");
  expect(() => solution({ field, initial: [1], times: [] })).toThrow("0 times given");
  expect(() => solution({ field, initial: [1], times: [1], solver: rk4 })).toThrow("rk4 has no error estimate");
});
