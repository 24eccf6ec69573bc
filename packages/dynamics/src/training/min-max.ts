import { add, concat, grad, mul, neg, slice, sub, type Tensor } from "#engine";
import { map, type MapSystem } from "../core/map.js";

/** How both players move, given the slopes (d/dx, -d/dy) at a point. */
type Rule = (z: Tensor, slope: (z: Tensor) => Tensor, eta: number, split: number) => Tensor;

const methods = {
  /** z - eta F(z): both at once. */
  simultaneous: (z, slope, eta) => sub(z, mul(eta, slope(z))),
  /** x first, y then sees the new x. */
  alternating: (z, slope, eta, split) => {
    const dim = z.shape[0]!;
    const moved = sub(z, mul(eta, slope(z)));
    const half = concat([slice(moved, [0], [split]), slice(z, [split], [dim])]);
    const answer = sub(half, mul(eta, slope(half)));
    return concat([slice(half, [0], [split]), slice(answer, [split], [dim])]);
  },
  /** From z along the slopes at z - eta F(z). */
  extragradient: (z, slope, eta) => sub(z, mul(eta, slope(sub(z, mul(eta, slope(z)))))),
} satisfies Record<string, Rule>;

export interface MinMaxOptions {
  /** A scalar of (x, y): x lowers it, y raises it. */
  readonly objective: (x: Tensor, y: Tensor) => Tensor;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly learningRate: number;
  readonly method: keyof typeof methods | "optimistic";
}

/**
 * A game of two players under gradient descent and ascent, as a System.
 *
 * *Definition*: with z = (x, y) and F = (d/dx, -d/dy) of the objective: simultaneous z' = z - eta F(z); alternating: x moves, then y sees it;
 * extragradient z' = z - eta F(z - eta F(z)); optimistic z' = z - 2 eta F(z) + eta F(z_-), whose state also holds the z before (at first z itself).
 * *Arguments*: see `MinMaxOptions`.
 * *Returns*: a map on z, or on (z, z_-) for optimistic.
 * *Error*: exact derivatives; on x y the moduli are sqrt(1 + eta^2), 1 (up to eta = 2), sqrt(1 - eta^2 + eta^4) and below 1 for small eta, in this order.
 * *Source*: Korpelevich 1976; Daskalakis, Ilyas, Syrgkanis, Zeng 2018, Training GANs with optimism; Gidel et al. 2019 (alternating steps).
 * *Example*: `const g = minMax({ objective: (x, y) => sum(mul(x, y)), x: [1], y: [0], learningRate: 1, method: "simultaneous" }); g.step(); g.state // [1, 1]`
 */
export function minMax(options: MinMaxOptions): MapSystem {
  const { objective, learningRate, method } = options;
  const [x, y] = [Array.from(options.x), Array.from(options.y)];
  const split = x.length;
  const dim = split + y.length;
  if (split === 0 || y.length === 0) throw new RangeError("minMax: x and y need at least one number each");
  if (!(learningRate > 0 && learningRate < Infinity))
    throw new RangeError(`minMax: learningRate ${learningRate} given; allowed: finite numbers above 0`);
  if (method !== "optimistic" && !Object.hasOwn(methods, method))
    throw new RangeError(
      `minMax: method ${String(method)} given; allowed: ${[...Object.keys(methods), "optimistic"].join(", ")}`,
    );
  const slope = (z: Tensor): Tensor => {
    const up = grad((w: Tensor) => objective(slice(w, [0], [split]), slice(w, [split], [dim])))(z);
    return concat([slice(up, [0], [split]), neg(slice(up, [split], [dim]))]);
  };
  const parts = [
    { name: "x", shape: [split], offset: 0 },
    { name: "y", shape: [dim - split], offset: split },
  ];
  if (method !== "optimistic")
    return map({ f: (z) => methods[method](z, slope, learningRate, split), initial: [...x, ...y], layout: parts });
  return map({
    f(both) {
      const [z, before] = [slice(both, [0], [dim]), slice(both, [dim], [2 * dim])];
      return concat([add(sub(z, mul(2 * learningRate, slope(z))), mul(learningRate, slope(before))), z]);
    },
    initial: [...x, ...y, ...x, ...y],
    layout: [...parts, { name: "before", shape: [dim], offset: dim }],
  });
}
