import { z } from "zod";
import { refuse } from "../problem.js";
import type { InputFile, ReadTable, TableReference } from "../table.js";

export const GRAPHML = /\.graphml(\.gz)?$/i;

/** A number for each node, from a file. */
export const nodeFile = z.strictObject({
  path: z
    .string()
    .min(1)
    .max(1000)
    .describe(
      "Relative to the study: a table (.csv, .csv.gz) whose header names node and the column of the numbers, or a graph (.graphml, .graphml.gz) whose nodes have them as an attribute",
    ),
  value: z.string().min(1).max(200).default("value").describe("Name of the column, or of the attribute"),
  first: z.int().min(0).max(1).default(0).describe("Number of the first node in a table"),
});

export type NodeFileSpec = z.infer<typeof nodeFile>;

/** A number for each node, and the file they come from. */
export interface NodeValues {
  readonly values: Float64Array;
  readonly file: InputFile;
}

/** Reads a number for each of `units` nodes; what is wrong is named with its line. */
export async function nodeValues({ path, value, first }: NodeFileSpec, units: number, read: ReadTable): Promise<NodeValues> {
  const graph = GRAPHML.test(path);
  const fail = (message: string): never => refuse(["path"], message);
  const reference: TableReference = graph ? { path, format: "graphml", of: "nodes", attribute: value } : { path, header: true };
  const { sha256, rows, columns, ...table } = await read(reference);
  const column = (name: string): number => table.names!.findIndex((n) => n.toLowerCase() === name.toLowerCase());
  const [node, number] = [column("node"), column(value)];
  if (node < 0 || number < 0)
    fail(`${path}:1: the columns are ${table.names!.join(", ")}; expected a header with node and ${value}`);
  const values = new Float64Array(units).fill(NaN);
  const lines = new Int32Array(units);
  if (graph && rows !== units) fail(`${path}: ${rows} nodes; the study has units: ${units}`);
  const start = graph ? 0 : first;
  for (let row = 0; row < rows; row++) {
    const name = table.values[row * columns + node]!;
    const i = name - start;
    if (!Number.isInteger(i) || i < 0 || i >= units)
      fail(
        `${path}:${row + 2}: ${name} is not a node; with units: ${units} nodes are the whole numbers from ${start} to ${units - 1 + start}`,
      );
    if (lines[i]! > 0) fail(`${path}:${row + 2}: the node ${name} stands in line ${lines[i]} already`);
    lines[i] = row + 2;
    values[i] = table.values[row * columns + number]!;
  }
  const missing = lines.indexOf(0);
  if (missing >= 0) fail(`${path}: the node ${missing + start} has no ${value}; give each of the ${units} nodes one`);
  return { values, file: { name: path, sha256, rows, columns } };
}
