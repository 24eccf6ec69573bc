import { SaxesParser } from "saxes";
import { decimal } from "../core/decimal.js";
import { digraph } from "./digraph.js";
import type { NamedDigraph } from "./edge-list.js";

/** Elements inside each other: GraphML itself has four, what programs hang into `data` has more. */
const DEEPEST = 64;

export interface GraphmlOptions {
  /** How messages call the text. Default "graphml". */
  readonly name?: string;
  /** Name of the attribute of edges that is their weight. Default: "weight" where the file has it, else all weights are 1. */
  readonly weight?: string;
  /** Most nodes and most edges that are read. Default 1,000,000. */
  readonly most?: number;
}

/** A graph of a GraphML file, with where its parts stand. */
export interface GraphmlFile {
  /** Names of the nodes, in the order of the file. */
  readonly labels: readonly string[];
  /** The edges as they are written: numbers of nodes, weights, whether they lead one way only, and their lines. */
  readonly source: Int32Array;
  readonly target: Int32Array;
  readonly weight: Float64Array;
  readonly directed: readonly boolean[];
  readonly line: Int32Array;
  /** The numbers that nodes have under a name; throws where there is no such attribute, a node lacks it, or it is no finite number. */
  nodeValues(attribute: string): Float64Array;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** A value as it stands in the file. */
interface Datum extends Place {
  readonly key: Key;
  text: string;
}

/** A declared attribute; several keys may share a name, for values of different types. */
interface Key {
  readonly name: string;
  readonly domain: string;
  standard?: Datum;
}

/** A node or an edge, with its values by keys. */
interface Item extends Place {
  readonly what: "node" | "edge";
  readonly values: Datum[];
}

interface EdgeItem extends Item {
  readonly source: string;
  readonly target: string;
  readonly directed: boolean;
}

/**
 * Reads the one graph of a GraphML text: its nodes, edges and numbers, each thing that is wrong with its line and column.
 *
 * *Definition*: `edgedefault` says whether edges lead both ways, `directed` of an edge may say otherwise; values stand in `data` under keys, whose defaults
 * count where an element has none. Ports, and what other programs hang into `data`, are passed over.
 * *Arguments*: `text`; see `GraphmlOptions`.
 * *Returns*: see `GraphmlFile`. Throws a RangeError `name:line:column: ...` on text that is no well-formed XML, on nodes that edges name and nobody declares
 * or that are declared twice, on hyperedges, nested and several graphs, keys that are not declared, weights that are missing or no finite numbers.
 * *Error*: numbers are the nearest doubles. *Cost*: one pass, about 10 microseconds an edge, twice that with a weight; entities but XML's own five are refused, so nothing expands.
 * *Source*: Brandes, Eiglsperger, Herman, Himsolt, Marshall 2002, GraphML progress report; its schema 1.1.
 * *Example*: `readGraphml('<graphml><graph edgedefault="directed"><node id="a"/><node id="b"/><edge source="a" target="b"/></graph></graphml>').directed // [true]`
 */
export function readGraphml(text: string, options: GraphmlOptions = {}): GraphmlFile {
  const { name = "graphml", weight, most = 1_000_000 } = options;
  const { keys, nodes, edges } = parse(text, name, most);
  const fail = failing(name);
  const index = new Map<string, number>();
  const labels = nodes.map(({ id }, i) => {
    index.set(id, i);
    return id;
  });
  const node = (edge: EdgeItem, end: "source" | "target"): number =>
    index.get(edge[end]) ??
    fail(edge, `the ${end} ${shown(edge[end])} of this edge is not among the ${nodes.length} nodes of the graph`);
  const source = Int32Array.from(edges, (e) => node(e, "source"));
  const target = Int32Array.from(edges, (e) => node(e, "target"));
  const values = (of: "node" | "edge", items: readonly Item[], attribute: string): Float64Array => {
    const mine = keys.filter((k) => k.name === attribute && (k.domain === of || k.domain === "all"));
    if (mine.length === 0) {
      const known = [...new Set(keys.filter((k) => k.domain === of || k.domain === "all").map((k) => k.name))];
      throw new RangeError(
        `${name}: ${of}s have no attribute ${shown(attribute)}; ${known.length > 0 ? `they have ${known.slice(0, 20).join(", ")}` : "they have none"}`,
      );
    }
    const standard = mine.find((k) => k.standard)?.standard;
    return Float64Array.from(items, (item) => {
      const found = item.values.find((v) => mine.includes(v.key)) ?? standard;
      if (!found) return fail(item, `this ${item.what} has no ${attribute}; give it one, or the key a default`);
      const value = decimal(found.text.trim());
      return Number.isNaN(value)
        ? fail(found, `${attribute} is ${shown(found.text.trim())}; expected a finite decimal number`)
        : value;
    });
  };
  const weighted = weight !== undefined || keys.some((k) => k.name === "weight" && k.domain !== "node");
  return {
    labels,
    source,
    target,
    weight: weighted ? values("edge", edges, weight ?? "weight") : new Float64Array(edges.length).fill(1),
    directed: edges.map((e) => e.directed),
    line: Int32Array.from(edges, (e) => e.line),
    nodeValues: (attribute) => values("node", nodes, attribute),
  };
}

/**
 * A graph from the text of a GraphML file.
 *
 * *Arguments*: `text`; see `GraphmlOptions`.
 * *Returns*: the graph: the source of an edge acts on its target, and of an undirected one also the target on the source; edges given twice add up. Throws
 * where `readGraphml` does.
 * *Cost*: that of `readGraphml` and of `digraph`.
 * *Source*: Brandes, Eiglsperger, Herman, Himsolt, Marshall 2002, GraphML progress report.
 * *Example*: `graphml('<graphml><graph edgedefault="undirected"><node id="a"/><node id="b"/><edge source="a" target="b"/></graph></graphml>').columns // [1, 0]`
 */
export function graphml(text: string, options: GraphmlOptions = {}): NamedDigraph {
  const { labels, source, target, weight, directed } = readGraphml(text, options);
  const [to, from, w] = [Array.from(target), Array.from(source), Array.from(weight)];
  directed.forEach((oneWay, e) => {
    if (oneWay || source[e] === target[e]) return;
    to.push(source[e]!);
    from.push(target[e]!);
    w.push(weight[e]!);
  });
  return { ...digraph(labels.length, { to, from, weight: w }, options.name ?? "graphml"), labels };
}

const shown = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

const failing =
  (name: string) =>
  ({ line, column }: Place, what: string): never => {
    throw new RangeError(`${name}:${line}:${column}: ${what}`);
  };

interface Parsed {
  readonly keys: readonly Key[];
  readonly nodes: readonly (Item & { readonly id: string })[];
  readonly edges: readonly EdgeItem[];
}

/** The elements of the one graph, by a walk through the text. */
function parse(text: string, name: string, most: number): Parsed {
  const parser = new SaxesParser();
  const fail = failing(name);
  const keys = new Map<string, Key>();
  const nodes: (Item & { readonly id: string })[] = [];
  const edges: EdgeItem[] = [];
  const declared = new Map<string, number>();
  // Names of the elements that are open, without the prefix that the root has; elements of others have another one.
  const open: string[] = [];
  let prefix = "";
  let start: Place = { line: 1, column: 1 };
  let directed: boolean | undefined;
  let item: Item | undefined;
  let key: Key | undefined;
  let datum: Datum | undefined;

  const inside = (): string => open.at(-1) ?? "";
  const enter: Record<string, (at: (attribute: string) => string | undefined) => void> = {
    key(at) {
      const id = at("id");
      if (id === undefined) return fail(start, "this key has no id");
      if (keys.has(id)) fail(start, `the key ${shown(id)} is declared twice`);
      key = { name: at("attr.name") ?? id, domain: at("for") ?? "all" };
      keys.set(id, key);
    },
    default() {
      if (key && inside() === "key") datum = { ...start, key, text: "" };
    },
    graph(at) {
      if (item) fail(start, `a graph inside a ${item.what}: nested graphs are not read`);
      if (directed !== undefined) fail(start, "a second graph: files of one graph are read");
      const way = at("edgedefault");
      if (way !== "directed" && way !== "undirected")
        fail(start, `edgedefault is ${way === undefined ? "missing" : shown(way)}; expected directed or undirected`);
      directed = way === "directed";
    },
    node(at) {
      const id = at("id");
      if (inside() !== "graph" || id === undefined)
        return fail(start, id === undefined ? "this node has no id" : "a node outside a graph");
      const before = declared.get(id);
      if (before !== undefined) fail(start, `the node ${shown(id)} stands in line ${before} already`);
      if (nodes.length >= most) fail(start, `more than ${most} nodes; at most as many are read`);
      declared.set(id, start.line);
      item = { ...start, what: "node", values: [] };
      nodes.push({ ...item, id });
    },
    edge(at) {
      const [source, target, way] = [at("source"), at("target"), at("directed")];
      if (inside() !== "graph") fail(start, "an edge outside a graph");
      if (source === undefined || target === undefined)
        return fail(start, `this edge has no ${source === undefined ? "source" : "target"}`);
      if (way !== undefined && way !== "true" && way !== "false")
        fail(start, `directed is ${shown(way)}; expected true or false`);
      if (edges.length >= most) fail(start, `more than ${most} edges; at most as many are read`);
      const oneWay = way === undefined ? directed! : way === "true";
      item = { ...start, what: "edge", values: [] };
      edges.push({ ...item, source, target, directed: oneWay });
    },
    hyperedge() {
      fail(start, "a hyperedge: edges of two ends are read");
    },
    data(at) {
      const id = at("key");
      const found = id === undefined ? undefined : keys.get(id);
      if (!found) return fail(start, id === undefined ? "these data have no key" : `the key ${shown(id)} is not declared`);
      if (!item || inside() !== item.what) return;
      if (item.values.some((v) => v.key === found)) fail(start, `this ${item.what} has data of the key ${shown(id!)} already`);
      datum = { ...start, key: found, text: "" };
    },
  };

  parser.on("xmldecl", ({ encoding = "UTF-8" }) => {
    if (text.includes("\uFFFD") && !/^utf-?8$/i.test(encoding))
      fail({ line: 1, column: 1 }, `the text is in the encoding ${encoding}; save it as UTF-8`);
  });
  parser.on("error", (error) => {
    // "line:column: what", columns from 0 and behind the character.
    const [, line, column, what] = /^(\d+):(\d+): ([^]*)$/.exec(error.message) ?? ["", "1", "1", error.message];
    fail({ line: Number(line), column: Number(column) }, `this is no well-formed XML: ${what}`);
  });
  parser.on("opentagstart", ({ name: tag }) => {
    // The parser stands behind the character that ends the name, which may be the end of a line.
    const ended = parser.column === 0;
    start = { line: ended ? parser.line - 1 : parser.line, column: ended ? 1 : Math.max(1, parser.column - tag.length - 1) };
  });
  parser.on("opentag", ({ name: tag, attributes }) => {
    if (open.length === 0) {
      if (!/^([^:]+:)?graphml$/.test(tag)) fail(start, `the element ${shown(tag)} here; expected graphml`);
      prefix = tag.slice(0, -"graphml".length);
    }
    const mine = tag.startsWith(prefix) ? tag.slice(prefix.length) : "";
    if (open.length >= DEEPEST) fail(start, `elements stand inside each other deeper than ${DEEPEST}`);
    // What hangs in data is somebody else's.
    if (Object.hasOwn(enter, mine) && !open.includes("data") && !open.includes("default"))
      enter[mine]!((attribute) => attributes[attribute]);
    open.push(mine);
  });
  const more = (piece: string): void => {
    if (datum && (inside() === "data" || inside() === "default")) datum.text += piece;
  };
  parser.on("text", more);
  parser.on("cdata", more);
  parser.on("closetag", () => {
    const closed = open.pop();
    const ends = closed === "data" || closed === "default";
    if (ends && datum && !open.includes("data")) {
      if (closed === "default") datum.key.standard = datum;
      else item!.values.push(datum);
      datum = undefined;
    }
    if (closed === "key") key = undefined;
    if (item && closed === item.what && inside() === "graph") item = undefined;
  });
  parser.write(text.replace(/^\uFEFF/, "")).close();
  if (directed === undefined) fail({ line: 1, column: 1 }, "there is no graph");
  if (nodes.length === 0) fail({ line: 1, column: 1 }, "the graph has no nodes");
  return { keys: [...keys.values()], nodes, edges };
}
