// The Vlasov equation by finite volumes: mass, order, closed forms, particles and Fourier modes (van Leer 1985; Koren 1993; Ott, Antonsen 2008).
import { evaluate } from "#engine";
import {
  adaptive,
  allToAll,
  cellMoments,
  cellResolution,
  dopri8,
  fixed,
  flow,
  fullMatrix,
  kuramotoField,
  noisyKuramotoOrder,
  orderParameter,
  ottAntonsen,
  phaseCells,
  poissonMoments,
  rk4,
  vlasovCells,
  vlasovField,
  type VlasovCellsOptions,
} from "#dynamics";
import { describe, expect, it } from "vitest";
import { line } from "./linear-algebra.js";

const precise = { solver: dopri8, controller: adaptive({ rtol: 1e-10, atol: 1e-12 }) };
const total = (x: ArrayLike<number>): number => Array.from(x).reduce((s, v) => s + v, 0);
const moments = (state: Float64Array, fibres: number, cells: number): Float64Array =>
  evaluate(cellMoments(fibres, cells), { data: state })[0] as Float64Array;
const size = (c: ArrayLike<number>): number => Math.sqrt(c[0]! ** 2 + c[1]! ** 2);
function run(options: VlasovCellsOptions, initial: Float64Array, time: number): Float64Array {
  const system = flow({ field: vlasovCells(options), initial, dt: time, ...precise });
  expect(system.step()).toBe("ok");
  return system.state;
}
/** Slope of log error over log cells. */
const order = (errors: readonly number[], cells: readonly number[]): number =>
  -line(
    cells.map((n) => Math.log(n)),
    errors.map((e) => Math.log(e)),
  ).slope;

describe("mass", () => {
  it.each([
    [true, 0],
    [false, 0],
    [true, 0.3],
  ])("stays in each fibre to 1e-12 over 4,000 steps, where densities steepen (limited %s, D = %f)", (limited, noise) => {
    const cells = 64;
    const graph = fullMatrix([1, 0.2, 0.5, 1.5, 0.3, 0.7, 0.1, 0.9, 1]);
    const field = vlasovCells({ graph, coupling: 3, frequencies: [0, 0.4, -1.3], cells, limited, noise });
    const initial = phaseCells(3, cells, 0.3);
    const system = flow({ field, initial, solver: rk4, controller: fixed(0.01) });
    expect(system.step(4000)).toBe("ok");
    for (const e of [0, 1, 2]) {
      const fibre = (x: Float64Array): number => total(x.subarray(e * cells, (e + 1) * cells)) * ((2 * Math.PI) / cells);
      expect(Math.abs(fibre(initial) - 1)).toBeLessThan(1e-14);
      expect(Math.abs(fibre(system.state) - 1)).toBeLessThan(1e-12);
    }
    // The field moved something, and limited densities are not below 0.
    expect(Math.max(...system.state)).toBeGreaterThan(1.05 * Math.max(...initial));
    if (limited) expect(Math.min(...system.state)).toBeGreaterThan(-1e-12);
  });
});

describe("order", () => {
  const sizes = [48, 96, 192];
  const rotated = (limited: boolean): number[] =>
    sizes.map((cells) => {
      // Uncoupled: the density turns by omega t.
      const found = run({ graph: allToAll(1), coupling: 0, frequencies: [0.9], cells, limited }, phaseCells(1, cells, 0.4), 1);
      const exact = phaseCells(1, cells, 0.4, 0.9);
      return found.reduce((s, v, j) => s + Math.abs(v - exact[j]!), 0) / cells;
    });
  it("is 3 for a smooth density", () => {
    expect(Math.abs(order(rotated(false), sizes) - 3)).toBeLessThan(0.1);
  });
  it("is between 2 and 3 in the mean with the limiter, which flattens extrema", () => {
    const found = order(rotated(true), sizes);
    expect(found).toBeGreaterThan(1.9);
    expect(found).toBeLessThan(3.2);
  });
  it("is 4 for noise alone: mode k decays by exp(-k^2 D t)", () => {
    const few = [8, 16, 32];
    const errors = few.map((cells) => {
      const found = run({ graph: allToAll(1), coupling: 0, noise: 0.5, cells }, phaseCells(1, cells, 0.2), 1);
      return Math.abs(size(moments(found, 1, cells)) - 0.2 * Math.exp(-0.5));
    });
    expect(Math.abs(order(errors, few) - 4)).toBeLessThan(0.15);
  });
});

describe("few cells", () => {
  const sizes = [16, 24, 32, 48, 64];
  it.each([
    [0.2, 0.9],
    [0.7, -1.7],
  ])("a turning density, r = %f, omega = %f: order 3 from 16 cells on, and mass to 1e-12", (r, omega) => {
    const errors = sizes.map((cells) => {
      const found = run(
        { graph: allToAll(1), coupling: 0, frequencies: [omega], cells, limited: false },
        phaseCells(1, cells, r),
        1,
      );
      expect(Math.abs((total(found) * 2 * Math.PI) / cells - 1)).toBeLessThan(1e-12);
      expect(cellResolution(found, 1, cells).status).toBe("ok");
      const [re, im] = moments(found, 1, cells) as unknown as [number, number];
      return Math.hypot(re - r * Math.cos(omega), im - r * Math.sin(omega));
    });
    expect(Math.abs(order(errors, sizes) - 3)).toBeLessThan(0.1);
    for (let i = 1; i < sizes.length; i++) expect(errors[i]!).toBeLessThan(errors[i - 1]!);
  });

  it("that do not resolve a locking population say so, and are off; enough of them do and are not", () => {
    // Identical oscillators become points: after the time 4 r is 0.983.
    const exact = ottAntonsen({ width: 0, coupling: 1, initial: 0.2 }).at(4);
    const at = (cells: number): [string, number] => {
      const found = run({ graph: allToAll(1), coupling: 1, cells, limited: false }, phaseCells(1, cells, 0.2), 4);
      expect(Math.abs((total(found) * 2 * Math.PI) / cells - 1)).toBeLessThan(1e-12);
      return [cellResolution(found, 1, cells).status, Math.abs(size(moments(found, 1, cells)) - exact)];
    };
    for (const cells of [16, 24]) {
      const [status, error] = at(cells);
      expect(status).toBe("not-converged");
      expect(error).toBeGreaterThan(1e-3);
    }
    const [status, error] = at(64);
    expect(status).toBe("ok");
    expect(error).toBeLessThan(3e-4);
  });

  it("the share of short waves is that of the density's own coefficients, at any angle and mass; uniform ones have none", () => {
    // Means over cells of a Poisson kernel have waves r^k sin(k w / 2) / (k w / 2), those beyond cells / 2 folded back.
    const [cells, r] = [32, 0.6];
    const wave = (k: number): number => {
      let s = 0;
      for (let m = -6; m <= 6; m++) {
        const j = k + m * cells;
        s += ((r ** Math.abs(j) * Math.sin((Math.PI * j) / cells)) / ((Math.PI * j) / cells)) * (m % 2 ? -1 : 1);
      }
      return s * s;
    };
    const sum = (from: number): number => Array.from({ length: 17 - from }, (_, i) => wave(from + i)).reduce((a, b) => a + b, 0);
    const share = Math.sqrt(sum(9) / sum(1));
    for (const [mass, turns] of [
      [1, 0],
      [7, 5],
    ] as const) {
      const state = phaseCells(1, cells, r, (2 * Math.PI * turns) / cells).map((v) => mass * v);
      expect(Math.abs(cellResolution(state, 1, cells).value / share - 1)).toBeLessThan(1e-9);
    }
    expect(cellResolution(phaseCells(2, 16, 0), 2, 16).value).toBe(0);
    expect(cellResolution([1, 2, NaN, 1], 1, 4).status).toBe("diverged");
    expect(cellResolution(Float64Array.of(...phaseCells(1, 16, 0.2), ...phaseCells(1, 16, 0.95)), 2, 16).explanation).toMatch(
      /fibre 1/,
    );
    expect(() => cellResolution([1, 2, 3], 1, 4)).toThrow("3 numbers given");
  });
});

describe("against what is known", () => {
  it.each([1, 2.5])(
    "identical oscillators, K = %f: r follows the closed form of Ott and Antonsen, and the distance is of order 3",
    (coupling) => {
      const { at } = ottAntonsen({ width: 0, coupling, initial: 0.2 });
      const sizes = [48, 96, 192];
      const time = 1.5 / coupling;
      const errors = sizes.map((cells) => {
        const found = run({ graph: allToAll(1), coupling, cells, limited: false }, phaseCells(1, cells, 0.2), time);
        return Math.abs(size(moments(found, 1, cells)) - at(time));
      });
      expect(errors[2]!).toBeLessThan(1e-5);
      expect(Math.abs(order(errors, sizes) - 3)).toBeLessThan(0.4);
    },
  );

  it.each([
    [3, 1],
    [2, 0.4],
  ])("with noise, K = %f, D = %f: settles at r = I_1 / I_0, off by order 3", (coupling, noise) => {
    const exact = noisyKuramotoOrder({ coupling, noise }).value;
    const few = [32, 64];
    const errors = few.map((cells) => {
      const found = run({ graph: allToAll(1), coupling, noise, cells, limited: false }, phaseCells(1, cells, 0.3), 40);
      return Math.abs(size(moments(found, 1, cells)) - exact);
    });
    expect(errors[1]!).toBeLessThan(2e-4);
    expect(Math.abs(order(errors, few) - 3)).toBeLessThan(0.3);
  });

  it("two groups on a directed graph: cells, Fourier modes and particles agree", () => {
    const [cells, modes, particles, time] = [192, 60, 400, 1];
    const [chances, frequencies, coupling, start] = [[0.3, 1.5, 0.8, 0.2], [0.7, -0.4], 1.6, 0.3];
    const graph = fullMatrix(chances);
    const byCells = moments(
      run({ graph, coupling, frequencies, cells, limited: false }, phaseCells(2, cells, start), time),
      2,
      cells,
    );
    const field = vlasovField({ graph, coupling, frequencies, modes });
    const byModes = flow({ field, initial: poissonMoments(2, modes, start), dt: time, ...precise });
    byModes.step();
    // Quantiles of the Poisson kernel: e^(i theta) = (e^(i phi) + r) / (1 + r e^(i phi)), phi evenly spread.
    const quantile = (p: number): number => 2 * Math.atan(((1 - start) / (1 + start)) * Math.tan(Math.PI * (p - 0.5)));
    const n = 2 * particles;
    const characteristics = flow({
      field: kuramotoField({
        graph: fullMatrix(
          Float64Array.from(
            { length: n * n },
            (_, e) => chances[2 * Math.floor(Math.floor(e / n) / particles) + Math.floor((e % n) / particles)]!,
          ),
        ),
        coupling,
        frequencies: Float64Array.from({ length: n }, (_, i) => frequencies[Math.floor(i / particles)]!),
      }),
      initial: Float64Array.from({ length: n }, (_, i) => quantile(((i % particles) + 0.5) / particles)),
      dt: time,
      ...precise,
    });
    characteristics.step();
    for (const e of [0, 1]) {
      const modal = byModes.state.subarray(2 * e * modes, 2 * e * modes + 2);
      const { r, psi } = orderParameter(characteristics.state.subarray(e * particles, (e + 1) * particles));
      // The trapezoidal rule on a circle is exact for smooth densities: particles and modes agree to the solver's tolerance.
      expect(Math.abs(modal[0]! - r * Math.cos(psi))).toBeLessThan(1e-8);
      expect(Math.abs(modal[1]! - r * Math.sin(psi))).toBeLessThan(1e-8);
      // 192 cells: third order.
      expect(Math.abs(modal[0]! - byCells[2 * e]!)).toBeLessThan(1e-5);
      expect(Math.abs(modal[1]! - byCells[2 * e + 1]!)).toBeLessThan(1e-5);
    }
  });
});

it("names what cannot be", () => {
  const graph = allToAll(2);
  expect(() => vlasovCells({ graph, coupling: NaN })).toThrow("coupling NaN given");
  expect(() => vlasovCells({ graph, coupling: 1, noise: -1 })).toThrow("noise -1 given");
  expect(() => vlasovCells({ graph, coupling: 1, cells: 3 })).toThrow("cells 3 given");
  expect(() => vlasovCells({ graph, coupling: 1, frequencies: [1] })).toThrow("1 frequencies given for 2 fibres");
  expect(() => vlasovCells({ graph, coupling: 1, frequencies: [1, Infinity] })).toThrow("frequency of fibre 1 is Infinity");
  expect(() => phaseCells(1, 8, 1)).toThrow("order 1 given");
});
