import { describe, expect, it } from "vitest";
import { run } from "../../../../../test/support/studies.js";

const study = (system: string, questions = "[{ type: basins-of-attraction, transient: 100, record: 4 }]"): string =>
  `system: { kind: basins, ${system} }\nquestions: ${questions}\n`;
const newton = "map: newton-cubic, parameter: 1, columns: 40, rows: 30";

describe("a study of basins", () => {
  it("labels every start, adds up to 1, and names the attractors", async () => {
    const r = await run(study(newton));
    expect(r.manifest.status).toBe("ok");
    expect(r.arrays["basins"]!.shape).toEqual([30, 40]);
    const shares = r.series.find((s) => s.name === "share")!.values;
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 14);
    expect(r.manifest.verdict[0]).toContain("re = 1, im = 0");
    // The mirror image: cells beside each other about im = 0 belong to conjugate roots.
    const labels = r.arrays["basins"]!.data;
    const mirrored = [0, 2, 1, 3];
    for (let y = 0; y < 15; y++)
      for (let x = 0; x < 40; x++) expect(labels[(29 - y) * 40 + x]).toBe(mirrored[labels[y * 40 + x]!]);
  });

  it("is the same for any number of threads", async () => {
    const [one, two] = [await run(study(newton), { threads: 1 }), await run(study(newton), { threads: 2 })];
    expect(two.arrays).toEqual(one.arrays);
  });

  it("stops where it is told to", async () => {
    const stop = new AbortController();
    const r = await run(study(newton), { signal: stop.signal, onProgress: () => stop.abort() });
    expect(r.manifest.status).toBe("aborted");
    expect(r.manifest.verdict[0]).toContain("STOPPED");
  });

  it("answers questions on the boundary and marks them", async () => {
    const asked = (more: string) => `[{ type: basins-of-attraction, transient: 100, record: 4, bound: 1.0e12 }, ${more}]`;
    const r = await run(
      study(newton, asked("{ type: minimal-perturbation, attractor: 3, along: [re] }, { type: edge-state, from: 1, to: 7 }")),
    );
    // On the real axis all starts above 0 end at 1, and 0 is the boundary; x < 1 / sqrt(3e12) is carried to 1 / (3 x^2), beyond the bound.
    expect(r.manifest.answers.find((a) => a.name === "minimal_perturbation_3")!.value).toBeCloseTo(1 - 1 / Math.sqrt(3e12), 9);
    expect(r.arrays["ways_out"]!.shape).toEqual([1, 5]);
    expect(r.arrays["ways_out"]!.data[3]).toBeCloseTo(1 / Math.sqrt(3e12), 9);
    expect(r.manifest.verdict.join(" ")).toContain("No edge state: from 1 to 7 was asked, and 3 attractors were found");
    // The line from 0.7 to -0.7 crosses the pole: one side is attractor 3, and what the boundary leads to runs off to infinity and back.
    const wild = await run(study(newton, asked("{ type: edge-state, from: [0.7, 0], to: 1, rounds: 5 }")));
    expect(wild.manifest.verdict.join(" ")).toContain("No edge state on the boundary");
    expect(wild.arrays["edge_state"]).toBeUndefined();
    await expect(run(study(newton, asked("{ type: edge-state, from: [0.7], to: 1 }")))).rejects.toThrow("2 components: re, im");
    await expect(run(study(newton, asked("{ type: minimal-perturbation, along: [z] }")))).rejects.toThrow("some of re, im");
  });

  it("refuses what has no answer before it looks for attractors", async () => {
    const early = async (text: string): Promise<void> => {
      await run(text, { onProgress: () => expect.unreachable("the search began") });
    };
    const asked = (more: string) => `[{ type: basins-of-attraction, transient: 100, record: 4 }, ${more}]`;
    const own = (keys: string) => study(newton, `[{ type: basins-of-attraction, ${keys} }]`);
    await expect(early(study(newton, asked("{ type: edge-state, from: [0.7], to: 1 }")))).rejects.toThrow("2 components: re, im");
    await expect(early(study(newton, asked("{ type: minimal-perturbation, along: [z] }")))).rejects.toThrow("some of re, im");
    await expect(early(study(newton, asked("{ type: minimal-perturbation, along: [re, re] }")))).rejects.toThrow("once");
    await expect(early(own("side: 40"))).rejects.toThrow("40 given; allowed: at most 30 in a picture of 40 columns and 30 rows");
    await expect(early(own("stay: 9, looks: 8"))).rejects.toThrow("9 given; allowed: at most as many as looks, which are 8");
    await expect(early(own("bound: 0.5"))).rejects.toThrow(/bound: 0.5 given, and starts reach to \d.*; allowed: from/);
  });

  it("refuses keys of a flow for a map and the other way round: they would change nothing", async () => {
    await expect(run(study(`${newton}, parameters: { b: 0.3 }`))).rejects.toThrow("b given for a map, which has one number");
    await expect(run(study(`${newton}, dt: 0.5`))).rejects.toThrow("dt: 0.5 given for a map; it belongs to flows");
    await expect(run(study(`${newton}, rtol: 1.0e-9`))).rejects.toThrow("rtol: 1e-9 given for a map");
    await expect(run(study("flow: magnetic-pendulum, parameter: 1.4"))).rejects.toThrow(
      "1.4 given for a flow; name what is meant",
    );
  });

  it("names what is wrong with a study", async () => {
    await expect(run(study("columns: 4"))).rejects.toThrow("neither flow nor map given");
    await expect(run(study("map: henon"))).rejects.toThrow("expected the a of henon");
    await expect(run(study("map: logistic, parameter: 3"))).rejects.toThrow("one component");
    await expect(run(study("map: henon, parameter: 1.4, x: { component: z, from: 0, to: 1 }"))).rejects.toThrow("one of x, y");
    await expect(run(study("flow: lorenz, parameters: { ro: 3 }"))).rejects.toThrow("expected one of sigma, rho, beta");
  });
});
