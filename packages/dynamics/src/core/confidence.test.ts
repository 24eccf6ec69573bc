import { expect, it } from "vitest";
import { binomialInterval, binomialShare, incompleteBeta, studentQuantile } from "./confidence.js";

it("the incomplete beta function has its closed forms", () => {
  for (const x of [1e-6, 0.1, 0.5, 0.93]) {
    expect(Math.abs(incompleteBeta(x, 3, 1) / x ** 3 - 1)).toBeLessThan(1e-12);
    expect(Math.abs(incompleteBeta(x, 1, 4) / -Math.expm1(4 * Math.log1p(-x)) - 1)).toBeLessThan(1e-12);
    expect(Math.abs(incompleteBeta(x, 0.5, 0.5) / ((2 / Math.PI) * Math.asin(Math.sqrt(x))) - 1)).toBeLessThan(1e-12);
  }
});

it.each([
  [0.95, 1, 12.706204736],
  [0.95, 19, 2.093024054],
  [0.99, 30, 2.749995654],
  [0.999, 10, 4.586893859],
  [0.5, 2, 0.816496581],
])("Student's quantile at level %f and %i degrees of freedom is %f", (level, freedom, value) => {
  expect(Math.abs(studentQuantile(level, freedom) / value - 1)).toBeLessThan(1e-8);
});

it("binomial intervals cover every probability at their level", () => {
  const [n, level] = [25, 0.9];
  const intervals = Array.from({ length: n + 1 }, (_, k) => binomialInterval(k, n, level));
  for (const p of [0.01, 0.2, 0.5, 0.77, 0.99]) {
    let covered = 0;
    let weight = (1 - p) ** n;
    intervals.forEach(([low, high], k) => {
      if (low <= p && p <= high) covered += weight;
      weight *= ((n - k) / (k + 1)) * (p / (1 - p));
    });
    expect(covered).toBeGreaterThanOrEqual(level);
  }
  // Without a success the upper end solves (1 - p)^n = (1 - level) / 2.
  expect(Math.abs(intervals[0]![1] - (1 - 0.05 ** (1 / n)))).toBeLessThan(1e-12);
  expect(intervals[n]![1]).toBe(1);
});

it.each([10, 50, 1000])("a share of %i trials and 1.96 of its errors hold every probability at 95 %%, also near 0 and 1", (n) => {
  const shares = Array.from({ length: n + 1 }, (_, k) => binomialShare(k, n));
  for (const p of [1e-4, 0.003, 0.01, 0.3, 0.5, 0.8, 0.99, 0.9999]) {
    let [bar, interval, vanishing, logWeight] = [0, 0, 0, n * Math.log1p(-p)];
    shares.forEach((s, k) => {
      const weight = Math.exp(logWeight);
      if (Math.abs(s.value - p) <= 1.959963984 * s.error) bar += weight;
      if (s.interval[0] <= p && p <= s.interval[1]) interval += weight;
      if (Math.abs(s.value - p) <= 1.96 * Math.sqrt((s.value * (1 - s.value)) / n)) vanishing += weight;
      logWeight += Math.log((n - k) / (k + 1)) + Math.log(p) - Math.log1p(-p);
    });
    expect(interval).toBeGreaterThanOrEqual(0.95);
    expect(bar).toBeGreaterThanOrEqual(0.95);
    // What sqrt(p (1 - p) / n) would hold: next to nothing where most samples have no success.
    if (p <= 1e-4) expect(vanishing).toBeLessThan(0.1);
  }
  // In the middle it is that of the binomial law.
  const { error, value } = binomialShare(n / 2, n);
  expect(Math.abs(error / Math.sqrt((value * (1 - value)) / n) - 1)).toBeLessThan(n < 20 ? 0.25 : 0.06);
  expect(binomialShare(n / 2, n, 0.5).error).toBe(error);
});

it("names what is allowed", () => {
  expect(() => studentQuantile(1, 3)).toThrow(/between 0 and 1/);
  expect(() => binomialInterval(3, 2, 0.9)).toThrow(/0 <= k <= n/);
});
