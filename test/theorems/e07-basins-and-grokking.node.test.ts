// Lin, Feng, Zhang and Zhao 2025 (arXiv 2501.02436) read grokking as the moment at which the basins of the training samples have grown to the distance of
// the test samples. Liu, Michaud and Tegmark 2022 (Omnigrok) make digits grok by starting from large weights: eight times the usual ones. Here: 50 digits,
// 64-100-100-10 tanh, square loss, AdamW. The delay is their mechanism's: wide networks fit within some 200 steps, decay takes the weights home in log(w0 / wc) / (eta w),
// 3,000 steps. Both papers' statements are put beside each other, in log time.
import { constant, scalarMath } from "#engine";
import { adamw, mlp, nearestDistances, sampleBasins, square, training, transition } from "#dynamics";
import { describe, expect, it } from "vitest";
import { digits } from "./digits.js";

const SAMPLES = 50;
const BASINS = 12;

function passage({ seed = 1, gain = 8, weightDecay = 0.04, steps = 5000 }) {
  const net = mlp({ widths: [64, 100, 100, 10], init: { gain } });
  const [data, held] = [digits(SAMPLES, 0, seed), digits(500, SAMPLES, seed)];
  const run = training({ architecture: net, data, loss: square, optimizer: adamw({ stepSize: 1e-2, weightDecay }), seed });
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
  const points: { time: number; test: number; norm: number }[] = [];
  const radii: { time: number; radius: number }[] = [];
  let fitted = NaN;
  for (let looks = 0; run.time < steps; looks++) {
    run.step(Math.max(10, Math.round(0.06 * run.time)));
    const norm = Math.sqrt(run.parameters.reduce((s, x) => s + x * x, 0));
    points.push({ time: run.time, test: run.evaluate(held).accuracy, norm });
    if (Number.isNaN(fitted) && run.evaluate(data).accuracy >= 0.99) fitted = run.time;
    if (looks % 6 === 5) radii.push({ time: run.time, radius: reach() });
  }
  const i = radii.findIndex((r) => r.radius >= distance);
  const crossed = [radii[i - 1]?.time ?? 1, radii[i]?.time ?? Infinity] as const;
  const jump = transition(
    points.map((p) => p.time),
    points.map((p) => p.test),
  );
  return { distance, fitted, radii, crossed, points, jump };
}

function median(values: Float64Array): number {
  return Float64Array.from(values).sort()[values.length >> 1]!;
}

describe("digits from weights eight times as large as usual", () => {
  const runs = [0, 1, 2].map((seed) => passage({ seed }));

  // Measured: fitted at steps 241, 191 and 227; half-way up at 3,030, 3,020 and 3,130, from 13, 16 and 12 % to 83, 82 and 73 % at the end.
  it("grok: they are fitted ten times sooner than others are known", () => {
    for (const { jump, fitted, points } of runs) {
      expect(jump.status).toBe("ok");
      expect(jump.value / fitted).toBeGreaterThan(10);
      expect(jump.before).toBeLessThan(0.2);
      expect(points.at(-1)!.test).toBeGreaterThan(0.7);
    }
  });

  it("have basins without reach then, which grow to the test samples", () => {
    for (const { radii, distance, fitted } of runs) {
      expect(radii.find((r) => r.time >= fitted)!.radius).toBeLessThan(0.2 * distance);
      expect(radii.at(-1)!.radius).toBeGreaterThan(distance);
    }
  });

  // Measured: later by 0.02, 0.02 and 0.01 of log time, where a tenth is a factor of two in time.
  // On modular addition the statement fails: there basins reach the test samples ten times too early (see docs/network-dynamics.md).
  it("see the crossing of the basins within a tenth of log time of the rise of test accuracy", () => {
    for (const { crossed, jump } of runs) {
      const middle = 0.5 * (scalarMath.log(crossed[0]) + scalarMath.log(crossed[1]));
      expect(Math.abs(middle / scalarMath.log(jump.value) - 1)).toBeLessThan(0.1);
    }
  });

  it("do not without weight decay: the norm stays what it is, and so does the knowledge of others", () => {
    const { fitted, points } = passage({ weightDecay: 0, steps: 3000 });
    expect(fitted).toBeLessThan(300);
    expect(points.at(-1)!.norm / points[0]!.norm).toBeCloseTo(1, 2);
    expect(points.at(-1)!.test).toBeLessThan(0.2);
  });

  it("and from usual weights there is no delay: reach and accuracy are there with the fit", () => {
    const { fitted, crossed, points } = passage({ gain: 1, steps: 200 });
    expect(fitted).toBeLessThanOrEqual(60);
    expect(crossed[1]).toBeLessThanOrEqual(80);
    expect(points[5]!.test).toBeGreaterThan(0.7);
  });
});
