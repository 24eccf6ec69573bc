import { compile } from "#engine";
import { describe, expect, it } from "vitest";
import { noiseKey, noiseOf } from "../../core/noise.js";
import { threefry } from "../../core/random.js";
import { epochs } from "./epochs.js";
import { independentBatches } from "./independent.js";
import { batchings } from "./index.js";
import { withReplacement } from "./with-replacement.js";
import type { Batching } from "./batching.js";

const SEED = 20;

/** The batches of steps 0 ... steps - 1. */
function draw(batching: Batching, samples: number, size: number, steps: number, seed = SEED): number[][] {
  const program = compile((t) => batching.indices(noiseOf(noiseKey(seed), t), samples, size), [{ shape: [] }]);
  return Array.from({ length: steps }, (_, t) => {
    program.inputs[0]![0] = t;
    program.run();
    return [...program.outputs[0]!];
  });
}

/** Pearson's statistic of counts that should be equal, in standard deviations above its mean. */
function excess(outcomes: readonly string[], categories: number): number {
  const counts = new Map<string, number>();
  for (const o of outcomes) counts.set(o, (counts.get(o) ?? 0) + 1);
  const expected = outcomes.length / categories;
  let chi = (categories - counts.size) * expected;
  for (const n of counts.values()) chi += (n - expected) ** 2 / expected;
  return (chi - (categories - 1)) / Math.sqrt(2 * (categories - 1));
}

/** The shuffle of Fisher and Yates done forwards, on an array, with the same counters. */
function shuffle(samples: number, rounds: number, counter: number): number[] {
  const key = threefry(...noiseKey(SEED), 0, 0);
  const order = Array.from({ length: samples }, (_, i) => i);
  for (let i = 0; i < rounds; i++) {
    const [a, b] = threefry(...key, i, counter);
    const u = ((a >>> 5) * 2 ** 26 + (b >>> 6)) / 2 ** 53;
    const j = i + Math.floor((samples - i) * u);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

describe("batches are entries of Fisher-Yates shuffles, found backwards", () => {
  it.each([
    [1, 1],
    [5, 3],
    [7, 7],
    [40, 8],
  ])("independent, %i samples by %i", (samples, size) => {
    draw(independentBatches, samples, size, 10).forEach((batch, t) =>
      expect(batch).toEqual(shuffle(samples, size, t).slice(0, size)),
    );
  });

  it.each([
    [1, 1],
    [5, 2],
    [7, 7],
    [40, 6],
  ])("epochs, %i samples by %i", (samples, size) => {
    const steps = Math.floor(samples / size);
    draw(epochs, samples, size, 3 * steps + 1).forEach((batch, t) => {
      const at = (t % steps) * size;
      expect(batch).toEqual(shuffle(samples, steps * size, Math.floor(t / steps)).slice(at, at + size));
    });
  });
});

it.each(batchings.map((b) => [b.name, b] as const))(
  "%s: whole numbers inside the data, without repetition if so promised",
  (_, batching) => {
    for (const [samples, size] of [
      [9, 4],
      [3, 3],
    ] as const)
      for (const batch of draw(batching, samples, size, 200)) {
        expect(batch.every((i) => Number.isInteger(i) && i >= 0 && i < samples)).toBe(true);
        if (batching.exhausts) expect(new Set(batch).size).toBe(size);
      }
    expect(draw(batching, 9, 4, 20)).not.toEqual(draw(batching, 9, 4, 20, SEED + 1));
  },
);

it("an epoch shows each sample once and leaves out samples mod batchSize", () => {
  const batches = draw(epochs, 11, 3, 30);
  for (let e = 0; e < 10; e++) expect(new Set(batches.slice(3 * e, 3 * e + 3).flat()).size).toBe(9);
});

// Pearson's statistic lies within 4 of its standard deviations with a chance of at least 0.999; the seeds are fixed.
describe("uniformity", () => {
  it("of ordered batches: 20 selections of 2 from 5, in 20,000 steps", () => {
    const batches = draw(independentBatches, 5, 2, 20_000).map(String);
    expect(Math.abs(excess(batches, 20))).toBeLessThan(4);
    // Independent of the step before: 400 pairs of neighbours.
    const pairs = batches.filter((_, t) => t % 2 === 1).map((b, i) => `${batches[2 * i]}|${b}`);
    expect(Math.abs(excess(pairs, 400))).toBeLessThan(4);
  });

  it("of whole epochs: 24 orders of 4, and of neighbouring epochs: 576 pairs", () => {
    const steps = draw(epochs, 4, 2, 40_000);
    const orders = Array.from({ length: 20_000 }, (_, e) => String(steps.slice(2 * e, 2 * e + 2).flat()));
    expect(Math.abs(excess(orders, 24))).toBeLessThan(4);
    const pairs = Array.from({ length: 10_000 }, (_, i) => `${orders[2 * i]}|${orders[2 * i + 1]}`);
    expect(Math.abs(excess(pairs, 576))).toBeLessThan(4);
  });

  it("of draws with replacement: 27 batches of 3 from 3", () => {
    expect(Math.abs(excess(draw(withReplacement, 3, 3, 20_000).map(String), 27))).toBeLessThan(4);
  });
});
