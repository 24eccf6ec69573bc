// The Vlasov equation of Kuramoto oscillators by Fourier modes, against closed forms (Ott, Antonsen 2008; Strogatz, Mirollo 1991).
import {
  adaptive,
  allToAll,
  blockGraphon,
  dopri8,
  flow,
  fullMatrix,
  graphonOrder,
  lorentzianFrequencies,
  noisyKuramotoOrder,
  ottAntonsen,
  phaseDensity,
  poissonMoments,
  vlasovField,
} from "#dynamics";
import { describe, expect, it } from "vitest";
import { line } from "./linear-algebra.js";

const precise = { solver: dopri8, controller: adaptive({ rtol: 1e-11, atol: 1e-13 }) };
const size = (state: Float64Array, k = 1): number => Math.sqrt(state[2 * k - 2]! ** 2 + state[2 * k - 1]! ** 2);

describe("Lorentzian frequencies, integrated exactly", () => {
  it.each([
    [1, 4, 0.1],
    [1, 1, 0.6],
    [0.5, 3, 0.4],
  ])("Delta = %f, K = %f: r follows the closed form from a Poisson kernel", (width, coupling, initial) => {
    const modes = 128;
    const field = vlasovField({ graph: allToAll(1), coupling, width, modes });
    const system = flow({ field, initial: poissonMoments(1, modes, initial), dt: 0.5, ...precise });
    const { at } = ottAntonsen({ width, coupling, initial });
    for (let i = 0; i < 10; i++) {
      system.step();
      // The cut at mode 128 costs r^128 of the present r.
      expect(Math.abs(size(system.state) - at(system.time))).toBeLessThan(1e-9 + size(system.state) ** 120);
    }
    // The manifold of Poisson kernels is invariant: c_k = c_1^k.
    expect(Math.abs(size(system.state, 3) - size(system.state) ** 3)).toBeLessThan(1e-9 + size(system.state) ** 120);
  });

  it("other smooth starts are drawn to it: c_2 - c_1^2 dies out", () => {
    const modes = 64;
    const initial = poissonMoments(1, modes, 0.2);
    initial[2] = 0.3;
    const system = flow({
      field: vlasovField({ graph: allToAll(1), coupling: 2.5, width: 1, modes }),
      initial,
      dt: 30,
      ...precise,
    });
    system.step();
    expect(size(system.state)).toBeCloseTo(Math.sqrt(1 - 2 / 2.5), 6);
    expect(size(system.state, 2)).toBeCloseTo(1 - 2 / 2.5, 6);
  });
});

describe("identical oscillators with noise", () => {
  it.each([
    [3, 1],
    [1, 0.2],
  ])("K = %f, D = %f: settles at r = I_1 / I_0", (coupling, noise) => {
    const modes = 40;
    const field = vlasovField({ graph: allToAll(1), coupling, noise, modes });
    const system = flow({ field, initial: poissonMoments(1, modes, 0.3), dt: 60, ...precise });
    expect(system.step()).toBe("ok");
    expect(size(system.state)).toBeCloseTo(noisyKuramotoOrder({ coupling, noise }).value, 9);
  });

  it.each([
    [3, 1],
    [1, 1],
    [0.2, 0.7],
  ])("K = %f, D = %f: a small r grows at the rate K/2 - D", (coupling, noise) => {
    const field = vlasovField({ graph: allToAll(1), coupling, noise, modes: 8 });
    const system = flow({ field, initial: poissonMoments(1, 8, 1e-6), dt: 0.2, ...precise });
    const [times, logs]: [number[], number[]] = [[], []];
    for (let i = 0; i < 10; i++) {
      system.step();
      times.push(system.time);
      logs.push(Math.log(size(system.state)));
    }
    // Nonlinear terms are 1e-12 of the linear ones.
    expect(Math.abs(line(times, logs).slope - (coupling / 2 - noise))).toBeLessThan(1e-8);
  });

  it("conserves mass, and the density of moments of a Poisson kernel is that kernel", () => {
    const r = 0.4;
    const density = phaseDensity(poissonMoments(1, 60, r, 0.3), 200);
    density.forEach((v, j) => {
      const theta = (2 * Math.PI * j) / 200;
      const exact = (1 - r * r) / (1 - 2 * r * Math.cos(theta - 0.3) + r * r) / (2 * Math.PI);
      expect(Math.abs(v - exact)).toBeLessThan(1e-13);
    });
    const field = vlasovField({ graph: allToAll(1), coupling: 4, noise: 0.5, modes: 60 });
    const system = flow({ field, initial: poissonMoments(1, 60, r), dt: 5, ...precise });
    system.step();
    const later = phaseDensity(system.state, 200);
    expect((later.reduce((s, v) => s + v, 0) * 2 * Math.PI) / 200).toBeCloseTo(1, 13);
    expect(Math.min(...later)).toBeGreaterThan(0);
  });
});

describe("fibres", () => {
  it("of two blocks settle at the order of the block graphon", () => {
    // Each block is one fibre of weight 1/2: A = chances, and (1/n) sum with n = 2 gives the weight.
    const chances = [
      [0.9, 0.1],
      [0.1, 0.5],
    ];
    const [coupling, width, modes] = [8, 1, 96];
    const field = vlasovField({ graph: fullMatrix(chances.flat()), coupling, width, modes });
    const system = flow({ field, initial: poissonMoments(2, modes, 0.4), dt: 40, ...precise });
    system.step();
    const found = 0.5 * (system.state[0]! + system.state[2 * modes]!);
    const predicted = graphonOrder(blockGraphon([0.5, 0.5], chances), lorentzianFrequencies(width), coupling);
    expect(Math.abs(found - predicted.value)).toBeLessThan(2e-6);
  });

  it("with frequencies of their own: two groups at +-w0 turn at +-w0 when uncoupled", () => {
    const field = vlasovField({ graph: allToAll(2), coupling: 0, frequencies: [1.5, -0.5], modes: 3 });
    const system = flow({ field, initial: poissonMoments(2, 3, 0.5), dt: 1, ...precise });
    system.step();
    for (const [fibre, omega] of [
      [0, 1.5],
      [1, -0.5],
    ] as const)
      for (const k of [1, 2, 3]) {
        expect(system.state[6 * fibre + 2 * k - 2]).toBeCloseTo(0.5 ** k * Math.cos(k * omega), 10);
        expect(system.state[6 * fibre + 2 * k - 1]).toBeCloseTo(0.5 ** k * Math.sin(k * omega), 10);
      }
  });
});
