// On a quadratic every optimizer with memory is a linear recursion along each eigenvector, and its stability threshold is where a root of the
// characteristic polynomial leaves the unit circle (derivations: the docstrings of the optimizers). Polyak 1964; Nesterov 1983; for the adaptive
// ones with P held fixed: Cohen et al. 2022, Adaptive gradient methods at the edge of stability.
//
// The plateaus of batch sharpness under SGD with momentum are in b06-batch-sharpness.node.test.ts. Not tested: the trace bound of zeroth-order methods, which is
// known to us by its abstract alone.
import { mul, sum } from "#engine";
import { adam, adamw, descent, gradientDescent, heavyBall, nesterov, rmsprop, spectralRadius, type Optimizer } from "#dynamics";
import { describe, expect, it } from "vitest";

const beta = 0.9;
const eta = 0.05;

/** z^2 = a z - b as a companion matrix. */
const companion = (a: number, b: number): number => spectralRadius(Float64Array.of(a, -b, 1, 0), 2);

/** Each optimizer with its value at eta = 1 and the companion matrix of h = eta lambda. */
const cases: readonly (readonly [string, (stepSize: number) => Optimizer, number, (h: number) => number])[] = [
  ["gradient descent", (stepSize) => gradientDescent({ stepSize }), 2, (h) => companion(1 - h, 0)],
  ["heavy ball", (stepSize) => heavyBall({ stepSize, momentum: beta }), 3.8, (h) => companion(1 + beta - h, beta)],
  [
    "Nesterov",
    (stepSize) => nesterov({ stepSize, momentum: beta }),
    1.357142857142857,
    (h) => companion((1 + beta) * (1 - h), beta * (1 - h)),
  ],
  ["RMSProp", (stepSize) => rmsprop({ stepSize }), 2, (h) => companion(1 - h, 0)],
  ["Adam", (stepSize) => adam({ stepSize }), 38, (h) => companion(1 + beta - (1 - beta) * h, beta)],
];

describe.each(cases)("%s", (_name, make, value, radius) => {
  it("has the threshold of its companion matrix: the radius crosses 1 there", () => {
    expect(Math.abs(make(1).threshold / value - 1)).toBeLessThan(1e-15 * 4);
    expect(Math.abs(make(eta).threshold / (value / eta) - 1)).toBeLessThan(1e-15 * 4);
    expect(radius(value * (1 - 1e-3))).toBeLessThan(1);
    expect(radius(value * (1 + 1e-3))).toBeGreaterThan(1);
    expect(Math.abs(radius(value) - 1)).toBeLessThan(1e-7);
  });

  it("has that companion matrix: the exact Jacobian of its map at the minimum has the same spectral radius", () => {
    const optimizer = make(eta);
    for (const share of [0.3, 0.8, 1 - 1e-3, 1 + 1e-3]) {
      const lambda = share * optimizer.threshold;
      // For adaptive optimizers the mean square is set so that p = 1 to the last bits; it adds the eigenvalue beta2, which is smaller.
      const square = optimizer.name === "rmsprop" ? 1 / 0.99 : 1 / 0.999;
      const run = descent({
        objective: (t) => mul(0.5 * lambda, sum(mul(t, t))),
        initial: [0],
        optimizer,
      });
      const state = new Float64Array(run.dim);
      if (optimizer.preconditioner) state[run.dim - 1] = square;
      run.reset(state, 100_000);
      const p = run.preconditioner()[0]!;
      expect(Math.abs(p - 1)).toBeLessThan(2e-8);
      const riding = run.tangent(run.dim);
      riding.tangents.fill(0);
      for (let i = 0; i < run.dim; i++) riding.tangents[i * run.dim + i] = 1;
      riding.step();
      // Row j holds the image of e_j: the transpose, with the same eigenvalues.
      const measured = spectralRadius(riding.tangents, run.dim);
      const expected = radius((eta * lambda) / p);
      const rest = optimizer.name === "rmsprop" ? 0.99 : optimizer.name === "adam" ? 0.999 : 0;
      expect(Math.abs(measured - Math.max(expected, rest))).toBeLessThan(1e-12);
    }
  });
});

describe("AdamW", () => {
  it("has threshold (1 + beta1) (2 / eta - w) / (1 - beta1), and stability down to lambda = -w", () => {
    const w = 3;
    const optimizer = adamw({ stepSize: eta, weightDecay: w });
    expect(optimizer.threshold).toBeCloseTo(38 / eta - 19 * w, 10);
    // z^2 - (1 - eta w + beta1 - eta (1 - beta1) lambda) z + beta1 (1 - eta w)
    const radius = (lambda: number): number => companion(1 - eta * w + beta - eta * (1 - beta) * lambda, beta * (1 - eta * w));
    expect(radius(optimizer.threshold * (1 - 1e-3))).toBeLessThan(1);
    expect(radius(optimizer.threshold * (1 + 1e-3))).toBeGreaterThan(1);
    expect(optimizer.lowest).toBe(-w);
    expect(radius(-w * (1 - 1e-3))).toBeLessThan(1);
    expect(radius(-w * (1 + 1e-3))).toBeGreaterThan(1);
  });
});

it("momentum raises the limit of the heavy ball and lowers that of Nesterov", () => {
  const at = (momentum: number) => [
    heavyBall({ stepSize: 1, momentum }).threshold,
    nesterov({ stepSize: 1, momentum }).threshold,
  ];
  expect(at(0)).toEqual([2, 2]);
  let last = at(0);
  for (const momentum of [0.2, 0.5, 0.9, 0.99]) {
    const now = at(momentum);
    expect(now[0]!).toBeGreaterThan(last[0]!);
    expect(now[1]!).toBeLessThan(last[1]!);
    last = now;
  }
});
