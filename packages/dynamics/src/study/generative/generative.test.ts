import { compile } from "#engine";
import { describe, expect, it } from "vitest";
import { fillNormal, random } from "../../core/random.js";
import { parseStudy } from "../parse.js";
import { runStudy } from "../run.js";
import { energyDistance, planeData, samePosterior } from "./plane-data.js";
import { scoreTraining } from "./score-network.js";
import type { GenerativeSpec } from "./system.js";

const data = (inputs: ArrayLike<number>, width: number, targets: ArrayLike<number>) => {
  const samples = inputs.length / width;
  const outputs = targets.length / samples;
  const train = { samples, inputs: Float64Array.from(inputs), targets: Float64Array.from(targets) };
  return { train, test: null, inputs: width, outputs, files: [] };
};
const run = (system: string, question = "") =>
  runStudy(
    parseStudy(`seed: 3\nsystem: { kind: generative, ${system} }\nquestions: [{ type: trained-sampler${question} }]\n`, "s.yaml")
      .study,
    {
      version: "0.1.0",
      read: () => Promise.reject(new Error("no file")),
    },
  );

describe("plane data", () => {
  it("are the leading components, centred, with the largest standard deviation asked for", () => {
    // Along (1, 1, 0) with deviation sqrt 2, along (0, 0, 1) with less, nothing along (1, -1, 0).
    const made = planeData(data([2, 2, 1, 0, 0, 1, 2, 2, 0, 0, 0, 0], 3, [1, -1, 1, -1]), undefined, 3);
    const squares = [0, 1].map((k) => [0, 1, 2, 3].reduce((s, r) => s + made.points[2 * r + k]! ** 2 / 4, 0));
    expect(squares[0]).toBeCloseTo(9, 12);
    expect(squares[1]).toBeCloseTo((9 * 0.25) / 2, 12);
    expect(Array.from(made.classes)).toEqual([1, 0, 1, 0]);
    expect(() => planeData(data([0, 1, 1, 0], 2, [1, 0, 0, 1]), [0, 4], 3)).toThrow("class 4 given; the data have 0, 1");
  });

  it("have the posterior of two points: tanh of the projection", () => {
    // p(class 1 | x) = 1 / (1 + exp(-2 scale m x / spread)); the sum of squares is (1 + tanh^2) / 2.
    const made = planeData(data([-1, 0.001, 1, -0.001, -1, -0.001, 1, 0.001], 2, [-1, 1, -1, 1]), undefined, 2);
    const [scale, spread] = [0.3, 0.7];
    const tanh = Math.tanh((scale * 2 * 0.4) / spread);
    expect(samePosterior(made, made.classes, [0.4, 0], scale, spread)).toBeCloseTo((1 + tanh * tanh) / 2, 5);
  });

  it("are apart by the energy distance of two points, 2 |a - b|", () => {
    expect(energyDistance([0, 0, 0, 0], [3, 4, 3, 4])).toBe(10);
  });
});

it("the score network reaches the least loss there is on normal data: mean of variance scale^2 / (variance scale^2 + spread) over log t, to 4 %", () => {
  const n = 4000;
  const made = planeData(data(fillNormal(new Float64Array(2 * n), random(5)), 2, new Float64Array(n)), undefined, 2);
  const [near, end] = [0.02, 4];
  const spec = { hidden: [8], iterations: 300, batch: 128, learningRate: 0.01, end } as unknown as GenerativeSpec;
  const learning = scoreTraining(made, spec, near, 1, undefined);
  expect(learning.system.step(300)).toBe("ok");
  const held = compile((p) => [learning.heldOut(p!)], [{ shape: [learning.network.size] }]);
  held.inputs[0]!.set(learning.system.state.subarray(0, learning.network.size));
  held.run();
  let least = 0;
  for (let i = 0; i < 1000; i++) {
    const t = near * Math.exp((Math.log(end / near) * (i + 0.5)) / 1000);
    const signal = made.variance * Math.exp(-2 * t);
    least += signal / (signal + 1 - Math.exp(-2 * t)) / 1000;
  }
  // 32,768 pairs of two numbers: a relative standard error of about 0.006.
  expect(Math.abs(held.outputs[0]![0]! / least - 1)).toBeLessThan(0.04);
});

describe("a study of a trained diffusion", () => {
  it("decides where the exact score of the data does, within errors, and is the same twice", async () => {
    const system =
      "data: { source: planar, shape: moons, targets: one-hot, points: 120, noise: 0.05 }, hidden: [24, 24], iterations: 500, deviation: 4, threads: 1";
    const question = ", samples: 60, pairs: 120, grid: 10";
    const r = await run(system, question);
    expect(r.manifest.status).toBe("ok");
    const value = (name: string): number => r.manifest.answers.find((a) => a.name === name)!.value;
    // The largest variance is 16 by construction.
    expect(value("speciation_time")).toBeCloseTo(Math.log(4), 10);
    const [, together, exact] = r.series.map((s) => s.values);
    together!.forEach((share, i) => {
      const p = Math.min(0.99, Math.max(0.5, exact![i]!));
      // Four standard errors of a share of 120, and 0.06 for the score, which is learnt.
      expect(Math.abs(share - exact![i]!)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / 120) + 0.06);
    });
    // From nearly always to chance, a half; the moons reach around each other's means.
    expect(exact![0]).toBeGreaterThan(0.9);
    expect(exact!.at(-1)).toBeLessThan(0.56);
    // m and sigma of the two normal classes: the fork solves 1 - 2 / G + 2 m^2 e^(-2t) / G^2 = 0, G = 1 - (1 - sigma^2) e^(-2t).
    const t = value("fork_time");
    const centres = r.arrays["centres"]!.data;
    const m = Math.hypot(centres[0]! - centres[2]!, centres[1]! - centres[3]!) / 2;
    const u = [(centres[2]! - centres[0]!) / (2 * m), (centres[3]! - centres[1]!) / (2 * m)];
    const points = r.arrays["data"]!.data;
    const classes = r.arrays["classes"]!.data;
    const square = classes.reduce((s, c, i) => {
      const a = u[0]! * (points[2 * i]! - centres[2 * c]!) + u[1]! * (points[2 * i + 1]! - centres[2 * c + 1]!);
      return s + (a * a) / classes.length;
    }, 0);
    const g = 1 - (1 - square) * Math.exp(-2 * t);
    expect(Math.abs(1 - 2 / g + (2 * m * m * Math.exp(-2 * t)) / (g * g))).toBeLessThan(1e-9);
    const again = await run(system, question);
    expect(again.arrays).toEqual(r.arrays);
  });

  it("says what is wrong", async () => {
    await expect(run("data: { source: planar, shape: moons, targets: one-hot }, classes: [0, 7]")).rejects.toThrow(
      "class 7 given",
    );
    const stop = new AbortController();
    stop.abort();
    const stopped = await runStudy(
      parseStudy(
        "system: { kind: generative, data: { source: planar, shape: moons, targets: one-hot } }\nquestions: [{ type: trained-sampler }]\n",
        "s.yaml",
      ).study,
      { version: "0.1.0", read: () => Promise.reject(new Error("no file")), signal: stop.signal },
    );
    expect(stopped.manifest.status).toBe("aborted");
    expect(stopped.manifest.verdict[0]).toContain("STOPPED");
  });
});
