import { describe, expect, it } from "vitest";
import { answer, options, refusal, run, value } from "../../../../../test/support/studies.js";
import { parseStudy } from "../parse.js";
import { runStudy } from "../run.js";

/** A 2-12-1 network on N points of a wave: 49 parameters. */
const text = (points: number, more: { system?: string; questions?: string } = {}): string => `
system:
  kind: minimum
  architecture: { widths: [2, 12, 1] }
  data:
    source: inline
    inputs: [${Array.from({ length: points }, (_, i) => `[${Math.cos(i)}, ${Math.sin(2 * i)}]`).join(", ")}]
    targets: [${Array.from({ length: points }, (_, i) => `[${Math.sin(3 * i)}]`).join(", ")}]
  ${more.system ?? ""}
questions:
  ${more.questions ?? "- { type: stability, learningRate: 0.1, budget: 40000, thresholdProducts: 20000 }"}
`;

describe("a study of a minimum", () => {
  it("gives the exponent, its certificate and the thresholds in the order that theory demands", async () => {
    const record = await run(text(8));
    const { manifest } = record;
    expect(manifest.status).toBe("ok");
    expect(value(record, "loss")).toBeLessThan(1e-20);
    expect(manifest.facts["sign"]).toBe("negative");
    expect(manifest.facts["intervalHigh"]).toBeLessThan(0);
    const [sufficient, meanSquare, descent] = ["wu_ma_e", "mean_square", "gradient_descent"].map((n) =>
      value(record, `threshold_${n}`),
    );
    expect(sufficient).toBeLessThanOrEqual(meanSquare!);
    expect(meanSquare).toBeLessThanOrEqual(descent!);
    expect(meanSquare).toBeLessThanOrEqual(value(record, "threshold_stochastic") * (1 + 1e-3));
    expect(manifest.verdict[0]).toMatch(/49 parameters for 8 equations .* manifold of dimension 41\.$/);
  });

  it("doubles all curvatures for a loss without the half", async () => {
    const [half, whole] = await Promise.all([run(text(8)), run(text(8, { system: "sampleLoss: square" }))]);
    for (const name of ["wu_ma_e", "mean_square", "gradient_descent"])
      expect(value(whole, `threshold_${name}`) / value(half, `threshold_${name}`)).toBeCloseTo(0.5, 6);
  });

  it.each([
    [1, 0.1],
    [2, 0.9],
  ])(
    "gives the whole spectrum for batches of %i at %f, whose sum is that of the determinants",
    async (batchSize, learningRate) => {
      const questions = `- { type: product-spectrum, learningRate: ${learningRate}, exponents: 20, steps: 8000 }`;
      const record = await run(text(6, { system: `batchSize: ${batchSize}`, questions }));
      const values = Array.from(record.arrays["spectrum_exponents"]!.data);
      expect(values.length).toBe(6);
      expect(values).toEqual(values.toSorted((a, b) => b - a));
      const sum = answer(record, "exponent_sum");
      expect(sum.value).toBeCloseTo(
        values.reduce((a, b) => a + b, 0),
        10,
      );
      expect(Math.abs(sum.value - value(record, "exponent_sum_exact"))).toBeLessThan(4 * sum.error);
      expect(record.manifest.verdict.some((v) => v.startsWith("The spectrum of SGD"))).toBe(true);
    },
  );

  it("takes weights of one's own as they are, and says so when they are no minimum or of another network", async () => {
    const found = await run(text(8));
    const weights = Float64Array.from(found.arrays["parameters"]!.data);
    const from = (values: Float64Array, search: string) =>
      run(text(8, { system: `search: { start: { path: w.npz, array: parameters }, ${search} }` }), {
        read: (reference) => {
          expect(reference).toEqual({ path: "w.npz", array: "parameters" });
          return Promise.resolve({ rows: values.length, columns: 1, values, sha256: "0" });
        },
      });
    const same = await from(weights, "iterations: 0");
    expect(same.arrays["parameters"]!.data).toEqual(weights);
    for (const name of ["lambda", "threshold_stochastic"]) expect(value(same, name)).toBe(value(found, name));
    expect(same.manifest.inputs.map((f) => f.name)).toEqual(["w.npz#parameters"]);
    const moved = weights.map((w, i) => w + 0.01 * ((i % 3) - 1));
    expect((await from(moved, "iterations: 0")).manifest.verdict[0]).toMatch(/^NO INTERPOLATING MINIMUM/);
    expect(value(await from(moved, "iterations: 50"), "loss")).toBeLessThan(1e-20);
    await expect(from(weights.subarray(1), "iterations: 0")).rejects.toMatchObject({
      problems: [{ path: ["system", "search", "start"], message: expect.stringContaining("48 numbers given") }],
    });
  });

  it("starts runs on both sides of the threshold, which agree with the sign, and draws the diagram", async () => {
    const questions = [
      "- { type: stability, learningRate: 0.1, budget: 40000, thresholdProducts: 20000 }",
      "- { type: fate, factors: [0.6, 1.6], runs: 20, steps: 3000 }",
      "- { type: phase-diagram, batchSizes: [1, 8], learningRates: 5, budget: 20000 }",
    ].join("\n  ");
    const seen: string[] = [];
    const record = await run(text(8, { questions }), { onProgress: (p) => seen.push(p.note) });
    expect(value(record, "stay_0_6")).toBe(1);
    expect(value(record, "stay_1_6")).toBe(0);
    expect(record.manifest.verdict).toContain("The runs agree with the sign of the exponent.");
    expect(record.series.find((s) => s.name === "sign")!.values.length).toBe(1 + 2 * 5);
    expect(record.arrays["fate_survived"]!.shape).toEqual([2, 20]);
    // A batch of all samples is gradient descent.
    const full = ["mean_square", "gradient_descent"].map((n) => record.arrays[`diagram_${n}`]!.data[1]!);
    expect(full[0]! / full[1]!).toBeCloseTo(1, 5);
    expect(seen.some((note) => note.includes("batches of 8"))).toBe(true);
  });

  it("knows that beyond its first zero the exponent can be negative again: runs far above the threshold stay", async () => {
    // Two parallel gradients with |g|^2 = 0.2 and 3: lambda = log |(1 - 0.2 eta)(1 - 3 eta)| / 2 is 0 at 0.723, 4.61 and 5.33, and negative between the last two.
    const [a, b] = [Math.sqrt(0.2), Math.sqrt(3)];
    const parallel = `
system:
  kind: minimum
  architecture: { widths: [3, 1], activation: identity, bias: false }
  data: { source: inline, inputs: [[${a}, 0, 0], [${b}, 0, 0]], targets: [[${a}], [${b}]] }
questions:
  - { type: stability, learningRate: 0.5, budget: 20000, thresholdProducts: 20000 }
  - { type: fate, factors: [0.7, 3, 6.9], runs: 20, steps: 3000, radius: 1.0e+12 }
`;
    const record = await run(parallel);
    expect([value(record, "stay_0_7"), value(record, "stay_3"), value(record, "stay_6_9")]).toEqual([1, 0, 1]);
    expect(record.manifest.verdict.join(" ")).toMatch(/6\.9 of the threshold, where λ is negative/);
    expect(record.manifest.verdict).toContain("The runs agree with the sign of the exponent.");
  });

  it("is the same for any number of threads, and another for another seed", async () => {
    const [one, two] = [await run(text(8), { threads: 1 }), await run(text(8), { threads: 2 })];
    expect(two.manifest).toEqual(one.manifest);
    expect(two.series).toEqual(one.series);
    const other = await runStudy({ ...parseStudy(text(8)).study, seed: 1 }, options);
    expect(value(other, "lambda")).not.toBe(value(one, "lambda"));
  });

  it("stops between two parts of its work, with what it knows by then", async () => {
    const stop = new AbortController();
    const questions =
      "- { type: stability, learningRate: 0.1, budget: 40000, thresholdProducts: 20000 }\n  - type: phase-diagram";
    const record = await run(text(8, { questions }), {
      signal: stop.signal,
      onProgress: ({ note }) => note.startsWith("phase") && stop.abort(),
    });
    expect(record.manifest.status).toBe("aborted");
    expect(record.manifest.verdict[0]).toMatch(/STOPPED/);
    expect(value(record, "lambda")).toBeLessThan(0);
  });

  it.each([
    [
      "an exponent",
      {
        questions:
          "- { type: stability, learningRate: 0.2, budget: 1000000000, level: 0.9999999999, thresholdProducts: 60000000 }",
      },
      /STOPPED.* passes through all its data/,
    ],
    [
      "a cell of the diagram",
      { questions: "- { type: phase-diagram, learningRates: [0.13984, 0.139841], batchSizes: [1], budget: 60000000 }" },
      /STOPPED.* passes through all its data/,
    ],
    [
      "the search of the minimum",
      { system: "search: { descent: { learningRate: 0.001, steps: 100000000 } }" },
      /STOPPED.* No interpolating minimum was found by then; where the search began/,
    ],
  ])("hears a signal inside %s", async (_, more, verdict) => {
    const stop = new AbortController();
    // A signal of the host, which comes in by the event loop: all of these would take many seconds. The diagram's cells lie where the exponent is 0 within 2e-5.
    const timer = setTimeout(() => stop.abort(), 300);
    const record = await run(text(8, more), { signal: stop.signal });
    clearTimeout(timer);
    expect(record.manifest.status).toBe("aborted");
    expect(record.manifest.verdict.join(" ")).toMatch(verdict);
  });

  it.each([
    ["step size", "learningRates: [0.1, 0.2, 0.1]", /questions\[0\]\.learningRates\[2\]: 0\.1 is given twice/],
    ["batch size", "batchSizes: [1, 1]", /questions\[0\]\.batchSizes\[1\]: a batch of 1 is given twice/],
  ])("refuses a %s given twice in a diagram", async (_, keys, message) => {
    expect(await refusal(text(8, { questions: `- { type: phase-diagram, ${keys} }` }))).toMatch(message);
  });
});

describe("a minimum that the theory is not about", () => {
  it("is too few parameters: it says which theory applies", async () => {
    const { manifest } = await run(text(60));
    expect(manifest.status).toBe("not-converged");
    expect(manifest.verdict[0]).toMatch(/NO INTERPOLATING MINIMUM .*49 parameters for 60 equations/);
    expect(manifest.verdict[0]).toMatch(/overdetermined/);
  });

  it("was not reached: it says how far it is", async () => {
    const { manifest } = await run(text(8, { system: "search: { iterations: 1 }" }));
    expect(manifest.status).toBe("not-converged");
    expect(manifest.verdict[0]).toMatch(/the loss is .*, not below 1e-20; the largest residual is .* at sample/);
  });

  it("is stepped so far that numbers overflow: it does not say that SGD can end there", async () => {
    const far = "- { type: stability, learningRate: 1.0e+200, budget: 40000, thresholdProducts: 20000 }";
    const { manifest } = await run(text(8, { questions: far }));
    expect(manifest.facts["sign"]).not.toBe("negative");
    expect(manifest.verdict.join(" ")).toMatch(
      /UNDECIDED: a vector left the finite numbers; the step size is far beyond stability/,
    );
  });

  it.each(["1.0e-300", "1.0e-20"])(
    "is stepped by next to nothing, %s: mu is small and negative, lambda is lost in rounding",
    async (rate) => {
      const small = `- { type: stability, learningRate: ${rate}, budget: 40000000, thresholdProducts: 2000 }`;
      const record = await run(text(8, { questions: small }));
      const [mu, far] = [value(record, "mu"), value(await run(text(8)), "mu")];
      expect(mu).toBeLessThan(0);
      // Both are the slowest direction's -eta h, at the other step size to first order.
      expect(mu / Number(rate) / (far / 0.1)).toBeGreaterThan(0.9);
      expect(mu / Number(rate) / (far / 0.1)).toBeLessThan(1.1);
      expect(record.manifest.facts["signBy"]).toBe("mean-square");
      expect(record.manifest.verdict.join(" ")).toMatch(/what a step changes is lost in rounding.* per step: stable/);
      // It does not spend its budget on what cannot be told.
      expect(record.manifest.facts["products"]).toBeLessThan(1e5);
    },
  );

  it("has a singular Jacobian: it says the rank", async () => {
    const twice = text(8)
      .replace(/inputs: \[(\[[^\]]*\])/, "inputs: [$1, $1")
      .replace(/targets: \[(\[[^\]]*\])/, "targets: [$1, $1");
    const { manifest } = await run(twice);
    expect(manifest.status).toBe("ok");
    expect(manifest.verdict[0]).toMatch(/the Jacobian has rank 8 of 9/);
    expect(manifest.verdict.join(" ")).not.toMatch(/is regular/);
  });
});

describe("a study of a minimum that cannot be", () => {
  it.each([
    [
      "a step size of 0",
      text(8).replace("learningRate: 0.1", "learningRate: 0"),
      /^s\.yaml:\d+:\d+ questions\[0\]\.learningRate: expected a number above 0/,
    ],
    [
      "a batch larger than the data",
      text(8, { system: "batchSize: 9" }),
      /^s\.yaml:\d+:\d+ system\.batchSize: a batch of 9 given; there are 8 samples/,
    ],
    [
      "a question of another system",
      text(8, { questions: "- type: sharpness" }),
      /questions\[0\]\.type: sharpness cannot be asked of a system of kind minimum; expected one of stability, fate, phase-diagram/,
    ],
    [
      "runs without a threshold",
      text(8, { questions: "- type: fate" }),
      /fate needs the question stability; add {2}- type: stability/,
    ],
    [
      "a batch in the diagram larger than the data",
      text(8, { questions: "- { type: phase-diagram, batchSizes: [1, 50] }" }),
      /questions\[0\]\.batchSizes\[1\]: a batch of 50 given/,
    ],
  ])("%s", async (_, t, message) => {
    expect(await refusal(t)).toMatch(message);
  });
});
