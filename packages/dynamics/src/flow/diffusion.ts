import { add, at, constant, mul, scan, type CompileOptions, type Tensor } from "#engine";
import { extend } from "../core/evolve.js";
import type { Noise } from "../core/noise.js";
import { randomMap, type RandomBatchOptions, type RandomSystem } from "../core/random-map.js";
import type { Part, System } from "../core/system.js";
import { timed } from "../core/timed.js";
import { brownian } from "./brownian.js";
import { diffusionFailure } from "./diffusion-failure.js";
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
 * *Returns*: a System of kind "random" whose time is t; `batch(n, { noise: "own" })` gives copies independent paths. "diverged" as for maps; `explanation` then says where, how
 * the steps went and what to try.
 * *Error*: strong and weak orders as the scheme states, in the step dt / 2^level. Tangents are the exact derivative of the scheme along the path.
 * *Cost*: 2^level steps, and as many normal numbers a noise (about 10 ns each).
 * *Source*: Kloeden and Platen 1992, Numerical solution of stochastic differential equations, chapters 10 to 13.
 * *Example*: `diffusion({ drift: (x) => mul(-1, x), diffusion: () => constant([0]), initial: [1], dt: 0.5, level: 1 }).step(2) // "ok"`
 */
export function diffusion(options: DiffusionOptions): RandomSystem {
  const { drift, diffusion: spread, initial, dt, level = 0, scheme = eulerMaruyama, ...rest } = options;
  const { seed = 0 } = options;
  if (!(dt > 0 && dt < Infinity)) throw new RangeError(`diffusion: dt ${dt} given; allowed: finite numbers above 0`);
  if (!Number.isInteger(level) || level < 0 || level > 20)
    throw new RangeError(`diffusion: level ${level} given; allowed: integers from 0 to 20, for 2^level steps in each dt`);
  const dim = initial.length;
  const count = 2 ** level;
  const h = dt / count;
  const field = { drift, diffusion: spread };
  const pathOf = (x: Tensor, noise: Noise): Tensor => brownian(noise, dt, level, noises(spread(x, mul(noise.step, dt)), dim));
  const steps = (x: Tensor, noise: Noise): [Tensor, Tensor] => {
    const start = mul(noise.step, dt);
    const [[end], [states]] = scan(
      ([y, j], [dw]) => {
        const next = scheme.step(field, y!, add(start, mul(j!, h)), h, dw!);
        return [[next, add(j!, 1)], [next]];
      },
      [x, constant(0)],
      [pathOf(x, noise)],
    );
    return [end!, states!];
  };
  const system = randomMap({
    f: (x, noise) => (level === 0 ? scheme.step(field, x, mul(noise.step, dt), h, at(pathOf(x, noise), 0)) : steps(x, noise)[0]),
    initial,
    ...rest,
  });
  /** The same system, saying why it failed; `own`: its copies have noise of their own. */
  const told = <S extends System>(made: S, own: boolean): S =>
    extend(made, {
      get explanation(): string | undefined {
        const wrong = made.state.findIndex((v) => !Number.isFinite(v));
        if (wrong < 0) return undefined;
        const copy = Math.floor(wrong / dim);
        return diffusionFailure({
          field,
          scheme,
          before: made.before!.slice(copy * dim, (copy + 1) * dim),
          states: (x, noise) => steps(x, noise)[1],
          interval: made.time,
          dt,
          level,
          seed,
          copy: made.dim > dim ? copy : -1,
          stream: own ? copy : 0,
        });
      },
      tangent: (k: number) => told(made.tangent(k), own),
      batch: (n: number, how: RandomBatchOptions = {}) =>
        told((made.batch as RandomSystem["batch"])(n, how), own || how.noise === "own"),
    }) as unknown as S;
  return timed(told(system, false), dt, { kind: "random" });
}

/** Number of noises of a diffusion term; throws if its shape fits no state of this dimension. */
function noises(s: Tensor, dim: number): number {
  if (s.shape[0] !== dim || s.shape.length > 2 || s.shape.length === 0)
    throw new RangeError(
      `diffusion: the diffusion has shape [${s.shape.join(", ")}]; allowed: [${dim}] (a noise for each component) or [${dim}, m]`,
    );
  return s.shape.at(-1)!;
}
