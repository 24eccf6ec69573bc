import { add, compile, constant, mul, sum, trace, type Tensor } from "#engine";
import { sizeOf } from "../../packages/engine/src/shape.js";
import type { Graph } from "../../packages/engine/src/tensor.js";
import { draw, generator, type Case } from "./cases.js";
import { asList, specsOf } from "./programs.js";

/** A function of a case's numbers, one tensor an argument that is not made of indices. */
export type Results = (...xs: Tensor[]) => Tensor[];

/** A case made ready to be differentiated: its f64 results as functions of its numbers, its indices held. */
export interface Setting {
  /** The results as a function of the numbers; indices are taken from the arguments given. */
  readonly results: (args: readonly Tensor[]) => Results;
  /** The numbers among the arguments. */
  readonly numbers: <T>(args: readonly T[]) => T[];
  /** All arguments to all f64 results. */
  readonly graph: Graph;
  /** Fixed weights, one array a result. */
  readonly weights: readonly (readonly number[])[];
  readonly weigh: () => Tensor[];
}

export function setting(c: Case): Setting {
  const places = c.args.flatMap((a, i) => (a.indices ? [] : [i]));
  const numbers: Setting["numbers"] = (args) => places.map((i) => args[i]!);
  const results: Setting["results"] =
    (args) =>
    (...xs) =>
      asList(c.f(...args.map((t, i) => xs[places.indexOf(i)] ?? t))).filter((t) => t.dtype === "f64");
  const graph = trace((...args) => results(args)(...numbers(args)), specsOf(c));
  const u = generator(99);
  const weights = graph.outputs.map((t) => Array.from({ length: sizeOf(t.shape) }, () => u() - 0.5));
  return { results, numbers, graph, weights, weigh: () => weights.map((w, i) => constant(w, graph.outputs[i]!.shape)) };
}

/** Directions for a case's numbers, drawn evenly from [-1, 1]; zeros for its indices. */
export const direction = (c: Case, seed: number): number[][] =>
  draw({ args: c.args.map(({ shape }) => ({ shape })) }, seed).map((v, i) => (c.args[i]!.indices ? v.map(() => 0) : v));

/** Compiles a function of a case's arguments and of directions of its numbers, and runs it. */
export function runAt(
  c: Case,
  f: (args: Tensor[], ...directions: Tensor[][]) => readonly Tensor[],
  args: readonly number[][],
  ...directions: readonly number[][][]
): Float64Array[] {
  const { numbers } = setting(c);
  const specs = specsOf(c);
  const moving = numbers(specs);
  const at = (j: number): number => specs.length + j * moving.length;
  const p = compile(
    (...xs) => f(xs.slice(0, at(0)), ...directions.map((_, j) => xs.slice(at(j), at(j + 1)))),
    [...specs, ...directions.flatMap(() => moving)],
  );
  [...args, ...directions.flatMap(numbers)].forEach((v, i) => p.inputs[i]!.set(v));
  p.run();
  return [...p.outputs];
}

/** The scalar product of two lists of tensors. */
export const inner = (xs: readonly Tensor[], ys: readonly Tensor[]): Tensor =>
  xs.map((x, i) => sum(mul(x, ys[i]!))).reduce((a, b) => add(a, b), constant(0));
