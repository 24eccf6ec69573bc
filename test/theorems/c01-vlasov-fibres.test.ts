// Fibres of the Vlasov equation: places times frequencies, by quadrature.
//
// Without coupling the first moment of a population that starts with c_1 = r is r times the characteristic function of its frequencies. With coupling and
// Lorentzian frequencies the population settles at the order of its graphon.
import {
  allToAll,
  flow,
  gaussianFrequencies,
  graphon,
  graphonOrder,
  lorentzianFrequencies,
  poissonMoments,
  powerLawGraphon,
  ringGraphon,
  uniformFrequencies,
  vlasovField,
  vlasovFibres,
  blockGraphon,
  type Graphon,
} from "#dynamics";
import { describe, expect, it } from "vitest";

/** The first moment of the whole population after a time. */
function first(
  fibres: ReturnType<typeof vlasovFibres>,
  options: { coupling: number; width?: number; modes: number },
  time: number,
) {
  const { weights } = fibres;
  const system = flow({
    field: vlasovField({ ...fibres, ...options }),
    initial: poissonMoments(weights.length, options.modes, 0.4),
    dt: time,
  });
  expect(system.step()).toBe("ok");
  return weights.reduce((s, w, f) => s + w * system.state[2 * options.modes * f]!, 0);
}

describe("frequencies", () => {
  it.each([
    ["gaussian", gaussianFrequencies(1), (t: number) => Math.exp(-0.5 * t * t), 2e-5],
    ["uniform", uniformFrequencies(1), (t: number) => Math.sin(t) / t, 2e-5],
  ] as const)("%s, uncoupled: r times the characteristic function", (_, frequencies, characteristic, tolerance) => {
    const fibres = vlasovFibres(ringGraphon(0.2), { frequencies });
    for (const t of [0.5, 2])
      // 32 graded nodes; measured 5e-6.
      expect(Math.abs(first(fibres, { coupling: 0, modes: 2 }, t) - 0.4 * characteristic(t))).toBeLessThan(tolerance);
  });
});

describe("graphs", () => {
  it("that look alike from everywhere are one fibre with the degree", () => {
    const [one, all] = [
      vlasovFibres(ringGraphon(0.3)),
      { graph: allToAll(1), frequencies: new Float64Array(1), weights: Float64Array.of(1) },
    ];
    const at = (f: typeof one, coupling: number): number => first(f, { coupling, width: 0.5, modes: 40 }, 2);
    expect(Math.abs(at(one, 5) - at(all, 3))).toBeLessThan(1e-12);
  });

  it.each<[string, Graphon, number]>([
    [
      "two communities",
      blockGraphon(
        [0.3, 0.7],
        [
          [0.9, 0.2],
          [0.2, 0.6],
        ],
      ),
      8,
    ],
    ["a power law", powerLawGraphon(0.2), 3],
    ["a smooth kernel", graphon({ value: (x, y) => 0.5 + 0.5 * x * y }), 5],
  ])("%s: settles at the order of the graphon", (_, kernel, coupling) => {
    const settled = first(vlasovFibres(kernel), { coupling, width: 1, modes: 48 }, 25);
    const { value, error } = graphonOrder(kernel, lorentzianFrequencies(1), coupling);
    // 12 places, and 48 modes of fields that lock up to 0.9 of a community.
    expect(Math.abs(settled - value)).toBeLessThan(1e-3 + error);
  });

  it("weights are shares of the population", () => {
    const { weights } = vlasovFibres(powerLawGraphon(0.3), { frequencies: gaussianFrequencies(1), quantiles: 8 });
    expect(weights.length).toBe(12 * 8);
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 13);
  });
});
