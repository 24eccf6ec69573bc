// Linear consensus u' = -(1/n) L u, L = degree - adjacency: modes decay like e^(-lambda_k t / n), and on rings lambda_k / n tends to 2h - zeta_k.
import {
  alongEdges,
  adaptive,
  convergenceRate,
  coupledUnits,
  diffusive,
  digraph,
  dopri8,
  flow,
  ringGraphon,
  ringLattice,
} from "#dynamics";
import { describe, expect, it } from "vitest";

const precise = { solver: dopri8, controller: adaptive({ rtol: 1e-12, atol: 1e-14 }) };

describe("a ring", () => {
  it.each([1, 2, 7])("mode %i decays at the rate of its eigenvalue, exactly", (k) => {
    const [n, reach] = [60, 9];
    const mode = Float64Array.from({ length: n }, (_, i) => Math.cos((2 * Math.PI * k * i) / n));
    let rate = 0;
    for (let d = 1; d <= reach; d++) rate += (2 / n) * (1 - Math.cos((2 * Math.PI * k * d) / n));
    const field = coupledUnits({ graph: alongEdges(ringLattice(n, reach)), interaction: diffusive });
    const system = flow({ field, initial: mode, dt: 3, ...precise });
    system.step();
    system.state.forEach((v, i) => expect(Math.abs(v - Math.exp(-3 * rate) * mode[i]!)).toBeLessThan(1e-11));
  });

  it("has rates that tend to 2h - zeta_k like 1 / n", () => {
    const { symbol } = ringGraphon(0.2);
    const sizes = [50, 100, 200, 400, 800];
    for (const k of [1, 3]) {
      const limit = symbol!(0) - symbol!(k);
      const gaps = sizes.map((n) => {
        let rate = 0;
        for (let d = 1; d <= n / 5; d++) rate += (2 / n) * (1 - Math.cos((2 * Math.PI * k * d) / n));
        return Math.abs(rate - limit);
      });
      const { value, error } = convergenceRate(sizes, gaps);
      expect(Math.abs(value + 1)).toBeLessThan(0.05 + 2 * error);
    }
  });
});

it("on any weighted digraph the field is -(1/n)(degree - adjacency) u", () => {
  const g = digraph(4, { to: [0, 0, 1, 3], from: [1, 3, 2, 0], weight: [2, -1, 0.5, 3] });
  const u = [0.3, -1, 2, 0.7];
  const field = coupledUnits({ graph: alongEdges(g), interaction: diffusive });
  // One Euler step's worth of the flow: exact solution by its series would need the matrix; the derivative at 0 is enough here.
  const system = flow({ field, initial: u, dt: 1e-4, ...precise });
  system.step();
  const wanted = [(2 * (u[1]! - u[0]!) - (u[3]! - u[0]!)) / 4, (0.5 * (u[2]! - u[1]!)) / 4, 0, (3 * (u[0]! - u[3]!)) / 4];
  wanted.forEach((v, i) => expect(Math.abs((system.state[i]! - u[i]!) / 1e-4 - v)).toBeLessThan(1e-3));
});

it("conserves the mean on symmetric graphs", () => {
  const g = digraph(5, { to: [0, 1, 2, 3], from: [1, 2, 3, 4], weight: [1, 5, 2, 9], symmetric: true });
  const system = flow({
    field: coupledUnits({ graph: alongEdges(g), interaction: diffusive }),
    initial: [1, 2, 3, 4, -10],
    dt: 50,
    ...precise,
  });
  system.step();
  expect(system.state.reduce((s, v) => s + v, 0)).toBeCloseTo(0, 11);
  system.state.forEach((v) => expect(Math.abs(v)).toBeLessThan(1e-3));
});
