import { leadingEigenvalues } from "../../analysis/leading-eigenvalues.js";
import { complex, modulus, type Complex } from "../../core/complex.js";
import { eigenvalues } from "../../core/dense-general.js";
import { strongComponents, weakParts } from "../../limits/components.js";
import { product, type Digraph } from "../../limits/digraph.js";
import { firstMode, type FirstMode } from "../../limits/first-mode.js";
import { isUnimodal, type FrequencyDensity } from "../../limits/frequency-density.js";
import { incoherenceGrowthRate } from "../../limits/incoherence-growth.js";
import { couplingsAt, type KernelExtremes } from "../../limits/kernel-spectrum.js";
import { networkOrder } from "../../limits/network-order.js";
import { perronRoot } from "../../limits/perron-root.js";
import { resonanceCurve } from "../../limits/resonance-curve.js";
import { isSymmetric, ofOneSize } from "./network.js";
import { everyone, growthOf, none, type Spectrum, type Subject } from "./theory.js";

/**
 * What theory says of oscillators on a network that is directed, or too large to be diagonalised: from the eigenvalues of its sparse matrix and from the field node by
 * node. Of directed networks in which no more than 400 nodes reach each other all eigenvalues are had, complex ones too; of larger ones, with weights from 0, the largest.
 */
export function onNetwork(network: Digraph, density: FrequencyDensity | undefined, noise: number): Subject {
  const signs = network.weights.some((w) => w < 0);
  const found: Spectrum = isSymmetric(network)
    ? couplingsAt(bothEnds(network), everyone(density, noise))
    : directed(network, density, noise, signs);
  const { positive, extremes, leading } = found;
  // Where a turning mode comes first, the order that it grows into is no field at rest.
  const atRest = density && isUnimodal(density) && noise === 0 && !signs && (leading?.im ?? 0) === 0;
  const orders = atRest ? networkOrder(network, density) : undefined;
  const known = new Map<number, number>();
  return {
    name: network.name,
    parts: weakParts(network),
    ...ofOneSize(network),
    critical: () => positive,
    growth: leading && density ? growing(density, noise, leading) : growthOf(density, noise, leading?.re ?? extremes.largest),
    spectrum: () => found,
    order(coupling, way) {
      if (density && !isUnimodal(density) && way === "down") return NaN;
      const r = known.get(coupling) ?? (coupling <= positive.value ? 0 : orders ? orders(coupling).value : NaN);
      known.set(coupling, r);
      return r;
    },
  };
}

const growing =
  (density: FrequencyDensity, noise: number, eigenvalue: Complex) =>
  (coupling: number): number =>
    incoherenceGrowthRate(density, { coupling, noise, eigenvalue: eigenvalue.im === 0 ? eigenvalue.re : eigenvalue }).value;

/** Most nodes that reach each other of which all eigenvalues are found: a few seconds. */
const FULL = 400;

/** The critical couplings of a directed network; `leading`: the eigenvalue of the mode that comes first, where all were looked at. */
function directed(network: Digraph, density: FrequencyDensity | undefined, noise: number, signs: boolean): Spectrum {
  const all = allEigenvalues(network);
  if (!all && signs)
    throw new RangeError(
      `${network.name} is directed and has negative weights, and more than ${FULL} of its nodes reach each other: its leading eigenvalues may be complex, and they are found of smaller ones only; allowed: directed networks with weights from 0, symmetric ones, and smaller ones`,
    );
  const extremes = signs
    ? { largest: NaN, smallest: NaN, error: NaN, method: "all eigenvalues, part by part", status: "ok" as const }
    : oneEnd(network);
  if (all) {
    const [up, down] = [1, -1].map((sign) =>
      firstOf(
        density,
        noise,
        all.map(({ re, im }) => complex(sign * re, sign * im)),
      ),
    );
    // Where it is the one of Perron and Frobenius, that is known within a bracket.
    const plain =
      up &&
      Math.abs(up.eigenvalue.im) <= 1e-6 * modulus(up.eigenvalue) &&
      Math.abs(up.eigenvalue.re - extremes.largest) <= 1e-6 * extremes.largest;
    const nothing = none(
      "the network has no eigenvalue other than 0: where nothing runs in cycles no coupling makes all of it order itself",
    );
    return {
      extremes,
      positive: plain ? couplingsAt(extremes, everyone(density, noise)).positive : (up?.threshold ?? nothing),
      negative: down ? { ...down.threshold, value: -down.threshold.value } : nothing,
      ...(up ? { leading: plain ? complex(extremes.largest) : up.eigenvalue } : {}),
    };
  }
  const { positive } = couplingsAt(extremes, everyone(density, noise));
  const alone = !density || first(density, noise);
  return {
    extremes,
    positive: alone
      ? positive
      : none(
          `of a directed network this large only the largest eigenvalue is had, which is real and asks for K = ${positive.value}; with these frequencies modes with complex ones may end incoherence before`,
        ),
    negative: none(
      "of a directed network this large only the largest eigenvalue is had, which is real; the others may be complex",
    ),
  };
}

/** The mode that ends the incoherence of oscillators, identical ones included. */
function firstOf(density: FrequencyDensity | undefined, noise: number, zetas: readonly Complex[]): FirstMode | undefined {
  if (density) return firstMode(density, noise, zetas);
  // Identical oscillators: lambda = K zeta / 2 - D.
  const eigenvalue = zetas.reduce((a, b) => (b.re > a.re ? b : a), complex(0));
  const one = everyone(undefined, noise);
  if (!(eigenvalue.re > 0) || one.status !== "ok")
    return { eigenvalue, threshold: one.status === "ok" ? none("no eigenvalue of this sign") : one };
  const value = one.value / eigenvalue.re;
  return { eigenvalue, threshold: { ...one, value, frequency: 0.5 * value * eigenvalue.im } };
}

/** Whether the largest eigenvalue, if it is real, comes before all that are no larger in modulus: whether |I(D + i Omega)| is largest where it is real. */
function first(density: FrequencyDensity, noise: number): boolean {
  const most = 2 / everyone(density, noise).value;
  return resonanceCurve(density, noise, complex(0), 0).every(({ value }) => modulus(value) <= most * (1 + 1e-9));
}

/** All eigenvalues of a directed network over the number of nodes: those of its strongly connected parts, so that none is made of rounding; undefined where one is too large. */
function allEigenvalues(network: Digraph): Complex[] | undefined {
  const { nodes: n, offsets, columns, weights } = network;
  const found: Complex[] = [];
  const place = new Int32Array(n).fill(-1);
  for (const part of strongComponents(network)) {
    const m = part.length;
    if (m > FULL) return undefined;
    part.forEach((v, i) => (place[v] = i));
    const matrix = new Float64Array(m * m);
    part.forEach((v, i) => {
      for (let e = offsets[v]!; e < offsets[v + 1]!; e++) {
        const j = place[columns[e]!]!;
        if (j >= 0) matrix[i * m + j]! += weights[e]!;
      }
    });
    part.forEach((v) => (place[v] = -1));
    for (const [re, im] of eigenvalues(matrix, m)) found.push(complex(re / n, im / n));
  }
  return found;
}

/** Both ends of the spectrum of a symmetric network, over the number of nodes. */
function bothEnds(network: Digraph): KernelExtremes {
  const n = network.nodes;
  const apply = (x: Float64Array, into: Float64Array): void => void product(network, x, into);
  const ends = (["largest", "smallest"] as const).map((which) =>
    leadingEigenvalues(
      { count: 1, dim: n, symmetric: true, apply },
      { which, tolerance: 1e-7, basis: Math.min(n, 40), restarts: 100 },
    ),
  );
  const [largest, smallest] = ends.map((e) => e.value[0]! / n) as [number, number];
  const error = Math.max(...ends.map((e) => e.error[0]! / n));
  const size = Math.max(Math.abs(largest), Math.abs(smallest));
  return {
    largest: Math.max(0, largest),
    smallest: Math.min(0, smallest),
    error,
    method: ends[0]!.method,
    // What has not converged to the tolerance still lies within its residual.
    status: error <= 1e-2 * size ? "ok" : "not-converged",
  };
}

/** The largest eigenvalue of a directed network; the smallest is not known. */
function oneEnd(network: Digraph): KernelExtremes {
  const { value, error, method, status } = perronRoot(network);
  return { largest: value / network.nodes, smallest: NaN, error: error / network.nodes, method, status };
}
