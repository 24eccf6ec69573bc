import type { Estimate } from "../core/estimate.js";
import { fillNormal, random } from "../core/random.js";
import type { Attractors } from "./attractors.js";
import { solve } from "./dense-general.js";
import type { Box } from "./low-discrepancy.js";
import { followStarts, LOST, outcomeName, outcomesOf, UNDECIDED } from "./outcomes.js";

/** Lengths of displacements. */
const norms = {
  euclidean: (x: Float64Array): number => Math.sqrt(x.reduce((s, v) => s + v * v, 0)),
  maximum: (x: Float64Array): number => x.reduce((s, v) => Math.max(s, Math.abs(v)), 0),
  sum: (x: Float64Array): number => x.reduce((s, v) => s + Math.abs(v), 0),
};

export interface MinimalPerturbationOptions {
  /** The state to be displaced, usually one on an attractor. */
  readonly state: ArrayLike<number>;
  /** k x dim: displacements are combinations of these rows. Default: every coordinate. */
  readonly directions?: ArrayLike<number>;
  /** How a displacement is measured: "euclidean" (default), "maximum" of its entries, or their "sum". */
  readonly norm?: keyof typeof norms;
  /** The longest displacement looked at. Default: the longest side of the box, or the way to the nearest other attractor where that is longer and in the box. */
  readonly largest?: number;
  /** Directions looked along before refinement, beside those towards the other attractors: both ways of each row, if they are no more, then random ones. Default 64. */
  readonly rays?: number;
  /** How many of them, those with the nearest exits, are refined. Default 2. */
  readonly refined?: number;
  /** Relative: where refinement ends. Default 1e-6. */
  readonly tolerance?: number;
  readonly seed?: number;
  /** Most looks at an orbit. Default 5000. */
  readonly looks?: number;
  /** Looks in a row at which an orbit must be near its attractor. Default 5. */
  readonly stay?: number;
}

/** The shortest way found out of a basin; the estimate is its length, an upper bound. */
export interface MinimalPerturbation extends Estimate {
  readonly displacement: Float64Array;
  /** The outcomes without it and with it: labels as `basins` gives them. */
  readonly from: number;
  readonly to: number;
  /** Share of the rays, those towards other attractors aside, on which an exit was seen up to `largest`. */
  readonly open: number;
}

/** Radii looked at on a ray. */
const RADII = 16;
/** Directions tried about the best one, in pairs to either side. */
const TRIED = 8;
/** Rounds of turns at most. */
const MOST = 200;
/** Relative distance of the exit from the last start that stays. */
const WIDTH = 1e-10;

/** A way out: a direction of length 1 as coefficients of the given rows, and radii between which the basin is left. */
interface Exit {
  readonly way: Float64Array;
  readonly low: number;
  readonly high: number;
}

/**
 * The smallest displacement of a state that makes it end elsewhere, as far as it can be found: an upper bound.
 *
 * *Definition*: min |e| over e in the span of `directions` such that state + e ends at another attractor, or at infinity, than state does.
 * *Arguments*: `found`: from `attractors`; see `MinimalPerturbationOptions`.
 * *Returns*: see `MinimalPerturbation`. In many dimensions most rays lead nowhere; those towards the other attractors end there, if the directions reach them. 16 radii on each ray are followed, again inside the nearest exit until none is nearer than half of it; then, from the rays with the nearest
 * exits, pairs of random turns are tried on the sphere that the exit lies on, turns of half the size where none leads out, until their square (in the
 * other norms, which have corners, they themselves) is below the tolerance. Status "not-converged" with NaN where no ray leads out, and with a number where those towards attractors alone do, or turns still helped in the end. Starts that are undecided do not count as outside; those that pass the bound of
 * `found` do, so take it larger than what orbits pass on their way back.
 * *Error*: the exit is certain, its orbit was followed; so the value is an upper bound of the minimum. `error`: the width of the bracket on that ray and what the last
 * turns could still have gained, k x tolerance of the value, for a smooth boundary. A nearer part of the boundary that no ray met is not in it: raise `rays`, above all in many dimensions.
 * *Cost*: 32 to 64 starts a ray, then about 3000 a refinement, each followed to its attractor, in compiled batches.
 * *Source*: Halekotte, Feudel 2020, Minimal fatal shocks in multistable complex networks (the question; the search there is a gradient method).
 * *Example*: `const system = map({ f: (x) => mul(x, sub(1.5, mul(0.5, mul(x, x)))), initial: [0.1] }); // -1 and 1 attract; sqrt(3) goes to 0
 * const found = attractors({ system, box: [[-1.5, 1.5]] });
 * minimalPerturbation(found, { state: [1] }).value // 0.7320508`
 */
export function minimalPerturbation(found: Attractors, options: MinimalPerturbationOptions): MinimalPerturbation {
  const parts = minimalPerturbationInParts(found, options);
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
  }
}

/** `minimalPerturbation`, giving its host a turn now and then: yields the share that is done, about. */
export function* minimalPerturbationInParts(
  found: Attractors,
  options: MinimalPerturbationOptions,
): Generator<number, MinimalPerturbation> {
  const { norm, rays, refined, tolerance, seed, looks, stay, state, rows, ...asked } = checked(found, options);
  const { dim } = found.options.system;
  const size = norms[norm];
  const follow = followStarts(found, { looks, stay, lanes: Math.min(found.options.lanes, 512) });
  const draw = random(seed, 7105);
  // The length of a displacement out grows with the square of a turn from the best one; where the norm has corners, in proportion to it.
  const finest = norm === "euclidean" ? Math.sqrt(tolerance) : tolerance;
  let steps = 0;
  let share = 0;
  let unfinished = false;
  const displaced = (way: Float64Array, radius: number): Float64Array => {
    const e = new Float64Array(dim);
    rows.forEach((row, j) => row.forEach((v, c) => (e[c] = e[c]! + radius * way[j]! * v)));
    return e;
  };
  /** The coefficients of a displacement of length 1; undefined where it has none. */
  const unit = (way: Float64Array): Float64Array | undefined => {
    const length = size(displaced(way, 1));
    return length > 0 ? way.map((v) => v / length) : undefined;
  };
  const outcomes = function* (displacements: readonly Float64Array[]): Generator<number, Int32Array> {
    const states = displacements.map((e) => e.map((v, c) => v + state[c]!));
    const { labels, steps: taken } = yield* outcomesOf(follow, states, () => share);
    steps += taken;
    return labels;
  };
  const home = (yield* outcomes([new Float64Array(dim)]))[0]!;
  const leads = (label: number): boolean => label !== home && label !== UNDECIDED && label !== LOST;
  const outside = function* (ways: readonly Float64Array[], radius: number): Generator<number, Float64Array[]> {
    const labels = yield* outcomes(ways.map((way) => displaced(way, radius)));
    return ways.filter((_, i) => leads(labels[i]!));
  };
  const method = `${norm} norm; ${rays} rays of ${RADII} radii, then ${refined} of them turned about at random while that brings the exit nearer: an upper bound`;
  const failed = (explanation: string): MinimalPerturbation => ({
    value: NaN,
    error: NaN,
    unit: "1",
    displacement: new Float64Array(dim).fill(NaN),
    from: home,
    to: UNDECIDED,
    open: 0,
    status: "not-converged",
    method,
    sources: ["Halekotte, Feudel 2020"],
    cost: { steps },
    explanation,
  });
  if (home === UNDECIDED || home === LOST)
    return failed(
      `the state itself ends at ${outcomeName(found, home)}; give one whose attractor was found, or raise looks (${looks})`,
    );

  const one = (j: number, v: number): Float64Array => Float64Array.from(rows, (_, i) => (i === j ? v : 0));
  const along = rows.length === 1 || 2 * rows.length <= rays ? rows.flatMap((_, j) => [one(j, 1), one(j, -1)]) : [];
  const others = rows.length === 1 ? 0 : rays - along.length;
  const unaimed = along
    .concat(Array.from({ length: others }, () => fillNormal(one(0, 0), draw)))
    .flatMap((way) => unit(way) ?? []);
  const elsewhere = found.attractors.flatMap((a, k) => (k === home ? [] : [a.state.map((v, c) => v - state[c]!)]));
  const aimed = rows.length === 1 ? [] : elsewhere.flatMap((d) => unit(towards(rows, d)) ?? []);
  const largest = asked.largest ?? reach(elsewhere, found.options.box, size);
  let open = 0;
  /** The exits on some rays, nearest first. */
  const exitsOn = function* (ways: readonly Float64Array[]): Generator<number, Exit[]> {
    let exits: Exit[] = [];
    for (let radius = largest; ways.length > 0; radius = exits[0]!.high) {
      const grid = Array.from({ length: RADII }, (_, i) => (radius * (i + 1)) / RADII);
      const labels = yield* outcomes(ways.flatMap((way) => grid.map((r) => displaced(way, r))));
      const seen = ways.flatMap((way, w) => {
        const first = grid.findIndex((_, i) => leads(labels[w * RADII + i]!));
        return first < 0 ? [] : [{ way, low: first === 0 ? 0 : grid[first - 1]!, high: grid[first]! }];
      });
      if (exits.length === 0 && ways === unaimed) open = seen.length / ways.length;
      if (seen.length === 0) break;
      exits = seen.sort((a, b) => a.high - b.high);
      if (exits[0]!.high > 0.5 * radius) break;
    }
    return exits;
  };
  const [spread, directed] = [yield* exitsOn(unaimed), yield* exitsOn(aimed)];
  // The way to another attractor may be a long one out: it is refined beside the others, and only where it begins nearer.
  const nearer = directed.filter((e) => !(spread[0] && spread[0].high <= e.high));
  const exits = [...nearer.slice(0, refined), ...spread.slice(0, refined)];
  if (exits.length === 0)
    return failed(
      `no displacement up to ${largest} along ${unaimed.length + aimed.length} directions leaves the basin of ${outcomeName(found, home)}: it may hold all of it; raise largest, rays, or the number of directions`,
    );

  const turned = function* (first: Exit): Generator<number, Exit> {
    let best = yield* narrowed([first.way], first.low, first.high, 1e-3);
    for (let [turn, round] = [0.5, 0]; rows.length > 1 && turn > finest; round++) {
      if (round === MOST) {
        unfinished = true;
        break;
      }
      const tries: Float64Array[] = [];
      for (let i = 0; i < TRIED / 2; i++) {
        const towards = unit(fillNormal(one(0, 0), draw));
        for (const sign of [-turn, turn])
          tries.push(...[towards && unit(best.way.map((v, j) => v + sign * towards[j]!))].flatMap((w) => w ?? []));
      }
      const gain = Math.max(0.01 * turn * turn, 0.1 * tolerance);
      const out = yield* outside(tries, best.high * (1 - gain));
      if (out.length > 0) best = yield* narrowed(out, 0, best.high * (1 - gain), gain);
      else turn *= 0.5;
    }
    return yield* narrowed([best.way], best.low, best.high, WIDTH);
  };
  /** The nearest exit of some ways, all of which lead out at `high`; by bisection of a common radius, dropping those that stay. */
  const narrowed = function* (out: readonly Float64Array[], low: number, high: number, width: number): Generator<number, Exit> {
    let left = out;
    let [from, to] = [low, high];
    for (;;) {
      const middle = 0.5 * (from + to);
      if (to - from <= width * to || !(middle > from && middle < to)) return { way: left[0]!, low: from, high: to };
      const still = yield* outside(left, middle);
      if (still.length > 0) [left, to] = [still, middle];
      else from = middle;
    }
  };
  let best: Exit | undefined;
  for (const [i, exit] of exits.entries()) {
    share = i / exits.length;
    const end = yield* turned(exit);
    if (!best || end.high < best.high) best = end;
  }
  const displacement = displaced(best!.way, best!.high);
  const faults = [
    ...(unfinished
      ? [
          `the exit still came nearer after ${MOST} rounds of turns; it is an upper bound, of a boundary that is rough or far from round: raise the tolerance (${tolerance})`,
        ]
      : []),
    ...(open === 0
      ? [
          `of ${unaimed.length} rays none leads out up to ${largest}, those towards other attractors alone do: the boundary may be nearer on other sides; raise rays (${rays})`,
        ]
      : []),
  ];
  return {
    value: best!.high,
    error: best!.high - best!.low + (rows.length > 1 ? rows.length * tolerance * best!.high : 0),
    unit: "1",
    displacement,
    from: home,
    to: (yield* outcomes([displacement]))[0]!,
    open,
    status: faults.length > 0 ? "not-converged" : "ok",
    method,
    sources: ["Halekotte, Feudel 2020"],
    cost: { steps },
    ...(faults.length > 0 ? { explanation: faults.join("; ") } : {}),
  };
}

/** The coefficients of the combination of rows that is nearest to a displacement; 0 where the rows are not independent. */
function towards(rows: readonly Float64Array[], displacement: Float64Array): Float64Array {
  const k = rows.length;
  const product = (a: Float64Array, b: Float64Array): number => a.reduce((s, v, c) => s + v * b[c]!, 0);
  const gram = Float64Array.from({ length: k * k }, (_, e) => product(rows[Math.floor(e / k)]!, rows[e % k]!));
  const found = solve(
    gram,
    Float64Array.from(rows, (row) => product(row, displacement)),
    k,
  );
  return found.every(Number.isFinite) ? found : new Float64Array(k);
}

/** How far to look where nothing is said: across the box along its longest side, or to the nearest other attractor if that is farther, and not beyond the box. */
function reach(displacements: readonly Float64Array[], box: Box, size: (x: Float64Array) => number): number {
  const sides = Float64Array.from(box, ([low, high]) => high - low);
  const longest = sides.reduce((a, b) => Math.max(a, b), 0);
  const nearest = displacements.reduce((m, d) => Math.min(m, size(d)), Infinity);
  return nearest > longest && nearest <= size(sides) ? nearest : longest;
}

/** The options with their defaults, or what is wrong with them. */
function checked(found: Attractors, given: MinimalPerturbationOptions) {
  const { system } = found.options;
  if (system.kind === "delay")
    throw new RangeError(
      "minimalPerturbation: a delay equation given, whose states are pasts, and a push at single times makes none; allowed: maps and flows",
    );
  const { dim } = system;
  const state = Float64Array.from(given.state);
  const flat = given.directions ?? Float64Array.from({ length: dim * dim }, (_, i) => (i % (dim + 1) === 0 ? 1 : 0));
  const rows = Array.from({ length: Math.floor(flat.length / dim) }, (_, j) =>
    Float64Array.from({ length: dim }, (_v, c) => flat[j * dim + c]!),
  );
  const options = {
    norm: "euclidean" as const,
    rays: 64,
    refined: 2,
    tolerance: 1e-6,
    seed: 0,
    looks: 5000,
    stay: 5,
    ...given,
    state,
    rows,
  };
  if (system.kind === "random")
    throw new TypeError(
      "minimalPerturbation: the system is random; a boundary between basins needs a map or a flow without noise",
    );
  if (state.length !== dim || !state.every(Number.isFinite))
    throw new RangeError(
      `minimalPerturbation: the state has ${state.length} numbers; allowed: ${dim} finite ones, as the system's has`,
    );
  if (
    flat.length === 0 ||
    flat.length % dim !== 0 ||
    rows.some((row) => !row.every(Number.isFinite) || !row.some((v) => v !== 0))
  )
    throw new RangeError(
      `minimalPerturbation: ${flat.length} numbers given as directions; allowed: rows of ${dim} finite numbers, not all 0`,
    );
  if (!Object.hasOwn(norms, options.norm))
    throw new RangeError(`minimalPerturbation: norm "${options.norm}" given; expected one of ${Object.keys(norms).join(", ")}`);
  for (const what of ["rays", "refined"] as const)
    if (!Number.isInteger(options[what]) || options[what] < 1)
      throw new RangeError(`minimalPerturbation: ${what} ${options[what]} given; allowed: integers from 1`);
  if (options.largest !== undefined && !(options.largest > 0 && options.largest < Infinity))
    throw new RangeError(`minimalPerturbation: largest ${options.largest} given; allowed: finite numbers above 0`);
  if (!(options.tolerance > 0 && options.tolerance < 1))
    throw new RangeError(`minimalPerturbation: tolerance ${options.tolerance} given; allowed: numbers between 0 and 1`);
  return options;
}
