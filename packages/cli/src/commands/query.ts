import { existsSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../exit.js";

export interface QueryFlags {
  readonly runs: string;
  readonly format: "table" | "csv" | "json";
}

const PACKAGE = "@duckdb/node-api";
const TESTED = "1.5.5-r.5";

/** What of DuckDB is used here; its package is optional, and so are its types. */
interface DuckDb {
  /** Names by number. */
  readonly StatementType: Readonly<Record<number, string>>;
  readonly DuckDBInstance: {
    create(path: string, options: Record<string, string>): Promise<{ connect(): Promise<Connection> }>;
  };
}
interface Connection {
  run(sql: string): Promise<unknown>;
  extractStatements(sql: string): Promise<{ readonly count: number; prepare(index: number): Promise<Prepared> }>;
}
interface Prepared {
  /** A number of `StatementType`. */
  readonly statementType: number;
  runAndReadAll(): Promise<Answer>;
}
interface Answer {
  columnNames(): string[];
  getRowsJson(): unknown[][];
}

/** An infinite number is text in JSON, by which a column of numbers would be one of texts. */
const ANSWERS =
  "answers::struct(name varchar, label varchar, value double, error double, unit varchar, status varchar, method varchar, explanation varchar, sources varchar[], cost json)[] as answers";

/** The tables that a query finds, and the files that make them. */
const TABLES = [
  { name: "series", file: "series.parquet", from: "read_parquet" },
  { name: "cells", file: "cells.parquet", from: "read_parquet" },
  { name: "runs", file: "manifest.json", from: "read_json" },
] as const;

/** What reads. CREATE makes something in memory, as DuckDB itself does on the way to a PIVOT. */
const READING = new Set(["SELECT", "EXPLAIN", "CREATE"]);

/**
 * Asks the tables of all runs and sweeps in a folder a question in SQL, by way of DuckDB; returns the rows as text. Statements that could write files
 * are refused, whatever stands before them.
 */
export async function query(sql: string, { runs, format }: QueryFlags): Promise<string> {
  if (existsSync(runs) && !statSync(runs).isDirectory())
    throw new UserError(`--runs: ${runs} is a file; expected a folder of runs, or that of one run or sweep`);
  const duck = await load();
  const instance = await duck.DuckDBInstance.create(":memory:", {
    // Nothing is fetched from anywhere.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  const folders = existsSync(runs)
    ? (await readdir(runs, { withFileTypes: true })).filter((d) => d.isDirectory() && !d.name.startsWith(".")).map((d) => d.name)
    : [];
  const here: string[] = [];
  try {
    for (const { name, file, from } of TABLES) {
      // A folder of one run or sweep is as good as one of many.
      const files = [...folders.map((f) => join(runs, f, file)), join(runs, file)].filter((path) => existsSync(path)).sort();
      if (files.length === 0) continue;
      here.push(name);
      const list = files.map((f) => `'${f.replaceAll("'", "''")}'`).join(", ");
      await connection.run(
        `create view ${name} as select parse_path(filename)[-2] as folder, * exclude (filename)${from === "read_json" ? ` replace (${ANSWERS})` : ""} from ${from}([${list}], union_by_name = true, filename = true${from === "read_json" ? ", maximum_object_size = 268435456" : ""})`,
      );
    }
    const result = await answered(connection, sql, duck.StatementType);
    return FORMATS[format](result.columnNames(), result.getRowsJson());
  } catch (error) {
    const tables = here.length > 0 ? `tables: ${here.join(", ")} (and any file: 'path.parquet')` : `no runs in ${runs}`;
    throw new UserError(`query: ${error instanceof Error ? error.message : String(error)}\n${tables}`);
  }
}

/** The answer to the last of the statements. Each is looked at before it runs, when those before it have. */
async function answered(connection: Connection, sql: string, kinds: DuckDb["StatementType"]): Promise<Answer> {
  if (!/[^\s;]/.test(sql)) throw new Error('the question is empty; ask such as "select * from cells"');
  const refused = (number: number, kind: string): never => {
    throw new Error(
      `statement ${number} is of the kind ${kind}, and this command only reads; ask with SELECT, FROM, WITH, PIVOT, SUMMARIZE, DESCRIBE, SHOW or EXPLAIN, and keep an answer with --format csv > answer.csv`,
    );
  };
  const statements = await connection.extractStatements(sql);
  // Only to look at an EXPORT makes its folder.
  const [before, after] = sql.split(/\bexport\s+database\b/i);
  if (after !== undefined) refused(before!.split(";").length, "EXPORT");
  let answer: Answer | undefined;
  for (let i = 0; i < statements.count; i++) {
    const statement = await statements.prepare(i);
    const kind = kinds[statement.statementType] ?? "?";
    if (!READING.has(kind) || (kind === "EXPLAIN" && /\banalyze\b/i.test(sql))) refused(i + 1, kind);
    answer = await statement.runAndReadAll();
  }
  if (!answer) throw new Error("the question holds no statement");
  return answer;
}

async function load(): Promise<DuckDb> {
  try {
    return (await import(PACKAGE)) as DuckDb;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UserError(
      `query needs DuckDB, which is not installed (70 MB): npm install ${PACKAGE}@${TESTED}. The tables are Parquet files, which other programs read as well`,
    );
  }
}

const text = (value: unknown): string =>
  value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);

const FORMATS: Record<QueryFlags["format"], (names: readonly string[], rows: readonly unknown[][]) => string> = {
  json: (names, rows) =>
    JSON.stringify(
      rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]]))),
      null,
      1,
    ),
  csv: (names, rows) => {
    const field = (value: unknown): string => {
      const t = text(value);
      return /[",\n\r]/.test(t) ? `"${t.replaceAll('"', '""')}"` : t;
    };
    return [names, ...rows].map((row) => row.map(field).join(",")).join("\n");
  },
  table: (names, rows) => {
    const lines = [names, ...rows.map((row) => row.map(text))];
    const widths = names.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
    // Whole and decimal numbers of any length come as text.
    const isNumber = (cell: string): boolean => cell === "" || Number.isFinite(Number(cell));
    const numeric = names.map((_, i) => lines.slice(1).every((line) => isNumber(line[i]!)));
    const lay = (line: readonly string[]): string =>
      line
        .map((cell, i) => (numeric[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
        .join("  ")
        .trimEnd();
    return [lay(names), widths.map((w) => "-".repeat(w)).join("  "), ...lines.slice(1).map(lay)].join("\n");
  },
};
