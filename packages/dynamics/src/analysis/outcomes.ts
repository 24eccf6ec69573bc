import { amin, compile, constant, expandDims, le, select, square, sub, sum, type Program, type Tensor } from "#engine";
import { grouped } from "../core/map-steppers.js";
import { short } from "../core/short.js";
import type { System } from "../core/system.js";
import type { Attractors } from "./attractors.js";
import { DECIDED, ESCAPED, FAILED, manyRuns } from "./many-runs.js";

/** Labels of starts that end at no attractor; attractors have the labels 0, 1, ... */
export const TO_INFINITY = -1;
export const UNDECIDED = -2;
export const LOST = -3;

/** Where starts end, and how many looks that took. */
export interface Outcomes {
  readonly labels: Int32Array;
  readonly arrivals: Int32Array;
  readonly steps: number;
}

/** How far starts are followed, and how many side by side. */
export interface Following {
  readonly looks: number;
  readonly stay: number;
  /** Default: those of the search for attractors. */
  readonly lanes?: number;
}

/**
 * A function that follows starts (count x dim numbers) from a time (default: the system's own) until each is decided. What it compiles it keeps, for questions
 * that ask for the outcomes of a few starts again and again; a generator that yields the share of the looks that is done, at most.
 */
export function followStarts(
  found: Attractors,
  { looks, stay, lanes = found.options.lanes }: Following,
): (starts: Float64Array, time?: number) => Generator<number, Outcomes> {
  for (const [what, n] of Object.entries({ looks, stay }))
    if (!Number.isInteger(n) || n < 1) throw new RangeError(`basins: ${what} ${n} given; allowed: integers from 1`);
  if (stay > looks)
    throw new RangeError(
      `basins: stay ${stay} given with ${looks} looks, which decide nothing; allowed: at most as many as looks`,
    );
  const { system, interval, bound } = found.options;
  const nearest = nearestAttractor(found);
  const batches = new Map<number, System>();
  return function* (starts, time) {
    const count = starts.length / system.dim;
    const labels = new Int32Array(count).fill(UNDECIDED);
    const arrivals = new Int32Array(count).fill(looks);
    const streak = new Int32Array(count);
    const settings = {
      system,
      starts,
      interval,
      looks,
      round: 32,
      bound,
      lanes,
      batches,
      ...(time === undefined ? {} : { time }),
    };
    const { ends, steps } = yield* manyRuns(settings, (states, rows, look, ends) => {
      const near = nearest(states);
      rows.forEach((r, lane) => {
        if (r < 0 || arrivals[r]! < looks) return;
        if (ends[r] !== 0) {
          arrivals[r] = look;
          return;
        }
        const label = near[lane]!;
        streak[r] = label < 0 ? 0 : label === labels[r] ? streak[r]! + 1 : 1;
        labels[r] = label < 0 ? UNDECIDED : label;
        if (streak[r]! < stay) return;
        arrivals[r] = look;
        ends[r] = DECIDED;
      });
    });
    labels.forEach((_, r) => {
      if (ends[r] !== DECIDED) labels[r] = ends[r] === ESCAPED ? TO_INFINITY : ends[r] === FAILED ? LOST : UNDECIDED;
    });
    return { labels, arrivals, steps };
  };
}

/** What `followStarts` gives for some states, yielding a share of one's own. */
export function* outcomesOf(
  follow: ReturnType<typeof followStarts>,
  states: readonly Float64Array[],
  share: () => number,
  time?: number,
): Generator<number, Outcomes> {
  const dim = states[0]!.length;
  const starts = new Float64Array(states.length * dim);
  states.forEach((x, i) => starts.set(x, i * dim));
  const run = follow(starts, time);
  for (;;) {
    const part = run.next();
    if (part.done) return part.value;
    yield share();
  }
}

/** An outcome in words: attractors by a state on them. */
export function outcomeName({ attractors }: Attractors, label: number): string {
  if (label === TO_INFINITY) return "infinity";
  if (label < 0) return label === UNDECIDED ? "nowhere that is known" : "a failure of the system";
  const state = Array.from(attractors[label]!.state, short);
  return `the attractor through (${state.slice(0, 4).join(", ")}${state.length > 4 ? ", ..." : ""})`;
}

/** For the states of a batch: the number of the attractor within the tolerance of each, -1 where there is none. */
function nearestAttractor(found: Attractors): (states: Float64Array) => Float64Array {
  const { attractors, tolerance, options } = found;
  const { system, features, threads } = options;
  const dim = system.dim;
  const programs = new Map<number, Program>();
  const clouds = attractors.map(({ net }) => constant(net.points, [net.size, net.dim]));
  const label = (x: Tensor): Tensor => {
    const y = features ? features(x) : x;
    // Attractors are farther apart than the tolerance; within it of two a state is given to the later.
    return clouds.reduce<Tensor>((chosen, cloud, k) => {
      const nearest = amin(sum(square(sub(cloud, expandDims(y, 0))), 1));
      return select(le(nearest, tolerance * tolerance), k, chosen);
    }, constant(-1));
  };
  return (states) => {
    const lanes = states.length / dim;
    if (attractors.length === 0) return new Float64Array(lanes).fill(-1);
    const program =
      programs.get(lanes) ??
      compile(
        (x) => grouped((one) => [label(one!)], [], [x], threads?.count ?? 1)[0]!,
        [{ shape: [lanes, dim] }],
        threads ? { threads } : {},
      );
    programs.set(lanes, program);
    program.inputs[0]!.set(states);
    program.run();
    return program.outputs[0] as Float64Array;
  };
}
