import { add, at, constant, cos, matmul, mul, reshape, sqrt, square, stack, sub, tanh, threads, type Tensor } from "#engine";
import { expect, test } from "vitest";
import { lyapunov } from "../analysis/lyapunov.js";
import { adaptive, fixed } from "./controllers.js";
import { flow } from "./flow.js";
import { euler } from "./solvers/euler.js";
import { solvers } from "./solvers/index.js";
import { rk4 } from "./solvers/rk4.js";

const lorenz = (x: Tensor): Tensor => {
  const [a, b, c] = [at(x, 0), at(x, 1), at(x, 2)];
  return stack([mul(10, sub(b, a)), sub(mul(a, sub(28, c)), b), sub(mul(a, b), mul(8 / 3, c))]);
};
const exact = Math.asinh(Math.E * Math.sinh(1));

test.each(solvers.filter((s) => s.errorOrder !== undefined && s.order > 2).map((s) => [s.name, s] as const))(
  "the global error of %s with adaptive steps is proportional to the tolerance, within a factor",
  (_, solver) => {
    for (const tolerance of [1e-4, 1e-6, 1e-8, 1e-10]) {
      const s = flow({
        field: (x) => tanh(x),
        initial: [1],
        dt: 1,
        solver,
        controller: adaptive({ rtol: tolerance, atol: tolerance }),
      });
      expect(s.step()).toBe("ok");
      expect(Math.abs(s.state[0]! - exact)).toBeLessThan(tolerance);
    }
  },
);

test("intervals are hit exactly, steps being remembered from one to the next: many small dt give the same answer as one large", () => {
  const field = (x: Tensor, t: Tensor): Tensor => mul(x, cos(t));
  const fine = flow({ field, initial: [1], dt: 0.01, controller: adaptive({ rtol: 1e-10, atol: 1e-12 }) });
  const whole = flow({ field, initial: [1], dt: 5, controller: adaptive({ rtol: 1e-10, atol: 1e-12 }) });
  fine.step(500);
  whole.step();
  expect(fine.time).toBe(5);
  expect(Math.abs(fine.state[0]! - Math.exp(Math.sin(5)))).toBeLessThan(1e-9);
  expect(Math.abs(whole.state[0]! - Math.exp(Math.sin(5)))).toBeLessThan(1e-9);
  // The steps do not shrink to nothing at the ends of intervals.
  expect(fine.work.accepted).toBeLessThan(600);
});

test("starts of a neural ODE that need different numbers of steps, some of which fail: the bits, statuses and work of single ones, on one thread or two", async () => {
  const [w0, w1] = [6, 12].map((n, j) =>
    constant(
      Float64Array.from({ length: n }, (_, i) => 3 * Math.sin(5 * i + j)),
      j === 0 ? [1, 6] : [6, 2],
    ),
  );
  // The second component leaves every bound from where the first is large.
  const field = (x: Tensor): Tensor =>
    add(
      reshape(matmul(tanh(matmul(reshape(at(x, 0), [1, 1]), w0!)), w1!), [2]),
      mul(constant([0, 1]), mul(at(x, 1), mul(at(x, 1), at(x, 0)))),
    );
  const options = { field, initial: [0, 0], dt: 1 };
  const count = 700;
  const starts = Float64Array.from({ length: 2 * count }, (_, i) => 4 * Math.sin(7 * i + 0.3 * (i % 2)));
  const pool = await threads(2);
  const [one, two] = [{}, { threads: pool }].map((more) => {
    const many = flow({ ...options, ...more }).batch(count);
    many.reset(starts);
    many.step(2);
    return many;
  });
  expect(two!.state).toEqual(one!.state);
  expect([two!.statuses, two!.work, two!.before]).toEqual([one!.statuses, one!.work, one!.before]);
  const single = flow(options);
  let accepted = 0;
  const counts = new Set<number>();
  for (let i = 0; i < count; i++) {
    single.reset(starts.subarray(2 * i, 2 * i + 2));
    single.step(2);
    if (single.state.some((v, k) => !Object.is(v, one!.state[2 * i + k]))) expect.fail(`start ${i} differs`);
    expect(one!.statuses[i]).toBe(single.statuses[0]);
    accepted += single.work.accepted;
    counts.add(single.work.accepted);
  }
  expect(one!.work.accepted).toBe(accepted);
  expect(counts.size).toBeGreaterThan(5);
  expect(new Set(one!.statuses).size).toBeGreaterThan(1);
  // Tangents of many copies ride along as those of one do.
  const fine = one!.statuses.indexOf("ok");
  one!.reset(starts);
  const riding = one!.tangent(1);
  riding.tangents.fill(1);
  riding.step();
  single.reset();
  const alone = single.tangent(1);
  alone.reset(starts.subarray(2 * fine, 2 * fine + 2));
  alone.tangents.fill(1);
  alone.step();
  expect(riding.tangents.slice(2 * fine, 2 * fine + 2)).toEqual(alone.tangents);
  pool.close();
});

test("the same bits however the steps are grouped, alone or in a batch, on one thread or several", async () => {
  const options = { field: lorenz, initial: [1, 2, 20], dt: 0.1 };
  const [once, often] = [flow(options), flow(options)];
  once.step(40);
  for (let i = 0; i < 40; i++) often.step();
  expect(often.state).toEqual(once.state);
  const starts = Float64Array.from({ length: 3 * 300 }, (_, i) => (i % 3 === 2 ? 20 : Math.sin(i)));
  const many = flow(options).batch(300);
  many.reset(starts);
  many.step(40);
  for (const i of [0, 7, 299]) {
    const one = flow({ ...options, initial: starts.slice(3 * i, 3 * i + 3) });
    one.step(40);
    expect(many.state.slice(3 * i, 3 * i + 3)).toEqual(one.state);
  }
  // Threads take groups of 38 and of 25 copies; what is left over comes last.
  for (const count of [2, 3]) {
    const pool = await threads(count);
    const shared = flow({ ...options, threads: pool }).batch(300);
    shared.reset(starts);
    shared.step(40);
    expect(shared.state).toEqual(many.state);
    pool.close();
  }
});

test("tangents of a batch and of a single flow are the exact derivative of the steps taken", () => {
  // d/dt (x, v) = (tanh x, sech^2(x) v): v(1) / v(0) = tanh-flow's derivative, known from sinh x(t) = e^t sinh x(0).
  const slope = (Math.E * Math.cosh(1)) / Math.cosh(exact);
  for (const controller of [adaptive({ rtol: 1e-11, atol: 1e-13 }), fixed(0.01)]) {
    const riding = flow({ field: (x) => tanh(x), initial: [1], dt: 1, controller }).tangent(1);
    riding.tangents.set([1]);
    riding.step();
    expect(Math.abs(riding.tangents[0]! - slope)).toBeLessThan(1e-10);
    const both = flow({ field: (x) => tanh(x), initial: [1], dt: 1, controller })
      .batch(2)
      .tangent(1);
    both.tangents.set([1, -2]);
    both.step();
    expect(Math.abs(both.tangents[0]! - slope)).toBeLessThan(1e-10);
    expect(Math.abs(both.tangents[1]! + 2 * slope)).toBeLessThan(1e-10);
  }
});

test("the exponents of the Lorenz flow sum to its divergence, with fixed and with adaptive steps", () => {
  for (const options of [{ solver: rk4, controller: fixed(0.005) }, { controller: adaptive({ rtol: 1e-8 }) }]) {
    const s = flow({ field: lorenz, initial: [1, 1, 1], dt: 0.05, ...options });
    const spectrum = lyapunov(s, { k: 3, steps: 4000 });
    expect(Math.abs(spectrum.sum.value + 41 / 3)).toBeLessThan(1e-4);
    expect(Math.abs(spectrum.value[0]! - 0.9055)).toBeLessThan(4 * spectrum.error[0]! + 0.01);
  }
});

test("Euler multiplies the energy of the oscillator by exactly 1 + h^2 a step, and its time is counted, not summed", () => {
  const s = flow({ field: (x) => stack([at(x, 1), mul(-1, at(x, 0))]), initial: [1, 0], solver: euler, controller: fixed(0.1) });
  s.step(30);
  expect(s.time).toBe(0 + 30 * 0.1);
  expect(s.state[0]! ** 2 + s.state[1]! ** 2).toBeCloseTo(1.01 ** 30, 12);
});

test("a solution that becomes infinite ends there with NaN and says when; its neighbours in a batch go on", () => {
  const s = flow({ field: (x) => square(x), initial: [1], dt: 0.5 });
  expect(s.step(10)).toBe("step-too-small");
  expect(s.state[0]).toBeNaN();
  expect(Math.abs(s.time - 1)).toBeLessThan(1e-5);
  expect(s.explanation).toMatch(/step-too-small at t = 1, component 0 .* after \d+ steps; .* rate/);
  expect(s.step()).toBe("step-too-small");
  s.reset();
  const three = s.batch(3);
  three.reset([0.1, 1, -1]);
  expect(three.step(4)).toBe("step-too-small");
  expect(three.statuses).toEqual(["ok", "step-too-small", "ok"]);
  expect([three.state[0], three.state[2]].map((x) => x!.toFixed(5))).toEqual(["0.12500", "-0.33333"]);
  expect(three.explanation).toContain("copy 1, component 0");
  three.reset([0.1, 0.2, -1]);
  expect(three.step(4)).toBe("ok");
  expect(three.explanation).toBeUndefined();
});

test("with no absolute tolerance a component that stays 0 has no error", () => {
  const s = flow({
    field: (x) => mul(-1, x),
    initial: [0, 1],
    dt: 1,
    controller: adaptive({ rtol: 1e-9, atol: 0 }),
  });
  expect(s.step()).toBe("ok");
  expect([s.state[0], s.state[1]!.toFixed(8)]).toEqual([0, Math.exp(-1).toFixed(8)]);
});

test("fixed steps that leave the finite numbers, a field outside its domain, and too many steps each say what they are", () => {
  const fast = flow({ field: (x) => square(x), initial: [1], solver: rk4, controller: fixed(0.1) });
  expect(fast.step(100)).toBe("diverged");
  expect(fast.state[0]).toBeNaN();
  expect(fast.explanation).toMatch(/Steps of 0\.1 left the finite numbers/);
  const root = flow({ field: (x) => sub(-1, sqrt(x)), initial: [1], dt: 10 });
  expect(root.step()).toBe("diverged");
  expect(root.explanation).toMatch(/not finite near this state/);
  const stiff = flow({
    field: (x, t) => mul(-1e6, sub(x, cos(t))),
    initial: [0],
    dt: 1,
    controller: adaptive({ maxSteps: 2000 }),
  });
  expect(stiff.step()).toBe("step-limit");
  expect(stiff.explanation).toMatch(/held down by stability .* stiff/);
  // Stability holds the steps of an explicit method of order 5 at about 3 / 1e6.
  const lengths = /last accepted steps were ([^;]*);/.exec(stiff.explanation!)![1]!.split(", ").map(Number);
  expect(lengths.length).toBe(6);
  for (const h of lengths) expect(Math.abs(h * 1e6 - 3)).toBeLessThan(1.5);
  expect(stiff.explanation).toContain("decay there at the rate 1000000");
  const two = flow({
    field: (x) => stack([mul(-1000, at(x, 0)), mul(-2, at(x, 1))]),
    initial: [1, 1],
    dt: 10,
    controller: adaptive({ maxSteps: 50 }),
  });
  expect(two.step(3)).toBe("step-limit");
  expect(two.explanation).toContain("rates from 2 to 1000: a stiffness ratio of 500");
});

test("the step history told is that of the steps themselves, in whatever calls and whichever copy they were made", () => {
  const blowing = { field: (x: Tensor) => square(x), initial: [1], dt: 0.25 };
  const told = (s: { explanation: string | undefined }): string => /last accepted steps were [^;]*/.exec(s.explanation!)![0];
  const [one, many, batch] = [flow(blowing), flow(blowing), flow(blowing).batch(2)];
  one.step(10);
  for (let k = 0; k < 10; k++) many.step();
  batch.reset([-1, 1]);
  batch.step(10);
  expect(told(many)).toBe(told(one));
  expect(told(batch)).toBe(told(one));
  // Towards a pole at t = 1 the steps shrink in proportion to what is left.
  const lengths = told(one)
    .replace(/^.*were /, "")
    .split(", ")
    .map(Number);
  lengths.slice(1).forEach((h, i) => expect(h).toBeLessThan(lengths[i]!));
});

test("misuse says what was given and what is allowed", () => {
  expect(() => flow({ field: (x) => x, initial: [] })).toThrow("the initial state is empty");
  expect(() => flow({ field: (x) => x, initial: [NaN] })).toThrow("NaN at index 0");
  expect(() => flow({ field: (x) => x, initial: [1], dt: -1 })).toThrow("dt -1 given");
  expect(() => adaptive({ rtol: -1 })).toThrow("rtol -1");
  expect(() => adaptive({ rtol: 1e-17 })).toThrow("from 1e-14");
  expect(() => fixed(0)).toThrow("h 0 given");
  const s = flow({ field: (x) => add(x, 0), initial: [1] });
  expect(() => s.step(1.5)).toThrow("n = 1.5");
  expect(() => s.reset([1, 2])).toThrow("2 numbers given");
  expect(() => s.tangent(0)).toThrow("k = 0");
  expect(() => s.batch(2).batch(2)).toThrow("batch already");
});

test("copies put first go on as if nothing had happened, the others rest", () => {
  const one = flow({ field: (x) => mul(x, sub(1, x)), initial: [0.1], dt: 0.5, controller: adaptive({ rtol: 1e-8 }) });
  const starts = [0.1, 0.3, 0.6, 1.7];
  const [whole, some] = [one.batch(4), one.batch(4)];
  for (const batch of [whole, some]) {
    batch.reset(starts);
    batch.step(3);
  }
  some.only!([3, 1]);
  expect(whole.step(4)).toBe("ok");
  expect(some.step(4)).toBe("ok");
  expect(Array.from(some.state.subarray(0, 2))).toEqual([whole.state[3], whole.state[1]]);
  expect(some.statuses).toEqual(["ok", "ok", "aborted", "aborted"]);
  expect(some.work.accepted).toBeLessThan(whole.work.accepted);
  some.reset(starts);
  expect(some.statuses).toEqual(["ok", "ok", "ok", "ok"]);
  for (const wrong of [[4], [1, 1], [0.5], [-1]]) expect(() => some.only!(wrong)).toThrow("different ones from 0 to 3");
});
