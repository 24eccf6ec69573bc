import { describe, expect, it } from "vitest";
import { column, run, value } from "../../../../../test/support/studies.js";

const text = (graphs: string, questions: string, more = ""): string => `
system: { kind: population, units: 200, h: 0.1, graphs: [${graphs}]${more} }
questions: [${questions}]
`;

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
    // K / 2 - 1 out of incoherence, and no rate below and at the onset.
    expect(Array.from(column(record, "growth_limit"), (v) => v.toFixed(9))).toEqual(["NaN", "NaN", "0.500000000", "1.000000000"]);
    for (const way of ["up", "down"]) {
      const r = column(record, `order_${way}`);
      for (const i of [0, 2, 3]) expect(Math.abs(r[i]! - limit[i]!)).toBeLessThan(3 / Math.sqrt(200));
    }
    expect(value(record, "onset_1")).toBeGreaterThan(1);
    expect(value(record, "onset_1")).toBeLessThan(3);
    expect(record.manifest.verdict.join(" ")).toContain("theory puts the onset of order at K = 2;");
  });

  it("knows frequencies with several peaks: where a pair of waves sets in, and no order beyond or on the way down", async () => {
    const peaks = (share: string): string =>
      `, frequencies: { peaks: [{ width: 0.25, center: -2${share} }, { density: lorentzian, width: 0.25, center: 2 }] }`;
    const questions = "{ type: spectrum }, { type: order-parameter, from: 0.5, to: 2, count: 4, transient: 5, time: 5 }";
    const record = await run(text("{ type: ring, h: 0.25 }, { type: all-to-all }", questions, peaks("")));
    // 4 Delta / zeta, turning by sqrt(w^2 - Delta^2); K / 4 - Delta.
    expect(value(record, "positive_critical_coupling_1")).toBeCloseTo(2, 10);
    expect(value(record, "positive_critical_coupling_2")).toBeCloseTo(1, 10);
    expect(record.manifest.verdict.join(" ")).toContain("There order sets in turning, at the frequency 1.984.");
    const second = (name: string): string[] => Array.from(column(record, name).slice(4), (v) => v.toFixed(9));
    expect(second("growth_limit").slice(2)).toEqual(["0.125000000", "0.250000000"]);
    expect([second("order_limit")[0], second("order_limit")[3]]).toEqual(["0.000000000", "NaN"]);
    expect(new Set(second("order_limit_down"))).toEqual(new Set(["NaN"]));
    // The frequencies that are dealt are those of the peaks.
    expect(column(record, "order_up")[4]).toBeLessThan(0.3);
    const wrong = run(text("{ type: all-to-all }", "{ type: spectrum }", peaks(", share: 0.3")));
    await expect(wrong).rejects.toThrow("system.frequencies.peaks: mixedFrequencies: shares 0.3, 0.5 given");
    await expect(
      run(text("{ type: all-to-all }", "{ type: spectrum }", ", frequencies: { width: 2, peaks: [{ width: 1, center: 0 }] }")),
    ).rejects.toThrow("system.frequencies.width: peaks have a density, a width and a center each");
    await expect(run(text("{ type: frequency-weighted }", "{ type: convergence }", peaks("")))).rejects.toThrow("with one peak");
    // Before the question that takes hours.
    const first = "{ type: order-parameter, time: 1000000 }";
    await expect(run(text("{ type: all-to-all }", `${first}, { type: convergence }`, peaks("")))).rejects.toThrow(
      "questions[1]: all-to-all: theory does not tell the order parameter there",
    );
  });

  it("has spectra with noise, and of identical oscillators: 2 (Delta + D) / zeta, 2 D / zeta, and no coupling without either", async () => {
    const graph = "{ type: erdos-renyi, p: 0.4 }";
    const noisy = await run(text(graph, "{ type: spectrum }", ", noise: 0.5"));
    expect(value(noisy, "positive_critical_coupling_1")).toBeCloseTo(7.5, 10);
    const same = await run(text(graph, "{ type: spectrum }", ", noise: 0.5, frequencies: { width: 0 }"));
    expect(value(same, "positive_critical_coupling_1")).toBeCloseTo(2.5, 12);
    const none = await run(text(graph, "{ type: spectrum }", ", frequencies: { width: 0 }"));
    expect(value(none, "largest_eigenvalue_1")).toBe(0.4);
    expect(none.manifest.answers.find((a) => a.name === "positive_critical_coupling_1")!.explanation).toMatch(
      /lock at every coupling/,
    );
    expect(none.manifest.verdict.join(" ")).toContain("incoherence ends at no coupling.");
  });

  it("knows random graphs with power-law chances by their clipped limit, beside weighted ones", async () => {
    const record = await run(
      text("{ type: power-law, alpha: 0.4, edges: random }, { type: power-law, alpha: 0.4 }", "{ type: spectrum }"),
    );
    // Weights: (1 - alpha)^2 / (1 - 2 alpha) = 1.8; chances above 1 cut: below 1, as every graph's.
    expect(value(record, "largest_eigenvalue_2")).toBeCloseTo(1.8, 12);
    expect(value(record, "largest_eigenvalue_1")).toBeLessThan(0.8);
    expect(value(record, "smallest_eigenvalue_1")).toBeLessThan(-0.05);
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

  it("brackets the critical coupling, theory inside", async () => {
    const record = await run(
      text("{ type: all-to-all }", "{ type: critical-coupling, way: down, halvings: 5, runs: 4, from: 0.6, to: 2 }"),
    );
    const [measured, error] = [
      value(record, "measured_down_1"),
      record.manifest.answers.find((a) => a.name === "measured_down_1")!.error,
    ];
    expect(value(record, "predicted_down_1")).toBe(2);
    // r = sqrt(1 - 2 / K) passes 3 / sqrt 200 at K = 2.094; with time averages of 15 and n = 200 it is met within 15 %.
    expect(Math.abs(measured / (2 / (1 - 9 / 200)) - 1)).toBeLessThan(0.15);
    expect(error).toBeGreaterThan(0);
    expect(record.manifest.verdict.join(" ")).toMatch(/r of infinitely many passes that level at 2.0942/);
  });

  it("sees the loop of frequency-weighted oscillators, and none of others", async () => {
    const record = await run(
      text(
        "{ type: frequency-weighted }, { type: all-to-all }",
        "{ type: order-parameter, from: 0.6, to: 1.4, count: 9, transient: 20, time: 10 }",
        ", frequencies: { density: gaussian }",
      ),
    );
    expect(value(record, "critical_coupling_1")).toBeCloseTo(2.683277, 5);
    expect(value(record, "release_1")).toBe(2);
    const said = record.manifest.verdict.filter((v) => v.includes("theory puts"));
    expect(said[0]).toMatch(/a hysteresis loop; theory has one from 2 to 2.683/);
    expect(said[1]).not.toMatch(/loop/);
    const [limit, back] = [column(record, "order_limit"), column(record, "order_limit_down")];
    // Row 4 of nine is K_c itself; 0.9 K_c lies in the loop.
    expect([limit[3], back[3]! > 0.8]).toEqual([0, true]);
    expect(limit.slice(9)).toEqual(back.slice(9));
  });

  it("says where a graph falls into parts, whose phases nothing keeps together", async () => {
    const chances = (c: number): string => `{ type: blocks, shares: [0.5, 0.5], chances: [[1, ${c}], [${c}, 1]] }`;
    const record = await run(
      text(`${chances(0)}, ${chances(0.1)}`, "{ type: order-parameter, count: 3, transient: 2, time: 2 }"),
    );
    const said = record.manifest.verdict.filter((v) => v.includes("theory puts"));
    expect(said[0]).toContain("falls into 2 parts that do not act on each other");
    expect(said[1]).not.toContain("parts");
  });

  it("with noise has the order of the Fokker-Planck equation", async () => {
    const record = await run(
      text(
        "{ type: all-to-all }, { type: ring, h: 0.25 }",
        "{ type: order-parameter, from: 0.5, to: 2, count: 4, transient: 10, time: 20, sweep: down }",
        ", noise: 0.5, frequencies: { width: 0 }",
      ),
    );
    // Identical: K_c = 2 D, and twice that where each sees half of the others; r = I_1 / I_0.
    expect(value(record, "critical_coupling_1")).toBe(1);
    expect(value(record, "critical_coupling_2")).toBeCloseTo(2, 12);
    const [r, limit] = [column(record, "order_down"), column(record, "order_limit_down")];
    for (const i of [2, 3, 6, 7]) expect(Math.abs(r[i]! - limit[i]!)).toBeLessThan(3 / Math.sqrt(200));
    expect(limit[0]).toBe(0);
  });

  it("tells twisted states that stay from those that do not", async () => {
    const record = await run(
      text(
        "{ type: ring, h: 0.2 }, { type: ring, h: 0.4 }",
        "{ type: twisted-states, windings: [1, 3] }",
        ", frequencies: { width: 0 }",
      ),
    );
    expect(record.manifest.verdict.join(" ")).toContain("in 4 of 4 cases");
    expect(value(record, "critical_width_1")).toBeCloseTo(0.34046142, 7);
    const [limit, measured] = [record.arrays["twisted_limit"]!, record.arrays["twisted_measured"]!];
    expect([limit.shape[0], measured.shape]).toEqual([2, [2, 2]]);
    for (const [q, g, stable] of [
      [0, 0, true],
      [0, 1, false],
      [1, 0, false],
      [1, 1, false],
    ] as const)
      expect(measured.data[2 * q + g]! < 0).toBe(stable);
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
    [text("{ type: all-to-all }", "{ type: twisted-states }"), "questions[0]: none of the study's graphs is a ring"],
    [
      text("{ type: all-to-all }", "{ type: order-parameter }", ", frequencies: { width: 0 }"),
      "identical oscillators without noise lock",
    ],
    [
      text("{ type: frequency-weighted }", "{ type: convergence }", ", noise: 1"),
      "system.graphs[0]: frequency-weighted: the theory is",
    ],
    [text("{ type: all-to-all }", "{ type: critical-coupling, from: 2, to: 1 }"), "questions[0].to: from 2 to 1 given"],
    [text("{ type: erdos-renyi, p: 0 }", "{ type: order-parameter }"), "has no critical coupling above 0"],
  ])("names what cannot be: %#", async (study, message) => {
    await expect((async () => run(study))()).rejects.toThrow(message);
  });
});
