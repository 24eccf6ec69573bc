import { compile, vmap, type CompileOptions, type Tensor } from "#engine";
import { checkRoom } from "../core/room.js";
import type { Status } from "../core/status.js";
import type { System } from "../core/system.js";
import type { Box } from "./low-discrepancy.js";
import { DECIDED, ESCAPED, FAILED, manyRuns } from "./many-runs.js";
import { growingNet, type GrowingNet, type PointNet } from "./point-net.js";
import { startDim, startStates } from "./start-states.js";
import { randomStarts } from "./starts.js";

export interface AttractorsOptions {
  /** One copy of the system. It must not have been batched. */
  readonly system: System;
  /**
   * Where starts are drawn from: one side a coordinate; a side may have no length. The starts of a delay equation are constant pasts, with one side for each
   * component of x.
   */
  readonly box: Box;
  /** Number of random starts. Default 200. */
  readonly starts?: number;
  readonly seed?: number;
  /** Steps of the system from one look to the next. A cycle whose period divides it is seen as separate points: take 1, or a prime. Default 1. */
  readonly interval?: number;
  /** Looks before anything counts: the orbits should have come to their attractors by then. Default 500. */
  readonly transient?: number;
  /** Looks that count. Default 100. */
  readonly record?: number;
  /**
   * What is compared in place of the whole state: x of shape [dim] to a vector; for instance cosine and sine of an angle that turns around. Default:
   * the state.
   */
  readonly features?: (x: Tensor) => Tensor;
  /** Sets that come closer than this are one attractor; an orbit this close to an attractor is at it. Default: 0.01 of the longest side of the box. */
  readonly tolerance?: number;
  /** An orbit with an entry beyond this in its state has gone to infinity. Default 1e6. */
  readonly bound?: number;
  /** Copies side by side in the compiled program. Default 2048. */
  readonly lanes?: number;
  readonly threads?: CompileOptions["threads"];
}

/** A set that orbits end in. */
export interface Attractor {
  /** A state on it: the last of one orbit. */
  readonly state: Float64Array;
  /** Its features, thinned out so that neighbours are tolerance / 2 apart. */
  readonly net: PointNet;
  /** Least and largest value of each feature on it. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** "point": a single one to the tolerance; "set": a cycle, or a chaotic attractor. */
  readonly extent: "point" | "set";
  /** Starts that ended there. */
  readonly hits: number;
  /** Of a set: starts whose orbits hardly moved while they were looked at, each at a place of its own, and yet were not at rest. */
  readonly creeping: number;
}

/** All attractors that were found. */
export interface Attractors {
  /** By their least features, the first feature first. */
  readonly attractors: readonly Attractor[];
  /** Starts that went to infinity, and starts at which the system failed. */
  readonly escaped: number;
  readonly failed: number;
  readonly starts: number;
  readonly status: Status;
  readonly explanation?: string;
  readonly tolerance: number;
  /** The options with their defaults, which `basins` goes on with. */
  readonly options: Required<Omit<AttractorsOptions, "features" | "threads">> & Pick<AttractorsOptions, "features" | "threads">;
}

/** An orbit that moves by no more than this share of the tolerance while it is looked at is at rest. */
const AT_REST = 1e-3;
/** Points of a net at most; beyond, an attractor is known by these alone. */
const MOST_POINTS = 4000;

/**
 * The attractors of a system, found from random starts without a guess.
 *
 * *Definition*: from each start `transient` looks pass, then `record` looks are kept. Orbits whose kept states come closer to each other than the
 * tolerance anywhere end in the same attractor: attractors are closed and disjoint, so sets are compared and not points, and a cycle or a chaotic
 * attractor is one, wherever on it an orbit happens to be. Orbits that pass `bound` have gone to infinity.
 * *Arguments*: see `AttractorsOptions`; the system may be a map, a flow or a delay equation (whose pasts are compared as a whole, node by node, unless
 * `features` picks less), whatever has `batch`. The looks at a flow should not be a whole
 * fraction of a period apart, or a cycle is seen as a few points of it.
 * *Returns*: see `Attractors`. None is invented, but one whose basin fills a share p of the box is missed with probability (1 - p)^starts; attractors that
 * come closer to each other than the tolerance count as one, and an orbit that has not settled counts as a set of its own. Status
 * "not-converged" when an attractor was hit by one start alone, or when orbits creep at different places of what counts as one. A system that
 * keeps volumes has no attractors, and its orbits may look like some.
 * *Cost*: starts x (transient + record) looks, in compiled batches.
 * *Source*: Datseris, Wagemakers 2022, Effortless estimation of basins of attraction; Stender, Hoffmann 2021, bSTAB (features and clusters).
 * *Example*: `const system = map({ f: (x) => mul(x, sub(1.5, mul(0.5, mul(x, x)))), initial: [0.1] }); // x = -1 and x = 1 attract
 * attractors({ system, box: [[-1.5, 1.5]] }).attractors.map((a) => a.state[0]) // [-1.0000, 1.0000]`
 */
export function attractors(options: AttractorsOptions): Attractors {
  const parts = attractorsInParts(options);
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
  }
}

/** `attractors`, giving its host a turn now and then: yields the share that is done. */
export function* attractorsInParts(given: AttractorsOptions): Generator<number, Attractors> {
  const options = withDefaults(given);
  const { system, box, starts: count, seed, interval, transient, record, tolerance, bound, lanes } = options;
  const view = featureView(options);
  // Each orbit's net begins with room for 16 points.
  checkRoom(
    "attractors",
    count * (2 * system.dim + 16 * view.width),
    `${count} starts and what is kept of their orbits`,
    "take fewer starts",
  );
  const starts = startStates(system, randomStarts(box, count, seed, 7101));
  const tails = Array.from({ length: count }, () => growingNet(view.width, tolerance / 2, MOST_POINTS));
  const last = new Float64Array(count * system.dim);
  const creeping = new Uint8Array(count);
  const run = manyRuns(
    { system, starts, interval, looks: transient + record, round: 64, bound, lanes },
    (states, rows, look, ends) => {
      if (look <= transient) return;
      const seen = view.of(states);
      rows.forEach((r, lane) => {
        if (r < 0 || ends[r] !== 0) return;
        const here = seen.subarray(lane * view.width, (lane + 1) * view.width);
        tails[r]!.add(here);
        if (look < transient + record) return;
        last.set(states.subarray(lane * system.dim, (lane + 1) * system.dim), r * system.dim);
        // A net of one point: nothing was half a tolerance away from it.
        if (tails[r]!.size === 1 && !tails[r]!.within(here, AT_REST * tolerance)) creeping[r] = 1;
        ends[r] = DECIDED;
      });
    },
  );
  let part = run.next();
  for (; !part.done; part = run.next()) yield part.value;
  const { ends } = part.value;
  const found = cluster({ tails, ends, last, creeping }, system.dim, options);
  const number = (end: number): number => ends.reduce((n, e) => n + (e === end ? 1 : 0), 0);
  const lonely = found.filter((a) => a.hits === 1).length;
  const slow = found.filter((a) => a.creeping > 0);
  const faults = [
    ...(lonely > 0
      ? [
          `${lonely} of ${found.length} attractors were reached from one start alone: their basins are small, or the orbits had not settled; raise starts (${count}), transient (${transient}) or the tolerance (${tolerance})`,
        ]
      : []),
    ...(slow.length > 0
      ? [
          `on ${slow.length} of ${found.length} attractors ${slow.reduce((n, a) => n + a.creeping, 0)} orbits creep, at places apart: they approach too slowly (raise transient, ${transient}), or move on it too slowly to be seen (raise record, ${record}, or interval, ${interval})`,
        ]
      : []),
  ];
  return {
    attractors: found,
    escaped: number(ESCAPED),
    failed: number(FAILED),
    starts: count,
    tolerance,
    options,
    status: faults.length > 0 ? "not-converged" : "ok",
    ...(faults.length > 0 ? { explanation: faults.join("; ") } : {}),
  };
}

function withDefaults(given: AttractorsOptions): Attractors["options"] {
  const { system, box } = given;
  if (box.length !== startDim(system))
    throw new RangeError(
      `attractors: the box has ${box.length} sides, ${system.kind === "delay" ? `a start of the delay equation, a constant past, ${startDim(system)}` : `the system ${system.dim} coordinates`}`,
    );
  box.forEach(([low, high], c) => {
    if (!(Number.isFinite(low) && Number.isFinite(high) && low <= high))
      throw new RangeError(
        `attractors: side ${c} of the box from ${low} to ${high} given; allowed: finite bounds, the lower first`,
      );
  });
  const longest = box.reduce((m, [low, high]) => Math.max(m, high - low), 0);
  const options = {
    starts: 200,
    seed: 0,
    interval: 1,
    transient: 500,
    record: 100,
    tolerance: 0.01 * longest,
    bound: 1e6,
    lanes: 2048,
    ...given,
  };
  for (const what of ["starts", "interval", "record", "lanes"] as const)
    if (!Number.isInteger(options[what]) || options[what] < 1)
      throw new RangeError(`attractors: ${what} ${options[what]} given; allowed: integers from 1`);
  if (!Number.isInteger(options.transient) || options.transient < 0)
    throw new RangeError(`attractors: transient ${options.transient} given; allowed: integers from 0`);
  if (longest === 0 && given.tolerance === undefined)
    throw new RangeError(
      "attractors: no side of the box has a length, from which the tolerance would be taken; give a tolerance",
    );
  for (const what of ["tolerance", "bound"] as const)
    if (!(options[what] > 0 && options[what] < Infinity))
      throw new RangeError(`attractors: ${what} ${options[what]} given; allowed: finite numbers above 0`);
  const farthest = box.reduce((m, [low, high]) => Math.max(m, Math.abs(low), Math.abs(high)), 0);
  if (options.bound < farthest)
    throw new RangeError(
      `attractors: bound ${options.bound} given, and the box reaches to ${farthest}, so that starts in it count as gone to infinity; allowed: bounds from ${farthest}`,
    );
  return options;
}

/** The features of the states of a batch. */
export interface FeatureView {
  readonly width: number;
  /** lanes x width; overwritten by the next call. */
  of(states: Float64Array): Float64Array;
}

/** The features of the states of batches of any size. */
export function featureView({
  system: { dim },
  features,
  threads,
}: Pick<AttractorsOptions, "system" | "features" | "threads">): FeatureView {
  if (!features) return { width: dim, of: (states) => states };
  const made = new Map<number, ReturnType<typeof compile>>();
  const programOf = (lanes: number) => {
    const program =
      made.get(lanes) ?? compile((x) => vmap((one) => features(one))(x), [{ shape: [lanes, dim] }], threads ? { threads } : {});
    made.set(lanes, program);
    return program;
  };
  return {
    width: programOf(1).outputs[0]!.length,
    of(states) {
      const program = programOf(states.length / dim);
      program.inputs[0]!.set(states);
      program.run();
      return program.outputs[0] as Float64Array;
    },
  };
}

/** What was seen of the starts' orbits. */
interface Runs {
  readonly tails: readonly GrowingNet[];
  readonly ends: Uint8Array;
  /** The last states. */
  readonly last: Float64Array;
  readonly creeping: Uint8Array;
}

interface Cluster {
  readonly net: GrowingNet;
  readonly members: number[];
}

/** Orbits whose nets come within the tolerance of each other, directly or over others, are one. */
function cluster(runs: Runs, dim: number, { tolerance }: Attractors["options"]): Attractor[] {
  const { tails, ends } = runs;
  let clusters: Cluster[] = [];
  tails.forEach((tail, r) => {
    if (ends[r] !== DECIDED) return;
    const rows = rowsOf(tail);
    const near = clusters.filter(({ net }) => rows.some((x) => net.within(x, tolerance)));
    const into: Cluster = near[0] ?? { net: growingNet(tail.dim, tolerance / 2, MOST_POINTS), members: [] };
    into.members.push(r);
    for (const x of rows) into.net.add(x);
    for (const other of near.slice(1)) {
      for (const member of other.members) into.members.push(member);
      for (const x of rowsOf(other.net)) into.net.add(x);
    }
    clusters = [into, ...clusters.filter((c) => !near.includes(c))];
  });
  return clusters
    .map(({ net, members }) => describe(net, members, runs, dim, tolerance))
    .sort((a, b) => order(a.low, b.low, tolerance));
}

const rowsOf = (net: PointNet): Float64Array[] => {
  const { points } = net;
  return Array.from({ length: net.size }, (_, i) => points.subarray(i * net.dim, (i + 1) * net.dim));
};

function describe(
  net: GrowingNet,
  members: readonly number[],
  { last, creeping }: Runs,
  dim: number,
  tolerance: number,
): Attractor {
  const rows = rowsOf(net);
  const of = (pick: (a: number, b: number) => number): Float64Array =>
    rows.slice(1).reduce((all, x) => all.map((v, c) => pick(v, x[c]!)), rows[0]!.slice());
  const [low, high] = [of(Math.min), of(Math.max)];
  // There may be too many for the arguments of one call.
  const first = members.reduce((m, r) => Math.min(m, r), Infinity);
  const extent = low.every((v, c) => high[c]! - v <= tolerance) ? "point" : "set";
  // Neighbours of a point may just make a set.
  const wide = low.some((v, c) => high[c]! - v > 2 * tolerance);
  return {
    state: last.slice(first * dim, (first + 1) * dim),
    net: { dim: net.dim, size: net.size, points: net.points },
    low,
    high,
    extent,
    hits: members.length,
    creeping: wide ? members.filter((r) => creeping[r] === 1).length : 0,
  };
}

/** By the first feature that differs by more than the tolerance. */
function order(a: Float64Array, b: Float64Array, tolerance: number): number {
  const c = a.findIndex((v, i) => Math.abs(v - b[i]!) > tolerance);
  return c < 0 ? 0 : a[c]! - b[c]!;
}
