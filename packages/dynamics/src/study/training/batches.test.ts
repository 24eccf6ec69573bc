import { describe, expect, it } from "vitest";
import { answer, column, run } from "../../../../../test/support/studies.js";

const text = (
  batches: string,
  questions = "- { type: accuracy, every: 10 }\n  - { type: sharpness, every: 10 }",
  steps = 30,
): string => `
system:
  kind: training
  architecture: { widths: [2, 4, 2] }
  data:
    source: inline
    inputs: [${Array.from({ length: 12 }, (_, i) => `[${Math.cos(i)}, ${Math.sin(2 * i)}]`).join(", ")}]
    targets: [${Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? "[1, 0]" : "[0, 1]")).join(", ")}]
  optimizer: { learningRate: 0.3 }
  ${batches}
  steps: ${steps}
questions:
  ${questions}
`;

describe("a training study by batches", () => {
  it("with all samples in a batch is the full-batch run, to rounding", async () => {
    const [full, batch] = [await run(text("")), await run(text("batches: { size: 12 }"))];
    for (const name of ["loss", "accuracy", "sharpness"])
      column(batch, name).forEach((v, i) => expect(Math.abs(v - column(full, name)[i]!)).toBeLessThan(1e-12));
  });

  it("says that the threshold is that of full batches, unless a batch is one", async () => {
    const questions = "- { type: sharpness, every: 10 }\n  - { type: edge-of-stability }";
    const said = async (batches: string) => (await run(text(batches, questions))).manifest.verdict.join(" ");
    expect(await said("batches: { size: 3 }")).toMatch(/that of full batches; this run took batches of 3/);
    expect(await said("batches: { size: 12, order: with-replacement }")).toMatch(/this run took batches of 12/);
    expect(await said("batches: { size: 12 }")).not.toMatch(/that of full batches/);
  });

  it("reports loss and accuracy on all samples, at the state of the row", async () => {
    const record = await run(text("batches: { size: 1, order: with-replacement }"));
    const losses = column(record, "loss");
    expect(losses[0]).toBe(column(await run(text("")), "loss")[0]);
    expect(new Set(column(record, "accuracy").map((a) => Math.round(12 * a) - 12 * a)).size).toBe(1);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(record.manifest.answers[0]!.value).toBe(losses.at(-1));
  });

  it("is the same for any number of threads and for any cadence of looking, with tangents or without", async () => {
    const lyapunov = "- { type: lyapunov, interval: 3, transient: 6 }";
    const all = await Promise.all([
      run(text("batches: { size: 3, order: epochs }"), { threads: 1 }),
      run(text("batches: { size: 3, order: epochs }"), { threads: 2 }),
      run(text("batches: { size: 3, order: epochs }", "- { type: accuracy, every: 1 }")),
      run(text("batches: { size: 3, order: epochs }", lyapunov)),
    ]);
    for (const r of all) expect(r.arrays["parameters"]).toEqual(all[0]!.arrays["parameters"]);
  });

  it("says why the batch sharpness is unknown where copies of a sample are met, and not that the run was short", async () => {
    const copies = `
system:
  kind: training
  architecture: { widths: [1, 1], bias: false, init: zero }
  data: { source: inline, inputs: [[1], [1], [1]], targets: [[2], [2], [2]] }
  optimizer: { learningRate: 1 }
  batches: { size: 1 }
  steps: 40
questions: [{ type: batch-sharpness, every: 5 }]
`;
    // At eta = 1 the first step meets all data exactly.
    const met = await run(copies);
    expect(answer(met, "step_size_times_batch_sharpness")).toMatchObject({ value: NaN, status: "not-converged" });
    expect(met.manifest.verdict.join(" ")).toMatch(/the gradients of batches are 0 .* passes through its data/);
    const short = await run(copies.replace("every: 5", "every: 40").replace("steps: 40", "steps: 1"));
    expect(answer(short, "step_size_times_batch_sharpness").status).toBe("step-limit");
  });

  it.each([
    [
      "a batch larger than the data",
      text("batches: { size: 13 }"),
      /system\.batches\.size: 13 samples a batch given; there are 12, .*give at most as many, or order: with-replacement/,
    ],
    [
      "an unknown order",
      text("batches: { size: 2, order: epoch }"),
      /system\.batches\.order: expected one of independent, epochs, with-replacement, got "epoch"; did you mean "epochs"/,
    ],
    [
      "the central flow",
      text("batches: { size: 2 }", "- type: central-flow"),
      /questions\[0\]\.type: the central flow is that of full batches/,
    ],
  ])("refuses %s", async (_, t, message) => {
    await expect((async () => run(t))()).rejects.toThrow(message);
  });
});
