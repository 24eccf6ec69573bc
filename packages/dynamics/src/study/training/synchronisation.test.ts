import { threads } from "#engine";
import { describe, expect, it } from "vitest";
import { column, run } from "../../../../../test/support/studies.js";
import { buildTraining } from "./build.js";
import { mlp } from "../../networks/mlp.js";
import { parseStudy } from "../parse.js";

const study = (architecture: string, data: string, more: string, learningRate = 0.5): string => `
seed: 2
system:
  kind: training
  architecture: ${architecture}
  data: ${data}
  optimizer: { learningRate: ${learningRate} }
  ${more}
questions: [{ type: lyapunov, interval: 5, transient: 0 }, { type: synchronisation, every: 5, starts: 3 }]
`;

describe("starts that meet the same batches", () => {
  const x = [0.4, 1.1, 1.9];
  const line = `{ source: inline, inputs: [${x.map((v) => `[${v}]`).join(", ")}], targets: [[1], [-0.5], [2]] }`;

  it("of one weight come together by exactly 1 - eta x^2 a step, at the rate of the exponent", async () => {
    const text = study("{ widths: [1, 1], bias: false }", line, "batches: { size: 1, order: with-replacement }\n  steps: 60");
    const record = await run(text);
    // The factor of a sample is |1 - x^2 / 2|; after t steps the distance is a product of t of them, the same for every start.
    const [one, two] = [column(record, "distance_1"), column(record, "distance_2")];
    expect(one.length).toBe(13);
    one.forEach((d, i) => {
      if (d > 1e-8) expect(Math.abs(d / one[0]! / (two[i]! / two[0]!) - 1)).toBeLessThan(1e-6);
    });
    const rate = record.manifest.answers.find((a) => a.name === "synchronisation_rate")!;
    const exact = x.reduce((s, v) => s + Math.log(Math.abs(1 - 0.5 * v * v)), 0) / 3;
    expect(rate.status).toBe("ok");
    expect(Math.abs(rate.value - exact)).toBeLessThan(4 * rate.error);
    expect(record.manifest.verdict.join(" ")).toMatch(/All 3 starts RUN TOGETHER .* which agrees within the errors/);
    expect(record.manifest.facts["startsTogether"]).toBe(3);
    // Pullback: the step is affine, so the distance at the end is the product of the factors of the last n steps times that at the start.
    const rateBack = record.manifest.answers.find((a) => a.name === "pullback_rate")!;
    expect(rateBack.status).toBe("ok");
    expect(Math.abs(rateBack.value - exact)).toBeLessThan(4 * rateBack.error);
    expect(record.manifest.verdict.join(" ")).toMatch(/PULLBACK CONVERGENCE: one start put 5 to 45 steps before the end/);
    const [pasts, apart] = [record.arrays["pullback_past"]!.data, record.arrays["pullback_distance"]!.data];
    expect([...pasts]).toEqual([5, 10, 15, 25, 30, 45]);
    // The same by hand: the start put to step 60 - n, then n steps.
    const { study: parsed } = parseStudy(text, "s.yaml");
    const { run: alone } = await buildTraining(parsed.system as never, {
      seed: 2,
      read: () => Promise.reject(new Error("no file")),
      threads: await threads(1),
    });
    const end = record.arrays["parameters"]!.data[0]!;
    const start = mlp({ widths: [1, 1], bias: false }).initial(3);
    pasts.forEach((n, k) => {
      alone.reset(start, 60 - n);
      alone.step(n);
      expect(Math.abs(alone.state[0]! - end)).toBe(apart[k]);
    });
    // The point that they share goes on moving: a run with batches of its own is elsewhere.
    expect(column(record, "distance_own").at(-1)).toBeGreaterThan(0.01);
  });

  it("of an overparametrised model keep what no sample sees: they do not come together", async () => {
    const plane = "{ source: inline, inputs: [[1, 0, 0], [0, 1, 0]], targets: [[1], [2]] }";
    const record = await run(study("{ widths: [3, 1], bias: false }", plane, "batches: { size: 1 }\n  steps: 300"));
    const rate = record.manifest.answers.find((a) => a.name === "synchronisation_rate")!;
    expect(record.manifest.verdict.join(" ")).toMatch(/have NOT RUN TOGETHER by step 300/);
    expect(record.manifest.facts["startsTogether"]).toBe(0);
    expect(record.manifest.verdict.join(" ")).toMatch(/NO PULLBACK CONVERGENCE within this run/);
    const unseen = Math.abs(
      mlp({ widths: [3, 1], bias: false }).initial(3)[2]! - mlp({ widths: [3, 1], bias: false }).initial(2)[2]!,
    );
    record.arrays["pullback_distance"]!.data.forEach((d) => expect(d).toBeGreaterThan(unseen * (1 - 1e-12)));
    // Only the third weight differs in the end, and no step changes it.
    const start = (seed: number): number => mlp({ widths: [3, 1], bias: false }).initial(seed)[2]!;
    for (const i of [1, 2, 3])
      expect(Math.abs(column(record, `distance_${i}`).at(-1)! - Math.abs(start(2 + i) - start(2)))).toBeLessThan(1e-14);
    expect(rate.value).toBeLessThan(0);
    expect(rate.value).toBeGreaterThan(-0.02);
  });

  it("say so where one of them leaves the finite numbers", async () => {
    // Two weights in a chain: the run's own start is close to a minimum, starts 30 away are thrown off.
    const text = study(
      "{ widths: [1, 1, 1], activation: identity, bias: false }",
      line,
      "batches: { size: 1 }\n  steps: 40",
      0.2,
    );
    const record = await run(text.replace("starts: 3", "starts: 3, spread: 30"));
    expect(record.manifest.status).toBe("ok");
    expect(record.manifest.verdict.join(" ")).toMatch(/unknown: one of them left the finite numbers/);
    expect(record.manifest.answers.at(-1)).toMatchObject({ value: NaN, status: "diverged" });
  });

  it.each([["full batches", "steps: 60", /questions\[1\]\.type: synchronisation is by the noise of batches/]])(
    "refuse %s",
    async (_, more, message) => {
      await expect((async () => run(study("{ widths: [1, 1] }", line, more)))()).rejects.toThrow(message);
    },
  );
});
