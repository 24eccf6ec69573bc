// Overparametrised gradient descent: which minima are limits (Chemnitz, Engel, Characteristic stability of minima, theorem A). At a minimum on
// a manifold of minima, mu = max log |1 - eta lambda| over the nonzero Hessian eigenvalues. mu < 0: the minimum is in the support of the
// limit of a random start; mu > 0: it is not, if preimages of null sets under a step are null sets (H3).
//
// Derivation for L = (ab - 1)^2 / 2: on ab = 1 the Hessian is grad(ab) grad(ab)^T, grad(ab) = (b, a): one nonzero eigenvalue a^2 + b^2 >= 2.
// So mu < 0 exactly where a^2 + b^2 < 2 / eta, nowhere for eta >= 1, and as eta -> 1 the reachable set shrinks to (1, 1) and (-1, -1).
//
// Where H3 fails (after Craciun, Ghoshdastidar, On the non-singularity of gradient descent): L = t^4/2 - 3 t^2 + 8 for |t| <= 2 and t^2 outside, which is continuously
// differentiable. With eta = 1/2 every |t| > 2 goes to 0 in one step, although 0 is a local maximum (L'' = -6, factor 1 + 3 = 4, mu = log 4).
// Inside, t' = 4 t - t^3, from which almost every orbit escapes to |t| > 2: so the unstable point 0 is the limit of almost every start.
import { abs, add, at, constant, le, mul, select, sub, type Tensor } from "#engine";
import { descent, descents, eigenpairs, gradientDescent, lyapunov, mlp, random, reachableMinima, square } from "#dynamics";
import { describe, expect, it } from "vitest";

const objective = (w: Tensor): Tensor => {
  const r = sub(mul(at(w, 0), at(w, 1)), 1);
  return mul(0.5, mul(r, r));
};
const box = (count: number, seed: number): Float64Array => {
  const r = random(seed);
  return Float64Array.from({ length: 2 * count }, () => 6 * r.uniform() - 3);
};
const from = (starts: ArrayLike<number>, eta: number, more = {}) =>
  descents({
    objective,
    size: 2,
    starts,
    optimizer: gradientDescent({ stepSize: eta }),
    steps: 20_000,
    ...more,
  });

describe("L = (ab - 1)^2 / 2 from 100,000 starts in [-3, 3]^2", () => {
  const starts = box(100_000, 1);
  const half = from(starts, 0.5);
  const limits = reachableMinima(half);

  it.each([0.1, 0.5, 0.9])("no limit has a^2 + b^2 above 2 / eta, eta = %f", (eta) => {
    // All starts at 0.5, a quarter of them elsewhere.
    const runs = eta === 0.5 ? half : from(starts.subarray(0, 50_000), eta);
    const { arrived, unsettled, repelling, sharpness, largest } = eta === 0.5 ? limits : reachableMinima(runs);
    expect(arrived).toBeGreaterThan(8000);
    expect(unsettled).toBe(0);
    expect(repelling).toBe(0);
    expect(largest.value).toBeLessThan(1);
    runs.statuses.forEach((status, i) => {
      if (status !== "ok") return;
      const [a, b] = runs.ends.subarray(2 * i, 2 * i + 2) as unknown as [number, number];
      if (!(a * a + b * b <= 2 / eta)) expect.fail(`(${a}, ${b}) is sharper than 2 / eta`);
      // Both are rounded, and the gradient of 1e-10 leaves the Hessian with a second eigenvalue of that size.
      if (!(Math.abs(sharpness.value[i]! - (a * a + b * b)) < 1e-9)) expect.fail(`sharpness at (${a}, ${b})`);
      if (!(Math.abs(a * b - 1) < 1e-9)) expect.fail(`(${a}, ${b}) is not a minimum`);
    });
  });

  it("and every minimum below 2 / eta is approached: limits fill [2, 2 / eta) without a gap, eta = 0.5", () => {
    const { sharpness } = limits;
    const bins = new Int32Array(40);
    for (const s of sharpness.value) if (Number.isFinite(s)) bins[Math.floor((s - 2) * 20)]!++;
    // The last one, next to 2 / eta = 4, is the rarest: 12 of 67,373.
    expect(Math.min(...bins)).toBeGreaterThan(5);
  });

  it("shrinks to (1, 1) and (-1, -1) as eta -> 1, and is empty beyond", () => {
    for (const eta of [0.9, 0.99]) {
      const { statuses, ends } = from(starts.subarray(0, 40_000), eta);
      statuses.forEach((status, i) => {
        if (status !== "ok") return;
        const distance = Math.abs(Math.abs(ends[2 * i]!) - 1);
        // a^2 + b^2 <= 2 / eta and ab = 1: (a - b)^2 <= 2 (1 / eta - 1), and |a| - 1 is about half of a - b.
        if (!(distance < Math.sqrt(1 / eta - 1))) expect.fail(`${ends[2 * i]} at eta = ${eta}`);
      });
    }
    const beyond = reachableMinima(from(starts.subarray(0, 40_000), 1.05, { steps: 5000 }));
    expect(beyond.arrived).toBe(0);
    expect(beyond.largest.status).toBe("not-converged");
    expect(beyond.largest.explanation).toMatch(/none of 20000 runs arrived/);
  });
});

it("from (1.8, 0.1) with eta = 0.5 the end has sharpness 3.069 < 4, and mu = log |1 - eta sharpness| is its exponent", () => {
  const runs = from([1.8, 0.1], 0.5);
  const { sharpness } = reachableMinima(runs);
  expect(Math.abs(sharpness.value[0]! - 3.069)).toBeLessThan(5e-4);
  const there = descent({ objective, initial: runs.ends, optimizer: runs.optimizer });
  const { value } = lyapunov(there, { k: 2, steps: 1000 });
  expect(Math.abs(value[0]!)).toBeLessThan(1e-9);
  expect(Math.abs(value[1]! - Math.log(Math.abs(1 - 0.5 * sharpness.value[0]!)))).toBeLessThan(1e-9);
});

it("tells a start in special position: from (1, -1) descent goes to the saddle 0, which should repel", () => {
  const { arrived, repelling, smallest } = reachableMinima(from([1, -1, 1.8, 0.1], 0.5));
  expect([arrived, repelling]).toEqual([2, 1]);
  expect(smallest.value[0]).toBeCloseTo(-1, 9);
});

describe("a network 1-4-1 on three points, from 300 starts with eta = 0.8", () => {
  const net = mlp({ widths: [1, 4, 1], activation: "tanh" });
  const x = constant([-1, 0.2, 0.9], [3, 1]);
  const y = constant([0.8, -0.6, 0.5], [3, 1]);
  const count = 300;
  const starts = new Float64Array(count * net.size);
  for (let i = 0; i < count; i++) {
    net.initial(i).forEach((w, j) => (starts[i * net.size + j] = (1 + (i % 4)) * w));
  }
  const loss = (theta: Tensor): Tensor => square(net.apply(theta, x), y);
  const optimizer = gradientDescent({ stepSize: 0.8 });
  const runs = (kick: number) => descents({ objective: loss, size: net.size, starts, optimizer, tolerance: 1e-9, kick });

  it("ends in no minimum sharper than 2 / eta, pushed by 1e-5 on arrival", () => {
    const pushed = runs(1e-5);
    const { arrived, repelling, largest, sharpness } = reachableMinima(pushed);
    expect(arrived).toBeGreaterThan(200);
    expect(repelling).toBe(0);
    expect(largest.value).toBeLessThan(1);
    expect(largest.value).toBeGreaterThan(0.9);
    const i = pushed.statuses.indexOf("ok");
    const end = pushed.ends.subarray(i * net.size, (i + 1) * net.size);
    const exact = eigenpairs(descent({ objective: loss, initial: end, optimizer }).hessian(), { k: 1 });
    expect(Math.abs(sharpness.value[i]! / exact.value[0]! - 1)).toBeLessThan(1e-10);
  });

  // A few runs contract along the sharpest direction, then sharpen beyond 2 / eta while the slower directions settle. They stay near a
  // minimum that repels for thousands of steps with a gradient that falls below any tolerance, before they leave it.
  it("without a push, some runs pass for arrived at minima that repel, and are counted", () => {
    const { repelling, largest } = reachableMinima(runs(0));
    expect(repelling).toBeGreaterThan(0);
    expect(repelling).toBeLessThan(20);
    expect(largest.explanation).toMatch(/kick: 1e-6/);
  });
});

describe("without H3", () => {
  const objective = (t: Tensor): Tensor => {
    const x = at(t, 0);
    const q = mul(x, x);
    return select(le(abs(x), 2), add(sub(mul(0.5, mul(q, q)), mul(3, q)), 8), q);
  };
  const r = random(7);
  const starts = Float64Array.from({ length: 20_000 }, () => 8 * r.uniform() - 4);
  const ends = (eta: number) =>
    descents({
      objective,
      size: 1,
      starts,
      optimizer: gradientDescent({ stepSize: eta }),
      steps: 2000,
      tolerance: 0,
    });

  it("an unstable point is the limit of almost every start: eta = 0.5, where a step squeezes an interval to 0", () => {
    const runs = ends(0.5);
    expect(runs.statuses.every((s) => s === "ok")).toBe(true);
    expect(runs.ends.every((x) => x === 0)).toBe(true);
    const { repelling, sharpness } = reachableMinima(runs);
    expect(repelling).toBe(20_000);
    expect(sharpness.value[0]).toBeCloseTo(-6, 12);
  });

  it("and of none for eta = 0.25, where the step is not singular", () => {
    const runs = ends(0.25);
    expect(runs.statuses.some((s) => s === "ok")).toBe(false);
    expect(runs.ends.every((x) => Math.abs(x) > 1e-6)).toBe(true);
  });
});
