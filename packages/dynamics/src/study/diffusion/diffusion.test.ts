import { expect, it } from "vitest";
import { parseStudy } from "../parse.js";
import { runStudy, type RunOptions } from "../run.js";

const options: RunOptions = { version: "0.1.0", read: () => Promise.reject(new Error("no file")) };
const run = (system: string) =>
  runStudy(
    parseStudy(
      `system: { kind: diffusion, ${system} }\nquestions: [{ type: symmetry-breaking, paths: 400, times: 60 }]\n`,
      "s.yaml",
    ).study,
    options,
  );

it("prints the critical times of two points", async () => {
  const { manifest, series } = await run("centre: 1");
  const value = (name: string): number => manifest.answers.find((a) => a.name === name)!.value;
  expect(Math.abs(value("critical_time") - 0.2926416543)).toBeLessThan(1e-10);
  expect(Math.abs(value("bimodal_time") - 0.2589602624)).toBeLessThan(1e-10);
  expect(manifest.verdict.join(" ")).toContain("has no such time: at 0 it pushes away throughout");
  // Resting points on one side of the critical time alone.
  const [time, resting] = series.map((s) => s.values);
  time!.forEach((t, i) => expect(resting![i]! > 0).toBe(t < value("critical_time")));
});

it("says so when there is nothing to break: one class, narrower or wider than the noise", async () => {
  const narrow = await run("centre: 0.1, width: 0.9, schedule: ornstein-uhlenbeck");
  expect(narrow.manifest.verdict[0]).toContain("does not break its symmetry");
  const wide = await run("centre: 0.1, width: 2, schedule: ornstein-uhlenbeck");
  expect(wide.manifest.verdict[0]).toContain("without a fork");
  // A fork for a moment only, in a density that never has two peaks.
  const one = await run("centre: 1, width: 3");
  expect(one.manifest.verdict[0]).toMatch(/turns outward at 0 below t = 0\.4656.*ONE PEAK.*nothing to decide/);
  expect((await run("centre: 1, width: 0.4")).manifest.verdict[0]).toContain("BREAKS ITS SYMMETRY");
});
