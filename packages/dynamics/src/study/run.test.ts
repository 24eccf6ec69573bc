import { describe, expect, it } from "vitest";
import { answer, column } from "../../../../test/support/studies.js";
import { parseStudy } from "./parse.js";
import { runStudy, type RunOptions } from "./run.js";
import type { RunRecord } from "./record.js";
import type { Progress } from "./system.js";

// y = w x fitted to y = 3 x from w = 0: the error e = w - 3 obeys e' = (1 - eta lambda) e with lambda = mean of x^2 = 1.75,
// and the loss is lambda e^2 / 2. Everything that a run reports is known exactly.
const LAMBDA = 1.75;

const linear = ({ eta = 0.5, steps = 40, more = "" } = {}): string => `
title: A line
system:
  kind: training
  architecture: { widths: [1, 1], bias: false, init: zero }
  data: { source: inline, inputs: [[1], [-2], [0.5]], targets: [[3], [-6], [1.5]] }
  optimizer: { learningRate: ${eta} }
  steps: ${steps}
questions:
  - { type: sharpness, every: 10 }
  - type: edge-of-stability
${more}`;

const options: RunOptions = {
  read: () => Promise.reject(new Error("no file is asked for")),
  version: "test",
};
const run = (text: string, more: Partial<RunOptions> = {}): Promise<RunRecord> =>
  runStudy(parseStudy(text).study, { ...options, ...more });

describe("a run of a quadratic loss", () => {
  it("has the exact losses, eigenvalue, ratio and Lyapunov exponent", async () => {
    const record = await run(linear({ more: "  - { type: lyapunov, interval: 1, transient: 0 }\n" }));
    expect(record.manifest.status).toBe("ok");
    expect(column(record, "step")).toEqual([0, 10, 20, 30, 40]);
    const factor = 1 - 0.5 * LAMBDA;
    column(record, "loss")
      .slice(0, 2)
      .forEach((loss, i) => expect(loss).toBeCloseTo(0.5 * LAMBDA * (3 * factor ** (10 * i)) ** 2, 12));
    expect(answer(record, "sharpness").value).toBeCloseTo(LAMBDA, 14);
    expect(record.manifest.facts).toMatchObject({ regime: "stable", threshold: 4 });
    expect(record.manifest.facts["ratio"]).toBeCloseTo(LAMBDA / 4, 14);
    expect(answer(record, "lyapunov_1").value).toBeCloseTo(Math.log(Math.abs(factor)), 13);
    expect(record.arrays["parameters"]!.data[0]).toBeCloseTo(3, 14);
    expect(record.arrays["parameters_initial"]!.data[0]).toBe(0);
  });

  it("concludes at the state of its last step, neither before nor after", async () => {
    const record = await run(linear({ steps: 2, more: "  - type: gradient-growth\n" }));
    // The derivative of the loss by a prediction is e x / 3; its root mean square over the samples is |e| sqrt(lambda) / 3.
    const norms = record.arrays["gradient_norms"]!.data;
    expect(norms[1]).toBeCloseTo((3 * (1 - 0.5 * LAMBDA) ** 2 * Math.sqrt(LAMBDA)) / 3, 15);
    expect(record.arrays["gradient_norms_initial"]!.data[1]).toBeCloseTo((3 * Math.sqrt(LAMBDA)) / 3, 14);
  });

  it.each([
    [1.12, "at the edge"],
    [0.9, "stable"],
  ])("stands where 2/eta says: eta = %f is %s", async (eta, regime) => {
    expect((await run(linear({ eta }))).manifest.facts["regime"]).toBe(regime);
  });

  it("diverges at the very step at which its exact error leaves the numbers, and says what would have been stable", async () => {
    // |e_n| = 3 * 2.5^n passes the largest double, 1.8e308, after n = 773.
    const { manifest, series } = await run(linear({ eta: 2, steps: 5000 }));
    expect(manifest.status).toBe("diverged");
    expect(manifest.facts).toMatchObject({ divergedAfter: 773, lastFiniteLossAt: 380, sharpnessAt: 0 });
    expect(manifest.facts["largestStableStep"]).toBeCloseTo(2 / LAMBDA, 14);
    expect((manifest.facts["lastFiniteLoss"]! as number) / (0.5 * LAMBDA * 9 * 2.5 ** 760)).toBeCloseTo(1, 9);
    expect(manifest.verdict[0]).toBe("The run DIVERGED: after 773 steps the parameters are no longer finite numbers.");
    expect(series[0]!.values.at(-1)).toBe(770);
  });

  it("says the same about divergence when no sharpness was asked for", async () => {
    const text = linear({ eta: 2, steps: 5000 }).replace(
      / {2}- \{ type: sharpness.*\n.*edge-of-stability/,
      "  - type: gradient-growth",
    );
    const { facts } = (await run(text)).manifest;
    expect(facts["divergedAfter"]).toBe(773);
    expect(facts["largestStableStep"]).toBeCloseTo(2 / LAMBDA, 14);
  });
});

const wave = (questions: string, steps = 60): string => `
seed: 3
system:
  kind: training
  architecture: { widths: [1, 6, 1], bias: true }
  data: { source: chebyshev, degree: 3, points: 9 }
  optimizer: { learningRate: 0.2 }
  steps: ${steps}
questions:
${questions}`;
const sharp = "  - { type: sharpness, k: 2, every: 5 }\n";

describe("a run", () => {
  it("gives the same record twice, and another for another seed", async () => {
    const text = wave(`${sharp}  - { type: lyapunov, interval: 5 }\n  - type: gradient-growth\n`);
    const [a, b] = [await run(text), await run(text, { threads: 2 })];
    expect(b.manifest).toEqual(a.manifest);
    expect(b.series).toEqual(a.series);
    expect(b.arrays).toEqual(a.arrays);
    const c = await run(text.replace("seed: 3", "seed: 4"));
    expect(column(c, "loss")).not.toEqual(column(a, "loss"));
  });

  it("moves the same way with tangents riding along and without, however often it is looked at", async () => {
    const plain = await run(wave(sharp));
    const ridden = await run(wave(`${sharp}  - { type: lyapunov, interval: 3 }\n`));
    const seldom = await run(wave(sharp.replace("every: 5", "every: 60")));
    expect(column(ridden, "loss")).toEqual(column(plain, "loss"));
    expect(ridden.arrays["parameters"]).toEqual(plain.arrays["parameters"]);
    expect(seldom.arrays["parameters"]).toEqual(plain.arrays["parameters"]);
  });

  it("measures the largest eigenvalue often and the others seldom when asked to", async () => {
    const both = await run(wave("  - { type: sharpness, k: 2, every: 5, tolerance: 1e-8 }\n"));
    const seldom = await run(wave("  - { type: sharpness, k: 2, every: 5, furtherEvery: 20, tolerance: 1e-8 }\n"));
    const measured = column(seldom, "eigenvalue_2").map(Number.isFinite);
    expect(measured).toEqual(column(seldom, "step").map((t) => t % 20 === 0));
    column(seldom, "sharpness").forEach((value, i) => expect(value).toBeCloseTo(column(both, "sharpness")[i]!, 6));
  });

  it("that is stopped keeps what it has: the state of a run that was meant to be as short", async () => {
    const stop = new AbortController();
    const stopped = await run(wave(sharp, 100_000), {
      signal: stop.signal,
      onProgress: ({ done }) => done >= 25 && stop.abort(),
    });
    const { planned, done } = stopped.manifest.steps;
    expect(stopped.manifest.status).toBe("aborted");
    expect(planned).toBe(100_000);
    expect(done).toBeGreaterThanOrEqual(25);
    expect(stopped.manifest.verdict[0]).toBe(`The run was STOPPED at step ${done} of 100000; what follows holds up to there.`);
    const short = await run(wave(sharp, done));
    expect(stopped.arrays["parameters"]).toEqual(short.arrays["parameters"]);
    expect(column(stopped, "step").slice(0, 6)).toEqual([0, 5, 10, 15, 20, 25]);
    expect(Number.isFinite(answer(stopped, "sharpness").value)).toBe(true);
  });

  it("has rows even when no question says how often", async () => {
    const record = await run(wave("  - type: gradient-growth\n", 400));
    expect(column(record, "step").length).toBe(201);
  });

  it("tells its progress row by row", async () => {
    const seen: Progress[] = [];
    await run(wave(sharp, 12), { onProgress: (p) => seen.push(p) });
    expect(seen.map((p) => p.done)).toEqual([0, 5, 10, 12]);
    for (const { total, unit, note } of seen) {
      expect([total, unit]).toEqual([12, "step"]);
      expect(note).toMatch(/^loss [\d.]+ \| sharpness [\d.]+ of [\d.]+$/);
    }
  });
});

describe("a study that asks for what cannot be", () => {
  const failure = async (text: string): Promise<string> => {
    const { study, locate } = parseStudy(text, "s.yaml");
    return runStudy(study, options).then(
      () => "",
      (error: { problems: Parameters<typeof locate>[0][] }) => error.problems.map(locate).join("\n"),
    );
  };

  it.each([
    [
      "widths: [1, 6, 1]",
      "widths: [2, 6, 1]",
      "s.yaml:5:28 system.architecture.widths[0]: 2 inputs given; the data have 1 a sample",
    ],
    [
      "widths: [1, 6, 1]",
      "widths: [1, 6, 3]",
      "s.yaml:5:34 system.architecture.widths[2]: 3 outputs given; the data have 1 targets a sample",
    ],
    [
      "bias: true",
      "bias: [true]",
      "s.yaml:5:17 system.architecture: mlp: 1 values of bias given; allowed: one for all, or 2, one a layer",
    ],
    ["{ type: sharpness, k: 2, every: 5 }", "type: accuracy", /^s\.yaml:10:11 questions\[0\]\.type: accuracy needs classes/],
    [
      "{ type: sharpness, k: 2, every: 5 }",
      "{ type: lyapunov, transient: 59 }",
      /^s\.yaml:10:34 questions\[0\]\.transient: after 59 of 60 steps/,
    ],
    [
      "{ type: sharpness, k: 2, every: 5 }",
      "{ type: sharpness, k: 20 }",
      /^s\.yaml:10:27 questions\[0\]\.k: 20 eigenvalues asked for; the network has 19 parameters/,
    ],
    [
      "{ type: sharpness, k: 2, every: 5 }",
      "{ type: lyapunov, k: 64 }",
      /^s\.yaml:10:26 questions\[0\]\.k: 64 exponents asked for; the state has 19/,
    ],
    [
      "{ source: chebyshev, degree: 3, points: 9 }",
      "{ source: inline, inputs: [[1], [2, 3]], targets: [[1], [2]] }",
      /^s\.yaml:6:41 system\.data\.inputs\[1\]: 2 numbers in this sample, 1 in the first/,
    ],
  ])("hears where: %s -> %s", async (from, to, wanted) => {
    const text = wave(sharp);
    expect(text).toContain(from);
    expect(await failure(text.replace(from, to))).toMatch(wanted);
  });
});
