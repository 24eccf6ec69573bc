// Gradients of a flow's end. dh/dt = theta h, L = (h(T) - y)^2 / 2 has dL/dtheta = (h0 e^(theta T) - y) T h0 e^(theta T).
// Differentiating the discrete solution is exact for what was computed, (R(theta h)^n h0 for a Runge-Kutta method with stability function R); the continuous
// adjoint differs from it by O(h^p). Solved backward, a contracting field amplifies errors of the state by e^(|lambda| T): 4.85e8 for lambda = -20, T = 1.
import {
  add,
  cast,
  compile,
  concat,
  constant,
  grad,
  hvp,
  matmul,
  mul,
  reshape,
  simplify,
  slice,
  sub,
  sum,
  tanh,
  trace,
  workingSet,
  type Tensor,
} from "#engine";
import {
  adaptive,
  adjointGradient,
  adjointLedger,
  checkpointedGradient,
  discreteGradient,
  dopri8,
  euler,
  fillNormal,
  forwardGradient,
  gradientMethods,
  heun,
  integrate,
  random,
  rk4,
  stepTimes,
  storedAdjointGradient,
  tsit5,
  type GradientMethod,
  type GradientProblem,
  type Solver,
} from "#dynamics";
import { describe, expect, it } from "vitest";

const [y, theta, h0, T] = [0.3, -0.7, 1.2, 1.5];
const half = (end: Tensor): Tensor => mul(0.5, sum(mul(sub(end, y), sub(end, y))));
const even = (steps: number, to = T): Float64Array => Float64Array.from({ length: steps + 1 }, (_, i) => (i * to) / steps);
const linear = (solver: Solver, steps: number): GradientProblem => ({
  field: (x, _t, p) => mul(p, x),
  loss: half,
  solver,
  grid: even(steps),
});
function run(
  method: GradientMethod,
  problem: GradientProblem,
  x: ArrayLike<number>,
  p: ArrayLike<number>,
): { loss: number; initial: Float64Array; parameters: Float64Array } {
  const program = compile(
    (a, b) => {
      const { loss, initial, parameters } = method.gradient(problem)(a!, b!);
      return [loss, initial, parameters];
    },
    [{ shape: [x.length] }, { shape: [p.length] }],
  );
  program.inputs[0]!.set(x);
  program.inputs[1]!.set(p);
  program.run();
  const [loss, initial, parameters] = program.outputs;
  return { loss: loss![0]!, initial: Float64Array.from(initial!), parameters: Float64Array.from(parameters!) };
}

/** (1, z, z^2/2, ...) cut off after the order, and its derivative: R and R' of these methods on a linear field. */
const stability = (order: number, z: number): [number, number] => {
  let [value, slope, term] = [1, 0, 1];
  for (let k = 1; k <= order; k++) {
    slope += term;
    term *= z / k;
    value += term;
  }
  return [value, slope];
};

describe("the gradient of the discrete solution", () => {
  it.each([
    ["euler", euler, 1],
    ["heun", heun, 2],
    ["rk4", rk4, 4],
  ] as const)("by %s is the closed form's, to rounding, by every exact method", (_name, solver, order) => {
    const n = 12;
    const h = T / n;
    const [r, slope] = stability(order, theta * h);
    const residual = r ** n * h0 - y;
    const expected = residual * h0 * n * r ** (n - 1) * slope * h;
    for (const method of [discreteGradient, checkpointedGradient, forwardGradient]) {
      const { loss, parameters, initial } = run(method, linear(solver, n), [h0], [theta]);
      expect(Math.abs(loss - residual ** 2 / 2)).toBeLessThan(1e-15);
      expect(Math.abs(parameters[0]! / expected - 1)).toBeLessThan(1e-13);
      expect(Math.abs(initial[0]! / (residual * r ** n) - 1)).toBeLessThan(1e-13);
    }
  });

  it("tends to the flow's gradient with the solver's order", () => {
    const end = h0 * Math.exp(theta * T);
    const exact = (end - y) * T * end;
    for (const [solver, order] of [
      [euler, 1],
      [heun, 2],
      [rk4, 4],
    ] as const) {
      const error = (n: number): number =>
        Math.abs(run(discreteGradient, linear(solver, n), [h0], [theta]).parameters[0]! - exact);
      expect(Math.abs(Math.log2(error(64) / error(128)) - order)).toBeLessThan(0.1);
    }
  });
});

/** The field of a 2-10-2 tanh network, time-dependent. */
const net: GradientProblem["field"] = (x, t, p) => {
  const [w, b, v] = [reshape(slice(p, [0], [30]), [3, 10]), slice(p, [30], [40]), reshape(slice(p, [40], [60]), [10, 2])];
  return matmul(tanh(add(matmul(concat([x, reshape(t, [1])]), w), b)), v);
};
const weights = fillNormal(new Float64Array(60), random(1)).map((w) => 0.7 * w);
const spiral = (solver: Solver, steps: number, to = 2): GradientProblem => ({
  field: net,
  loss: half,
  solver,
  grid: even(steps, to),
});
const norm = (v: ArrayLike<number>): number => Math.sqrt(Array.from(v).reduce((s, x) => s + x * x, 0));
const apart = (a: Float64Array, b: Float64Array): number => norm(a.map((x, i) => x - b[i]!)) / norm(b);

describe("a network's flow", () => {
  it("exact methods agree to rounding, and with differences of the loss to 1e-6", () => {
    const problem = spiral(tsit5, 20);
    const exact = run(discreteGradient, problem, [1, -0.5], weights);
    for (const method of [checkpointedGradient, forwardGradient]) {
      const other = run(method, problem, [1, -0.5], weights);
      expect(apart(other.parameters, exact.parameters)).toBeLessThan(1e-13);
      expect(apart(other.initial, exact.initial)).toBeLessThan(1e-13);
    }
    const v = fillNormal(new Float64Array(60), random(2));
    const at = (s: number): number =>
      run(
        discreteGradient,
        problem,
        [1, -0.5],
        weights.map((w, i) => w + s * v[i]!),
      ).loss;
    const along = exact.parameters.reduce((s, g, i) => s + g * v[i]!, 0);
    expect(Math.abs((at(1e-5) - at(-1e-5)) / 2e-5 / along - 1)).toBeLessThan(1e-6);
  });

  it.each([
    ["adjoint by heun", adjointGradient, heun, 2],
    ["adjoint by rk4", adjointGradient, rk4, 4],
    ["adjoint along the stored solution by heun", storedAdjointGradient, heun, 2],
    ["adjoint along the stored solution by rk4", storedAdjointGradient, rk4, 4],
  ] as const)("the continuous %s differs from it by O(h^p) or less", (_name, method, solver, order) => {
    const error = (n: number): number =>
      apart(
        run(method, spiral(solver, n), [1, -0.5], weights).parameters,
        run(discreteGradient, spiral(solver, n), [1, -0.5], weights).parameters,
      );
    const [coarse, fine] = [error(80), error(160)];
    expect(fine).toBeGreaterThan(1e-14);
    // Heun's gains an order: its two adjoints differ by O(h^3) on this problem.
    expect(Math.log2(coarse / fine)).toBeGreaterThan(order - 0.1);
  });

  it("adaptive steps are taken again with derivatives, equal to those on their grid", () => {
    const controller = adaptive({ rtol: 1e-8, maxSteps: 60 });
    const end = (p: Tensor, x: Tensor): Tensor => half(integrate((z, t) => net(z, t, p), { controller, to: 2 })(x));
    const program = compile((p, x) => [end(p!, x!), grad(end)(p!, x!), hvp(end)(p!, p!, x!)], [{ shape: [60] }, { shape: [2] }]);
    program.inputs[0]!.set(weights);
    program.inputs[1]!.set([1, -0.5]);
    program.run();
    const grid = stepTimes((x, t) => net(x, t, constant(weights, [60])), [1, -0.5], { controller, to: 2 });
    const again = run(discreteGradient, { field: net, loss: half, solver: tsit5, grid }, [1, -0.5], weights);
    expect(Math.abs(program.outputs[0]![0]! / again.loss - 1)).toBeLessThan(1e-13);
    expect(apart(Float64Array.from(program.outputs[1]!), again.parameters)).toBeLessThan(1e-12);
    expect(program.outputs[2]!.every(Number.isFinite)).toBe(true);
  });
});

describe("solved backward, a contracting field", () => {
  // x' = lambda (x - 3): all solutions meet at 3, and the difference that is left, e^(lambda T) (x0 - 3), must be told from rounding of numbers near 3.
  const contracting: GradientProblem["field"] = (x, _t, p) => mul(p, sub(x, 3));
  const back = (to: number, dtype: "f64" | "f32", bump = 0): number => {
    const options = { solver: dopri8, steps: 400 };
    const field = (lambda: number) => (x: Tensor) => mul(lambda, sub(x, 3));
    const program = compile(
      (x) => {
        const end = integrate(field(-20), { ...options, to })(x!);
        return [cast(integrate(field(-20), { ...options, from: to, to: 0 })(add(end, bump)), "f64")];
      },
      [{ shape: [1], dtype }],
    );
    program.inputs[0]![0] = 1;
    program.run();
    return program.outputs[0]![0]!;
  };

  it("amplifies a change of the end by e^20 = 4.85e8", () => {
    expect(Math.abs((back(1, "f64", 1e-12) - back(1, "f64")) / 1e-12 / Math.exp(20) - 1)).toBeLessThan(1e-3);
  });

  it("returns garbage: in float32 after T = 1, in float64 after T = 2", () => {
    expect(Math.abs(back(1, "f64") - 1)).toBeLessThan(1e-5);
    // Rounding near 3 is 2.4e-7 and 4.4e-16: times e^20 and e^40 it is 116 and 105.
    expect(Math.abs(back(1, "f32") - 1)).toBeGreaterThan(1);
    expect(Math.abs(back(2, "f64") - 1)).toBeGreaterThan(1);
  });

  it("spoils the adjoint's gradient, not that along the stored solution, and the ledger says so", () => {
    const ledger = adjointLedger({
      field: contracting,
      loss: half,
      initial: [1],
      parameters: [-20],
      solver: rk4,
      steps: 400,
      to: 2,
    });
    const entry = (name: string) => ledger.entries.find((e) => e.method === name)!;
    expect(entry("adjoint").discreteError).toBeGreaterThan(1);
    // From t = 1.8 on, x - 3 is below the rounding of x: a tenth of the interval is lost to it.
    expect(entry("stored-adjoint").discreteError).toBeLessThan(0.1);
    expect(entry("discrete").discreteError).toBe(0);
    expect(entry("checkpointed").discreteError).toBeLessThan(1e-12);
    expect(entry("forward").discreteError).toBeLessThan(1e-12);
    expect(ledger.recommended).not.toContain("adjoint");
    expect(ledger.reason).toMatch(/adjoint errs by/);
  });
});

describe("what a gradient takes", () => {
  it("memory: all states, the square root of their number, or none", () => {
    const bytes = (method: GradientMethod, steps: number): number =>
      workingSet(
        simplify(
          trace(
            (x, p) =>
              method.gradient({ ...spiral(rk4, steps), field: (z, _t, q) => mul(slice(q, [0], [1]), tanh(z)) })(x!, p!)
                .parameters,
            [
              { shape: [100], dtype: "f64" },
              { shape: [1], dtype: "f64" },
            ],
          ),
        ),
      );
    const growth = (method: GradientMethod): number => (bytes(method, 6400) - bytes(method, 1600)) / (4800 * 800);
    // In states of 100 numbers a step.
    expect(Math.abs(growth(discreteGradient) - 1)).toBeLessThan(0.05);
    expect(growth(checkpointedGradient)).toBeLessThan(2 * ((Math.sqrt(6400) - Math.sqrt(1600)) / 4800) + 0.05);
    for (const method of [adjointGradient, forwardGradient]) expect(growth(method)).toBeLessThan(0.05);
  });

  it("evaluations: the counts are those of the compiled graph", () => {
    // The field has one tanh: its evaluations are those of tanh, each loop's body counted as often as it runs.
    const count = (graph: ReturnType<typeof simplify>): number => {
      const seen = new Set<Tensor>();
      let total = 0;
      const visit = (t: Tensor): void => {
        if (seen.has(t)) return;
        seen.add(t);
        t.inputs.forEach(visit);
        const attrs = t.attrs as { body?: ReturnType<typeof simplify>; length?: number } | undefined;
        if (t.op.name === "tanh") total++;
        if (t.op.name === "scan") total += attrs!.length! * count(attrs!.body!);
      };
      graph.outputs.forEach(visit);
      return total;
    };
    const problem: GradientProblem = { ...spiral(rk4, 24), field: (x, _t, p) => mul(p, tanh(x)) };
    for (const method of gradientMethods) {
      const graph = simplify(
        trace(
          (x, p) => Object.values(method.gradient(problem)(x!, p!)),
          [
            { shape: [1], dtype: "f64" },
            { shape: [1], dtype: "f64" },
          ],
        ),
      );
      const { evaluations } = method.cost(problem, 2);
      // RK4 has two stages in the middle, where the stored solution is one and the same.
      const merged = method === storedAdjointGradient ? 24 : 0;
      expect([method.name, count(graph)]).toEqual([method.name, evaluations - merged]);
    }
  });

  it("the ledger recommends checkpoints where all states do not fit the memory, and only there", () => {
    const many = {
      field: (x: Tensor, _t: Tensor, p: Tensor) => mul(p, tanh(x)),
      loss: half,
      initial: new Float64Array(30).fill(0.2),
      parameters: [0.7],
      solver: euler,
      steps: 400,
    };
    expect(adjointLedger(many).recommended).toBe("discrete");
    // All states are 96,000 bytes; the continuous adjoints err as much as Euler's steps do.
    const tight = adjointLedger({ ...many, memory: 50_000 });
    expect(tight.recommended).toBe("checkpointed");
    expect(tight.entries.find((e) => e.method === "checkpointed")!.bytes).toBeLessThanOrEqual(50_000);
    expect(tight.reason).toContain("discrete takes");
  });
});
