import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { adjacency } from "./digraph.js";
import { edgeList } from "./edge-list.js";
import { graphml, readGraphml } from "./graphml.js";

const folder = join(import.meta.dirname, "../../../../test/fixtures/graphml");
const read = (name: string): string => readFileSync(join(folder, name), "utf8");
/** What networkx 3.6.1 reads from the files that it wrote: make.py beside them. */
const expected = JSON.parse(read("expected.json")) as Record<
  string,
  { nodes: string[]; directed: boolean; edges: [string, string, number][]; frequency: number[] }
>;

const KEYS = `<key id="w" for="edge" attr.name="weight" attr.type="double"/>\n`;
const doc = (body: string, { keys = KEYS, way = "undirected" } = {}): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<graphml>\n${keys}<graph edgedefault="${way}">\n${body}\n</graph>\n</graphml>`;
/** Nodes a, b, c stand in line 5 behind KEYS; what follows begins in line 6. */
const abc = `<node id="a"/><node id="b"/><node id="c"/>\n`;

describe("GraphML", () => {
  it.each(Object.entries(expected))("reads what networkx wrote: %s", (name, { nodes, directed, edges, frequency }) => {
    const file = readGraphml(read(`${name}.graphml`), { name });
    expect(file.labels).toEqual(nodes);
    expect(Array.from(file.source, (s, e) => [nodes[s], nodes[file.target[e]!], file.weight[e]])).toEqual(edges);
    expect(file.directed).toEqual(edges.map(() => directed));
    if (frequency.length > 0) expect(Array.from(file.nodeValues("frequency"))).toEqual(frequency);
    // The same graph from the edges alone.
    const list = edges.map(([a, b, w]) => `${nodes.indexOf(a)},${nodes.indexOf(b)},${w}`).join("\n");
    expect(adjacency(graphml(read(`${name}.graphml`)))).toEqual(
      adjacency(edgeList(list, { nodes: nodes.length, symmetric: !directed })),
    );
  });

  it("lets an edge lead its own way, and loops act once", () => {
    const g = graphml(
      doc(`${abc}<edge source="a" target="b" directed="true"/><edge source="b" target="c"/><edge source="c" target="c"/>`, {
        keys: "",
      }),
    );
    // Rows are those acted on: b by a; b and c by each other; c by itself.
    expect(Array.from(adjacency(g))).toEqual([0, 0, 0, 1, 0, 1, 0, 1, 1]);
  });

  it("takes defaults of keys, keys of one name, keys for all, and names of its own for weights", () => {
    const keys = `<key id="w" attr.name="strength"><default> 2.5e0 </default></key><key id="v" for="edge" attr.name="strength"/>`;
    const edges = `<edge source="a" target="b"/><edge source="a" target="c"><data key="v">-1</data></edge><edge source="b" target="c"><data key="w">4</data></edge>`;
    expect(Array.from(readGraphml(doc(abc + edges, { keys }), { weight: "strength" }).weight)).toEqual([2.5, -1, 4]);
    expect(Array.from(readGraphml(doc(abc + edges, { keys })).weight)).toEqual([1, 1, 1]);
  });

  it("passes over ports, and over what other programs hang into data, whatever its elements are called", () => {
    const foreign = `<node id="a"><data key="x"><y:edge xmlns:y="other"><graph/><node id="a">7</node></y:edge><data key="x">8</data></data><port name="p"><data key="w">9</data></port></node>`;
    const file = readGraphml(doc(`${foreign}<node id="b"/>`, { keys: `${KEYS}<key id="x" for="node" attr.name="x"/>` }));
    expect(file.labels).toEqual(["a", "b"]);
    const prefixed = `<g:graphml xmlns:g="http://graphml.graphdrawing.org/xmlns"><g:graph edgedefault="directed"><g:node id="1"/></g:graph></g:graphml>`;
    expect(readGraphml(prefixed).labels).toEqual(["1"]);
  });

  it.each<[string, string, string]>([
    [
      "an unknown node",
      doc(`${abc}  <edge source="a" target="z"/>`),
      ':6:3: the target "z" of this edge is not among the 3 nodes',
    ],
    ["a node twice", doc(`${abc}<node id="a"/>`), ':6:1: the node "a" stands in line 5 already'],
    ["a hyperedge", doc(`${abc}<hyperedge><endpoint node="a"/></hyperedge>`), ":6:1: a hyperedge"],
    ["a nested graph", doc(`${abc}<node id="d">\n<graph edgedefault="directed"/></node>`), ":7:1: a graph inside a node: nested"],
    ["a second graph", `${doc(abc).slice(0, -10)}<graph edgedefault="directed"/></graphml>`, ":8:1: a second graph"],
    ["a weight that is none", doc(`${abc}<edge source="a" target="b"><data key="w">1,5</data></edge>`), ':6:29: weight is "1,5"'],
    [
      "an infinite weight",
      doc(`${abc}<edge source="a" target="b"><data key="w">1e999</data></edge>`),
      ':6:29: weight is "1e999"',
    ],
    ["a weight that is missing", doc(`${abc}<edge source="a" target="b"/>`), ":6:1: this edge has no weight; give it one"],
    ["an unknown key", doc(`<node id="a"><data key="q">1</data></node>`), ':5:14: the key "q" is not declared'],
    ["no direction", doc(abc).replace(' edgedefault="undirected"', ""), ":4:1: edgedefault is missing"],
    ["half a direction", doc(`${abc}<edge source="a" target="b" directed="yes"/>`), ':6:1: directed is "yes"'],
    ["an edge with one end", doc(`${abc}<edge source="a"/>`), ":6:1: this edge has no target"],
    ["no nodes", doc(""), ":1:1: the graph has no nodes"],
    ["another root", "<gexf/>", ':1:1: the element "gexf" here; expected graphml'],
    ["no text", "", ":1:"],
    ["a text cut off", doc(abc).slice(0, -12), ":7:7: this is no well-formed XML: unclosed tag: graph"],
    [
      "an entity of its own",
      `<!DOCTYPE g [<!ENTITY a "b">]>\n<graphml><key id="&a;"/></graphml>`,
      ":2:21: this is no well-formed XML: undefined entity",
    ],
    ["nesting without end", doc(`${abc}${"<x>".repeat(1e5)}`), ":6:187: elements stand inside each other deeper than 64"],
  ])("names %s with its line and column", (_, text, message) => {
    expect(() => readGraphml(text, { name: "net" })).toThrow(RangeError);
    expect(() => readGraphml(text, { name: "net" })).toThrow(`net${message}`);
  });

  it("reads no more nodes and edges than it is told to, and says what attributes there are", () => {
    const edges = `<edge source="a" target="b"><data key="w">1</data></edge>`;
    expect(() => readGraphml(doc(abc), { most: 2 })).toThrow("graphml:5:29: more than 2 nodes");
    expect(() => readGraphml(doc(abc + edges.repeat(4)), { most: 3 })).toThrow("more than 3 edges");
    expect(() => readGraphml(doc(abc + edges), { weight: "length" })).toThrow(
      'edges have no attribute "length"; they have weight',
    );
    expect(() => readGraphml(doc(abc)).nodeValues("x")).toThrow('nodes have no attribute "x"; they have none');
  });
});
