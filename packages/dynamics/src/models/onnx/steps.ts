import { constant, interpret, type Tensor } from "#engine";
import type { Walk } from "../../networks/walk.js";
import type { ActivationNodes } from "./activation-nodes.js";
import type { OnnxGraph, OnnxModel, OnnxNode } from "./model.js";
import { onnxOperators } from "./operators/index.js";
import { call, placeOf, type Call, type Operator, type Value } from "./operators/operator.js";
import { orderOf } from "./order.js";
import { quoted } from "./quoted.js";
import { count } from "./tensor.js";

/** A node with the operator that it applies. */
export interface Step {
  /** Number of the node in its graph. */
  readonly index: number;
  readonly node: OnnxNode;
  /** How messages name it. */
  readonly place: string;
  readonly operator: Operator;
  readonly version: number;
  /** The steps of the graphs inside it. */
  readonly inner: ReadonlyMap<OnnxGraph, readonly Step[]>;
}

/** How much has been traced, and the most elements of a value. */
export interface Bounds {
  readonly most: number;
  total: number;
  /** Numbers computed while tracing, which are held in memory: together no more than one value may have. */
  folded: number;
  /** Nodes, each time that it is run. */
  visits: number;
}

/** A walk that goes along, and the activations that it stands in for, by the number of their last node. */
export interface Along {
  readonly walk: Walk;
  readonly activations: ReadonlyMap<number, ActivationNodes>;
}

const operators = onnxOperators.flatMap((f) => f.operators);
/** Versions of the operators that are understood. */
const OLDEST = 7;
const NEWEST = 21;
const MOST_VISITS = 200_000;

/**
 * The nodes that some values need, in an order in which they can be run.
 *
 * *Arguments*: `wanted`: names of values; `within`: the node that the graph is inside of, for messages.
 * *Error*: throws a RangeError that names the node as `orderOf` does, and for operators and versions that are not known.
 */
export function stepsOf(graph: OnnxGraph, versions: OnnxModel["versions"], wanted: readonly string[], within?: string): Step[] {
  return orderOf(graph, wanted).map((index) => {
    const node = graph.nodes[index]!;
    const own = placeOf(node, index);
    const place = within ? `${within}, inside: ${own.replace("onnx: ", "")}` : own;
    const inner = new Map<OnnxGraph, readonly Step[]>();
    const outside = node.inputs.slice(node.inputs.length - (node.outside ?? 0)).map((name) => ({ name, type: "float" as const }));
    for (const part of node.attributes.values()) {
      if (typeof part !== "object" || !("nodes" in part)) continue;
      const whole = { ...part, inputs: [...part.inputs, ...outside] };
      inner.set(
        part,
        stepsOf(
          whole,
          versions,
          part.outputs.map((o) => o.name),
          place,
        ),
      );
    }
    return { index, node, place, operator: operatorOf(node, place), version: versionOf(versions, node, place), inner };
  });
}

/** Steps and those of the graphs inside them. */
export const everyStep = (steps: readonly Step[]): readonly Step[] =>
  steps.flatMap((step) => [step, ...[...step.inner.values()].flatMap(everyStep)]);

function visit(bounds: Bounds, place: string): void {
  if (++bounds.visits > MOST_VISITS)
    throw new RangeError(`${place}: more than ${MOST_VISITS} steps in all, those of loops each time that they are run`);
}

/** Traces steps one after the other. `values`: what there is by name, to which results are added. Graphs inside nodes are steps of their node to a walk. */
export function runSteps(steps: readonly Step[], values: Map<string, Value>, bounds: Bounds, along?: Along): void {
  const { most } = bounds;
  for (const step of steps) {
    const { node, place } = step;
    visit(bounds, place);
    const activation = along?.activations.get(step.index);
    if (activation) {
      const field = values.get(activation.from)!;
      const inside = steps.filter((s) => activation.nodes.includes(s.index));
      const apply = (x: Tensor): Tensor =>
        through(inside, activation, new Map([...values, [activation.from, { tensor: x, type: field.type }]]), bounds);
      values.set(activation.to, { tensor: along!.walk.activation(field.tensor, { ...activation, apply }), type: field.type });
      continue;
    }
    const operands = operandsOf(step, values);
    const results = resultsOf(step, operands, bounds, along?.walk);
    along?.walk.step?.(
      node.operator,
      operands.flatMap((v) => (v ? [v.tensor] : [])),
      results.map((v) => v.tensor),
    );
    results.forEach((result, i) => {
      bounds.total += count(result.tensor.shape);
      if (count(result.tensor.shape) > most || bounds.total > 64 * most)
        throw new RangeError(
          `${place}: ${bounds.total} numbers in all, shape [${result.tensor.shape.join(", ")}]; at most ${most} a value are allowed`,
        );
      if (result.known && !operands.some((v) => v?.known === result.known)) bounds.folded += count(result.tensor.shape);
      if (bounds.folded > most)
        throw new RangeError(`${place}: ${bounds.folded} numbers that depend on the file alone; at most ${most} are allowed`);
      const name = node.outputs[i];
      if (name) values.set(name, result);
    });
    const missing = node.outputs.findIndex((name) => name !== "" && !values.has(name));
    if (missing >= 0) throw new RangeError(`${place}: output ${missing} is not supported`);
  }
}

const operandsOf = ({ node }: Step, values: ReadonlyMap<string, Value>): readonly (Value | undefined)[] =>
  node.inputs.map((name) => (name === "" ? undefined : values.get(name)));

/** What an activation makes of the field among the values. */
function through(inside: readonly Step[], { to }: ActivationNodes, values: Map<string, Value>, bounds: Bounds): Tensor {
  for (const step of inside)
    resultsOf(step, operandsOf(step, values), bounds).forEach((result, i) => values.set(step.node.outputs[i]!, result));
  return values.get(to)!.tensor;
}

function operatorOf(node: OnnxNode, place: string): Operator {
  const found = operators.find((o) => o.name === node.operator && (o.domain ?? "") === node.domain);
  if (found) return found;
  const domains = [...new Set(operators.map((o) => o.domain ?? ""))];
  if (!domains.includes(node.domain))
    throw new RangeError(
      `${place}: the domain ${quoted(node.domain)} is not known; known are ${domains.map((d) => d || "ai.onnx").join(", ")}`,
    );
  const names = operators.filter((o) => (o.domain ?? "") === node.domain).map((o) => o.name);
  throw new RangeError(`${place}: this operator is not supported; supported are ${names.sort().join(", ")}`);
}

function versionOf(versions: OnnxModel["versions"], { domain }: OnnxNode, place: string): number {
  const version = versions.get(domain) ?? (domain === "" ? 0 : 1);
  if (domain === "" && !(version >= OLDEST && version <= NEWEST))
    throw new RangeError(`${place}: version ${version} of the operators; supported are ${OLDEST} to ${NEWEST}`);
  return version;
}

/** What an operator makes, with what can be known computed at once. */
function resultsOf(step: Step, operands: readonly (Value | undefined)[], bounds: Bounds, walk?: Walk): readonly Value[] {
  const { node, place, version, operator, inner } = step;
  const { most } = bounds;
  const own = node.inputs.length - (node.outside ?? 0);
  const run: Call["run"] = (graph, inputs) => {
    if (inputs.length !== graph.inputs.length)
      throw new RangeError(`${place}: ${inputs.length} values for a graph inside it with ${graph.inputs.length} inputs`);
    const values = new Map<string, Value>();
    node.inputs.slice(own).forEach((name, i) => operands[own + i] && values.set(name, operands[own + i]!));
    graph.inputs.forEach(({ name }, i) => values.set(name, inputs[i]!));
    visit(bounds, place);
    runSteps(inner.get(graph)!, values, bounds);
    return graph.outputs.map(({ name }) => values.get(name)!);
  };
  let made: Tensor | Value | readonly Value[];
  try {
    made = operator.build(call(node, place, version, most, operands.slice(0, own), run, walk));
  } catch (error) {
    const { message } = error as Error;
    if (!(error instanceof RangeError) || message.startsWith(place)) throw error;
    throw new RangeError(`${place}: ${message}`, { cause: error });
  }
  const values: readonly Value[] = Array.isArray(made)
    ? (made as readonly Value[])
    : [isTensor(made as Tensor | Value) ? { tensor: made as Tensor, type: operands[0]?.type ?? "float" } : (made as Value)];
  const foldable = operands.every((v) => v === undefined || v.known !== undefined) && values.some((v) => !v.known);
  if (!foldable || values.some((v) => count(v.tensor.shape) > most)) return values;
  const numbers = interpret({ inputs: [], outputs: values.map((v) => v.tensor) }, []);
  return values.map(({ tensor, type }, i) => ({ tensor: constant(numbers[i]!, tensor.shape), type, known: numbers[i]! }));
}

const isTensor = (x: Tensor | Value): x is Tensor => "op" in x;
