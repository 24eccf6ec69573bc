// Twisted states of finite rings under the flow itself: perturbed ones return or leave as the limit says.
import { alongEdges, fillNormal, flow, kuramotoField, random, ringLattice, twistedState, ringGraphon } from "#dynamics";
import { expect, it } from "vitest";

const n = 200;
const twisted = (q: number): Float64Array => Float64Array.from({ length: n }, (_, i) => (2 * Math.PI * q * i) / n);

/** Spread of the phases about the twisted state, less a common turn, after a time. */
function distance(k: number, q: number, time: number): number {
  const state = twisted(q);
  const kick = fillNormal(new Float64Array(n), random(2));
  const initial = state.map((v, i) => v + 0.01 * kick[i]!);
  const system = flow({ field: kuramotoField({ graph: alongEdges(ringLattice(n, k)), coupling: 1 }), initial, dt: time });
  expect(system.step()).toBe("ok");
  const off = system.state.map((v, i) => v - state[i]!);
  const mean = off.reduce((s, v) => s + v, 0) / n;
  return Math.sqrt(off.reduce((s, v) => s + (v - mean) ** 2, 0) / n);
}

it.each([
  [66, 1],
  [32, 2],
])("k = %i, q = %i (h below critical): a kick of 0.01 dies out", (k, q) => {
  const { stable, growthRate } = twistedState(ringGraphon((k + 0.5) / n), q);
  expect(stable).toBe(true);
  // Long enough for a factor of e^-4 at the slowest rate.
  expect(distance(k, q, 4 / -growthRate)).toBeLessThan(1e-3);
});

it.each([
  [70, 1],
  [36, 2],
])("k = %i, q = %i (h above critical): the kick grows", (k, q) => {
  const { stable, growthRate } = twistedState(ringGraphon((k + 0.5) / n), q);
  expect(stable).toBe(false);
  expect(distance(k, q, 8 / growthRate)).toBeGreaterThan(0.05);
});

it("is an equilibrium of the field exactly, at every width", () => {
  const system = flow({
    field: kuramotoField({ graph: alongEdges(ringLattice(n, 20)), coupling: 1 }),
    initial: twisted(3),
    dt: 1,
  });
  system.step();
  system.state.forEach((v, i) => expect(Math.abs(v - twisted(3)[i]!)).toBeLessThan(1e-12));
});
