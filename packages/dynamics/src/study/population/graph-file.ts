import { z } from "zod";
import { alongEdges } from "../../limits/coupling-matrix.js";
import { digraph } from "../../limits/digraph.js";
import { stepGraphon } from "../../limits/step-graphon.js";
import { refuse } from "../problem.js";
import { blame, inside } from "../supervised.js";
import type { InputFile, ReadTable, Table } from "../table.js";
import type { GrowingGraph, PopulationGraphSpec } from "./graphs.js";

/** Entries of a file that are read as edges: a second and some hundred megabytes. */
const MOST_EDGES = 1_000_000;

/** A network of one's own. */
export const graphFile = z
  .strictObject({
    type: z.literal("file"),
    path: z
      .string()
      .min(1)
      .max(1000)
      .describe(
        "An edge list, relative to the study (.csv or .csv.gz): its header names the columns source, target and perhaps weight",
      ),
    first: z.int().min(0).max(1).default(0).describe("Number of the first node"),
    symmetric: z.boolean().default(true).describe("Whether each edge also acts from target to source"),
  })
  .describe("The network of a file, of as many nodes as there are units");

export type GraphFileSpec = z.infer<typeof graphFile>;

/** The edges of a table; what is wrong is named with its line. */
function edgesOf(table: Table, { path, first, symmetric }: GraphFileSpec, units: number) {
  const column = (name: string): number => (table.names ?? []).findIndex((n) => n.toLowerCase() === name);
  const [source, target, weight] = ["source", "target", "weight"].map(column) as [number, number, number];
  if (source < 0 || target < 0)
    refuse(
      ["path"],
      `${path}:1: the columns are ${table.names!.join(", ")}; expected a header with source, target and perhaps weight`,
    );
  if (table.rows > MOST_EDGES) refuse(["path"], `${path}: ${table.rows} edges; at most ${MOST_EDGES} are read`);
  const of = (row: number, c: number): number => table.values[row * table.columns + c]!;
  const known = new Map<number, number>();
  const node = (row: number, c: number, name: string): number => {
    const v = of(row, c) - first;
    if (!Number.isInteger(v) || v < 0 || v >= units)
      refuse(
        ["path"],
        `${path}:${row + 2}: ${name} ${of(row, c)} is not a node; with units: ${units} nodes are the whole numbers from ${first} to ${units - 1 + first}`,
      );
    return v;
  };
  const rows = Array.from({ length: table.rows }, (_, row) => row);
  const [from, to] = [rows.map((r) => node(r, source, "source")), rows.map((r) => node(r, target, "target"))];
  for (const r of rows) {
    const [a, b] = symmetric && from[r]! > to[r]! ? [to[r]!, from[r]!] : [from[r]!, to[r]!];
    const before = known.get(a * units + b);
    if (before !== undefined)
      refuse(
        ["path"],
        `${path}:${r + 2}: the edge ${of(r, source)}, ${of(r, target)} stands in line ${before} already; give it once, with its weight`,
      );
    known.set(a * units + b, r + 2);
  }
  return { from, to, symmetric, ...(weight < 0 ? {} : { weight: rows.map((r) => of(r, weight)) }) };
}

/** A network that was read, and the file that it came from. */
export interface LoadedGraph {
  readonly graph: GrowingGraph;
  readonly file: InputFile;
}

/** Reads the networks of files among the graphs of a study, by their places. */
export async function loadedGraphs(
  specs: readonly (PopulationGraphSpec | GraphFileSpec)[],
  units: number,
  read: ReadTable,
): Promise<Map<number, LoadedGraph>> {
  const loaded = new Map<number, LoadedGraph>();
  for (const [i, spec] of specs.entries())
    if (spec.type === "file") loaded.set(i, await inside(["system", "graphs", i], () => loadedGraph(spec, units, read)));
  return loaded;
}

/** Reads the network of a file, which has one size and is its own limit. */
async function loadedGraph(spec: GraphFileSpec, units: number, read: ReadTable): Promise<LoadedGraph> {
  const table = await read({ path: spec.path, header: true });
  const name = spec.path.replace(/^.*[/\\]/, "").replace(/\.csv(\.gz)?$/i, "");
  const network = blame(["path"], () => digraph(units, edgesOf(table, spec, units), name));
  const limit = blame(["path"], () => stepGraphon(network));
  const only = (size: number): void => {
    if (size !== units) throw new RangeError(`${name} is a network of ${units} nodes; ${size} asked for`);
  };
  return {
    file: { name: spec.path, sha256: table.sha256, rows: table.rows, columns: table.columns },
    graph: {
      name,
      limit,
      make(size) {
        only(size);
        return alongEdges(network);
      },
      edges(size) {
        only(size);
        return network;
      },
    },
  };
}
