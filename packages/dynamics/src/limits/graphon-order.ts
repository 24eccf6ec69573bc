import type { Estimate } from "../core/estimate.js";
import type { Quadrature } from "../core/quadrature.js";
import type { Frequencies } from "./frequencies.js";
import { needUnimodal } from "./frequency-density.js";
import type { Graphon } from "./graphon.js";
import { criticalCouplings, gradedRule } from "./kernel-spectrum.js";
import { kuramotoOrder, lockedShare } from "./kuramoto-order.js";
import { selfConsistentField } from "./self-consistent-field.js";

/** The order of a partially locked population on a graph limit. */
export interface GraphonOrder extends Estimate {
  /** Places in [0, 1], the local field h(x) = |int W(x, y) e^(i u(y)) dy| there, and their weights. */
  readonly places: Float64Array;
  readonly weights: Float64Array;
  readonly field: Float64Array;
}

/** Cells of the quadrature over x, of four places each. */
const CELLS = 12;

/**
 * How coherent oscillators on a large graph are at a coupling K > 0, from the graph's limit.
 *
 * *Definition*: with R(a) = a int cos^2(x) g(a sin x) dx, the mean of e^(iu) of oscillators in a field a, the in-phase state has the local field
 * h(x) = int W(x, y) R(K h(y)) dy, and r = int R(K h(x)) dx = lim |(1/n) sum exp(i u_j)|. It is the largest solution, reached
 * from h = degree by iteration with Aitken's steps.
 * *Arguments*: `kernel`: W >= 0; `frequencies`; `coupling` K >= 0.
 * *Returns*: r and the field; 0 below the critical coupling. Kernels of constant degree d have r = `kuramotoOrder` at d K exactly.
 * *Error*: the last change of the iteration, enlarged by its rate; where W is not constant on cells, also what half as many places (of 48 graded ones) make of r.
 * "not-converged" after 200 iterations, which happens close to the critical coupling.
 * *Cost*: 72 integrals an iteration, one for each different degree if they are few.
 * *Source*: Chiba, Medvedev, Mizuhara 2018, Bifurcations in the Kuramoto model on graphs, section 4; for rank one Ichinomiya 2004.
 * *Example*: `graphonOrder(erdosRenyiGraphon(0.5), lorentzianFrequencies(1), 8).value // 0.70710678`
 */
export function graphonOrder(kernel: Graphon, frequencies: Frequencies, coupling: number): GraphonOrder {
  needUnimodal("graphonOrder", frequencies);
  if (!(coupling >= 0) || !Number.isFinite(coupling))
    throw new RangeError(`graphonOrder: coupling ${coupling} given; allowed: from 0 (negative couplings favour other modes)`);
  const base = { unit: "1", sources: ["Chiba, Medvedev, Mizuhara 2018", "Ichinomiya 2004"], cost: {} };
  if (kernel.symbol) {
    const degree = kernel.symbol(0);
    const found = kuramotoOrder(frequencies, coupling * Math.max(0, degree));
    return {
      ...found,
      ...base,
      places: Float64Array.of(0.5),
      weights: Float64Array.of(1),
      field: Float64Array.of(degree * found.value),
    };
  }
  const rule = kernel.cells ?? gradedRule(kernel.breaks ?? [], CELLS);
  const matrix = matrixOf(kernel, rule);
  const method = `iteration of the local field on ${rule.points.length} places`;
  const threshold = criticalCouplings(kernel, frequencies).positive;
  if (threshold.status !== "ok" || coupling <= threshold.value)
    return {
      ...base,
      value: 0,
      error: 0,
      status: "ok",
      method: `${method}; below the critical coupling`,
      places: rule.points,
      weights: rule.weights,
      field: new Float64Array(rule.points.length),
    };
  const { value, field, left, change, settled } = solve(matrix, rule.weights, frequencies, coupling);
  const coarse = kernel.cells || !settled ? undefined : gradedRule(kernel.breaks ?? [], CELLS / 2);
  // What half as many places make of it: far more than the finer rule's own error where the kernel is smooth, about as much where it is singular.
  const quadrature = coarse
    ? 1e-6 + Math.abs(solve(matrixOf(kernel, coarse), coarse.weights, frequencies, coupling).value - value)
    : 1e-9;
  return {
    ...base,
    value: settled ? value : NaN,
    error: settled ? left + quadrature : NaN,
    status: settled ? "ok" : "not-converged",
    method,
    places: rule.points,
    weights: rule.weights,
    field,
    ...(settled
      ? {}
      : { explanation: `the iteration still changes by ${change} a step: the coupling is very close to the critical one` }),
  };
}

/** W(x_i, x_j) times the weight of x_j. */
function matrixOf(kernel: Graphon, { points: nodes, weights }: Quadrature): Float64Array {
  const n = nodes.length;
  return Float64Array.from({ length: n * n }, (_, e) => {
    const [i, j] = [Math.floor(e / n), e % n];
    const w = kernel.value(nodes[i]!, nodes[j]!);
    if (!(w >= 0))
      throw new RangeError(
        `graphonOrder: W(${nodes[i]}, ${nodes[j]}) is ${w}; the in-phase state needs a kernel that is not negative`,
      );
    return w * weights[j]!;
  });
}

/** The largest field that agrees with itself, from the degrees down. */
function solve(matrix: Float64Array, weights: Float64Array, frequencies: Frequencies, coupling: number) {
  const n = weights.length;
  // Places that are alike have the same field: one integral serves them all.
  const known = new Map<number, number>();
  const locked = (h: number): number => {
    const a = coupling * h;
    const found = known.get(a) ?? (a > 0 ? a * lockedShare(frequencies, a, 1e-10).value : 0);
    known.set(a, found);
    return found;
  };
  const apply = (share: Float64Array): Float64Array =>
    Float64Array.from({ length: n }, (_, i) => {
      let s = 0;
      for (let j = 0; j < n; j++) s += matrix[i * n + j]! * share[j]!;
      return s;
    });
  return selfConsistentField({
    start: apply(new Float64Array(n).fill(1)),
    share(field) {
      known.clear();
      return field.map(locked);
    },
    apply,
    mean: (share) => share.reduce((s, v, i) => s + v * weights[i]!, 0),
    tolerance: 1e-9,
    most: 200,
    slowest: 0.99,
  });
}
