import { add, constant, select, sub, type CompileOptions } from "#engine";
import { extend } from "../core/evolve.js";
import { map, type MapSystem } from "../core/map.js";
import { adaptive, type AdaptiveSteps } from "../flow/controllers.js";
import { nextCrossing, type EventFunction } from "../flow/crossing.js";
import { flow } from "../flow/flow.js";
import type { Solver, VectorField } from "../flow/solver.js";
import { tsit5 } from "../flow/solvers/tsit5.js";
import { short } from "../core/short.js";

export interface PoincareMapOptions {
  /** dx/dt; autonomous: it is called with t = the time since the last crossing. */
  readonly field: VectorField;
  readonly initial: ArrayLike<number>;
  /** The section is where it vanishes, crossed as it rises; turn its sign for the other way. */
  readonly event: EventFunction;
  /** Longest time to wait for a crossing. Default 1,000. */
  readonly within?: number;
  readonly solver?: Solver;
  /** Default `adaptive({ rtol: 1e-9, atol: 1e-12 })`. */
  readonly controller?: AdaptiveSteps;
  readonly threads?: CompileOptions["threads"];
}

/**
 * The Poincare map of a flow: from one crossing of a section to the next, as a System.
 *
 * *Definition*: P(x) = x(T(x)), T(x) > 0 the first time at which event(x(t)) rises through 0 again.
 * *Returns*: a map whose observable "duration" is T of the last step. "diverged" when no crossing comes within the time allowed or the flow fails; `explanation` says which.
 * *Error*: that of the adaptive steps. Tangents are exact, the crossing time moving with the start; those along the flow go to zero,
 * so one exponent of the map is -Infinity and the others are those of the flow times the mean duration.
 * *Cost*: the flow's steps and some 40 evaluations of event a crossing, one compiled program.
 * *Source*: Henon 1982, On the numerical computation of Poincare maps; Hairer, Norsett, Wanner 1993, section II.6.
 * *Example*: `const p = poincareMap({ field: (x) => stack([at(x, 1), mul(-1, at(x, 0))]), initial: [0, 1], event: (x) => at(x, 0) });
 * p.step(); p.observables.duration[0] // 6.2831853`
 */
export function poincareMap(options: PoincareMapOptions): MapSystem {
  const { field, initial, event, within = 1000, solver = tsit5, threads } = options;
  const { controller = adaptive({ rtol: 1e-9, atol: 1e-12 }) } = options;
  if (!(within > 0 && within < Infinity))
    throw new RangeError(`poincareMap: within ${within} given; allowed: finite numbers above 0`);
  const made = map({
    f(x) {
      const begin = constant(0);
      const {
        x: there,
        t,
        found,
      } = nextCrossing(field, solver, controller, event, { x, t: begin, armed: constant(0) }, constant(within));
      return [add(there, select(found, 0, NaN)), sub(t, begin)];
    },
    initial,
    observables: ["duration"],
    ...(threads === undefined ? {} : { threads }),
  });
  const dim = made.dim;
  return extend(made, {
    get explanation(): string | undefined {
      const wrong = made.state.findIndex((v) => !Number.isFinite(v));
      if (wrong < 0) return undefined;
      const last = made.before.slice(wrong - (wrong % dim), wrong - (wrong % dim) + dim);
      const way = flow({ field, initial: last, dt: within, solver, controller });
      way.step();
      return (
        way.explanation ??
        `no crossing came within the time ${within} after the last, at (${Array.from(last, short).join(", ")}): raise within, or see whether the section, crossed as event rises, lies on the way`
      );
    },
  });
}
