import type { Estimate } from "../core/estimate.js";
import type { Frequencies } from "./frequencies.js";
import type { Graphon } from "./graphon.js";
import { criticalCouplings, gradedRule } from "./kernel-spectrum.js";
import { kuramotoOrder, lockedShare } from "./kuramoto-order.js";

/** The order of a partially locked population on a graph limit. */
export interface GraphonOrder extends Estimate {
  /** Places in [0, 1], the local field h(x) = |int W(x, y) e^(i u(y)) dy| there, and their weights. */
  readonly places: Float64Array;
  readonly weights: Float64Array;
  readonly field: Float64Array;
}

/**
 * How coherent oscillators on a large graph are at a coupling K > 0, from the graph's limit.
 *
 * *Definition*: with R(a) = a int cos^2(x) g(a sin x) dx, the mean of e^(iu) of oscillators in a field a, the in-phase state has the local field
 * h(x) = int W(x, y) R(K h(y)) dy, and r = int R(K h(x)) dx = lim |(1/n) sum exp(i u_j)|. It is the largest solution, reached
 * from h = degree by iteration with Aitken's steps.
 * *Arguments*: `kernel`: W >= 0; `frequencies`; `coupling` K >= 0.
 * *Returns*: r and the field; 0 below the critical coupling. Kernels of constant degree d have r = `kuramotoOrder` at d K exactly.
 * *Error*: the last change of the iteration, enlarged by its rate, and 1e-6 for the quadrature over x (48 graded nodes) where W is not constant on cells.
 * "not-converged" after 200 iterations, which happens close to the critical coupling.
 * *Cost*: 48 integrals an iteration, one for each different degree if they are few.
 * *Source*: Chiba, Medvedev, Mizuhara 2018, Bifurcations in the Kuramoto model on graphs, section 4; for rank one Ichinomiya 2004.
 * *Example*: `graphonOrder(erdosRenyiGraphon(0.5), lorentzianFrequencies(1), 8).value // 0.70710678`
 */
export function graphonOrder(kernel: Graphon, frequencies: Frequencies, coupling: number): GraphonOrder {
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
  const { points: nodes, weights } = kernel.cells ?? gradedRule(kernel.breaks ?? [], 12);
  const n = nodes.length;
  const matrix = Float64Array.from({ length: n * n }, (_, e) => {
    const [i, j] = [Math.floor(e / n), e % n];
    const w = kernel.value(nodes[i]!, nodes[j]!);
    if (!(w >= 0))
      throw new RangeError(
        `graphonOrder: W(${nodes[i]}, ${nodes[j]}) is ${w}; the in-phase state needs a kernel that is not negative`,
      );
    return w * weights[j]!;
  });
  const method = `iteration of the local field on ${n} places`;
  const threshold = criticalCouplings(kernel, frequencies).positive;
  if (threshold.status !== "ok" || coupling <= threshold.value)
    return {
      ...base,
      value: 0,
      error: 0,
      status: "ok",
      method: `${method}; below the critical coupling`,
      places: nodes,
      weights,
      field: new Float64Array(n),
    };
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
  const mean = (share: Float64Array): number => share.reduce((s, v, i) => s + v * weights[i]!, 0);
  let field = apply(new Float64Array(n).fill(1));
  let [value, change, rate] = [1, 1, 0];
  let before: Float64Array[] = [];
  for (let i = 0; i < 200 && change > 1e-9; i++) {
    known.clear();
    const share = Float64Array.from(field, locked);
    const next = mean(share);
    rate = Math.abs(value - next) / change;
    change = Math.abs(value - next);
    value = next;
    before.push(field);
    field = apply(share);
    if (before.length < 3) continue;
    // One slow mode is left near the onset: Aitken's step goes to the end of its geometric series.
    field = field.map((f, j) => {
      const [d, e] = [before[2]![j]! - before[1]![j]!, f - before[2]![j]!];
      const q = e / d;
      const end = f + (e * q) / (1 - q);
      return q > 0 && q < 0.995 && end > 0 ? end : f;
    });
    before = [];
  }
  const settled = change <= 1e-9;
  const left = (change * rate) / (1 - Math.min(rate, 0.99));
  return {
    ...base,
    value: settled ? value : NaN,
    error: settled ? left + (kernel.cells ? 1e-9 : 1e-6) : NaN,
    status: settled ? "ok" : "not-converged",
    method,
    places: nodes,
    weights,
    field,
    ...(settled
      ? {}
      : { explanation: `the iteration still changes by ${change} a step: the coupling is very close to the critical one` }),
  };
}
