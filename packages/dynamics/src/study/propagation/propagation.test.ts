import { describe, expect, it } from "vitest";
import { column, options, refusal, run, value } from "../../../../../test/support/studies.js";
import { criticalLine } from "../../networks/critical-line.js";
import { meanField } from "../../networks/mean-field.js";
import { parseStudy } from "../parse.js";
import type { RunRecord } from "../record.js";
import { runStudy } from "../run.js";

const edge = (architecture = "widths: [60, 60, 60, 60, 60, 60], init: lecun-normal, gain: 1.4, biasDeviation: 0.3") => `
system: { kind: propagation, architecture: { ${architecture} } }
questions: [{ type: edge-of-chaos, resolution: 8, draws: 6 }]
`;
const moons = (more = "", question = "resolution: 24") => `
system:
  kind: propagation
  architecture: { widths: [2, 10, 10, 2], gain: 1.2 }
  data: { source: planar, shape: moons, targets: one-hot, points: 60, noise: 0.03 }
  loss: cross-entropy
  ${more}
questions: [{ type: ftle, ${question} }]
`;
const trained = "training: { optimizer: { type: adam, learningRate: 0.02 }, steps: 300 }";

describe("the limit of many layers", () => {
  const limit = (architecture: string, more = ""): Promise<RunRecord> =>
    runStudy(
      parseStudy(
        `seed: 4\nsystem: { kind: propagation, architecture: { ${architecture}, gain: 1.5 } }\nquestions: [{ type: depth-limit${more} }]\n`,
      ).study,
      { version: "0.1.0", read: () => Promise.reject(new Error("no file")) },
    );

  it.each([
    "type: resnet, widths: [2, 8, 2], depth: 8, shared: true, state: 3",
    "type: dense-resnet, widths: [2, 8, 1], depth: 8, memory: 4, shared: true, shortcuts: 2, horizon: 2",
    "type: dense-resnet, widths: [1, 8, 1], depth: 6, memory: 6, shared: true, shortcuts: 1, lift: affine, state: 2",
  ])("is reached with order 1 within 0.05: %s", async (architecture) => {
    const { manifest } = await limit(architecture, ", doublings: 6");
    const order = manifest.answers.find((a) => a.name === "depth_order")!;
    expect(order.status).toBe("ok");
    expect(Math.abs(order.value - 1)).toBeLessThan(0.05);
  });

  it("is refused where there is none", async () => {
    await expect(limit("type: resnet, widths: [2, 8, 2]")).rejects.toThrow("allowed: resnet and dense-resnet with shared: true");
  });
});

describe("the edge of chaos as a study", () => {
  it("places the network, says the phase and gives the numbers of theory", async () => {
    const record = await run(edge());
    const law = { activation: "tanh", weightVariance: 1.4 ** 2, biasVariance: 0.3 ** 2 };
    const theory = meanField(law);
    expect(record.manifest.status).toBe("ok");
    expect(record.manifest.facts["phase"]).toBe(theory.phase);
    for (const [name, of] of [
      ["chi", theory.chi],
      ["length", theory.length],
      ["correlation", theory.correlation],
      ["depth_scale_correlation", theory.depthScales.correlation],
    ] as const)
      expect(value(record, name)).toBeCloseTo(of.value, 8);
    expect(value(record, "critical_weight_variance")).toBeCloseTo(
      criticalLine({ activation: "tanh", biasVariance: 0.09 }).value,
      10,
    );
    expect(record.manifest.verdict[0]).toMatch(/is (ORDERED|CHAOTIC|CRITICAL)/);
    expect([...column(record, "layer")]).toEqual([1, 2, 3, 4, 5]);
    // Each layer of the six networks within five of its error bars of theory, and finite width.
    const [theoryRates, rates, errors] = ["gradient_rate_theory", "gradient_rate", "gradient_rate_error"].map((n) =>
      column(record, n),
    );
    theoryRates!.forEach((x, l) => expect(Math.abs(rates![l]! - x)).toBeLessThan(5 * errors![l]! + 2 / 60));
  });

  it("draws a diagram whose critical line is that of theory", async () => {
    const { arrays } = await run(edge("widths: [10, 10, 10]"));
    const { data, shape } = arrays["edge_critical_line"]!;
    for (let i = 1; i < shape[0]!; i++)
      expect(data[2 * i]! / criticalLine({ activation: "tanh", biasVariance: data[2 * i + 1]! }).value).toBeCloseTo(1, 5);
    const [x, y, scale] = ["edge_weight_variance", "edge_bias_variance", "edge_gradient_depth_scale"].map((n) => arrays[n]!.data);
    const { chi } = meanField({ activation: "tanh", weightVariance: x![2]!, biasVariance: y![3]! });
    expect(scale![3 * 8 + 2]! * Math.abs(Math.log(chi.value))).toBeCloseTo(1, 5);
  });

  it("tells of recurrent and residual networks, and of initializers side by side", async () => {
    const compared = (architecture: string): string =>
      edge(architecture).replace("draws: 6", "draws: 6, compare: { from: 0.8, to: 1.6, count: 3 }");
    const recurrent = await run(compared("type: recurrent, widths: [40, 40, 40, 40, 40, 40], init: lecun-normal, gain: 1.4"));
    expect(recurrent.manifest.facts["phase"]).toBe("chaotic");
    // Without biases the edge of tanh is at 1.
    expect(value(recurrent, "critical_weight_variance")).toBeCloseTo(1, 10);
    const residual = await run(
      compared("type: resnet, widths: [40, 40], depth: 5, horizon: 2.2360679775, activation: relu, init: he-normal"),
    );
    expect(residual.manifest.verdict[0]).toMatch(/NO EDGE OF CHAOS/);
    // A branch is one linear layer of variance 2 (the activation stands between layers of a branch only): each layer multiplies squares by 1 + 2 / 5.
    const growth = residual.manifest.answers.find((a) => a.name === "gradient_growth")!;
    expect(Math.abs(growth.value - 0.5 * Math.log(1.4))).toBeLessThan(4 * growth.error + 1 / 40);
    for (const record of [recurrent, residual]) {
      const { data, shape } = record.arrays["edge_growth"]!;
      expect(shape).toEqual([6, 7]);
      for (let i = 0; i < 6; i++) {
        const [, gain, variance, theory, measured, error] = data.subarray(7 * i, 7 * i + 7);
        expect(variance! / gain! ** 2).toBeCloseTo(1, 12);
        expect(Math.abs(measured! - theory!)).toBeLessThan(4 * error! + 2 / 40);
      }
    }
  });

  it("says what it cannot say when hidden layers have different laws", async () => {
    const { manifest } = await run(edge("widths: [20, 30, 25, 35, 5]"));
    expect(manifest.verdict[0]).toMatch(/DIFFERENT LAWS/);
    expect(manifest.facts["phase"]).toBeNull();
  });

  it("is the same for any number of threads, and another for another seed", async () => {
    const small = edge("widths: [20, 20, 20], gain: 1.2");
    const [one, two] = [await run(small, { threads: 1 }), await run(small, { threads: 2 })];
    expect(two.manifest).toEqual(one.manifest);
    expect(two.arrays).toEqual(one.arrays);
    const other = await runStudy({ ...parseStudy(small).study, seed: 1 }, options);
    expect(value(other, "gradient_growth")).not.toBe(value(one, "gradient_growth"));
  });
});

describe("finite-time exponents as a study", () => {
  it("trains the classifier, and finds the ridge at the boundary that it has learned", async () => {
    const record = await run(moons(trained, "resolution: 60"));
    expect(record.manifest.verdict[0]).toMatch(/trained for 300 steps to the loss .* gets 100\s% of the 60 samples right/);
    const { data, shape } = record.arrays["ftle"]!;
    expect(shape).toEqual([60, 60]);
    expect(Math.max(...data)).toBe(value(record, "ftle_largest"));
    expect(record.manifest.facts["ridgeAtBoundary"]).toBeGreaterThan(2 * Number(record.manifest.facts["planeAtBoundary"]));
  });

  it("works on random networks, without data, over a box of one's own", async () => {
    const record = await run(`
system: { kind: propagation, architecture: { widths: [2, 8, 3] } }
questions: [{ type: ftle, resolution: 10, box: { x: [-1, 1], y: [0, 3] } }]
`);
    expect([...record.arrays["ftle_y"]!.data]).toEqual([0, 3]);
    expect(record.arrays["ftle_output"]).toBeUndefined();
    expect(record.manifest.verdict[0]).toMatch(/the random network of 2 layers/);
  });

  it("stops in the middle of training, with what is known", async () => {
    const stop = new AbortController();
    const long = moons(trained.replace("300", "100000"));
    const record = await run(long, { signal: stop.signal, onProgress: ({ done }) => done >= 500 && stop.abort() });
    expect(record.manifest.status).toBe("aborted");
    expect(record.manifest.verdict[0]).toMatch(/STOPPED/);
  });

  it("says that training diverged, and asks nothing of what is left", async () => {
    const { manifest } = await run(
      moons("training: { optimizer: { learningRate: 1.0e+8 }, steps: 300 }").replace("cross-entropy", "square"),
    );
    expect(manifest.status).toBe("diverged");
    expect(manifest.verdict[0]).toMatch(/DIVERGED after step .* smaller learning rate/);
    expect(manifest.answers).toEqual([]);
  });
});

describe("a study of propagation that cannot be", () => {
  it.each([
    ["training without samples", edge().replace("} }\n", `}, ${trained} }\n`), /system\.training: training needs samples/],
    [
      "a plane of three inputs",
      "system: { kind: propagation, architecture: { widths: [3, 2] } }\nquestions: [{ type: ftle }]",
      /questions\[0\]: ftle draws a plane of inputs; the network has 3/,
    ],
    ["an empty box", moons("", "box: { x: [1, 1], y: [0, 1] }"), /questions\[0\]\.box: each range must go from a smaller/],
    ["no hidden layer", edge("widths: [4, 4]"), /questions\[0\]: edge-of-chaos is about .* at least one hidden layer/],
    [
      "a family without this theory",
      edge("type: neural-ode, widths: [4, 4, 4]"),
      /questions\[0\]: edge-of-chaos is about .* mlp/,
    ],
    [
      "shared residual layers",
      edge("type: resnet, widths: [4, 4, 4], shared: true"),
      /system\.architecture: residualOrbit: shared layers given/,
    ],
    [
      "a comparison of nothing",
      edge().replace("draws: 6", "draws: 6, compare: { from: 2, to: 1 }"),
      /questions\[0\]\.compare\.to: from 2 to 1 given/,
    ],
  ])("%s", async (_, text, message) => {
    expect(await refusal(text)).toMatch(message);
  });
});
