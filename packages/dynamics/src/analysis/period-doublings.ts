import { periodDoubling, type PeriodDoubling } from "./period-doubling.js";
import type { Status } from "../core/status.js";
import type { Family } from "./periodic-orbit.js";

export interface PeriodDoublingsOptions {
  readonly f: Family;
  /** In ascending order. */
  readonly parameters: ArrayLike<number>;
  /** The period at each parameter, 0 where none is known, as `orbitDiagram` gives them. */
  readonly periods: ArrayLike<number>;
  /** How each orbit ended, as `orbitDiagram` gives them: those that creep may lie between the sides of a doubling, however many. */
  readonly statuses: readonly Status[];
  /** A state near the orbit at each parameter, such as the last one: parameters x dim. */
  readonly states: ArrayLike<number>;
  /** Most doublings that are located, from the first on. Default 12. */
  readonly most?: number;
}

/** A period doubling with the period that doubles. */
export type LocatedDoubling = PeriodDoubling & { readonly period: number };

/**
 * The period doublings that a scan of a family of maps has passed.
 *
 * *Definition*: where a parameter has an orbit of period p and one of those after it 2 p, with none of another period between, `periodDoubling` locates the
 * multiplier -1 on the orbit of period p. Close to a flip the approach is slow, so that neighbours show no period yet: any that creep may lie between, and
 * of others a twentieth of the scan, 4 at least. And just below it the slow approach itself can look like a period of 2 p: where no multiplier passes -1 on the way to the nearest
 * such parameter, the farthest is tried.
 * *Arguments*: see `PeriodDoublingsOptions`.
 * *Returns*: what was located, in the order of the parameters; two doublings between the same neighbours are not told apart.
 * *Error*: as of `periodDoubling`: a bound.
 * *Cost*: that of one or two `periodDoubling` each.
 * *Source*: Kuznetsov 2004, Elements of applied bifurcation theory, section 10.3.2.
 * *Example*: `const f = (x, r) => mul(mul(r, x), sub(1, x));
 * const { parameters, periods, statuses, orbits } = orbitDiagram({ f, parameters: [2.8, 3.2, 3.5], initial: [0.3], record: 128 });
 * periodDoublings({ f, parameters, periods, statuses, states: [0, 1, 2].map((i) => orbits[128 * i + 127]) }).map((d) => d.value) // [3.0000000, 3.4494897]`
 */
export function periodDoublings(options: PeriodDoublingsOptions): readonly LocatedDoubling[] {
  const { f, parameters, periods, statuses, states, most = 12 } = options;
  const n = parameters.length;
  const dim = states.length / n;
  if (n < 2 || periods.length !== n || statuses.length !== n || !Number.isInteger(dim) || dim < 1)
    throw new RangeError(
      `periodDoublings: ${n} parameters, ${periods.length} periods, ${statuses.length} statuses and ${states.length} numbers of states given; allowed: at least 2 parameters, as many periods and statuses, and a state each`,
    );
  const found: LocatedDoubling[] = [];
  const reach = Math.max(4, Math.ceil(n / 20));
  for (let i = 0; i + 1 < n && found.length < most; i++) {
    const period = periods[i]!;
    if (period === 0 || periods[i + 1] === period) continue;
    const doubled: number[] = [];
    for (let j = i + 1, left = reach; j < n && left > 0; j++) {
      if (periods[j] === 2 * period) doubled.push(j);
      else if (periods[j] !== 0) break;
      if (statuses[j] !== "not-converged") left--;
    }
    if (doubled.length === 0) continue;
    const guess = Float64Array.from({ length: dim }, (_, c) => states[i * dim + c]!);
    const within = (to: number): PeriodDoubling =>
      periodDoubling({ f, period, between: [parameters[i]!, parameters[to]!], guess });
    const near = within(doubled[0]!);
    const answer = near.status === "ok" || doubled.length === 1 ? near : within(doubled.at(-1)!);
    if (answer.status === "ok") found.push({ ...answer, period });
  }
  return found;
}
