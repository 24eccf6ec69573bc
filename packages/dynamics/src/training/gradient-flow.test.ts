import { constant, matmul, mul, reshape, sub, sum, type Tensor } from "#engine";
import { describe, expect, it } from "vitest";
import { lyapunov } from "../analysis/lyapunov.js";
import { fillNormal, random } from "../core/random.js";
import { gradientFlow } from "./gradient-flow.js";

const lambdas = [8, 2, 0.5];
const quadratic = (w: Tensor): Tensor => mul(0.5, sum(mul(constant(lambdas), mul(w, w))));
const exact = (t: number): number[] => lambdas.map((l) => Math.exp(-l * t));

describe("gradientFlow", () => {
  it("follows exp(-A t), with steps of 1 / lambda_max and fourth order in alpha", () => {
    const error = (alpha: number): number => {
      const flow = gradientFlow({ objective: quadratic, initial: [1, 1, 1], interval: 1, alpha });
      expect(flow.step(2)).toBe("ok");
      expect(flow.time).toBe(2);
      expect(flow.kind).toBe("flow");
      // lambda_max is 8, by power iterations from below.
      expect(flow.observables.substeps![0]).toBe(Math.ceil((8 - 1e-6) / alpha));
      return Math.abs(flow.state[1]! - exact(2)[1]!);
    };
    const errors = [1, 0.5, 0.25, 0.125].map(error);
    for (let i = 0; i < 3; i++) expect(Math.log2(errors[i]! / errors[i + 1]!)).toBeGreaterThan(3.8);
    for (let i = 1; i < 3; i++) expect(Math.log2(errors[i]! / errors[i + 1]!)).toBeLessThan(4.2);
  });

  it("does not take longer steps than it may", () => {
    const flow = gradientFlow({ objective: quadratic, initial: [1, 1, 1], interval: 1, maxStep: 0.01 });
    flow.step();
    expect(flow.observables.substeps![0]).toBe(100);
    flow.state.forEach((x, i) => expect(Math.abs(x - exact(1)[i]!)).toBeLessThan(1e-8));
  });

  it("is a system: it resets to a time, starts again, and has tangents and copies", () => {
    const flow = gradientFlow({ objective: quadratic, initial: [1, 1, 1], interval: 0.25 });
    flow.step(3);
    const state = flow.state.slice();
    flow.step(2);
    const end = flow.state.slice();
    flow.reset(state, 0.75);
    flow.step(2);
    expect([...flow.state]).toEqual([...end]);
    expect(flow.time).toBe(1.25);
    expect(() => flow.reset(state, 0.7)).toThrow(/multiples of the interval 0.25/);
    flow.reset();
    expect([flow.time, ...flow.state]).toEqual([0, 1, 1, 1]);
    const copies = flow.batch(2);
    copies.step(5);
    [...end, ...end].forEach((x, i) => expect(copies.state[i]).toBeCloseTo(x, 14));
    expect([copies.kind, copies.time]).toEqual(["flow", 1.25]);
    // Exponents per unit of time: those of the flow are -lambda.
    const { value } = lyapunov(gradientFlow({ objective: quadratic, initial: [1, 1, 1], interval: 0.1, alpha: 0.1 }), {
      k: 3,
      steps: 500,
    });
    [-0.5, -2, -8].forEach((l, i) => expect(Math.abs(value[i]! / l - 1)).toBeLessThan(1e-5));
  });

  it("stays where the gradient vanishes, and needs one step where the loss is flat", () => {
    const flow = gradientFlow({ objective: (w) => mul(0, sum(w)), initial: [3], interval: 1 });
    flow.step();
    expect([flow.state[0], flow.observables.substeps![0]]).toEqual([3, 1]);
  });

  it("ends as diverged when an interval needs more steps than allowed, and refuses misuse", () => {
    const base = { objective: quadratic, initial: [1, 1, 1] };
    expect(gradientFlow({ ...base, interval: 10, maxSubsteps: 20 }).step()).toBe("diverged");
    expect(() => gradientFlow({ ...base, interval: 0 })).toThrow(/interval 0 given/);
    expect(() => gradientFlow({ ...base, interval: 1, alpha: 3 })).toThrow(/up to 2.5/);
    expect(() => gradientFlow({ ...base, interval: 1, maxSubsteps: 0 })).toThrow(/integers from 1/);
  });
});

describe("implicit bias of the flow", () => {
  it("of linear regression from 0: the end is the solution of least norm, to 1e-8", () => {
    // Three equations for six unknowns; the least-norm solution is X^T (X X^T)^-1 y.
    const x = fillNormal(new Float64Array(18), random(3));
    const y = [1, -2, 0.5];
    const objective = (w: Tensor): Tensor => {
      const r = sub(reshape(matmul(constant(x, [3, 6]), reshape(w, [6, 1])), [3]), constant(y));
      return mul(0.5 / 3, sum(mul(r, r)));
    };
    const flow = gradientFlow({ objective, initial: new Float64Array(6), interval: 50 });
    flow.step(40);
    // w lies in the row space and solves the equations: together these say that it is X^+ y.
    const gram = Array.from({ length: 3 }, (_, i) =>
      Array.from({ length: 3 }, (_, j) =>
        Array.from({ length: 6 }, (_, c) => x[6 * i + c]! * x[6 * j + c]!).reduce((a, b) => a + b),
      ),
    );
    const solution = solve(gram, y);
    for (let c = 0; c < 6; c++) {
      const expected = solution.reduce((s, v, i) => s + v * x[6 * i + c]!, 0);
      expect(Math.abs(flow.state[c]! - expected)).toBeLessThan(1e-8);
    }
  });

  it("of the diagonal network w = u^2 - v^2: sparse from small starts, of small 2-norm from large ones", () => {
    // One equation a . w = 1 with a = (1, 0.6): least 1-norm (1, 0), least 2-norm a / |a|^2 = (0.735, 0.441).
    const a = constant([1, 0.6]);
    const objective = (s: Tensor): Tensor => {
      const squares = mul(s, s);
      const w = matmul(reshape(squares, [1, 4]), constant([1, 0, 0, 1, -1, 0, 0, -1], [4, 2]));
      const r = sub(sum(mul(a, w)), 1);
      return mul(0.5, mul(r, r));
    };
    const end = (scale: number): number[] => {
      const flow = gradientFlow({ objective, initial: [scale, scale, scale, scale], interval: 1 });
      flow.step(400);
      const s = flow.state;
      return [s[0]! ** 2 - s[2]! ** 2, s[1]! ** 2 - s[3]! ** 2];
    };
    const [sparse, dense] = [end(1e-4), end(30)];
    [1, 0].forEach((w, i) => expect(Math.abs(sparse[i]! - w)).toBeLessThan(0.01));
    [1 / 1.36, 0.6 / 1.36].forEach((w, i) => expect(Math.abs(dense[i]! - w)).toBeLessThan(0.001));
  });
});

/** Gaussian elimination for three equations. */
function solve(matrix: readonly number[][], right: readonly number[]): number[] {
  const m = matrix.map((row, i) => [...row, right[i]!]);
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++) {
      if (j === i) continue;
      const f = m[j]![i]! / m[i]![i]!;
      for (let c = i; c < 4; c++) m[j]![c]! -= f * m[i]![c]!;
    }
  return m.map((row, i) => row[3]! / row[i]!);
}
