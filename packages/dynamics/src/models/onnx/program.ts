import { constant, interpret, type Tensor } from "#engine";
import type { Part } from "../../core/system.js";
import { part } from "../../networks/architecture.js";
import type { Walk } from "../../networks/walk.js";
import type { ActivationNodes } from "./activation-nodes.js";
import type { OnnxModel, OnnxNode, OnnxPort } from "./model.js";
import { call, placeOf, type Operator, type Value } from "./operators/operator.js";
import { onnxOperators } from "./operators/index.js";
import { orderOf } from "./order.js";
import { quoted } from "./quoted.js";
import { count, type OnnxTensor } from "./tensor.js";

export interface OnnxProgramOptions {
  /** Names of the values to compute. Default: the outputs of the model. */
  readonly outputs?: readonly string[];
  /** Names of the initializers that make up theta. Default: all of floating point with at least one axis, but running statistics, bounds and scales of sizes. */
  readonly parameters?: readonly string[];
  /** Most elements of one tensor. Default 2^26. */
  readonly most?: number;
}

/** A model as a function of its parameters and inputs. */
export interface OnnxProgram {
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly string[];
  /** Number of parameters. */
  readonly size: number;
  /** Where each parameter tensor lies in theta. */
  readonly layout: readonly Part[];
  /** The parameters in the file. */
  readonly theta: Float64Array;
  /** Traces the model: one tensor an output. The inputs' shapes decide all others. */
  apply(theta: Tensor, ...inputs: readonly Tensor[]): Tensor[];
  /** The same with a walk that stands in for its activations: those that `activationNodes` found, and those inside recurrent cells. */
  along(walk: Walk, activations: readonly ActivationNodes[], theta: Tensor, ...inputs: readonly Tensor[]): Tensor[];
}

const operators = onnxOperators.flatMap((f) => f.operators);
const MOST = 2 ** 26;
/** Versions of the operators that are understood. */
const OLDEST = 7;
const NEWEST = 21;

/**
 * A model as an engine program: differentiable by its parameters and inputs, to any order.
 *
 * *Arguments*: `model` from `readOnnx`; see `OnnxProgramOptions`.
 * *Returns*: an `OnnxProgram`. `apply` takes theta of shape [size] and the inputs in the order of `inputs`; every tensor is float64,
 * integers and truth values (1 and 0) included. What depends on nothing but the file and the shapes of the inputs is computed while
 * tracing, so that shapes may be arithmetic.
 * *Error*: throws a RangeError that names the node when an operator or its domain is not known, when it is asked for something that is
 * not supported, when the graph goes in a circle and when a shape does not fit. Weights of float32 are widened, and everything is then
 * computed in float64: results differ from those of float32 runtimes by their rounding errors.
 * *Cost*: one pass over the nodes for each tracing.
 * *Source*: ONNX, "Operators" (onnx.ai), versions 7 to 21; 11 to 21 are tested against ONNX Runtime.
 * *Example*: `onnxProgram(readOnnx(onnxFile), { outputs: ["y"] }).layout.map((p) => p.name) // ["W", "b"]`
 */
export function onnxProgram(model: OnnxModel, options: OnnxProgramOptions = {}): OnnxProgram {
  const outputs = options.outputs ?? model.outputs.map((o) => o.name);
  const order = orderOf(model, outputs);
  const steps = order.map((index): Step => {
    const node = model.nodes[index]!;
    const place = placeOf(node, index);
    return { index, node, place, operator: operatorOf(node, place), version: versionOf(model, node, place) };
  });
  const parameters = parametersOf(model, new Set(order.flatMap((i) => model.nodes[i]!.inputs)), steps, options.parameters);
  const layout: Part[] = [];
  let size = 0;
  for (const { name, shape } of parameters) {
    layout.push({ name, shape, offset: size });
    size += count(shape);
  }
  const theta = new Float64Array(size);
  parameters.forEach(({ data }, i) => theta.set(data, layout[i]!.offset));
  const most = options.most ?? MOST;
  const along = (
    going: { readonly walk: Walk; readonly activations: readonly ActivationNodes[] } | undefined,
    weights: Tensor,
    inputs: readonly Tensor[],
  ): Tensor[] => {
    const ends = new Map(going?.activations.map((a) => [a.nodes.at(-1)!, a]));
    const values = given(model, inputs);
    layout.forEach((p, i) => {
      const { type } = parameters[i]!;
      values.set(p.name, { tensor: part(weights, p), type });
    });
    for (const stored of model.initializers)
      if (!values.has(stored.name))
        values.set(stored.name, { tensor: constant(stored.data, stored.shape), type: stored.type, known: stored.data });
    let total = 0;
    // Numbers computed while tracing are held in memory: together no more than one value may have.
    let folded = 0;
    const resultsAt = ({ node, place, operator, version }: Step, known: ReadonlyMap<string, Value>) => {
      const operands = node.inputs.map((name) => (name === "" ? undefined : known.get(name)));
      return { operands, results: resultsOf(operator, node, place, version, most, operands, going?.walk) };
    };
    for (const step of steps) {
      const { node, place, index } = step;
      const activation = ends.get(index);
      if (activation) {
        const field = values.get(activation.from)!;
        const inside = steps.filter((s) => activation.nodes.includes(s.index));
        const tensor = going!.walk.activation(field.tensor, {
          ...activation,
          apply: (x) => through(inside, activation, x, values, resultsAt),
        });
        values.set(activation.to, { tensor, type: field.type });
        continue;
      }
      const { operands, results } = resultsAt(step, values);
      going?.walk.step?.(
        node.operator,
        operands.flatMap((v) => (v ? [v.tensor] : [])),
        results.map((v) => v.tensor),
      );
      results.forEach((result, i) => {
        total += count(result.tensor.shape);
        if (count(result.tensor.shape) > most || total > 64 * most)
          throw new RangeError(
            `${place}: ${total} numbers in all, shape [${result.tensor.shape.join(", ")}]; at most ${most} a value are allowed`,
          );
        if (result.known && !operands.some((v) => v?.known === result.known)) folded += count(result.tensor.shape);
        if (folded > most)
          throw new RangeError(`${place}: ${folded} numbers that depend on the file alone; at most ${most} are allowed`);
        const name = node.outputs[i];
        if (name) values.set(name, result);
      });
      const missing = node.outputs.findIndex((name) => name !== "" && !values.has(name));
      if (missing >= 0) throw new RangeError(`${place}: output ${missing} is not supported`);
    }
    return outputs.map((name) => values.get(name)!.tensor);
  };
  return {
    inputs: model.inputs,
    outputs,
    size,
    layout,
    theta,
    apply: (weights, ...given) => along(undefined, weights, given),
    along: (walk, activations, weights, ...given) => along({ walk, activations }, weights, given),
  };
}

/** What an activation makes of another field than that of the graph. */
function through(
  inside: readonly Step[],
  { from, to }: ActivationNodes,
  x: Tensor,
  values: ReadonlyMap<string, Value>,
  resultsAt: (step: Step, known: ReadonlyMap<string, Value>) => { readonly results: readonly Value[] },
): Tensor {
  const known = new Map([...values, [from, { tensor: x, type: "float" as const }]]);
  for (const step of inside) resultsAt(step, known).results.forEach((result, i) => known.set(step.node.outputs[i]!, result));
  return known.get(to)!.tensor;
}

interface Step {
  /** Number of the node in the model. */
  readonly index: number;
  readonly node: OnnxNode;
  readonly place: string;
  readonly operator: Operator;
  readonly version: number;
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

function versionOf({ versions }: OnnxModel, { domain }: OnnxNode, place: string): number {
  const version = versions.get(domain) ?? (domain === "" ? 0 : 1);
  if (domain === "" && !(version >= OLDEST && version <= NEWEST))
    throw new RangeError(`${place}: version ${version} of the operators; supported are ${OLDEST} to ${NEWEST}`);
  return version;
}

/** Initializers that are weights, in the order of the file. */
function parametersOf(
  { initializers }: OnnxModel,
  used: ReadonlySet<string>,
  steps: readonly { readonly node: OnnxNode; readonly operator: Operator }[],
  chosen: readonly string[] | undefined,
): readonly OnnxTensor[] {
  if (chosen) {
    for (const name of chosen)
      if (initializers.find((i) => i.name === name)?.type !== "float")
        throw new RangeError(`onnxProgram: there are no floating-point numbers ${quoted(name)} among the model's initializers`);
    return initializers.filter((i) => chosen.includes(i.name));
  }
  const fixed = new Set(steps.flatMap(({ node, operator }) => (operator.fixed ?? []).map((i) => node.inputs[i])));
  return initializers.filter((i) => i.type === "float" && i.shape.length > 0 && used.has(i.name) && !fixed.has(i.name));
}

function given(model: OnnxModel, inputs: readonly Tensor[]): Map<string, Value> {
  if (inputs.length !== model.inputs.length)
    throw new RangeError(
      `onnx: ${inputs.length} inputs given; the model has ${model.inputs.map((i) => quoted(i.name)).join(", ")}`,
    );
  return new Map(
    model.inputs.map(({ name, type, shape }, i) => {
      const tensor = inputs[i]!;
      const fits =
        !shape || (shape.length === tensor.shape.length && shape.every((d, j) => typeof d === "string" || d === tensor.shape[j]));
      if (!fits)
        throw new RangeError(
          `onnx: input ${quoted(name)} has shape [${tensor.shape.join(", ")}]; the model takes [${shape.map((d) => d || "any").join(", ")}]`,
        );
      return [name, { tensor, type }];
    }),
  );
}

/** What an operator makes, with what can be known computed at once. */
function resultsOf(
  operator: Operator,
  node: OnnxNode,
  place: string,
  version: number,
  most: number,
  operands: readonly (Value | undefined)[],
  walk: Walk | undefined,
): readonly Value[] {
  let made: Tensor | Value | readonly Value[];
  try {
    made = operator.build(call(node, place, version, most, operands, walk));
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
