// Damian, Nichani, Lee 2023, Self-stabilization: the implicit bias of gradient descent at the edge of stability. Their reduced map, with y the
// sharpness above 2 / eta, x the displacement along the leading eigenvector, alpha = -grad L . grad S and beta = |grad S|^2:
// x' = -(1 + eta y) x, y' = y + eta (alpha - beta x^2 / 2).
//
// Derivations. Summing the second line gives sum_{t<T} x_t^2 = (2 / beta) (alpha T - (y_T - y_0) / eta), exactly. With x replaced by (-1)^t x the
// point x^2 = 2 alpha / beta, y = 0 is fixed with Jacobian [[1, eta x], [-eta beta x, 1]]: determinant 1 + 2 alpha eta^2 > 1, eigenvalues
// 1 +- i eta sqrt(2 alpha). So small oscillations turn by atan(eta sqrt(2 alpha)) a step, a period of 2 pi / (eta sqrt(2 alpha)) to leading
// order, and grow by sqrt(1 + 2 alpha eta^2): the map spirals outward slowly, and no bound holds for longer than about 1 / (alpha eta^2) steps.
import { add, at, mul, neg, stack, sub, type Tensor } from "#engine";
import { map } from "#dynamics";
import { describe, expect, it } from "vitest";

const eta = 0.1;
const alpha = 0.02;

const reduced = (beta: number, x: number, y: number) =>
  map({
    f: (s: Tensor) => {
      const [u, v] = [at(s, 0), at(s, 1)];
      return stack([neg(mul(add(1, mul(eta, v)), u)), add(v, mul(eta, sub(alpha, mul(0.5 * beta, mul(u, u)))))]);
    },
    initial: [x, y],
  });

it.each([
  [1, 0.1, 0.05, 3000],
  [1, 0.2, 0, 3000],
  [4, 0.03, -0.1, 500],
])(
  "telescopes: sum of x^2 = (2 / beta)(alpha T - (y_T - y_0) / eta) to 1e-12, beta = %f from (%f, %f), T = %i",
  (beta, x, y, T) => {
    const run = reduced(beta, x, y);
    let total = 0;
    for (let t = 0; t < T; t++) {
      total += run.state[0]! ** 2;
      run.step();
    }
    const exact = (2 / beta) * (alpha * T - (run.state[1]! - y) / eta);
    expect(Math.abs(total / exact - 1)).toBeLessThan(1e-12);
  },
);

describe("at the centre x^2 = 2 alpha / beta, y = 0", () => {
  it.each([1, 4])("the Jacobian has determinant 1 + 2 alpha eta^2, above 1, beta = %f", (beta) => {
    const riding = reduced(beta, Math.sqrt((2 * alpha) / beta), 0).tangent(2);
    riding.tangents.set([1, 0, 0, 1]);
    riding.step();
    const [a, b, c, d] = riding.tangents as unknown as [number, number, number, number];
    // x changes sign in a step, so the determinant does too.
    expect(Math.abs(-(a * d - b * c) / (1 + 2 * alpha * eta * eta) - 1)).toBeLessThan(1e-15 * 4);
  });

  it.each([1, 4])("small oscillations have period 2 pi / (eta sqrt(2 alpha)) = 314.16 steps, beta = %f", (beta) => {
    const run = reduced(beta, Math.sqrt((2 * alpha) / beta) * (1 + 1e-4), 0);
    const crossings: number[] = [];
    const peaks: number[] = [];
    let [before, peak] = [0, 0];
    for (let t = 1; t <= 2000; t++) {
      run.step();
      const y = run.state[1]!;
      peak = Math.max(peak, Math.abs(y));
      if (before < 0 && y >= 0) {
        crossings.push(t - y / (y - before));
        peaks.push(peak);
        peak = 0;
      }
      before = y;
    }
    const period = (crossings.at(-1)! - crossings[0]!) / (crossings.length - 1);
    expect(Math.abs(period / ((2 * Math.PI) / (eta * Math.sqrt(2 * alpha))) - 1)).toBeLessThan(1e-3);
    // To all orders in the step: the angle is atan(eta sqrt(2 alpha)).
    expect(Math.abs(period / ((2 * Math.PI) / Math.atan(eta * Math.sqrt(2 * alpha))) - 1)).toBeLessThan(2e-5);
    // And it spirals outward by sqrt(1 + 2 alpha eta^2) a step.
    const growth = Math.log(peaks.at(-1)! / peaks[1]!) / (crossings.at(-1)! - crossings[1]!);
    expect(Math.abs(growth / (0.5 * Math.log1p(2 * alpha * eta * eta)) - 1)).toBeLessThan(0.01);
  });
});
