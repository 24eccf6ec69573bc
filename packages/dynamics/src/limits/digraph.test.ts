import { describe, expect, it } from "vitest";
import { adjacency, degrees, digraph, ringLattice } from "./digraph.js";
import { edgeList } from "./edge-list.js";
import { graphon, powerLawGraphon, ringGraphon, smallWorldGraphon } from "./graphon.js";
import { erdosRenyi, sampleGraph, stochasticBlock, wattsStrogatz } from "./random-graphs.js";

const symmetric = (m: Float64Array, n: number): boolean => m.every((v, e) => v === m[(e % n) * n + Math.floor(e / n)]!);

describe("a graph from its edges", () => {
  it("sorts rows, adds up what stands twice, and enters loops once", () => {
    const g = digraph(3, { to: [0, 0, 0, 2, 1], from: [2, 1, 2, 2, 0], weight: [1, 5, 2, 7, 3] });
    expect([...adjacency(g)]).toEqual([0, 5, 3, 3, 0, 0, 0, 0, 7]);
    expect([...digraph(2, { to: [0, 1], from: [0, 0], symmetric: true }).columns]).toEqual([0, 1, 0]);
  });

  it("names the edge that is wrong", () => {
    expect(() => digraph(3, { to: [0, 3], from: [1, 1] })).toThrow("edge 1 has to = 3; allowed: nodes from 0 to 2");
    expect(() => digraph(3, { to: [0], from: [1], weight: [NaN] })).toThrow("edge 0 from 1 to 0 has the weight NaN");
    expect(() => digraph(-1, { to: [], from: [] })).toThrow("-1 nodes given");
  });

  it("rings have degree 2k and are circulant", () => {
    const g = ringLattice(11, 3, 2);
    expect(new Set(degrees(g))).toEqual(new Set([12 / 11]));
    const m = adjacency(g);
    m.forEach((v, e) => expect(v).toBe(m[((e % 11) - Math.floor(e / 11) + 11) % 11]!));
    expect(() => ringLattice(10, 5)).toThrow(/allowed: integers from 1 to 4/);
  });
});

describe("random graphs", () => {
  it("of Erdos and Renyi have binomially many edges, and the same ones for the same seed", () => {
    const [n, p] = [300, 0.07];
    const counts = Array.from({ length: 40 }, (_, seed) => erdosRenyi(n, p, seed).columns.length / 2);
    const pairs = (n * (n - 1)) / 2;
    const mean = counts.reduce((s, c) => s + c, 0) / 40;
    // Five standard errors of a mean of 40.
    expect(Math.abs(mean - pairs * p)).toBeLessThan(5 * Math.sqrt((pairs * p * (1 - p)) / 40));
    const variance = counts.reduce((s, c) => s + (c - mean) ** 2, 0) / 39;
    expect(variance / (pairs * p * (1 - p))).toBeGreaterThan(0.4);
    expect(variance / (pairs * p * (1 - p))).toBeLessThan(2.2);
    expect(erdosRenyi(n, p, 3)).toEqual(erdosRenyi(n, p, 3));
    expect(symmetric(adjacency(erdosRenyi(60, 0.2, 1)), 60)).toBe(true);
    expect(erdosRenyi(5, 0, 0).columns.length).toBe(0);
  });

  it("of Watts and Strogatz keep their edges: none at p = 0 moves, a share p of them else", () => {
    expect(adjacency(wattsStrogatz(30, 3, 0, 5))).toEqual(adjacency(ringLattice(30, 3)));
    const [n, k, p] = [2000, 2, 0.2];
    const g = wattsStrogatz(n, k, p, 1);
    expect(g.columns.length).toBe(2 * k * n);
    let near = 0;
    for (let i = 0; i < n; i++)
      for (let e = g.offsets[i]!; e < g.offsets[i + 1]!; e++) {
        const d = Math.abs(g.columns[e]! - i);
        if (Math.min(d, n - d) <= k) near++;
      }
    // 5 sigma of the binomial; some moved edges land near by chance, a share of 2k / n.
    expect(Math.abs(near / 2 - (1 - p) * k * n)).toBeLessThan(5 * Math.sqrt(k * n * p * (1 - p)) + 10);
  });

  it("with blocks have the chances of each pair of blocks", () => {
    const sizes = [100, 200];
    const chances = [
      [0.5, 0.1],
      [0.1, 0.3],
    ];
    const m = adjacency(stochasticBlock(sizes, chances, 2));
    expect(symmetric(m, 300)).toBe(true);
    const block = (i: number): number => (i < 100 ? 0 : 1);
    const [hits, pairs] = [
      [
        [0, 0],
        [0, 0],
      ],
      [
        [0, 0],
        [0, 0],
      ],
    ];
    for (let i = 0; i < 300; i++)
      for (let j = 0; j < i; j++) {
        hits[block(i)]![block(j)]! += m[i * 300 + j]!;
        pairs[block(i)]![block(j)]! += 1;
      }
    for (const [a, b] of [
      [0, 0],
      [1, 0],
      [1, 1],
    ] as const) {
      const p = chances[a]![b]!;
      expect(Math.abs(hits[a]![b]! / pairs[a]![b]! - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / pairs[a]![b]!));
    }
  });

  it("from graphons: a ring graphon gives the ring without chance, weights are those of the kernel", () => {
    // |i - j| / n <= h at h = 10.5 / 100: ten neighbours on each side.
    expect(adjacency(sampleGraph(ringGraphon(0.105), 100))).toEqual(adjacency(ringLattice(100, 10)));
    const g = sampleGraph(powerLawGraphon(0.25), 40, { edges: "weighted" });
    expect(adjacency(g)[3 * 40 + 7]).toBe(powerLawGraphon(0.25).value(3.5 / 40, 7.5 / 40));
    const degree = degrees(sampleGraph(smallWorldGraphon(0.2, 0.1), 600, { seed: 4 }));
    // Mean degree 0.42 up to 5 standard errors of about 600^2 / 2 coins, and 1 / n for the loops left out.
    expect(Math.abs(degree.reduce((s, d) => s + d, 0) / 600 - 0.42)).toBeLessThan(0.005);
  });

  it("refuse sizes and chances that are none", () => {
    expect(() => erdosRenyi(10, 1.2, 0)).toThrow(/probability 1.2 given/);
    expect(() => erdosRenyi(-3, 0.2, 0)).toThrow(/-3 nodes given/);
    expect(() => stochasticBlock([2, 3], [[0.1, 0.2]], 0)).toThrow(/chances\[0\]\[1\] and \[1\]\[0\] differ/);
    expect(() => stochasticBlock([2, -3], [[0.1]], 0)).toThrow(/block 1: -3 nodes given|chances/);
    expect(() => sampleGraph({ name: "w", probability: false, value: () => -0.5 }, 4)).toThrow(/W\(0.375, 0.125\) is -0.5/);
    // A chance above 1 was once cut to 1, which is a graph of another limit.
    expect(() => sampleGraph(graphon({ value: (x, y) => x + y }), 20)).toThrow(
      /W\(.*\) is 1\.0.*; the chance of an edge lies between 0 and 1/,
    );
    expect(sampleGraph(graphon({ value: (x, y) => x + y }), 20, { edges: "weighted" }).weights.length).toBe(380);
  });
});

describe("an edge list", () => {
  it("names nodes in the order they come, and may be directed and weighted", () => {
    const g = edgeList("source,target,weight\n# comment\nb,a,2\n\na,c\n", { symmetric: false });
    expect(g.labels).toEqual(["b", "a", "c"]);
    expect([...adjacency(g)]).toEqual([0, 0, 0, 2, 0, 0, 0, 1, 0]);
  });

  it.each([
    ["target,source\nb,a", 1],
    ["to,weight,from\nb,3,a", 3],
    ["weight,Source,TARGET\n-2,a,b", -2],
    ['"source","target","weight"\n"a","b",7', 7],
  ])("%j: the header says which column is which", (text, weight) => {
    const { labels, ...g } = edgeList(text, { symmetric: false });
    const [a, b] = [labels.indexOf("a"), labels.indexOf("b")];
    expect([labels.length, adjacency(g)[2 * b + a], adjacency(g)[2 * a + b]]).toEqual([2, weight, 0]);
  });

  it("has names with commas and quotes in double quotes", () => {
    const { labels } = edgeList('source,target\n"Bohr, Niels" , "the ""cat"""\n__proto__,"Bohr, Niels"');
    expect(labels).toEqual(["Bohr, Niels", 'the "cat"', "__proto__"]);
  });

  it.each([
    ["0,1\n1,7", { nodes: 3 }, 'edge list:2: node "7" is not known; expected one of 0 to 2'],
    ["a,b\na,x", { nodes: ["a", "b"] }, 'edge list:2: node "x" is not known; expected one of a, b'],
    ["a,b,oops", { name: "g.csv" }, 'g.csv:1: the weight is "oops"'],
    ["a,b,1e999", {}, 'the weight is "1e999"'],
    ["a,b\n\na", {}, "edge list:3: 1 value here"],
    ["a,b,1,2", {}, "edge list:1: 4 values here"],
    ["a,,2", {}, "edge list:1: a node without a name"],
    ["", {}, "edge list:1: there is no edge"],
    ['a,b\n"a,b', {}, "edge list:2: a double quote that is not closed"],
    ['a,b"c"', {}, "edge list:1: a double quote that is not closed, or stands within a value"],
    ["weight,source,target\n2,a,b\na,b", {}, "edge list:3: 2 values here; expected a weight, a source and a target"],
    ["a,b,1e308\na,b,1e308", {}, "the weights of the edges from 1 to 0 add up to Infinity"],
    ["0,1", { nodes: -2 }, "nodes -2 given"],
  ])("%j: says what is wrong, and where", (text, options, message) => {
    expect(() => edgeList(text, options)).toThrow(message);
  });
});
