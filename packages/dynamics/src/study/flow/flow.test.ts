import { describe, expect, it } from "vitest";
import { answer, run } from "../../../../../test/support/studies.js";

const study = (system: string, questions = "[{ type: trajectory }, { type: lyapunov-spectrum }]"): string =>
  `system: { kind: flow, ${system} }\nquestions: ${questions}\n`;

describe("a study of a flow", () => {
  it("finds chaos, its sum rule and its dimension in the Lorenz flow", async () => {
    const r = await run(study("field: lorenz, time: 200, transient: 10"));
    expect(r.manifest.status).toBe("ok");
    expect(r.manifest.verdict[0]).toContain("CHAOTIC");
    expect(Math.abs(answer(r, "lyapunov_sum").value + 41 / 3)).toBeLessThan(1e-4);
    expect(Math.abs(answer(r, "lyapunov_1").value - 0.9055)).toBeLessThan(4 * answer(r, "lyapunov_1").error);
    expect(Math.abs(answer(r, "kaplan_yorke").value - 2.062)).toBeLessThan(0.02);
    expect(r.series.map((s) => s.name)).toEqual(["time", "x", "y", "z", "lyapunov_1", "lyapunov_2", "lyapunov_3"]);
    expect(r.series[0]!.values.at(-1)).toBeCloseTo(210, 9);
    expect(r.series[0]!.values).toHaveLength(4001);
  });

  it("tells a cycle and a point at rest from chaos", async () => {
    expect((await run(study("field: van-der-pol, time: 400, transient: 50"))).manifest.verdict[0]).toContain("PERIODIC");
    expect((await run(study("field: lorenz, parameters: { rho: 14 }, time: 100, transient: 50"))).manifest.verdict[0]).toContain(
      "POINT AT REST",
    );
  });

  it("tells that a problem is stiff, and what to try, which works", async () => {
    const system = "field: van-der-pol, parameters: { mu: 1000 }, initial: [2, 0], time: 20, dt: 1, rtol: 1e-6, atol: 1e-6";
    const slow = await run(study(system, "[{ type: trajectory }]"));
    expect(slow.manifest.verdict.join(" ")).toMatch(/STIFF: .* Try solver: rodas5p/);
    const fast = await run(study(`${system}, solver: rodas5p`, "[{ type: trajectory }]"));
    expect(fast.manifest.verdict.join(" ")).not.toContain("STIFF");
    expect(Number(fast.manifest.facts["accepted"])).toBeLessThan(Number(slow.manifest.facts["accepted"]) / 20);
    expect(Math.abs(fast.series[1]!.values.at(-1)! - slow.series[1]!.values.at(-1)!)).toBeLessThan(1e-5);
  });

  it("gives no exponents that are those of its steps", async () => {
    const relaxing = "field: van-der-pol, parameters: { mu: 50 }, initial: [2, 0], dt: 0.25, time: 60";
    for (const solver of ["tsit5", "rodas5p"]) {
      const r = await run(study(`${relaxing}, solver: ${solver}`));
      expect(r.manifest.verdict.join(" ")).toMatch(/exponents are unknown: .* a smaller dt/);
      expect(r.manifest.answers.some((a) => a.name.startsWith("lyapunov"))).toBe(false);
    }
  });

  it("is the same for any number of threads, and stops where it is told to", async () => {
    const text = study("field: roessler, time: 30");
    const [one, two] = [await run(text, { threads: 1 }), await run(text, { threads: 2 })];
    expect(two.series).toEqual(one.series);
    const stop = new AbortController();
    const stopped = await run(study("field: roessler, time: 300"), { signal: stop.signal, onProgress: () => stop.abort() });
    expect(stopped.manifest.status).toBe("aborted");
    expect(stopped.manifest.verdict[0]).toContain("STOPPED");
    expect(stopped.series[1]!.values.every(Number.isFinite)).toBe(true);
  });

  it("names what is wrong with a study, and a flow that fails", async () => {
    await expect(run(study("field: lorenz, parameters: { ro: 3 }"))).rejects.toThrow("expected one of sigma, rho, beta");
    await expect(run(study("field: lorenz, initial: [1]"))).rejects.toThrow("1 numbers given; lorenz has 3: x, y, z");
    await expect(run(study("field: lorenz", "[{ type: lyapunov-spectrum, k: 4 }]"))).rejects.toThrow(
      "4 given; the flow has dimension 3",
    );
    await expect(run(study("field: lorenz, time: 1e8"))).rejects.toThrow("rows; allowed");
    const failed = await run(study("field: roessler, initial: [0, 0, 1e9], parameters: { c: -1e9 }, time: 10"));
    expect(failed.manifest.status).not.toBe("ok");
    expect(failed.manifest.verdict.join(" ")).toContain("FAILED");
  });
});
