// Lyapunov exponents of stochastic differential equations along one path of the noise: tangents meet the noise that the state meets.
//
// Exact along the path: a linear equation dX = A X dt + sum_j B_j X dW_j has an Euler-Maruyama step 1 + A h + sum B_j dW_j, and the sum of all exponents of any scheme is the mean of
// log |det| of its steps. Additive noise leaves the tangent's equation that of the drift: Ornstein-Uhlenbeck steps by 1 - a h. Identical Kuramoto oscillators with one noise
// each: the field's divergence is -(K / n) sum_(i, j) cos(theta_j - theta_i) + K = K - K n r^2 (j = i adds K / n to each of n), and turning all together changes nothing: one
// exponent is 0 to rounding.
import { constant, mul } from "#engine";
import {
  allToAll,
  diffusion,
  eulerMaruyama,
  kuramotoField,
  lyapunov,
  milstein,
  noisyKuramotoOrder,
  orderParameter,
  quantileFrequencies,
  lorentzianFrequencies,
  stochasticHeun,
  type Scheme,
} from "#dynamics";
import { describe, expect, it } from "vitest";

describe("geometric Brownian motion: mu - sigma^2 / 2, whatever the mean does", () => {
  it.each([
    { scheme: eulerMaruyama, mu: 0.1, sigma: 0.7 },
    { scheme: milstein, mu: 0.1, sigma: 0.7 },
    { scheme: milstein, mu: -0.4, sigma: 0.3 },
    { scheme: eulerMaruyama, mu: 0.3, sigma: 0.3 },
  ])("$scheme.name, mu = $mu, sigma = $sigma", ({ scheme, mu, sigma }) => {
    const h = 1 / 128;
    const system = diffusion({ drift: (x) => mul(mu, x), diffusion: (x) => mul(sigma, x), initial: [1], dt: h, scheme, seed: 6 });
    const { value, error } = lyapunov(system, { steps: 60_000, transient: 0 });
    // W(t) / t has the deviation sigma / sqrt(t): the standard error is that, to the scatter of 20 batch means.
    const deviation = sigma / Math.sqrt(60_000 * h);
    expect(error[0]! / deviation).toBeGreaterThan(0.5);
    expect(error[0]! / deviation).toBeLessThan(1.7);
    expect(Math.abs(value[0]! - (mu - 0.5 * sigma * sigma))).toBeLessThan(4 * deviation + h);
  });
});

it("Ornstein-Uhlenbeck: -a, exactly that of the steps, log(1 - a h) / h, whatever the noise", () => {
  const [a, h] = [1.3, 1 / 64];
  const exact = Math.log(1 - a * h) / h;
  for (const sigma of [0, 0.7, 30]) {
    const system = diffusion({ drift: (x) => mul(-a, x), diffusion: () => constant([sigma]), initial: [2], dt: h, seed: 2 });
    const { value, error } = lyapunov(system, { steps: 4000 });
    expect(Math.abs(value[0]! - exact)).toBeLessThan(1e-12);
    expect(error[0]).toBeLessThan(1e-12);
  }
  expect(Math.abs(exact + a)).toBeLessThan(a * a * h);
});

describe("noisy Kuramoto oscillators", () => {
  const [n, coupling, noise, h] = [12, 3, 0.5, 1 / 64];
  const make = (frequencies: Float64Array, scheme: Scheme) =>
    diffusion({
      drift: kuramotoField({ graph: allToAll(n), coupling, frequencies }),
      diffusion: () => constant(new Float64Array(n).fill(Math.sqrt(2 * noise)), [n]),
      initial: Float64Array.from({ length: n }, (_, i) => 0.1 * i),
      dt: h,
      scheme,
      seed: 9,
    });

  it.each([eulerMaruyama, stochasticHeun])(
    "$name: the sum is the mean divergence along the path, K - K n r^2, and one exponent is 0",
    (scheme) => {
      const frequencies = quantileFrequencies(lorentzianFrequencies(0.3), n);
      const steps = 6000;
      const { value, sum, status } = lyapunov(make(frequencies, scheme), { k: n, steps, transient: 500 });
      expect(status).toBe("ok");
      const system = make(frequencies, scheme);
      system.step(500);
      let mean = 0;
      for (let i = 0; i < steps; i++) {
        mean += (coupling - coupling * n * orderParameter(system.state).r ** 2) / steps;
        system.step();
      }
      // log det (1 + h A) / h = tr A - h tr A^2 / 2 ...: K^2 n h / 2 at most for Euler's scheme, of second order in h but for the noise for Heun's.
      expect(Math.abs(sum.value - mean)).toBeLessThan(0.5 * coupling * coupling * n * h);
      expect(Math.abs(value.reduce((s, v) => s + v, 0) - sum.value)).toBeLessThan(1e-11);
      // The first tangent turns to (1, ..., 1) during the transient of 8 units of time, but for some e^(-16).
      expect(Math.abs(value[0]!)).toBeLessThan(1e-6);
      expect(value[1]).toBeLessThan(-0.1);
    },
  );

  it("identical ones: 0 for all turning together, and below 0 for one beside the others", () => {
    const steps = 20_000;
    const system = make(new Float64Array(n), eulerMaruyama);
    const { value, error } = lyapunov(system, { k: 2, steps, transient: 500 });
    // A phase beside the others is pulled back at K times the mean of r cos(theta - psi), about K r^2 of infinitely many.
    const r = noisyKuramotoOrder({ coupling, noise }).value;
    expect(Math.abs(value[0]!)).toBeLessThan(1e-12);
    expect(value[1]).toBeLessThan(-4 * error[1]!);
    expect(value[1]).toBeGreaterThan(-coupling * r);
  });
});

it("a noise of its own in each component, multiplicative: exponents are those of the components' own factors along the same path", () => {
  const [h, steps] = [1 / 32, 3000];
  const make = () =>
    diffusion({ drift: (x) => mul(constant([-0.2, 0.9]), x), diffusion: (x) => mul(0.4, x), initial: [1, 1], dt: h, seed: 4 });
  const { value, sum } = lyapunov(make(), { k: 2, steps, transient: 0 });
  const system = make();
  const before = [1, 1];
  const factors = [0, 0];
  for (let i = 0; i < steps; i++) {
    system.step();
    for (const j of [0, 1]) {
      factors[j]! += Math.log(Math.abs(system.state[j]! / before[j]!)) / (steps * h);
      before[j] = system.state[j]!;
    }
  }
  // From a frame at random the first tangent turns to its direction within a few units of time; the sum does not depend on it.
  [...factors].sort((x, y) => y - x).forEach((v, i) => expect(Math.abs(value[i]! - v)).toBeLessThan(0.02));
  expect(Math.abs(sum.value - factors[0]! - factors[1]!)).toBeLessThan(1e-10);
});
