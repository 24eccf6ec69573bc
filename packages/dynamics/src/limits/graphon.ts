import { scalarMath } from "#engine";
import { denseSymmetric } from "../core/dense-symmetric.js";
import type { Quadrature } from "../core/quadrature.js";

/** A limit of dense graphs: a symmetric kernel W on [0, 1]^2; node i of n sits at (i + 1/2) / n. */
export interface Graphon {
  readonly name: string;
  /** W(x, y). */
  value(x: number, y: number): number;
  /** Whether W lies in [0, 1], so that it gives the chances of edges. */
  readonly probability: boolean;
  /**
   * The eigenvalues other than 0 in closed form, where they are known: the operator (T f)(x) = int W(x, y) f(y) dy.
   * A rotation-symmetric kernel gives them as a function of the wave number.
   */
  readonly eigenvalues?: readonly number[];
  /** For W(x, y) = w(x - y) on the circle of length 1: int w(d) cos(2 pi k d) dd, the eigenvalue of exp(2 pi i k x). */
  readonly symbol?: (k: number) => number;
  /** |symbol(k)| <= symbolBound / |k|. */
  readonly symbolBound?: number;
  /** Places in (0, 1) at which W jumps or bends along either axis. */
  readonly breaks?: readonly number[];
  /** Where W is constant on cells: a place in each of them and its length, with which integrals are exact. */
  readonly cells?: Quadrature;
}

export interface GraphonOptions {
  readonly value: (x: number, y: number) => number;
  /** Places in (0, 1) at which W jumps or bends along either axis. Default: none. */
  readonly breaks?: readonly number[];
  readonly name?: string;
}

/**
 * A graphon given by its formula.
 *
 * *Arguments*: `value(x, y)` on the open unit square: symmetric and finite; it may be negative or exceed 1, and then weighs edges but does
 * not give their chances.
 * *Returns*: the record; throws, with the place, where the kernel is not finite or not symmetric on a grid of 23 x 23 points.
 * *Example*: `graphon({ value: (x, y) => x * y }).probability // true`
 */
export function graphon({ value, name = "custom", breaks = [] }: GraphonOptions): Graphon {
  if (!breaks.every((b) => b > 0 && b < 1))
    throw new RangeError(`graphon: breaks ${breaks.join(", ")} given; allowed: numbers between 0 and 1`);
  let probability = true;
  for (let i = 0; i < 23; i++) {
    for (let j = 0; j <= i; j++) {
      const [x, y] = [(i + 0.5) / 23, (j + 0.5) / 23];
      const [w, mirrored] = [value(x, y), value(y, x)];
      if (!Number.isFinite(w)) throw new RangeError(`graphon: W(${x}, ${y}) is ${w}; it must be finite inside the square`);
      if (Math.abs(w - mirrored) > 1e-12 * (1 + Math.abs(w)))
        throw new RangeError(
          `graphon: W(${x}, ${y}) = ${w} but W(${y}, ${x}) = ${mirrored}; a graphon is symmetric (for directed graphs use a digraph measure)`,
        );
      probability &&= w >= 0 && w <= 1;
    }
  }
  return { name, value, probability, breaks };
}

function share(what: string, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`${what}: probability ${p} given; allowed: from 0 to 1`);
  return p;
}

function halfWidth(what: string, h: number): number {
  if (!(h > 0 && h <= 0.5))
    throw new RangeError(`${what}: half-width ${h} given; allowed: above 0 and up to 0.5, in units of the circle's length`);
  return h;
}

/** Distance on the circle of length 1. */
const circleDistance = (x: number, y: number): number => {
  const d = Math.abs(x - y) % 1;
  return Math.min(d, 1 - d);
};

/** Whether two places are within the distance h: nodes just at its end stay inside whichever way their places were rounded. */
const within = (x: number, y: number, h: number): boolean => circleDistance(x, y) <= h + 1e-12;

/** int_{|d| <= h} cos(2 pi k d) dd. */
export const boxSymbol = (h: number, k: number): number =>
  k === 0 ? 2 * h : scalarMath.sin(2 * Math.PI * ((k * h) % 1)) / (Math.PI * k);

/**
 * The limit of Erdos-Renyi graphs: W = p.
 * *Example*: `erdosRenyiGraphon(0.3).eigenvalues // [0.3]`
 */
export function erdosRenyiGraphon(p: number): Graphon {
  share("erdosRenyiGraphon", p);
  return {
    name: `erdos-renyi(${p})`,
    value: () => p,
    probability: true,
    eigenvalues: [p],
    symbol: (k) => (k === 0 ? p : 0),
    symbolBound: 0,
  };
}

/**
 * The limit of rings in which each node is joined to all within the distance h: W = 1 for |x - y| <= h on the circle of length 1.
 *
 * *Arguments*: `h` in (0, 1/2]: with k neighbours on each side of n, h = k / n.
 * *Example*: `ringGraphon(0.25).symbol(1) // 0.31830989`
 */
export function ringGraphon(h: number): Graphon {
  halfWidth("ringGraphon", h);
  return {
    name: `ring(${h})`,
    value: (x, y) => (within(x, y, h) ? 1 : 0),
    probability: true,
    symbol: (k) => boxSymbol(h, k),
    // Half of the ring on either side is all of it: no further waves.
    symbolBound: h === 0.5 ? 0 : 1 / Math.PI,
  };
}

/**
 * The limit of small-world graphs: W = 1 - p within the distance h on the circle and p beyond, of dense rings whose edges are rewired.
 *
 * *Source*: Medvedev 2014, Small-world networks of Kuramoto oscillators.
 * *Example*: `smallWorldGraphon(0.2, 0.1).symbol(0) // 0.42000`
 */
export function smallWorldGraphon(h: number, p: number): Graphon {
  halfWidth("smallWorldGraphon", h);
  share("smallWorldGraphon", p);
  return {
    name: `small-world(${h}, ${p})`,
    value: (x, y) => (within(x, y, h) ? 1 - p : p),
    probability: true,
    symbol: (k) => (1 - 2 * p) * boxSymbol(h, k) + (k === 0 ? p : 0),
    symbolBound: h === 0.5 ? 0 : Math.abs(1 - 2 * p) / Math.PI,
  };
}

/**
 * The limit of graphs with power-law degrees: W = (1 - alpha)^2 (x y)^(-alpha), of rank one.
 *
 * *Arguments*: `alpha` in [0, 1/2): from 1/2 on the operator is not bounded on square-integrable functions.
 * *Returns*: a graphon above 1 near the origin: a weight there and no chance; `sampleGraph` takes it with `edges: "weighted"`, and its `clippedGraphon` as chances.
 * *Source*: Borgs, Chayes, Cohn, Zhao 2019, An Lp theory of sparse graph convergence I; Chiba, Medvedev 2019, section 5.
 * *Example*: `powerLawGraphon(0.25).eigenvalues // [1.1250]`
 */
export function powerLawGraphon(alpha: number): Graphon {
  if (!(alpha >= 0 && alpha < 0.5)) throw new RangeError(`powerLawGraphon: alpha ${alpha} given; allowed: from 0 to below 0.5`);
  const front = (1 - alpha) * (1 - alpha);
  return {
    name: `power-law(${alpha})`,
    value: (x, y) => front * scalarMath.pow(x * y, -alpha),
    probability: alpha === 0,
    eigenvalues: [front / (1 - 2 * alpha)],
  };
}

/**
 * The limit of graphs with communities: W is constant on each pair of blocks.
 *
 * *Arguments*: `shares`: lengths of the blocks, adding up to 1; `chances`: symmetric, one row a block.
 * *Example*: `blockGraphon([0.5, 0.5], [[0.8, 0.2], [0.2, 0.8]]).value(0.1, 0.9) // 0.2`
 */
export function blockGraphon(shares: readonly number[], chances: readonly (readonly number[])[]): Graphon {
  const total = shares.reduce((s, v) => s + v, 0);
  if (shares.length === 0 || shares.some((s) => !(s > 0)) || Math.abs(total - 1) > 1e-12)
    throw new RangeError(`blockGraphon: shares ${shares.join(", ")} given; allowed: positive numbers that add up to 1`);
  shares.forEach((_, i) =>
    shares.forEach((__, j) => {
      const w = chances[i]?.[j];
      if (w === undefined || !Number.isFinite(w))
        throw new RangeError(
          `blockGraphon: chances[${i}][${j}] is ${w}; give a finite number for each pair of ${shares.length} blocks`,
        );
      if (w !== chances[j]?.[i])
        throw new RangeError(`blockGraphon: chances[${i}][${j}] and [${j}][${i}] differ; give a symmetric table`);
    }),
  );
  const ends: number[] = [];
  shares.reduce((s, v) => ends[ends.push(s + v) - 1]!, 0);
  const block = (x: number): number => {
    const found = ends.findIndex((e) => x < e);
    return found < 0 ? shares.length - 1 : found;
  };
  const n = shares.length;
  // On functions that are constant on blocks the operator is this matrix, made symmetric by the roots of the shares; on all others it is 0.
  const matrix = Float64Array.from(
    { length: n * n },
    (_, e) => Math.sqrt(shares[Math.floor(e / n)]! * shares[e % n]!) * chances[Math.floor(e / n)]![e % n]!,
  );
  return {
    name: `block(${n})`,
    eigenvalues: Array.from(denseSymmetric(matrix, n).values).filter((v) => Math.abs(v) > 1e-14),
    value: (x, y) => chances[block(x)]![block(y)]!,
    probability: chances.flat().every((w) => w >= 0 && w <= 1),
    breaks: ends.slice(0, -1),
    cells: { points: Float64Array.from(shares, (w, i) => ends[i]! - 0.5 * w), weights: Float64Array.from(shares) },
  };
}
