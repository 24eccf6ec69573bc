import { amax, compile, constant, eq, evaluate, max, mul, stack, type Tensor } from "#engine";
import { finite } from "../core/evolve.js";
import { short } from "../core/short.js";
import type { Status } from "../core/status.js";
import { adaptive, type AdaptiveSteps } from "./controllers.js";
import type { EventFunction } from "./crossing.js";
import { failureOf } from "./failure.js";
import { STATUSES } from "./interval.js";
import { advance, listOf, MARCH, marchOf, setOut, type March } from "./march.js";
import { lastLengths } from "./solution.js";
import type { Solver, VectorField } from "./solver.js";
import { tsit5 } from "./solvers/tsit5.js";
import { COLUMNS, feel, look, meetings, ROWS, seenIn } from "./surfaces.js";

export interface CrossingsOptions {
  readonly field: VectorField;
  readonly initial: ArrayLike<number>;
  /** Surfaces: where one of these functions of state and time vanishes. At most 32. */
  readonly events: readonly EventFunction[];
  /** The end of the time. */
  readonly until: number;
  /** Time of the initial state. Default 0. */
  readonly time?: number;
  /** Most crossings; the solution ends with the last. Default 10,000. */
  readonly most?: number;
  /** An event that turns round within so many times the tolerance of the steps, as the event feels it, touches 0 and does not cross it. Default 100; 0: every sign is taken at its word. */
  readonly touching?: number;
  /** Default `tsit5`; it needs an error estimate. */
  readonly solver?: Solver;
  /** Default `adaptive({ rtol: 1e-9, atol: 1e-12 })`. */
  readonly controller?: AdaptiveSteps;
}

/** Crossings of surfaces, in the order of time. */
export interface Crossings {
  /** "step-limit" when `most` crossings came before the end, "not-converged" when an event changes too fast to be followed, "diverged" also when an event is no number. */
  readonly status: Status;
  readonly explanation?: string;
  readonly times: Float64Array;
  /** Which of the events, counted from 0. */
  readonly surfaces: Int32Array;
  /** 1: the event rises through 0, -1: it falls, 0: it touches 0 and turns back. */
  readonly directions: Int32Array;
  /** crossings x dim. */
  readonly states: Float64Array;
  /** Where the solution ended: at `until`, or as far as it came. */
  readonly end: { readonly time: number; readonly state: Float64Array };
  readonly accepted: number;
  readonly rejected: number;
}

/** A crossing while it is put in order. */
interface Met {
  time: number;
  readonly surface: number;
  direction: number;
  readonly rate: number;
  readonly state: Float64Array;
}

const MOST_EVENTS = 32;
/** Where steps are too long for an event: how often, and by how much, shorter ones are tried. */
const ROUNDS = 4;
const SHORTER = 8;
/** Two times are one if they differ by less than this part of the time and of the step. */
const TOGETHER = 1e-12;
/** A start this many roundings of its components away from a surface is on it. */
const ROUNDINGS = 16;

/**
 * All crossings of several surfaces by a solution of dx/dt = field(x, t), in order.
 *
 * *Definition*: surface k is crossed at a time t in (time, until] at which event k becomes 0 or changes its sign, and not while it stays 0. So a start on a surface is no crossing of it, an end on it is one, a
 * crossing exactly between two steps is found once, and a solution that runs along a surface crosses it once, where it comes upon it. Crossings at one time (to 1e-12 of the time and of the step)
 * have the same time and stand in the order of `events`.
 * *Arguments*: see `CrossingsOptions`.
 * *Returns*: times, surfaces, directions and states; see `Crossings`. Where the solver fails, what came before, with the status and an explanation.
 * *Error*: that of the steps; times are found for the method itself by halving and two steps of Newton's method. Within one step, up to eight crossings of a surface are seen: its event and its rate are
 * looked at in four places, and turning points between them are searched. An event that turns round within `touching` tolerances of 0 is a touch: whether the exact solution touches, crosses twice or just
 * misses lies within the error of the steps, and so does its time, to the square root of that. Likewise an event that is within them on its way to 0 at `until` is counted.
 * *Cost*: the steps, four evaluations of each event and its rate a step; 80 halvings in steps with crossings. One compiled program.
 * *Source*: Henon 1982, On the numerical computation of Poincare maps; Shampine, Thompson 2000, Event location for ordinary differential equations.
 * *Example*: `const circle = (x) => stack([at(x, 1), mul(-1, at(x, 0))]);
 * const { times, surfaces } = crossings({ field: circle, initial: [0, 1], events: [(x) => at(x, 0), (x) => at(x, 1)], until: 4 });
 * [times, surfaces] // [[1.5707963, 3.1415927], [1, 0]]`
 */
export function crossings(options: CrossingsOptions): Crossings {
  check(options);
  const { controller = adaptive({ rtol: 1e-9, atol: 1e-12 }) } = options;
  let found = follow(options, controller, true);
  for (let round = 1, { maxStep } = controller; "long" in found; round++) {
    maxStep = Math.min(maxStep, found.long) / SHORTER;
    found = follow(options, { ...controller, maxStep }, round < ROUNDS);
  }
  return found;
}

/** One go at it; where a step is too long for an event and `strict`, the length of that step. */
function follow(options: CrossingsOptions, controller: AdaptiveSteps, strict: boolean): Crossings | { readonly long: number } {
  const { field, events, until, time = 0, most = 10_000, touching = 100, solver = tsit5 } = options;
  const initial = Float64Array.from(options.initial);
  const on = startsOn(events, initial, time);
  const ending = constant(until);
  const muted = (m: March, k: number): Tensor => mul(on[k]!, eq(m.accepted, 1));
  const start = startOf(options, initial, controller, solver);
  const program = compile(
    (...list) => {
      const m = advance(field, solver, controller, marchOf(list), ending, {
        seen: constant(new Float64Array(3)),
        wanted: (_, seen) => eq(amax(seen), 0),
        see: (n) =>
          events
            .map((event, k) => seenIn(look(field, event, n, muted(n, k), mul(touching, feel(controller, event, n.x, n.t)))))
            .reduce((a, b) => max(a, b)),
      });
      const mute = events.map((_, k) => muted(m, k));
      const { rows, near } = meetings(field, solver, controller, events, m, { mute, until: ending, touching });
      return [...listOf(m), rows, near, m.seen];
    },
    start.map((y) => ({ shape: y.shape })),
  );
  start.forEach((y, i) => program.inputs[i]!.set(y.data));
  const output = (i: number): Float64Array => program.outputs[i] as Float64Array;
  const named = (name: (typeof MARCH)[number]): Float64Array => output(MARCH.indexOf(name));
  const one = (name: (typeof MARCH)[number]): number => named(name)[0]!;
  const all: Met[] = [];
  let accepted = 0;
  let wrong: { readonly status: Status; readonly explanation: string } | undefined;
  while (true) {
    program.run();
    const [, rough, undefinedThere] = program.outputs.at(-1)!;
    const length = one("t") - one("from");
    if (rough && strict) return { long: length };
    // A step that failed leaves the one before it in place, whose crossings are known.
    if (one("accepted") > accepted) {
      if (undefinedThere) wrong = { status: "diverged", explanation: notNumbers(events, named("origin"), one("from"), one("t")) };
      if (rough) wrong ??= { status: "not-converged", explanation: tooFast(one("from"), length) };
      const found = undefinedThere ? [] : read(output(MARCH.length), initial.length);
      for (const met of found.toSorted((a, b) => a.time - b.time))
        admit(all, met, output(MARCH.length + 1)[met.surface]!, length);
    }
    accepted = one("accepted");
    if (undefinedThere || one("status") !== 0 || one("t") >= until || all.length >= most) break;
    MARCH.forEach((_, i) => program.inputs[i]!.set(output(i)));
  }
  const failed = STATUSES[one("status")]!;
  const full = all.length >= most && one("t") < until;
  if (full)
    wrong ??= {
      status: "step-limit",
      explanation: `${most} crossings came before t = ${until}: raise most, or ask for a shorter time`,
    };
  if (failed !== "ok") {
    const lengths = lastLengths({ field, initial, times: [until], time, solver, controller }, accepted + one("rejected"));
    const state = { time: one("t"), before: named("x").slice(), h: one("h"), copy: -1, accepted, bounded: 0, lengths };
    wrong = { status: failed, explanation: failureOf(field, solver, controller)({ status: failed, ...state }) };
  }
  const kept = inOrder(all, TOGETHER * (Math.abs(until) + Math.abs(until - time) / Math.max(1, accepted))).slice(0, most);
  return {
    status: "ok",
    ...wrong,
    times: Float64Array.from(kept, (e) => e.time),
    surfaces: Int32Array.from(kept, (e) => e.surface),
    directions: Int32Array.from(kept, (e) => e.direction),
    states: Float64Array.from(kept.flatMap((e) => Array.from(e.state))),
    end: full ? { time: kept.at(-1)!.time, state: kept.at(-1)!.state } : { time: one("t"), state: named("x").slice() },
    accepted,
    rejected: one("rejected"),
  };
}

const tooFast = (from: number, length: number): string =>
  `from t = ${short(from)} on an event changes faster than steps of ${short(length)} follow, so crossings may be missing: give the controller a maxStep below the time in which it changes`;

function notNumbers(events: readonly EventFunction[], x: Float64Array, from: number, to: number): string {
  const values = evaluate((y, t) => stack(events.map((event) => event(y!, t!))), { data: x }, { data: [from], shape: [] })[0]!;
  const which = values.findIndex(Number.isNaN);
  return `${which < 0 ? "an event" : `event ${which}`} is no number between t = ${short(from)} and ${short(to)}: define it for all states on the way, or end before`;
}

function check({
  initial: given,
  events,
  until,
  time = 0,
  most = 10_000,
  touching = 100,
  solver = tsit5,
}: CrossingsOptions): void {
  const initial = Float64Array.from(given);
  if (solver.errorOrder === undefined)
    throw new TypeError(`crossings: ${solver.name} has no error estimate; use a solver with one, tsit5 for instance`);
  if (initial.length === 0 || events.length === 0 || events.length > MOST_EVENTS)
    throw new RangeError(
      `crossings: ${initial.length} numbers as the start and ${events.length} events given; allowed: at least one of each, and at most ${MOST_EVENTS} events`,
    );
  finite(initial, "initial state");
  if (!(Number.isFinite(time) && Number.isFinite(until) && until > time))
    throw new RangeError(`crossings: from time ${time} until ${until} given; allowed: finite times, the end after the start`);
  if (!Number.isInteger(most) || most < 1) throw new RangeError(`crossings: most ${most} given; allowed: integers from 1`);
  if (!(touching >= 0 && touching < Infinity))
    throw new RangeError(`crossings: touching ${touching} given; allowed: finite numbers from 0`);
}

/** The march at its start, as numbers. */
function startOf(
  { field, until, time = 0 }: CrossingsOptions,
  initial: Float64Array,
  controller: AdaptiveSteps,
  solver: Solver,
): { readonly shape: number[]; readonly data: Float64Array }[] {
  const shapes: number[][] = [];
  const data = evaluate(
    (x, t) =>
      listOf(setOut(field, solver, controller, x!, t!, constant(until))).map((y, i) => {
        shapes[i] = [...y.shape];
        return y;
      }),
    { data: initial },
    { data: [time], shape: [] },
  );
  return data.map((y, i) => ({ shape: shapes[i]!, data: Float64Array.from(y) }));
}

/** Which surfaces the start lies on, to rounding: 0 or 1 each. */
function startsOn(events: readonly EventFunction[], initial: Float64Array, time: number): number[] {
  const [values, felt] = evaluate(
    (x, t) => [
      stack(events.map((event) => event(x!, t!))),
      stack(events.map((event) => feel({ rtol: ROUNDINGS * Number.EPSILON, atol: 0 }, event, x!, t!))),
    ],
    { data: initial },
    { data: [time], shape: [] },
  ) as Float64Array[];
  return Array.from(values!, (v, k) => (Math.abs(v) <= felt![k]! ? 1 : 0));
}

function read(table: Float64Array, dim: number): Met[] {
  const width = COLUMNS + dim;
  const rows = Array.from({ length: table.length / width }, (_, i) => table.subarray(i * width, (i + 1) * width));
  return rows.flatMap(([found, time, direction, rate, ...state], i) =>
    found
      ? [{ time: time!, direction: direction!, rate: rate!, surface: Math.floor(i / ROWS), state: Float64Array.from(state) }]
      : [],
  );
}

/** Adds a crossing, unless it is one that is known, or makes one touch of two crossings with next to nothing between. */
function admit(all: Met[], one: Met, near: number, length: number): void {
  const place = all.findLastIndex((e) => e.surface === one.surface);
  const before = all[place];
  if (before) {
    const apart = one.time - before.time;
    // A parabola through two zeros is as high between them as its rate there times a quarter of the distance.
    const height = 0.25 * Math.min(Math.abs(before.rate), Math.abs(one.rate)) * apart;
    if (before.direction * one.direction < 0 && height <= near && apart <= length) {
      before.time += 0.5 * apart;
      before.direction = 0;
      before.state.forEach((v, i) => (before.state[i] = 0.5 * (v + one.state[i]!)));
      return;
    }
    if (before.direction * one.direction >= 0 && apart <= 1e-6 * length) return;
  }
  all.push(one);
}

/** By time, and what comes at one time in the order of the events, at the time of the first. */
function inOrder(all: readonly Met[], resolution: number): Met[] {
  const sorted = all.toSorted((a, b) => a.time - b.time);
  let first = -Infinity;
  for (const e of sorted) {
    if (e.time - first <= resolution) e.time = first;
    else first = e.time;
  }
  return sorted.toSorted((a, b) => a.time - b.time || a.surface - b.surface);
}
