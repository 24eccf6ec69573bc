import { mul, sum } from "#engine";
import { describe, expect, it } from "vitest";
import { spectralRadius } from "../../analysis/dense-symmetric.js";
import { descent } from "../descent.js";
import { optimizers } from "./index.js";

describe.each(optimizers.map((o) => [o.name, o] as const))("%s", (name, { make }) => {
  /** The Jacobian of one step on L = lambda/2 theta^2, memory included, by exact tangents. */
  const jacobian = (lambda: number, stepSize: number): { matrix: Float64Array; dim: number } => {
    const run = descent({
      objective: (t) => mul(0.5 * lambda, sum(mul(t, t))),
      initial: [0.7],
      optimizer: make({ stepSize }),
    });
    const dim = run.dim;
    const riding = run.tangent(dim);
    riding.tangents.fill(0);
    for (let i = 0; i < dim; i++) riding.tangents[i * dim + i] = 1;
    riding.step();
    const matrix = new Float64Array(dim * dim);
    for (let i = 0; i < dim; i++)
      for (let j = 0; j < dim; j++) matrix[j * dim + i] = riding.tangents[i * dim + j]!;
    return { matrix, dim };
  };

  it.each([0.01, 0.3])(
    "is stable on a quadratic just below its threshold and unstable just above, step size %f",
    (stepSize) => {
      const { threshold } = make({ stepSize });
      const below = jacobian(threshold * (1 - 1e-3), stepSize);
      const above = jacobian(threshold * (1 + 1e-3), stepSize);
      expect(spectralRadius(below.matrix, below.dim)).toBeLessThan(1);
      expect(spectralRadius(above.matrix, above.dim)).toBeGreaterThan(1);
    },
  );

  it("reports its own name and leaves a minimum where it is", () => {
    const optimizer = make({ stepSize: 0.1 });
    expect(optimizer.name).toBe(name);
    const run = descent({ objective: (t) => mul(0.5, sum(mul(t, t))), initial: [0, 0], optimizer });
    run.step(3);
    expect([...run.parameters]).toEqual([0, 0]);
    expect(run.dim).toBe(2 * (1 + optimizer.memories));
  });

  it("refuses a step size that is not positive", () => {
    for (const stepSize of [0, -1, NaN, Infinity])
      expect(() => make({ stepSize })).toThrow(/stepSize .* given; allowed: finite numbers above 0/);
  });
});
