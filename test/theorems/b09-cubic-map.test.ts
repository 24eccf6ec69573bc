// Gradient descent on L = (ab - 1)^2 / 2 from a = b = w stays there, and w' = (1 + eta) w - eta w^3. With x = sqrt(eta) w this is the cubic map
// x' = r x - x^3, r = 1 + eta: convergence up to eta = 1, period doublings from there, chaos, escape at eta = 2.
//
// Derivation of the two exponents. Along the diagonal the factor is 1 + eta - 3 eta w^2. Across it, with a = w + d and b = w - d, the first
// order in d is d' = d (1 + eta (w^2 - 1)). The 2-cycle has x y = 1 and x^2 + y^2 = r: along it (r - 3 x^2)(r - 3 y^2) = 9 - 2 r^2, across
// it (with eta w^2 = x^2 and 1 - eta = 2 - r) (2 - r + x^2)(2 - r + y^2) = 5 - 2 r.
import { at, mul, sub, type Tensor } from "#engine";
import { descent, gradientDescent, lyapunov } from "#dynamics";
import { describe, expect, it } from "vitest";

const objective = (w: Tensor): Tensor => {
  const r = sub(mul(at(w, 0), at(w, 1)), 1);
  return mul(0.5, mul(r, r));
};
const run = (eta: number) => descent({ objective, initial: [0.7, 0.7], optimizer: gradientDescent({ stepSize: eta }) });

describe("the exponents of gradient descent on (ab - 1)^2 / 2 from a balanced start", () => {
  it.each([1.05, 1.2])("are those of the 2-cycle at eta = %f, to 1e-10", (eta) => {
    const r = 1 + eta;
    const exact = [0.5 * Math.log(Math.abs(9 - 2 * r * r)), 0.5 * Math.log(Math.abs(5 - 2 * r))].sort((a, b) => b - a);
    const { value } = lyapunov(run(eta), { k: 2, steps: 1000, transient: 20_000 });
    exact.forEach((x, i) => expect(Math.abs(value[i]! - x)).toBeLessThan(1e-10));
  });

  // Independent values from 3e5 iterations, rounded to four and three digits.
  it.each([
    [1.35, 0.2762, -0.679],
    [1.5, 0.4921, -0.743],
    [1.95, 0.951, -0.149],
  ])("show chaos along the diagonal and contraction across it at eta = %f: %f and %f", (eta, along, across) => {
    const { value, error } = lyapunov(run(eta), { k: 2, steps: 100_000, transient: 1000 });
    expect(Math.abs(value[0]! - along)).toBeLessThan(3 * error[0]! + 1e-3);
    expect(Math.abs(value[1]! - across)).toBeLessThan(3 * error[1]! + 1e-3);
    expect(error[0]!).toBeLessThan(0.01);
  });

  it("end in escape above eta = 2", () => {
    expect(lyapunov(run(2.01), { steps: 100_000 }).status).toBe("diverged");
  });
});
