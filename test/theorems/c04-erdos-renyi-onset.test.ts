// The onset of order on a finite Erdos-Renyi graph lies at 2 / (pi g(0) p) (Chiba, Medvedev 2019).
import {
  alongEdges,
  boundary,
  criticalCouplings,
  erdosRenyi,
  erdosRenyiGraphon,
  graphonOrder,
  lorentzianFrequencies,
  quantileFrequencies,
} from "#dynamics";
import { expect, it } from "vitest";
import { meanOrder } from "../support/mean-order.js";

const [n, p] = [300, 0.3];
const density = lorentzianFrequencies(1);
const frequencies = quantileFrequencies(density, n);
const graph = alongEdges(erdosRenyi(n, p, 1));
const order = (coupling: number): number => meanOrder({ frequencies, graph, coupling, h: 0.05, transient: 15, time: 25 }).r;

it("r crosses 3 / sqrt n within 10 % of the critical coupling of the graphon", () => {
  const predicted = criticalCouplings(erdosRenyiGraphon(p), density).positive.value;
  expect(predicted).toBeCloseTo(20 / 3, 12);
  // Six halvings of [5, 9]: to 0.06. Where theory itself gives r = 0.17 the coupling is 3 % above the onset.
  let [low, high] = [5, 9];
  for (let i = 0; i < 6; i++) {
    const middle = 0.5 * (low + high);
    if (order(middle) < 3 / Math.sqrt(n)) low = middle;
    else high = middle;
  }
  expect(Math.abs((0.5 * (low + high)) / predicted - 1)).toBeLessThan(0.1);
  expect(boundary((k) => graphonOrder(erdosRenyiGraphon(p), density, k).value < 3 / Math.sqrt(n), 5, 9)).toBeGreaterThan(
    predicted,
  );
});

it("beyond the onset r is that of the graphon within 3 / sqrt n", () => {
  for (const coupling of [12])
    expect(Math.abs(order(coupling) - graphonOrder(erdosRenyiGraphon(p), density, coupling).value)).toBeLessThan(
      3 / Math.sqrt(n),
    );
});
