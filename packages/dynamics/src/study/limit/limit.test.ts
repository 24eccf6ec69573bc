import { z } from "zod";
import { describe, expect, it } from "vitest";
import { options, value } from "../../../../../test/support/studies.js";
import { parseStudy } from "../parse.js";
import type { RunRecord } from "../record.js";
import { runStudy, type RunOptions } from "../run.js";
import { conduct } from "./conduct.js";
import type { PopulationEntry } from "./growing.js";

const study = (population: string, report: string) =>
  parseStudy(
    `{ system: { kind: limit, population: { ${population} } }, questions: [{ type: convergence-report, ${report} }] }`,
    "s.yaml",
  ).study;
const run = (population: string, report: string, more: Partial<RunOptions> = {}): Promise<RunRecord> =>
  runStudy(study(population, report), { ...options, ...more });
const error = (r: RunRecord, name: string): number => r.manifest.answers.find((a) => a.name === name)!.error;

/** A population whose distance is what it is told to be. */
const toy = (power: number, relation: "equal" | "at-most", scatter = 0.01): PopulationEntry => ({
  name: "toy",
  description: "a distance of known rate",
  schema: z.strictObject({ type: z.literal("toy") }),
  grow: () => ({
    name: "A toy",
    limit: "nothing",
    unit: "unit",
    measures: [
      { name: "d", label: "distance", average: "root-mean-square", predicted: -0.5, relation, reason: "so", sources: [] },
    ],
    // Scatter of one per cent from run to run, or as told.
    sample: (n, seed) => [n ** power * (1 + scatter * Math.sin(seed * n))],
  }),
});
const judged = async (
  power: number,
  relation: "equal" | "at-most",
  sizes = "16, 32, 64, 128, 256",
  scatter?: number,
): Promise<string> => {
  const asked = study("type: linear-mean-field", `sizes: [${sizes}], runs: 4`);
  const context = { ...options, threads: 1, threadCount: 1 } as never;
  return (await conduct(toy(power, relation, scatter), {}, asked, context, new Date())).manifest.verdict[1]!;
};

describe("the report", () => {
  it("agrees with a true rate and says so of a false one", async () => {
    expect(await judged(-0.5, "equal")).toMatch(/which agrees/);
    expect(await judged(-0.45, "equal")).toMatch(/is NOT what was measured/);
    expect(await judged(-0.9, "equal")).toMatch(/is NOT what was measured/);
    // Faster than a bound is no contradiction; slower is.
    expect(await judged(-0.9, "at-most")).toMatch(/which agrees/);
    expect(await judged(-0.45, "at-most")).toMatch(/is NOT what was measured/);
  });

  it("runs each size as often as a list says", async () => {
    const seeds: number[] = [];
    const entry = toy(-0.5, "equal");
    const counted: PopulationEntry = {
      ...entry,
      async grow() {
        const made = await entry.grow({} as never, {} as never);
        return { ...made, sample: (n, seed) => (seeds.push(n), made.sample(n, seed)) };
      },
    };
    const asked = study("type: linear-mean-field", "sizes: [16, 32, 64], runs: [3, 1, 2]");
    await conduct(counted, {}, asked, { ...options, threads: 1, threadCount: 1 } as never, new Date());
    expect(seeds).toEqual([16, 16, 16, 32, 64, 64]);
  });

  it("says that it is undecided where the interval would agree with anything", async () => {
    // Three sizes leave one degree of freedom: 12.7 standard errors. A distance that does not shrink at all is then no evidence for n^(-1/2).
    expect(await judged(0, "equal", "16, 32, 64", 0.6)).toMatch(/UNDECIDED: the 95 % interval, -\S+ to \S+, is too wide/);
    expect(await judged(-0.5, "equal", "16, 32, 64", 0.6)).toMatch(/UNDECIDED/);
    expect(await judged(-0.5, "at-most", "16, 32, 64", 0.6)).toMatch(/UNDECIDED/);
    // With little scatter three sizes do, and a bound needs the upper end only.
    expect(await judged(-0.5, "equal", "16, 32, 64", 0.001)).toMatch(/which agrees/);
    expect(await judged(-2.5, "at-most", "16, 32, 64", 0.1)).toMatch(/which agrees/);
  });
});

describe("propagation of chaos", () => {
  it("has the variance of the mean, the exact one, and falls like n^(-1/2) in Wasserstein-2", async () => {
    const record = await run("type: linear-mean-field, time: 1.5, noise: 0.8, pull: 0.6", "sizes: [16, 64, 256, 1024], runs: 64");
    // A mean of squares of 64 normals: 18 %; 9 % for four sizes; three of these. Over a factor of 64 the exponent is known to 0.06.
    expect(Math.abs(value(record, "variance_ratio") - 1)).toBeLessThan(3 * error(record, "variance_ratio"));
    expect(Math.abs(value(record, "rate_mean_variance") + 1)).toBeLessThan(0.18);
    expect(Math.abs(value(record, "rate_wasserstein2") + 0.5)).toBeLessThan(0.08);
    expect(record.series.find((s) => s.name === "distance")!.values.length).toBe(8);
  });
});

describe("a graph neural network with weights", () => {
  it.each(["tanh, gain: 1.2, width: 4", "leaky-relu, gain: 1.5, width: 5", "sine, gain: 0.8, width: 3, biasDeviation: 1"])(
    "%s: fades as predicted",
    async (keys) => {
      const record = await run(
        `type: graph-layers, graph: { type: blocks, shares: [0.5, 0.5], chances: [[0.8, 0.1], [0.1, 0.8]] }, mixing: 0.8, depth: 50, network: { activation: ${keys} }`,
        "sizes: [24, 48, 96], runs: 2",
      );
      const [measured, predicted, bound] = ["_measured", "", "_bound"].map((n) => value(record, `fading_weights${n}`));
      // Two communities: the second eigenvalue stands apart from all others, which have died out by the last third.
      expect(Math.abs(measured! - predicted!)).toBeLessThan(0.005);
      expect(measured!).toBeLessThan(bound!);
    },
  );
});

describe("a trained layer and neurons drawn from it", () => {
  const layer = (more: string): string => `type: trained-layer, data: { source: chebyshev, degree: 3, points: 12 }, ${more}`;

  it("misses the layer's outputs by exactly the variance of one neuron over n", async () => {
    const record = await run(
      layer(
        "architecture: { widths: [1, 40, 1], activation: tanh, biasDeviation: 0.5 }, learningRate: 0.2, steps: 300, further: 1",
      ),
      "sizes: [4, 16, 64], runs: 12",
    );
    expect(Math.abs(value(record, "variance_ratio") - 1)).toBeLessThan(3 * error(record, "variance_ratio"));
    expect(error(record, "variance_ratio")).toBeLessThan(0.1);
    // 12 times 32 draws: some 10 % of a mean square with heavy tails, 0.05 in the exponent over a factor of 16 in n; 12 of distances, 0.07.
    expect(Math.abs(value(record, "rate_drawn") + 1)).toBeLessThan(0.15);
    expect(Math.abs(value(record, "rate_neurons") + 0.5)).toBeLessThan(0.2);
    expect(value(record, "moved_a1")).toBeGreaterThan(0.05);
  });

  it("is the start where it is not trained, and deeper ones are read at their last hidden layer", async () => {
    const record = await run(
      layer("architecture: { widths: [1, 6, 20, 1] }, steps: 0, further: 0.1"),
      "sizes: [4, 8, 16], runs: 3",
    );
    for (const name of ["moved_a1", "moved_w1", "moved_w6", "moved_b"])
      expect(record.manifest.answers.find((a) => a.name === name)?.value ?? 0).toBe(0);
    // A layer's deviation at the start: xavier-normal, sqrt(2 / (20 + 1)) times 20 neurons.
    expect(Math.abs(value(record, "deviation_a1") / (20 * Math.sqrt(2 / 21)) - 1)).toBeLessThan(0.5);
  });

  it.each([
    ["architecture: { widths: [1, 1] }", "architecture: mlp with 2 widths given"],
    ["architecture: { widths: [2, 5, 1] }", "architecture.widths[0]: 2 inputs given; the data have 1"],
    ["architecture: { widths: [1, 5, 2] }", "architecture.widths[2]: 2 outputs given; the data have 1"],
    ["architecture: { type: resnet, widths: [1, 5, 1] }", "architecture: resnet with 3 widths given"],
    ["architecture: { widths: [1, 50, 1], gain: 20 }, learningRate: 10", "learningRate: training ends at step"],
    ["architecture: { widths: [1, 5, 1], gain: 0 }, steps: 0", "all neurons of the layer add the same"],
  ])("names what cannot be: %s", async (more, message) => {
    await expect(run(layer(more), "sizes: [4, 8, 16], runs: 1")).rejects.toThrow(
      message.startsWith("all") ? message : `system.population.${message}`,
    );
  });
});

describe("oscillators and the Vlasov equation", () => {
  it("Lorentzian: the limit is the closed form, the rate that of chance", async () => {
    const record = await run(
      "type: kuramoto, frequencies: { width: 0.4 }, coupling: 1.5, until: 1.5, moments: 3",
      "sizes: [32, 128, 512], runs: 8",
    );
    expect(error(record, "limit_order")).toBeLessThan(1e-7);
    // Eight runs scatter by 25 %: 0.1 in the exponent over a factor of 16.
    for (const name of ["order", "wasserstein"]) expect(Math.abs(value(record, `rate_${name}`) + 0.5)).toBeLessThan(0.25);
  });

  it("placed instead of drawn: of order 1 / n", async () => {
    const record = await run(
      "type: kuramoto, frequencies: { width: 0 }, coupling: 1, until: 1, moments: 2, start: placed",
      "sizes: [16, 32, 64, 128], runs: 1",
    );
    expect(Math.abs(value(record, "rate_wasserstein") + 1)).toBeLessThan(0.03);
    expect(value(record, "rate_order")).toBeLessThan(-1);
  });

  it("identical with noise: beside the Fokker-Planck equation", async () => {
    const record = await run(
      "type: kuramoto, frequencies: { width: 0 }, coupling: 3, noise: 0.7, until: 1, moments: 2",
      "sizes: [32, 128, 512], runs: 6",
    );
    expect(record.manifest.verdict[0]).toContain("Fokker-Planck");
    expect(Math.abs(value(record, "rate_wasserstein") + 0.5)).toBeLessThan(0.3);
  });

  it("says where modes do not suffice", async () => {
    await expect(
      run("type: kuramoto, frequencies: { width: 0 }, coupling: 3, until: 4, modes: 16", "sizes: [8, 16, 32]"),
    ).rejects.toThrow(/system.population: the density at time .* is sharper than 16 Fourier modes/);
  });
});

describe("digraph measures", () => {
  it.each(["{ type: pair, rho: 0.311 }", "{ type: one-way, rho: 0.17 }", "{ type: nearest, h: 0.21 }"])(
    "%s",
    async (neighbours) => {
      const record = await run(
        `type: digraph-measure, neighbours: ${neighbours}, until: 1, moments: 2, waves: 6, winding: 1, ripple: 0.5`,
        "sizes: [25, 50, 100, 200]",
      );
      expect(value(record, "distance_times_n")).toBeLessThanOrEqual(1);
      expect(value(record, "dobrushin")).toBeLessThanOrEqual(1);
      // No empty bound: it is not a thousand times too large.
      expect(value(record, "dobrushin")).toBeGreaterThan(1e-4);
      expect(value(record, "rate_digraph")).toBeLessThan(-0.7);
      expect(value(record, "rate_solution")).toBeLessThan(-0.6);
    },
  );
});

describe("two-layer networks", () => {
  it("learn features in mean-field scaling, and hardly in tangent scaling", async () => {
    const record = await run(
      "type: two-layer, data: { source: chebyshev, degree: 2, points: 5 }, time: 8, reference: 512, draws: 100",
      "sizes: [32, 64, 128], runs: 4",
    );
    // 400 draws of a few independent outputs: 5 %.
    expect(Math.abs(value(record, "rate_initial_variance") + 1)).toBeLessThan(0.12);
    expect(value(record, "rate_outputs")).toBeLessThan(-0.25);
    // The kernel moves by a share that does not shrink, and comes closer to the limit's like a mean of n neurons: four runs scatter by 0.2 over a factor of 4.
    expect(value(record, "limit_kernel_movement")).toBeGreaterThan(0.1);
    expect(value(record, "rate_kernel_mean_field")).toBeLessThan(-0.15);
    const [moved, limit] = [record.arrays["kernel_movement_1"]!.data, record.arrays["kernel_movement_3"]!.data];
    for (let i = 3; i < 6; i++) expect(Math.abs(moved[i]! / limit[3]! - 1)).toBeLessThan(0.3);
    // At most -1/2; four runs of small networks scatter by 0.1.
    expect(value(record, "rate_kernel_tangent")).toBeLessThan(-0.3);
  });
});

describe("graph layers", () => {
  it("forget at the rate of the spectrum, and approach the graphon", async () => {
    const record = await run(
      "type: graph-layers, graph: { type: small-world, h: 0.15, p: 0.1 }, mixing: 0.6, depth: 80",
      "sizes: [40, 80, 160], runs: 4",
    );
    expect(Math.abs(value(record, "rate_measured") - value(record, "rate_graph"))).toBeLessThan(0.01);
    expect(value(record, "rate_features")).toBeLessThan(-0.35);
    expect(Math.abs(value(record, "rate_graph") - value(record, "rate_limit"))).toBeLessThan(0.1);
  });
});

describe("what cannot be", () => {
  it.each([
    ["type: kuramotto", "", 'did you mean "kuramoto"'],
    ["type: kuramoto, coupling: .inf", "", "system.population.coupling"],
    ["type: linear-mean-field", "sizes: [8, 8, 16]", "questions[0].sizes: 8, 8, 16 given; give at least three different"],
    [
      "type: two-layer, data: { source: inline, inputs: [[1], [2]], targets: [[1, 2], [3, 4]] }",
      "",
      "system.population.data: 2 targets a sample given",
    ],
    ["type: graph-layers, graph: { type: erdos-renyi, p: 0.5 }", "sizes: [16, 32, 1000]", "1000 nodes given; all eigenvalues"],
    ["type: graph-layers, graph: { type: erdos-renyi, p: 0 }", "", "has the degree 0"],
    [
      "type: linear-mean-field",
      "sizes: [16, 32, 64], runs: [4, 4, 4, 2]",
      "questions[0].runs: 4 numbers of runs given for 3 sizes",
    ],
    ["type: linear-mean-field", "sizes: [16, 32, 64], runs: [4, 0, 4]", "questions[0].runs"],
  ])("%s %s", async (population, report, message) => {
    await expect((async () => run(population, report))()).rejects.toThrow(message);
  });

  it("stops when it is told to", async () => {
    const record = await run("type: linear-mean-field", "runs: 1", { signal: AbortSignal.abort() });
    expect([record.manifest.status, record.manifest.verdict[0]]).toEqual([
      "aborted",
      "The run was STOPPED before it had an answer.",
    ]);
  });
});
