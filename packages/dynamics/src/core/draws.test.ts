import { expect, it } from "vitest";
import { draws, words } from "./draws.js";
import { threefry } from "./random.js";

it("the words are those of threefry, counter by counter", () => {
  const seed = 7 * 2 ** 32 + 123456789;
  const { next } = words(seed, 3);
  for (let i = 0; i < 600; i++) {
    const [a, b] = threefry(123456789, 7, i, 3 * 0x800);
    expect(next()).toBe(a);
    expect(next()).toBe(b);
  }
});

it("single samples are uniform: chi-squared within its 4 sigma", () => {
  const n = 100_000;
  const count = new Float64Array(7);
  for (const i of draws({ samples: 7, seed: 1 }).fill(new Int32Array(n))) count[i]!++;
  const chi = count.reduce((s, c) => s + (c - n / 7) ** 2 / (n / 7), 0);
  expect(Math.abs(chi - 6)).toBeLessThan(4 * Math.sqrt(12));
});

it("subsets have no repetition, and every pair is as frequent as any other", () => {
  const [samples, batchSize, n] = [6, 3, 30_000];
  const all = draws({ samples, batchSize, seed: 2 }).fill(new Int32Array(n * batchSize));
  const pairs = new Float64Array(36);
  for (let t = 0; t < n; t++) {
    const batch = [...all.subarray(3 * t, 3 * t + 3)];
    expect(new Set(batch).size).toBe(3);
    for (const i of batch) for (const j of batch) if (i < j) pairs[i * 6 + j]!++;
  }
  // Each of the 15 pairs is in 4 of the 20 subsets.
  const counts = pairs.filter((c) => c > 0);
  expect(counts.length).toBe(15);
  for (const c of counts) expect(Math.abs(c / n - 0.2)).toBeLessThan(4 * Math.sqrt(0.16 / n));
});

it("batches with replacement repeat a sample as often as they should", () => {
  const n = 50_000;
  const all = draws({ samples: 5, batchSize: 2, sampling: "replacement", seed: 3 }).fill(new Int32Array(2 * n));
  let same = 0;
  for (let t = 0; t < n; t++) if (all[2 * t] === all[2 * t + 1]) same++;
  expect(Math.abs(same / n - 0.2)).toBeLessThan(4 * Math.sqrt(0.16 / n));
});

it("does not depend on how the numbers are asked for, and streams differ", () => {
  const a = draws({ samples: 9, batchSize: 2, seed: 4 });
  const b = draws({ samples: 9, batchSize: 2, seed: 4 });
  const parts = [...a.fill(new Int32Array(6)), ...a.fill(new Int32Array(10))];
  expect(parts).toEqual([...b.fill(new Int32Array(16))]);
  expect([...draws({ samples: 9, batchSize: 2, seed: 4, stream: 1 }).fill(new Int32Array(16))]).not.toEqual(parts);
});

it("names what is allowed", () => {
  expect(() => draws({ samples: 3, batchSize: 4 })).toThrow(/integers from 1 to the 3 samples/);
  expect(() => draws({ samples: 3, batchSize: 0 })).toThrow(/batchSize 0/);
  expect(() => draws({ samples: 3, sampling: "x" as never })).toThrow(/subset, replacement/);
  expect(() => draws({ samples: 3, seed: -1 })).toThrow(/seed -1/);
});
