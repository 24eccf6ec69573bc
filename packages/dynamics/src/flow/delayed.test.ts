import { add, at, compile, concat, constant, grad, jvp, mul, slice, square, sub, sum, vmap, type Tensor } from "#engine";
import { describe, expect, test } from "vitest";
import { delayed } from "./delayed.js";
import { dopri5 } from "./solvers/dopri5.js";
import { rk4 } from "./solvers/rk4.js";

const part = (x: Tensor, i: number): Tensor => slice(x, [i], [i + 1]);

/** The gradient by reverse mode, and the derivative along each axis by forward mode. */
function bothModes(loss: (q: Tensor) => Tensor, q: readonly number[]): [Float64Array, Float64Array] {
  const n = q.length;
  const axes = constant(
    Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)),
    [n, n],
  );
  const program = compile(
    (x) => [grad(loss)(x!), vmap((v) => jvp((y) => loss(y), [x!], [v]).tangents[0]!)(axes)],
    [{ shape: [n] }],
  );
  program.inputs[0]!.set(q);
  program.run();
  return [program.outputs[0]!.slice(), program.outputs[1]!.slice()];
}

describe("x' = -a x(t - tau) with the constant past c", () => {
  // x(t) = c sum of (-a)^k (t - (k - 1) tau)^k / k! over k <= t / tau + 1: its derivatives by a, tau and c, piece by piece.
  const exact = (a: number, tau: number, c: number, t: number): number[] => {
    let [x, da, dtau, factorial] = [0, 0, 0, 1];
    for (let k = 0; k <= Math.floor(t / tau) + 1; k++) {
      if (k > 0) factorial *= k;
      const [s, power] = [t - (k - 1) * tau, (-a) ** k / factorial];
      x += power * s ** k;
      if (k === 0) continue;
      da += (-k * (-a) ** (k - 1) * s ** k) / factorial;
      dtau -= power * k * (k - 1) * s ** (k - 1);
    }
    return [c * da, c * dtau, x];
  };
  test.each([
    [1.3, 0.9, 0.7, 4.3],
    [1, 1, 1, 3],
    [-0.4, 2, -1.5, 7],
    [2, 0.5, 1, 0.3],
  ])("a = %d, tau = %d, c = %d: the derivative of x(%d) by each of them is that of the exact polynomial", (a, tau, c, t) => {
    const x = (q: Tensor): Tensor =>
      at(
        delayed({
          field: (_x, [y]) => mul(mul(-1, part(q, 0)), y!),
          lags: [tau],
          moving: part(q, 1),
          history: () => part(q, 2),
          until: t,
          steps: 40,
          solver: dopri5,
        }).present,
        0,
      );
    const [reverse, forward] = bothModes(x, [a, tau, c]);
    exact(a, tau, c, t).forEach((d, i) => {
      expect(Math.abs(reverse[i]! - d)).toBeLessThan(1e-9 * (1 + Math.abs(d)));
      expect(Math.abs(forward[i]! - d)).toBeLessThan(1e-9 * (1 + Math.abs(d)));
    });
  });

  test("values at chosen times, in the past too, with a jump at the start: derivatives by the delay keep the breaking points on the mesh", () => {
    // Past 0, x(0) = c: x = c (1, 1 - a (t - tau), ...); dx/dtau = c a between tau and 2 tau.
    const times = [-0.5, 0.5, 1.7, 2];
    const x = (q: Tensor): Tensor =>
      delayed({
        field: (_x, [y]) => mul(-1.5, y!),
        lags: [1],
        moving: q,
        history: () => constant([0]),
        initial: constant([2]),
        until: 2.5,
        solver: rk4,
      }).at(times);
    const program = compile((q) => [x(q!), jvp((p) => x(p), [q!], [constant([1])]).tangents[0]!], [{ shape: [1] }]);
    program.inputs[0]!.set([1]);
    program.run();
    [0, 2, 2 * (1 - 1.5 * 0.7), 2 * (1 - 1.5)].forEach((v, i) => expect(program.outputs[0]![i]).toBeCloseTo(v, 12));
    [0, 0, 3, 3].forEach((v, i) => expect(program.outputs[1]![i]).toBeCloseTo(v, 12));
  });
});

describe("the delay Lotka-Volterra equation", () => {
  // u' = u (p0 - p1 v), v' = v (p2 u(t - tau1) - p3 u(t - tau2) v), a past linear in t, fitted at four times.
  const fit =
    (lags: readonly number[], steps: number) =>
    (q: Tensor): Tensor => {
      const r = lags.length;
      const [p, past] = [(i: number) => part(q, i), (i: number) => part(q, 4 + r + i)];
      const solution = delayed({
        field: (x, behind) => {
          const [u, v] = [part(x, 0), part(x, 1)];
          const [eaten, later] = [part(behind[0]!, 0), part(behind[r - 1]!, 0)];
          return concat([mul(u, sub(p(0), mul(p(1), v))), mul(v, sub(mul(p(2), eaten), mul(p(3), later)))]);
        },
        lags,
        moving: slice(q, [4], [4 + r]),
        history: (t) => concat([add(past(0), mul(past(1), t)), past(2)]),
        until: 7.3,
        steps,
      });
      return sum(square(sub(solution.at([1, 2.2, 5, 7.3]), 1)));
    };
  test.each([
    ["one delay", [0.5]],
    ["two delays without a common step", [0.5, 0.5 * Math.sqrt(3)]],
  ] as const)("%s: the gradient by parameters, delays and past agrees in both modes, and with differences", (_, lags) => {
    const q = [1.1, 0.4, 0.6, 0.3, ...lags, 1.2, 0.3, 0.8];
    const [reverse, forward] = bothModes(fit(lags, 10), q);
    const size = Math.max(...reverse.map(Math.abs));
    reverse.forEach((g, i) => expect(Math.abs(g - forward[i]!)).toBeLessThan(1e-12 * size));
    // Differences of a finer solution: 1e-5 for the step, 1e-10 for what it leaves out, times the size of the third derivative.
    const loss = fit(lags, 20);
    const program = compile((x) => [loss(x!)], [{ shape: [q.length] }]);
    const value = (i: number, d: number): number => {
      program.inputs[0]!.set(q);
      program.inputs[0]![i]! += d;
      program.run();
      return program.outputs[0]![0]!;
    };
    reverse.forEach((g, i) => expect(Math.abs((value(i, 1e-4) - value(i, -1e-4)) / 2e-4 - g)).toBeLessThan(2e-6 * size));
  });
});

test("misuse says what was given", () => {
  const options = {
    field: (_x: Tensor, [y]: readonly Tensor[]) => mul(-1, y!),
    lags: [1],
    history: () => constant([1]),
    until: 2,
  };
  expect(() => delayed({ ...options, until: 0 })).toThrow("until 0 given");
  expect(() => delayed({ ...options, moving: constant([1, 2]) })).toThrow("moving has shape [2], there are 1 lags");
  expect(() => delayed(options).at([3])).toThrow("time 3 given; allowed: from -1 to 2");
});
