import { add, at, constant, mul, scan, type CompileOptions, type Tensor } from "#engine";
import { randomMap, type RandomSystem } from "../core/random-map.js";
import type { Part } from "../core/system.js";
import { timed } from "../core/timed.js";
import { brownian } from "./brownian.js";
import { eulerMaruyama, type Scheme, type StochasticField } from "./schemes.js";

export interface DiffusionOptions extends StochasticField {
  readonly initial: ArrayLike<number>;
  /** Time that one step of the system covers. */
  readonly dt: number;
  /** It is cut into 2^level steps of the scheme. Default 0: one. */
  readonly level?: number;
  /** Default `eulerMaruyama`. */
  readonly scheme?: Scheme;
  /** Of the Brownian path. Default 0. */
  readonly seed?: number;
  readonly layout?: readonly Part[];
  readonly threads?: CompileOptions["threads"];
}

/**
 * A stochastic differential equation dX = drift(X, t) dt + diffusion(X, t) dW as a random System.
 *
 * *Definition*: the scheme's steps along a Brownian path that is a function of (seed, interval, place in it) alone: a higher `level` refines the steps and keeps the path,
 * and systems with one seed and one dt meet the same path. The integral is Ito's or Stratonovich's as the scheme says.
 * *Arguments*: see `DiffusionOptions`; drift and diffusion are engine programs of x [dim] and the time t.
 * *Returns*: a System of kind "random" whose time is t; `batch(n, { noise: "own" })` gives copies independent paths. "diverged" as for maps.
 * *Error*: strong and weak orders as the scheme states, in the step dt / 2^level. Tangents are the exact derivative of the scheme along the path.
 * *Cost*: 2^level steps, and as many normal numbers a noise (about 10 ns each).
 * *Source*: Kloeden and Platen 1992, Numerical solution of stochastic differential equations, chapters 10 to 13.
 * *Example*: `diffusion({ drift: (x) => mul(-1, x), diffusion: () => constant([0]), initial: [1], dt: 0.5, level: 1 }).step(2) // "ok"`
 */
export function diffusion(options: DiffusionOptions): RandomSystem {
  const { drift, diffusion: spread, initial, dt, level = 0, scheme = eulerMaruyama, ...rest } = options;
  if (!(dt > 0 && dt < Infinity)) throw new RangeError(`diffusion: dt ${dt} given; allowed: finite numbers above 0`);
  if (!Number.isInteger(level) || level < 0 || level > 20)
    throw new RangeError(`diffusion: level ${level} given; allowed: integers from 0 to 20, for 2^level steps in each dt`);
  const dim = initial.length;
  const count = 2 ** level;
  const h = dt / count;
  const field = { drift, diffusion: spread };
  const system = randomMap({
    f(x, noise) {
      const start = mul(noise.step, dt);
      const m = noises(spread(x, start), dim);
      const path = brownian(noise, dt, level, m);
      if (level === 0) return scheme.step(field, x, start, h, at(path, 0));
      const [[end]] = scan(
        ([y, j], [dw]) => [[scheme.step(field, y!, add(start, mul(j!, h)), h, dw!), add(j!, 1)], []],
        [x, constant(0)],
        [path],
      );
      return end!;
    },
    initial,
    ...rest,
  });
  return timed(system, dt, { kind: "random" });
}

/** Number of noises of a diffusion term; throws if its shape fits no state of this dimension. */
function noises(s: Tensor, dim: number): number {
  if (s.shape[0] !== dim || s.shape.length > 2 || s.shape.length === 0)
    throw new RangeError(
      `diffusion: the diffusion has shape [${s.shape.join(", ")}]; allowed: [${dim}] (a noise for each component) or [${dim}, m]`,
    );
  return s.shape.at(-1)!;
}
