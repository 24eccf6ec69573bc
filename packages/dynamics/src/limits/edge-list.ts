import { decimal } from "../core/decimal.js";
import { digraph, type Digraph } from "./digraph.js";

export interface EdgeListOptions {
  /** How messages call the text. Default "edge list". */
  readonly name?: string;
  /** The nodes that may occur, in their order: their number (named "0", "1", ...) or their names. Default: those that occur, in the order they do. */
  readonly nodes?: number | readonly string[];
  /** Whether each line also acts from target to source. Default true. */
  readonly symmetric?: boolean;
}

/** A graph whose nodes have names. */
export interface NamedDigraph extends Digraph {
  readonly labels: readonly string[];
}

/**
 * A graph from the text of an edge list: a line `source,target` or `source,target,weight` for each edge.
 *
 * *Arguments*: `text`: comma-separated; empty lines and lines that begin with # are passed over. A first line with `source` and `target` (or `from` and `to`) names the
 * columns, in any order, the third one being the weight. Names with commas stand in double quotes, with quotes in them twice. See `EdgeListOptions`.
 * *Returns*: the graph: the source acts on the target. Throws `name:line: what is wrong` on a line with other than two or three values, on
 * a node that is not known, and on a weight that is no finite number.
 * *Example*: `edgeList("a,b\nb,c,2").labels // ["a", "b", "c"]`
 * *Example*: `edgeList("0,1\n1,7", { nodes: 3 }) // throws edge list:2: node "7" is not known; expected one of 0 to 2`
 */
export function edgeList(text: string, options: EdgeListOptions = {}): NamedDigraph {
  const { name = "edge list", nodes, symmetric = true } = options;
  if (typeof nodes === "number" && (!Number.isInteger(nodes) || nodes < 1))
    throw new RangeError(`edgeList: nodes ${nodes} given; allowed: integers from 1, or names`);
  const given = typeof nodes === "number" ? Array.from({ length: nodes }, (_, i) => String(i)) : nodes;
  const index = new Map<string, number>((given ?? []).map((label, i) => [label, i]));
  if (given && index.size !== given.length) throw new RangeError("edgeList: a name stands twice among nodes; give each once");
  const labels = [...(given ?? [])];
  const [to, from, weight]: [number[], number[], number[]] = [[], [], []];
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  let first = true;
  /** Of source, target and weight. */
  let columns: readonly [number, number, number] = [0, 1, 2];
  lines.forEach((line, at) => {
    const fail = (what: string): never => {
      throw new RangeError(`${name}:${at + 1}: ${what}`);
    };
    if (line.trim() === "" || line.trimStart().startsWith("#")) return;
    const cells = line.includes('"') ? quoted(line) : line.split(",").map((cell) => cell.trim());
    if (!cells)
      return fail(
        "a double quote that is not closed, or stands within a value; expected it around a whole value, and twice inside one",
      );
    const named = first ? columnsOf(cells) : undefined;
    first = false;
    if (named) {
      columns = named;
      return;
    }
    if (cells.length < 2 || cells.length > 3)
      fail(`${cells.length} ${cells.length === 1 ? "value" : "values"} here; expected source, target and perhaps a weight`);
    const node = (label: string): number => {
      const known = index.get(label);
      if (known !== undefined) return known;
      if (label === "") fail("a node without a name");
      if (given) {
        const expected = typeof nodes === "number" ? `0 to ${nodes - 1}` : given.slice(0, 20).join(", ");
        fail(`node ${JSON.stringify(label)} is not known; expected one of ${expected}`);
      }
      index.set(label, labels.length);
      return labels.push(label) - 1;
    };
    const called = cells[columns[2]];
    if (cells.length === 2 && columns[2] < 2) fail("2 values here; expected a weight, a source and a target");
    const [source, target] = [node(cells[columns[0]]!), node(cells[columns[1]]!)];
    const w = called === undefined ? 1 : decimal(called);
    if (Number.isNaN(w)) fail(`the weight is ${JSON.stringify(called)}; expected a finite decimal number`);
    to.push(target);
    from.push(source);
    weight.push(w);
  });
  if (labels.length === 0) throw new RangeError(`${name}:1: there is no edge`);
  return { ...digraph(labels.length, { to, from, weight, symmetric }, name), labels };
}

/** Which columns hold source, target and weight, if a line is the header. */
function columnsOf(cells: readonly string[]): [number, number, number] | undefined {
  const names = cells.map((c) => c.toLowerCase());
  for (const [a, b] of [
    ["source", "target"],
    ["from", "to"],
  ] as const) {
    const [source, target] = [names.indexOf(a), names.indexOf(b)];
    if (source >= 0 && target >= 0 && names.length <= 3) return [source, target, 3 - source - target];
  }
  // A header of another kind is told by its first column, and has the usual order.
  return names[0] === "source" ? [0, 1, 2] : undefined;
}

/** The values of a line in which some stand in double quotes; undefined where the quotes do not match. */
function quoted(line: string): string[] | undefined {
  const cells: string[] = [];
  const value = /(?:\s*"((?:[^"]|"")*)"\s*|([^",]*))(,|$)/y;
  for (;;) {
    const found = value.exec(line);
    if (!found) return undefined;
    cells.push(found[1] === undefined ? found[2]!.trim() : found[1].replaceAll('""', '"').trim());
    if (found[3] === "") return cells;
  }
}
