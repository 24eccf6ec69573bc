import { constant, interpret, reshape, trace, type Tensor } from "#engine";
import { activations, type Activation } from "../../networks/activations.js";
import { affineLayer } from "../../networks/affine-layer.js";
import { compose, type Architecture } from "../../networks/architecture.js";
import type { Part } from "../../core/system.js";
import { onnxOperators } from "./operators/index.js";
import { placeOf } from "./operators/operator.js";
import { onnxProgram } from "./program.js";
import { count, type OnnxTensor } from "./tensor.js";
import type { OnnxModel, OnnxNode } from "./model.js";
import type { Stage } from "./stages.js";

/** A multilayer perceptron that a model turned out to be. */
export interface Layered {
  readonly architecture: Architecture;
  readonly theta: Float64Array;
  readonly widths: readonly number[];
  /** After each layer; undefined: none. */
  readonly activations: readonly (Activation | undefined)[];
}

interface Affine {
  /** inputs x outputs, row by row. */
  readonly weights: Float64Array;
  readonly inputs: number;
  readonly outputs: number;
  bias: Float64Array | undefined;
  activation: Activation | undefined;
}

/** Operators that work number by number. */
export const elementwise: ReadonlySet<string> = new Set(
  onnxOperators.find((f) => f.name === "elementwise")!.operators.map((o) => o.name),
);
/** What leaves the row of numbers of each sample as it is. */
const NEUTRAL = new Set(["Identity", "Cast", "Flatten", "Dropout"]);
/** Values at which an activation is held against those that have a name. */
const GRID = Float64Array.of(
  ...Array.from({ length: 97 }, (_, i) => (i - 48) / 8),
  // Far out, where bounds are: 6 and more of many of them.
  ...[7, 9, 12, 20, 50, 100].flatMap((x) => [-x, x]),
);

/**
 * A model as a multilayer perceptron, where it is one: affine maps and activations in turn.
 *
 * *Arguments*: `stages` from `stagesOf`; `inputs`: numbers of a sample.
 * *Returns*: the perceptron with parameters as `mlp` has them (W1, b1, ...); or why there is none, naming the node that is something else.
 * *Error*: an activation has the name of the catalogue's entry that agrees with it to 1e-6 on [-6, 6], since files hold float32 constants.
 */
export function layered(model: OnnxModel, stages: readonly Stage[], inputs: number): Layered | string {
  const stored = new Map(model.initializers.map((i) => [i.name, i]));
  const constants = sizesOf(model);
  const affine: Affine[] = [];
  let width = inputs;
  for (let at = 0; at < stages.length; at++) {
    let stage = stages[at]!;
    const [first] = stage.nodes as [number];
    const node = model.nodes[first]!;
    const place = placeOf(node, first).replace("onnx: ", "");
    const last = affine.at(-1);
    if (stage.nodes.length === 1 && NEUTRAL.has(node.operator)) {
      if (node.operator === "Flatten" && (node.attributes.get("axis") ?? 1) !== 1) return `${place} joins samples`;
      continue;
    }
    const map = stage.nodes.length === 1 ? affineOf(node, stored) : undefined;
    if (map) {
      if (map.inputs !== width) return `${place} takes ${map.inputs} numbers where a sample has ${width}`;
      affine.push(map);
      width = map.outputs;
      continue;
    }
    const bias = stage.nodes.length === 1 && node.operator === "Add" ? vectorOf(node, stored, width) : undefined;
    if (bias && last && !last.activation && !last.bias) {
      last.bias = bias;
      continue;
    }
    if (!last) return `${place} comes before the first layer`;
    // An activation may be several steps, each through one value: 0.5 x (1 + erf(x / sqrt(2))).
    const [start, single] = [stage.from, (s: Stage | undefined) => s && unitwise(model, s, constants)];
    while (single(stage) && single(stages[at + 1]))
      stage = { nodes: [...stage.nodes, ...stages[at + 1]!.nodes], from: start, to: stages[++at]!.to };
    const activation = single(stage) ? activationOf(model, stage) : undefined;
    if (!activation || last.activation)
      return `${place} is neither an affine map of the whole state nor an activation of single units`;
    last.activation = activation;
  }
  return affine.length === 0 ? "it has no affine map" : assembled(affine);
}

function affineOf(node: OnnxNode, stored: ReadonlyMap<string, OnnxTensor>): Affine | undefined {
  const weight = stored.get(node.inputs[1] ?? "");
  if (weight?.shape.length !== 2 || weight.type !== "float") return undefined;
  const attribute = (name: string, otherwise: number) => node.attributes.get(name) ?? otherwise;
  const [rows, columns] = weight.shape as [number, number];
  if (node.operator === "MatMul")
    return { weights: weight.data, inputs: rows, outputs: columns, bias: undefined, activation: undefined };
  if (node.operator !== "Gemm" || attribute("alpha", 1) !== 1 || attribute("beta", 1) !== 1 || attribute("transA", 0) !== 0)
    return undefined;
  const turned = attribute("transB", 0) !== 0;
  const [inputs, outputs] = turned ? [columns, rows] : [rows, columns];
  const weights = turned
    ? Float64Array.from(weight.data, (_, i) => weight.data[(i % outputs) * inputs + Math.floor(i / outputs)]!)
    : weight.data;
  if (!node.inputs[2]) return { weights, inputs, outputs, bias: undefined, activation: undefined };
  const bias = stored.get(node.inputs[2]);
  return bias && bias.data.length === outputs && bias.shape.at(-1) === outputs
    ? { weights, inputs, outputs, bias: bias.data, activation: undefined }
    : undefined;
}

/** The stored operand of a sum with one, where it is a row of the width given. */
function vectorOf({ inputs }: OnnxNode, stored: ReadonlyMap<string, OnnxTensor>, width: number): Float64Array | undefined {
  const found = inputs.map((name) => stored.get(name)).find((t) => t !== undefined);
  return found && found.data.length === width && found.shape.at(-1) === width ? found.data : undefined;
}

/** Whether a stage does the same to every number by itself. */
function unitwise(model: OnnxModel, { nodes, from }: Stage, sizes: ReadonlyMap<string, number>): boolean {
  const own = new Set(nodes.flatMap((i) => model.nodes[i]!.outputs));
  return nodes.every((i) => {
    const { operator, inputs } = model.nodes[i]!;
    // Anything else it reads is one number: a constant of the formula.
    const constants = inputs.filter((name) => name !== "" && name !== from && !own.has(name));
    return elementwise.has(operator) && constants.every((name) => sizes.get(name) === 1);
  });
}

/** Some nodes, through one value to the next, as a function of single numbers, with the name of the catalogue where there is one. */
export function activationOf(model: OnnxModel, { nodes, from, to }: Stage): Activation {
  // Its own constants alone: weights are many numbers.
  const read = new Set(nodes.flatMap((i) => model.nodes[i]!.inputs));
  const initializers = model.initializers.filter((t) => read.has(t.name));
  const program = onnxProgram(
    { ...model, initializers, inputs: [{ name: from, type: "float" }], outputs: [{ name: to, type: "float" }] },
    { outputs: [to], parameters: [] },
  );
  const apply = (x: Tensor): Tensor => program.apply(constant([]), x)[0]!;
  const values = (f: (x: Tensor) => Tensor): ArrayLike<number> =>
    interpret(
      trace((x) => reshape(f(x), [GRID.length]), [{ dtype: "f64", shape: [GRID.length] }]),
      [GRID],
    )[0]!;
  const found = values(apply);
  const known = activations.find((a) => {
    const wanted = values(a.apply);
    return GRID.every((_, i) => Math.abs(found[i]! - wanted[i]!) <= 1e-6 * Math.max(1, Math.abs(wanted[i]!)));
  });
  return known ?? { name: nodes.map((i) => model.nodes[i]!.operator).join("-"), description: "of the model file", apply };
}

/** How many numbers each fixed value holds: those stored, and results of Constant. */
export function sizesOf(model: OnnxModel): ReadonlyMap<string, number> {
  const sizes = new Map(model.initializers.map((t) => [t.name, count(t.shape)]));
  for (const { operator, outputs, attributes } of model.nodes) {
    if (operator !== "Constant") continue;
    const value = attributes.get("value");
    sizes.set(outputs[0] ?? "", typeof value === "object" && "data" in value ? value.data.length : 1);
  }
  return sizes;
}

function assembled(affine: readonly Affine[]): Layered {
  const layout: Part[] = [];
  let size = 0;
  const place = (name: string, shape: readonly number[], values: Float64Array): Part => {
    const placed = { name, shape, offset: size };
    layout.push(placed);
    stored.push(values);
    size += count(shape);
    return placed;
  };
  const stored: Float64Array[] = [];
  const layerMaps = affine.map(({ weights, inputs, outputs, bias, activation }, l) => {
    const weight = place(`W${l + 1}`, [inputs, outputs], weights);
    return affineLayer(`${l + 1}`, weight, bias ? place(`b${l + 1}`, [outputs], bias) : undefined, activation);
  });
  const theta = new Float64Array(size);
  stored.forEach((values, i) => theta.set(values, layout[i]!.offset));
  const widths = [affine[0]!.inputs, ...affine.map((a) => a.outputs)];
  const between = affine.slice(0, -1).map((a) => a.activation?.name ?? "identity");
  const common = new Set(between).size === 1 && activations.some((a) => a.name === between[0]) ? between[0]! : undefined;
  return {
    architecture: {
      name: `mlp ${widths.join("-")} ${[...new Set(between)].join(", ")}`.trim(),
      inputs: widths[0]!,
      outputs: widths.at(-1)!,
      ...(common === undefined ? {} : { activation: common }),
      size,
      layout,
      layerMaps,
      ...compose(layerMaps),
      initial: () => theta.slice(),
    },
    theta,
    widths,
    activations: affine.map((a) => a.activation),
  };
}
