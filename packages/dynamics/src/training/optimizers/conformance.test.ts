import { constant, mul, sum } from "#engine";
import { describe, expect, it } from "vitest";
import { spectralRadius } from "../../analysis/dense-symmetric.js";
import { toDense } from "../../core/linear-operator.js";
import { descent } from "../descent.js";
import { allowed } from "../hyperparameters.js";
import { cosine } from "../schedules/cosine.js";
import { optimizers } from "./index.js";

/** So late that the corrections for a start at zero are exactly 1. */
const LATE = 1_000_000;

describe.each(optimizers.map((o) => [o.name, o] as const))("%s", (name, { make, hyperparameters }) => {
  /**
   * The Jacobian of one step on L = lambda/2 theta^2, memory included, by exact tangents. It is taken at the minimum, where what a
   * preconditioner remembers (each memory filled with `remembered`) does not depend on theta to first order.
   */
  const jacobian = (lambda: (p: number) => number, stepSize: number, more: object = {}) => {
    const make1 = (value: number) =>
      descent({
        objective: (t) => mul(0.5 * value, sum(mul(t, t))),
        initial: [0],
        optimizer: make({ stepSize, ...more }),
      });
    const place = (run: ReturnType<typeof descent>): typeof run => {
      const state = new Float64Array(run.dim);
      // The last memory of every preconditioner here is a mean square.
      if (run.optimizer.preconditioner) state[run.dim - 1] = 0.37;
      run.reset(state, LATE);
      return run;
    };
    const p = place(make1(1)).preconditioner()[0]!;
    const run = place(make1(lambda(p)));
    expect(toDense(run.effectiveHessian())[0]! / (lambda(p) / p)).toBeCloseTo(1, 13);
    const dim = run.dim;
    const riding = run.tangent(dim);
    riding.tangents.fill(0);
    for (let i = 0; i < dim; i++) riding.tangents[i * dim + i] = 1;
    riding.step();
    const matrix = new Float64Array(dim * dim);
    for (let i = 0; i < dim; i++) for (let j = 0; j < dim; j++) matrix[j * dim + i] = riding.tangents[i * dim + j]!;
    return spectralRadius(matrix, dim);
  };

  // Each number at its default and near both ends of what is allowed, if they are near 0 and 1.
  const variants = [{}, ...hyperparameters.flatMap((h) => [0.05, 0.97].map((value) => ({ [h.name]: value })))];

  it.each([0.01, 0.3].flatMap((stepSize) => variants.map((more) => [stepSize, more] as const)))(
    "is stable on a quadratic just below its threshold and unstable just above, step size %f, %o",
    (stepSize, more) => {
      const { threshold } = make({ stepSize, ...more });
      expect(jacobian((p) => p * threshold * (1 - 1e-3), stepSize, more)).toBeLessThan(1);
      expect(jacobian((p) => p * threshold * (1 + 1e-3), stepSize, more)).toBeGreaterThan(1);
    },
  );

  it("grows at its threshold as its edge says, and drifts along a constant gradient as it says; with a preconditioner or a schedule it says nothing", () => {
    for (const more of variants) {
      const optimizer = make({ stepSize: 0.3, ...more });
      const { edge, threshold } = optimizer;
      if (optimizer.preconditioner) {
        expect(edge).toBeUndefined();
        continue;
      }
      const step = 1e-7;
      const radius = (by: number): number => jacobian(() => threshold * (1 + by), 0.3, more);
      const slope = (Math.log(radius(step)) - Math.log(radius(-step))) / (2 * step * threshold);
      // Central differences are off by the square of what the root moves over its distance from the second one: (4e-7 / (1 - beta)^2)^2 and a half.
      expect(Math.abs(edge!.growth / slope - 1)).toBeLessThan(1e-5);
      const run = descent({ objective: (t) => mul(2, sum(t)), initial: [0], optimizer });
      run.step(2000);
      const before = run.parameters[0]!;
      run.step(1);
      expect(Math.abs((before - run.parameters[0]!) / (2 * edge!.drift) - 1)).toBeLessThan(1e-9);
      expect(make({ stepSize: 0.3, ...more, schedule: cosine({ steps: 10 }) }).edge).toBeUndefined();
    }
  });

  it("is stable just inside its lower limit and unstable just outside", () => {
    const { lowest = 0 } = make({ stepSize: 0.3 });
    const width = 1e-3;
    expect(jacobian((p) => p * (lowest + width), 0.3)).toBeLessThan(1);
    expect(jacobian((p) => p * (lowest - width), 0.3)).toBeGreaterThan(1);
  });

  it("reports its own name and leaves a minimum where it is", () => {
    const optimizer = make({ stepSize: 0.1 });
    expect(optimizer.name).toBe(name);
    const run = descent({ objective: (t) => mul(0.5, sum(mul(t, t))), initial: [0, 0], optimizer });
    run.step(3);
    expect([...run.parameters]).toEqual([0, 0]);
    expect(run.dim).toBe(2 * (1 + optimizer.memories));
  });

  it("takes the step size that a schedule gives, and no other: a scheduled step equals one of that size", () => {
    const schedule = cosine({ steps: 10, least: 0.25 });
    const objective = (t: Parameters<typeof sum>[0]) => mul(0.5, sum(mul(constant([1, 3]), mul(t, t))));
    const scheduled = descent({ objective, initial: [1, -2], optimizer: make({ stepSize: 0.1, schedule }) });
    scheduled.step(20);
    const state = scheduled.state.slice();
    const plain = descent({ objective, initial: [1, -2], optimizer: make({ stepSize: 0.025 }) });
    plain.reset(state, 20);
    scheduled.step(3);
    plain.step(3);
    scheduled.state.forEach((x, i) => expect(Math.abs(x / plain.state[i]! - 1)).toBeLessThan(1e-13));
    expect(scheduled.optimizer.thresholdAt(20)).toBeCloseTo(plain.optimizer.threshold, 10);
    expect(scheduled.optimizer.thresholdAt(0)).toBeCloseTo(scheduled.optimizer.threshold, 10);
  });

  it("refuses a step size that is not positive, and every number that is not allowed", () => {
    for (const stepSize of [0, -1, NaN, Infinity])
      expect(() => make({ stepSize })).toThrow(/stepSize .* given; allowed: finite numbers above 0/);
    expect(() => make({ stepSize: 1e-320 })).toThrow(
      /its stability threshold, about 2 \/ stepSize, is beyond the largest number/,
    );
    for (const h of hyperparameters)
      for (const value of [-1, NaN, ...(h.below === undefined ? [] : [h.below])])
        expect(() => make({ stepSize: 0.1, [h.name]: value })).toThrow(`${h.name} ${value} given; allowed: ${allowed(h)}`);
  });
});
