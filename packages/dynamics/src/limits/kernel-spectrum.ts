import { denseSymmetric } from "../core/dense-symmetric.js";
import type { Estimate } from "../core/estimate.js";
import { gaussLegendre, type Quadrature } from "../core/quadrature.js";
import type { FrequencyDensity } from "./frequency-density.js";
import type { Graphon } from "./graphon.js";
import type { IncoherenceThreshold } from "./incoherence-threshold.js";
import { kuramotoCriticalCoupling } from "./kuramoto-order.js";
import { noisyCriticalCoupling } from "./noisy-kuramoto.js";

const SOURCES = ["Nystrom 1930", "Lovasz 2012, section 7.5", "Chiba, Medvedev 2019"];

/**
 * Nodes and weights on [0, 1] for kernels that are smooth between `breaks` and may be singular at 0, 1 and the breaks.
 *
 * *Definition*: each piece is mapped by t^3 (10 - 15 t + 6 t^2), flat to second order at its ends, and t has composite Gauss-Legendre rules
 * with four nodes a cell.
 */
export function gradedRule(breaks: readonly number[], cells: number): Quadrature {
  const ends = [0, ...[...breaks].sort((a, b) => a - b), 1];
  const four = gaussLegendre(4);
  const each = Math.max(1, Math.round(cells / (ends.length - 1)));
  const [points, weights]: [number[], number[]] = [[], []];
  for (let p = 0; p + 1 < ends.length; p++) {
    const [from, length] = [ends[p]!, ends[p + 1]! - ends[p]!];
    for (let c = 0; c < each; c++) {
      four.points.forEach((z, i) => {
        const t = (c + 0.5 + 0.5 * z) / each;
        points.push(from + length * t * t * t * (10 - 15 * t + 6 * t * t));
        weights.push(((four.weights[i]! * 0.5) / each) * length * 30 * t * t * (1 - t) * (1 - t));
      });
    }
  }
  return { points: Float64Array.from(points), weights: Float64Array.from(weights) };
}

/** Eigenvalues of the kernel on a quadrature rule, ascending. */
function nystrom({ value, breaks = [] }: Graphon, cells: number): Float64Array {
  const { points: nodes, weights } = gradedRule(breaks, cells);
  const n = nodes.length;
  const root = weights.map(Math.sqrt);
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = root[i]! * value(nodes[i]!, nodes[j]!) * root[j]!;
  return denseSymmetric(matrix, n).values;
}

/**
 * The outermost eigenvalues of a graphon's operator, by quadrature.
 *
 * *Definition*: zeta with int W(x, y) f(y) dy = zeta f(x).
 * *Arguments*: `count`: how many from either end, default 3; `cells`: of the finest of three rules, default 64 (256 nodes).
 * *Returns*: the `count` largest, descending, then the `count` smallest, ascending, 0 standing for those that do not exist.
 * *Error*: an estimate from three rules: the last change, enlarged by the rate at which changes shrink, and doubled. Fast for kernels that
 * are smooth but for `breaks` and for powers at the ends; of first order in 1 / nodes for those that jump along a diagonal, which have a
 * `symbol` in closed form if they are rotation symmetric. "not-converged" where the changes do not shrink; values are then those of the finest rule.
 * *Cost*: 10 (4 cells)^3 operations.
 * *Source*: Nystrom 1930 (the method); Lovasz 2012, Large networks and graph limits, section 7.5 (the operator).
 * *Example*: `kernelSpectrum(graphon({ value: (x, y) => x * y }), { count: 1 }).value // [0.33333333, 0.0000]`
 */
export function kernelSpectrum(
  kernel: Graphon,
  { count = 3, cells = 64 }: { count?: number; cells?: number } = {},
): Estimate<Float64Array> {
  if (!Number.isInteger(count) || count < 1 || count > cells)
    throw new RangeError(`kernelSpectrum: count ${count} given; allowed: integers from 1 to ${cells}`);
  if (!Number.isInteger(cells) || cells < 8 || cells > 256)
    throw new RangeError(`kernelSpectrum: cells ${cells} given; allowed: integers from 8 to 256`);
  const runs = [cells >> 2, cells >> 1, cells].map((c) => {
    const values = nystrom(kernel, c);
    const n = values.length;
    const least = Math.min(count, n);
    return [
      ...Array.from({ length: least }, (_, i) => Math.max(0, values[n - 1 - i]!)),
      ...Array.from({ length: least }, (_, i) => Math.min(0, values[i]!)),
    ];
  });
  const [coarse, middle, fine] = runs as [number[], number[], number[]];
  const change = (a: number[], b: number[]): number => Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));
  const [first, last] = [change(coarse, middle), change(middle, fine)];
  const size = Math.max(...fine.map(Math.abs));
  const rounding = 1e-14 * size;
  const ratio = first > 0 ? last / first : 0;
  const settled = last <= rounding || ratio < 0.9;
  const bound = 2 * last * Math.max(1, ratio / (1 - Math.min(ratio, 0.9))) + rounding;
  return {
    value: Float64Array.from(fine),
    error: Float64Array.from(fine, () => (settled ? bound : NaN)),
    unit: "1",
    status: settled ? "ok" : "not-converged",
    method: `Nystrom's method with ${4 * cells} graded Gauss-Legendre nodes; error from three rules`,
    sources: SOURCES,
    cost: {},
    ...(settled
      ? {}
      : {
          explanation: `finer rules do not bring the eigenvalues closer (changes ${first} and ${last}); name the jumps of the kernel in breaks, or raise cells`,
        }),
  };
}

/** The outermost eigenvalues of a graphon's operator, 0 where there is none of that sign. */
export interface KernelExtremes {
  readonly largest: number;
  readonly smallest: number;
  readonly error: number;
  /** Wave numbers of the two modes where the kernel is rotation symmetric. */
  readonly modes?: readonly [number, number];
  readonly method: string;
  readonly status: Estimate["status"];
}

/** Wave numbers that are searched at most: enough for a neighbourhood of one place in a million on either side. */
const MOST_WAVES = 1_000_000;

/** By quadrature they take half a second, and a curve of order over coupling asks for them at every coupling. */
const known = new WeakMap<Graphon, KernelExtremes>();

/**
 * The largest and the smallest eigenvalue of a graphon's operator: in closed form where the graphon has one, else by `kernelSpectrum`.
 *
 * *Error*: 0 stands for rounding in closed forms: wave numbers are searched until the bound on all further ones is below what was found, at most a million.
 * *Example*: `kernelExtremes(ringGraphon(0.25)).smallest // -0.10610330`
 */
export function kernelExtremes(kernel: Graphon): KernelExtremes {
  const { symbol, symbolBound, eigenvalues } = kernel;
  if (symbol && symbolBound !== undefined) {
    let [largest, smallest] = [Math.max(0, symbol(0)), Math.min(0, symbol(0))];
    const modes: [number, number] = [0, 0];
    // A kernel without eigenvalues of one sign would never end the search.
    for (let k = 1; k <= MOST_WAVES && symbolBound / k > Math.min(largest, -smallest); k++) {
      const zeta = symbol(k);
      if (zeta > largest) [largest, modes[0]] = [zeta, k];
      if (zeta < smallest) [smallest, modes[1]] = [zeta, k];
    }
    return { largest, smallest, error: 0, modes, method: "Fourier coefficients in closed form", status: "ok" };
  }
  if (eigenvalues) {
    const [largest, smallest] = [Math.max(0, ...eigenvalues), Math.min(0, ...eigenvalues)];
    return { largest, smallest, error: 0, method: "closed form", status: "ok" };
  }
  const before = known.get(kernel);
  if (before) return before;
  const found = kernelSpectrum(kernel, { count: 1 });
  const [largest, smallest] = found.value as unknown as [number, number];
  const extremes: KernelExtremes = { largest, smallest, error: found.error[0]!, method: found.method, status: found.status };
  known.set(kernel, extremes);
  return extremes;
}

/** The couplings at which incoherence ends on a graph. */
export interface CriticalCouplings {
  /** For K > 0: 2 / (pi g(0) zeta_max), or as the density has it. */
  readonly positive: IncoherenceThreshold;
  /** For K < 0: 2 / (pi g(0) zeta_min); "not-converged" with NaN where the operator has no negative eigenvalue. */
  readonly negative: IncoherenceThreshold;
  readonly extremes: KernelExtremes;
}

/**
 * The couplings at which oscillators on a large graph leave incoherence, from the spectrum of the graph's limit.
 *
 * *Definition*: u_i' = omega_i + (K / n) sum_j A_ij sin(u_j - u_i) with A sampled from W. Incoherence is stable for K_c- < K < K_c+ with
 * K_c+- = 2 / (pi g(0) zeta) at the largest and the smallest eigenvalue zeta of W's operator. Other densities than symmetric unimodal ones have another number in
 * place of 2 / (pi g(0)), see `kuramotoCriticalCoupling`; with noise D it is `noisyCriticalCoupling`.
 * *Error*: that of the eigenvalue, carried through; an eigenvalue below its own error gives "not-converged".
 * *Source*: Chiba, Medvedev 2019, The mean field analysis of the Kuramoto model on graphs I.
 * *Example*: `criticalCouplings(erdosRenyiGraphon(0.3), lorentzianFrequencies(1)).positive.value // 6.66666667`
 */
export function criticalCouplings(kernel: Graphon, frequencies: FrequencyDensity, { noise = 0 } = {}): CriticalCouplings {
  const whole = noise === 0 ? kuramotoCriticalCoupling(frequencies) : noisyCriticalCoupling(frequencies, noise);
  return couplingsAt(kernelExtremes(kernel), whole);
}

/** The critical couplings at both ends of a spectrum, from that of everyone with everyone. */
export function couplingsAt(extremes: KernelExtremes, whole: IncoherenceThreshold): CriticalCouplings {
  const at = (zeta: number): IncoherenceThreshold => {
    if (whole.status !== "ok") return whole;
    const missing = Math.abs(zeta) <= extremes.error || zeta === 0 || extremes.status !== "ok";
    const none = { ...whole, value: NaN, error: NaN, frequency: NaN, status: "not-converged" as const };
    if (missing)
      return {
        ...none,
        explanation:
          extremes.status === "ok"
            ? "the operator has no eigenvalue of this sign that differs from 0 by more than its error: incoherence stays stable on this side"
            : "the eigenvalues of the kernel did not converge; name its jumps in breaks",
      };
    const value = whole.value / zeta;
    if (!Number.isFinite(value))
      return { ...none, explanation: `the eigenvalue is ${zeta}: the coupling that it asks for is beyond the numbers` };
    const error = Math.abs(whole.error / zeta) + Math.abs(value) * (extremes.error / Math.abs(zeta));
    return { ...whole, value, error, method: `${whole.method}, zeta = ${zeta} (${extremes.method})`, sources: SOURCES };
  };
  return { positive: at(extremes.largest), negative: at(extremes.smallest), extremes };
}
