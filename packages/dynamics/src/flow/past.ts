import { add, constant, evaluate, reshape, vmap, type Tensor } from "#engine";
import { finite } from "../core/evolve.js";
import { stepAt, type Mesh } from "./mesh.js";
import { basis, pastTimes, timesOf } from "./segment.js";

/** x(t) for t up to the start: numbers for a constant past, or an engine program of t. */
export type History = ArrayLike<number> | ((t: Tensor) => Tensor);

/** The state that a history is: x at the start, then [window, nodes, dim] values from the oldest step to the newest. */
export function stateOf(
  history: History,
  initial: ArrayLike<number> | undefined,
  time: number,
  mesh: Mesh,
  lags: readonly number[],
  nodes: number,
): { state: Float64Array; dim: number } {
  const at = typeof history === "function" ? history : () => constant(Array.from(history));
  const times = (): Tensor => add(time, pastTimes(mesh, constant([...lags]), nodes));
  const values = evaluate(() => {
    const rows = vmap((t) => {
      const x = at(t);
      if (x.shape.length !== 1 || x.shape[0] === 0)
        throw new RangeError(`delay: the history has shape [${x.shape.join(", ")}]; it must give [dim], one number at least`);
      return x;
    })(times());
    return [reshape(rows, [rows.shape[0]! * rows.shape[1]!])];
  })[0]!;
  const dim = values.length / (mesh.window * nodes);
  if (initial !== undefined && initial.length !== dim)
    throw new RangeError(`delay: initial has ${initial.length} numbers, the history ${dim}`);
  const state = Float64Array.from([...(initial ? Array.from(initial) : values.slice(-dim)), ...values]);
  finite(state, initial ? "initial state with its history" : "history");
  return { state, dim };
}

/** Reads x(t - ago) off a state that `count` steps of the system have left. */
export function lookingBack(mesh: Mesh, lags: readonly number[], nodes: number, dim: number) {
  const { steps, window, intervals, aligned } = mesh;
  const ends = timesOf(mesh, lags);
  const longest = Math.max(...lags);
  return (state: ArrayLike<number>, count: number, ago: number): number[] => {
    if (!(ago >= 0 && ago <= longest * (1 + 1e-9)))
      throw new RangeError(`past: ${ago} given; allowed: from 0 to the longest lag, ${longest}`);
    const first = (aligned ? 0 : Math.min(count, intervals)) * steps;
    const then = ends[first + window]! - ago;
    const place = stepAt(ends, then, first, first + window - 1);
    const theta = (then - ends[place]!) / (ends[place + 1]! - ends[place]!);
    const weights = Array.from(evaluate(() => basis(constant(theta), nodes))[0]!);
    return Array.from({ length: dim }, (_, c) =>
      weights.reduce((sum, w, l) => sum + w * state[dim + ((place - first) * nodes + l) * dim + c]!, 0),
    );
  };
}
