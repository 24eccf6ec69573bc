// The theorem on real data: a network with more parameters than samples passes through 60 digits (even: 1, odd: -1); below the zero of the
// characteristic exponent runs of SGD that start near this minimum stay, above it they leave.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { fate, interpolate, mlp, stabilityOfMinimum } from "#dynamics";
import { describe, expect, it } from "vitest";

const samples = 60;
const table = gunzipSync(readFileSync(new URL("../../data/digits.csv.gz", import.meta.url)))
  .toString()
  .trim()
  .split("\n")
  .map((line) => line.split(",").map(Number))
  .filter((row) => row.length === 65 && row.every(Number.isFinite))
  .slice(0, samples);
const data = {
  samples,
  inputs: table.flatMap((row) => row.slice(0, 64).map((x) => x / 16)),
  targets: table.map((row) => (row[64]! % 2 === 0 ? 1 : -1)),
};

describe("a 64-10-1 network on 60 digits", () => {
  const minimum = interpolate(mlp({ widths: [64, 10, 1] }), data, {
    seed: 1,
    descent: { stepSize: 0.05, steps: 500 },
  });

  it("interpolates: loss below 1e-20, J of full rank", () => {
    expect(minimum.explanation).toBeUndefined();
    expect(minimum.loss).toBeLessThan(1e-20);
    expect(minimum.rank).toBe(samples);
  });

  it("stays under SGD below the zero of lambda and leaves above it, as the signs say", () => {
    const report = stabilityOfMinimum(minimum, { stepSize: 0.01, threshold: { steps: 2 ** 18 } });
    const { stochastic, meanSquare, wuMaE, gradientDescent } = report.thresholds;
    expect(wuMaE.value).toBeLessThan(meanSquare.value);
    expect(meanSquare.value).toBeLessThan(stochastic!.value + 4 * stochastic!.error);
    expect(meanSquare.value).toBeLessThan(gradientDescent.value);
    const at = (factor: number) => {
      const stepSize = factor * stochastic!.value;
      const { lambda, sign } = stabilityOfMinimum(minimum, { stepSize, threshold: false });
      return { lambda, sign, fate: fate(minimum, { stepSize, runs: 60, steps: 4000 }) };
    };
    const below = at(0.85);
    expect(below.lambda.sign).toBe("negative");
    expect(below.sign.by).toBe("mean-square");
    expect(below.fate.value).toBe(1);
    const above = at(1.2);
    expect(above.lambda.sign).toBe("positive");
    expect(above.fate.value).toBe(0);
    // log(radius / distance) / lambda steps on the way out, up to the spread between runs.
    const mean = above.fate.survived.reduce((s, n) => s + n, 0) / above.fate.runs;
    const expected = Math.log(above.fate.radius / above.fate.distance) / above.lambda.value;
    expect(mean / expected).toBeGreaterThan(0.5);
    expect(mean / expected).toBeLessThan(2);
  });
});
