import { compile, mul, type Tensor } from "#engine";
import {
  changeOfStability,
  diffusion,
  noisedScore,
  ornsteinUhlenbeck,
  probabilityFlow,
  reverseDiffusion,
  speciationTime,
  collapseTime,
  variancePreserving,
  type Mixture,
  type NoiseSchedule,
} from "separatrix";
import { expect, test } from "vitest";

const two: Mixture = { centres: [[-1], [1]] };
const vp = variancePreserving();
const theta = (t: number): number => Math.exp(-0.5 * (0.1 * t + 0.5 * 19.9 * t * t));

/** The sampler's fields in the time t of the noise, which runs down. */
const reverse = (m: Mixture, schedule: NoiseSchedule) => (x: Tensor, t: Tensor) =>
  reverseDiffusion(noisedScore(m, schedule), schedule, 0).drift(x, mul(-1, t));

test("D2: the reverse diffusion of two points breaks its symmetry at theta = sqrt(sqrt 2 - 1), t = 0.2926416543", () => {
  const found = changeOfStability({ field: reverse(two, vp), at: [0], from: 0.01, to: 1 });
  expect(found.status).toBe("ok");
  expect(found.all).toHaveLength(1);
  expect(Math.abs(found.value - 0.2926416543)).toBeLessThan(1e-10);
  expect(Math.abs(theta(found.value) - Math.sqrt(Math.SQRT2 - 1))).toBeLessThan(1e-13);
  // Unstable near the data (small t), stable near the noise.
  expect(found.before).toBeGreaterThan(0);
  expect(found.after).toBeLessThan(0);
});

test("D2: the density becomes bimodal at another time, theta = 1 / sqrt 2, t = 0.2589602624", () => {
  const found = changeOfStability({ field: noisedScore(two, vp), at: [0], from: 0.01, to: 1 });
  expect(Math.abs(found.value - 0.2589602624)).toBeLessThan(1e-10);
  expect(Math.abs(theta(found.value) - Math.SQRT1_2)).toBeLessThan(1e-13);
});

test("D2: the probability flow has no bifurcation: its slope at 0 is beta theta^4 / (2 (1 - theta^2)^2), always above 0", () => {
  const field = (x: Tensor, t: Tensor): Tensor => probabilityFlow(noisedScore(two, vp), vp, 0)(x, mul(-1, t));
  const none = changeOfStability({ field, at: [0], from: 0.05, to: 1 });
  expect(none.status).toBe("not-converged");
  expect(none.value).toBeNaN();
  expect(none.explanation).toContain("unstable at all 512 places");
  const slope = (t: number): number => {
    const v = 1 - theta(t) ** 2;
    return (0.5 * (0.1 + 19.9 * t) * theta(t) ** 4) / (v * v);
  };
  expect(Math.abs(none.before / slope(0.05) - 1)).toBeLessThan(1e-11);
  expect(Math.abs(none.after / slope(1) - 1)).toBeLessThan(1e-6);
});

test("D2: below the critical time the resting points solve (theta^2 + 1) x = -2 theta tanh(theta x / (theta^2 - 1)), born at a pitchfork", () => {
  const drift = compile((x, t) => reverse(two, vp)(x!, t!), [{ shape: [1] }, { shape: [] }]);
  const at = (x: number, t: number): number => {
    drift.inputs[0]![0] = x;
    drift.inputs[1]![0] = t;
    drift.run();
    return drift.outputs[0]![0]!;
  };
  const rest = (t: number): number => {
    let [lo, hi] = [1e-9, 3];
    for (let k = 0; k < 100; k++) {
      const middle = 0.5 * (lo + hi);
      if (at(middle, t) > 0) lo = middle;
      else hi = middle;
    }
    return lo;
  };
  for (const t of [0.1, 0.2, 0.28]) {
    const [x, th] = [rest(t), theta(t)];
    expect(x).toBeGreaterThan(0.1);
    expect(Math.abs((th * th + 1) * x + 2 * th * Math.tanh((th * x) / (th * th - 1)))).toBeLessThan(1e-12);
  }
  expect(rest(0.3)).toBeLessThan(1e-8);
  // A supercritical pitchfork: x^2 is proportional to the distance to the critical time.
  const c = 0.2926416543;
  expect(Math.abs(rest(c - 1e-4) ** 2 / rest(c - 2e-4) ** 2 - 0.5)).toBeLessThan(1e-3);
});

test("D2: a diffusion started at 0 after the noise ends evenly at both points", () => {
  const s = diffusion({ ...reverseDiffusion(noisedScore(two, vp), vp, 1), initial: [0], dt: 0.999, level: 9, seed: 1 }).batch(
    1000,
    {
      noise: "own",
    },
  );
  expect(s.step()).toBe("ok");
  const right = s.state.filter((x) => x > 0).length;
  expect(Math.abs(right - 500)).toBeLessThan(4 * Math.sqrt(250));
  // At t = 0.001 the points have width 0.01; the last Euler steps, of 0.002, add as much again.
  expect(s.state.every((x) => Math.abs(Math.abs(x) - 1) < 0.2)).toBe(true);
});

// D3: classes at +-m with variance s^2 within, under the Ornstein-Uhlenbeck noise.
test.each([
  [3, 0.5],
  [2, 1],
  [1.5, 0.2],
] as const)("D3: landmarks in closed form for classes at +-%f of width %f", (m, width) => {
  const mixture = { centres: [[-m], [m]], widths: [width, width] };
  const bimodal = changeOfStability({ field: noisedScore(mixture, ornsteinUhlenbeck), at: [0], from: 1e-3, to: 5 });
  expect(Math.abs(bimodal.value - 0.5 * Math.log(m * m + 1 - width * width))).toBeLessThan(1e-12);
  const breaking = changeOfStability({ field: reverse(mixture, ornsteinUhlenbeck), at: [0], from: 1e-3, to: 5 });
  const t = breaking.value;
  const gamma = 1 - (1 - width * width) * Math.exp(-2 * t);
  expect(Math.abs(1 - 2 / gamma + (2 * m * m * Math.exp(-2 * t)) / (gamma * gamma))).toBeLessThan(1e-11);
  if (width === 1) expect(Math.abs(t - 0.5 * Math.log(2 * m * m))).toBeLessThan(1e-12);
});

test("D3: speciation and collapse times by their formulas", () => {
  // Two classes at +-(3, 4) with one sample each: the covariance has the eigenvalue 25.
  expect(speciationTime(Float64Array.of(-3, -4, 3, 4), 2).eigenvalue).toBeCloseTo(25, 12);
  expect(speciationTime(Float64Array.of(-3, -4, 3, 4), 2).time).toBeCloseTo(0.5 * Math.log(25), 12);
  // The derivation: at t_C the entropy of n separate Gaussians, log n per d / 2 log(1 + ...), equals that of the whole: n^(2/d) = 1 + sigma^2 e^(-2t) / (1 - e^(-2t)).
  for (const [n, d, sigma] of [
    [100, 2, 1],
    [5000, 50, 2],
  ] as const) {
    const t = collapseTime(n, d, sigma);
    const ratio = 1 + (sigma * sigma * Math.exp(-2 * t)) / (1 - Math.exp(-2 * t));
    expect(Math.abs((0.5 * d * Math.log(ratio)) / Math.log(n) - 1)).toBeLessThan(1e-12);
  }
});
