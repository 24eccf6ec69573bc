import { at, cos, mul, square, stack, sub, type Tensor } from "#engine";
import { expect, test } from "vitest";
import { lyapunov } from "../../analysis/lyapunov.js";
import { adaptive } from "../controllers.js";
import { flow } from "../flow.js";
import { rodas5p } from "./rodas5p.js";

/** Robertson's reaction, whose rates span nine orders of magnitude. */
const robertson = (x: Tensor): Tensor => {
  const [a, b, c] = [at(x, 0), at(x, 1), at(x, 2)];
  const [slow, back, fast] = [mul(0.04, a), mul(1e4, mul(b, c)), mul(3e7, square(b))];
  return stack([sub(back, slow), sub(sub(slow, back), fast), fast]);
};

test("Robertson's reaction at t = 40 to the published digits, its mass kept", () => {
  const s = flow({
    field: robertson,
    initial: [1, 0, 0],
    dt: 40,
    solver: rodas5p,
    controller: adaptive({ rtol: 1e-8, atol: 1e-13 }),
  });
  expect(s.step()).toBe("ok");
  // Hairer and Wanner 1996, Solving ordinary differential equations II, section IV.10.
  expect(Math.abs(s.state[0]! - 0.7158270687193941)).toBeLessThan(2e-8);
  expect(Math.abs(s.state[1]! - 0.9185534764557338e-5)).toBeLessThan(2e-13);
  expect(Math.abs(s.state[0]! + s.state[1]! + s.state[2]! - 1)).toBeLessThan(1e-13);
  expect(s.work.accepted).toBeLessThan(400);
});

test("a fast decay to a slow curve costs steps of the slow curve's length", () => {
  const s = flow({ field: (x, t) => mul(-1e6, sub(x, cos(t))), initial: [0], dt: 1, solver: rodas5p });
  expect(s.step()).toBe("ok");
  expect(Math.abs(s.state[0]! - Math.cos(1))).toBeLessThan(2e-6);
  expect(s.work.accepted + s.work.rejected).toBeLessThan(100);
});

test("its batches take steps of their own and its tangents are exact: the exponent of a stiff linear equation is its slow rate", () => {
  const field = (x: Tensor): Tensor => stack([mul(-1e4, sub(at(x, 0), at(x, 1))), mul(-0.5, at(x, 1))]);
  const s = flow({ field, initial: [3, 1], dt: 1, solver: rodas5p, controller: adaptive({ rtol: 1e-8, atol: 1e-12 }) });
  expect(Math.abs(lyapunov(s, { steps: 40, batches: 2 }).value[0]! + 0.5)).toBeLessThan(1e-7);
  const two = s.batch(2);
  two.reset([3, 1, -1, 2]);
  expect(two.step(2)).toBe("ok");
  expect(two.state[3]).toBeCloseTo(2 * Math.exp(-1), 8);
});
