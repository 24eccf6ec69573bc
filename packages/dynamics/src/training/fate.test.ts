import { beforeAll, describe, expect, it } from "vitest";
import { stabilityOfMinimum, type StabilityOfMinimum } from "../analysis/stability-of-minimum.js";
import { fillNormal, random } from "../core/random.js";
import { mlp } from "../networks/mlp.js";
import { fate } from "./fate.js";
import { checkInterpolation, interpolate } from "./interpolation.js";

const samples = 6;
const data = {
  samples,
  inputs: fillNormal(new Float64Array(samples * 2), random(1)),
  targets: fillNormal(new Float64Array(samples), random(2)),
};
const net = mlp({ widths: [2, 8, 1] });
const minimum = interpolate(net, data, { seed: 1 });

describe("the sign of lambda and the fate of runs", () => {
  let report: StabilityOfMinimum;
  let threshold: number;
  beforeAll(() => {
    report = stabilityOfMinimum(minimum, { stepSize: 0.01, threshold: { steps: 2 ** 18 } });
    threshold = report.thresholds.stochastic!.value;
  });

  it("the report orders the thresholds and decides", () => {
    const { stochastic, meanSquare, wuMaE, gradientDescent } = report.thresholds;
    expect(stochastic!.status).toBe("ok");
    expect(wuMaE.value).toBeLessThanOrEqual(meanSquare.value * (1 + 1e-9));
    expect(meanSquare.value).toBeLessThan(stochastic!.value);
    expect(meanSquare.value).toBeLessThanOrEqual(gradientDescent.value * (1 + 1e-9));
    expect(report.lambda.sign).toBe("negative");
    expect(report.sign).toEqual({ sign: "negative", by: "mean-square" });
    expect(report.verdict).toBe("SGD can end here: lambda < 0; gradient descent can end here");
    expect(report.regularity.regular).toBe(true);
  });

  it("all runs stay well below the threshold, none stays well above, and lambda has those signs", () => {
    const below = fate(minimum, { stepSize: 0.7 * threshold, runs: 100, steps: 4000 });
    expect(below.value).toBeGreaterThan(0.95);
    const stepSize = 1.3 * threshold;
    const above = fate(minimum, { stepSize, runs: 100, steps: 4000 });
    expect(above.value).toBe(0);
    expect(above.interval[1]).toBeLessThan(0.04);
    const short = { threshold: false } as const;
    expect(stabilityOfMinimum(minimum, { stepSize: 0.7 * threshold, ...short }).lambda.sign).toBe("negative");
    const { lambda } = stabilityOfMinimum(minimum, { stepSize, ...short });
    expect(lambda.sign).toBe("positive");
    // They leave after log(radius / distance) / lambda steps on average, to first order.
    const mean = above.survived.reduce((s, n) => s + n, 0) / above.runs;
    const expected = Math.log(above.radius / above.distance) / lambda.value;
    expect(mean / expected).toBeGreaterThan(0.5);
    expect(mean / expected).toBeLessThan(2);
  });

  it("a run does not depend on how many others there are", () => {
    const at = (runs: number) => fate(minimum, { stepSize: 1.2 * threshold, runs, steps: 320 }).survived;
    expect([...at(9).subarray(0, 4)]).toEqual([...at(4)]);
  });
});

it("a linear network with one sample leaves after exactly as many steps as |1 - eta |x|^2| = 1.5 says", () => {
  const linear = mlp({ widths: [2, 1], bias: false });
  const one = { samples: 1, inputs: [1, 2], targets: [3] };
  const found = checkInterpolation(linear, one, [1, 1]);
  expect(found.status).toBe("ok");
  const run = (stepSize: number) => fate(found, { stepSize, runs: 3, steps: 64, distance: 1e-5, radius: 1e-3 });
  // 1.5^11 = 86 and 1.5^12 = 130 distances.
  expect([...run(0.5).survived]).toEqual([11, 11, 11]);
  expect(run(0.5).value).toBe(0);
  expect([...run(0.39).survived]).toEqual([64, 64, 64]);
  expect(run(0.39).value).toBe(1);
});

it("goes by the directions that are left where two samples are the same", () => {
  const twice = {
    samples: samples + 1,
    inputs: Float64Array.of(...data.inputs, data.inputs[0]!, data.inputs[1]!),
    targets: Float64Array.of(...data.targets, data.targets[0]!),
  };
  const found = interpolate(net, twice, { seed: 1 });
  expect(found.regime).toBe("rank-deficient");
  const { thresholds } = stabilityOfMinimum(found, { stepSize: 0.01, threshold: { steps: 2 ** 16 } });
  const at = (factor: number) => fate(found, { stepSize: factor * thresholds.stochastic!.value, runs: 20, steps: 3000 }).value;
  expect(at(0.7)).toBeGreaterThan(0.9);
  expect(at(1.3)).toBe(0);
});

it("names what is allowed", () => {
  expect(() => fate(minimum, { stepSize: 0 })).toThrow(/stepSize 0/);
  expect(() => fate(minimum, { stepSize: 1, runs: 0 })).toThrow(/0 runs/);
  expect(() => fate(minimum, { stepSize: 1, distance: 1, radius: 0.5 })).toThrow(/distance < radius/);
  expect(() => stabilityOfMinimum(checkInterpolation(net, data, net.initial(0)), { stepSize: 1 })).toThrow(
    /does not interpolate.*the loss is/,
  );
  expect(() => stabilityOfMinimum(minimum, { stepSize: 0 })).toThrow(/no step is taken/);
});
