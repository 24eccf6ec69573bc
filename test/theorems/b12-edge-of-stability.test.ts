// Cohen, Kaur, Li, Kolter, Talwalkar 2021, Gradient descent on neural networks typically occurs at the edge of stability: full-batch gradient
// descent sharpens until eta lambda_max / 2 = 1 and then stays there while the loss goes on falling, not monotonically.
// Step sizes 0.2, 0.4 and 0.6 have settled after 12,000 steps. At 0.8 the start with seed 0 wanders between 0.76 and 1.41 from there to step 60,000 (looked at every
// 100 steps), that with seed 1 rests at 1.003, so that nothing definite can be asked of it.
import { edgeOfStability, eigenpairs, sharpness } from "#dynamics";
import { describe, expect, it } from "vitest";
import { chebyshevData, chebyshevRun } from "./chebyshev.js";

const data = chebyshevData();

/** Trains for 12,000 steps and measures the ratio eta lambda_max / 2 on the way. */
function train(eta: number, seed: number) {
  const run = chebyshevRun(eta, seed);
  const track = sharpness(run, { tolerance: 1e-3, maxProducts: 60 });
  const start = run.evaluate(data).loss;
  track.measure();
  while (run.time < 12_000) {
    expect(run.step(50)).toBe("ok");
    track.measure();
  }
  const series = {
    time: track.points.map((p) => p.time),
    sharpness: track.points.map((p) => p.pairs.value[0]!),
  };
  return { run, start, series };
}

describe.each([0.2, 0.4, 0.6])("a 1-100-1 tanh network on T_5 with eta = %f", (eta) => {
  it("is at eta lambda_max / 2 in [0.95, 1.05] after 12,000 steps", () => {
    const { run, start, series } = train(eta, 0);
    expect(run.architecture.size).toBe(300);
    const exact = eigenpairs(run.hessian(), { k: 1, tolerance: 1e-9 });
    expect(exact.status).toBe("ok");
    const ratio = (eta * exact.value[0]!) / 2;
    expect(ratio).toBeGreaterThanOrEqual(0.95);
    expect(ratio).toBeLessThanOrEqual(1.05);
    // What the tracker says at the end is that number.
    expect(Math.abs(series.sharpness.at(-1)! / exact.value[0]! - 1)).toBeLessThan(1e-3);
    expect(run.evaluate(data).loss).toBeLessThan(start);

    const verdict = edgeOfStability(series, run.optimizer);
    expect(verdict.regime).toBe("at the edge");
    expect(verdict.reachedAt).toBeGreaterThan(0);
    expect(verdict.reachedAt).toBeLessThan(12_000);
    expect((eta * series.sharpness[0]!) / 2).toBeLessThan(0.95);
  });

  // Single moments swing about 1 (28 of 30 runs ended in [0.95, 1.05]); the medians of the last 2,000 steps lay between 0.953 and 1.026.
  it.each([1, 2, 3])("stays there from another start: median over the last 2,000 steps in [0.9, 1.1], seed %i", (seed) => {
    const { series, run } = train(eta, seed);
    const { ratio, window } = edgeOfStability(series, { ...run.optimizer, window: 40 });
    expect(window).toBe(40);
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
  });
});
