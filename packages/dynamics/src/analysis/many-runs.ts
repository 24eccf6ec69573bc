import type { System } from "../core/system.js";

/** How a run ended: it goes on, the watch has seen enough, it left the bound, or the system could not go on. */
const RUNNING = 0;
export const DECIDED = 1;
export const ESCAPED = 2;
export const FAILED = 3;

export interface ManyRunsOptions {
  /** One copy; its batches are made here. */
  readonly system: System;
  /** count x dim, row by row. */
  readonly starts: Float64Array;
  /** Steps of the system between two looks. */
  readonly interval: number;
  /** Most looks at a run. */
  readonly looks: number;
  /** Looks between two packings of the runs that go on. */
  readonly round: number;
  /** A run with an entry beyond this has escaped. */
  readonly bound: number;
  /** Runs side by side in a program. */
  readonly lanes: number;
  /** Time of the starts. Default: the system's. */
  readonly time?: number;
  /** Programs that were made before, by size: those made here are added. */
  readonly batches?: Map<number, System>;
}

/** Sees the states of a batch, row by row; `rows[lane]` is the number of the run, -1 for a lane that holds none. Sets `ends[row]` to DECIDED to end a run. */
export type Watch = (states: Float64Array, rows: Int32Array, look: number, ends: Uint8Array) => void;

/**
 * Follows many runs of one system until each is decided, in batches of a few sizes; a generator that yields the share of the looks that is done.
 *
 * Runs that go on are packed together at times that are the same for all, so that no run's bits depend on the others. Copies that leave the
 * finite numbers do not stop the others: a flow goes on by itself, a map takes the interval again without them.
 */
export function* manyRuns(options: ManyRunsOptions, watch: Watch): Generator<number, { ends: Uint8Array; steps: number }> {
  const { system, starts, interval, looks, round, lanes, batches = new Map<number, System>() } = options;
  const { dim } = system;
  const count = starts.length / dim;
  const states = starts.slice();
  const ends = new Uint8Array(count);
  const batchOf = (wanted: number): System => {
    const size = [lanes / 64, lanes / 8].map((n) => Math.max(8, Math.ceil(n))).find((n) => n >= wanted && n < lanes) ?? lanes;
    const batch = batches.get(size) ?? system.batch(size);
    batches.set(size, batch);
    return batch;
  };
  let running = Int32Array.from({ length: count }, (_, i) => i);
  let [time, steps] = [options.time ?? system.time, 0];
  for (let look = 0; look < looks && running.length > 0;) {
    const todo = Math.min(round, looks - look);
    let reached = time;
    for (let first = 0; first < running.length; first += lanes) {
      const group = running.subarray(first, first + lanes);
      const batch = batchOf(group.length);
      const size = batch.dim / dim;
      // Lanes without a run repeat the first, or rest.
      let rows: Int32Array = Int32Array.from({ length: size }, (_, lane) => group[lane] ?? -1);
      const packed = new Float64Array(batch.dim);
      rows.forEach((_, lane) => packed.set(row(states, group[lane] ?? group[0]!, dim), lane * dim));
      batch.reset(packed, time);
      if (group.length < size) batch.only?.(group.map((_, lane) => lane));
      for (let l = 1; l <= todo; l++) {
        rows = together(batch, rows, ends);
        advance(batch, rows, ends, options);
        steps += interval * group.length;
        watch(batch.state, rows, look + l, ends);
        if (rows.every((r) => r < 0 || ends[r] !== RUNNING)) break;
        if (l === todo) reached = batch.time;
      }
      rows.forEach((r, lane) => {
        if (r >= 0 && ends[r] === RUNNING) states.set(row(batch.state, lane, dim), r * dim);
      });
      yield (look + (todo * Math.min(running.length, first + lanes)) / running.length) / looks;
    }
    time = reached;
    look += todo;
    running = running.filter((r) => ends[r] === RUNNING);
  }
  return { ends, steps };
}

const row = (x: Float64Array, i: number, dim: number): Float64Array => x.subarray(i * dim, (i + 1) * dim);

/** Puts the runs that go on side by side where the others can rest; gives the run of each lane. */
function together(batch: System, rows: Int32Array, ends: Uint8Array): Int32Array {
  if (!batch.only) return rows;
  const lanes = rows.map((_, lane) => lane).filter((lane) => rows[lane]! >= 0 && ends[rows[lane]!] === RUNNING);
  if (lanes.length === rows.length || (lanes.at(-1) === lanes.length - 1 && rows[lanes.length] === -1)) return rows;
  batch.only(lanes);
  return rows.map((_, lane) => (lane < lanes.length ? rows[lanes[lane]!]! : -1));
}

/** One interval; ends the runs that escape or fail in it. */
function advance(batch: System, rows: Int32Array, ends: Uint8Array, { interval, bound, system: { dim } }: ManyRunsOptions): void {
  const out = (x: Float64Array, lane: number): boolean => {
    for (let i = lane * dim; i < (lane + 1) * dim; i++) if (!(Math.abs(x[i]!) <= bound)) return true;
    return false;
  };
  if (batch.statuses) {
    batch.step(interval);
    const { statuses, before } = batch;
    rows.forEach((r, lane) => {
      if (r < 0 || ends[r] !== RUNNING) return;
      if (statuses[lane] === "ok") ends[r] = out(batch.state, lane) ? ESCAPED : RUNNING;
      else ends[r] = !before || out(before, lane) ? ESCAPED : FAILED;
    });
    return;
  }
  const before = batch.state.slice();
  const { time } = batch;
  const good = (): number => rows.findIndex((r) => r >= 0 && ends[r] === RUNNING);
  /** Puts a run that goes on in the lanes of x where none does; false if there is no such run. */
  const park = (x: Float64Array): boolean => {
    const other = good();
    if (other < 0) return false;
    const state = row(x, other, dim).slice();
    rows.forEach((r, lane) => {
      if (r < 0 || ends[r] !== RUNNING) x.set(state, lane * dim);
    });
    return true;
  };
  const leave = (): boolean => {
    let some = false;
    rows.forEach((r, lane) => {
      if (r < 0 || ends[r] !== RUNNING || !out(batch.state, lane)) return;
      ends[r] = ESCAPED;
      some = true;
    });
    return some;
  };
  while (batch.step(interval) !== "ok") {
    leave();
    if (!park(before)) return;
    batch.reset(before, time);
  }
  if (!leave()) return;
  const after = batch.state.slice();
  if (park(after)) batch.reset(after, batch.time);
}
