import { add, concat, constant, cos, div, max, min, mul, reshape, scalarMath, sin, slice, sub, sum, type Tensor } from "#engine";
import type { Field } from "./coupled-units.js";
import type { CouplingMatrix } from "./coupling-matrix.js";

export interface VlasovCellsOptions {
  /** How fibres act on each other, as for `vlasovField`. */
  readonly graph: CouplingMatrix;
  readonly coupling: number;
  /** Frequency of each fibre. Default: all 0. */
  readonly frequencies?: ArrayLike<number>;
  /** D >= 0: noise of variance 2 D t on each phase. Default 0. */
  readonly noise?: number;
  /** Equal cells of the phase. Default 128. */
  readonly cells?: number;
  /**
   * Whether slopes are limited, so that densities stay above 0 where they steepen. Default true; without it order 3 holds everywhere that the
   * density is smooth, its extrema included.
   */
  readonly limited?: boolean;
}

/** The one of least size where all three have one sign, else 0. */
function least(a: Tensor, b: Tensor, c: Tensor): Tensor {
  return add(max(0, min(a, min(b, c))), min(0, max(a, max(b, c))));
}

/**
 * The Vlasov (with noise: Fokker-Planck) equation of Kuramoto oscillators, by finite volumes in the phase.
 *
 * *Definition*: fibre e has the mean density rho_ej in the cell [j, j + 1] 2 pi / cells; rho_ej' = -(F_(j + 1) - F_j) cells / (2 pi) with the flux
 * F = v rho - D d rho at the faces, v = omega_e + Im(H_e e^(-i theta)), H_e = K sum_f (1/n) A_ef int rho_f e^(i theta). Densities at faces come from
 * the side the flow comes from, by the parabola through three cells, its slope held by Koren's limiter if `limited`.
 * *Arguments*: see `VlasovCellsOptions`. The state is fibres x cells, flat; `phaseCells` makes one. H is of spectral accuracy for smooth densities.
 * *Returns*: a field for `flow`. Fixed steps are stable up to about |v| h = 1.6 cells with `rk4`; limited densities stay above 0 up to about half a cell.
 * *Error*: mass is conserved in each fibre to rounding: what leaves a cell enters the next. Of order 3 for smooth densities, of order 2 at extrema of
 * limited ones, from 16 cells on (measured: 2.96 to 3.00 between 16 and 64 for turning Poisson densities, whose first moment is off by 1e-3 at 16 cells and 1e-5 at 64). Locked oscillators, whose densities become points, are as wide as a few cells: `cellResolution` tells.
 * *Cost*: some 40 operations for each cell, and one pass over the graph.
 * *Source*: van Leer 1985 (the parabola); Koren 1993, A robust upwind discretization method for advection, diffusion and source terms (the limiter).
 * *Example*: `Math.abs(evaluate((x) => sum(vlasovCells({ graph: allToAll(1), coupling: 3, cells: 16 })(x)), { data: phaseCells(1, 16, 0.5) })[0][0]) < 1e-14 // true`
 */
export function vlasovCells(options: VlasovCellsOptions): Field {
  const { graph, coupling, frequencies, noise = 0, cells = 128, limited = true } = options;
  const n = graph.nodes;
  if (!Number.isFinite(coupling)) throw new RangeError(`vlasovCells: coupling ${coupling} given; allowed: finite numbers`);
  if (!(noise >= 0) || !Number.isFinite(noise)) throw new RangeError(`vlasovCells: noise ${noise} given; allowed: from 0`);
  cellCount("vlasovCells", cells);
  if (frequencies && frequencies.length !== n)
    throw new RangeError(`vlasovCells: ${frequencies.length} frequencies given for ${n} fibres; give one each`);
  const omega = Float64Array.from({ length: n }, (_, e) => frequencies?.[e] ?? 0);
  const bad = omega.findIndex((w) => !Number.isFinite(w));
  if (bad >= 0) throw new RangeError(`vlasovCells: the frequency of fibre ${bad} is ${omega[bad]}; it must be finite`);
  const width = (2 * Math.PI) / cells;
  const table = (f: (x: number) => number, count: number, shift: number): Float64Array =>
    Float64Array.from({ length: count }, (_, j) => f(((j + shift) % cells) * width));
  // A cell's mean has the wave e^(i theta) smaller by sin(w/2) / (w/2) than the density has.
  const smoothing = scalarMath.sin(0.5 * width) / (0.5 * width);
  const moment = (f: (x: number) => number): Tensor =>
    constant(
      table(f, cells, 0.5).map((v) => (v * width) / smoothing),
      [1, cells],
    );
  const face = (f: (x: number) => number): Tensor => constant(table(f, cells + 1, 0), [1, cells + 1]);
  return (flat) => {
    const rho = reshape(flat, [n, cells]);
    const first = [scalarMath.cos, scalarMath.sin].map((f) => reshape(sum(mul(rho, moment(f)), 1), [n, 1]));
    const field = mul(coupling, graph.mix(concat(first, 1)));
    const [hr, hi] = [slice(field, [0, 0], [n, 1]), slice(field, [0, 1], [n, 2])];
    const v = add(constant(omega, [n, 1]), sub(mul(hi, face(scalarMath.cos)), mul(hr, face(scalarMath.sin))));
    // Two cells from around the circle on either side: faces 0 .. cells then see their four neighbours as plain windows.
    const around = concat([slice(rho, [0, cells - 2], [n, cells]), rho, slice(rho, [0, 0], [n, 2])], 1);
    const [farLeft, left, right, farRight] = [0, 1, 2, 3].map((j) => slice(around, [0, j], [n, j + cells + 1])) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const step = sub(right, left);
    const rise = (behind: Tensor): Tensor => {
      const parabola = mul(1 / 6, add(mul(2, step), behind));
      return limited ? least(step, behind, parabola) : parabola;
    };
    const fromLeft = add(left, rise(sub(left, farLeft)));
    const fromRight = sub(right, rise(sub(farRight, right)));
    const carried = add(mul(max(v, 0), fromLeft), mul(min(v, 0), fromRight));
    const slope = mul(1 / (12 * width), sub(mul(15, step), sub(farRight, farLeft)));
    const flux = noise > 0 ? sub(carried, mul(noise, slope)) : carried;
    const rate = div(sub(slice(flux, [0, 0], [n, cells]), slice(flux, [0, 1], [n, cells + 1])), width);
    return reshape(rate, [n * cells]);
  };
}

function cellCount(what: string, cells: number): void {
  if (!Number.isInteger(cells) || cells < 4) throw new RangeError(`${what}: cells ${cells} given; allowed: integers from 4`);
}

/**
 * A smooth start for `vlasovCells`: every fibre has the density of a Poisson kernel, with moments r^k e^(i k psi).
 *
 * *Arguments*: `order` r in [0, 1): 0 is the uniform density; `angle` psi, default 0.
 * *Returns*: fibres x cells means of the density, 1 / (2 pi) on average.
 * *Example*: `phaseCells(1, 4, 0) // [0.159154943, 0.159154943, 0.159154943, 0.159154943]`
 */
export function phaseCells(fibres: number, cells: number, order: number, angle = 0): Float64Array {
  cellCount("phaseCells", cells);
  if (!Number.isInteger(fibres) || fibres < 1)
    throw new RangeError(`phaseCells: fibres ${fibres} given; allowed: integers from 1`);
  if (!(order >= 0 && order < 1)) throw new RangeError(`phaseCells: order ${order} given; allowed: from 0 to below 1`);
  if (!Number.isFinite(angle)) throw new RangeError(`phaseCells: angle ${angle} given; allowed: finite numbers`);
  const half = Math.PI / cells;
  const one = new Float64Array(cells).fill(1);
  for (let k = 1, size = order; size > 1e-18; k++, size *= order) {
    const mean = (2 * size * scalarMath.sin(k * half)) / (k * half);
    for (let j = 0; j < cells; j++) one[j]! += mean * scalarMath.cos(k * ((2 * j + 1) * half - angle));
  }
  return Float64Array.from({ length: fibres * cells }, (_, e) => one[e % cells]! / (2 * Math.PI));
}

/**
 * The first moment of each fibre from its cells, as an engine function of the state: [re, im] of int rho e^(i theta), fibres x 2.
 * *Example*: `evaluate(cellMoments(1, 64), { data: phaseCells(1, 64, 0.5) })[0] // [0.50000, 0.0000]`
 */
export function cellMoments(fibres: number, cells: number): (state: Tensor) => Tensor {
  cellCount("cellMoments", cells);
  const half = Math.PI / cells;
  const places = constant(
    Float64Array.from({ length: cells }, (_, j) => (2 * j + 1) * half),
    [1, cells],
  );
  const share = (2 * half * half) / scalarMath.sin(half);
  return (state) => {
    const rho = reshape(state, [fibres, cells]);
    return concat(
      [cos, sin].map((f) => reshape(mul(share, sum(mul(rho, f(places)), 1)), [fibres, 1])),
      1,
    );
  };
}
