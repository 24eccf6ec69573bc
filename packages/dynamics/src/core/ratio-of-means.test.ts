import { describe, expect, it } from "vitest";
import { studentQuantile } from "./confidence.js";
import { random } from "./random.js";
import { ratioOfMeans } from "./ratio-of-means.js";

/** a = sum z^p, b = sum z^2 over five normal z: E a / E b is the moment of order p; the squares of what a cubic activation leaves out have p = 6. */
function drawn(n: number, power: number, stream: ReturnType<typeof random>): [number[], number[]] {
  const [a, b]: [number[], number[]] = [[], []];
  for (let i = 0; i < n; i++) {
    let [high, low] = [0, 0];
    for (let j = 0; j < 5; j++) {
      const z = stream.normal();
      high += Math.pow(z, power);
      low += z * z;
    }
    a.push(high);
    b.push(low);
  }
  return [a, b];
}

describe("ratioOfMeans", () => {
  it("holds the ratio with 0.9 and more from 50 samples with heavy tails, where 1.96 standard errors hold it with 0.8", () => {
    for (const [power, moment] of [
      [4, 3],
      [6, 15],
    ] as const) {
      const stream = random(11, power);
      let [inside, plain] = [0, 0];
      for (let t = 0; t < 1000; t++) {
        const [a, b] = drawn(50, power, stream);
        const { value, interval } = ratioOfMeans(a, b);
        if (interval[0] <= moment && moment <= interval[1]) inside++;
        const under = b.reduce((s, v) => s + v, 0);
        const error = Math.sqrt((50 / 49) * a.reduce((s, v, i) => s + (v - value * b[i]!) ** 2, 0)) / under;
        if (Math.abs(value - moment) <= 1.96 * error) plain++;
      }
      // The binomial error of a share of 0.9 in 1000 is 0.0095.
      expect(inside / 1000).toBeGreaterThan(0.9);
      expect(inside / 1000).toBeLessThan(0.97);
      if (power === 6) expect(plain / 1000).toBeLessThan(0.85);
    }
  });

  it("is Student's interval where nothing leans, and turns over with the samples", () => {
    const around = [1, 2, 3, 4, 5];
    const ones = [1, 1, 1, 1, 1];
    const { value, interval } = ratioOfMeans(around, ones);
    const half = studentQuantile(0.95, 4) * Math.sqrt(2.5 / 5);
    expect([value, ...interval].map((v) => Math.round(v * 1e12) / 1e12)).toEqual(
      [3, 3 - half, 3 + half].map((v) => Math.round(v * 1e12) / 1e12),
    );
    // One the mirror image of the other.
    const right = ratioOfMeans([9, 9, 9, 9, 15], ones);
    const left = ratioOfMeans([21, 21, 21, 21, 15], ones);
    expect(right.interval[1] - right.value).toBeGreaterThan(right.value - right.interval[0]);
    expect(left.interval[1] - left.value).toBeCloseTo(right.value - right.interval[0], 12);
    expect(left.value - left.interval[0]).toBeCloseTo(right.interval[1] - right.value, 12);
  });

  it("solves the cubic: the ends put Hall's polynomial at the quantile", () => {
    const [a, b] = drawn(30, 4, random(5));
    const { value, interval } = ratioOfMeans(a, b);
    const under = b.reduce((s, v) => s + v, 0) / 30;
    const u = a.map((v, i) => (v - value * b[i]!) / under);
    const spread = Math.sqrt(u.reduce((s, v) => s + v * v, 0) / 29);
    const g = u.reduce((s, v) => s + v ** 3, 0) / 30 / spread ** 3;
    const root = Math.sqrt(30);
    interval.forEach((end, i) => {
      const t = (value - end) / (spread / root);
      const straight = t + (g * t * t) / (3 * root) + (g * g * t ** 3) / (27 * 30) + g / (6 * root);
      expect(straight).toBeCloseTo((i === 0 ? 1 : -1) * studentQuantile(0.95, 29), 10);
    });
  });

  it("has no end from one sample, none to speak of from a fixed ratio, and refuses nothing", () => {
    expect(ratioOfMeans([3], [2])).toEqual({ value: 1.5, interval: [0, Infinity] });
    expect(ratioOfMeans([1, 2], [2, 4])).toEqual({ value: 0.5, interval: [0.5, 0.5] });
    expect(() => ratioOfMeans([], [])).toThrow("one at least");
    expect(() => ratioOfMeans([1], [1, 2])).toThrow("allowed: as many");
  });
});
