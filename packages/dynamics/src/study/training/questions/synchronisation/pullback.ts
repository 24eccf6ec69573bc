import { scalarMath } from "#engine";
import type { System } from "../../../../core/system.js";
import type { Answer, Conclusion } from "../../../conclusion.js";
import { count, show, withError } from "../../../words.js";
import type { Bench } from "../../bench.js";
import type { Outcome } from "../../question.js";
import { distance, length } from "./distance.js";

export type PullbackMemory = { readonly states: Float64Array; readonly time: number; readonly failed: boolean };

/** How many steps before the end the starts begin: from the whole run downwards by factors of the root of 2, at measurements. */
export function pastsOf(steps: number, every: number, most: number): number[] {
  const all = Array.from({ length: most }, (_, k) => {
    const wanted = Math.max(1, Math.round(steps * scalarMath.exp(-0.5 * Math.LN2 * (k + 1))));
    return steps - every * Math.floor((steps - wanted) / every);
  });
  return [...new Set(all)].sort((a, b) => a - b);
}

/**
 * Starts further and further in the past, seen at the end of the run: pullback convergence. Before its time each copy is the run itself; at its time it
 * is put to the start, and from there it meets the batches of the run.
 */
export function pullback(
  { run, steps }: Pick<Bench, "run" | "steps">,
  start: Float64Array,
  pasts: readonly number[],
  rounding: number,
) {
  const copies: System | undefined = pasts.length > 0 ? (run.batch(pasts.length) as System) : undefined;
  const { dim } = run;
  const size = run.parameters.length;
  let [time, failed] = [0, false];
  if (copies) copies.reset(repeated(run.state, pasts.length), 0);
  return {
    measure(now: number): void {
      if (!copies || failed) return;
      if (copies.step(now - time) !== "ok") {
        failed = true;
        return;
      }
      time = now;
      if (!pasts.includes(steps - now)) return;
      const states = copies.state.slice();
      pasts.forEach((past, k) => {
        if (past === steps - now) states.set(start, k * dim);
      });
      copies.reset(states, now);
    },
    remember: (): PullbackMemory => ({ states: copies?.state.slice() ?? new Float64Array(0), time, failed }),
    recall(memory: PullbackMemory): void {
      ({ time, failed } = memory);
      copies?.reset(memory.states, time);
    },
    conclude(outcome: Outcome): Conclusion {
      if (!copies || time < steps) return { answers: [], sentences: [] };
      const apart = pasts.map((_, k) =>
        failed ? NaN : distance(run.parameters, copies.state.subarray(k * dim, k * dim + size)),
      );
      return conclude(pasts, apart, rounding * length(run.parameters), failed, outcome);
    },
  };
}

const repeated = (state: Float64Array, n: number): Float64Array =>
  Float64Array.from({ length: n * state.length }, (_, i) => state[i % state.length]!);

function conclude(
  pasts: readonly number[],
  apart: readonly number[],
  floor: number,
  failed: boolean,
  { time, answers }: Outcome,
): Conclusion {
  const used = pasts
    .map((past, k) => ({ past, log: apart[k]! > floor ? scalarMath.log(apart[k]!) : NaN }))
    .filter((p) => p.log === p.log);
  const rate = slope(used);
  const known = rate !== undefined;
  const answer: Answer = {
    name: "pullback_rate",
    label: `rate at which starts further in the past come nearer at step ${show(time, 12)}`,
    value: rate?.value ?? NaN,
    error: rate?.error ?? NaN,
    unit: "1/step",
    status: failed ? "diverged" : known ? "ok" : "not-converged",
    method: `change of the log distance at the end over ${count(used.length, "start")} of ${used[0]?.past ?? "no"} to ${used.at(-1)?.past ?? "no"} steps before it; standard error from the pieces between neighbours`,
    sources: ["Arnold 1998", "Crauel, Flandoli 1994"],
    cost: { steps: pasts.length * time },
    ...(known
      ? {}
      : {
          explanation: failed
            ? "a start left the finite numbers"
            : `only ${used.length} starts were above rounding at the end; measure more often (every) or ask for more (pasts)`,
        }),
  };
  const arrays = {
    pullback_past: { shape: [pasts.length], data: Float64Array.from(pasts) },
    pullback_distance: { shape: [pasts.length], data: Float64Array.from(apart) },
  };
  if (failed)
    return { answers: [answer], sentences: ["PULLBACK: unknown, a start in the past left the finite numbers."], arrays };
  const [nearest, farthest] = [apart.at(-1)!, apart[0]!];
  const from = `one start put ${show(pasts[0]!, 12)} to ${show(pasts.at(-1)!, 12)} steps before the end, then under the batches of the run, is ${show(farthest)} to ${show(nearest, 2)} from it at the end`;
  const lambda = answers.get("lyapunov_1")?.value ?? NaN;
  const beside = known
    ? ` The logarithm of the distance changes by ${withError(rate.value, rate.error)} per further step of the past${Number.isFinite(lambda) ? `, beside the exponent ${show(lambda)}` : ""}.`
    : "";
  const meets = nearest <= 1e-6 * farthest || nearest <= floor;
  const nearing = known && rate.value < -3 * rate.error && nearest < 0.1 * farthest;
  const what = meets
    ? `PULLBACK CONVERGENCE: ${from}: the further back, the nearer, so this state is where the past has led and not the start.`
    : nearing
      ? `PULLBACK CONVERGENCE as far as this run shows it: ${from}. A longer run brings it nearer still.`
      : `NO PULLBACK CONVERGENCE within this run: ${from}.`;
  return {
    answers: [answer],
    sentences: [`${what}${beside}`],
    arrays,
    facts: { pullbackNearest: nearest, pullbackFarthest: farthest },
  };
}

/** The slope from the first to the last point, whose increments are independent: each has a variance in proportion to its length. */
function slope(points: readonly { readonly past: number; readonly log: number }[]): { value: number; error: number } | undefined {
  if (points.length < 4) return undefined;
  const [first, last] = [points[0]!, points.at(-1)!];
  const value = (last.log - first.log) / (last.past - first.past);
  const variance = points.slice(1).reduce((s, p, i) => {
    const [step, rise] = [p.past - points[i]!.past, p.log - points[i]!.log];
    return s + (rise - value * step) ** 2 / step;
  }, 0);
  return { value, error: Math.sqrt(variance / ((points.length - 2) * (last.past - first.past))) };
}
