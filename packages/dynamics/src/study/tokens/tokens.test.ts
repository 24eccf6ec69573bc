import { describe, expect, it } from "vitest";
import { column, options } from "../../../../../test/support/studies.js";
import { parseStudy } from "../parse.js";
import type { RunRecord } from "../record.js";
import { runStudy, type RunOptions } from "../run.js";

const run = (system: string, question: string, more: Partial<RunOptions> = {}): Promise<RunRecord> => {
  const text = `{ system: { kind: tokens, ${system} }, questions: [{ type: clustering, ${question} }] }`;
  return runStudy(parseStudy(text, "s.yaml").study, { ...options, ...more });
};

describe("a study of tokens", () => {
  it("in many dimensions has the mean cosine of equal angles", async () => {
    // 12 random directions in 400 dimensions have cosines of about 1 / 20; beta = 0 has the closed form.
    const record = await run("tokens: 12, dimension: 400, betas: [0, 2]", "until: 2, moments: 8");
    const [time, cosine, equal] = ["time", "mean_cosine", "equal_cosine"].map((name) => column(record, name));
    for (let i = 0; i < time!.length; i++) expect(Math.abs(cosine![i]! - equal![i]!)).toBeLessThan(0.02);
    const start = cosine![0]!;
    // gamma = (E c - 1) / (E c + n - 1) with c fixed by the start: (1 + (n - 1) gamma) / (1 - gamma) grows like e^(2t).
    const ratio = (g: number): number => (1 + 11 * g) / (1 - g);
    expect(Math.log(ratio(equal![8]!) / ratio(start))).toBeCloseTo(4, 4);
  });

  it("loses clusters, never gains any, and says what is left", async () => {
    const record = await run("tokens: 20, dimension: 3, betas: [9]", "until: 20, moments: 20");
    const counts = column(record, "clusters");
    for (let i = 1; i < counts.length; i++) expect(counts[i]).toBeLessThanOrEqual(counts[i - 1]!);
    expect(record.manifest.answers[0]!.value).toBe(counts.at(-1));
    expect(record.manifest.verdict).toHaveLength(2);
  });

  it("stops when it is told to, and refuses what is given twice", async () => {
    expect((await run("betas: [1]", "until: 1", { signal: AbortSignal.abort() })).manifest.status).toBe("aborted");
    await expect(run("betas: [1, 1]", "until: 1")).rejects.toThrow("system.betas: 1, 1 given; give each once");
  });

  it("find the transition with noise, beside theory, and both questions can be asked", async () => {
    const text = `{ system: { kind: tokens, tokens: 40, dimension: 2, betas: [0, 2] }, questions: [
      { type: transition, from: 0.4, to: 2.6, count: 5, transient: 5, time: 30 }, { type: clustering, until: 1, moments: 4 }] }`;
    const record = await runStudy(parseStudy(text, "s.yaml").study, options);
    const answer = (name: string) => record.manifest.answers.find((a) => a.name === name)!;
    expect(answer("critical_noise_1").value).toBe(0.5);
    // Two noises lie high enough; 1/n and chance: 20 %.
    for (const b of [1, 2])
      expect(Math.abs(answer(`measured_noise_${b}`).value / answer(`critical_noise_${b}`).value - 1)).toBeLessThan(0.3);
    const { transition_heated: heated, transition_cooled: cooled, transition_limit: limit } = record.arrays;
    expect([heated!.shape, limit!.shape]).toEqual([
      [2, 5],
      [2, 41],
    ]);
    for (const way of [heated!, cooled!]) expect(Math.abs(way.data[0]! - limit!.data[0]!)).toBeLessThan(0.1);
    expect(column(record, "clusters").length).toBe(10);
    await expect(run("betas: [1]", "until: 1 }, { type: transition, from: 2, to: 1")).rejects.toThrow(
      "questions[1].to: from 2 to 1 given",
    );
  });
});
