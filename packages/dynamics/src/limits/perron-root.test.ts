import { expect, it } from "vitest";
import { eigenvalues } from "../core/dense-general.js";
import { random } from "../core/random.js";
import { strongComponents, weakParts } from "./components.js";
import { adjacency, digraph, type Digraph } from "./digraph.js";
import { gaussianFrequencies, lorentzianFrequencies, uniformFrequencies } from "./frequencies.js";
import { graphonOrder } from "./graphon-order.js";
import { kuramotoOrder } from "./kuramoto-order.js";
import { networkOrder } from "./network-order.js";
import { perronRoot } from "./perron-root.js";
import { stepGraphon } from "./step-graphon.js";

const range = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));
const ring = (n: number, weight: (i: number) => number = () => 1): Digraph =>
  digraph(n, { to: range(n, (i) => (i + 1) % n), from: range(n, (i) => i), weight: range(n, weight) });
const chain = (n: number): Digraph => digraph(n, { to: range(n - 1, (i) => i + 1), from: range(n - 1, (i) => i) });
const star = (n: number, back: boolean): Digraph =>
  digraph(n, { to: range(n - 1, (i) => i + 1), from: new Array<number>(n - 1).fill(0), symmetric: back });
/** In-degree d for every node, from places of chance. */
const regular = (n: number, d: number, seed: number): Digraph => {
  const r = random(seed);
  const from = range(n, (i) => {
    const chosen = new Set<number>();
    while (chosen.size < d) chosen.add((i + 1 + Math.floor(r.uniform() * (n - 1))) % n);
    return [...chosen];
  });
  return digraph(n, { to: from.flatMap((c, i) => c.map(() => i)), from: from.flat() });
};

it.each([
  ["a directed ring", ring(20_000), 1],
  ["a directed ring of unlike weights: their geometric mean", ring(60, (i) => (i % 2 ? 8 : 0.5)), 2],
  ["a chain, whose matrix is nilpotent", chain(20_000), 0],
  ["a star that listens", star(20_000, false), 0],
  ["a star both ways", star(20_000, true), Math.sqrt(19_999)],
  ["twenty thousand nodes of in-degree 7", regular(20_000, 7, 3), 7],
  ["no edges", digraph(5, { to: [], from: [] }), 0],
  ["a loop that feeds a chain", digraph(3, { to: [0, 1, 2], from: [0, 0, 1], weight: [3, 9, 9] }), 3],
])("the largest eigenvalue of %s", (_, graph, exact) => {
  const { value, error, status } = perronRoot(graph);
  expect(status).toBe("ok");
  expect(Math.abs(value - exact)).toBeLessThanOrEqual(error + 1e-14 * exact);
  expect(error).toBeLessThanOrEqual(1e-11 * exact);
});

it("brackets what a routine for full matrices finds, on graphs of chance with several components", () => {
  const r = random(8);
  const n = 160;
  // Two groups, the second hearing the first and not the other way round.
  const [to, from, weight]: number[][] = [[], [], []];
  for (let e = 0; e < 1500; e++) {
    const [a, b] = [Math.floor(r.uniform() * n), Math.floor(r.uniform() * n)];
    if (a < 120 && b >= 120) continue;
    to!.push(a);
    from!.push(b);
    weight!.push(r.uniform());
  }
  const graph = digraph(n, { to: to!, from: from!, weight: weight! });
  const root = Math.max(...eigenvalues(adjacency(graph), n).map(([re, im]) => Math.hypot(re, im)));
  const { value, error } = perronRoot(graph);
  expect(Math.abs(value - root)).toBeLessThan(error + 1e-11);
  expect(() => perronRoot(digraph(2, { to: [0], from: [1], weight: [-1] }))).toThrow("a weight of -1 given");
  // A long path: its bracket closes like 1 / n^2, and says so.
  const path = digraph(5000, { to: range(4999, (i) => i + 1), from: range(4999, (i) => i), symmetric: true });
  const slow = perronRoot(path, { most: 50 });
  expect(slow.status).toBe("not-converged");
  expect(Math.abs(slow.value - 2 * Math.cos(Math.PI / 5001))).toBeLessThanOrEqual(slow.error);
});

it("components: a cycle, what hears it and what it hears; parts that do not act on each other", () => {
  const graph = digraph(7, { to: [1, 2, 0, 3, 0, 6], from: [0, 1, 2, 2, 4, 5] });
  expect(strongComponents(graph).map((c) => [...c].sort())).toEqual([[4], [0, 1, 2], [3], [5], [6]]);
  expect(weakParts(graph)).toBe(2);
});

it.each([gaussianFrequencies(0.7), lorentzianFrequencies(1.3), uniformFrequencies(2)])(
  "order on a directed network of equal in-degrees d is that of everyone with everyone at K d / n: $name",
  (frequencies) => {
    const [n, d] = [1500, 6];
    const order = networkOrder(regular(n, d, 5), frequencies);
    const critical = (2 / (Math.PI * frequencies.density(0)) / d) * n;
    for (const share of [0.5, 1.1, 1.6, 4]) {
      const { value, error, status } = order(share * critical);
      expect(status).toBe("ok");
      const exact = kuramotoOrder(frequencies, (share * critical * d) / n).value;
      expect(Math.abs(value - exact)).toBeLessThan(Math.max(1e-8, 2 * error));
      // Densities with edges cost the table digits, and no more than these.
      expect(error).toBeLessThan(1e-4);
    }
  },
);

it("order on a symmetric network of chance is that of its step graphon", () => {
  const r = random(2);
  const n = 60;
  const pairs = range(n * n, (e) => [Math.floor(e / n), e % n] as const).filter(([a, b]) => a < b && r.uniform() < 0.15);
  const graph = digraph(n, { to: pairs.map(([a]) => a), from: pairs.map(([, b]) => b), symmetric: true });
  const frequencies = gaussianFrequencies(1);
  const order = networkOrder(graph, frequencies);
  for (const coupling of [14, 20, 40])
    expect(Math.abs(order(coupling).value - graphonOrder(stepGraphon(graph), frequencies, coupling).value)).toBeLessThan(1e-7);
});
