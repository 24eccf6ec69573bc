import { describe, expect, it } from "vitest";
import { fillNormal, random, threefry } from "./random.js";

describe("threefry", () => {
  // The known answers that the authors publish with their implementation.
  it.each([
    [
      [0, 0],
      [0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      [0xc4923a9c, 0x483df7a0],
    ],
  ])("gives the published words for key %j and counter %j", (key, counter, words) => {
    expect(threefry(key[0]!, key[1]!, counter[0]!, counter[1]!)).toEqual(words);
  });
});

describe("random", () => {
  it("gives the same numbers for the same seed and other numbers for another seed or stream", () => {
    const take = (seed: number, stream?: number) => [...fillNormal(new Float64Array(6), random(seed, stream))];
    expect(take(7)).toEqual(take(7));
    expect(take(8)).not.toEqual(take(7));
    expect(take(7, 1)).not.toEqual(take(7));
    expect(take(7 + 2 ** 40)).not.toEqual(take(7));
  });

  it("gives many normals at once with the bits of one by one, and goes on behind them", () => {
    for (const [seed, stream, n] of [
      [7, 0, 5000],
      [2 ** 40 + 3, 1_000_001, 4097],
      [1, 2, 10],
    ] as const) {
      const [many, single] = [random(seed, stream), random(seed, stream)];
      const one = Array.from({ length: n + 3 }, () => single.normal());
      expect([...many.normals(new Float64Array(n)), many.normal(), many.normal(), many.normal()]).toEqual(one);
      // A stream that has begun goes on where it is.
      const begun = random(seed, stream);
      begun.normal();
      expect([...begun.normals(new Float64Array(n))]).toEqual(one.slice(1, n + 1));
    }
  });

  it("has uniforms with mean 1/2 and variance 1/12 within 4 standard errors", () => {
    const r = random(1);
    const n = 100_000;
    let sum = 0;
    let squares = 0;
    let outside = 0;
    for (let i = 0; i < n; i++) {
      const u = r.uniform();
      if (!(u >= 0 && u < 1)) outside++;
      sum += u - 0.5;
      squares += (u - 0.5) ** 2;
    }
    expect(outside).toBe(0);
    expect(Math.abs(sum / n)).toBeLessThan(4 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(squares / n - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / n));
  });

  it("has normals with the moments 0, 1, 0, 3 and independent pairs within 4 standard errors", () => {
    const n = 100_000;
    const z = fillNormal(new Float64Array(n), random(2));
    const mean = (f: (x: number, i: number) => number) => z.reduce((s, x, i) => s + f(x, i), 0) / n;
    expect(Math.abs(mean((x) => x))).toBeLessThan(4 * Math.sqrt(1 / n));
    expect(Math.abs(mean((x) => x * x) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(mean((x) => x ** 3))).toBeLessThan(4 * Math.sqrt(15 / n));
    expect(Math.abs(mean((x) => x ** 4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
    expect(Math.abs(mean((x, i) => x * z[i ^ 1]!))).toBeLessThan(4 * Math.sqrt(2 / n));
  });

  it("names what is allowed when the seed is wrong", () => {
    expect(() => random(-1)).toThrow(/seed -1 given; allowed: integers from 0/);
    expect(() => random(1.5)).toThrow(/allowed/);
    expect(() => random(1, 2 ** 21)).toThrow(/stream/);
  });
});
