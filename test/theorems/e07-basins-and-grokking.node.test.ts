// Lin, Feng, Zhang and Zhao 2025 (arXiv 2501.02436) read grokking as the moment at which the basins of the training samples have grown to the distance of
// the test samples. Liu, Michaud and Tegmark 2022 (Omnigrok) make digits grok by starting from large weights. Here: 100 digits, 64-50-50-10 tanh, weights
// five times as large as usual (the option `gain`), square loss, AdamW. Both paper's statements are put beside each other, in log time.
import { constant, scalarMath } from "#engine";
import { adamw, mlp, nearestDistances, sampleBasins, square, training } from "#dynamics";
import { describe, expect, it } from "vitest";
import { digits } from "./digits.js";

const SAMPLES = 100;
const BASINS = 16;

function passage(seed: number, gain: number, steps: number) {
  const net = mlp({ widths: [64, 50, 50, 10], init: { gain } });
  const [data, held] = [digits(SAMPLES, 0, seed), digits(500, SAMPLES, seed)];
  const optimizer = adamw({ stepSize: 1e-2, weightDecay: 0.05 });
  const run = training({ architecture: net, data, loss: square, optimizer, seed });
  const distance = median(nearestDistances(held, data)) / 8;
  const reach = (): number => {
    const theta = Float64Array.from(run.parameters);
    const fixed = constant(theta, [theta.length]);
    const { radii } = sampleBasins({
      samples: BASINS,
      dim: 64,
      inputs: data.inputs.slice(0, 64 * BASINS),
      labels: data.labels.slice(0, BASINS),
      classify: (x) => net.apply(fixed, x),
      draws: 100,
      tolerance: 0.02,
    });
    return median(radii);
  };
  const [times, accuracies]: [number[], number[]] = [[], []];
  const radii: { time: number; radius: number }[] = [];
  let fitted = NaN;
  for (let looks = 0; run.time < steps; looks++) {
    run.step(Math.max(20, Math.round(0.06 * run.time)));
    times.push(run.time);
    accuracies.push(run.evaluate(held).accuracy);
    if (Number.isNaN(fitted) && run.evaluate(data).accuracy >= 0.9) fitted = run.time;
    if (looks % 4 === 3) radii.push({ time: run.time, radius: reach() });
  }
  const i = radii.findIndex((r) => r.radius >= distance);
  const half = 0.5 * (accuracies[0]! + accuracies.at(-1)!);
  const jump = times[accuracies.findIndex((a) => a >= half)]!;
  return { distance, fitted, radii, crossed: [radii[i - 1]?.time ?? 1, radii[i]?.time ?? Infinity] as const, accuracies, jump };
}

function median(values: Float64Array): number {
  return Float64Array.from(values).sort()[values.length >> 1]!;
}

describe("digits from large weights", () => {
  const runs = [0, 1, 2].map((seed) => passage(seed, 5, 3600));

  it("are learnt in two stages: a fit without reach, and basins that grow to the test samples", () => {
    for (const { radii, distance, accuracies } of runs) {
      expect(accuracies.at(-1)!).toBeGreaterThan(0.78);
      expect(radii[0]!.radius).toBeLessThan(0.1 * distance);
      expect(radii.at(-1)!.radius).toBeGreaterThan(distance);
    }
  });

  // The rise is slow, over a factor of ten in time, so its middle is taken as it was measured: half-way between the first accuracy and the last.
  // Measured: log time of the crossing over that of the middle, less 1: +0.07, +0.03 and +0.03 for the seeds 0, 1 and 2. A tenth of log time is a factor
  // of two in time here. On modular addition the statement fails: there basins reach the test samples ten times too early (see docs/network-dynamics.md).
  it("see the crossing of the basins within a tenth of log time of the rise of test accuracy", () => {
    const away = runs.map(({ crossed, jump }) => {
      const middle = 0.5 * (scalarMath.log(crossed[0]) + scalarMath.log(crossed[1]));
      return middle / scalarMath.log(jump) - 1;
    });
    for (const x of away) expect(Math.abs(x)).toBeLessThan(0.1);
  });

  it("and from usual weights there is no delay: reach and accuracy are there with the fit", () => {
    const { fitted, crossed, accuracies } = passage(1, 1, 400);
    expect(fitted).toBeLessThanOrEqual(60);
    expect(crossed[1]).toBeLessThanOrEqual(80);
    expect(accuracies[5]!).toBeGreaterThan(0.75);
  });
});
