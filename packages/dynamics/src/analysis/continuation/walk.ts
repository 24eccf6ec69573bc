import type { Status } from "../../core/status.js";
import { singularValues } from "../../core/singular-values.js";
import type { Bifurcation, Departure } from "./bifurcation.js";
import { dot } from "./branch-point.js";
import { correct, tangent, type Curve } from "./curve.js";
import { station, testFunctions, type Station } from "./events.js";
import { locate } from "./locate.js";

/** How one end of a branch came about. */
export interface BranchEnd {
  /** "ok" at the edge of the range, at the start again, beyond the bound, or where multipliers grow too large. */
  readonly status: Status;
  readonly reason: string;
}

/** How far and how fast to go; see `ContinuationOptions`. */
export interface WalkSettings {
  readonly range: readonly [number, number];
  readonly step: number;
  readonly largest: number;
  readonly steps: number;
  readonly bound: number;
}

/** Newton's method for the whole round loses as many digits as this has. */
const LARGEST_MULTIPLIER = 1e6;
/** The reason of an end that is no end. */
export const CLOSED = "the branch is closed: it came back to its start";

/** One way along a branch: the stations and what was found between them. */
export interface Walk {
  readonly stations: readonly Station[];
  /** Bifurcations after the station of that number. */
  readonly found: readonly {
    readonly after: number;
    readonly bifurcation: Bifurcation;
    readonly departures: readonly Departure[];
  }[];
  readonly notes: readonly string[];
  readonly end: BranchEnd;
}

/** Where a test function was last seen to have a sign. */
interface Sign {
  readonly value: number;
  readonly station: Station;
  /** Its number, -1 behind the start. */
  readonly number: number;
}

/**
 * Walks from a station in the direction of its tangent until something ends it. A test function that is 0 to the last bit at a station keeps the
 * sign it had before; `both` says that the branch goes on behind the start, where the sign before it is then had from.
 */
export function walk(c: Curve, start: Station, { range, step, largest, steps, bound }: WalkSettings, both = false): Walk {
  const { dim } = c;
  const tests = testFunctions(c);
  const stations = [start];
  const found: (Walk["found"][number] & { readonly distance: number })[] = [];
  const notes: string[] = [];
  const finish = (status: Status, reason: string): Walk => {
    found.sort((a, b) => a.after - b.after || a.distance - b.distance);
    return { stations, found, notes, end: { status, reason } };
  };
  const smallest = 1e-8 * step;
  let here = start;
  let h = step;
  // At the start another branch may pass: its signs do not count.
  const alone = !singular(c, start);
  const first = alone ? tests.map((test) => test.value(start)) : [];
  const behind = both && first.includes(0) ? before() : undefined;
  const signs = tests.map((test, k): Sign | undefined => {
    if (!alone) return undefined;
    if (first[k] !== 0) return { value: first[k]!, station: start, number: 0 };
    const value = behind ? test.value(behind) : 0;
    return behind && value !== 0 ? { value, station: behind, number: -1 } : undefined;
  });
  for (let i = 0; i < steps; i++) {
    const step = advance(c, here, h, { range, largest, smallest });
    if (!step)
      return finish(
        "step-too-small",
        `no step of ${smallest} or more from parameter ${here.z[dim]!}, state (${Array.from(here.z.slice(0, Math.min(dim, 4))).join(", ")}): the field is not smooth there, or branches meet; start again beyond it`,
      );
    const { next, atEdge } = step;
    h = step.h;
    const now = tests.map((test) => test.value(next));
    const events = tests.flatMap((test, k) => {
      const last = signs[k];
      const event = last && last.value * now[k]! < 0 ? locate(c, test, last.station, next) : undefined;
      return event ? [{ ...event, after: Math.max(0, last!.number) }] : [];
    });
    const located = events.filter((e) => "bifurcation" in e);
    const crossings = located.filter((e) => e.bifurcation.kind === "branch point");
    for (const e of located) {
      // Where a pitchfork's arm turns, the parameter has an extremum that is no fold.
      const arm = e.bifurcation.kind === "fold" && crossings.some((x) => Math.abs(x.distance - e.distance) < 1e-5 * (1 + h));
      if (!arm) found.push(e);
    }
    // Next to a branch point the plane meets two branches, and signs of other kinds may go unexplained.
    if (crossings.length === 0)
      for (const e of events)
        if ("between" in e)
          notes.push(
            `the sign for a ${e.kind} changes between parameters ${e.between.join(" and ")}, but no ${e.kind} was found there`,
          );
    stations.push(next);
    now.forEach((value, k) => {
      // A sign on one side alone tells of no change; one that never was is that of another system, a conservative one for instance.
      if (value === 0 ? atEdge && signs[k] : both && first[k] === 0 && !signs[k]) {
        const { z } = value === 0 ? next : start;
        notes.push(`the branch ends at parameter ${z[dim]!} where there may be a ${tests[k]!.kind}: widen the range to see`);
      }
      if (value !== 0) signs[k] = { value, station: next, number: stations.length - 1 };
    });
    here = next;
    if (atEdge) return finish("ok", "the parameter reached the edge of its range");
    if (here.z.slice(0, dim).some((v) => Math.abs(v) > bound))
      return finish("ok", `a component of the state passed the bound ${bound}`);
    if (c.kind === "map" && modulus(here) > LARGEST_MULTIPLIER)
      return finish(
        "ok",
        `a multiplier passed ${LARGEST_MULTIPLIER} at parameter ${here.z[dim]!}: beyond it orbits of period ${c.period} are not resolved`,
      );
    if (i > 3 && returned(start, here, h)) return finish("ok", CLOSED);
  }
  return finish("step-limit", `${steps} steps ended at parameter ${here.z[dim]!}; allow more steps or larger ones`);

  /** A station a step behind the start, looking the same way. */
  function before(): Station | undefined {
    const found = advance(c, turned(start), step, { range, largest, smallest })?.next;
    return found && turned(found);
  }
}

/** The same place, seen the other way. */
export const turned = (s: Station): Station => ({ ...s, t: s.t.map((v) => -v) });

/** The next station, the step after it, and whether it is the last one in the range; undefined where no step is short enough. */
function advance(
  c: Curve,
  here: Station,
  first: number,
  { range, largest, smallest }: Pick<WalkSettings, "range" | "largest"> & { readonly smallest: number },
): { readonly next: Station; readonly h: number; readonly atEdge: boolean } | undefined {
  const { dim } = c;
  for (let h = first; h >= smallest; h *= 0.5) {
    const guess = here.z.map((v, j) => v + h * here.t[j]!);
    const found = correct(c, guess, here.t);
    const next = found && station(c, found.z, tangent(found.derivative, here.t, dim), found.derivative);
    if (!next || !followed(here, next, guess, h)) continue;
    const p = next.z[dim]!;
    if (p > range[0] && p < range[1])
      return { next, h: found.iterations <= 4 ? Math.min(largest * Math.max(1, size(next.z)), 1.4 * h) : h, atEdge: false };
    const last = onEdge(c, here, next, p <= range[0] ? range[0] : range[1]);
    if (last) return { next: last, h, atEdge: true };
  }
  return undefined;
}

/** The last point: where the branch meets the edge of the range; undefined where Newton's method went elsewhere. */
function onEdge(c: Curve, from: Station, to: Station, edge: number): Station | undefined {
  const { dim } = c;
  const share = (edge - from.z[dim]!) / (to.z[dim]! - from.z[dim]!);
  const guess = from.z.map((v, j) => v + share * (to.z[j]! - v));
  guess[dim] = edge;
  const upright = new Float64Array(dim + 1);
  upright[dim] = 1;
  const found = correct(c, guess, upright);
  const last = found && station(c, found.z, tangent(found.derivative, from.t, dim), found.derivative);
  return last && followed(from, last, guess, distance(to.z, from.z)) ? last : undefined;
}

/** Whether the branch is singular at its start, which is then a bifurcation of another branch. */
function singular({ dim }: Curve, { derivative }: Station): boolean {
  const { values } = singularValues(derivative, dim, dim + 1);
  return !(values[dim - 1]! > 1e-7 * Math.max(1, values[0]!));
}

/** Whether a corrected point continues the branch: small turn, near the prediction, with a similar derivative. If not, another may be caught. */
function followed(here: Station, next: Station, guess: Float64Array, h: number): boolean {
  const change = distance(next.jacobian, here.jacobian);
  const usual = Math.max(1, Math.sqrt(dot(here.jacobian, here.jacobian)));
  return dot(next.t, here.t) > 0.95 && distance(next.z, guess) < 0.2 * h && change < 0.5 * usual;
}

const size = (z: Float64Array): number => z.subarray(0, z.length - 1).reduce((m, v) => Math.max(m, Math.abs(v)), 0);

const modulus = ({ eigenvalues }: Station): number =>
  Math.sqrt(eigenvalues[0]![0] * eigenvalues[0]![0] + eigenvalues[0]![1] * eigenvalues[0]![1]);

function distance(a: Float64Array, b: Float64Array): number {
  const d = a.map((v, i) => v - b[i]!);
  return Math.sqrt(dot(d, d));
}

function returned(start: Station, here: Station, h: number): boolean {
  return distance(here.z, start.z) < 1.1 * h && dot(here.t, start.t) > 0.8;
}
