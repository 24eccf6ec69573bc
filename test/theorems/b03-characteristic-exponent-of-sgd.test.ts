// The characteristic Lyapunov exponent of stochastic gradient descent at an interpolating minimum (Chemnitz, Engel 2024): lambda = lim (1/n) log
// |prod (I - eta g_i g_i^T)| across the manifold of minima, with a random sample i each step. In residual coordinates only G = J J^T is needed.
// Closed forms: one sample: log |1 - eta g|. Orthogonal gradients: the factor 1 - eta g_i acts at a fraction 1/N of the steps. Parallel ones:
// the mean of log |1 - eta h_i|. Two unit gradients with eta = 1: projections, each change of sample multiplies by cos of the angle.
// The sum of all exponents is E log |det|.
import {
  batchNoise,
  characteristicExponent,
  draws,
  gram,
  gramStability,
  matrixProducts,
  meanSquareStability,
  productSpectrum,
  random,
  regularity,
  sgdProducts,
  stabilityDiagram,
  stabilityOfMinimum,
  stabilitySign,
  stochasticThreshold,
  sumRule,
  wuMaE,
  type Gram,
} from "#dynamics";
import { describe, expect, it } from "vitest";

const fixed = (n: number) => ({ budget: n, least: n });
const exponent = (g: Gram, stepSize: number, steps = 2 ** 20) =>
  characteristicExponent(sgdProducts(g, { stepSize }), fixed(steps));
// Statistical tolerances are 4 standard errors from batch means: a right program fails one of 10,000 seeds, and the seed is fixed.

it("one sample: lambda = mu = log |1 - eta g|, without any error bar", () => {
  for (const eta of [0.3, 1.7, 4]) {
    const g = gram([[0.7]]);
    const exact = Math.log(Math.abs(1 - eta * 0.7));
    const { value, sign, cost } = characteristicExponent(sgdProducts(g, { stepSize: eta }));
    expect(Math.abs(value - exact)).toBeLessThan(1e-13);
    expect(gramStability(g, { stepSize: eta }).mu.value).toBeCloseTo(exact, 14);
    expect(sign).toBe(exact < 0 ? "negative" : "positive");
    expect(cost.steps).toBeLessThan(10_000);
  }
});

describe("orthogonal gradients, G = diag(1, 2, 1/2), eta = 0.8", () => {
  const g = gram([
    [1, 0, 0],
    [0, 2, 0],
    [0, 0, 0.5],
  ]);

  it("lambda = max log |1 - eta g_i| / N = -0.170275208, mu = -0.143100844", () => {
    const { value, error } = exponent(g, 0.8);
    // Two samples share the largest exponent; the larger of two random walks grows faster by less than 2e-4 over this time.
    expect(Math.abs(value + 0.170275208)).toBeLessThan(4 * error + 2e-4);
    expect(Math.abs(gramStability(g, { stepSize: 0.8 }).mu.value + 0.143100844)).toBeLessThan(1e-9);
  });

  it("SGD is stable for eta < 2 / g_max = 1, gradient descent for eta < 2 N / g_max = 3", () => {
    expect(characteristicExponent(sgdProducts(g, { stepSize: 0.95 })).sign).toBe("negative");
    expect(characteristicExponent(sgdProducts(g, { stepSize: 1.05 })).sign).toBe("positive");
    expect(gramStability(g, { stepSize: 1 }).threshold.value).toBeCloseTo(3, 12);
  });

  it("is not a regular minimum: three groups", () => {
    const { regular, groups, explanation } = regularity(g, { stepSize: 0.8 });
    expect(regular).toBe(false);
    expect(groups).toEqual([[0], [1], [2]]);
    expect(explanation).toMatch(/3 groups with mutually orthogonal gradients/);
  });
});

describe("parallel gradients, h = (0.2, 3)", () => {
  const c = Math.sqrt(0.2 * 3);
  const g = gram([
    [0.2, c],
    [c, 3],
  ]);
  const exact = (eta: number): number => 0.5 * Math.log(Math.abs((1 - 0.2 * eta) * (1 - 3 * eta)));

  it("has one direction, and the thresholds 1.25 and 0.707965", () => {
    expect(g.factor.rank).toBe(1);
    expect(gramStability(g, { stepSize: 1 }).threshold.value).toBeCloseTo(1.25, 12);
    expect(Math.abs(meanSquareStability(g).value - 6.4 / 9.04)).toBeLessThan(1e-12);
    expect(Math.abs(meanSquareStability(g).value - 0.707965)).toBeLessThan(5e-7);
  });

  it.each([0.3, 0.715, 1, 2.5, 4.8, 5.2, 5.5])("lambda = mean of log |1 - eta h_i| at eta = %f", (eta) => {
    const { value, error } = exponent(g, eta, 2 ** 18);
    expect(Math.abs(value - exact(eta))).toBeLessThan(4 * error);
  });

  // |(1 - 0.2 eta)(1 - 3 eta)| < 1: below 0.72301 and between 4.61032 and 16/3.
  it.each([
    [0.715, "negative"],
    [0.74, "positive"],
    [1, "positive"],
    [4.5, "positive"],
    [4.8, "negative"],
    [5.2, "negative"],
    [5.5, "positive"],
  ])("is stable on a set of step sizes in two pieces: eta = %f is certified %s", (eta, sign) => {
    expect(characteristicExponent(sgdProducts(g, { stepSize: eta })).sign).toBe(sign);
  });

  it("finds the first zero, and the last when it is asked to look from the second piece", () => {
    const root = (3.2 - Math.sqrt(3.2 ** 2 - 4 * 0.6 * 2)) / 1.2;
    const first = stochasticThreshold(g, { steps: 2 ** 17 });
    expect(first.status).toBe("ok");
    expect(Math.abs(first.value - root)).toBeLessThan(4 * first.error);
    // One standard error: sigma / sqrt(n) over the slope, for n = 2^16 independent logarithms that are log|1 - eta h| with probability 1/2 each.
    const sigma = 0.5 * Math.abs(Math.log(Math.abs((1 - 0.2 * root) / (1 - 3 * root))));
    const slope = 0.5 * (-0.2 / (1 - 0.2 * root) - 3 / (1 - 3 * root));
    expect(Math.abs(first.error / (sigma / 256 / Math.abs(slope)) - 1)).toBeLessThan(0.6);
    expect(Math.abs(first.slope / slope - 1)).toBeLessThan(0.05);
    // Gradients twice as long: a quarter of the step size, and of its error.
    const longer = stochasticThreshold(gram(Float64Array.from(g.matrix, (x) => 4 * x)), { steps: 2 ** 17 });
    expect(Math.abs((4 * longer.error) / first.error - 1)).toBeLessThan(1e-6);
    expect(Math.abs((4 * longer.value) / first.value - 1)).toBeLessThan(1e-4);
    // Two equal samples: nothing is random, the threshold is 2, and what halving leaves open is the error.
    const equal = stochasticThreshold(
      gram([
        [1, 1],
        [1, 1],
      ]),
      { steps: 2000 },
    );
    expect(Math.abs(equal.value - 2)).toBeLessThanOrEqual(equal.error);
    expect(equal.error).toBeLessThan(2e-5);
    const last = stochasticThreshold(g, { steps: 2 ** 17, from: 4.8 });
    expect(Math.abs(last.value - 16 / 3)).toBeLessThan(4 * last.error);
  });
});

it.each([
  [30, -0.0719205],
  [45, -0.1732868],
  [60, -0.3465736],
])("two unit gradients at %i degrees with eta = 1: lambda = log |cos| / 2 = %f", (degrees, exact) => {
  const c = Math.cos((degrees * Math.PI) / 180);
  const g = gram([
    [1, c],
    [c, 1],
  ]);
  const { value, error } = exponent(g, 1, 2 ** 18);
  expect(Math.abs(exact - 0.5 * Math.log(c))).toBeLessThan(5e-8);
  expect(Math.abs(value - exact)).toBeLessThan(4 * error);
  const { special } = regularity(g, { stepSize: 1 });
  expect(special).toEqual([
    { sample: 0, value: 1 },
    { sample: 1, value: 1 },
  ]);
});

describe("G = [[1.5, 0.9], [0.9, 2.5]]", () => {
  const g = gram([
    [1.5, 0.9],
    [0.9, 2.5],
  ]);

  it.each([
    [0.3, -0.1639],
    [0.6, -0.387],
    [0.86, -0.0552],
    [0.9, -0.0104],
    [0.91, 0.00004],
  ])("lambda_1 at eta = %f is %f", (eta, listed) => {
    const { value, error } = exponent(g, eta);
    // The listed values come from 4e6 steps, with a standard error of about 3e-4 of their own.
    expect(Math.abs(value - listed)).toBeLessThan(4 * Math.sqrt(error * error + 3e-4 ** 2));
    expect(error).toBeLessThan(8e-4);
  });

  it("the exponents add up to log |(1 - 1.5 eta)(1 - 2.5 eta)| / 2", () => {
    for (const eta of [0.3, 0.6, 0.9]) {
      const rule = sumRule(g, { stepSize: eta });
      expect(rule).toBeCloseTo(0.5 * Math.log(Math.abs((1 - 1.5 * eta) * (1 - 2.5 * eta))), 13);
      const { value, error, sum } = productSpectrum(sgdProducts(g, { stepSize: eta }), { steps: 60_000 });
      expect(Math.abs(sum.value - rule)).toBeLessThan(4 * sum.error);
      const top = exponent(g, eta, 2 ** 18);
      expect(Math.abs(value[0]! - top.value)).toBeLessThan(4 * Math.sqrt(error[0]! ** 2 + top.error ** 2));
    }
  });

  it("orders the thresholds: 0.8 < 0.8558164 < 0.9100 < 1.3203224", () => {
    const sufficient = wuMaE(g).threshold.value;
    const meanSquare = meanSquareStability(g).value;
    const stochastic = stochasticThreshold(g, { steps: 2 ** 19 });
    const descent = gramStability(g, { stepSize: 1 }).threshold.value;
    expect(Math.abs(sufficient - 0.8)).toBeLessThan(1e-12);
    expect(Math.abs(meanSquare - 0.8558164)).toBeLessThan(5e-8);
    expect(Math.abs(stochastic.value - 0.91)).toBeLessThan(4 * stochastic.error);
    expect(stochastic.error).toBeLessThan(2e-3);
    expect(Math.abs(descent - 1.3203224)).toBeLessThan(5e-8);
    expect(meanSquare).toBeLessThan(stochastic.interval[0]);
    expect(stochastic.interval[1]).toBeLessThan(descent);
  });

  it("batches of both samples are gradient descent", () => {
    const { value } = characteristicExponent(sgdProducts(g, { stepSize: 1.2, batchSize: 2 }));
    expect(Math.abs(value - gramStability(g, { stepSize: 1.2 }).mu.value)).toBeLessThan(1e-10);
  });

  it("says that it cannot decide when the budget is too small", () => {
    const { sign, status, explanation, interval } = characteristicExponent(sgdProducts(g, { stepSize: 0.91 }), {
      budget: 2 ** 15,
    });
    expect(sign).toBe("undecided");
    expect(status).toBe("step-limit");
    expect(explanation).toMatch(/still holds 0/);
    expect(interval[0] < 0 && interval[1] > 0).toBe(true);
  });

  it("has a phase diagram whose signs change between the thresholds", () => {
    const diagram = stabilityDiagram(g, { stepSizes: [0.5, 0.85, 1, 1.4], batchSizes: [1, 2] });
    const signs = diagram.cells.map((row) => row.map((cell) => cell.sign[0]));
    expect(signs).toEqual([
      ["n", "n", "p", "p"],
      ["n", "n", "n", "p"],
    ]);
    expect(diagram.cells.map((row) => row.map((cell) => cell.by))).toEqual([
      ["mean-square", "mean-square", "exponent", "exponent"],
      ["eigenvalues", "eigenvalues", "eigenvalues", "eigenvalues"],
    ]);
    // Between the mean-square threshold and the zero of lambda only the exponent can tell.
    expect(stabilitySign(g, { stepSize: 0.88 })).toMatchObject({ sign: "negative", by: "exponent" });
    expect(stochasticThreshold(g, { batchSize: 2 }).value).toBe(diagram.gradientDescent);
    expect(diagram.meanSquare[1]).toBeCloseTo(diagram.gradientDescent, 6);
  });
});

describe("the products of residuals are those of parameters", () => {
  const [samples, outputs, parameters] = [5, 2, 14];
  const r = random(2);
  const j = Array.from({ length: samples * outputs }, () => Float64Array.from({ length: parameters }, () => r.normal()));
  const inner = (a: Float64Array, b: Float64Array): number => a.reduce((s, x, i) => s + x * b[i]!, 0);
  const g = gram(
    j.map((a) => j.map((b) => inner(a, b))),
    { outputs },
  );
  const normal = (): Float64Array => {
    const d = new Float64Array(parameters);
    for (const row of j) {
      const z = r.normal();
      d.forEach((_, i) => (d[i]! += z * row[i]!));
    }
    return d;
  };

  it.each([
    [1, "subset"],
    [2, "subset"],
    [5, "subset"],
    [3, "replacement"],
  ] as const)("batches of %i, %s, two outputs a sample: J delta_n = r_n", (batchSize, sampling) => {
    const stepSize = 0.04;
    const n = 203;
    const delta = normal();
    const residuals = Float64Array.from(j, (row) => inner(row, delta));
    const products = sgdProducts(g, { stepSize, batchSize, sampling });
    products.restart(9);
    products.advance(residuals, 1, n);
    const drawn = draws({ samples, batchSize, sampling, seed: 9 }).fill(new Int32Array(n * batchSize));
    for (let t = 0; t < n; t++) {
      const change = new Float64Array(parameters);
      for (const i of drawn.subarray(t * batchSize, (t + 1) * batchSize))
        for (let o = 0; o < outputs; o++) {
          const row = j[i * outputs + o]!;
          const f = (stepSize / batchSize) * inner(row, delta);
          row.forEach((x, k) => (change[k]! += f * x));
        }
      change.forEach((x, k) => (delta[k]! -= x));
    }
    const scale = Math.max(...residuals.map(Math.abs));
    j.forEach((row, i) => expect(Math.abs(inner(row, delta) - residuals[i]!)).toBeLessThan(1e-9 * scale));
  });

  it("several vectors see the same matrices", () => {
    const products = sgdProducts(g, { stepSize: 0.05, batchSize: 2 });
    const one = new Float64Array(10).fill(1);
    products.restart(1);
    products.advance(one, 1, 77);
    const two = Float64Array.from({ length: 20 }, (_, i) => (i < 10 ? i : 1));
    products.restart(1);
    products.advance(two, 2, 77);
    one.forEach((x, i) => expect(Math.abs(two[10 + i]! - x)).toBeLessThan(1e-12 * Math.abs(x) + 1e-15));
  });

  it("the sum of all exponents is E log |det|, over all batches", () => {
    for (const batchSize of [1, 2]) {
      const products = sgdProducts(g, { stepSize: 0.05, batchSize });
      const { sum } = productSpectrum(products, { steps: 20_000 });
      expect(Math.abs(sum.value - sumRule(g, { stepSize: 0.05, batchSize }))).toBeLessThan(4 * sum.error);
    }
  });
});

it("a singular Gram matrix: exponents on the directions that are left, as in parameter space", () => {
  // Samples 1 and 3 have the same gradient.
  const rows = [
    [1, 0.2],
    [0.3, 1.3],
    [1, 0.2],
  ];
  const g = gram(rows.map((a) => rows.map((b) => a[0]! * b[0]! + a[1]! * b[1]!)));
  expect(g.factor.rank).toBe(2);
  for (const eta of [0.5, 1.6]) {
    const matrices = rows.map(([a, b]) => [1 - eta * a! * a!, -eta * a! * b!, -eta * a! * b!, 1 - eta * b! * b!]);
    const inParameters = characteristicExponent(matrixProducts(matrices), fixed(2 ** 16));
    const inRange = characteristicExponent(sgdProducts(g, { stepSize: eta }), fixed(2 ** 16));
    // The same draws: the two differ by the change of coordinates, O(1) over 2^15 steps.
    expect(Math.abs(inParameters.value - inRange.value)).toBeLessThan(3e-4);
  }
});

it("the interval holds the exponent at its level: at most 8 of 200 misses at level 0.99", () => {
  const products = matrixProducts([[1.45], [-0.8], [0.3]]);
  const exact = Math.log(1.45 * 0.8 * 0.3) / 3;
  let misses = 0;
  for (let seed = 0; seed < 200; seed++) {
    const { interval } = characteristicExponent(products, { ...fixed(8000), first: 1000, seed });
    if (exact < interval[0] || exact > interval[1]) misses++;
  }
  // More than 8 of 200 have probability 1e-3 when one misses with 0.01.
  expect(misses).toBeLessThanOrEqual(8);
});

// One sample is left slowly, lambda = log(1.006) / 40 = 1.5e-4, and 39 are drawn in more slowly still. A random start has a 40th of its square on the first:
// for thousands of steps it falls, with hardly any noise.
it("is not deceived by a start that has little of the leading direction: no negative sign, and the exponent in the interval and within 4 errors", () => {
  const g = gram(
    Array.from({ length: 40 }, (_, i) => Float64Array.from({ length: 40 }, (_, j) => (i !== j ? 0 : i ? 2e-4 : 2.006))),
  );
  const exact = Math.log(1.006) / 40;
  let outside = 0;
  for (let seed = 0; seed < 20; seed++) {
    const { sign, interval, value, error } = characteristicExponent(sgdProducts(g, { stepSize: 1 }), { seed });
    expect(sign).toBe("positive");
    expect(Math.abs(value - exact)).toBeLessThan(4 * error);
    if (exact < interval[0] || exact > interval[1]) outside++;
  }
  // More than 2 of 20 have probability 1e-3 when one misses with 0.01.
  expect(outside).toBeLessThanOrEqual(2);
});

it("full batches are not random: lambda is mu, to rounding and with no product", () => {
  const g = gram([
    [1.5, 0.9],
    [0.9, 2.5],
  ]);
  const at = (stepSize: number) =>
    stabilityOfMinimum({ status: "ok", gram: () => g }, { stepSize, batchSize: 2, threshold: false });
  for (const [stepSize, sign] of [
    [0.6, "negative"],
    [1.33, "positive"],
  ] as const) {
    const { lambda, mu } = at(stepSize);
    expect([lambda.value, lambda.error, lambda.sign]).toEqual([mu.value, mu.error, sign]);
    expect(lambda.cost.steps).toBeUndefined();
  }
});

it("a negative sign takes a fall that no start explains", () => {
  // Every direction falls by 1e-4 / 2 a step: the sign is negative for certain after some 10 / 5e-5 steps, and not before.
  const g = gram([
    [1e-4, 0],
    [0, 1e-4],
  ]);
  const at = (budget: number) => characteristicExponent(sgdProducts(g, { stepSize: 1 }), { budget });
  expect(at(2 ** 14)).toMatchObject({ sign: "undecided", status: "step-limit" });
  const { sign, interval, cost } = at(2 ** 20);
  expect([sign, interval[1] < 0, cost.steps! > 100_000]).toEqual(["negative", true, true]);
});

it("the whole spectrum holds where a sample's factor is nearly 0 and four steps in a row lose a direction", () => {
  const g = gram([
    [1.5, 0.9],
    [0.9, 2.5],
  ]);
  const stepSize = (1 - 1e-6) / 2.5;
  const { value, sum } = productSpectrum(sgdProducts(g, { stepSize }), { steps: 20_000 });
  expect(value[1]).toBeLessThan(-6);
  expect(Math.abs(sum.value - sumRule(g, { stepSize }))).toBeLessThan(4 * sum.error);
  // As asked for, and said: at an interval of 4 it is lost.
  const asked = productSpectrum(sgdProducts(g, { stepSize }), { steps: 20_000, interval: 4 });
  expect(asked.value[1]).toBe(-Infinity);
  expect(asked.explanation).toMatch(/fell into the space of those before it within one interval/);
});

// Full batches, so that exponents are log |1 - eta h|; two of them differ by 6.75e-5, and 800 steps of a transient turn nothing by that.
it("the errors of exponents hold what has not been told apart", () => {
  const h = [4, 1, 1e-3, 1e-4];
  // Householder's reflection in (1, 2, 3, 4).
  const q = Array.from({ length: 4 }, (_, i) =>
    Float64Array.from({ length: 4 }, (__, j) => (i === j ? 1 : 0) - (2 * (i + 1) * (j + 1)) / 30),
  );
  const g = gram(q.map((a) => Float64Array.from(q, (b) => h.reduce((sum, e, k) => sum + e * a[k]! * b[k]!, 0))));
  const exact = h.map((e) => Math.log(Math.abs(1 - (0.3 * e) / 4))).sort((a, b) => b - a);
  for (const steps of [2000, 8000, 60_000]) {
    const { value, error, sum } = productSpectrum(sgdProducts(g, { stepSize: 0.3, batchSize: 4 }), { steps });
    value.forEach((v, i) => expect(Math.abs(v - exact[i]!)).toBeLessThan(2 * error[i]! + 1e-14));
    expect(Math.abs(sum.value - exact.reduce((a, b) => a + b, 0))).toBeLessThan(1e-13);
    // Those that stand apart lose nothing.
    expect(Math.max(error[2]!, error[3]!)).toBeLessThan(1e-13);
  }
});

it("is the same for the same seed and another for another", () => {
  const g = gram([
    [1.5, 0.9],
    [0.9, 2.5],
  ]);
  const at = (seed: number) => characteristicExponent(sgdProducts(g, { stepSize: 0.9 }), { ...fixed(10_000), seed }).value;
  expect(at(3)).toBe(at(3));
  expect(at(3)).not.toBe(at(4));
});

it("names what is allowed", () => {
  const g = gram([[1]]);
  expect(() => sgdProducts(g, { stepSize: 0 })).toThrow(/stepSize 0 given: no step is taken/);
  expect(() => sgdProducts(g, { stepSize: -1 })).toThrow(/stepSize -1/);
  expect(() => sgdProducts(g, { stepSize: 1, batchSize: 2 })).toThrow(/1 to the 1 samples/);
  expect(() => characteristicExponent(sgdProducts(g, { stepSize: 1 }), { level: 1 })).toThrow(/between 0 and 1/);
  expect(() => matrixProducts([[1], [1, 2, 3, 4]])).toThrow(/of one size/);
  expect(() => batchNoise(3, 4)).toThrow(/1 to the 3 samples/);
  // A step that ends on the manifold: nothing is left to grow.
  const dead = characteristicExponent(sgdProducts(g, { stepSize: 1 }));
  expect(dead.value).toBe(-Infinity);
  expect(dead.explanation).toMatch(/singular/);
});
