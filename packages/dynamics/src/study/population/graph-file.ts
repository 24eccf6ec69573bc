import { z } from "zod";
import { digraph, type Digraph, type Edges } from "../../limits/digraph.js";
import { stepGraphon } from "../../limits/step-graphon.js";
import { refuse } from "../problem.js";
import { blame } from "../supervised.js";
import type { InputFile, ReadTable, Table } from "../table.js";
import type { GrowingGraph } from "./graphs.js";
import { isSymmetric, ofOneSize } from "./network.js";
import { GRAPHML } from "./node-file.js";

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
        "Relative to the study: an edge list (.csv, .csv.gz) whose header names the columns source, target and perhaps weight, or a graph (.graphml, .graphml.gz)",
      ),
    weight: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe("Name of the column, or of the edges' attribute, that holds the weights. Default: weight, where the file has it"),
    first: z.int().min(0).max(1).optional().describe("Number of the first node of an edge list. Default: 0"),
    symmetric: z
      .boolean()
      .optional()
      .describe("Whether each edge of an edge list also acts from target to source. Default: true. GraphML says it itself"),
  })
  .describe("The network of a file, of as many nodes as there are units");

export type GraphFileSpec = z.infer<typeof graphFile>;

/** The entries of a table of edges; what is wrong is named with its line. */
function edgesOf(table: Table, { path, weight: named, first = 0, symmetric = true }: GraphFileSpec, units: number): Edges {
  const column = (name: string): number => (table.names ?? []).findIndex((n) => n.toLowerCase() === name.toLowerCase());
  // Tables of GraphML have their columns in this order, whatever the attribute of the weights is called.
  const [source, target, weight] = table.nodes ? [0, 1, 2] : [column("source"), column("target"), column(named ?? "weight")];
  if (source < 0 || target < 0 || (named !== undefined && weight < 0))
    refuse(
      ["path"],
      `${path}:1: the columns are ${table.names!.join(", ")}; expected a header with source, target and ${named ?? "perhaps weight"}`,
    );
  if (table.nodes && table.nodes.length !== units)
    refuse(["path"], `${path}: ${table.nodes.length} nodes; the study has units: ${units}`);
  if (table.rows > MOST_EDGES) refuse(["path"], `${path}: ${table.rows} edges; at most ${MOST_EDGES} are read`);
  const of = (row: number, c: number): number => table.values[row * table.columns + c]!;
  const line = (row: number): number => table.lines?.[row] ?? row + 2;
  const called = (row: number, c: number): string | number => table.nodes?.[of(row, c)] ?? of(row, c);
  const known = new Map<number, number>();
  const [to, from, weights]: number[][] = [[], [], []];
  const node = (row: number, c: number, name: string): number => {
    const v = of(row, c) - first;
    if (!Number.isInteger(v) || v < 0 || v >= units)
      refuse(
        ["path"],
        `${path}:${line(row)}: ${name} ${of(row, c)} is not a node; with units: ${units} nodes are the whole numbers from ${first} to ${units - 1 + first}`,
      );
    return v;
  };
  const enter = (row: number, i: number, j: number): void => {
    const before = known.get(i * units + j);
    if (before !== undefined)
      refuse(
        ["path"],
        `${path}:${line(row)}: the edge ${called(row, source)}, ${called(row, target)} stands in line ${before} already; give it once, with its weight`,
      );
    known.set(i * units + j, line(row));
    to!.push(i);
    from!.push(j);
    weights!.push(weight < 0 ? 1 : of(row, weight));
  };
  for (let row = 0; row < table.rows; row++) {
    const [a, b] = [node(row, source, "source"), node(row, target, "target")];
    enter(row, b, a);
    const oneWay = table.nodes ? of(row, 3) === 1 : !symmetric;
    if (!oneWay && a !== b) enter(row, a, b);
  }
  return { to: to!, from: from!, weight: weights! };
}

/** A network that was read, and the file that it came from: with a limit, or as it is where it is directed or too large to be diagonalised. */
export type LoadedGraph = { readonly file: InputFile } & ({ readonly graph: GrowingGraph } | { readonly network: Digraph });

/** Most nodes of a network whose matrix is diagonalised at once. */
const SMALL = 1000;

/** Reads the network of a file, which has one size and, if it is small and symmetric, is its own limit. */
export async function loadedGraph(spec: GraphFileSpec, units: number, read: ReadTable): Promise<LoadedGraph> {
  const graphml = GRAPHML.test(spec.path);
  for (const key of ["first", "symmetric"] as const)
    if (graphml && spec[key] !== undefined)
      refuse(
        [key],
        `${key} is said of edge lists; a GraphML file says itself how its nodes are called and which way its edges lead`,
      );
  const table = await read(
    graphml
      ? { path: spec.path, format: "graphml", of: "edges", attribute: spec.weight ?? null }
      : { path: spec.path, header: true },
  );
  const name = spec.path.replace(/^.*[/\\]/, "").replace(/\.(csv|graphml)(\.gz)?$/i, "");
  const network = blame(["path"], () => digraph(units, edgesOf(table, spec, units), name));
  const file = { name: spec.path, sha256: table.sha256, rows: table.rows, columns: table.columns };
  if (units > SMALL || !isSymmetric(network)) return { file, network };
  const limit = blame(["path"], () => stepGraphon(network));
  return { file, graph: { name, limit, certain: true, ...ofOneSize(network) } };
}
