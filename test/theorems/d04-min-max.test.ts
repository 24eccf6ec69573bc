import { at, mul, neg, stack, sum, type Tensor } from "#engine";
import { adaptive, flow, minMax, spectralRadius, type MinMaxOptions } from "separatrix";
import { expect, test } from "vitest";

const product = (x: Tensor, y: Tensor): Tensor => sum(mul(x, y));

/** Spectral radius of the map at the equilibrium (0, 0), from its exact tangents. */
function modulus(method: MinMaxOptions["method"], eta: number): number {
  const game = minMax({ objective: product, x: [0], y: [0], learningRate: eta, method });
  const dim = game.dim;
  const riding = game.tangent(dim);
  riding.tangents.fill(0);
  for (let i = 0; i < dim; i++) riding.tangents[i * dim + i] = 1;
  riding.step();
  return spectralRadius(riding.tangents.slice(), dim);
}

test("D4: simultaneous steps on x y spiral out by sqrt(1 + eta^2)", () => {
  for (const eta of [0.05, 0.5, 1, 3])
    expect(Math.abs(modulus("simultaneous", eta) - Math.sqrt(1 + eta * eta))).toBeLessThan(1e-13);
});

test("D4: alternating steps keep modulus 1 up to eta = 2 and leave it there", () => {
  for (const eta of [0.05, 0.5, 1, 1.9]) expect(Math.abs(modulus("alternating", eta) - 1)).toBeLessThan(1e-12);
  // Beyond, the roots of z^2 - (2 - eta^2) z + 1 are real.
  for (const eta of [2.1, 3]) {
    const half = (eta * eta - 2) / 2;
    expect(Math.abs(modulus("alternating", eta) - (half + Math.sqrt(half * half - 1)))).toBeLessThan(1e-10);
  }
  expect(Math.abs(modulus("alternating", 2.1) - 1.8773)).toBeLessThan(5e-5);
});

test("D4: extragradient and optimistic steps converge for small eta", () => {
  // Extragradient: z' = (1 - eta^2 -+ i eta) z, modulus sqrt(1 - eta^2 + eta^4).
  for (const eta of [0.1, 0.5, 0.9]) {
    expect(Math.abs(modulus("extragradient", eta) - Math.sqrt(1 - eta ** 2 + eta ** 4))).toBeLessThan(1e-13);
    expect(modulus("extragradient", eta)).toBeLessThan(1);
  }
  expect(modulus("extragradient", 1.1)).toBeGreaterThan(1);
  // Optimistic: z^2 - (1 -+ 2 i eta) z -+ i eta = 0, on the circle at eta = 1 / sqrt 3.
  expect(modulus("optimistic", 0.3)).toBeLessThan(1);
  expect(Math.abs(modulus("optimistic", 1 / Math.sqrt(3)) - 1)).toBeLessThan(1e-12);
  expect(modulus("optimistic", 0.6)).toBeGreaterThan(1);
  const game = minMax({ objective: product, x: [1, 2], y: [-1, 0.5], learningRate: 0.3, method: "optimistic" });
  game.step(2000);
  expect(game.state.every((v) => Math.abs(v) < 1e-9)).toBe(true);
});

test("D4: in continuous time the equilibrium of x y is a centre", () => {
  const s = flow({
    field: (z) => stack([neg(at(z, 1)), at(z, 0)]),
    initial: [1, 0],
    dt: 2 * Math.PI,
    controller: adaptive({ rtol: 1e-12, atol: 1e-14 }),
  });
  s.step();
  expect(Math.abs(s.state[0]! - 1)).toBeLessThan(1e-11);
  expect(Math.abs(s.state[1]!)).toBeLessThan(1e-11);
});

test("D4: misuse is named", () => {
  const options = { objective: product, x: [1], y: [1], learningRate: 0.1 };
  expect(() => minMax({ ...options, method: "both" as "optimistic" })).toThrow(
    "allowed: simultaneous, alternating, extragradient, optimistic",
  );
  expect(() => minMax({ ...options, learningRate: 0, method: "optimistic" })).toThrow("learningRate 0");
});
