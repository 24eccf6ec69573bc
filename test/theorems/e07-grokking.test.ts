// Grokking on modular addition (Power et al. 2022). What is asserted is the order of events: all training samples are known while the others are
// guessed, and these are known many times later; and that it takes both weight decay and something to be found. Measured on seeds 0 to 3: fitted by step
// 50, half-way up at steps 300 to 600, above 99 % from 800 to 1,250 on.
import { adamw, dataSources, mlp, square, training, transition } from "#dynamics";
import { describe, expect, it } from "vitest";

const p = 23;
const source = dataSources.find((s) => s.name === "modular-arithmetic")!;
const net = mlp({ widths: [2 * p, 64, p], activation: "quadratic", bias: false, init: { weights: "lecun-normal" } });

async function passage({ seed = 1, weightDecay = 3, labels = "true", steps = 1600 }) {
  const spec = source.schema.parse({ source: source.name, modulus: p, trainFraction: 0.36, labels });
  const data = await source.load(spec as never, { seed, read: () => Promise.reject(new Error("no file")) });
  const optimizer = adamw({ stepSize: 0.01, weightDecay, beta2: 0.98 });
  const run = training({ architecture: net, data: data.train, loss: square, optimizer, seed });
  const points: { time: number; train: number; test: number }[] = [];
  for (let t = 0; t < steps; t += 20) {
    run.step(20);
    points.push({ time: run.time, train: run.evaluate(data.train).accuracy, test: run.evaluate(data.test!).accuracy });
  }
  const fitted = points.find((q) => q.train === 1)!.time;
  return { points, fitted, atFit: points.find((q) => q.time === fitted)!.test, end: points.at(-1)! };
}

describe("a network with squares learns to add modulo 23 from 36 % of the pairs", () => {
  it.each([1, 3])("long after it knows these by heart, seed %d", async (seed) => {
    const { points, fitted, atFit, end } = await passage({ seed });
    expect(fitted).toBeLessThanOrEqual(60);
    // Chance is 1/23 with a standard error of 0.011 on 339 pairs.
    expect(atFit).toBeLessThan(3 / p);
    expect(end.test).toBeGreaterThan(0.99);
    const found = transition(
      points.map((q) => q.time),
      points.map((q) => q.test),
    );
    expect(found.status).toBe("ok");
    expect(found.interval[0]).toBeGreaterThan(3 * fitted);
    // The interval brackets the measured crossing of one half, which needs no curve.
    const half = points.find((q) => q.test > 0.5)!.time;
    expect(half).toBeGreaterThan(found.interval[0]);
    expect(half - 20).toBeLessThan(found.interval[1]);
  });

  it("but never without weight decay, which leaves the fit as it is", async () => {
    const { end } = await passage({ weightDecay: 0, steps: 1000 });
    expect([end.train, end.test < 2 / p]).toEqual([1, true]);
  });

  it("nor when there is nothing to be found", async () => {
    const { end, fitted } = await passage({ labels: "random", steps: 1000 });
    expect(fitted).toBeLessThan(100);
    expect(end.test).toBeLessThan(2 / p);
  });
});
