import { describe, expect, it } from "vitest";
import { value } from "../../../../../test/support/studies.js";
import { parseStudy } from "../parse.js";
import type { RunRecord } from "../record.js";
import { runStudy } from "../run.js";
import type { Table } from "../table.js";

const table = (names: string[], rows: number[][]): Table => ({
  rows: rows.length,
  columns: names.length,
  values: Float64Array.from(rows.flat()),
  names,
  sha256: "0".repeat(64),
});
const run = (
  file: Table,
  graphs: string,
  questions = "{ type: spectrum }",
  units = 8,
  density = "lorentzian",
): Promise<RunRecord> => {
  const text = `
system: { kind: population, units: ${units}, h: 0.1, graphs: [${graphs}], frequencies: { density: ${density}, width: 1 } }
questions: [${questions}]
`;
  return runStudy(parseStudy(text, "s.yaml").study, { version: "0.1.0", read: () => Promise.resolve(file) });
};
const FILE = "{ type: file, path: net.csv }";
const pairs = (n: number): number[][] =>
  Array.from({ length: n * n }, (_, e) => [Math.floor(e / n), e % n]).filter(([a, b]) => a! < b!);

describe("the network of a file", () => {
  it("has the spectrum of its matrix: a star of 8 has the eigenvalues +-sqrt(7), K_c = 2 / (lambda / n)", async () => {
    const star = Array.from({ length: 7 }, (_, i) => [0, i + 1]);
    const record = await run(table(["Source", "target"], star), FILE);
    const top = Math.sqrt(7) / 8;
    expect(Math.abs(value(record, "largest_eigenvalue_1") - top)).toBeLessThan(1e-14);
    expect(Math.abs(value(record, "smallest_eigenvalue_1") + top)).toBeLessThan(1e-14);
    expect(Math.abs(value(record, "positive_critical_coupling_1") - 2 / top)).toBeLessThan(1e-9);
    expect(Math.abs(value(record, "negative_critical_coupling_1") + 2 / top)).toBeLessThan(1e-9);
    expect(record.arrays["eigenvalues_1"]!.data.length).toBe(2);
    expect(record.manifest.inputs).toEqual([{ name: "net.csv", sha256: "0".repeat(64), rows: 7, columns: 2 }]);
  });

  it("carries weights, and numbers from 1", async () => {
    const record = await run(table(["source", "target", "weight"], [[1, 2, 2.5]]), "{ type: file, path: net.csv, first: 1 }");
    expect(Math.abs(value(record, "largest_eigenvalue_1") - 2.5 / 8)).toBeLessThan(1e-14);
  });

  const turning = table(
    ["source", "target", "weight"],
    [
      [0, 1, 1],
      [1, 2, 1],
      [2, 0, -1],
    ],
  );
  const ONE_WAY = "{ type: file, path: net.csv, symmetric: false }";

  it("may run one way with weights of both signs: a cycle with one that pushes has the roots of -1", async () => {
    // e^(+-i pi / 3) / 8: Lorentzian, Re K zeta / 2 = 1 at K = 32; order turns by K Im zeta / 2 = tan(pi / 3).
    const record = await run(
      turning,
      ONE_WAY,
      "{ type: spectrum }, { type: order-parameter, from: 0.5, to: 2, count: 4, transient: 1, time: 1 }",
    );
    expect(value(record, "positive_critical_coupling_1")).toBeCloseTo(32, 9);
    // For K < 0 the real one, -1 / 8, comes first.
    expect(value(record, "negative_critical_coupling_1")).toBeCloseTo(-16, 9);
    expect(value(record, "leading_eigenvalue_re_1")).toBeCloseTo(1 / 16, 12);
    expect(Math.abs(value(record, "leading_eigenvalue_im_1"))).toBeCloseTo(Math.sqrt(3) / 16, 12);
    const of = (name: string): string[] => Array.from(record.series.find((s) => s.name === name)!.values, (v) => v.toFixed(6));
    // At half, once, one and a half times and twice the threshold.
    expect([0, 2, 3].map((i) => of("order_limit")[i])).toEqual(["0.000000", "NaN", "NaN"]);
    expect(of("growth_limit").slice(2)).toEqual(["0.500000", "1.000000"]);
    expect(record.manifest.verdict.join(" ")).toMatch(
      /has negative weights; incoherence ends at K = 32\..* has the eigenvalue 0.0625 . 0.1083 i\. There order sets in turning, at the frequency -?1.732\./,
    );
  });

  it("of even frequencies a turning mode of a cycle comes before the largest eigenvalue", async () => {
    const cycle = table(
      ["source", "target"],
      Array.from({ length: 8 }, (_, i) => [i, (i + 1) % 8]),
    );
    const record = await run(cycle, ONE_WAY, "{ type: spectrum }", 8, "uniform");
    // (4 / pi) cos(pi / 4) times 8; the eigenvalues +-i lie on the edge and never grow.
    expect(value(record, "largest_eigenvalue_1")).toBeCloseTo(1 / 8, 12);
    expect(value(record, "positive_critical_coupling_1")).toBeCloseTo((32 / Math.PI) * Math.SQRT1_2, 9);
    expect(record.manifest.verdict.join(" ")).toContain("There order sets in turning");
    expect(value(await run(cycle, ONE_WAY), "positive_critical_coupling_1")).toBeCloseTo(16, 9);
  });

  it("may have negative weights: onset and rate of growth from the largest eigenvalue, no theory of r beyond", async () => {
    // A triangle of which one edge pushes: eigenvalues 1, 1 and -2.
    const signed = table(
      ["source", "target", "weight"],
      [
        [0, 1, 1],
        [1, 2, 1],
        [0, 2, -1],
      ],
    );
    const record = await run(signed, FILE, "{ type: order-parameter, from: 0.5, to: 2, count: 4, transient: 1, time: 1 }");
    expect(value(record, "critical_coupling_1")).toBeCloseTo(16, 9);
    const of = (name: string): string[] => Array.from(record.series.find((s) => s.name === name)!.values, (v) => v.toFixed(6));
    expect(of("order_limit")).toEqual(["0.000000", "0.000000", "NaN", "NaN"]);
    expect(of("growth_limit")).toEqual(["NaN", "NaN", "0.500000", "1.000000"]);
    expect(record.manifest.verdict.join(" ")).toContain("Theory does not tell r beyond the onset here.");
  });

  it("may be directed: a ring one way has the eigenvalue 1, a chain none, a star that answers +-sqrt(n - 1)", async () => {
    const cycle = Array.from({ length: 8 }, (_, i) => [i, (i + 1) % 8]);
    const ring = await run(table(["source", "target"], cycle), ONE_WAY);
    expect(Math.abs(value(ring, "largest_eigenvalue_1") - 1 / 8)).toBeLessThan(1e-13);
    expect(Math.abs(value(ring, "positive_critical_coupling_1") - 16)).toBeLessThan(1e-10);
    expect(value(ring, "smallest_eigenvalue_1")).toBeNaN();
    const chain = await run(table(["source", "target"], cycle.slice(0, 7)), ONE_WAY);
    expect(value(chain, "largest_eigenvalue_1")).toBe(0);
    expect(chain.manifest.verdict.join(" ")).toMatch(/NO COUPLING makes all of it order itself, since nothing runs in cycles/);
  });

  it("may be large: a star of 3,000 has its eigenvalues, theory and a sweep", async () => {
    const rays = Array.from({ length: 2999 }, (_, i) => [0, i + 1]);
    for (const graph of [FILE, ONE_WAY]) {
      const both = graph === FILE ? rays : [...rays, ...rays.map(([a, b]) => [b!, a!])];
      const record = await run(table(["source", "target"], both), graph, "{ type: spectrum }", 3000);
      const top = Math.sqrt(2999) / 3000;
      expect(Math.abs(value(record, "largest_eigenvalue_1") / top - 1)).toBeLessThan(1e-9);
      if (graph === FILE) expect(Math.abs(value(record, "smallest_eigenvalue_1") / top + 1)).toBeLessThan(1e-9);
      expect(Math.abs(value(record, "positive_critical_coupling_1") / (2 / top) - 1)).toBeLessThan(1e-9);
    }
  });

  it("a directed ring of 1,200 is swept beside the theory of its one neighbour a node", async () => {
    const cycle = Array.from({ length: 1200 }, (_, i) => [i, (i + 1) % 1200]);
    const sweep = "{ type: order-parameter, sweep: down, from: 1.5, to: 3, count: 3, transient: 1, time: 1 }";
    const record = await run(table(["source", "target"], cycle), ONE_WAY, sweep, 1200);
    // All nodes have one neighbour: theory is that of everyone with everyone at K / n.
    const column = (name: string): Float64Array => record.series.find((s) => s.name === name)!.values;
    column("relative_coupling").forEach((share, i) =>
      expect(Math.abs(column("order_limit_down")[i]! - Math.sqrt(1 - 1 / share))).toBeLessThan(1e-7),
    );
  });

  it("moves as the same edges do that were sampled", async () => {
    const sweep = (factor: number): string =>
      `{ type: order-parameter, from: ${0.5 * factor}, to: ${2 * factor}, count: 3, transient: 2, time: 3 }`;
    // Couplings are in units of K_c, which is 2 / 1 for the limit of complete graphs and 2 n / (n - 1) for the network of n.
    const complete = await run(table(["source", "target"], pairs(8)), FILE, sweep(7 / 8));
    const sampled = await run(table([], []), "{ type: erdos-renyi, p: 1 }", sweep(1));
    for (const name of ["coupling", "order_up", "order_down"]) {
      const [a, b] = [complete, sampled].map((r) => r.series.find((s) => s.name === name)!.values) as [
        Float64Array,
        Float64Array,
      ];
      a.forEach((v, i) => expect(Math.abs(v - b[i]!)).toBeLessThan(1e-10));
    }
  });

  it.each<[string, string[], number[][], string, string, string]>([
    [
      "an unknown node",
      ["source", "target"],
      [
        [0, 1],
        [1, 8],
      ],
      FILE,
      "{ type: spectrum }",
      "net.csv:3: target 8 is not a node; with units: 8 nodes are the whole numbers from 0 to 7",
    ],
    ["half a node", ["source", "target"], [[0.5, 1]], FILE, "{ type: spectrum }", "net.csv:2: source 0.5 is not a node"],
    [
      "a node before the first",
      ["source", "target"],
      [[0, 1]],
      "{ type: file, path: net.csv, first: 1 }",
      "{ type: spectrum }",
      "numbers from 1 to 8",
    ],
    [
      "an edge given twice",
      ["source", "target"],
      [
        [0, 1],
        [2, 1],
        [1, 0],
      ],
      FILE,
      "{ type: spectrum }",
      "net.csv:4: the edge 1, 0 stands in line 2 already",
    ],
    ["no header", ["0", "1"], [[1, 2]], FILE, "{ type: spectrum }", "net.csv:1: the columns are 0, 1; expected a header"],
    [
      "a network in which nothing runs in cycles",
      ["source", "target"],
      [
        [0, 1],
        [1, 2],
        [0, 2],
      ],
      "{ type: file, path: net.csv, symmetric: false }",
      "{ type: order-parameter }",
      "net has no critical coupling above 0: the network has no eigenvalue other than 0: where nothing runs in cycles",
    ],
    [
      "other sizes",
      ["source", "target"],
      pairs(8),
      FILE,
      "{ type: convergence, sizes: [8, 16, 32] }",
      "net is a network of 8 nodes",
    ],
  ])("names %s with its place", async (_, names, rows, graph, questions, message) => {
    await expect(run(table(names, rows), graph, questions)).rejects.toThrow(message);
  });

  /** The path 0 - 1 - 2 and the edge 3 -> 0, as a GraphML file gives them: rows with lines, nodes with names. */
  const graphml = (more: number[][] = []): Table => {
    const rows = [[0, 1, 1, 0], [1, 2, 3, 0], ...more];
    return {
      ...table(["source", "target", "weight", "directed"], rows),
      nodes: ["ann", "bob", "cy", "dan", "e", "f", "g", "h"],
      lines: Int32Array.from(rows, (_, i) => 20 + 3 * i),
    };
  };

  it("of GraphML has the edges, directions and weights that the file says", async () => {
    const record = await run(graphml(), "{ type: file, path: net.graphml, weight: w }");
    // The path with weights 1 and 3: eigenvalues +-sqrt(10).
    expect(Math.abs(value(record, "largest_eigenvalue_1") - Math.sqrt(10) / 8)).toBeLessThan(1e-14);
    expect(record.manifest.inputs[0]!.name).toBe("net.graphml");
  });

  it.each<[string, Table, string, number, string]>([
    ["an edge twice", graphml([[1, 0, 1, 0]]), "", 8, "net.graphml:26: the edge bob, ann stands in line 20 already"],
    ["an edge both ways once more", graphml([[2, 1, 1, 1]]), "", 8, "net.graphml:26: the edge cy, bob stands in line 23 already"],
    ["another number of nodes", graphml(), "", 9, "net.graphml: 8 nodes; the study has units: 9"],
    ["a first node", graphml(), ", first: 1", 8, "system.graphs[0].first: first is said of edge lists"],
    ["a symmetry", graphml(), ", symmetric: false", 8, "system.graphs[0].symmetric: symmetric is said of edge lists"],
  ])("of GraphML names %s", async (_, file, keys, units, message) => {
    await expect(run(file, `{ type: file, path: net.graphml${keys} }`, "{ type: spectrum }", units)).rejects.toThrow(message);
  });

  it("keeps to the edges that it says it reads", async () => {
    const many = { ...table(["source", "target"], [[0, 1]]), rows: 1_000_001 };
    await expect(run(many, FILE)).rejects.toThrow("1000001 edges; at most 1000000 are read");
  });
});
