// Gradient descent as a map near an isolated minimum: theta' - theta* = (I - eta H)(theta - theta*) to first order, so the minimum is
// asymptotically stable exactly when the spectral radius of I - eta H is below 1, that is when 0 < lambda_i < 2 / eta for every eigenvalue.
// On L = theta^T A theta / 2 this is the whole story. (Textbook: e.g. Polyak 1987, Introduction to optimization, section 1.4.)
import { constant, matmul, mul, reshape, sum, type Tensor } from "#engine";
import {
  descent,
  eigenpairs,
  gradientDescent,
  lyapunov,
  random,
  fillNormal,
  orthonormalize,
  type LinearOperator,
} from "#dynamics";
import { describe, expect, it } from "vitest";

const spectrum = [4, 2.5, 1, 0.3, 0.05];
const n = spectrum.length;
const q = fillNormal(new Float64Array(n * n), random(1));
orthonormalize(q, n, n);
const A = Float64Array.from({ length: n * n }, (_, e) => {
  const [i, j] = [Math.floor(e / n), e % n].sort((a, b) => a - b) as [number, number];
  return spectrum.reduce((s, lambda, l) => s + lambda * q[l * n + i]! * q[l * n + j]!, 0);
});
const objective = (x: Tensor): Tensor => mul(0.5, sum(mul(x, reshape(matmul(constant(A, [n, n]), reshape(x, [n, 1])), [n]))));
const run = (eta: number, initial: ArrayLike<number> = new Float64Array(n)) =>
  descent({ objective, initial, optimizer: gradientDescent({ stepSize: eta }) });

/** The derivative of the training map as an operator: one step of its tangent system. It is symmetric for gradient descent. */
function derivative(eta: number): LinearOperator {
  const riding = run(eta).tangent(n);
  return {
    dim: n,
    symmetric: true,
    blockSize: n,
    apply(block, out, m) {
      riding.reset();
      riding.tangents.fill(0);
      riding.tangents.set(block.subarray(0, m * n));
      riding.step();
      out.set(riding.tangents.subarray(0, m * n));
    },
  };
}
const contraction = (eta: number): number =>
  Math.abs(eigenpairs(derivative(eta), { k: 1, which: "magnitude", tolerance: 1e-13 }).value[0]!);

describe("gradient descent on a quadratic with spectrum 4, 2.5, 1, 0.3, 0.05", () => {
  it.each([0.1, 0.4, 0.45, 0.49, 0.499, 0.55])("contracts by max |1 - eta lambda_i| to 1e-12 at eta = %f", (eta) => {
    const exact = Math.max(...spectrum.map((lambda) => Math.abs(1 - eta * lambda)));
    expect(Math.abs(contraction(eta) - exact)).toBeLessThan(1e-12);
  });

  it("approaches the minimum by that factor a step", () => {
    const eta = 0.48;
    const system = run(eta, [1, 1, 1, 1, 1]);
    // Factors 0.976 (lambda = 0.05, the slowest) against 0.92: after 800 steps the others are 1e-20 of it.
    system.step(800);
    const before = Math.sqrt(system.parameters.reduce((s, x) => s + x * x, 0));
    system.step();
    const after = Math.sqrt(system.parameters.reduce((s, x) => s + x * x, 0));
    expect(Math.abs(after / before - 0.976)).toBeLessThan(1e-12);
  });

  it("has Lyapunov exponents log |1 - eta lambda_i|, in descending order", () => {
    const eta = 0.45;
    const { value } = lyapunov(run(eta), { k: n, steps: 400, transient: 1500 });
    const exact = spectrum.map((lambda) => Math.log(Math.abs(1 - eta * lambda))).sort((a, b) => b - a);
    exact.forEach((x, i) => expect(Math.abs(value[i]! - x)).toBeLessThan(1e-12));
  });

  it("loses stability at eta* = 2 / lambda_max = 0.5, found by bisection to 1e-12", () => {
    let [stable, unstable] = [0.1, 1];
    while (unstable - stable > 1e-13) {
      const middle = 0.5 * (stable + unstable);
      if (contraction(middle) < 1) stable = middle;
      else unstable = middle;
    }
    expect(Math.abs(stable - 0.5)).toBeLessThan(1e-12);
  });

  it("converges just below eta* and diverges just above", () => {
    const below = run(0.5 * (1 - 1e-2), [1, 1, 1, 1, 1]);
    expect(below.step(2000)).toBe("ok");
    expect(Math.max(...below.parameters.map(Math.abs))).toBeLessThan(1e-8);
    const above = run(0.5 * (1 + 1e-2), [1, 1, 1, 1, 1]);
    expect(above.step(100_000)).toBe("diverged");
  });
});
