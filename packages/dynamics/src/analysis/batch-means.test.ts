import { expect, it } from "vitest";
import { random } from "../core/random.js";
import { batchMeans } from "./batch-means.js";

it("the mean is the total over the total time, whatever the batches", () => {
  const b = batchMeans(2, 3);
  for (let i = 1; i <= 50; i++) b.push([i, -1], i % 2 ? 1 : 3);
  const { mean, count } = b.result();
  expect(mean[0]).toBe(1275 / 100);
  expect(mean[1]).toBe(-0.5);
  expect(count).toBeGreaterThanOrEqual(3);
  expect(count).toBeLessThan(6);
});

it("the error of two batches 1 and 3 is 1, half their difference", () => {
  const b = batchMeans(1, 5);
  b.push([1], 1);
  b.push([3], 1);
  expect(b.result().error[0]).toBe(1);
});

it("adds a million terms without loss", () => {
  const b = batchMeans(1, 10);
  for (let i = 0; i < 1_000_000; i++) b.push([0.1], 1);
  expect(b.result().mean[0]).toBe(0.1);
});

it("the error of a first-order autoregression tends to its exact value, not to that of independent draws", () => {
  // x' = 0.9 x + z: the mean of n values has variance 1 / (n (1 - 0.9)^2); independent draws of that variance would give 1 / (n (1 - 0.81)).
  const n = 200_000;
  const b = batchMeans(1, 40);
  const r = random(5);
  let x = 0;
  for (let i = 0; i < n; i++) {
    x = 0.9 * x + r.normal();
    b.push([x], 1);
  }
  const { error, count, correlation } = b.result();
  const ratio = error[0]! / (10 / Math.sqrt(n));
  // An estimate from `count` batches scatters by 1 / sqrt(2 count).
  expect(Math.abs(ratio - 1)).toBeLessThan(4 / Math.sqrt(2 * count));
  expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(count));
});

it("has no error below two batches", () => {
  const b = batchMeans(1, 5);
  b.push([1], 1);
  expect(b.result().error[0]).toBeNaN();
  expect(() => batchMeans(1, 1)).toThrow(/from 2/);
});
