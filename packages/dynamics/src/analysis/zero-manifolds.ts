import type { Zero } from "./zeros.js";

/** Zeros that are not alone: a curve, a surface or more of them, as far as the searches can tell. */
export interface ZeroManifold {
  /** Dimension of the Jacobian's null space on it: the largest dimension that the manifold can have there. */
  readonly corank: number;
  /** Points on it, one a row of `dim` numbers. */
  readonly points: Float64Array;
  readonly dim: number;
  /** The Jacobian at each, dim x dim. */
  readonly jacobians: readonly Float64Array[];
  /** Largest distance between two of them in one coordinate. */
  readonly extent: number;
}

/** Searches that end closer than this times the length of the box ended at the same degenerate zero. */
const SAME = 1e-4;
/** A group smaller than this times the length of the box is one zero: where f is very flat searches end at some distance from it. */
const POINT = 0.01;
/** So many different ends in a row make a manifold. */
const LEAST = 4;

/**
 * Degenerate zeros as isolated points and manifolds.
 *
 * Newton's method ends anywhere on a manifold, so that hardly two searches end at the same place, but near one and the same place where the
 * zero is alone: a group of at least 4 different ends, each hit at most three times on average, is a manifold.
 */
export function sortDegenerate(
  zeros: readonly Zero[],
  scale: number,
  link: number,
): { points: Zero[]; manifolds: ZeroManifold[] } {
  const different: Zero[] = [];
  for (const zero of zeros) {
    const same = different.findIndex((z) => distance(z.point, zero.point) <= SAME * scale);
    if (same < 0) {
      different.push(zero);
      continue;
    }
    const old = different[same]!;
    const better = zero.residual < old.residual ? zero : old;
    different[same] = {
      ...better,
      hits: old.hits + 1,
      error: Math.max(Number.isNaN(old.error) ? 0 : old.error, distance(old.point, zero.point)),
    };
  }
  const points: Zero[] = [];
  const manifolds: ZeroManifold[] = [];
  for (const group of components(different, link)) {
    const hits = group.reduce((n, z) => n + z.hits, 0);
    if (group.length >= LEAST && hits <= 3 * group.length) manifolds.push(manifold(group));
    else if (extent(group) > POINT * scale) points.push(...group);
    else points.push(merged(group));
  }
  return { points, manifolds };
}

function merged(group: readonly Zero[]): Zero {
  const best = group.reduce((a, b) => (b.residual < a.residual ? b : a));
  if (group.length === 1) return best;
  return { ...best, hits: group.reduce((n, z) => n + z.hits, 0), error: extent(group) };
}

const extent = (group: readonly Zero[]): number =>
  group.reduce((m, z) => Math.max(m, ...group.map((w) => distance(z.point, w.point))), 0);

function manifold(group: readonly Zero[]): ZeroManifold {
  const dim = group[0]!.point.length;
  const points = new Float64Array(group.length * dim);
  group.forEach((z, i) => points.set(z.point, i * dim));
  return {
    corank: Math.min(...group.map((z) => z.corank)),
    points,
    dim,
    jacobians: group.map((z) => z.jacobian),
    extent: extent(group),
  };
}

const distance = (a: Float64Array, b: Float64Array): number => a.reduce((m, v, i) => Math.max(m, Math.abs(v - b[i]!)), 0);

/** Groups linked by steps no longer than `link`, between zeros of any corank. */
function components(zeros: readonly Zero[], link: number): Zero[][] {
  const left = new Set(zeros);
  const groups: Zero[][] = [];
  for (const first of zeros) {
    if (!left.delete(first)) continue;
    const group = [first];
    for (const z of group) for (const w of left) if (distance(z.point, w.point) <= link && left.delete(w)) group.push(w);
    groups.push(group);
  }
  return groups;
}
