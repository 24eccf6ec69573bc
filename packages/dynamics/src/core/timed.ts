import { extend } from "./evolve.js";
import type { System, TangentSystem } from "./system.js";

/** A map whose step covers a stretch of time, as the system of that time which it stands for: its tangents and batches too. */
export function timed<S extends System, K extends { readonly kind: System["kind"] }>(
  system: S,
  interval: number,
  kind: K,
): S & K {
  const steps = (time: number): number => {
    const n = Math.round(time / interval);
    if (!(Math.abs(n * interval - time) <= 1e-9 * interval * Math.max(1, n)))
      throw new RangeError(`reset: time ${time} given; allowed: multiples of the interval ${interval}`);
    return n;
  };
  return extend(system, {
    ...kind,
    get time() {
      return system.time * interval;
    },
    reset: (state?: ArrayLike<number>, time?: number) => system.reset(state, time === undefined ? undefined : steps(time)),
    tangent: (k: number) => timed(system.tangent(k), interval, kind),
    batch: (...args: Parameters<S["batch"]>) => timed((system.batch as (...list: unknown[]) => System)(...args), interval, kind),
  }) as unknown as S & K & { tangent(k: number): TangentSystem };
}
