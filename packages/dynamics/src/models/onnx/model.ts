import type { FileBeside, FilesBeside } from "./beside.js";
import { quoted } from "./quoted.js";
import { elementType, elementName, readTensor, MOST_AXES, type ElementType, type OnnxTensor } from "./tensor.js";
import { withPlainLinearModels } from "./linear-models.js";
import { eachField, type Stretch } from "./wire.js";

/** An input or output of a model, as the file declares it. */
export interface OnnxPort {
  readonly name: string;
  readonly type: ElementType;
  /** A number, or the name of a length that is free (perhaps empty); undefined when the file does not say. */
  readonly shape?: readonly (number | string)[];
}

export type OnnxAttribute = number | string | readonly number[] | readonly string[] | OnnxTensor | OnnxGraph;

/** One application of an operator. */
export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  /** Empty: the operators of ONNX itself. */
  readonly domain: string;
  /** Names of values; an empty one is left out. Behind the operator's own stand those that graphs inside the node take from outside. */
  readonly inputs: readonly string[];
  /** How many of the inputs, the last ones, are for graphs inside. Default 0. */
  readonly outside?: number;
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** Nodes with what they start from: a model, or a body or branch inside a node, whose initializers are then those of the model. */
export interface OnnxGraph {
  readonly name: string;
  /** Without those that an initializer gives. */
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly initializers: readonly OnnxTensor[];
  readonly nodes: readonly OnnxNode[];
}

/** A model file as plain records. */
export interface OnnxModel extends OnnxGraph {
  readonly producer: string;
  /** Version of the operators by domain. */
  readonly versions: ReadonlyMap<string, number>;
}

const MOST_NODES = 100_000;
/** Graphs in nodes of graphs in nodes: exporters write one or two. */
const MOST_DEPTH = 8;

/**
 * Reads a model in the ONNX format.
 *
 * *Arguments*: `bytes`: the file; `beside`: gives the bytes of a file in the model's folder, where exporters keep large weights. It is asked for plain
 * names only.
 * *Returns*: its graph as plain records; numbers of every element type are widened to float64. Linear models of scikit-learn are written as Gemm with
 * what follows it.
 * *Error*: throws a RangeError that names the place when the file is cut off or corrupt, defines a name twice, keeps weights in a
 * file that is missing, too short or in another folder, or holds what is not read: functions, sparse and text tensors.
 * *Cost*: one pass over the bytes; memory a small multiple of the file.
 * *Source*: ONNX, "Open Neural Network Exchange Intermediate Representation" and onnx.proto3 (onnx.ai).
 * *Example*: `readOnnx(new Uint8Array([8, 7, 58, 3])) // throws 3 bytes announced, 0 left`
 */
export function readOnnx(bytes: Uint8Array, beside?: FileBeside): OnnxModel {
  const versions = new Map<string, number>();
  let graph: Stretch | undefined;
  let producer = "";
  eachField({ bytes, at: 0 }, "onnx", (field) => {
    if (field.number === 2) producer = field.text();
    else if (field.number === 7) graph = field.stretch();
    else if (field.number === 8) {
      const { domain, version } = readVersion(field.stretch());
      versions.set(canonical(domain), version);
    } else if (field.number === 25)
      throw new RangeError("onnx: the model defines functions, which are not read; export it with them inlined");
  });
  if (!graph) throw new RangeError("onnx: the file holds no graph; expected an ONNX model");
  return withPlainLinearModels({
    producer,
    versions,
    ...readGraph(graph, beside && { read: beside, taken: new Map() }, "onnx", 0),
  });
}

const canonical = (domain: string): string => (domain === "ai.onnx" ? "" : domain);

function readVersion(stretch: Stretch): { domain: string; version: number } {
  let [domain, version] = ["", 0];
  eachField(stretch, "onnx: operator set", (field) => {
    if (field.number === 1) domain = field.text();
    else if (field.number === 2) version = field.integer();
  });
  return { domain, version };
}

function readGraph(stretch: Stretch, beside: FilesBeside | undefined, what: string, depth: number): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const [inputs, outputs]: [OnnxPort[], OnnxPort[]] = [[], []];
  let name = "";
  eachField(stretch, what, (field) => {
    if (field.number === 1) {
      const { node, weights } = readNode(field.stretch(), nodes.length, what, beside, depth);
      for (const tensor of weights) initializers.push(tensor);
      if (nodes.push(node) > MOST_NODES) throw new RangeError(`${what}: more than ${MOST_NODES} nodes`);
    } else if (field.number === 2) name = field.text();
    else if (field.number === 5) initializers.push(readTensor(field.stretch(), what, beside));
    else if (field.number === 11) inputs.push(readPort(field.stretch(), "input"));
    else if (field.number === 12) outputs.push(readPort(field.stretch(), "output"));
    else if (field.number === 15) throw new RangeError(`${what}: the graph holds sparse tensors, which are not read`);
  });
  const given = new Set(initializers.map((i) => i.name));
  const free = inputs.filter((i) => !given.has(i.name));
  once([...free.map((i) => i.name), ...initializers.map((i) => i.name), ...nodes.flatMap((n) => n.outputs)], what);
  if (outputs.length === 0) throw new RangeError(`${what}: the graph has no outputs`);
  return { name, nodes, initializers, inputs: free, outputs };
}

/** Throws when a value is defined twice; left-out values have the empty name. */
function once(names: readonly string[], what: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (name === "") continue;
    if (seen.has(name)) throw new RangeError(`${what}: the value ${quoted(name)} is defined twice`);
    seen.add(name);
  }
}

/** A node; `weights`: initializers of the graphs inside it, which become the model's. */
function readNode(
  stretch: Stretch,
  index: number,
  within: string,
  beside: FilesBeside | undefined,
  depth: number,
): { node: OnnxNode; weights: readonly OnnxTensor[] } {
  const what = `${within}: node ${index}`;
  const weights: OnnxTensor[] = [];
  const outside = new Set<string>();
  const [inputs, outputs]: [string[], string[]] = [[], []];
  const attributes = new Map<string, OnnxAttribute>();
  let [name, operator, domain] = ["", "", ""];
  eachField(stretch, what, (field) => {
    if (field.number === 1) inputs.push(field.text());
    else if (field.number === 2) outputs.push(field.text());
    else if (field.number === 3) name = field.text();
    else if (field.number === 4) operator = field.text();
    else if (field.number === 7) domain = canonical(field.text());
    else if (field.number === 5) {
      const label = `${what} ${quoted(operator || name)}`;
      const inner = (part: Stretch): OnnxGraph => {
        if (depth >= MOST_DEPTH) throw new RangeError(`${label}: graphs inside graphs, more than ${MOST_DEPTH} deep`);
        const graph = readGraph(part, beside, `${label}, inside`, depth + 1);
        for (const tensor of graph.initializers) weights.push(tensor);
        for (const used of takenFromOutside(graph)) outside.add(used);
        return { ...graph, initializers: [] };
      };
      const { key, value } = readAttribute(field.stretch(), label, inner);
      if (attributes.has(key)) throw new RangeError(`${what}: the attribute ${quoted(key)} is given twice`);
      attributes.set(key, value);
    }
  });
  const node = { name, operator, domain, inputs, outputs, attributes };
  return { node: outside.size === 0 ? node : { ...node, inputs: [...inputs, ...outside], outside: outside.size }, weights };
}

/** Names of values that a graph uses and does not make, its initializers among them. */
function takenFromOutside({ inputs, outputs, nodes }: OnnxGraph): Set<string> {
  const own = new Set([...inputs.map((i) => i.name), ...nodes.flatMap((n) => n.outputs), ""]);
  const used = [...nodes.flatMap((n) => n.inputs), ...outputs.map((o) => o.name)];
  return new Set(used.filter((name) => !own.has(name)));
}

const INTS = 7;
const FLOATS = 6;
const STRINGS = 8;

function readAttribute(
  stretch: Stretch,
  what: string,
  inner: (part: Stretch) => OnnxGraph,
): { key: string; value: OnnxAttribute } {
  const numbers: number[] = [];
  const words: string[] = [];
  let [key, type] = ["", 0];
  let value: OnnxAttribute | undefined;
  eachField(stretch, what, (field) => {
    if (field.number === 1) key = field.text();
    else if (field.number === 2) value = field.float();
    else if (field.number === 3) value = field.integer();
    else if (field.number === 4) value = field.text();
    else if (field.number === 5) value = readTensor(field.stretch(), what);
    else if (field.number === 7) field.floats((v) => numbers.push(v));
    else if (field.number === 8) field.integers((v) => numbers.push(v));
    else if (field.number === 9) words.push(field.text());
    else if (field.number === 20) type = field.integer();
    else if (field.number === 6) value = inner(field.stretch());
    else if ([10, 11, 14, 15, 22, 23].includes(field.number))
      throw new RangeError(`${what}: the attribute ${quoted(key)} is of a kind that is not read`);
  });
  // A scalar that is zero may be left out of the file; then its type alone says that it is there.
  if (value === undefined && (type === FLOATS || type === INTS || numbers.length > 0)) value = numbers;
  if (value === undefined && (type === STRINGS || words.length > 0)) value = words;
  return { key, value: value ?? (type === 3 ? "" : 0) };
}

function readPort(stretch: Stretch, what: string): OnnxPort {
  let name = "";
  let tensor: Stretch | undefined;
  eachField(stretch, `onnx: ${what}`, (field) => {
    if (field.number === 1) name = field.text();
    else if (field.number === 2)
      eachField(field.stretch(), `onnx: ${what} ${quoted(name)}`, (kind) => {
        if (kind.number === 1) tensor = kind.stretch();
      });
  });
  const label = `onnx: ${what} ${quoted(name)}`;
  // A sequence or a map: it matters only if somebody asks for it.
  if (!tensor) return { name, type: "float" };
  let code = 1;
  let shape: (number | string)[] | undefined;
  eachField(tensor, label, (field) => {
    if (field.number === 1) code = field.integer();
    else if (field.number === 2) {
      shape = [];
      eachField(field.stretch(), label, (dim) => {
        if (dim.number !== 1) return;
        let length: number | string = "";
        eachField(dim.stretch(), label, (one) => {
          if (one.number === 1) length = one.integer();
          else if (one.number === 2) length = one.text();
        });
        if (typeof length === "number" && length < 0) length = "";
        if (shape!.push(length) > MOST_AXES) throw new RangeError(`${label}: more than ${MOST_AXES} axes`);
      });
    }
  });
  const type = elementType(code);
  if (!type && what === "input") throw new RangeError(`${label} has ${elementName(code)}, which is not read`);
  // Texts are the names of classes, which are known by their numbers here.
  return { name, type: type ?? (code === 8 ? "integer" : "float"), ...(shape ? { shape } : {}) };
}
