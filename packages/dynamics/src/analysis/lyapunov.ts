import { compile, log, type Program } from "#engine";
import type { Estimate } from "../core/estimate.js";
import { finish } from "../core/parts.js";
import { fillNormal, random } from "../core/random.js";
import { orthonormalize } from "../core/rows.js";
import type { Status } from "../core/status.js";
import type { System, TangentSystem } from "../core/system.js";
import type { Remembering } from "../core/memory.js";
import { batchMeans, type BatchMeansMemory } from "./batch-means.js";
import { tangentWatch, watched } from "./tangent-watch.js";

export interface LyapunovOptions {
  /** Number of exponents, 1 to dim. Default 1. */
  readonly k?: number;
  /** Steps over which growth is averaged. Default 10,000. */
  readonly steps?: number;
  /** Steps before that, during which state and tangents settle. Default: a tenth of `steps`. */
  readonly transient?: number;
  /** Steps between orthonormalisations. Default 1. More is cheaper, and safe while the
   * exponents asked for differ by less than 10 / interval: the digits lost are those of exp(difference * interval). */
  readonly interval?: number;
  /** Least number of batches for the standard errors. Default 20. */
  readonly batches?: number;
  /** Seed of the random start of the tangents. Default 0. */
  readonly seed?: number;
}

/** Characteristic Lyapunov exponents, largest first, with standard errors by batch means. */
export interface LyapunovSpectrum extends Estimate<Float64Array> {
  /** The sum of the exponents: the growth rate of k-dimensional volume, with a standard error of its own. */
  readonly sum: Estimate;
  readonly batches: number;
  /** Correlation r of neighbouring batch means of the first exponent; above 3 / sqrt(batches) the errors are widened by sqrt((1 + r) / (1 - r)). */
  readonly correlation: number;
}

/** What the accumulation of exponents carries. */
export type LyapunovMemory = { readonly pushes: number; readonly elapsed: number; readonly means: BatchMeansMemory };

/** Where a computation of exponents stands. */
export interface LyapunovSoFar {
  /** Steps, those of the transient included. */
  readonly done: number;
  /** What runs: its state is that of the trajectory now. */
  readonly riding: TangentSystem;
  readonly growth: LyapunovAccumulator;
}

/** How often the steps are looked at, whether they carry the tangents. */
const LOOKS = 64;
/** Intervals between two turns of the host. */
const TURN = 32;

/** Collects growth rates from tangents that ride along somewhere. */
export interface LyapunovAccumulator extends Remembering<LyapunovMemory> {
  /** Orthonormalises the tangents in place and counts their growth since the last push, over `elapsed` time. */
  push(tangents: Float64Array, elapsed: number): void;
  /** The exponents so far; NaN with an explanation while there are too few pushes. */
  estimate(status?: Status, explanation?: string): LyapunovSpectrum;
}

/**
 * The characteristic Lyapunov exponents of a system.
 *
 * *Definition*: lambda_i = lim (1/t) log r_ii, where Q R is the QR decomposition of the tangents carried along for the time t.
 * *Arguments*: `system` (read, not changed: a copy with tangents runs from its present state); see `LyapunovOptions`.
 * *Returns*: exponents per unit of time (per step for a map). Status "diverged" with NaN when the state leaves the finite numbers; "not-converged" with NaN where the steps of a flow, chosen
 * for its state, are too long for the tangents (looked at 64 times, by the solver's error estimate), or an interval too long for their contraction.
 * *Error*: one standard error by batch means (right for generic maps, four to six times too large where growth telescopes, see `batchMeans`), which covers the finite run, not a transient that was too short. A singular derivative
 * gives -Infinity and an explanation. Tangents start at random, so that no exponent is missed by a special start.
 * *Cost*: steps + transient steps with k tangents; an orthonormalisation (8 k^2 dim operations) every `interval` steps.
 * *Source*: Benettin, Galgani, Giorgilli, Strelcyn 1980, Lyapunov characteristic exponents for smooth dynamical systems, part 2.
 * *Example*: `lyapunov(map({ f: (x) => mul(mul(4, x), sub(1, x)), initial: [0.3] })).value // [0.693]`
 */
export const lyapunov = (system: System, options: LyapunovOptions = {}): LyapunovSpectrum =>
  finish(lyapunovInParts(system, options));

/**
 * `lyapunov`, giving its host a turn after every few intervals: yields where it stands.
 *
 * *Example*: `lyapunovInParts(henon).next().value.done // 32`
 */
export function* lyapunovInParts(system: System, options: LyapunovOptions = {}): Generator<LyapunovSoFar, LyapunovSpectrum> {
  const { k = 1, steps = 10_000, transient = Math.ceil(steps / 10), interval = 1, batches = 20, seed = 0 } = options;
  if (k > system.dim) throw new RangeError(`lyapunov: k = ${k} given; allowed: integers from 1 to dim = ${system.dim}`);
  if (!(interval >= 1) || !Number.isInteger(interval))
    throw new RangeError(`lyapunov: interval ${interval} given; allowed: integers from 1`);
  if (!(steps >= batches * interval)) {
    throw new RangeError(
      `lyapunov: ${steps} steps given; ${batches} batches of at least one interval of ${interval} steps need ${batches * interval}`,
    );
  }
  const riding = system.tangent(k);
  fillNormal(riding.tangents, random(seed));
  // The first interval's growth is counted from a frame of unit vectors.
  orthonormalize(riding.tangents, k, riding.dim);
  const growth = lyapunovAlong(k, riding.dim, { batches });
  const watch = tangentWatch(k);
  const every = Math.ceil(steps / interval / LOOKS);
  let [turn, pushes] = [0, 0];
  for (let done = 0; done < transient + steps; done += interval) {
    const before = riding.time;
    const status = riding.step(interval);
    if (status !== "ok") return growth.estimate(status, riding.explanation ?? where(riding, status));
    if (done < transient) orthonormalize(riding.tangents, k, riding.dim);
    else growth.push(riding.tangents, riding.time - before);
    if (done >= transient && pushes++ % every === 0) watch.look(riding);
    if (++turn % TURN === 0) yield { done: done + interval, riding, growth };
  }
  return watched(growth, watch, system.kind);
}

const where = (s: TangentSystem, status: Status): string =>
  `${status} after time ${s.time}, component ${s.state.findIndex((x) => !Number.isFinite(x))}; start inside a basin of attraction or take smaller steps`;

/**
 * An accumulator for Lyapunov exponents along a run that something else drives.
 *
 * *Arguments*: `k` tangents of length `dim`, orthonormal when the first interval begins (or let a transient pass and orthonormalize them); `batches`: least number of batch means kept (default 20).
 * *Returns*: an accumulator; its estimate is that of `lyapunov` for the pushes so far.
 * *Example*: `const t = henon.tangent(1); const along = lyapunovAlong(1, t.dim);
 * while (t.time < 10000) { t.step(10); along.push(t.tangents, 10); }
 * along.estimate().value // [0.42]`
 */
export function lyapunovAlong(k: number, dim: number, { batches = 20 }: { batches?: number } = {}): LyapunovAccumulator {
  const means = batchMeans(k + 1, batches);
  const logs = new Float64Array(k + 1);
  const logarithm = logarithms(k);
  let pushes = 0;
  let elapsedAll = 0;
  return {
    push(tangents, elapsed) {
      orthonormalize(tangents, k, dim, 0, logarithm.inputs[0]);
      logarithm.run();
      logs[k] = 0;
      for (let i = 0; i < k; i++) {
        logs[i] = logarithm.outputs[0]![i]!;
        logs[k]! += logs[i]!;
      }
      pushes++;
      elapsedAll += elapsed;
      means.push(logs, elapsed);
    },
    estimate(status = "ok", explanation) {
      const { mean, error: scatter, count, correlation } = means.result();
      const widened = widening(correlation, count);
      const error = scatter.map((e) => e * widened);
      const enough = count >= 2;
      const overflow = mean.some(Number.isNaN);
      const ended: Status = status !== "ok" ? status : !enough ? "step-limit" : overflow ? "diverged" : "ok";
      const failed = ended !== "ok";
      const why =
        explanation ??
        (enough ? caution(mean, correlation, count) : `${pushes} pushes give no standard error; at least 2 are needed`);
      const common = {
        unit: "1/time",
        status: ended,
        method: `QR along the trajectory; standard error from ${count} batch means`,
        sources: ["Benettin, Galgani, Giorgilli, Strelcyn 1980"],
        cost: { steps: elapsedAll },
        ...(why === undefined ? {} : { explanation: why }),
      };
      return {
        ...common,
        value: failed ? new Float64Array(k).fill(NaN) : mean.slice(0, k),
        error: failed ? new Float64Array(k).fill(NaN) : error.slice(0, k),
        sum: { ...common, value: failed ? NaN : mean[k]!, error: failed ? NaN : error[k]! },
        batches: count,
        correlation,
      };
    },
    remember: () => ({ pushes, elapsed: elapsedAll, means: means.remember() }),
    recall(memory) {
      [pushes, elapsedAll] = [memory.pushes, memory.elapsed];
      means.recall(memory.means);
    },
  };
}

/** Compiled, since a logarithm costs ten times as much outside a program; kept, since programs hold memory. */
const kept = new Map<number, Program>();
function logarithms(k: number): Program {
  const known = kept.get(k) ?? compile((x) => log(x!), [{ shape: [k] }]);
  kept.set(k, known);
  return known;
}

function caution(exponents: Float64Array, correlation: number, count: number): string | undefined {
  if (exponents.some(Number.isNaN)) return "a tangent left the finite numbers within one interval; orthonormalise more often";
  const lost = exponents.indexOf(-Infinity);
  if (lost >= 0) {
    return `tangent ${lost + 1} fell into the space of those before it within one interval: the derivative is singular, or the interval is too long for so strong a contraction`;
  }
  const widened = widening(correlation, count);
  if (widened > 1)
    return `neighbouring batches are correlated (${correlation.toFixed(2)}), for which the errors are ${widened.toFixed(1)} times those of independent ones; take more steps`;
  return undefined;
}

/** What the standard error of a mean is multiplied by where neighbours are correlated beyond chance and farther ones as in an autoregression of first order. */
function widening(correlation: number, count: number): number {
  return correlation > 3 / Math.sqrt(count) ? Math.sqrt((1 + correlation) / (1 - correlation)) : 1;
}
