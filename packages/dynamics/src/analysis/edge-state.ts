import { scalarMath } from "#engine";
import type { Estimate } from "../core/estimate.js";
import type { Status } from "../core/status.js";
import { featureView, type Attractors } from "./attractors.js";
import { followStarts, LOST, outcomeName, outcomesOf, UNDECIDED } from "./outcomes.js";

export interface EdgeStateOptions {
  /** Two states that end differently, for instance two attractors. */
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
  /** Most bisections. Default 40. */
  readonly rounds?: number;
  /** The pair is bisected again when it has parted so far. Default: 0.01 of the tolerance of the attractors. */
  readonly separation?: number;
  /** Most looks at an orbit. Default 5000. */
  readonly looks?: number;
  /** Looks in a row at which an orbit must be near its attractor. Default 5. */
  readonly stay?: number;
}

/** What draws the points of a boundary between basins; the estimate is its unstable exponent. */
export interface EdgeState extends Estimate {
  /** A state on it: the middle of the last pair. */
  readonly state: Float64Array;
  /** Of a point: how far the last 3 bisections moved it, and the distance of the pair. Of a set: the distance of the pair alone. */
  readonly stateError: number;
  /** "point": a single one to the tolerance; "set": a cycle, or a chaotic set. */
  readonly extent: "point" | "set";
  /** Least and largest value of each feature on it. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** States of the tracked orbit, count x dim: those that `low` and `high` are taken over. */
  readonly orbit: Float64Array;
  /** What the orbits on either side end at: labels as `basins` gives them. */
  readonly sides: readonly [number, number];
  /** Bisections made. */
  readonly rounds: number;
}

/** States looked at together between two ends. */
const SECTIONS = 8;
/** Distance of a fresh pair, as a share of the separation. */
const CLOSE = 1e-6;
/** The least separation, as a share of the box: that of a fresh pair is then well above rounding. */
const FINEST = 1e-8;
/** Stages that must stay at a point. */
const SETTLED = 3;
/** Starts that widen a pair: each side by 0, 1, 3 and 7 times its distance. */
const WIDER = [0, 1, 3, 7];

/**
 * The edge state: what attracts orbits within the boundary between two basins, a saddle of the whole system.
 *
 * *Definition*: on the line between two states that end differently a bisection finds a pair at a small distance on either side of the boundary of the basin of
 * `from`. The pair is followed forward, along the boundary, until it has parted by `separation`; then the line between the two is bisected again. The pair comes
 * to what attracts within the boundary. Its exponent is the growth of log distance over the time between bisections.
 * *Arguments*: `found`: from `attractors`; see `EdgeStateOptions`. Maps and flows; a system that depends on time is followed at its time.
 * *Returns*: see `EdgeState`. It is a point when all looks of 3 stages in a row lie within 4 separations of each other, and tracking ends there; otherwise all rounds are
 * made, and it is "ok" when the range of each feature over the last third of the looks is that over the third before, to the tolerance. Status "not-converged" with NaN where both states end alike, or the boundary is lost. Two basins
 * may have several edge states: which one is found depends on where the line crosses.
 * *Error*: of a point: the range of the exponents of the last 3 stages and the curvature over a separation, a bound; of a set: one standard error from the scatter of the
 * stages in the second half. Both concern the steps taken: of a flow, the solver's error comes on top.
 * *Cost*: a round takes about 8 bisections by 9, each of 8 starts followed to their attractors, in compiled batches.
 * *Source*: Skufca, Yorke, Eckhardt 2006, Edge of chaos in a parallel shear flow; Schneider, Eckhardt, Yorke 2007.
 * *Example*: `const system = map({ f: (x) => mul(x, sub(1.5, mul(0.5, mul(x, x)))), initial: [0.1] }); // x = 0 repels, by a factor of 1.5
 * const found = attractors({ system, box: [[-1.5, 1.5]] });
 * edgeState(found, { from: [-1.1], to: [0.9] }).value // 0.40547`
 */
export function edgeState(found: Attractors, options: EdgeStateOptions): EdgeState {
  const parts = edgeStateInParts(found, options);
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
  }
}

interface Seen {
  readonly state: Float64Array;
  readonly features: Float64Array;
}

/** What was seen between two bisections. */
interface Stage {
  readonly growth: number;
  readonly time: number;
  /** States and their features at each look. */
  readonly seen: readonly Seen[];
  /** The middle of the pair at its beginning. */
  readonly state: Float64Array;
}

/** `edgeState`, giving its host a turn now and then: yields the share that is done, at most. */
export function* edgeStateInParts(found: Attractors, options: EdgeStateOptions): Generator<number, EdgeState> {
  const { tolerance } = found;
  const { system, interval, box } = found.options;
  const { dim } = system;
  const { rounds = 40, separation = 0.01 * tolerance, looks = 5000, stay = 5 } = options;
  if (system.kind === "random")
    throw new TypeError("edgeState: the system is random; a boundary between basins needs a map or a flow without noise");
  for (const [what, x] of Object.entries({ from: options.from, to: options.to }))
    if (x.length !== dim || !Array.from(x).every(Number.isFinite))
      throw new RangeError(`edgeState: ${what} has ${x.length} numbers; allowed: ${dim} finite ones, as the system's state has`);
  if (!Number.isInteger(rounds) || rounds < SETTLED)
    throw new RangeError(`edgeState: rounds ${rounds} given; allowed: integers from ${SETTLED}`);
  if (!(separation > 0 && separation < Infinity))
    throw new RangeError(`edgeState: separation ${separation} given; allowed: finite numbers above 0`);
  const size = box.reduce((m, [low, high]) => Math.max(m, high - low, Math.abs(low), Math.abs(high)), 0);
  if (!(separation >= FINEST * size))
    throw new RangeError(
      `edgeState: separation ${separation} given; allowed: from ${FINEST * size}, below which rounding moves a pair that is ${CLOSE} of it apart`,
    );
  const follow = followStarts(found, { looks, stay, lanes: SECTIONS });
  const view = featureView(found.options);
  const pair = system.batch(2);
  let { time } = system;
  let steps = 0;
  let [a, b]: [Float64Array, Float64Array] = [Float64Array.from(options.from), Float64Array.from(options.to)];
  const stages: Stage[] = [];
  const labelsOf = function* (states: readonly Float64Array[]): Generator<number, Int32Array> {
    const { labels, steps: taken } = yield* outcomesOf(follow, states, () => stages.length / rounds, time);
    steps += taken;
    return labels;
  };
  const ends = yield* labelsOf([a, b]);
  const home = ends[0]!;
  let beyond = ends[1]!;
  const report = (status: Status, explanation?: string): EdgeState => {
    const last = stages.at(-1);
    const settled = settledPoint(stages, separation);
    const seen = settled ? stages.slice(-SETTLED).flatMap((s) => s.seen) : lastThird(stages);
    const [low, high] = rangeOf(seen, view.width);
    const point = settled || low.every((v, c) => high[c]! - v <= tolerance);
    const moved = point ? Math.max(...stages.slice(-SETTLED).map((s) => distance(s.state, last!.state))) : 0;
    const rate =
      status === "ok"
        ? exponent(point ? stages.slice(-SETTLED) : stages.slice(-Math.max(SETTLED, Math.floor(stages.length / 2))), point)
        : { value: NaN, error: NaN };
    const longest = box.reduce((m, [from, to]) => Math.max(m, to - from), 0);
    const mean = stages.reduce((t, s) => t + s.time, 0) / stages.length;
    return {
      value: rate.value,
      // Over a separation the stretching changes by a few times its share of the box.
      error: rate.error + (10 * separation) / (longest * mean),
      unit: "1/time",
      state: last?.state ?? new Float64Array(dim).fill(NaN),
      stateError: last ? moved + CLOSE * separation : NaN,
      extent: point && last ? "point" : "set",
      low,
      high,
      orbit: Float64Array.from(seen.flatMap((s) => Array.from(s.state))),
      sides: [home, beyond],
      rounds: stages.length,
      status,
      method: `a pair on either side of the boundary, bisected to ${CLOSE * separation} and followed until ${separation} apart, ${stages.length} times; growth of log distance between bisections`,
      sources: ["Skufca, Yorke, Eckhardt 2006", "Schneider, Eckhardt, Yorke 2007"],
      cost: { steps },
      ...(explanation === undefined ? {} : { explanation }),
    };
  };
  for (const [what, label] of [
    ["from", home],
    ["to", beyond],
  ] as const)
    if (label === UNDECIDED || label === LOST)
      return report(
        "not-converged",
        `${what} ends at ${outcomeName(found, label)}; give a state whose attractor was found, or raise looks (${looks})`,
      );
  if (home === beyond)
    return report(
      "not-converged",
      `both states end at ${outcomeName(found, home)}, so that no boundary needs to lie between them: give two states that end differently`,
    );
  /** A pair as close as wanted, on the line between two that are on either side. */
  const bisected = function* (
    inside: Float64Array,
    outside: Float64Array,
    end: number,
  ): Generator<number, [Float64Array, Float64Array, number]> {
    let [p, q, label] = [inside, outside, end];
    for (let gap = distance(p, q); gap > CLOSE * separation;) {
      const sections = sectionsOf(p, q);
      const labels = yield* labelsOf(sections);
      const first = labels.findIndex((l) => l !== home);
      if (first >= 0) [q, label] = [sections[first]!, labels[first]!];
      if (first !== 0) p = sections[first < 0 ? SECTIONS - 1 : first - 1]!;
      const narrower = distance(p, q);
      // No numbers lie between the two.
      if (narrower > 0.5 * gap) break;
      gap = narrower;
    }
    return [p, q, label];
  };
  while (stages.length < rounds) {
    [a, b, beyond] = yield* bisected(a, b, beyond);
    const state = a.map((v, c) => 0.5 * (v + b[c]!));
    const gap = distance(a, b);
    const seen: Seen[] = [];
    const begun = time;
    pair.reset([...a, ...b], time);
    let apart = gap;
    while (apart <= separation && seen.length < looks) {
      const status = pair.step(interval);
      [a, b] = [pair.state.slice(0, dim), pair.state.slice(dim)];
      apart = distance(a, b);
      if (status !== "ok" || !Number.isFinite(apart))
        return report(
          "diverged",
          `the pair left the finite numbers ${seen.length + 1} looks after bisection ${stages.length + 1}: the boundary leads to infinity, or the system fails on it`,
        );
      const middle = a.map((v, c) => 0.5 * (v + b[c]!));
      seen.push({ state: middle, features: view.of(middle).slice() });
    }
    time = pair.time;
    steps += 2 * interval * seen.length;
    if (!(apart > separation))
      return report(
        "not-converged",
        `the pair has not parted ${looks} looks after bisection ${stages.length + 1}: the boundary repels too slowly (raise looks), or the separation (${separation}) is more than the two ever are apart`,
      );
    if (seen.length < 2)
      return report(
        "not-converged",
        `the pair parts within one look: look more often (interval ${interval}, or the step of the flow), or raise separation (${separation})`,
      );
    stages.push({ growth: scalarMath.log(apart / gap), time: time - begun, seen, state });
    yield stages.length / rounds;
    if (settledPoint(stages, separation)) break;
    // The two should still be on either side; where the steps taken since differ from those of their orbits, not far from it.
    const [p, q]: [Float64Array, Float64Array] = [a, b];
    const wider = [
      ...WIDER.map((w) => p.map((v, c) => v + w * (v - q[c]!))),
      ...WIDER.map((w) => q.map((v, c) => v + w * (v - p[c]!))),
    ];
    const labels = yield* labelsOf(wider);
    const inside = WIDER.findIndex((_, i) => labels[i] === home);
    const outside = WIDER.findIndex((_, i) => labels[WIDER.length + i] !== home);
    if (inside < 0 || outside < 0)
      return report(
        "not-converged",
        `the pair lost the boundary after ${stages.length} bisections: the solver's error is not small beside the separation (${separation}); make the steps more accurate, or raise it`,
      );
    [a, b] = [wider[inside]!, wider[WIDER.length + outside]!];
    beyond = labels[WIDER.length + outside]!;
  }
  const unknown =
    beyond === UNDECIDED || beyond === LOST
      ? `one side ends at ${outcomeName(found, beyond)}; an attractor may have been missed: raise starts`
      : undefined;
  if (settledPoint(stages, separation)) return report("ok", unknown);
  const { component, change } = changeOf(
    stages.flatMap((s) => s.seen),
    view.width,
  );
  return change <= tolerance
    ? report("ok", unknown)
    : report(
        "not-converged",
        `after ${rounds} bisections the range of component ${component} on the boundary still changes by ${change}: raise rounds, or the tolerance (${tolerance})`,
      );
}

/** States that divide the line between two. */
const sectionsOf = (p: Float64Array, q: Float64Array): Float64Array[] =>
  Array.from({ length: SECTIONS }, (_, i) => p.map((v, c) => v + ((q[c]! - v) * (i + 1)) / (SECTIONS + 1)));

/** By how much an end of the range of a feature differs most between the last two thirds of an orbit. */
function changeOf(seen: readonly Seen[], width: number): { component: number; change: number } {
  const third = Math.floor(seen.length / 3);
  const [before, after] = [rangeOf(seen.slice(-2 * third, -third), width), rangeOf(seen.slice(-third), width)];
  const changes = before.flatMap((side, k) => Array.from(side, (v, c) => Math.abs(v - after[k]![c]!)));
  const change = Math.max(...changes);
  return { component: changes.indexOf(change) % width, change };
}

function distance(a: Float64Array, b: Float64Array): number {
  let squares = 0;
  for (let c = 0; c < a.length; c++) squares += (a[c]! - b[c]!) * (a[c]! - b[c]!);
  return Math.sqrt(squares);
}

const lastThird = (stages: readonly Stage[]): readonly Seen[] => {
  const all = stages.flatMap((s) => s.seen);
  return all.slice(-Math.max(1, Math.floor(all.length / 3)));
};

function rangeOf(seen: readonly Seen[], width: number): [Float64Array, Float64Array] {
  const of = (pick: (a: number, b: number) => number): Float64Array =>
    Float64Array.from({ length: width }, (_, c) =>
      seen.reduce((m, { features: x }) => (Number.isNaN(m) ? x[c]! : pick(m, x[c]!)), NaN),
    );
  return [of(Math.min), of(Math.max)];
}

/** Whether the last stages have stayed at one place. */
function settledPoint(stages: readonly Stage[], separation: number): boolean {
  if (stages.length < SETTLED) return false;
  const seen = stages.slice(-SETTLED).flatMap((s) => s.seen);
  const [low, high] = rangeOf(seen, seen[0]!.features.length);
  return low.every((v, c) => high[c]! - v <= 4 * separation);
}

/** Growth over time; at a point the stages differ by error alone, elsewhere they are a sample. */
function exponent(stages: readonly Stage[], point: boolean): { value: number; error: number } {
  const time = stages.reduce((t, s) => t + s.time, 0);
  const value = stages.reduce((t, s) => t + s.growth, 0) / time;
  if (point) {
    const rates = stages.map((s) => s.growth / s.time);
    return { value, error: Math.max(...rates) - Math.min(...rates) };
  }
  const squares = stages.reduce((t, s) => t + (s.growth - value * s.time) * (s.growth - value * s.time), 0);
  return { value, error: Math.sqrt((squares * stages.length) / (stages.length - 1)) / time };
}
