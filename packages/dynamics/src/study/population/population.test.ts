import { describe, expect, it } from "vitest";
import { parseStudy } from "../parse.js";
import type { RunRecord } from "../record.js";
import { runStudy, type RunOptions } from "../run.js";

const options: RunOptions = { version: "0.1.0", read: () => Promise.reject(new Error("no file")) };
const text = (graphs: string, questions: string, more = ""): string => `
system: { kind: population, units: 200, h: 0.1, graphs: [${graphs}]${more} }
questions: [${questions}]
`;
const run = (t: string, more: Partial<RunOptions> = {}): Promise<RunRecord> =>
  runStudy(parseStudy(t, "s.yaml").study, { ...options, ...more });
const column = (r: RunRecord, name: string): number[] => Array.from(r.series.find((s) => s.name === name)!.values);
const value = (r: RunRecord, name: string): number => r.manifest.answers.find((a) => a.name === name)!.value;

describe("a study of a population", () => {
  it("finds the onset and the order of oscillators that all see each other, up and down", async () => {
    const record = await run(
      text("{ type: all-to-all }", "{ type: order-parameter, from: 0.5, to: 2, count: 4, transient: 10, time: 20 }"),
    );
    expect(record.manifest.status).toBe("ok");
    expect(value(record, "critical_coupling_1")).toBe(2);
    // Lorentzian: r = sqrt(1 - K_c / K); columns are the couplings 0.5, 1, 1.5, 2 times K_c.
    const limit = column(record, "order_limit");
    expect(limit[0]).toBe(0);
    expect(limit[3]).toBeCloseTo(Math.SQRT1_2, 10);
    for (const way of ["up", "down"]) {
      const r = column(record, `order_${way}`);
      for (const i of [0, 2, 3]) expect(Math.abs(r[i]! - limit[i]!)).toBeLessThan(3 / Math.sqrt(200));
    }
    expect(value(record, "onset_1")).toBeGreaterThan(1);
    expect(value(record, "onset_1")).toBeLessThan(3);
    expect(record.manifest.verdict.join(" ")).toContain("theory puts the onset of order at K = 2;");
  });

  it("measures how the distance from the limit falls with the number of units", async () => {
    const record = await run(
      text("{ type: power-law, alpha: 0.2 }", "{ type: convergence, sizes: [25, 100, 400], runs: 6, transient: 8, time: 10 }"),
    );
    // Frequencies drawn by chance: -1/2; six runs of each size scatter by 30 % in the distance, 0.15 in the exponent over a factor of 16.
    expect(Math.abs(value(record, "rate_1") + 0.5)).toBeLessThan(0.3);
    expect(record.arrays["convergence_distances"]!.shape).toEqual([1, 3]);
  });

  it("gives the same bits twice, and stops when it is told to", async () => {
    const study = text(
      "{ type: small-world, h: 0.2, p: 0.1 }, { type: ring, h: 0.1 }",
      "{ type: order-parameter, count: 3, transient: 1, time: 1 }",
      ", frequencies: { density: uniform, width: 0.5 }",
    );
    const [a, b] = [await run(study), await run(study)];
    expect(a.series).toEqual(b.series);
    expect(a.manifest).toEqual(b.manifest);
    const stopped = await run(study, { signal: AbortSignal.abort() });
    expect(stopped.manifest.status).toBe("aborted");
    expect(stopped.manifest.verdict[0]).toMatch(/STOPPED/);
  });

  it.each([
    [text("{ type: erdos-renyi, p: 1.5 }", "{ type: convergence }"), "system.graphs[0].p: expected a number up to 1, got 1.5"],
    [text("{ type: smallworld }", "{ type: convergence }"), 'did you mean "small-world"'],
    [
      text("{ type: blocks, shares: [0.5, 0.6], chances: [[1, 0], [0, 1]] }", "{ type: convergence }"),
      "system.graphs[0]: blockGraphon: shares 0.5, 0.6 given",
    ],
    [text("{ type: all-to-all }", "{ type: order-parameter, from: 2, to: 1 }"), "questions[0].to: from 2 to 1 given"],
    [text("{ type: all-to-all }", "{ type: convergence, sizes: [10, 10, 10] }"), "questions[0].sizes: 10, 10, 10 given"],
    [text("{ type: erdos-renyi, p: 0 }", "{ type: order-parameter }"), "has no critical coupling above 0"],
  ])("names what cannot be: %#", async (study, message) => {
    await expect((async () => run(study))()).rejects.toThrow(message);
  });
});
