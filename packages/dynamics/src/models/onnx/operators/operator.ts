import type { Tensor } from "#engine";
import type { Walk } from "../../../networks/walk.js";
import { quoted } from "../quoted.js";
import type { ElementType, OnnxTensor } from "../tensor.js";
import type { OnnxAttribute, OnnxGraph, OnnxNode } from "../model.js";

/** What flows along an edge of the graph: a tensor in float64, and what its numbers stand for. */
export interface Value {
  readonly tensor: Tensor;
  readonly type: ElementType;
  /** Its numbers, where they depend on nothing but the file and the shapes of the inputs. */
  readonly known?: ArrayLike<number>;
}

/** One operator: what it makes of its inputs. Results may be a value, several, or a tensor of the first input's type. */
export interface Operator {
  readonly name: string;
  readonly domain?: string;
  /** Inputs that are no weights where the file gives them, floating point or not: how it works, and statistics. */
  readonly fixed?: readonly number[];
  build(call: Call): Tensor | Value | readonly Value[];
}

/** A node, seen by its operator. Whatever it asks for and does not find is an error that names the node. */
export interface Call {
  readonly node: OnnxNode;
  /** Version of the operator set. */
  readonly version: number;
  /** Most elements of a tensor. */
  readonly most: number;
  readonly inputs: readonly (Value | undefined)[];
  /** What goes along with the signal, where something does: then no activation lies in a loop. */
  readonly walk?: Walk | undefined;
  /** Input i, which has to be there. */
  value(i: number): Value;
  tensor(i: number): Tensor;
  /** The numbers of input i, which has to be known without the data; undefined where it is left out. */
  known(i: number): readonly number[] | undefined;
  integer(name: string, otherwise: number): number;
  number(name: string, otherwise: number): number;
  text(name: string, otherwise: string): string;
  integers(name: string): readonly number[] | undefined;
  stored(name: string): OnnxTensor | undefined;
  texts(name: string): readonly string[] | undefined;
  /** The graph inside the node that an attribute holds. */
  graph(name: string): OnnxGraph;
  /** Runs it on as many inputs as it has: its outputs. */
  run(graph: OnnxGraph, inputs: readonly Value[]): readonly Value[];
  fail(why: string): never;
}

export const placeOf = (node: OnnxNode, index: number): string =>
  `onnx: node ${index} (${node.operator}${node.name ? ` ${quoted(node.name)}` : ""})`;

/** The view that an operator has of a node. */
export function call(
  node: OnnxNode,
  place: string,
  version: number,
  most: number,
  inputs: readonly (Value | undefined)[],
  run: Call["run"],
  walk?: Walk,
): Call {
  const fail = (why: string): never => {
    throw new RangeError(`${place}: ${why}`);
  };
  const attribute = <T extends OnnxAttribute>(name: string, what: string, is: (a: OnnxAttribute) => boolean): T | undefined => {
    const found = node.attributes.get(name);
    if (found === undefined || is(found)) return found as T | undefined;
    return fail(`the attribute ${name} is no ${what}`);
  };
  const value = (i: number): Value => inputs[i] ?? fail(`input ${i} is missing`);
  return {
    node,
    version,
    most,
    inputs,
    walk,
    value,
    fail,
    run,
    graph: (name) =>
      attribute<OnnxGraph>(name, "graph", (a) => typeof a === "object" && "nodes" in a) ?? fail(`the graph ${name} is missing`),
    tensor: (i) => value(i).tensor,
    known(i) {
      if (!inputs[i]) return undefined;
      const { known } = inputs[i]!;
      if (!known) return fail(`input ${i} depends on the data; only one that is fixed by the file and the shapes is supported`);
      return Array.from(known);
    },
    integer(name, otherwise) {
      const found = attribute<number>(name, "integer", (a) => typeof a === "number") ?? otherwise;
      return Number.isSafeInteger(found) ? found : fail(`the attribute ${name} is ${found}; expected an integer`);
    },
    number: (name, otherwise) => attribute<number>(name, "number", (a) => typeof a === "number") ?? otherwise,
    text: (name, otherwise) => attribute<string>(name, "text", (a) => typeof a === "string") ?? otherwise,
    integers: (name) =>
      attribute<readonly number[]>(name, "list of numbers", (a) => Array.isArray(a) && a.every((x) => typeof x === "number")),
    texts: (name) =>
      attribute<readonly string[]>(name, "list of texts", (a) => Array.isArray(a) && a.every((x) => typeof x === "string")),
    stored: (name) => attribute<OnnxTensor>(name, "tensor", (a) => typeof a === "object" && "data" in a),
  };
}

/** An axis number, counted from behind when negative. */
export function axisIn(axis: number, rank: number, { fail }: Pick<Call, "fail">): number {
  const at = axis < 0 ? axis + rank : axis;
  return Number.isInteger(at) && at >= 0 && at < rank ? at : fail(`axis ${axis} of a value with ${rank} axes`);
}
