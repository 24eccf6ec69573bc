// Wu, Ma, E 2018, How SGD selects the global minima in over-parameterized learning: if lambda_max((I - eta H)^2 + eta^2 p Sigma) <= 1 with
// Sigma = (1/N) sum H_i^2 - H^2, then the minimum is stable in mean square. Both terms are positive semidefinite, so the condition needs each at
// most 1: lambda_max(H) <= 2 / eta and lambda_max(Sigma^(1/2)) <= 1 / (eta sqrt(p)).
// Not tested: the authors' table of final sharpnesses on FashionMNIST and CIFAR10, whose networks and images are not part of this project; that gradient
// descent ends at 2 / eta at most is b02's and b12's.
import { add, at, compile, lt, min, mul, select, sub, type Tensor } from "#engine";
import {
  batchNoise,
  characteristicExponent,
  denseSymmetric,
  descent,
  draws,
  gradientDescent,
  gram,
  gramStability,
  matrixProducts,
  meanSquareStability,
  random,
  sgdProducts,
  wuMaE,
} from "#dynamics";
import { describe, expect, it } from "vitest";

describe.each([
  [5, 1, 9, 1],
  [3, 2, 7, 2],
  // Fewer parameters than residuals: the Gram matrix is singular.
  [6, 1, 4, 3],
])("%i samples with %i outputs and %i parameters, in parameter space", (samples, outputs, parameters, seed) => {
  const r = random(seed);
  const rows = Array.from({ length: samples * outputs }, () => Array.from({ length: parameters }, () => r.normal()));
  const g = gram(
    rows.map((a) => rows.map((b) => a.reduce((s, x, i) => s + x * b[i]!, 0))),
    { outputs },
  );
  const d = parameters;
  const square = (a: Float64Array): Float64Array =>
    Float64Array.from({ length: d * d }, (_, e) => {
      let s = 0;
      for (let k = 0; k < d; k++) s += a[Math.floor(e / d) * d + k]! * a[k * d + (e % d)]!;
      return s;
    });
  const own = Array.from({ length: samples }, (_, i) =>
    Float64Array.from({ length: d * d }, (_, e) =>
      rows.slice(i * outputs, (i + 1) * outputs).reduce((s, row) => s + row[Math.floor(e / d)]! * row[e % d]!, 0),
    ),
  );
  const mean = (all: Float64Array[]): Float64Array =>
    Float64Array.from({ length: d * d }, (_, e) => all.reduce((s, a) => s + a[e]!, 0) / samples);
  const h = mean(own);
  const hh = square(h);
  const squares = mean(own.map(square));
  const sigma = squares.map((x, e) => x - hh[e]!);
  const top = (a: Float64Array): number => denseSymmetric(a, d).values.at(-1)!;
  /** lambda_max((I - eta H)^2 + eta^2 p Sigma) - 1; the tangent directions give exactly 0, so it is below 0 nowhere when D > rank. */
  const condition = (eta: number, p: number): number =>
    top(Float64Array.from({ length: d * d }, (_, e) => eta * eta * (hh[e]! + p * sigma[e]!) - 2 * eta * h[e]!));

  it("the closed form is where the condition ends", () => {
    for (const batchSize of [1, 2, samples]) {
      const p = batchNoise(samples, batchSize);
      const { threshold } = wuMaE(g, { batchSize });
      expect(condition(0.999 * threshold.value, p)).toBeLessThan(1e-12);
      expect(condition(1.001 * threshold.value, p)).toBeGreaterThan(1e-6);
    }
  });

  it("sharpness and non-uniformity are those of H and Sigma^(1/2), and lie in the rectangle", () => {
    for (const batchSize of [1, 2]) {
      const found = wuMaE(g, { batchSize });
      expect(found.sharpness).toBeCloseTo(top(h), 11);
      expect(found.nonUniformity).toBeCloseTo(Math.sqrt(top(sigma)), 11);
      const corner = found.rectangle(found.threshold.value);
      expect(found.sharpness).toBeLessThanOrEqual(corner.sharpness * (1 + 1e-12));
      expect(found.nonUniformity).toBeLessThanOrEqual(corner.nonUniformity * (1 + 1e-12));
    }
  });

  it("is below the exact mean-square threshold, and equal for full batches", () => {
    for (let batchSize = 1; batchSize <= samples; batchSize++) {
      const sufficient = wuMaE(g, { batchSize }).threshold.value;
      expect(sufficient).toBeLessThanOrEqual(meanSquareStability(g, { batchSize }).value * (1 + 1e-9));
    }
    const full = wuMaE(g, { batchSize: samples }).threshold.value;
    expect(Math.abs(full / gramStability(g, { stepSize: 1 }).threshold.value - 1)).toBeLessThan(1e-10);
  });
});

it("single samples, full rank: 2 over the largest |g_i|^2; 0.8 in the 2 x 2 example", () => {
  const g = gram([
    [1.5, 0.9],
    [0.9, 2.5],
  ]);
  expect(Math.abs(wuMaE(g).threshold.value - 0.8)).toBeLessThan(1e-14);
});

// f1 = min(x^2, 0.1 (x - 1)^2), f2 = min(x^2, 1.9 (x - 1)^2), eta = 0.7. At x = 1 the mean's factor is 1 - 0.7 * 2 = -0.4, those of the samples
// are 0.86 and -1.66, and log(0.86 * 1.66) / 2 = 0.178 > 0. At x = 0 both samples have the factor -0.4.
describe("the two piecewise quadratics", () => {
  const eta = 0.7;
  const losses = (x: Tensor): [Tensor, Tensor] => {
    const y = sub(x, 1);
    const near = mul(x, x);
    return [min(near, mul(0.1, mul(y, y))), min(near, mul(1.9, mul(y, y)))];
  };

  it("lambda = 0.178 at x = 1, where gradient descent has mu = log 0.4", () => {
    const exact = 0.5 * Math.log(0.86 * 1.66);
    expect(Math.abs(exact - 0.178)).toBeLessThan(5e-4);
    const h = [0.2, 3.8];
    const g = gram(h.map((a) => h.map((b) => Math.sqrt(a * b))));
    const found = characteristicExponent(sgdProducts(g, { stepSize: eta }));
    expect(found.sign).toBe("positive");
    expect(found.interval[0]).toBeLessThan(exact);
    expect(found.interval[1]).toBeGreaterThan(exact);
    const same = characteristicExponent(matrixProducts([[0.86], [-1.66]]));
    expect(Math.abs(same.value - exact)).toBeLessThan(4 * same.error);
    expect(gramStability(g, { stepSize: eta }).mu.value).toBeCloseTo(Math.log(0.4), 12);
  });

  it.each([0.8, 0.95, 1 + 1e-6, 1.1])("gradient descent from %f ends at 1", (start) => {
    const run = descent({
      objective: (x) => {
        const [a, b] = losses(at(x, 0));
        return mul(0.5, add(a, b));
      },
      initial: [start],
      optimizer: gradientDescent({ stepSize: eta }),
    });
    run.step(200);
    expect(Math.abs(run.parameters[0]! - 1)).toBeLessThan(1e-12);
  });

  it("every one of 1,000 SGD runs that start at distance 1e-6 from 1 leaves it and ends at 0", () => {
    const runs = 1000;
    const program = compile(
      (x: Tensor, pick: Tensor) => {
        // The derivative of a chosen piece; the pieces are quadratic.
        const y = sub(x, 1);
        const curvature = add(0.1, mul(1.8, pick));
        const outer = mul(curvature, mul(y, y));
        const near = mul(x, x);
        return sub(x, mul(2 * eta, select(lt(near, outer), x, mul(curvature, y))));
      },
      [{ shape: [runs] }, { shape: [runs] }],
      { state: 1 },
    );
    const source = draws({ samples: 2, seed: 1 });
    const drawn = new Int32Array(runs);
    const x = program.inputs[0]!;
    for (let m = 0; m < runs; m++) x[m] = 1 + (m % 2 === 0 ? 1e-6 : -1e-6);
    // To leave takes log(1e6) / 0.178 = 80 steps on average; 2,000 are enough for all.
    for (let t = 0; t < 2000; t++) {
      program.inputs[1]!.set(source.fill(drawn));
      program.run();
      x.set(program.outputs[0]!);
    }
    expect(Math.max(...x.map(Math.abs))).toBeLessThan(1e-12);
  });
});
