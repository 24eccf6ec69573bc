import { concat, constant, mul, reshape, slice, sub, type Tensor } from "#engine";
import { diffusion, eulerMaruyama, lyapunov, milstein, stochasticHeun, type Scheme } from "separatrix";
import { describe, expect, test } from "vitest";

const column = (...parts: Tensor[]): Tensor => reshape(concat(parts), [parts.length, 1]);
const one = constant([1]);

/** dX = mu X dt + sigma X dW beside W itself: one noise drives both. */
const geometric = (mu: number, sigma: number, scheme: Scheme, level: number) =>
  diffusion({
    drift: (x) => mul(constant([mu, 0]), x),
    diffusion: (x) => column(mul(sigma, slice(x, [0], [1])), one),
    initial: [1, 0],
    dt: 1,
    level,
    scheme,
    seed: 3,
  });

const [MU, SIGMA] = [0.3, 0.8];

/** Root mean square distance to the exact solution on its own path at t = 1, over 2,000 paths. */
function strongError(scheme: Scheme, level: number): number {
  const s = geometric(MU, SIGMA, scheme, level).batch(2000, { noise: "own" });
  expect(s.step()).toBe("ok");
  const drift = scheme.calculus === "Ito" ? MU - 0.5 * SIGMA * SIGMA : MU;
  let squares = 0;
  for (let i = 0; i < 2000; i++) squares += (s.state[2 * i]! - Math.exp(drift + SIGMA * s.state[2 * i + 1]!)) ** 2;
  return Math.sqrt(squares / 2000);
}

describe.each([eulerMaruyama, milstein, stochasticHeun].map((s) => [s.name, s] as const))("F12: %s", (_, scheme) => {
  test("its strong order on geometric Brownian motion is its order within 0.1", () => {
    const errors = [5, 7, 9].map((level) => strongError(scheme, level));
    // Slope over 16 times as many steps; all levels share their paths, so the scatter of the errors (2 %) mostly cancels.
    expect(Math.abs(Math.log2(errors[0]! / errors[2]!) / 4 - scheme.strongOrder)).toBeLessThan(0.1);
  });

  test("refining the steps keeps the path", () => {
    const ends = [0, 3, 6].map((level) => {
      const s = geometric(MU, SIGMA, scheme, level);
      s.step(4);
      return s.state[1]!;
    });
    expect(Math.abs(ends[1]! - ends[0]!)).toBeLessThan(1e-14);
    expect(Math.abs(ends[2]! - ends[0]!)).toBeLessThan(1e-14);
  });

  test("the almost sure exponent of geometric Brownian motion, below the growth rate mu of the mean", () => {
    const s = diffusion({
      drift: (x) => mul(MU, x),
      diffusion: (x) => mul(SIGMA, x),
      initial: [1],
      dt: 1 / 64,
      scheme,
    });
    const { value, error } = lyapunov(s, { steps: 40_000, transient: 0 });
    const exact = scheme.calculus === "Ito" ? MU - 0.5 * SIGMA * SIGMA : MU;
    // The state grows like exp(lambda t), t = 625, well inside the numbers; the scheme's own bias is of the order of its step.
    expect(Math.abs(value[0]! - exact)).toBeLessThan(4 * error[0]! + 1 / 64);
  });
});

test("F12: Ornstein-Uhlenbeck: mean and variance are those of the Euler recursion, and tend to the exact ones", () => {
  const [a, sigma, x0] = [1.3, 0.7, 2];
  const n = 4000;
  const variances = [2, 6].map((level) => {
    const s = diffusion({
      drift: (x) => mul(-a, x),
      diffusion: () => constant([sigma]),
      initial: [x0],
      dt: 1,
      level,
      seed: 11,
    }).batch(n, { noise: "own" });
    s.step();
    const mean = s.state.reduce((m, x) => m + x / n, 0);
    const variance = s.state.reduce((v, x) => v + (x - mean) ** 2 / (n - 1), 0);
    const steps = 2 ** level;
    const r = 1 - a / steps;
    const exactMean = x0 * r ** steps;
    const exactVariance = (sigma * sigma * (1 - r ** (2 * steps))) / (steps * (1 - r * r));
    // Four standard errors of 4,000 paths.
    expect(Math.abs(mean - exactMean)).toBeLessThan(4 * Math.sqrt(exactVariance / n));
    expect(Math.abs(variance / exactVariance - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    return exactVariance;
  });
  const limit = ((sigma * sigma) / (2 * a)) * (1 - Math.exp(-2 * a));
  expect(Math.abs(variances[1]! / limit - 1)).toBeLessThan(Math.abs(variances[0]! / limit - 1) / 10);
});

test("F12: Kramers' rate of leaving a well of V = x^4/4 - x^2/2 at barrier over noise 6.25", () => {
  // dX = -V' dt + sqrt(2 D) dW with D = 0.04: rate sqrt(2) / (2 pi) e^(-6.25) = 4.34e-4, to within its own correction of order D.
  const D = 0.04;
  const s = diffusion({
    drift: (x) => sub(x, mul(x, mul(x, x))),
    diffusion: () => constant([Math.sqrt(2 * D)]),
    initial: [-1],
    dt: 0.5,
    level: 4,
    seed: 5,
  }).batch(1000, { noise: "own" });
  const out = new Set<number>();
  const survivors: number[] = [];
  for (let block = 0; block < 40; block++) {
    for (let i = 0; i < 100; i++) {
      s.step();
      s.state.forEach((x, copy) => x > 0.8 && out.add(copy));
    }
    survivors.push(1000 - out.size);
  }
  // Half leave within ln 2 / rate = 1,600: the share that stays at t = 2,000 gives the rate with an error of 1 / sqrt(left) or so.
  const rate = -Math.log(survivors[39]! / 1000) / 2000;
  const kramers = (Math.SQRT2 / (2 * Math.PI)) * Math.exp(-0.25 / D);
  // Kramers' formula itself is good to 10 % here; some 420 of 1,000 paths are left, so one standard error of the measured rate is 5 %.
  expect(Math.abs(rate / kramers - 1)).toBeLessThan(0.2);
  expect(survivors[39]).toBeGreaterThan(300);
  expect(survivors[39]).toBeLessThan(600);
});

test("F12: misuse is named", () => {
  const base = { drift: (x: Tensor) => x, initial: [1, 2], dt: 1 };
  expect(() => diffusion({ ...base, diffusion: () => constant([1, 2, 3]) })).toThrow("the diffusion has shape [3]; allowed: [2]");
  expect(() => diffusion({ ...base, diffusion: (x) => x, level: 21 })).toThrow("level 21");
  expect(() => diffusion({ ...base, diffusion: (x) => x, dt: 0 })).toThrow("dt 0");
});
