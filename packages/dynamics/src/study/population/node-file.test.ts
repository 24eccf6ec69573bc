import { describe, expect, it } from "vitest";
import { column } from "../../../../../test/support/studies.js";
import { quantileFrequencies, uniformFrequencies } from "../../limits/frequencies.js";
import { parseStudy } from "../parse.js";
import type { RunRecord } from "../record.js";
import { runStudy } from "../run.js";
import type { Table, TableReference } from "../table.js";

const UNITS = 40;
const table = (names: string[], rows: readonly (readonly number[])[]): Table => ({
  rows: rows.length,
  columns: names.length,
  values: Float64Array.from(rows.flat()),
  names,
  sha256: "0".repeat(64),
});
const asked: TableReference[] = [];
const run = (file: Table, keys: string, questions = QUICK, more = ""): Promise<RunRecord> => {
  const text = `{ system: { kind: population, units: ${UNITS}, h: 0.1, graphs: [{ type: all-to-all }], ${keys}${more} }, questions: [${questions}] }`;
  const read = (reference: TableReference): Promise<Table> => {
    asked.push(reference);
    return Promise.resolve(file);
  };
  return runStudy(parseStudy(text, "s.yaml").study, { version: "0.1.0", read });
};
const QUICK = "{ type: order-parameter, count: 3, from: 0.5, to: 2, transient: 2, time: 4 }";
const FILE = "frequencies: { file: { path: omega.csv } }";

describe("numbers of nodes from a file", () => {
  const uniform = quantileFrequencies(uniformFrequencies(2, 5), UNITS);
  const rows = Array.from(uniform, (v, i) => [i, v]);

  it("are the frequencies: the same run as with the density whose quantiles they are, in any order of lines and nodes", async () => {
    const backwards = table(["value", "Node"], rows.map(([i, v]) => [v!, i!]).reverse());
    const record = await run(backwards, FILE);
    expect(record.manifest.verdict[1]).toMatch(/taken for uniform ones of center 5 and width 2: .* by chance up to 0.21/);
    // K_c = 4 width / pi; all act on all, so that it does not matter which node has which frequency, on the way down from equal phases.
    const same = await run(backwards, "frequencies: { density: uniform, width: 2, center: 5 }");
    const [a, b] = [record, same].map((r) => column(r, "order_down"));
    expect(record.manifest.answers[0]!.value).toBeCloseTo(8 / Math.PI, 8);
    a!.forEach((v, i) => expect(Math.abs(v - b![i]!)).toBeLessThan(1e-9));
    expect(record.manifest.inputs).toEqual([{ name: "omega.csv", sha256: "0".repeat(64), rows: UNITS, columns: 2 }]);
  });

  it("are held against the density that is named, and a misfit is said", async () => {
    const record = await run(
      table(["node", "value"], rows),
      "frequencies: { density: lorentzian, width: 5, file: { path: omega.csv } }",
    );
    expect(record.manifest.verdict[1]).toContain("MORE than the 0.21 of chance");
    expect(record.manifest.answers[0]!.value).toBe(10);
  });

  it("of a graph are asked for by name, and are phases at the start as well", async () => {
    asked.length = 0;
    const quarter = table(
      ["node", "phase"],
      rows.map(([i]) => [i!, 0.5 * Math.PI * (i! % 4)]),
    );
    const record = await run(
      quarter,
      "phases: { path: net.graphml, value: phase }",
      QUICK,
      ", frequencies: { width: 0 }, noise: 0.5",
    );
    expect(asked).toEqual([{ path: "net.graphml", format: "graphml", of: "nodes", attribute: "phase" }]);
    expect(record.manifest.status).toBe("ok");
  });

  it("equal for all are identical oscillators", async () => {
    const equal = table(
      ["node", "value"],
      rows.map(([i]) => [i!, 3]),
    );
    const record = await run(equal, FILE, QUICK, ", noise: 1");
    expect(record.manifest.verdict[0]).toMatch(/^Identical oscillators/);
    expect(record.manifest.answers[0]!.value).toBe(2);
  });

  it.each<[string, Table, string, string, string]>([
    [
      "a node twice",
      table(["node", "value"], [...rows.slice(0, 3), [1, 7]]),
      FILE,
      QUICK,
      "omega.csv:5: the node 1 stands in line 3 already",
    ],
    ["a node that is missing", table(["node", "value"], rows.slice(1)), FILE, QUICK, "omega.csv: the node 0 has no value"],
    ["an unknown node", table(["node", "value"], [[40, 1]]), FILE, QUICK, "omega.csv:2: 40 is not a node; with units: 40"],
    ["half a node", table(["node", "value"], [[1.5, 1]]), FILE, QUICK, "omega.csv:2: 1.5 is not a node"],
    [
      "another header",
      table(["unit", "value"], [[1, 1]]),
      FILE,
      QUICK,
      "omega.csv:1: the columns are unit, value; expected a header with node and value",
    ],
    [
      "equal values but for one",
      table(
        ["node", "value"],
        rows.map(([i]) => [i!, i === 0 ? 1 : 2]),
      ),
      FILE,
      QUICK,
      "half of the 40 values are 2",
    ],
    [
      "a width of 0",
      table(["node", "value"], rows),
      "frequencies: { width: 0, file: { path: o.csv } }",
      QUICK,
      "system.frequencies.width: 0 means identical",
    ],
    ["other sizes", table(["node", "value"], rows), FILE, "{ type: convergence }", "questions[0]: populations of several sizes"],
    [
      "draws",
      table(["node", "value"], rows),
      FILE,
      "{ type: critical-coupling, frequencies: drawn }",
      "questions[0].frequencies: the study has",
    ],
  ])("name %s", async (_, file, keys, questions, message) => {
    await expect(run(file, keys, questions)).rejects.toThrow(message);
  });
});
