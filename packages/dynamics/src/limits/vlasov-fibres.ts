import { lowRank, type CouplingMatrix } from "./coupling-matrix.js";
import type { FrequencyDensity } from "./frequency-density.js";
import type { Graphon } from "./graphon.js";
import { gradedRule } from "./kernel-spectrum.js";

export interface VlasovFibresOptions {
  /** Frequencies by their quantiles; left out: all 0 (a Lorentzian spread is the option `width` of `vlasovField`, and exact). */
  readonly frequencies?: FrequencyDensity;
  /** Frequencies that stand for the density, a multiple of 4. Default 32. */
  readonly quantiles?: number;
  /** Cells of four places each, where the kernel is neither rotation symmetric nor constant on cells. Default 3. */
  readonly cells?: number;
}

/** What a Vlasov equation is solved on: places times frequencies. */
export interface VlasovFibres {
  readonly graph: CouplingMatrix;
  readonly frequencies: Float64Array;
  /** Share of the population in each fibre; they add up to 1. */
  readonly weights: Float64Array;
}

/**
 * The fibres of a population on a graph limit, whose start does not depend on the place: one for each place and frequency of a quadrature.
 *
 * *Definition*: u(x, omega) with the field K int int W(x, y) Im(e^(i psi - i theta)) rho(y, omega, psi) g(omega) becomes a sum over nodes y_p, omega_q. On a kernel
 * that looks alike from everywhere one place does, with the degree int W(x, y) dy.
 * *Arguments*: see `VlasovFibresOptions`.
 * *Returns*: graph and frequencies for `vlasovField`, and the weights with which moments of the whole population are means over fibres.
 * *Error*: that of the quadratures: none over x for rotation-symmetric kernels and those constant on cells; over omega it grows when phases have
 * spread so far that neighbouring nodes are out of step: after a time of about the number of quantiles over the width.
 * *Source*: Kuehn, Xu 2022, Vlasov equations on digraph measures, section 3 (fibres).
 * *Example*: `vlasovFibres(blockGraphon([0.5, 0.5], [[1, 0], [0, 1]])).weights // [0.5, 0.5]`
 */
export function vlasovFibres(kernel: Graphon, options: VlasovFibresOptions = {}): VlasovFibres {
  const { frequencies, quantiles = 32, cells = 3 } = options;
  for (const [name, value] of Object.entries({ quantiles, cells }))
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`vlasovFibres: ${name} ${value} given; allowed: integers from 1`);
  if (quantiles % 4 !== 0)
    throw new RangeError(`vlasovFibres: ${quantiles} quantiles given; allowed: multiples of 4, the nodes of a cell`);
  if (frequencies && !frequencies.quantile)
    throw new TypeError(`vlasovFibres: the density ${frequencies.name} has no quantile function; give it one`);
  const one = { points: Float64Array.of(0.5), weights: Float64Array.of(1) };
  const places = kernel.symbol ? one : (kernel.cells ?? gradedRule(kernel.breaks ?? [], cells));
  const pull = (x: number, y: number): number => (kernel.symbol ? kernel.symbol(0) : kernel.value(x, y));
  // Graded towards the ends, where quantiles may be infinite.
  const rule = frequencies ? gradedRule([], quantiles / 4) : one;
  const [p, q] = [places.points.length, rule.points.length];
  const fibres = p * q;
  const omega = frequencies ? Float64Array.from(rule.points, (z) => frequencies.quantile!(z)) : new Float64Array(1);
  const weights = Float64Array.from({ length: fibres }, (_, f) => places.weights[Math.floor(f / q)]! * rule.weights[f % q]!);
  const left = new Float64Array(fibres * p);
  const right = new Float64Array(fibres * p);
  for (let f = 0; f < fibres; f++) {
    const here = Math.floor(f / q);
    for (let y = 0; y < p; y++) left[f * p + y] = pull(places.points[here]!, places.points[y]!);
    // `mix` divides by the number of fibres.
    right[f * p + here] = fibres * weights[f]!;
  }
  return {
    graph: lowRank(left, right, p, kernel.name),
    frequencies: Float64Array.from({ length: fibres }, (_, f) => omega[f % q]!),
    weights,
  };
}
