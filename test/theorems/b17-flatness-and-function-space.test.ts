// Flat minima of two-layer ReLU networks are nearly affine where the data are: |f|_{V,g} <= sharpness / 2 - 1/2 + ... (Mulayoff, Michaeli,
// Soudry 2021; Nacson et al. 2023; theorem 3.2 of the work on stable minima in d dimensions). The docstring of `shallowReluNorm` derives
// the inequality with sqrt(1 + R^2) sqrt(2 L) / 2 as its last term, where the published one has (R + 1) sqrt(2 L): both are tested.
//
// Equality: samples x = 1 and x = -1, units relu(w x) and relu(-w x) with outer weights a and w^2 = 2 a^2, and targets that are met. The rows of the
// Jacobian are (c, a1, w1, b1, a2, w2, b2) = (1, w, a, a, 0, 0, 0) and (1, 0, 0, 0, w, -a, a) up to signs, so J J^T / 2 has the top eigenvector (1, 1) and
// sharpness 1 + (w^2 + 2 a^2) / 2. Each unit has P = 1/2 and h = sqrt 2 / 4 on both sides, so the norm is a w / sqrt 2 = (w^2 + 2 a^2) / 4.
import { eigenpairs, gradientDescent, mlp, random, shallowReluNorm, square, training, type Dataset } from "#dynamics";
import { describe, expect, it } from "vitest";

const net = (inputs: number, units: number, deviation = 0.3) =>
  mlp({
    widths: [inputs, units, 1],
    activation: "relu",
    init: { weights: "he-normal", biasDeviation: deviation },
  });
const run = (units: number, data: Dataset, stepSize: number, initial?: ArrayLike<number>) =>
  training({
    architecture: net(data.inputs.length / data.samples, units),
    data,
    loss: square,
    optimizer: gradientDescent({ stepSize }),
    seed: 1,
    ...(initial ? { initial } : {}),
  });
const top = (system: ReturnType<typeof run>): number => eigenpairs(system.hessian(), { k: 1, tolerance: 1e-9 }).value[0]!;

const wave: Dataset = {
  samples: 20,
  inputs: Array.from({ length: 20 }, (_, i) => -1 + (2 * i) / 19),
  targets: Array.from({ length: 20 }, (_, i) => Math.sin(4 * (-1 + (2 * i) / 19))),
};
const r = random(2);
const points = Array.from({ length: 20 }, () => [2 * r.uniform() - 1, 2 * r.uniform() - 1] as const);
const saddle: Dataset = { samples: 20, inputs: points.flat(), targets: points.map(([x, y]) => 2 * x * y) };

it("is an equality for two balanced units on two samples", () => {
  const a = 0.8;
  const w = Math.SQRT2 * a;
  const value = w * a;
  const data = { samples: 2, inputs: [1, -1], targets: [value + 0.3, value + 0.3] };
  // W1, b1, W2, b2.
  const system = run(2, data, 0.1, [w, -w, 0, 0, a, a, 0.3]);
  const { loss } = system.evaluate(data);
  expect(loss).toBeLessThan(1e-30);
  const norm = shallowReluNorm(system.architecture, system.parameters, data);
  expect(Math.abs(norm.value - (w * w + 2 * a * a) / 4)).toBeLessThan(1e-14);
  expect(Math.abs(norm.bound(top(system), loss) - norm.value)).toBeLessThan(1e-12);
  expect(norm.radius).toBe(1);
});

describe.each([
  ["a wave on a line", wave],
  ["a saddle in the plane", saddle],
])("on %s", (_, data) => {
  const steps = [0.05, 0.1, 0.2, 0.5];
  const ends = steps.map((stepSize) => {
    const system = run(24, data, stepSize);
    const seen: { norm: ReturnType<typeof shallowReluNorm>; sharpness: number; loss: number }[] = [];
    for (const time of [0, 100, 1000, 5000, 20_000]) {
      expect(system.step(time - system.time)).toBe("ok");
      const norm = shallowReluNorm(system.architecture, system.parameters, data);
      seen.push({ norm, sharpness: top(system), loss: system.evaluate(data).loss });
    }
    return seen;
  });

  it("holds all along gradient descent, with room", () => {
    for (const seen of ends) {
      for (const { norm, sharpness, loss } of seen) {
        expect(norm.value).toBeLessThan(norm.bound(sharpness, loss));
        expect(norm.bound(sharpness, loss)).toBeLessThan(sharpness / 2 - 1 / 2 + (norm.radius + 1) * Math.sqrt(2 * loss));
        // Not vacuous: the two sides are within an order of magnitude.
        expect(norm.value).toBeGreaterThan(0.1 * norm.bound(sharpness, loss));
      }
    }
  });

  it("so ends of descent obey 1 / eta - 1/2 + ...: at the edge 2 / eta is the sharpness up to 5 %", () => {
    ends.forEach((seen, i) => {
      const { norm, loss } = seen.at(-1)!;
      expect(norm.value).toBeLessThan(1.05 * norm.bound(2 / steps[i]!, loss));
    });
  });

  it("the largest step size ends with the smallest norm", () => {
    const values = ends.map((seen) => seen.at(-1)!.norm.value);
    expect(Math.min(...values)).toBe(values.at(-1)!);
    expect(values.at(-1)!).toBeLessThan(0.8 * values[0]!);
  });
});

it("holds at 100 random parameters of any size, far from minima", () => {
  for (let seed = 0; seed < 100; seed++) {
    const scale = 0.2 * 1.04 ** seed;
    const theta = net(2, 8, 0.5)
      .initial(seed)
      .map((x) => scale * x);
    const system = run(8, saddle, 0.1, theta);
    const norm = shallowReluNorm(system.architecture, theta, saddle);
    expect(norm.value).toBeLessThan(norm.bound(top(system), system.evaluate(saddle).loss));
  }
});

describe("shallowReluNorm", () => {
  it("does not count units that are always on or always off, nor those without weights", () => {
    const architecture = mlp({ widths: [1, 3, 1], activation: "relu" });
    const data = { samples: 2, inputs: [-1, 1] };
    const norm = shallowReluNorm(architecture, [1, 1, 0, 5, -5, 1, 1, 1, 1, 0], data);
    expect([...norm.weights]).toEqual([0, 0, 0]);
    expect([...norm.slopes]).toEqual([1, 1, 0]);
    expect(norm.value).toBe(0);
  });

  it("does not change when a unit is rescaled, a -> a / s and (w, b) -> s (w, b)", () => {
    const architecture = net(2, 1);
    const one = shallowReluNorm(architecture, [0.6, -0.4, 0.1, 1.5, 0.2], saddle);
    const other = shallowReluNorm(architecture, [6, -4, 1, 0.15, 0.2], saddle);
    expect(other.value / one.value).toBeCloseTo(1, 13);
    expect(one.value).toBeGreaterThan(0.01);
  });

  it("refuses other networks, by name or by what they do", () => {
    const theta = new Float64Array(net(2, 4).size);
    expect(() => shallowReluNorm(net(2, 4), theta.subarray(1), saddle)).toThrow(/16 parameters/);
    const deep = mlp({ widths: [2, 3, 3, 1], activation: "relu" });
    expect(() => shallowReluNorm(deep, deep.initial(0), saddle)).toThrow(/mlp 2-3-3-1 relu given; allowed/);
    const smooth = mlp({ widths: [2, 4, 1], activation: "tanh" });
    expect(() => shallowReluNorm(smooth, smooth.initial(0), saddle)).toThrow(/output at sample 0 is not that of/);
  });
});
