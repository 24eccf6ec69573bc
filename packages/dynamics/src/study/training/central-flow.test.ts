import { describe, expect, it } from "vitest";
import { column, run } from "../../../../../test/support/studies.js";

const text = (learningRate: number, from: number): string => `
system:
  kind: training
  architecture: { widths: [1, 20, 1], bias: [true, false], init: xavier-normal, gain: [3, 2] }
  data: { source: chebyshev, degree: 3, points: 20 }
  optimizer: { learningRate: ${learningRate} }
  steps: ${from + 60}
questions: [{ type: sharpness, every: 10 }, { type: central-flow, from: ${from} }]
`;

describe("the central flow in a study", () => {
  it("says when it begins where its theory does not hold, and is silent below the edge and once the run has come back", async () => {
    const beyond = await run(text(0.5, 0));
    const start = column(beyond, "sharpness")[0]! / 4;
    expect(start).toBeGreaterThan(1.2);
    const said = /BEGINS BEYOND THE EDGE, with a sharpness of ([\d.]+)\s%.*begin later \(from\)/.exec(
      beyond.manifest.verdict.join(" "),
    );
    expect(Math.abs(Number(said![1]) / 100 / start - 1)).toBeLessThan(0.01);
    for (const [rate, from] of [
      [0.2, 0],
      [0.5, 400],
    ] as const)
      expect((await run(text(rate, from))).manifest.verdict.join(" ")).not.toMatch(/BEYOND THE EDGE, with a sharpness/);
  });
});
