import { describe, expect, it } from "vitest";
import { parseStudy } from "../parse.js";
import { runStudy } from "../run.js";

const verdict = async (optimizer: string, steps: number, every = 5): Promise<string> => {
  const text = `
system:
  kind: training
  architecture: { widths: [1, 5, 1] }
  data: { source: chebyshev, degree: 3, points: 10 }
  optimizer: { ${optimizer} }
  steps: ${steps}
questions: [{ type: sharpness, every: ${every} }, { type: edge-of-stability }]
`;
  const read = () => Promise.reject(new Error("no file"));
  return (await runStudy(parseStudy(text).study, { version: "0.1.0", read })).manifest.verdict.join(" ");
};

describe("the verdict on a training run", () => {
  it("says that a run was cut off while its loss grew", async () => {
    expect(await verdict("learningRate: 50", 50)).toMatch(
      /^The loss GREW from [\d.]+ to \S+: the run was cut off while it diverged/,
    );
    expect(await verdict("learningRate: 0.1", 50)).not.toMatch(/GREW/);
  });

  it("judges in units of each step's threshold where a schedule moves it, and names both", async () => {
    const words = await verdict("learningRate: 0.5, schedule: { type: step-decay, every: 20, drop: 0.5 }", 50);
    expect(words).toMatch(/% of the threshold of its step \(median\), which the schedule has moved from 4 to 16\./);
    expect(words).not.toMatch(/largest Hessian eigenvalue/);
  });

  it("claims no more than its measurements: none was near the threshold", async () => {
    expect(await verdict("learningRate: 0.01", 40, 20)).toMatch(
      /At none of the 3 measurements in 40 steps was it within 5\s% of the threshold\./,
    );
  });
});
