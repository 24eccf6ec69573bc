import { constant, type Tensor } from "#engine";
import type { Part } from "../../core/system.js";
import { part } from "../../networks/architecture.js";
import type { Walk } from "../../networks/walk.js";
import type { ActivationNodes } from "./activation-nodes.js";
import type { OnnxModel, OnnxPort } from "./model.js";
import type { Value } from "./operators/operator.js";
import { quoted } from "./quoted.js";
import { everyStep, runSteps, stepsOf, type Along, type Step } from "./steps.js";
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

const MOST = 2 ** 26;

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
  const steps = stepsOf(model, model.versions, outputs);
  const parameters = parametersOf(model, new Set(steps.flatMap(({ node }) => node.inputs)), steps, options.parameters);
  const layout: Part[] = [];
  let size = 0;
  for (const { name, shape } of parameters) {
    layout.push({ name, shape, offset: size });
    size += count(shape);
  }
  const theta = new Float64Array(size);
  parameters.forEach(({ data }, i) => theta.set(data, layout[i]!.offset));
  const most = options.most ?? MOST;
  const run = (weights: Tensor, inputs: readonly Tensor[], along?: Along): Tensor[] => {
    const values = given(model, inputs);
    layout.forEach((p, i) => {
      const { type } = parameters[i]!;
      values.set(p.name, { tensor: part(weights, p), type });
    });
    for (const stored of model.initializers)
      if (!values.has(stored.name))
        values.set(stored.name, { tensor: constant(stored.data, stored.shape), type: stored.type, known: stored.data });
    runSteps(steps, values, { most, total: 0, folded: 0, visits: 0 }, along);
    return outputs.map((name) => values.get(name)!.tensor);
  };
  return {
    inputs: model.inputs,
    outputs,
    size,
    layout,
    theta,
    apply: (weights, ...inputs) => run(weights, inputs),
    along: (walk, activations, weights, ...inputs) =>
      run(weights, inputs, { walk, activations: new Map(activations.map((a) => [a.nodes.at(-1)!, a])) }),
  };
}

/** Initializers that are weights, in the order of the file. */
function parametersOf(
  { initializers }: OnnxModel,
  used: ReadonlySet<string>,
  steps: readonly Step[],
  chosen: readonly string[] | undefined,
): readonly OnnxTensor[] {
  if (chosen) {
    for (const name of chosen)
      if (initializers.find((i) => i.name === name)?.type !== "float")
        throw new RangeError(`onnxProgram: there are no floating-point numbers ${quoted(name)} among the model's initializers`);
    return initializers.filter((i) => chosen.includes(i.name));
  }
  const fixed = new Set(everyStep(steps).flatMap(({ node, operator }) => (operator.fixed ?? []).map((i) => node.inputs[i])));
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
