import { eigenvalues, solve } from "../core/dense-general.js";
import type { Status } from "../core/status.js";
import type { System } from "../core/system.js";
import { short } from "../core/short.js";
import { tangentWatch } from "./tangent-watch.js";

export interface ClosedOrbitOptions {
  /** Steps of the system after which the state is to come back. With `free` a first guess of it, which need not be whole. Default 1. */
  readonly steps?: number;
  /** Whether the period is to be found, too: for flows and delay equations that do not depend on the time. Default false. */
  readonly free?: boolean;
  /** A state near the orbit, at the system's present time. Default: the system's present state. */
  readonly guess?: ArrayLike<number>;
  /** Newton's method ends when its step is below this times 1 + the largest modulus in the state. Default 1e-11. */
  readonly tolerance?: number;
  /** Default 30. */
  readonly maxIterations?: number;
}

/** A state that comes back, and how its neighbours do. */
export interface ClosedOrbit {
  /** NaN unless the status is "ok". */
  readonly state: Float64Array;
  /** In the time of the system: number of steps of a map. */
  readonly period: number;
  /** Of a `free` period: by how much it changes with two points fewer in the interpolation; 0 otherwise. */
  readonly periodError: number;
  /** Eigenvalues of the derivative of the whole orbit, largest modulus first, as [real, imaginary]; one of a cycle of a flow or a delay equation is 1. */
  readonly multipliers: readonly (readonly [number, number])[];
  /** Largest modulus of what the orbit fails to close by. */
  readonly residual: number;
  readonly status: Status;
  readonly explanation?: string;
}

/** States between which a free period is interpolated: of so high a degree plus 1, and even. */
const POINTS = 8;
/** A time derivative below this times 1 + |state| belongs to a state at rest. */
const REST = 1e-7;

/**
 * A state of a system that comes back: a state at rest, a periodic orbit, a limit cycle, by one function for every system.
 *
 * *Definition*: Phi^n(x) = x by Newton's method with the exact tangents of the system. States at rest of flows and delay equations come back after any number of
 * steps. With `free` the number of steps is a real unknown p beside x: Phi^p(x) is read off the polynomial through the eight states nearest in time, and the
 * step of x is orthogonal to the velocity, since every point of a cycle comes back.
 * *Arguments*: `system` (read, not changed), at a time from which it may start: step a delay equation close to what is sought first. See `ClosedOrbitOptions`. The limit
 * cycle of a flow is also the fixed point of its `poincareMap`.
 * *Returns*: see `ClosedOrbit`. "not-converged" says where Newton's method ended, also where it fell from a cycle onto a state at rest.
 * *Error*: that of the system's own steps; at rest adaptive steps see no error and grow: where the solver's own estimate says that they do not carry the tangents any more, the status is "not-converged"; take a smaller dt, or `fixed` steps. A free period is interpolated with an error like dt^8, which `periodError` overestimates: make dt a tenth of the time in which the state turns, or less.
 * *Cost*: dim tangents along the orbit for each step of Newton's method, and a linear system of size dim + 1; eigenvalues of a matrix of size dim at the end.
 * *Source*: Kuznetsov 2004, Elements of applied bifurcation theory, section 10.1 (shooting); Engelborghs, Luzyanina, Roose 2002, Numerical bifurcation
 * analysis of delay differential equations using DDE-BIFTOOL, section 3 (delay equations).
 * *Example*: `closedOrbit(delay({ field: (x, [y]) => mul(x, sub(1, y)), lags: [1], history: [0.8] })).state[0] // 1.000000`
 * *Example*: `const turn = (s) => { const r = sub(1, sum(mul(s, s))); return add(mul(r, s), stack([mul(-1, at(s, 1)), at(s, 0)])); };
 * closedOrbit(flow({ field: turn, initial: [0.9, 0], dt: 0.1, controller: adaptive({ rtol: 1e-10, atol: 1e-12 }) }), { steps: 60, free: true }).period // 6.283185`
 */
export function closedOrbit(system: System, options: ClosedOrbitOptions = {}): ClosedOrbit {
  const { steps = 1, free = false, tolerance = 1e-11, maxIterations = 30 } = options;
  const { dim, time: start } = system;
  const guess = Float64Array.from(options.guess ?? system.state);
  check(system, guess, steps, free, tolerance, maxIterations);
  const dt = system.kind === "flow" || system.kind === "delay" ? (system as System & { readonly dt: number }).dt : 1;
  const riding = system.tangent(dim);
  const failed = (status: Status, explanation: string): ClosedOrbit => ({
    state: new Float64Array(dim).fill(NaN),
    period: NaN,
    periodError: NaN,
    multipliers: [],
    residual: NaN,
    status,
    explanation,
  });
  let [x, p] = [guess, steps];
  for (let i = 0; i < maxIterations; i++) {
    const end = free ? between(riding, x, start, p) : after(riding, x, start, steps);
    if (typeof end === "string")
      return failed("diverged", `closedOrbit: in round ${i + 1} of Newton's method, after ${p} steps, the system failed: ${end}`);
    const gap = end.state.map((v, c) => x[c]! - v);
    const size = 1 + largest(x);
    if (free && largest(end.velocity) < REST * size)
      return failed("not-converged", `closedOrbit: Newton's method came upon a state at rest; give a guess nearer to the cycle`);
    const move = solve(bordered(end, dim, free), free ? [...gap, 0] : gap, dim + (free ? 1 : 0));
    if (!move.every(Number.isFinite))
      return failed(
        "not-converged",
        "closedOrbit: the derivative of the orbit has 1 as a multiplier more often than expected: orbits that come back lie side by side" +
          (free || system.kind === "map" || system.kind === "random" ? "" : "; for a cycle of unknown period give free: true"),
      );
    x = x.map((v, c) => v + move[c]!);
    if (free) p += move[dim]!;
    if (free && !(p >= POINTS / 2 && p < 4 * steps))
      return failed(
        "not-converged",
        `closedOrbit: the period went to ${p} steps from the guess ${steps}; allowed: ${POINTS / 2} to ${4 * steps}. Give a better guess, or a smaller dt`,
      );
    if (Math.max(largest(move.subarray(0, dim)) / size, free ? Math.abs(move[dim]!) / p : 0) < tolerance) {
      const last = free ? between(riding, x, start, p) : after(riding, x, start, steps);
      if (typeof last === "string") return failed("diverged", `closedOrbit: the system failed on the orbit: ${last}`);
      const multipliers = eigenvalues(last.derivative, dim);
      unit(riding);
      const watch = tangentWatch(dim);
      watch.look(riding);
      const doubt = watch.verdict();
      if (doubt)
        return failed(
          "not-converged",
          `closedOrbit: a state comes back near ${Array.from(x, short).join(", ")}, but ${doubt.why}`,
        );
      return {
        state: x,
        period: p * dt,
        periodError: free ? (last.doubt / largest(last.velocity)) * dt : 0,
        multipliers,
        residual: last.state.reduce((a, v, c) => Math.max(a, Math.abs(v - x[c]!)), 0),
        status: "ok",
      };
    }
  }
  return failed(
    "not-converged",
    `closedOrbit: no state that comes back after ${maxIterations} rounds of Newton's method; give a better guess or more rounds`,
  );
}

/** Where a start ends, the derivative of that by the start, row by row, and by the number of steps. */
interface End {
  readonly state: Float64Array;
  readonly derivative: Float64Array;
  readonly velocity: Float64Array;
  /** What the state changes by with two points fewer. */
  readonly doubt: number;
}

type Riding = ReturnType<System["tangent"]>;

function after(riding: Riding, x: Float64Array, time: number, steps: number): End | string {
  const { dim } = riding;
  begin(riding, x, time);
  const status = riding.step(steps);
  if (status !== "ok") return riding.explanation ?? status;
  return {
    state: riding.state.slice(0, dim),
    derivative: columns(riding.tangents, dim),
    velocity: new Float64Array(dim),
    doubt: 0,
  };
}

function between(riding: Riding, x: Float64Array, time: number, p: number): End | string {
  const { dim } = riding;
  const first = Math.floor(p) - POINTS / 2 + 1;
  begin(riding, x, time);
  const [state, fewer, velocity, derivative] = [0, 0, 0, 0].map((_, i) => new Float64Array(i === 3 ? dim * dim : dim));
  for (let j = 0; j < POINTS; j++) {
    const count = j === 0 ? first : 1;
    const status = count > 0 ? riding.step(count) : "ok";
    if (status !== "ok") return riding.explanation ?? status;
    const all = weight(p - first, j, 0, POINTS);
    const inner = weight(p - first, j, 1, POINTS - 1);
    const [now, tangents] = [riding.state, columns(riding.tangents, dim)];
    for (let c = 0; c < dim; c++) {
      state![c]! += all.value * now[c]!;
      fewer![c]! += inner.value * now[c]!;
      velocity![c]! += all.slope * now[c]!;
    }
    for (let e = 0; e < dim * dim; e++) derivative![e]! += all.value * tangents[e]!;
  }
  const doubt = state!.reduce((a, v, c) => Math.max(a, Math.abs(v - fewer![c]!)), 0);
  return { state: state!, derivative: derivative!, velocity: velocity!, doubt };
}

function begin(riding: Riding, x: Float64Array, time: number): void {
  riding.reset(x, time);
  unit(riding);
}

function unit(riding: Riding): void {
  riding.tangents.fill(0);
  for (let c = 0; c < riding.dim; c++) riding.tangents[c * riding.dim + c] = 1;
}

/** Lagrange's polynomial of the point j among the whole numbers from `from` to below `to`, and its slope, at s. */
function weight(s: number, j: number, from: number, to: number): { readonly value: number; readonly slope: number } {
  if (j < from || j >= to) return { value: 0, slope: 0 };
  let [value, slope] = [1, 0];
  for (let k = from; k < to; k++) {
    if (k === j) continue;
    slope = (slope * (s - k) + value) / (j - k);
    value = (value * (s - k)) / (j - k);
  }
  return { value, slope };
}

/** Tangents by rows as a matrix of columns. */
const columns = (tangents: Float64Array, dim: number): Float64Array =>
  Float64Array.from({ length: dim * dim }, (_, e) => tangents[(e % dim) * dim + Math.floor(e / dim)]!);

/** D - I, with the velocity as a further column and row where the period is free. */
function bordered({ derivative, velocity }: End, dim: number, free: boolean): Float64Array {
  const n = dim + (free ? 1 : 0);
  return Float64Array.from({ length: n * n }, (_, e) => {
    const [row, column] = [Math.floor(e / n), e % n];
    if (row === dim) return column === dim ? 0 : velocity[column]!;
    return column === dim ? velocity[row]! : derivative[row * dim + column]! - (row === column ? 1 : 0);
  });
}

const largest = (x: ArrayLike<number>): number => Array.from(x).reduce((a, v) => Math.max(a, Math.abs(v)), 0);

function check(system: System, guess: Float64Array, steps: number, free: boolean, tolerance: number, rounds: number): void {
  if (system.kind === "random")
    throw new RangeError(
      "closedOrbit: a random system given; allowed: maps, flows and delay equations, whose states can come back",
    );
  if (guess.length !== system.dim || !guess.every(Number.isFinite))
    throw new RangeError(
      `closedOrbit: a guess of ${guess.length} numbers given; allowed: ${system.dim} finite ones, the state of one copy`,
    );
  if (free && system.kind === "map")
    throw new RangeError("closedOrbit: a free period of a map given; the period of a map is a whole number of steps");
  if (free ? !(steps >= POINTS / 2 && steps < Infinity) : !(Number.isInteger(steps) && steps >= 1))
    throw new RangeError(
      `closedOrbit: ${steps} steps given; allowed: ${free ? `finite numbers from ${POINTS / 2}, so many that a polynomial runs through the orbit` : "integers from 1"}`,
    );
  if (!(tolerance > 0 && tolerance < 1))
    throw new RangeError(`closedOrbit: tolerance ${tolerance} given; allowed: above 0 and below 1`);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new RangeError(`closedOrbit: ${rounds} iterations given; allowed: integers from 1`);
}
