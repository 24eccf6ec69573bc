import type { Estimate } from "../core/estimate.js";
import { delay, type DelayOptions } from "./delay.js";
import { steppingOf } from "./segment.js";
import { tsit5 } from "./solvers/tsit5.js";

export interface ResolutionOptions {
  /** Largest error allowed, of |x| + 1, in every component. Default 1e-8. */
  readonly tolerance?: number;
  /** Time over which it must hold. Default: ten times the longest lag. */
  readonly span?: number;
  /** Most steps in the shortest lag that are tried. Default 10,000. */
  readonly most?: number;
}

/**
 * How many steps in the shortest lag a tolerance asks for.
 *
 * *Definition*: the steps are doubled, from `steps` of the equation on, until two resolutions agree at every whole dt of the span so well that the finer one is within the
 * tolerance if errors shrink as the solver's order says.
 * *Arguments*: `equation` as for `delay`; see `ResolutionOptions`. In a chaotic equation errors grow like exp(lambda span): choose a span that it can bear.
 * *Returns*: the finer of the two as `value`, to be given to `delay` as `steps`; `error` is its estimated error, a bound if errors shrink as they should.
 * Status "diverged" with the explanation of the equation, or "not-converged" with how far it came.
 * *Error*: by comparison of two runs over the whole span, so errors made early count with what becomes of them.
 * *Cost*: runs over the span with s, 2 s, 4 s, ... steps.
 * *Source*: Hairer, Norsett, Wanner 1993, Solving ordinary differential equations I, section II.4 (Richardson extrapolation).
 * *Example*: `resolution({ field: (_x, [y]) => mul(-1, y), lags: [1], history: (t) => reshape(exp(t), [1]), steps: 1 }, { tolerance: 1e-6 }).status // "ok"`
 */
export function resolution(equation: DelayOptions, options: ResolutionOptions = {}): Estimate {
  const { tolerance = 1e-8, span = 10 * Math.max(...equation.lags), most = 10_000 } = options;
  if (!(tolerance > 0 && tolerance < Infinity))
    throw new RangeError(`resolution: tolerance ${tolerance} given; allowed: finite numbers above 0`);
  if (!(span > 0 && span < Infinity)) throw new RangeError(`resolution: span ${span} given; allowed: finite numbers above 0`);
  const gain = 2 ** steppingOf(equation.solver ?? tsit5).order - 1;
  let cost = 0;
  const answer = (value: number, error: number) => ({
    value,
    error,
    unit: "steps in the shortest lag",
    method: "steps doubled until two resolutions agree over the span",
    sources: ["Hairer, Norsett, Wanner 1993"],
    cost: { steps: cost },
  });
  let reached = NaN;
  for (let steps = equation.steps ?? 20; 2 * steps <= most; steps *= 2) {
    const [coarse, fine] = [delay({ ...equation, steps }), delay({ ...equation, steps: 2 * steps })];
    let off = 0;
    for (const end = fine.time + span * (1 - 1e-9); fine.time < end;) {
      coarse.step();
      const status = fine.step();
      cost += coarse.steps + fine.steps;
      if (status !== "ok") {
        const { explanation } = fine;
        return { ...answer(NaN, NaN), status, ...(explanation === undefined ? {} : { explanation }) };
      }
      const rough = coarse.present;
      fine.present.forEach((x, c) => {
        const d = Math.abs(x - rough[c]!) / (1 + Math.abs(x));
        off = Number.isFinite(d) ? Math.max(off, d) : Infinity;
      });
    }
    reached = off / gain;
    if (reached <= tolerance) return { ...answer(2 * steps, reached), status: "ok" };
  }
  return {
    ...answer(NaN, NaN),
    status: "not-converged",
    explanation: `with at most ${most} steps in the shortest lag the error is about ${reached.toPrecision(2)}, above ${tolerance}: allow more steps, ask for less, or take a shorter span if neighbouring solutions part`,
  };
}
