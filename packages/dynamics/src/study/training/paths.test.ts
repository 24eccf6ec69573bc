import { describe, expect, it } from "vitest";
import { parseStudy } from "../parse.js";
import type { RunRecord } from "../record.js";
import { runStudy } from "../run.js";

const run = (architecture: string, data: string): Promise<RunRecord> =>
  runStudy(
    parseStudy(`
system:
  kind: training
  architecture: ${architecture}
  data: ${data}
  optimizer: { learningRate: 0.05 }
  steps: 3
questions: [{ type: paths, samples: 3 }]
`).study,
    { read: () => Promise.reject(new Error("no file is asked for")), version: "test" },
  );

const corners = "{ source: inline, inputs: [[1, 2], [-1, 0.5], [0, -2]], targets: [[1], [-1], [1]] }";

describe("the question paths", () => {
  it("follows samples from their inputs on, in the plane of the first and the last unit", async () => {
    const { arrays, manifest } = await run("{ type: neural-ode, widths: [2, 4, 1], steps: 5, init: zero }", corners);
    const { shape, data } = arrays["paths"]!;
    expect(shape).toEqual([3, 6, 2]);
    expect(Array.from(arrays["path_classes"]!.data)).toEqual([1, 0, 1]);
    // All weights start at 0, the readout's apart, and only the field's last bias gets a gradient: the field is constant, so solutions are straight and parallel.
    for (let t = 0; t < 6; t++)
      for (const j of [0, 1]) {
        const moved = data[t * 2 + j]! - data[j]!;
        expect(data[(6 + t) * 2 + j]! - data[12 + j]!).toBeCloseTo(moved, 14);
        expect(moved).toBeCloseTo((t / 5) * (data[10 + j]! - data[j]!), 14);
      }
    expect([0, 1, 12, 13, 24, 25].map((i) => data[i])).toEqual([1, 2, -1, 0.5, 0, -2]);
    expect(manifest.verdict.some((s) => /PARTS? THE TWO SIDES/.test(s))).toBe(true);
  });

  it("starts behind the lift where there is one", async () => {
    const { arrays, manifest } = await run("{ type: augmented-neural-ode, widths: [2, 4, 1], state: 4, steps: 5 }", corners);
    expect(arrays["paths"]!.shape).toEqual([3, 6, 2]);
    expect([0, 1, 12, 13, 24, 25].map((i) => arrays["paths"]!.data[i])).toEqual([1, 0, -1, 0, 0, 0]);
    expect(manifest.facts["pathUnits"]).toBe(4);
  });

  it("refuses networks whose states have no common plane", async () => {
    const line = "{ source: chebyshev, degree: 2, points: 5 }";
    await expect(run("{ widths: [1, 4, 1] }", line)).rejects.toThrow("has no two states in a row of one width");
    await expect(run("{ type: neural-ode, widths: [1, 4, 1] }", line)).rejects.toThrow("no two states in a row");
  });
});
