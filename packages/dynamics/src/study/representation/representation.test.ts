import { describe, expect, it } from "vitest";
import { column } from "../../../../../test/support/studies.js";
import { targets } from "../../catalogue/targets.js";
import { parseStudy } from "../parse.js";
import type { RunRecord } from "../record.js";
import { runStudy, type RunOptions } from "../run.js";

const run = (target: string, question: string, options: Partial<RunOptions> = {}): Promise<RunRecord> =>
  runStudy(parseStudy(`system: { kind: representation, target: ${target}, points: 101 }\nquestions: [${question}]\n`).study, {
    read: () => Promise.reject(new Error("no file is asked for")),
    version: "test",
    ...options,
  });
const answer = (record: RunRecord, name: string): number => record.manifest.answers.find((a) => a.name === name)!.value;

describe("the question embedding", () => {
  it.each(targets.map((t) => [t.name, t] as const))(
    "represents %s exactly by one step of Euler",
    async (name, { inputs, outputs }) => {
      const record = await run(name, "{ type: embedding }");
      expect(answer(record, "embedding_error")).toBe(0);
      expect(record.manifest.facts["units"]).toBe(inputs + outputs);
      // 0 + (-0) is 0: the sign of zero is all that may differ.
      const unsigned = (v: number[]): number[] => v.map((x) => x + 0);
      for (let j = 1; j <= outputs; j++)
        expect(unsigned(column(record, `embedded_${j}`))).toEqual(unsigned(column(record, `target_${j}`)));
    },
  );

  it.each([
    ["negation", "no"],
    ["reflection", "no"],
    ["parabola", "no"],
    ["three-of-two", "not excluded"],
  ])("says of %s whether it takes more units: %s", async (name, verdict) => {
    expect((await run(name, "{ type: embedding }")).manifest.facts["withoutAugmentation"]).toBe(verdict);
  });

  it("puts too few units at the question's place", async () => {
    await expect(run("three-of-two", "{ type: embedding, units: 4 }")).rejects.toThrow("questions[0]: embed: a state of 4 units");
  });
});

describe("the question obstruction", () => {
  const small = "{ type: obstruction, hidden: 4, solverSteps: 3, steps: 200, samples: 11, paths: 3 }";

  it("holds a trained network to the bound and draws solutions from readout to readout", async () => {
    const record = await run("parabola", small);
    expect(answer(record, "least_error")).toBe(0.5);
    expect(answer(record, "neural_ode_error")).toBeGreaterThanOrEqual(0.5 - 1e-9);
    expect(record.manifest.facts["boundHolds"]).toBe("yes");
    const { shape, data } = record.arrays["paths_neural_ode"]!;
    expect(shape).toEqual([3, 4]);
    // The three inputs are the first, the middle and the last point; the loop's times and those of its steps differ by rounding.
    [0, 50, 100].forEach((point, i) => expect(data[4 * i + 3]).toBeCloseTo(column(record, "neural_ode")[point]!, 12));
    expect(record.arrays["paths_augmented"]!.shape).toEqual([3, 4]);
  });

  it("gives the same bits again", async () => {
    const [a, b] = [await run("cubic", small), await run("cubic", small)];
    expect(a.series).toEqual(b.series);
    expect(a.arrays).toEqual(b.arrays);
    expect(a.manifest).toEqual(b.manifest);
  });

  it("is refused for functions of several numbers", async () => {
    await expect(run("reflection", small)).rejects.toThrow("questions[0].type: reflection goes from 2 to 2 numbers");
  });

  it("stops when asked, and keeps what it has", async () => {
    const stop = new AbortController();
    stop.abort();
    const record = await run("parabola", `{ type: embedding }, ${small}`, { signal: stop.signal });
    expect(record.manifest.status).toBe("aborted");
    expect(record.manifest.verdict[0]).toMatch(/^The run was STOPPED/);
  });
});
