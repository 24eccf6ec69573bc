import { describe, expect, it } from "vitest";
import { answer, column, run } from "../../../../../test/support/studies.js";

const study = (hessians: string, question = ""): string => `
seed: 1
system: { kind: quadratics, hessians: ${hessians} }
questions: [{ type: probabilistic-stability${question} }]
`;

describe("quadratic losses about one point", () => {
  it("with curvatures 0.3 and 2: two intervals, from the quadratic |(1 - 0.3 eta)(1 - 2 eta)| < 1", async () => {
    const record = await run(study("[0.3, 2]", ", from: 0.01, to: 6, count: 60"));
    // 1 - 2.3 eta + 0.6 eta^2 = -1 has the roots (2.3 -+ sqrt(0.49)) / 1.2; it is 1 at 0 and at 2.3 / 0.6.
    const edges = [1.6 / 1.2, 3 / 1.2, 2.3 / 0.6];
    edges.forEach((edge, i) => expect(Math.abs(answer(record, `edge_${i + 1}`).value - edge)).toBeLessThan(1e-12));
    expect(record.manifest.facts["stableIntervals"]).toBe(2);
    expect(Math.abs(answer(record, "threshold_mean").value - 2 / 1.15)).toBeLessThan(1e-11);
    expect(Math.abs(answer(record, "threshold_mean_square").value - (2 * 2.3) / (0.09 + 4))).toBeLessThan(1e-11);
    const [lambda, square, mean] = ["lambda", "mean_square_growth", "mean_growth"].map((name) => column(record, name));
    column(record, "learning_rate").forEach((eta, i) => {
      const [a, b] = [1 - 0.3 * eta, 1 - 2 * eta];
      expect(Math.abs(lambda![i]! - 0.5 * Math.log(Math.abs(a * b)))).toBeLessThan(1e-12);
      expect(Math.abs(square![i]! - 0.5 * Math.log(0.5 * (a * a + b * b)))).toBeLessThan(1e-12);
      expect(Math.abs(mean![i]! - Math.log(Math.abs(0.5 * (a + b))))).toBeLessThan(1e-10);
    });
    expect(record.manifest.verdict.join(" ")).toMatch(/a disconnected set\..*\(100\s%\)/);
  });

  it("of which one is a maximum attract where the exponent says, with a mean that grows at every step size", async () => {
    const record = await run(study("[-1, 0.8]", ", from: 0.1, to: 2.4, count: 24"));
    // (1 + eta) |1 - 0.8 eta| < 1 from the small root of 0.8 eta^2 - 0.2 eta = 0 to that of 0.8 eta^2 - 0.2 eta = 2.
    expect(answer(record, "threshold_mean").value).toBe(0);
    expect(answer(record, "threshold_mean_square").value).toBe(0);
    expect(Math.abs(answer(record, "edge_1").value - 0.25)).toBeLessThan(1e-12);
    expect(Math.abs(answer(record, "edge_2").value - (0.2 + Math.sqrt(0.04 + 6.4)) / 1.6)).toBeLessThan(1e-12);
    const [converged, lambda] = [column(record, "converged"), column(record, "lambda")];
    converged.forEach((c, i) => {
      if (Math.abs(lambda[i]!) > 0.1) expect(c).toBe(lambda[i]! < 0 ? 1 : 0);
    });
  });

  it("without any curvature stay where they are, and the runs are said to tell nothing", async () => {
    const record = await run(study("[0, 0]", ", from: 0.1, to: 1.5, count: 3, runs: 20, steps: 50"));
    expect([...column(record, "lambda")]).toEqual([0, 0, 0]);
    expect(record.manifest.verdict.join(" ")).toMatch(/at 0 of 3 step sizes, so that they say nothing of the sign of λ/);
  });

  it("given as diagonal matrices have the larger of two exponents", async () => {
    const record = await run(
      study("[[[0.5, 0], [0, 1.5]], [[1, 0], [0, 0.3]]]", ", from: 0.5, to: 3, count: 4, runs: 60, steps: 400"),
    );
    const [lambda, error] = [column(record, "lambda"), column(record, "lambda_error")];
    column(record, "learning_rate").forEach((eta, i) => {
      const of = (a: number, b: number): number => 0.5 * Math.log(Math.abs((1 - a * eta) * (1 - b * eta)));
      expect(Math.abs(lambda[i]! - Math.max(of(0.5, 1), of(1.5, 0.3)))).toBeLessThan(4 * error[i]! + 1e-9);
      const square = (a: number, b: number): number => 0.25 * ((1 - a * eta) ** 2 + (1 - b * eta) ** 2) * 2;
      const mixed = 0.5 * Math.abs((1 - 0.5 * eta) * (1 - 1.5 * eta) + (1 - eta) * (1 - 0.3 * eta));
      expect(column(record, "mean_square_growth")[i]).toBeCloseTo(
        0.5 * Math.log(Math.max(square(0.5, 1), square(1.5, 0.3), mixed)),
        10,
      );
    });
  });

  it("given as matrices: edges are halved towards, and directions without curvature do not count as convergence", async () => {
    // Projections on orthogonal directions: lambda = log |1 - eta| / 2, so the edge is 2, on a grid of steps of 3.9.
    const edges = await run(study("[[[1, 0], [0, 0]], [[0, 0], [0, 1]]]", ", from: 0.4, to: 16, count: 5, runs: 10, steps: 100"));
    const found = answer(edges, "edge_1");
    expect(Math.abs(found.value - 2)).toBeLessThan(5 * found.error);
    expect(found.error).toBeLessThan(0.01);
    // One direction has no curvature in either sample, so lambda is 0 and is computed as a few 1e-17 of either sign.
    const flat = "[[[0.36, 0.48], [0.48, 0.64]], [[0.72, 0.96], [0.96, 1.28]]]";
    const none = await run(study(flat, ", count: 12, runs: 10, steps: 100"));
    expect(none.manifest.facts["stableIntervals"]).toBe(0);
    expect(none.manifest.verdict[0]).toMatch(/at NONE of the step sizes/);
  });

  it("converge at step sizes that a 1 swallows: log |1 - x| is -x there", async () => {
    const record = await run(study("[2]", ", from: 1.0e-300, to: 2.0e-300, count: 3, runs: 5, steps: 50"));
    column(record, "learning_rate").forEach((eta, i) => expect(column(record, "lambda")[i]! / (-2 * eta)).toBeCloseTo(1, 12));
    expect(record.manifest.facts["stableIntervals"]).toBe(1);
  });

  it("stops between two step sizes, with what it has", async () => {
    const stop = new AbortController();
    const record = await run(study("[0.2, 3]", ", count: 50"), {
      signal: stop.signal,
      onProgress: ({ done }) => done > 5 && stop.abort(),
    });
    expect(record.manifest.status).toBe("aborted");
    expect(record.manifest.verdict[0]).toMatch(/^The run was STOPPED after \d+ of 50 step sizes/);
  });

  it.each([
    [
      "matrices of two sizes",
      study("[[[1]], [[1, 0], [0, 1]]]"),
      /system\.hessians: .* number 1 is not a symmetric 1 x 1 matrix/,
    ],
    ["a matrix that is not symmetric", study("[[[1, 2], [0, 1]]]"), /number 0 is not a symmetric 2 x 2 matrix/],
    ["an empty range", study("[1]", ", from: 2, to: 1"), /questions\[0\]\.to: from 2 to 1 given/],
  ])("refuses %s", async (_, text, message) => {
    await expect((async () => run(text))()).rejects.toThrow(message);
  });
});
