import { at, mul, stack, sub, type Tensor } from "#engine";
import { adaptive, dopri8, fixed, flow, kaplanYorke, lyapunov, rk4 } from "separatrix";
import { expect, test } from "vitest";

const lorenz =
  (rho: number) =>
  (x: Tensor): Tensor => {
    const [a, b, c] = [at(x, 0), at(x, 1), at(x, 2)];
    return stack([mul(10, sub(b, a)), sub(mul(a, sub(rho, c)), b), sub(mul(a, b), mul(8 / 3, c))]);
  };

test("F3: the exponents of the Lorenz attractor, their sum and its dimension", () => {
  // Published: 0.9056, 0, -14.572 (Sprott 1997), 0.9055 and -14.5721 by a run of 2e5 time units.
  const system = flow({ field: lorenz(28), initial: [1, 1, 20], solver: rk4, controller: fixed(0.005) });
  const spectrum = lyapunov(system, { k: 3, steps: 400_000, transient: 20_000, interval: 10 });
  const [first, second, third] = spectrum.value as unknown as [number, number, number];
  // Time 2,000: the error of the first exponent is 0.01 by batch means; 3 of them.
  expect(Math.abs(first - 0.9055)).toBeLessThan(Math.max(3 * spectrum.error[0]!, 5e-3));
  expect(Math.abs(second)).toBeLessThan(5e-3);
  expect(Math.abs(third + 14.5721)).toBeLessThan(Math.max(3 * spectrum.error[2]!, 5e-3));
  expect(Math.abs(spectrum.sum.value + 41 / 3)).toBeLessThan(1e-5);
  // F16: the Kaplan-Yorke dimension, 2 + 0.9055 / 14.5721.
  expect(Math.abs(kaplanYorke(spectrum, 3).value - 2.0621)).toBeLessThan(2e-3);
});

test("F3: at rho = 20 the attractors are points: exponents -0.15479, -0.15479, -13.35708, none of them 0", () => {
  const system = flow({
    field: lorenz(20),
    initial: [7, 7, 19],
    dt: 0.1,
    solver: dopri8,
    controller: adaptive({ rtol: 1e-10, atol: 1e-12 }),
  });
  const { value } = lyapunov(system, { k: 3, steps: 4000, transient: 2000 });
  expect(Math.abs(value[0]! + 0.15479)).toBeLessThan(1e-3);
  expect(Math.abs(value[1]! + 0.15479)).toBeLessThan(1e-3);
  expect(Math.abs(value[2]! + 13.35708)).toBeLessThan(1e-3);
});
