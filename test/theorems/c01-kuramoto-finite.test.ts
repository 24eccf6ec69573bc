// Finite populations of Kuramoto oscillators against the limit of infinitely many: r fluctuates about r_inf by O(n^(-1/2)) in space and time.
import {
  allToAll,
  fixed,
  flow,
  kuramotoField,
  lorentzianFrequencies,
  orderParameter,
  ottAntonsen,
  quantileFrequencies,
  random,
  rk4,
} from "#dynamics";
import { expect, it } from "vitest";
import { meanOrder } from "../support/mean-order.js";

const n = 1000;
const frequencies = quantileFrequencies(lorentzianFrequencies(1), n);

it.each([2.5, 4])("n = 1000, K = %f: the time mean of r is within 3 / sqrt n of sqrt(1 - 2 / K)", (coupling) => {
  const { r, deviation } = meanOrder({ frequencies, coupling, transient: 15, time: 25 });
  expect(Math.abs(r - Math.sqrt(1 - 2 / coupling))).toBeLessThan(3 / Math.sqrt(n));
  expect(deviation).toBeLessThan(3 / Math.sqrt(n));
});

it("below the critical coupling r falls to the size of fluctuations", () => {
  expect(meanOrder({ frequencies, coupling: 1.2, transient: 15, time: 10 }).r).toBeLessThan(3 / Math.sqrt(n));
});

it("follows the closed form in time from a start with random phases from a Poisson kernel", () => {
  // theta with moments r^k: Moebius image of the circle's uniform angle; frequencies are dealt at random.
  const [r0, stream] = [0.3, random(4)];
  const initial = Array.from({ length: n }, (_, i) => 2 * Math.atan(((1 - r0) / (1 + r0)) * Math.tan((Math.PI * (i + 0.5)) / n)));
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(stream.uniform() * (i + 1));
    [initial[i], initial[j]] = [initial[j]!, initial[i]!];
  }
  expect(orderParameter(initial).r).toBeCloseTo(r0, 10);
  const system = flow({
    field: kuramotoField({ graph: allToAll(n), frequencies, coupling: 4 }),
    initial,
    dt: 0.5,
    solver: rk4,
    controller: fixed(0.02),
  });
  const { at } = ottAntonsen({ width: 1, coupling: 4, initial: r0 });
  for (let step = 1; step <= 10; step++) {
    system.step();
    expect(Math.abs(orderParameter(system.state).r - at(system.time))).toBeLessThan(3 / Math.sqrt(n));
  }
});
