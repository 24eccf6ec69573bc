import { add, constant, mul, sum, tanh, type Tensor } from "#engine";
import { describe, expect, it } from "vitest";
import { descent } from "../descent.js";
import { product } from "../schedules/schedule.js";
import { cosine } from "../schedules/cosine.js";
import { linearWarmUp } from "../schedules/linear-warm-up.js";
import { stepDecay } from "../schedules/step-decay.js";
import { adam } from "./adam.js";
import { adamw } from "./adamw.js";
import { heavyBall } from "./heavy-ball.js";
import { nesterov } from "./nesterov.js";
import type { Optimizer } from "./optimizer.js";
import { rmsprop } from "./rmsprop.js";

// L = sum a_i tanh(x_i)^2 / 2 + x_0 x_1 / 10, with the gradient written by hand.
const a = [3, 0.5];
const objective = (x: Tensor): Tensor => {
  const t = tanh(x);
  const cross = mul(
    constant(
      [
        [0, 0.05],
        [0.05, 0],
      ].flat(),
      [2, 2],
    ),
    mul(outer(x), 1),
  );
  return add(mul(0.5, sum(mul(constant(a), mul(t, t)))), sum(cross));
};
const outer = (x: Tensor): Tensor => mul(column(x), x);
const column = (x: Tensor): Tensor => sum(mul(constant([1, 0, 0, 1], [2, 2]), x), 1, true);
const gradient = (x: readonly number[]): number[] =>
  x.map((xi, i) => {
    const t = Math.tanh(xi);
    return a[i]! * t * (1 - t * t) + 0.1 * x[1 - i]!;
  });

const start = [0.7, -1.2];
const STEPS = 60;

/** Compares 60 steps with an iteration in plain numbers, written from the paper. */
function follow(optimizer: Optimizer, iterate: (g: (x: readonly number[]) => number[]) => (t: number) => number[]) {
  const run = descent({ objective, initial: start, optimizer });
  const next = iterate(gradient);
  for (let t = 0; t < STEPS; t++) {
    run.step();
    const expected = next(t);
    expected.forEach((x, i) => expect(Math.abs(run.parameters[i]! - x)).toBeLessThan(1e-12));
  }
}

describe("optimizers follow their papers step by step", () => {
  it("heavy ball: theta_{t+1} = theta_t - eta g + beta (theta_t - theta_{t-1})", () => {
    follow(heavyBall({ stepSize: 0.2, momentum: 0.8 }), (g) => {
      let x = start;
      let old = start;
      return () => {
        const d = g(x);
        const next = x.map((xi, i) => xi - 0.2 * d[i]! + 0.8 * (xi - old[i]!));
        [old, x] = [x, next];
        return x;
      };
    });
  });

  it("Nesterov: x_{t+1} = y_t - eta g(y_t), y_{t+1} = x_{t+1} + beta (x_{t+1} - x_t)", () => {
    follow(nesterov({ stepSize: 0.2, momentum: 0.8 }), (g) => {
      let y = start;
      let x = start;
      return () => {
        const d = g(y);
        const next = y.map((yi, i) => yi - 0.2 * d[i]!);
        y = next.map((n, i) => n + 0.8 * (n - x[i]!));
        x = next;
        return y;
      };
    });
  });

  it("RMSProp, from a mean square of its own", () => {
    follow(rmsprop({ stepSize: 0.02, beta2: 0.9, epsilon: 1e-4, initialSquare: 0.3 }), (g) => {
      let x = start;
      let nu = [0.3, 0.3];
      return () => {
        const d = g(x);
        nu = nu.map((n, i) => 0.9 * n + 0.1 * d[i]! ** 2);
        x = x.map((xi, i) => xi - (0.02 * d[i]!) / (Math.sqrt(nu[i]!) + 1e-4));
        return x;
      };
    });
  });

  it.each([0, 0.3])("Adam and AdamW with both corrections from the first step on, weight decay %f", (w) => {
    const numbers = { stepSize: 0.05, beta1: 0.8, beta2: 0.95, epsilon: 1e-3 };
    const optimizer = w === 0 ? adam(numbers) : adamw({ ...numbers, weightDecay: w });
    follow(optimizer, (g) => {
      let x = start;
      let m = [0, 0];
      let v = [0, 0];
      return (step) => {
        const t = step + 1;
        const d = g(x);
        m = m.map((mi, i) => 0.8 * mi + 0.2 * d[i]!);
        v = v.map((vi, i) => 0.95 * vi + 0.05 * d[i]! ** 2);
        x = x.map((xi, i) => {
          const mhat = m[i]! / (1 - 0.8 ** t);
          const vhat = v[i]! / (1 - 0.95 ** t);
          return xi - 0.05 * (mhat / (Math.sqrt(vhat) + 1e-3) + w * xi);
        });
        return x;
      };
    });
  });

  it("schedules by step number: warm-up times cosine", () => {
    const schedule = product(linearWarmUp({ steps: 10 }), cosine({ steps: 40, least: 0.1 }));
    const factor = (t: number): number =>
      Math.min(1, (t + 1) / 10) * (0.1 + 0.45 * (1 + Math.cos(Math.PI * Math.min(1, t / 40))));
    const optimizer = heavyBall({ stepSize: 0.2, momentum: 0.8, schedule });
    for (const t of [0, 3, 9, 25, 40, 99]) expect(optimizer.thresholdAt(t) * factor(t)).toBeCloseTo(3.6 / 0.2, 10);
    follow(optimizer, (g) => {
      let x = start;
      let old = start;
      return (t) => {
        const d = g(x);
        const next = x.map((xi, i) => xi - 0.2 * factor(t) * d[i]! + 0.8 * (xi - old[i]!));
        [old, x] = [x, next];
        return x;
      };
    });
  });
});

it("a step decay drops exactly at its multiples", () => {
  const { thresholdAt } = heavyBall({
    stepSize: 1,
    momentum: 0,
    schedule: stepDecay({ every: 49, drop: 0.5 }),
  });
  for (const k of [1, 2, 3, 20]) expect([thresholdAt(49 * k - 1), thresholdAt(49 * k)]).toEqual([2 * 2 ** (k - 1), 2 * 2 ** k]);
});

it("a run goes on from its state and time as if it had not stopped, whatever the optimizer remembers", () => {
  const optimizer = adam({ stepSize: 0.05, schedule: cosine({ steps: 50 }) });
  const whole = descent({ objective, initial: start, optimizer });
  whole.step(17);
  const [state, time] = [whole.state.slice(), whole.time];
  whole.step(20);
  const resumed = descent({ objective, initial: start, optimizer });
  resumed.reset(state, time);
  resumed.step(20);
  expect([...resumed.state]).toEqual([...whole.state]);
  expect(resumed.time).toBe(37);
  // Tangents and copies start at the time of the system too.
  const [riding, copies] = [resumed.tangent(1), resumed.batch(2)];
  for (const s of [resumed, riding, copies]) s.step(5);
  expect([...riding.state]).toEqual([...resumed.state]);
  expect([...copies.state]).toEqual([...resumed.state, ...resumed.state]);
});

it.each([
  ["RMSProp", rmsprop({ stepSize: 0.05, epsilon: 1e-3 })],
  ["Adam", adam({ stepSize: 0.05, epsilon: 1e-3 })],
])("%s has finite tangents where a gradient has always been 0: there it divides by epsilon", (_, optimizer) => {
  // x_2 does not matter.
  const run = descent({
    objective: (x) => mul(0.5, sum(mul(constant([1, 1, 0]), mul(x, x)))),
    initial: [1, 2, 3],
    optimizer,
  });
  const riding = run.tangent(2);
  riding.tangents.fill(0);
  riding.tangents[2] = riding.tangents[run.dim] = 1;
  expect(riding.step(50)).toBe("ok");
  expect(riding.tangents.every(Number.isFinite)).toBe(true);
  // The silent parameter stays, and so does a difference in it.
  expect(riding.tangents[2]).toBe(1);
  // Just before an entry begins to move, its first step is g / epsilon to first order.
  const rest = descent({ objective: (x) => mul(0.5, sum(mul(x, x))), initial: [0], optimizer });
  const first = rest.tangent(1);
  first.tangents.fill(0);
  first.tangents[0] = 1;
  first.step();
  expect(first.tangents[0]).toBeCloseTo(1 - 0.05 / 1e-3, 10);
});
