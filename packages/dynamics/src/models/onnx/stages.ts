import { orderOf } from "./order.js";
import type { OnnxModel, OnnxNode } from "./model.js";

/** A stretch of a model that one value enters and one leaves. */
export interface Stage {
  /** Numbers of its nodes, each after those it needs. */
  readonly nodes: readonly number[];
  /** Names of the value that enters and of the one that leaves. */
  readonly from: string;
  readonly to: string;
}

/** What these make of their input depends on its shape alone. */
const OF_SHAPES = new Set(["Shape", "Size"]);

/**
 * A model as stages in a row: cut wherever all that depends on the input passes through one value.
 *
 * *Arguments*: `input` and `output`: names of values. *Returns*: stages from the first to the last; parallel branches lie inside one.
 * *Error*: throws as `orderOf` does, and when the output does not depend on the input.
 * *Cost*: one pass over nodes and edges.
 */
export function stagesOf(model: OnnxModel, input: string, output: string): Stage[] {
  const passes = dependentOf(model, orderOf(model, [output]), input);
  if (output === input || !passes.some((p) => p.node.outputs.includes(output)))
    throw new RangeError(`onnx: the output ${JSON.stringify(output.slice(0, 60))} does not depend on the input`);
  /** Number of the pass that reads a value last. */
  const last = new Map<string, number>([[output, passes.length]]);
  passes.forEach(({ reads }, i) => reads.forEach((name) => last.set(name, Math.max(i, last.get(name) ?? 0))));
  const stages: Stage[] = [];
  const live = new Set([input]);
  let [from, nodes] = [input, [] as number[]];
  passes.forEach(({ at, node }, i) => {
    nodes.push(at);
    node.outputs.forEach((name) => last.has(name) && live.add(name));
    for (const name of live) if (last.get(name)! <= i) live.delete(name);
    const [only] = live;
    if (live.size !== 1 || only === from) return;
    stages.push({ nodes, from, to: only! });
    [from, nodes] = [only!, []];
  });
  return stages;
}

/** A node that depends on the input. */
export interface Pass {
  /** Its place among those that do. */
  readonly number: number;
  /** Its number in the model. */
  readonly at: number;
  readonly node: OnnxNode;
  /** Names of the values it reads that depend on the input. */
  readonly reads: readonly string[];
}

/** Of some nodes, each after those it needs, those that depend on a value by more than its shape. */
export function dependentOf(model: OnnxModel, order: readonly number[], input: string): Pass[] {
  const dependent = new Set([input]);
  const passes: Pass[] = [];
  for (const at of order) {
    const node = model.nodes[at]!;
    const reads = OF_SHAPES.has(node.operator) ? [] : node.inputs.filter((name) => dependent.has(name));
    if (reads.length === 0) continue;
    node.outputs.forEach((name) => name !== "" && dependent.add(name));
    passes.push({ number: passes.length, at, node, reads });
  }
  return passes;
}
