import { describe, expect, it } from "vitest";
import { refusal, run, value } from "../../../../../test/support/studies.js";

const study = (widths: string, data: string, optimizer: string, more = "", question = ""): string => `
seed: 4
system:
  kind: ensemble
  architecture: { widths: ${widths}, activation: identity, bias: false }
  data: { source: inline, ${data} }
  optimizer: { ${optimizer} }
  starts: 400
  ${more}
questions: [{ type: reachable-minima${question} }]
`;

describe("an ensemble of trainings", () => {
  it("of a b x with x = 2 and target -3 ends on a b = -3/2 where 4 (a^2 + b^2) < 2 / eta, and no flatter than 12", async () => {
    const record = await run(study("[1, 1, 1]", "inputs: [[2]], targets: [[-3]]", "learningRate: 0.1", "scales: [1, 2]"));
    expect(value(record, "threshold")).toBeCloseTo(20, 12);
    expect(record.manifest.facts["repelling"]).toBe(0);
    const { reachable_ends: ends, reachable_sharpness: sharpness, reachable_status: status } = record.arrays;
    let seen = 0;
    status!.data.forEach((s, i) => {
      if (s !== 0) return;
      const [a, b] = [ends!.data[2 * i]!, ends!.data[2 * i + 1]!];
      expect(Math.abs(a * b + 1.5)).toBeLessThan(1e-9);
      expect(Math.abs(sharpness!.data[i]! - 4 * (a * a + b * b))).toBeLessThan(1e-7);
      expect(sharpness!.data[i]!).toBeLessThan(20);
      seen++;
    });
    expect(seen).toBe(record.manifest.facts["arrived"]);
    expect(seen).toBeGreaterThan(200);
    expect(value(record, "flattest_end")).toBeGreaterThan(12 - 1e-6);
    expect(value(record, "flattest_end")).toBeLessThan(12.1);
    expect(record.arrays["plane_loss"]!.shape).toEqual([121, 121]);
    expect(record.manifest.verdict.join(" ")).toMatch(/NONE OF \d+ ends IS BEYOND IT/);
  });

  it("of three weights by the heavy ball is bounded by (2 + 2 beta) / eta, from L y^(2 - 2/L) on", async () => {
    const record = await run(
      study("[1, 1, 1, 1]", "inputs: [[1]], targets: [[2]]", "type: heavy-ball, learningRate: 0.2, momentum: 0.5"),
    );
    expect(value(record, "threshold")).toBeCloseTo(15, 12);
    expect(record.manifest.facts["repelling"]).toBe(0);
    expect(value(record, "sharpest_end")).toBeLessThan(15);
    expect(value(record, "flattest_end")).toBeGreaterThan(3 * 2 ** (4 / 3) - 1e-6);
    expect(record.arrays["plane_loss"]).toBeUndefined();
  });

  it("reaches nothing where every minimum is too sharp, and says so", async () => {
    const record = await run(study("[1, 1, 1]", "inputs: [[1]], targets: [[1]]", "learningRate: 1.05", "box: 1\n  steps: 500"));
    expect(record.manifest.verdict.join(" ")).toMatch(/NO MINIMUM WAS REACHED from 400 starts/);
    expect(record.manifest.answers.find((a) => a.name === "sharpest_end")!.status).toBe("not-converged");
  });

  it("stops when it is told to, and says that nothing is known yet", async () => {
    const stop = new AbortController();
    const record = await run(
      study("[1, 1, 1]", "inputs: [[1]], targets: [[1]]", "learningRate: 0.5", "steps: 100000000\n  box: 1").replace(
        "0.5",
        "1.1",
      ),
      {
        signal: stop.signal,
        onProgress: ({ done }) => void (done >= 0 && setTimeout(() => stop.abort(), 200)),
      },
    );
    expect(record.manifest.status).toBe("aborted");
    expect(record.manifest.verdict[0]).toMatch(/^The run was STOPPED after 0 of 400 trainings/);
  });

  it.each([
    [
      "an optimizer with a preconditioner",
      "type: adam, learningRate: 0.1",
      "",
      /system\.optimizer\.type: adam given: its threshold/,
    ],
    [
      "a schedule",
      "learningRate: 0.1, schedule: { type: cosine, steps: 10 }",
      "",
      /system\.optimizer\.schedule: cosine given: a minimum is reachable or not at one step size/,
    ],
    ["two laws of the start", "learningRate: 0.1", "box: 1\n  scales: [1]", /system\.scales: box and scales given/],
    ["a step size of 0", "learningRate: 0", "", /system\.optimizer\.learningRate: expected a number above 0/],
  ])("refuses %s", async (_, optimizer, more, message) => {
    const text = study("[1, 1, 1]", "inputs: [[1]], targets: [[1]]", optimizer, more);
    expect(await refusal(text)).toMatch(message);
  });
});
