import { add, cast, concat, constant, mul, reshape, roll, scan, slice, take, vmap, type Tensor } from "#engine";
import type { CouplingMatrix, Pairwise } from "./coupling-matrix.js";
import { nodeCount } from "./digraph.js";
import { ringProduct } from "./fourier.js";

/** (1/n) sum_d weights_d g(u_i, u_(i + shifts_d)), one shift after the other. */
function alongShifts(g: Pairwise, u: Tensor, shifts: readonly number[], weights: readonly number[]): Tensor {
  const n = u.shape[0]!;
  const { shape } = vmap((to, from) => [g(to, from)])(u, u)[0]!;
  const nothing = constant(new Float64Array(shape.reduce((a, b) => a * b, 1)), shape);
  if (shifts.length === 0) return nothing;
  const twice = concat([u, u], 0);
  const places = constant(
    Float64Array.from({ length: n }, (_, i) => i),
    [n],
  );
  const [[total]] = scan(
    ([sum], [shift, weight]) => {
      const others = take(twice, cast(add(places, shift!), "i32"));
      return [[add(sum!, mul(weight!, vmap((to, from) => [g(to, from)])(u, others)[0]!))], []];
    },
    [nothing],
    [
      constant(Float64Array.from(shifts), [shifts.length]),
      constant(
        Float64Array.from(weights, (w) => w / n),
        [shifts.length],
      ),
    ],
  );
  return total!;
}

/**
 * Units on a ring act on each other by their distance.
 *
 * *Definition*: A_ij = weights[(j - i) mod n]: what acts on unit i from d places further on has the weight d.
 * *Arguments*: `weights`: n finite numbers.
 * *Error*: by fast Fourier transforms: some log2(n) roundings of the largest value.
 * *Cost*: n log2(n) for interactions that are `separable`; n times the weights that are not 0 for others. No matrix is kept.
 * *Source*: Davis 1979, Circulant matrices, section 3.2.
 * *Example*: `evaluate((x) => circulant([0, 1, 0, 0]).mix(x), { data: [1, 2, 3, 4], shape: [4, 1] })[0] // [0.50000, 0.75000, 1.0000, 0.25000]`
 */
export function circulant(weights: ArrayLike<number>, name = "circulant"): CouplingMatrix {
  const n = nodeCount("circulant", weights.length);
  const values = Float64Array.from(weights);
  const bad = values.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw new RangeError(`circulant: weight ${bad} is ${values[bad]}; every weight must be finite`);
  const shifts = Array.from(values.keys()).filter((d) => values[d] !== 0);
  let product: ReturnType<typeof ringProduct> | undefined;
  return {
    name: `${name}(${n})`,
    nodes: n,
    mix(x) {
      product ??= ringProduct(values.map((w) => w / n));
      const column = (c: number): Tensor => reshape(slice(x, [0, c], [n, c + 1]), [n]);
      const count = x.shape[1]!;
      const mixed: Tensor[] = [];
      for (let c = 0; c < count; c += 2) mixed.push(...product([column(c), c + 1 < count ? column(c + 1) : mul(0, column(c))]));
      return concat(
        mixed.slice(0, count).map((y) => reshape(y, [n, 1])),
        1,
      );
    },
    pairs: (g, u) =>
      alongShifts(
        g,
        u,
        shifts,
        shifts.map((d) => values[d]!),
      ),
  };
}

/** sum over d = 1 .. count of x_(i + d), around the ring: windows of 2, 4, 8, ... are made of two of half their length. */
function windowed(x: Tensor, count: number): Tensor {
  let [block, length, at] = [x, 1, 1];
  let total: Tensor | undefined;
  for (let left = count; ; length *= 2) {
    if (left % 2 === 1) {
      const part = roll(block, -at, 0);
      total = total ? add(total, part) : part;
      at += length;
    }
    left = Math.floor(left / 2);
    if (left === 0) return total!;
    block = add(block, roll(block, -length, 0));
  }
}

/**
 * Units on a ring act on their k nearest neighbours on either side, and no edge is kept.
 *
 * *Definition*: A_ij = weight for 1 <= |i - j| <= k around the ring: `alongEdges(ringLattice(n, k, weight))` without its 2 n k entries.
 * *Arguments*: `k` from 1 to (n - 1) / 2; `weight`: finite, default 1.
 * *Error*: sums are made of windows of 1, 2, 4, ... neighbours: no large numbers are subtracted, and rounding grows like log k.
 * *Cost*: n log2(k) operations for interactions that are `separable`; n k for others.
 * *Example*: `evaluate((x) => nearestOnRing(5, 1).mix(x), { data: [1, 0, 0, 0, 0], shape: [5, 1] })[0] // [0.0000, 0.20000, 0.0000, 0.0000, 0.20000]`
 */
export function nearestOnRing(n: number, k: number, weight = 1): CouplingMatrix {
  nodeCount("nearestOnRing", n, 3);
  if (!Number.isInteger(k) || k < 1 || 2 * k > n - 1)
    throw new RangeError(
      `nearestOnRing: ${k} neighbours on each side given; allowed: integers from 1 to ${Math.floor((n - 1) / 2)}`,
    );
  if (!Number.isFinite(weight)) throw new RangeError(`nearestOnRing: weight ${weight} given; it must be finite`);
  const near = Array.from({ length: k }, (_, d) => d + 1);
  const shifts = [...near, ...near.map((d) => n - d)];
  return {
    name: `ring(${n}, ${k})`,
    nodes: n,
    mix(x) {
      const right = windowed(x, k);
      return mul(weight / n, add(right, roll(right, k + 1, 0)));
    },
    pairs: (g, u) =>
      alongShifts(
        g,
        u,
        shifts,
        shifts.map(() => weight),
      ),
  };
}
