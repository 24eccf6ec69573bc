import { describe, expect, it } from "vitest";
import { column, run } from "../../../../../test/support/studies.js";

const study = (system: string, questions = "[{ type: delay-trajectory }, { type: delay-spectrum, k: 2 }]"): string =>
  `system: { kind: delay, ${system} }\nquestions: ${questions}\n`;

describe("a study of a delay equation", () => {
  it("records x beside its past, and finds the real part of the leading root of a linear equation", async () => {
    const r = await run(study("equation: linear-delay, parameters: { b: -0.3 }, time: 60, transient: 20, steps: 32"));
    expect(r.manifest.status).toBe("ok");
    // W_0(-0.3) and W_{-1}(-0.3).
    const value = (name: string): number => r.manifest.answers.find((a) => a.name === name)!.value;
    expect(value("lyapunov_1")).toBeCloseTo(-0.48940222718, 8);
    expect(value("lyapunov_2")).toBeCloseTo(-1.7813370234, 6);
    expect(r.manifest.verdict[0]).toContain("POINT AT REST");
    const [x, past] = [column(r, "x"), column(r, "x_delayed")];
    expect(past.slice(0, 16).every(Number.isNaN)).toBe(true);
    expect(past.slice(16)).toEqual(x.slice(0, -16));
    expect(column(r, "time").at(-1)).toBeCloseTo(80, 9);
  });

  it("is the same for any number of threads, and stops where it is told to", async () => {
    const text = study("equation: mackey-glass, time: 1000");
    const [one, two] = [await run(text, { threads: 1 }), await run(text, { threads: 2 })];
    expect(two.series).toEqual(one.series);
    const stop = new AbortController();
    const stopped = await run(text, { signal: stop.signal, onProgress: () => stop.abort() });
    expect(stopped.manifest.status).toBe("aborted");
    expect(stopped.manifest.verdict[0]).toContain("STOPPED");
  });

  it("names what is wrong with a study, and an equation that fails", async () => {
    await expect(run(study("equation: ikeda, parameters: { nu: 3 }"))).rejects.toThrow("expected one of tau, mu, x0");
    await expect(run(study("equation: ikeda, parameters: { tau: 0 }"))).rejects.toThrow(
      "must be above 0; without one use the kind flow",
    );
    await expect(run(study("equation: ikeda, history: [1, 2]"))).rejects.toThrow("2 numbers given; ikeda has 1: x");
    await expect(run(study("equation: ikeda, time: 100"))).rejects.toThrow("error bars of exponents need 40 delays, 200");
    await expect(run(study("equation: ikeda, time: 1e8"))).rejects.toThrow("rows; allowed");
    const failed = await run(study("equation: linear-delay, parameters: { a: 50 }, time: 100"));
    expect(failed.manifest.status).toBe("diverged");
    expect(failed.manifest.verdict.join(" ")).toContain("FAILED");
    expect(failed.manifest.answers).toEqual([]);
  });
});
