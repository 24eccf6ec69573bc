import { add, at, constant, gt, mul, neg, sqrt, square, stack, sub, type Tensor } from "#engine";
import { describe, expect, it } from "vitest";
import { lyapunov } from "../analysis/lyapunov.js";
import type { System } from "../core/system.js";
import { poincareMap } from "../derived/poincare-map.js";
import { stepTimes } from "./accepted-steps.js";
import { adaptive, fixed } from "./controllers.js";
import { delay } from "./delay.js";
import { delayed } from "./delayed.js";
import { diffusion } from "./diffusion.js";
import { flow } from "./flow.js";
import { solution } from "./solution.js";
import { rk4 } from "./solvers/rk4.js";
import { tsit5 } from "./solvers/tsit5.js";

const told = (s: Pick<System, "explanation">): string => s.explanation!;
const lengths = (words: string): number[] => /last accepted steps were ([^;]*);/.exec(words)![1]!.split(", ").map(Number);
const timeIn = (words: string): number => Number(/ at t = ([\d.]+)/.exec(words)![1]);

describe("a solution that becomes infinite at t = 1", () => {
  it("from solution: the steps told shrink like the time that is left", () => {
    const s = solution({ field: (x) => square(x), initial: [1], times: [0.5, 2] });
    const last = lengths(s.explanation!);
    expect(last.length).toBe(6);
    // Steps of a constant scaled error are a constant part of 1 - t, down to what the time resolves.
    for (const h of last) expect(h).toBeLessThan(1e-14);
    expect(timeIn(s.explanation!)).toBeCloseTo(1, 4);
    // In the same form as a flow, in the same words but for numbers.
    const f = flow({ field: (x) => square(x), initial: [1], dt: 2 });
    f.step();
    const form = (words: string): string => words.replace(/[\d.]+(e[-+]?\d+)?/g, "#");
    expect(form(s.explanation!)).toBe(form(told(f)));
  });

  it("from stepTimes, forward and backward, in the same words", () => {
    const back = /going back: t stands for -t.*step-too-small at t = 1, component 0 .*last accepted steps were/;
    expect(() => stepTimes((x) => neg(square(x)), [1], { to: -2 })).toThrow(back);
  });

  it("from a delay equation, its tangents and copies", () => {
    const s = delay({ field: (x, [y]) => add(square(x), mul(0, y!)), lags: [0.25], history: [1], steps: 25 });
    expect(lyapunov(s, { steps: 100 }).explanation).toMatch(/diverged at t = 1\.\d+, component 0 .* last accepted steps were/);
    const many = s.batch(3);
    expect(s.step(10)).toBe("diverged");
    for (const h of lengths(told(s))) expect(h).toBeCloseTo(0.01, 12);
    expect(timeIn(told(s))).toBeGreaterThan(1);
    expect(timeIn(told(s))).toBeLessThan(1.06);
    const rows = many.state.slice();
    rows.fill(0.5, 0, rows.length / 3);
    many.reset(rows);
    expect(many.step(5)).toBe("diverged");
    expect(told(many)).toContain("copy 1, component 0");
  });

  it("from a stochastic equation: at the very step at which the scheme overflows, in its tangents too", () => {
    // Without noise it is Euler's method, which can be gone through by hand.
    const [dt, level] = [0.05, 3];
    const s = diffusion({ drift: (x) => square(x), diffusion: () => constant([0]), initial: [1], dt, level });
    const riding = s.tangent(1);
    expect([s.step(100), riding.step(100)]).toEqual(["diverged", "diverged"]);
    let [x, n] = [1, 0];
    for (; x + (dt / 8) * x * x < Infinity; n++) x += (dt / 8) * x * x;
    expect(told(s)).toContain(`after ${n} steps`);
    expect(told(s)).toContain(`value ${Number(x.toPrecision(4))}`);
    expect(timeIn(told(s))).toBeCloseTo((n * dt) / 8, 3);
    expect(told(riding)).toBe(told(s));
  });
});

describe("a stiff problem says its ratio and a remedy that works", () => {
  const field = (x: Tensor): Tensor => stack([mul(-2e4, sub(at(x, 0), at(x, 1))), mul(-4, at(x, 1))]);

  it("solution", () => {
    const s = solution({ field, initial: [1, 1], times: [0.1, 1], controller: adaptive({ maxSteps: 300 }) });
    expect(s.explanation).toMatch(
      /^step-limit .* rates from 4 to 20000: a stiffness ratio of 5000\. .*problem is stiff; use rodas5p/,
    );
  });

  it("fixed steps: the length told is the limit, and the failure is found inside an interval of many steps", () => {
    const run = (h: number) => {
      const s = flow({ field, initial: [1, 0.9], dt: 1, solver: rk4, controller: fixed(h) });
      return [s.step(3), s.explanation ?? ""] as const;
    };
    const [status, words] = run(1 / 4000);
    expect(status).toBe("diverged");
    const limit = Number(/stable up to the length ([\d.e-]+) there/.exec(words)![1]);
    // Told with four digits.
    expect(Math.abs(limit * 2e4 - 2.7853)).toBeLessThan(1e-3);
    expect(timeIn(words)).toBeLessThan(0.25);
    expect(lengths(words)).toEqual(new Array(6).fill(1 / 4000));
    expect(run(1 / 8000)[0]).toBe("ok");
  });

  it("a delay equation: so many steps in the shortest lag as it says are enough, and half of them are not", () => {
    const run = (steps: number) => {
      const s = delay({ field: (x, [y]) => add(mul(-1000, x), mul(100, y!)), lags: [1], history: [1], steps });
      return [s.step(200), s.explanation ?? ""] as const;
    };
    const [status, words] = run(20);
    expect(status).toBe("diverged");
    const needed = Number(/at least (\d+) steps in the shortest lag/.exec(words)![1]);
    expect(needed).toBe(Math.ceil(1000 / tsit5.realStability));
    expect(run(needed)[0]).toBe("ok");
    expect(run(needed / 2)[0]).toBe("diverged");
  });

  it("a stochastic equation: the level that it says is enough, on the same path", () => {
    const run = (level: number) => {
      const s = diffusion({
        drift: (x) => mul(-5000, x),
        diffusion: () => constant([1]),
        initial: [1],
        dt: 0.01,
        level,
        seed: 4,
      });
      return [s.batch(3, { noise: "own" }), s] as const;
    };
    const [many] = run(2);
    expect(many.step(1000)).toBe("diverged");
    expect(told(many)).toMatch(
      /copy \d, component 0 .* decay there at the rate 5000.* stable up to 0\.0004 there\. Take level 5/,
    );
    expect(run(5)[0].step(1000)).toBe("ok");
  });
});

it("a diffusion that is not finite is blamed, with its component, and what only stays is no rate of decay", () => {
  // Differences of the two decay at the rate 2, and their sum stays.
  const pulled = (x: Tensor): Tensor => stack([sub(at(x, 1), at(x, 0)), sub(at(x, 0), at(x, 1))]);
  const noise = (x: Tensor): Tensor => stack([constant(1), sqrt(sub(at(x, 1), 3))]);
  const s = diffusion({ drift: pulled, diffusion: noise, initial: [0.1, 2.7], dt: 0.1 });
  expect(s.step()).toBe("diverged");
  expect(told(s)).toMatch(
    /Differences decay there at the rate 2\. The diffusion of component 1 is NaN: it is not finite near this state/,
  );
});

it("a field that is not finite is told from a solution that is not, with the component that is to blame", () => {
  const broken = (x: Tensor): Tensor => stack([at(x, 0), sub(-1, sqrt(at(x, 1)))]);
  const noise = (x: Tensor): Tensor => stack([constant(0), sqrt(at(x, 1))]);
  const runs: { explanation?: string | undefined; step(n?: number): string }[] = [
    flow({ field: broken, initial: [1, 1], solver: rk4, controller: fixed(0.25), dt: 1 }),
    delay({ field: (x, [y]) => add(broken(y!), mul(0, x)), lags: [0.5], history: [1, 1] }),
    diffusion({ drift: neg, diffusion: noise, initial: [1, 0.1], dt: 0.1, seed: 3 }),
  ];
  for (const s of runs) {
    expect(s.step(500)).toBe("diverged");
    expect(s.explanation).toMatch(/component [01].* not finite (near|at) this state/);
  }
  const s = solution({ field: broken, initial: [1, 1], times: [3] });
  expect(s.explanation).toMatch(/not finite near this state/);
  expect(s.states).toEqual(Float64Array.of(NaN, NaN));
});

it("a field that jumps under the solution, which slides along, ends in the limit of steps and says so", () => {
  const field = (x: Tensor): Tensor => sub(1, mul(2, gt(x, 0)));
  const s = flow({ field, initial: [0.5], dt: 2, controller: adaptive({ maxSteps: 500 }) });
  expect(s.step()).toBe("step-limit");
  expect(timeIn(told(s))).toBeCloseTo(0.5, 3);
  expect(told(s)).toMatch(/where the field jumps/);
});

it("lags of which one nearly vanishes are refused, not stepped through for ever", () => {
  const field = (x: Tensor, [y]: readonly Tensor[]): Tensor => sub(y!, x);
  expect(() => delay({ field, lags: [1e-9, 1], history: [1] })).toThrow(/its past would take 2\.0e\+10 .* leave out a lag/);
  expect(() => delayed({ field, lags: [1e-12], history: () => constant([1]), until: 1 })).toThrow(
    /looking up the past would take/,
  );
  expect(delay({ field, lags: [1e-3, 1], history: [1] }).step(10)).toBe("ok");
});

it("a section that is not met again, and a flow that fails before it is, are told apart", () => {
  const away = poincareMap({ field: () => constant([1, 0]), initial: [0.5, 0], event: (x) => at(x, 0), within: 3 });
  expect(away.step()).toBe("diverged");
  expect(away.explanation).toMatch(/no crossing came within the time 3 after the last, at \(0\.5, 0\)/);
  const lost = poincareMap({ field: (x) => square(x), initial: [1, 1], event: (x) => at(x, 0), within: 3 });
  expect(lost.step()).toBe("diverged");
  expect(lost.explanation).toMatch(/at t = 1, .* last accepted steps were .* becomes infinite/);
});
