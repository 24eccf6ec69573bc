import { activations } from "../../networks/activations.js";
import { activationOf, elementwise, sizesOf } from "./layered.js";
import type { OnnxModel, OnnxNode } from "./model.js";
import { orderOf } from "./order.js";
import { dependentOf, type Pass } from "./stages.js";

/** Nodes of a model that are one activation: a function of single numbers, from a local field to what a unit gives. */
export interface ActivationNodes {
  /** That of the catalogue's entry which it is, or the operators. */
  readonly name: string;
  readonly description: string;
  /** Names of the values. */
  readonly from: string;
  readonly to: string;
  /** Numbers of its nodes, each after those it needs. */
  readonly nodes: readonly number[];
}

/** Operators that are used as activations, whatever takes what they give. */
const ACTIVE = new Set(
  "Relu LeakyRelu PRelu ThresholdedRelu Elu Celu Selu Gelu Softplus Softsign Mish HardSigmoid HardSwish Tanh Sigmoid Erf Sin Cos".split(
    " ",
  ),
);
const GATES = new Set(["Sigmoid", "HardSigmoid"]);
/** Operators whose second input is weights, where the file gives it. */
const WEIGHTED = new Set(["MatMul", "Gemm", "Conv", "ConvTranspose"]);
/** What may lie between an activation and the weights that take it. */
const BETWEEN = new Set(
  "Identity Cast Dropout Reshape Flatten Transpose Squeeze Unsqueeze Slice Concat Pad AveragePool GlobalAveragePool MaxPool GlobalMaxPool".split(
    " ",
  ),
);

/** More than any network that is inspected has. */
const MOST = 1000;

/**
 * The activations of a model.
 *
 * *Definition*: nodes that compute number by number from one value, the local field, with constants of one number, and are no affine function of it: one node (Relu), or
 * several where the function needs them (0.5 x (1 + erf(x / sqrt 2)) is one gelu, x times its own sigmoid one silu). Affine factors before and behind stay outside,
 * unless the function has a name with them. Not counted: powers, roots, exponentials and the like, unless weights alone take their results (in a softmax or a
 * normalisation they are steps on the way); cutting off at one side other than 0; and sigmoids by which another signal is only multiplied, which are gates.
 * *Arguments*: `input` and `output`: names of values. *Returns*: the activations between them, in the order in which the nodes are computed.
 * *Error*: throws as `orderOf` does, and where there are more than 1000. *Cost*: a pass over nodes and edges, and some hundred values of each activation.
 */
export function activationNodes(model: OnnxModel, input: string, output: string): ActivationNodes[] {
  const passes = dependentOf(model, orderOf(model, [output]), input);
  const sizes = sizesOf(model);
  const stored = new Set(model.initializers.map((i) => i.name));
  /** By value: the value of which it is a function number by number, and whether that is affine. */
  const origins = new Map<string, { readonly root: string; readonly affine: boolean }>();
  const origin = (name: string) => origins.get(name) ?? { root: name, affine: true };
  const makers = new Map<string, Pass>();
  const readers = new Map<string, Pass[]>();
  for (const pass of passes) {
    const { node, reads } = pass;
    for (const name of new Set(reads)) readers.set(name, [...(readers.get(name) ?? []), pass]);
    for (const name of node.outputs) makers.set(name, pass);
    const roots = new Set(reads.map((name) => origin(name).root));
    if (roots.size === 1 && unitwise(pass, sizes))
      origins.set(node.outputs[0]!, {
        root: [...roots][0]!,
        affine: isAffine(pass) && reads.every((name) => origin(name).affine),
      });
  }
  const rooted = (pass: Pass): string => origin(pass.node.outputs[0]!).root;
  const readersOf = (name: string): readonly Pass[] => readers.get(name) ?? [];
  /** What takes a value, past some passes. */
  const takers = (name: string, past: (pass: Pass) => boolean): readonly Pass[] => {
    const taken = new Set<Pass>();
    const open = [...readersOf(name)];
    for (let pass = open.pop(); pass; pass = open.pop()) {
      if (taken.has(pass)) continue;
      taken.add(pass);
      if (past(pass)) open.push(...pass.node.outputs.flatMap(readersOf));
    }
    return [...taken].filter((pass) => !past(pass));
  };
  const weighted = ({ node: { operator, inputs } }: Pass): boolean =>
    WEIGHTED.has(operator) && inputs.some((name) => stored.has(name));
  const found = new Map<string, ActivationNodes>();
  for (const [name, { root, affine }] of origins) {
    const leaves = name === output || readersOf(name).some((p) => rooted(p) !== root);
    if (affine || !leaves) continue;
    if (found.size >= MOST) throw new RangeError(`onnx: more than ${MOST} activations; at most as many are looked for`);
    const core = coreOf(model, { root, end: name, makers, isAffine: (n) => origin(n).affine });
    if (found.has(core.to)) continue;
    const own = core.nodes.map((i) => model.nodes[i]!);
    // Still a function of the same field.
    const taken = takers(core.to, (p) => rooted(p) === root);
    const gate =
      own.length === 1 &&
      GATES.has(own[0]!.operator) &&
      taken.length > 0 &&
      taken.every((p) => p.node.operator === "Mul" && !p.node.inputs.some((name) => stored.has(name) || sizes.has(name)));
    const active = own.some((n) => ACTIVE.has(n.operator) || cuts(model, n));
    const final = takers(core.to, (p) => rooted(p) === root || BETWEEN.has(p.node.operator));
    if (!gate && (active || (final.length > 0 && final.every(weighted)))) found.set(core.to, core);
  }
  return [...found.values()].sort((a, b) => at(passes, a) - at(passes, b));
}

const at = (passes: readonly Pass[], { nodes }: ActivationNodes): number => passes.findIndex((p) => p.at === nodes.at(-1));

/** Whether a node does the same to every number by itself; slopes of a PRelu may differ by channel. */
function unitwise({ node, reads }: Pass, sizes: ReadonlyMap<string, number>): boolean {
  const own = new Set(reads);
  const constants = node.inputs.filter((name) => name !== "" && !own.has(name));
  return elementwise.has(node.operator) && (node.operator === "PRelu" || constants.every((name) => sizes.get(name) === 1));
}

/** Whether it is an affine function of what it reads. */
function isAffine({ node, reads }: Pass): boolean {
  const own = new Set(reads);
  const places = node.inputs.flatMap((name, i) => (own.has(name) ? [i] : []));
  if (["Add", "Sub", "Sum", "Mean", "Neg", "Identity"].includes(node.operator)) return true;
  return (node.operator === "Mul" && places.length === 1) || (node.operator === "Div" && places.join() === "0");
}

/** Whether it cuts off on both sides, or at 0. */
function cuts(model: OnnxModel, { operator, inputs, attributes }: OnnxNode): boolean {
  if (operator !== "Clip") return false;
  const value = (i: number, name: string): number | undefined => {
    const attribute = attributes.get(name);
    if (typeof attribute === "number") return attribute;
    const from = inputs[i];
    if (!from) return undefined;
    const kept = model.initializers.find((t) => t.name === from) ?? constantOf(model, from);
    return kept?.data[0];
  };
  const [low, high] = [value(1, "min"), value(2, "max")];
  return low === 0 || high === 0 || (low !== undefined && high !== undefined && low > -1e30 && high < 1e30);
}

function constantOf(model: OnnxModel, name: string): { readonly data: ArrayLike<number> } | undefined {
  const value = model.nodes.find((n) => n.operator === "Constant" && n.outputs[0] === name)?.attributes.get("value");
  return typeof value === "object" && "data" in value ? value : undefined;
}

interface Span {
  readonly root: string;
  readonly end: string;
  readonly makers: ReadonlyMap<string, Pass>;
  isAffine(name: string): boolean;
}

/** Affine steps before and behind an activation that are tried as parts of it. */
const MOST_FACTORS = 6;

/** What of the way from a field's origin to a value is the activation. */
function coreOf(model: OnnxModel, span: Span): ActivationNodes {
  const { root, end, makers } = span;
  const all = between(span, root, end);
  const bending = all.filter((p) => !isAffine(p));
  const [one] = bending;
  if (bending.length === 1 && new Set(one!.reads).size === 1) return named(model, [one!], one!.reads[0]!, one!.node.outputs[0]!);
  const starts = [root];
  for (let name = root; starts.length < MOST_FACTORS;) {
    const next = all.filter((p) => p.reads.includes(name));
    if (next.length !== 1 || !isAffine(next[0]!) || new Set(next[0]!.reads).size > 1) break;
    starts.push((name = next[0]!.node.outputs[0]!));
  }
  const ends = [end];
  for (let name = end; ends.length < MOST_FACTORS;) {
    const maker = makers.get(name)!;
    if (!isAffine(maker) || new Set(maker.reads).size > 1 || span.isAffine(maker.reads[0]!)) break;
    ends.push((name = maker.reads[0]!));
  }
  for (const from of starts)
    for (const to of ends) {
      const tried = named(model, between(span, from, to), from, to);
      if (activations.some((a) => a.name === tried.name)) return tried;
    }
  return named(model, between(span, starts.at(-1)!, end), starts.at(-1)!, end);
}

/** The passes on the way from one value to another. */
function between({ makers }: Span, from: string, to: string): Pass[] {
  const found = new Map<number, Pass>();
  const open = [to];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const maker = name === from ? undefined : makers.get(name);
    if (!maker || found.has(maker.number)) continue;
    found.set(maker.number, maker);
    open.push(...maker.reads);
  }
  return [...found.values()].sort((a, b) => a.number - b.number);
}

function named(model: OnnxModel, passes: readonly Pass[], from: string, to: string): ActivationNodes {
  const nodes = passes.map((p) => p.at);
  // The slopes of a PRelu are no numbers of a formula.
  const known = passes.some((p) => p.node.operator === "PRelu") ? undefined : activationOf(model, { nodes, from, to });
  const name = known?.name ?? passes.map((p) => p.node.operator).join("-");
  return { name, description: known?.description ?? "of the model file", from, to, nodes };
}
