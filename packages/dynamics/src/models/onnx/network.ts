import { concat, constant, reshape, trace, vmap, type Tensor } from "#engine";
import type { Part } from "../../core/system.js";
import { compose, part, type Architecture, type LayerMap } from "../../networks/architecture.js";
import type { Walk } from "../../networks/walk.js";
import { activationNodes, type ActivationNodes } from "./activation-nodes.js";
import { elementwise, layered, type Layered } from "./layered.js";
import { placeOf } from "./operators/operator.js";
import { onnxProgram, type OnnxProgram } from "./program.js";
import { stagesOf, type Stage } from "./stages.js";
import { quoted } from "./quoted.js";
import { count } from "./tensor.js";
import type { OnnxModel, OnnxPort } from "./model.js";

export interface OnnxNetworkOptions {
  /** Name of the output. Default: the first of floating point. */
  readonly output?: string;
  /** Lengths of the axes of a sample, as the data have them: for inputs whose axes the file leaves free. */
  readonly axes?: readonly number[];
}

/** A model as a network from R^inputs to R^outputs, with its parameters. */
export interface OnnxNetwork {
  /** `initial` gives the parameters of the file, whatever the seed. */
  readonly architecture: Architecture;
  readonly theta: Float64Array;
  /** Lengths of the axes of a sample: rows of data are these, row by row. */
  readonly axes: readonly number[];
  /** Whether inputs are whole numbers, such as tokens, and have no derivatives. */
  readonly tokens: boolean;
  /** What stood behind the output and was taken off, so that outputs are logits. */
  readonly head: "softmax" | "sigmoid" | undefined;
  /** Where it is a multilayer perceptron. */
  readonly layered: Layered | undefined;
  /** Why it is none. */
  readonly why: string | undefined;
}

const MOST_STAGES = 4000;
const PASSING = new Set(["Identity", "Cast", "ZipMap"]);

/**
 * A model file as a network: samples in rows, whatever the axes of its input, and layers where all of the signal passes through one value.
 *
 * *Definition*: apply(theta, x) with x [samples, inputs] and the outputs [samples, outputs], both flattened row by row. A layer reaches from one
 * value through which everything passes to the next, and begins with weights (two axes or more). A multilayer perceptron is recognised and has
 * the layers and parameters that `mlp` gives it. A last softmax or sigmoid is taken off: outputs are logits.
 * *Arguments*: `model` from `readOnnx`, with one input; see `OnnxNetworkOptions`.
 * *Returns*: an OnnxNetwork. A model made for one sample at a time, or for another axis of samples than the first, is mapped over the samples.
 * *Error*: throws a RangeError as `onnxProgram` does, when the model has several inputs, and when a free axis has no length.
 * *Cost*: two tracings.
 * *Example*: `onnxNetwork(readOnnx(onnxFile)).layered.widths // [2, 2]`
 */
export function onnxNetwork(model: OnnxModel, options: OnnxNetworkOptions = {}): OnnxNetwork {
  if (model.inputs.length !== 1)
    throw new RangeError(
      `onnx: the model has ${model.inputs.length} inputs (${model.inputs.map((i) => quoted(i.name)).join(", ")}); a network has one`,
    );
  const [port] = model.inputs as [OnnxPort];
  const { output, head } = outputOf(model, options.output);
  const program = onnxProgram(model, { outputs: [output] });
  const { batch, axes } = axesOf(port, options.axes);
  const inputs = count(axes);
  const shape1 = [...axes.slice(0, batch), 1, ...axes.slice(batch)];
  const single = (theta: Tensor, row: Tensor): Tensor => reshape(program.apply(theta, reshape(row, shape1))[0]!, [-1]);
  const together = (theta: Tensor, x: Tensor): Tensor => {
    const y = program.apply(theta, reshape(x, [x.shape[0]!, ...axes]))[0]!;
    if (y.shape[0] !== x.shape[0]) throw new RangeError(`onnx: ${y.shape[0]} results for ${x.shape[0]} samples`);
    return reshape(y, [x.shape[0]!, -1]);
  };
  const free = batch === 0 && (port.shape === undefined || typeof port.shape[0] === "string");
  // Some files say that samples are free and then hold shapes for one: tracing tells.
  const side = free && [2, 3].every((n) => shapesOf((t, x) => [together(t, x)], program.size, [n, inputs]) !== undefined);
  let found: readonly ActivationNodes[] | undefined;
  const along = (theta: Tensor, x: Tensor, walk: Walk): Tensor => {
    found ??= activationNodes(model, port.name, output);
    return reshape(program.along(walk, found, theta, reshape(x, shape1))[0]!, [1, -1]);
  };
  const apply = (theta: Tensor, x: Tensor, walk?: Walk): Tensor =>
    walk ? along(theta, x, walk) : side ? together(theta, x) : (vmap((row) => single(theta, row))(x) as Tensor);
  // The error of a shape that does not fit is the file's own.
  const [{ shape }] = trace((t, x) => [apply(t!, x!)], [vector(program.size), { dtype: "f64", shape: [2, inputs] }]).outputs as [
    Tensor,
  ];
  const cut = stagesOf(model, port.name, output);
  // Every layer is a program of its own: what has more steps than any network is taken as a whole.
  const stages = cut.length > MOST_STAGES ? [] : cut;
  const perceptron =
    side && port.type === "float" ? layered(model, stages, inputs) : "its samples are not the rows of one matrix";
  const common = { axes, tokens: port.type !== "float", head };
  if (typeof perceptron !== "string")
    return { ...common, architecture: perceptron.architecture, theta: perceptron.theta, layered: perceptron, why: undefined };
  const network: Architecture = {
    name: `onnx ${model.name.slice(0, 40) || "model"}`,
    inputs,
    outputs: shape[1]!,
    size: program.size,
    layout: program.layout,
    ...layersOf(model, program, side ? stages : [], { inputs, outputs: shape[1]!, axes, apply, name: port.name }),
    initial: () => program.theta.slice(),
  };
  return { ...common, architecture: network, theta: program.theta, layered: undefined, why: perceptron };
}

/** The value to look at, behind it what makes probabilities of it. */
function outputOf(model: OnnxModel, wanted: string | undefined): { output: string; head: OnnxNetwork["head"] } {
  const names = model.outputs.map((o) => o.name);
  const chosen = wanted ?? (model.outputs.find((o) => o.type === "float") ?? model.outputs[0]!).name;
  if (!names.includes(chosen))
    throw new RangeError(`onnx: there is no output ${quoted(chosen)}; the model has ${names.map(quoted).join(", ")}`);
  const makers = new Map(model.nodes.flatMap((n) => n.outputs.map((name) => [name, n] as const)));
  let name = chosen;
  let normalised = false;
  for (let steps = 0; steps < 8; steps++) {
    const node = makers.get(name);
    const [before] = node?.inputs ?? [];
    if (!node || !before) break;
    if (node.operator === "Softmax" || node.operator === "LogSoftmax") return { output: before, head: "softmax" };
    if (node.operator === "Sigmoid" && !normalised) return { output: before, head: "sigmoid" };
    // Shares that add up to 1 stay as they are.
    const shares = node.operator === "Normalizer" && node.attributes.get("norm") === "L1";
    if (!PASSING.has(node.operator) && !shares) break;
    normalised ||= shares;
    name = before;
  }
  return { output: chosen, head: undefined };
}

/** Which axis of the input counts samples, and the lengths of the others. */
function axesOf({ name, shape }: OnnxPort, given: readonly number[] | undefined): { batch: number; axes: readonly number[] } {
  if (!shape) {
    if (!given)
      throw new RangeError(`onnx: the file does not say the shape of the input ${quoted(name)}; give data with all axes`);
    return { batch: 0, axes: given };
  }
  if (shape.length === 0) throw new RangeError(`onnx: the input ${quoted(name)} is a single number; expected samples`);
  const countsSamples = (d: number | string): boolean => typeof d === "string" || d === 1;
  const batch = countsSamples(shape[0]!) ? 0 : shape.findIndex(countsSamples);
  if (batch < 0)
    throw new RangeError(
      `onnx: the input ${quoted(name)} has the shape [${shape.join(", ")}], in which no axis can count samples; export the model with a free first axis`,
    );
  const rest = shape.filter((_, i) => i !== batch);
  const whole = given?.length === rest.length ? given : undefined;
  const fixed = rest.reduce<number>((n, d) => n * (typeof d === "number" ? d : 1), 1);
  const open = rest.filter((d) => typeof d === "string").length;
  const total = given?.reduce((a, b) => a * b, 1);
  const axes = rest.map((d, i) => {
    if (typeof d === "number") return d;
    const length = whole?.[i] ?? (open === 1 && total !== undefined ? total / fixed : NaN);
    if (!Number.isInteger(length) || length < 1)
      throw new RangeError(
        `onnx: the input ${quoted(name)} leaves the axis ${quoted(d || String(i))} of [${shape.map((s) => s || "any").join(", ")}] free, and the data do not say its length; give them with all axes (NPZ, NPY, IDX)`,
      );
    return length;
  });
  return { batch, axes };
}

const vector = (n: number) => ({ dtype: "f64" as const, shape: [n] });

/** The shapes of results, or undefined where tracing fails. */
function shapesOf(
  f: (theta: Tensor, x: Tensor) => Tensor[],
  size: number,
  shape: readonly number[],
): (readonly number[])[] | undefined {
  try {
    return trace((t, x) => f(t!, x!), [vector(size), { dtype: "f64", shape }]).outputs.map((t) => t.shape);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

interface Whole {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly axes: readonly number[];
  apply(theta: Tensor, x: Tensor, walk?: Walk): Tensor;
}

/** The network as layers: at values whose first axis counts samples, before weights. */
function layersOf(
  model: OnnxModel,
  program: OnnxProgram,
  stages: readonly Stage[],
  whole: Whole,
): Pick<Architecture, "layerMaps" | "apply" | "layers"> {
  const groups = grouped(model, program, stages, whole);
  if (groups.length < 2) {
    const one: LayerMap = { ...whole, name: "model", parameters: program.layout, law: "onnx" };
    return { ...compose([one]), apply: (theta, x, walk) => whole.apply(theta, x, walk), layerMaps: [one] };
  }
  const layerMaps = groups.map(({ nodes, from, to, axes, results }, l): LayerMap => {
    const names = new Set(nodes.flatMap((i) => model.nodes[i]!.inputs));
    const parameters = program.layout.filter((p) => names.has(p.name));
    // The first input stays: shapes further down may be those of values before the cut.
    const inner = onnxProgram(
      {
        ...model,
        inputs: [{ name: from, type: "float" }, ...(l === 0 ? [] : model.inputs)],
        nodes: model.nodes,
      },
      { outputs: [to], parameters: parameters.map((p) => p.name) },
    );
    const first = nodes.find((i) =>
      model.nodes[i]!.inputs.some((n) => parameters.some((p) => p.name === n && p.shape.length > 1)),
    );
    const title = placeOf(model.nodes[first ?? nodes[0]!]!, first ?? nodes[0]!).replace(/^onnx: node (\d+) \((\w+).*$/, "$2 $1");
    return {
      name: title,
      inputs: count(axes),
      outputs: count(results),
      parameters,
      law: `onnx ${nodes.map((i) => model.nodes[i]!.operator).join(" ")}`,
      apply(theta, h) {
        const n = h.shape[0]!;
        const own = inner.layout.map((p) => reshape(part(theta, same(program.layout, p)), [-1]));
        const weights = own.length === 0 ? constant([]) : own.length === 1 ? own[0]! : concat(own, 0);
        const empty = l === 0 ? [] : [constant(new Float64Array(n * count(whole.axes)), [n, ...whole.axes])];
        return reshape(inner.apply(weights, reshape(h, [n, ...axes]), ...empty)[0]!, [n, count(results)]);
      },
    };
  });
  return { ...compose(layerMaps), apply: (theta, x, walk) => whole.apply(theta, x, walk), layerMaps };
}

const same = (layout: readonly Part[], { name }: Part): Part => layout.find((p) => p.name === name)!;

interface Group extends Stage {
  readonly axes: readonly number[];
  readonly results: readonly number[];
}

function grouped(model: OnnxModel, program: OnnxProgram, stages: readonly Stage[], whole: Whole): Group[] {
  if (stages.length < 2) return [];
  const outputs = stages.map((s) => s.to);
  const all = onnxProgram(model, { outputs, parameters: program.layout.map((p) => p.name) });
  const at = (n: number) => shapesOf((t, x) => all.apply(t, reshape(x, [n, ...whole.axes])), program.size, [n, whole.inputs]);
  const [two, three] = [at(2), at(3)];
  if (!two || !three) return [];
  const usable = stages.map((_, i) => {
    const [a, b] = [two[i]!, three[i]!];
    return a[0] === 2 && b[0] === 3 && a.slice(1).join() === b.slice(1).join();
  });
  if (!usable.at(-1)) return [];
  const weights = new Set(program.layout.filter((p) => p.shape.length > 1).map((p) => p.name));
  // Biases may lie as matrices of one row, but are added number by number.
  const weighted = (nodes: readonly number[]): boolean =>
    nodes.some((i) => !elementwise.has(model.nodes[i]!.operator) && model.nodes[i]!.inputs.some((n) => weights.has(n)));
  const groups: Group[] = [];
  let [nodes, from, axes, heavy] = [[] as number[], stages[0]!.from, whole.axes, false];
  stages.forEach((stage, i) => {
    nodes.push(...stage.nodes);
    heavy ||= weighted(stage.nodes);
    const next = stages[i + 1];
    if (!usable[i] || (next && !(heavy && weighted(next.nodes)))) return;
    groups.push({ nodes, from, to: stage.to, axes, results: two[i]!.slice(1) });
    [nodes, from, axes, heavy] = [[], stage.to, two[i]!.slice(1), false];
  });
  return groups;
}
