import { scalarMath } from "#engine";
import type { Estimate } from "../core/estimate.js";

/** A share of the finer waves above this: the density is about as steep as the cells are wide. */
const COARSE = 0.1;

/**
 * Whether the cells of `vlasovCells` resolve a state.
 *
 * *Definition*: for each fibre the waves e^(i k theta) of the cells' means with k > cells / 4, those of fewer than four cells, have the share sqrt(sum_(k > cells / 4) |c_k|^2 / sum_(k >= 1) |c_k|^2) of
 * its size; the largest share over the fibres.
 * *Arguments*: `state` of `fibres` x `cells`, as `vlasovCells` has it.
 * *Returns*: the share, 0 for uniform densities. Status "not-converged" above 0.1, with the fibre and what to do; "diverged" with NaN where the state is not finite.
 * *Error*: that of the sums. As a guide, measured against the closed form of Ott and Antonsen: shares of 0.04, 0.15 and 0.3 went with errors of the order parameter of 2e-4, 1e-3 and 7e-3; below, the
 * order 3 of the method holds from 16 cells on.
 * *Cost*: fibres x cells^2 / 2 operations.
 * *Source*: Boyd 2001, Chebyshev and Fourier spectral methods, section 2.12 (the size of the last coefficients as a measure of resolution).
 * *Example*: `[cellResolution(phaseCells(1, 64, 0.5), 1, 64).status, cellResolution(phaseCells(1, 16, 0.9), 1, 16).status] // ["ok", "not-converged"]`
 */
export function cellResolution(state: ArrayLike<number>, fibres: number, cells: number): Estimate {
  if (!Number.isInteger(fibres) || fibres < 1 || !Number.isInteger(cells) || cells < 4 || state.length !== fibres * cells)
    throw new RangeError(
      `cellResolution: ${state.length} numbers given for ${fibres} fibres of ${cells} cells; allowed: as many as both together, from 1 fibre of 4 cells`,
    );
  const wave = (f: (x: number) => number): Float64Array =>
    Float64Array.from({ length: cells }, (_, j) => f((2 * Math.PI * j) / cells));
  const [re, im] = [wave(scalarMath.cos), wave(scalarMath.sin)];
  let [value, where] = [0, 0];
  for (let e = 0; e < fibres; e++) {
    let [fine, all, mean] = [0, 0, 0];
    for (let j = 0; j < cells; j++) mean += state[e * cells + j]! / cells;
    for (let k = 1; k <= cells / 2; k++) {
      let [a, b] = [0, 0];
      for (let j = 0; j < cells; j++) {
        // The mean has no waves but by rounding.
        const v = state[e * cells + j]! - mean;
        a += v * re[(k * j) % cells]!;
        b += v * im[(k * j) % cells]!;
      }
      all += a * a + b * b;
      if (k > cells / 4) fine += a * a + b * b;
    }
    const share = all > 1e-26 * cells * cells * mean * mean ? Math.sqrt(fine / all) : Number.isFinite(all) ? 0 : NaN;
    if (share > value || Number.isNaN(share)) [value, where] = [share, e];
    if (Number.isNaN(share)) break;
  }
  const status = Number.isNaN(value) ? "diverged" : value > COARSE ? "not-converged" : "ok";
  const explanation = {
    ok: undefined,
    diverged: `the density of fibre ${where} is not finite: take shorter steps`,
    "not-converged": `the density of fibre ${where} is as steep as ${cells} cells are wide: take more cells, or add noise; where oscillators lock their densities become points, for which no number is enough, and the order parameter is off by about a cell's width`,
  }[status];
  return {
    value,
    error: Number.isNaN(value) ? NaN : 1e-14,
    unit: "1",
    status,
    method: `share of waves shorter than four of ${cells} cells`,
    sources: ["Boyd 2001"],
    cost: {},
    ...(explanation === undefined ? {} : { explanation }),
  };
}
