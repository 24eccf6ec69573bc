// Dobrushin's inequality and convergence to the Vlasov equation, for Kuramoto oscillators on digraph measures (Kuehn, Xu 2022; Neunzert 1984).
//
// Derivation. v(x, t, theta) = K int int sin(psi - theta) d mu^y(psi) d eta^x(y) has the Lipschitz constant K |eta| in theta and changes by at most
// K |eta| sup_y W1(mu^y, nu^y) with the measure: with L = 2 K |eta|, sup_x W1(mu_t^x, nu_t^x) <= e^(Lt) sup_x W1(mu_0^x, nu_0^x). Changing eta to zeta
// adds K sup |int h(y) d(eta^x - zeta^x)(y)|, h(y) = sin(u(y) - theta), |h| <= 1, Lip h <= Lip_y u =: M(t): at most K max(1, M) d_BL.
// On graphs of degree 1, (u_y)' is an average of differences of slopes, so M(t) <= M(0) e^(2Kt).
import {
  allToAll,
  alongEdges,
  circulantMeasure,
  convergenceRate,
  digraphDistance,
  empirical,
  finiteMeasure,
  flow,
  kuramotoField,
  random,
  sampleCirculant,
  wasserstein1,
} from "#dynamics";
import { describe, expect, it } from "vitest";

const turn = (phases: ArrayLike<number>): Float64Array => Float64Array.from(phases, (v) => v / (2 * Math.PI));
/** Wasserstein-1 on the circle of length 2 pi. */
const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  2 * Math.PI * wasserstein1(empirical(turn(a)), empirical(turn(b)), "circle");

describe("Dobrushin's inequality", () => {
  it.each([1, 2, 3])("two populations of 300 and 200, seed %i: W1 grows at most like e^(2Kt)", (seed) => {
    const [r, coupling] = [random(seed), 1.2];
    const [a, b] = [300, 200].map((n) => {
      const initial = Array.from({ length: n }, () => 6 * r.uniform() ** 2);
      return flow({ field: kuramotoField({ graph: allToAll(n), coupling }), initial, dt: 0.25 });
    }) as [ReturnType<typeof flow>, ReturnType<typeof flow>];
    const start = apart(a.state, b.state);
    for (let i = 0; i < 8; i++) {
      a.step();
      b.step();
      expect(apart(a.state, b.state)).toBeLessThanOrEqual(Math.exp(2 * coupling * a.time) * start + 1e-6);
    }
    // It is no empty bound: the distance does change by more than a tenth.
    expect(Math.abs(apart(a.state, b.state) / start - 1)).toBeGreaterThan(0.1);
  });

  it("two sparse graphs whose measures are 1/128 apart: solutions part by at most K max(1, M) d t e^(2Kt)", () => {
    const [n, coupling, slope] = [512, 1, 2 * Math.PI];
    const measures = [64, 68].map((shift) => {
      const rho = shift / n;
      return circulantMeasure({
        atoms: [
          { shift: rho, weight: 0.5 },
          { shift: -rho, weight: 0.5 },
        ],
      });
    });
    const distance = digraphDistance(measures[0]!, measures[1]!, { places: 4 }).value;
    expect(distance).toBeCloseTo(4 / n, 12);
    // u_0(x) = sin(2 pi x): slope at most 2 pi.
    const initial = Float64Array.from({ length: n }, (_, i) => Math.sin((2 * Math.PI * (i + 0.5)) / n));
    const [a, b] = measures.map((m) => {
      const g = sampleCirculant(m, n);
      expect(digraphDistance(finiteMeasure(g, "circle"), m, { places: n }).value).toBeLessThanOrEqual(1 / n);
      return flow({ field: kuramotoField({ graph: alongEdges(g), coupling }), initial, dt: 0.2 });
    }) as [ReturnType<typeof flow>, ReturnType<typeof flow>];
    let largest = 0;
    for (let i = 0; i < 8; i++) {
      a.step();
      b.step();
      const t = a.time;
      const found = a.state.reduce((s, v, j) => Math.max(s, Math.abs(v - b.state[j]!)), 0);
      const bound = coupling * Math.max(1, slope * Math.exp(2 * coupling * t)) * distance * t * Math.exp(2 * coupling * t);
      expect(found).toBeLessThanOrEqual(bound);
      largest = Math.max(largest, found / bound);
    }
    expect(largest).toBeGreaterThan(0.01);
  });
});

describe("convergence to the Vlasov equation", () => {
  // Identical oscillators: characteristics move every start alike, so the limit is the image of the density (1 + cos(theta) / 2) / (2 pi).
  const quantile = (u: number): number => {
    let [low, high] = [0, 2 * Math.PI];
    for (let i = 0; i < 60; i++) {
      const middle = 0.5 * (low + high);
      if ((middle + 0.5 * Math.sin(middle)) / (2 * Math.PI) < u) low = middle;
      else high = middle;
    }
    return low;
  };
  const coupling = 1;
  const systems = new Map<number, ReturnType<typeof flow>>();
  const run = (initial: Float64Array): Float64Array => {
    const n = initial.length;
    const system = systems.get(n) ?? flow({ field: kuramotoField({ graph: allToAll(n), coupling }), initial, dt: 1.5 });
    systems.set(n, system);
    system.reset(initial);
    expect(system.step()).toBe("ok");
    return system.state.slice();
  };
  const reference = run(Float64Array.from({ length: 16_384 }, (_, i) => quantile((i + 0.5) / 16_384)));
  const sizes = [32, 64, 128, 256, 512];

  it("of quantile particles is of order 1 / n in W1", () => {
    const distances = sizes.map((n) =>
      apart(run(Float64Array.from({ length: n }, (_, i) => quantile((i + 0.5) / n))), reference),
    );
    const { value, error } = convergenceRate(sizes, distances);
    expect(Math.abs(value + 1)).toBeLessThan(0.03 + 2 * error);
  });

  it("of particles drawn at random is of order n^(-1/2)", () => {
    const distances = sizes.map((n) => {
      let mean = 0;
      for (let seed = 0; seed < 8; seed++) {
        const r = random(seed, n);
        mean += apart(run(Float64Array.from({ length: n }, () => quantile(r.uniform()))), reference) / 8;
      }
      return mean;
    });
    const { value } = convergenceRate(sizes, distances);
    // Means of 8 scatter by about 15 %: 0.05 in the exponent over a factor of 16.
    expect(Math.abs(value + 0.5)).toBeLessThan(0.15);
  });
});
