/** SQL over runs, with the DuckDB that is installed or not: `npm install --no-save @duckdb/node-api@1.5.5-r.5`. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { query } from "../../packages/cli/src/commands/query.js";
import { separatrix } from "../support/command.js";

const folder = mkdtempSync(join(tmpdir(), "separatrix-query-"));
const there = await import("@duckdb/node-api" as string).then(
  () => true,
  () => false,
);
const system = `system:
  kind: training
  architecture: { widths: [1, 4, 1] }
  data: { source: chebyshev, points: 8 }
  optimizer: { learningRate: 0.1 }
  steps: 50
questions: [{ type: sharpness, every: 10 }]
`;
const ask = async (sql: string, ...more: string[]): Promise<unknown> => {
  const { code, stdout, stderr } = await separatrix(folder, ["query", sql, "--format", "json", ...more]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return JSON.parse(stdout);
};

describe("separatrix query", () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.skipIf(there)("says how to get DuckDB where there is none", async () => {
    const { code, stderr } = await separatrix(folder, ["query", "select 1"]);
    expect(code).toBe(2);
    expect(stderr).toContain("npm install @duckdb/node-api");
  });

  it("refuses a file where a folder of runs is meant", async () => {
    writeFileSync(join(folder, "file"), "");
    const { code, stderr } = await separatrix(folder, ["query", "select 1", "--runs", "file"]);
    expect([code, stderr]).toEqual([2, "--runs: file is a file; expected a folder of runs, or that of one run or sweep\n"]);
  });

  describe.skipIf(!there)("with DuckDB", () => {
    beforeAll(async () => {
      for (const seed of [1, 2]) {
        writeFileSync(join(folder, `${seed}.yaml`), `title: It's run ${seed}\nseed: ${seed}\n${system}`);
        expect((await separatrix(folder, ["run", `${seed}.yaml`, "--quiet"])).code).toBe(0);
      }
      const sweep = `title: Two\nstudy:\n${system.replaceAll(/^/gm, "  ")}\naxes: [{ path: seed, from: 1, to: 2 }]\n`;
      writeFileSync(join(folder, "sweep.yaml"), sweep);
      expect((await separatrix(folder, ["sweep", "sweep.yaml", "--quiet"])).code).toBe(0);
    }, 60_000);

    it("joins series, manifests and cells, which say the same of the same study", async () => {
      const rows = await ask(`
        select r.seed, last(s.loss order by s.step) as last, any_value(c.loss) as cell
        from runs r join series s using (folder) join cells c on c.seed = r.seed group by r.seed order by r.seed`);
      expect(rows).toEqual([
        { seed: expect.anything() as unknown, last: expect.any(Number) as number, cell: expect.any(Number) as number },
        { seed: expect.anything() as unknown, last: expect.any(Number) as number, cell: expect.any(Number) as number },
      ]);
      for (const { last, cell } of rows as { last: number; cell: number }[]) expect(last).toBe(cell);
    });

    it("writes a table whose numbers stand to the right", async () => {
      const { stdout } = await separatrix(folder, ["query", "select title, 1.5 as n from runs order by title"]);
      expect(stdout).toBe("title         n\n----------  ---\nIt's run 1  1.5\nIt's run 2  1.5\n");
    });

    it("counts infinite exponents, which JSON has as text, among the numbers", async () => {
      const [run] = readdirSync(join(folder, "runs")).filter((name) => existsSync(join(folder, "runs", name, "manifest.json")));
      const text = readFileSync(join(folder, "runs", run!, "manifest.json"), "utf8");
      mkdirSync(join(folder, "infinite", "one"), { recursive: true });
      writeFileSync(join(folder, "infinite/one/manifest.json"), text.replace(/"value": [^,]+/, '"value": "-Infinity"'));
      const sql =
        "select min(a.value) = '-inf'::double as low, max(a.value) > 0 as high from (select unnest(answers) as a from runs)";
      expect(await ask(sql, "--runs", "infinite")).toEqual([{ low: true, high: true }]);
    });

    it("reads and writes nothing: whatever could make a file is refused", async () => {
      const before = readdirSync(folder).sort();
      const out = join(folder, "out");
      for (const sql of [
        `copy (select 1) to '${out}.csv'`,
        `select 1; copy runs to '${out}.parquet'`,
        `copy (pivot (select 1 as a) on a) to '${out}.csv'`,
        `create table t as select 1; copy t to '${out}.csv'`,
        `explain analyze copy (select 1) to '${out}.csv'`,
        `export database '${out}'`,
        `attach '${out}.db'; create table out.t as select 1`,
        "install httpfs",
        `set temp_directory = '${out}'`,
        `prepare p as copy (select 1) to '${out}.csv'; execute p`,
      ])
        await expect(query(sql, { runs: join(folder, "runs"), format: "json" }), sql).rejects.toThrow(
          /query: statement [12] is of the kind [A-Z]+, and this command only reads; ask with SELECT/,
        );
      expect(readdirSync(folder).sort()).toEqual(before);
      // What DuckDB does in several steps reads nevertheless.
      expect(await ask("pivot (from runs select seed, 'n' as k) on k using count(*)")).toHaveLength(2);
      expect(await ask("create temp table t as select 2 as a; select a + 1 as b from t")).toEqual([{ b: 3 }]);
      expect(await ask("explain select 1")).toHaveLength(1);
    });

    it.each(["", " ; "])("asks for a question where there is none: %j", async (sql) => {
      const { code, stderr } = await separatrix(folder, ["query", sql]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/the question is empty; ask such as "select \* from cells"/);
    });

    it("names the tables where the question is none", async () => {
      const { code, stderr } = await separatrix(folder, ["query", "select x from nowhere"]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/nowhere does not exist[\s\S]*tables: series, cells, runs/);
    });
  });
});
