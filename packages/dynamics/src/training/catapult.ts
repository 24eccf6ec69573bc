import { at, div, mul, stack, sub, add, type Tensor } from "#engine";
import { map, type MapSystem } from "../core/map.js";

export interface CatapultOptions {
  /** Hidden units n. */
  readonly width: number;
  readonly stepSize: number;
  /** The output f at the start. */
  readonly f: number;
  /** The curvature (|u|^2 + |v|^2) / n at the start; at least 2 |f| / sqrt(n). */
  readonly lambda: number;
}

/**
 * Gradient descent on a linear network with one hidden layer, reduced exactly to two numbers.
 *
 * *Definition*: f = u . v / sqrt(n), L = f^2 / 2 (one sample x = 1, y = 0), lambda = (|u|^2 + |v|^2) / n, which is the Gram matrix of the one
 * sample. One step of gradient descent on (u, v) with step size eta gives
 * f' = f (1 - eta lambda + eta^2 f^2 / n), lambda' = lambda - (eta f^2 / n) (4 - eta lambda), and nothing else of u and v enters.
 * *Arguments*: see `CatapultOptions`.
 * *Returns*: a System with the state (f, lambda) and the observable "loss".
 * *Error*: that of rounding; the reduction is exact for every n.
 * *Source*: Lewkowycz, Bahri, Dyer, Sohl-Dickstein, Gur-Ari 2020, The large learning rate phase of deep learning: the catapult mechanism, section 2.
 * *Example*: `catapult({ width: 512, stepSize: 1, f: 1, lambda: 2.5 }).step(100)`
 */
export function catapult(options: CatapultOptions): MapSystem {
  const { width, stepSize, f, lambda } = options;
  if (!Number.isInteger(width) || width < 1) throw new RangeError(`catapult: width ${width} given; allowed: integers from 1`);
  positive(stepSize, "stepSize");
  positive(lambda, "lambda");
  const least = (2 * Math.abs(f)) / Math.sqrt(width);
  if (!(lambda >= least))
    throw new RangeError(
      `catapult: lambda ${lambda} given with f = ${f}; no weights have a lambda below 2 |f| / sqrt(width) = ${least}`,
    );
  return map({
    f: (s: Tensor) => {
      const [y, curvature] = [at(s, 0), at(s, 1)];
      const square = mul(y, y);
      const q = div(mul(stepSize, square), width);
      const factor = add(sub(1, mul(stepSize, curvature)), mul(stepSize, q));
      return [stack([mul(y, factor), sub(curvature, mul(q, sub(4, mul(stepSize, curvature))))]), mul(0.5, square)];
    },
    initial: [f, lambda],
    layout: [
      { name: "f", shape: [], offset: 0 },
      { name: "lambda", shape: [], offset: 1 },
    ],
    observables: ["loss"],
  });
}

/**
 * The phase of training that a step size leads to, by the curvature at the start, for wide networks.
 *
 * *Definition*: lazy for eta lambda <= 2: the loss falls and lambda stays (to order 1 / n). Catapult for 2 < eta lambda < 4: the loss first grows,
 * to order n, which drives lambda down until eta lambda < 2, and then falls. Divergent for eta lambda >= 4: lambda grows with the loss; at exactly
 * 4 it stays and u = eta f / sqrt(n) obeys u' = u^3 - 3 u, bounded by 2 and chaotic, so that the loss comes to no rest either.
 * *Error*: exact for the model of `catapult` as n -> infinity with f of order 1; for other networks 4 is a rule of thumb.
 * *Source*: Lewkowycz et al. 2020, section 2.
 * *Example*: `catapultPhase({ stepSize: 1, lambda: 2.5 }) // "catapult"`
 */
export function catapultPhase({
  stepSize,
  lambda,
}: Pick<CatapultOptions, "stepSize" | "lambda">): "lazy" | "catapult" | "divergent" {
  positive(stepSize, "stepSize");
  positive(lambda, "lambda");
  const ratio = stepSize * lambda;
  return ratio <= 2 ? "lazy" : ratio < 4 ? "catapult" : "divergent";
}

function positive(x: number, what: string): void {
  if (!(x > 0 && x < Infinity)) throw new RangeError(`catapult: ${what} ${x} given; allowed: finite numbers above 0`);
}
