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
 * *Arguments*: `text`: comma-separated; empty lines and lines that begin with # are passed over, and so is a first line `source,target,...`.
 * See `EdgeListOptions`.
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
  lines.forEach((line, at) => {
    const fail = (what: string): never => {
      throw new RangeError(`${name}:${at + 1}: ${what}`);
    };
    if (line.trim() === "" || line.trimStart().startsWith("#")) return;
    const cells = line.split(",").map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
    const header = first && /^source$/i.test(cells[0]!);
    first = false;
    if (header) return;
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
    const [source, target] = [node(cells[0]!), node(cells[1]!)];
    const w = cells[2] === undefined ? 1 : decimal(cells[2]);
    if (Number.isNaN(w)) fail(`the weight is ${JSON.stringify(cells[2])}; expected a finite decimal number`);
    to.push(target);
    from.push(source);
    weight.push(w);
  });
  if (labels.length === 0) throw new RangeError(`${name}:1: there is no edge`);
  return { ...digraph(labels.length, { to, from, weight, symmetric }, name), labels };
}
