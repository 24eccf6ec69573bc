import { constant, reshape, vmap, type Tensor } from "#engine";
import { extend } from "./evolve.js";
import { map, type MapOptions, type MapSystem } from "./map.js";
import { noiseKey, noiseOf, type Noise } from "./noise.js";
import type { TangentSystem } from "./system.js";

/** A random map as an engine program: the next state, or the next state followed by observables. */
export type RandomProgram = (x: Tensor, noise: Noise) => Tensor | readonly Tensor[];

export interface RandomMapOptions extends Omit<MapOptions, "f"> {
  readonly f: RandomProgram;
  /** An integer from 0 to 2^53 - 1. Default 0. */
  readonly seed?: number;
}

export interface RandomBatchOptions {
  /**
   * - "shared" (default): all copies meet the same noise, as different starts of one random dynamical system do: for pullback attractors
   *   and synchronisation;
   * - "own": copy i has noise of its own, independent of the others; copy 0 has that of the system itself: for averages over runs.
   */
  readonly noise?: "shared" | "own";
}

/** A map with fresh noise in every step. */
export interface RandomSystem extends MapSystem {
  batch(n: number, options?: RandomBatchOptions): MapSystem;
}

/**
 * An iterated random map x -> f(x, noise of step t) as a System.
 *
 * *Definition*: a random dynamical system over the noise of its seed: the state after n steps is f_{n-1} ... f_0 (x), where f_t depends on
 * (seed, t) alone. So two systems with one seed are two starts under the same noise, `reset(x, 0)` replays it, and `reset(x, t)` joins it at
 * step t; state and time are all that a run needs to go on.
 * *Arguments*: see `RandomMapOptions`; the number of draws must not depend on anything but shapes.
 * *Returns*: a System of kind "random". Tangents obey v' = D_x f(x, noise) v with the noise that the state meets, so the questions asked of maps
 * are answered for almost every noise.
 * *Error*: the same bits on every machine, for any grouping of the steps, and for every number of threads.
 * *Cost*: as `map`, and the draws: about 10 ns a number.
 * *Source*: Arnold 1998, Random dynamical systems, section 2.1 (products of random mappings).
 * *Example*: `randomMap({ f: (x, noise) => mul(x, sub(1, noise.uniform([1]))), initial: [1], seed: 7 }).step(100)`
 */
export function randomMap(options: RandomMapOptions): RandomSystem {
  const { f, seed = 0, ...rest } = options;
  const key = noiseKey(seed);
  const base = kind(map({ ...rest, f: (x, step) => f(x, noiseOf(key, step)) }));
  const dim = base.dim;
  return extend(base, {
    batch(n: number, { noise = "shared" }: RandomBatchOptions = {}): MapSystem {
      if (noise !== "shared" && noise !== "own")
        throw new RangeError(`batch: noise ${String(noise)} given; allowed: "shared" and "own"`);
      if (noise === "shared") return kind(base.batch(n) as MapSystem);
      if (!Number.isInteger(n) || n < 1) throw new RangeError(`batch: n = ${n} given; allowed: integers from 1`);
      const keys = constant(Array.from({ length: n }, (_, copy) => noiseKey(seed, copy)).flat(), [n, 2]);
      const tiled = new Float64Array(n * dim);
      for (let i = 0; i < n; i++) tiled.set(base.state, i * dim);
      return kind(
        map({
          ...rest,
          f: (x, step) => {
            const [next, ...observed] = vmap((y, own) => list(f(y, noiseOf(own, step))))(reshape(x, [n, dim]), keys);
            return [reshape(next!, [n * dim]), ...observed];
          },
          initial: tiled,
          layout: [{ name: "copies", shape: [n, dim], offset: 0 }],
          time: base.time,
        }),
      );
    },
  });
}

/** The same system, called random, with tangents that are called so too. */
function kind(system: MapSystem): MapSystem {
  const random = { kind: "random" as const };
  return extend(system, {
    ...random,
    tangent: (k: number): TangentSystem => {
      const riding = system.tangent(k);
      return extend(riding, { ...random, tangent: (m: number) => extend(riding.tangent(m), random) });
    },
    batch: (n: number) => extend(system.batch(n), random),
  }) as MapSystem;
}

const list = (r: Tensor | readonly Tensor[]): readonly Tensor[] => (Array.isArray(r) ? r : [r as Tensor]);
