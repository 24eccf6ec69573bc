import type { Status } from "./status.js";

/** A named part of a flat state vector. */
export interface Part {
  readonly name: string;
  readonly shape: readonly number[];
  /** First index of the part in the state. */
  readonly offset: number;
}

/**
 * Everything that evolves: a network's signal from layer to layer, its parameters under training, a flow, a limit.
 *
 * *Definition*: a state x in R^dim and a rule that advances it. Maps advance by n applications, flows by n steps of dt.
 * *Arguments*: `step(n)` with n >= 0 an integer (default 1); `reset(state, time)` (defaults: the initial state, time 0).
 * *Returns*: `step` gives "ok", or "diverged" as soon as it finds a state that is not finite; the state is then left as found.
 * *Error*: the state is float64 and the same bits come out on every machine and for every number of threads.
 */
export interface System {
  readonly kind: "map" | "flow" | "delay" | "random";
  readonly dim: number;
  readonly layout: readonly Part[];
  /** Number of map steps taken, or the time reached. */
  readonly time: number;
  /** The state: a view that the next step overwrites. */
  readonly state: Float64Array;
  /** How each copy fares, where the copies of a batch that are ok go on without those that are not. */
  readonly statuses?: readonly Status[];
  /** Once it has failed: the last state that was finite; beside `statuses`, the last accepted states, from which failed copies did not come on. */
  readonly before?: Float64Array;
  /** Why it failed, in words: when, in which component, how its steps went, and what to try. */
  readonly explanation?: string | undefined;
  /** Beside `statuses`: puts these copies first, in this order, with all that they need to go on; the others rest until `reset`, at next to no cost. */
  only?(copies: ArrayLike<number>): void;
  step(n?: number): Status;
  reset(state?: ArrayLike<number>, time?: number): void;
  /** The system with k tangent vectors riding along, starting from this system's present state. */
  tangent(k: number): TangentSystem;
  /** n copies side by side in one compiled program; the state is n x dim, row by row. */
  batch(n: number): System;
}

/** A system whose tangent vectors v_j obey v_j' = Df(x) v_j (or its flow) along the trajectory. */
export interface TangentSystem extends System {
  readonly k: number;
  /** k x dim, row j is v_j: a view that may be written between steps (to orthonormalise). */
  readonly tangents: Float64Array;
  /** How well steps whose length the state decides carry the tangents, which should be orthonormal, from here on; undefined where that is not known. */
  rates?(): TangentRates | undefined;
}

/** Of tangents in one step of length h, per unit of time. */
export interface TangentRates {
  readonly h: number;
  /** [k], by how much of its own growth each is off, as the solver estimates it. */
  readonly off: Float64Array;
  /** [k], by how much of itself each moves. */
  readonly moved: Float64Array;
  /** [k], not per unit of time: by how much of the longer of what it was and is each is off. */
  readonly jump: Float64Array;
}
