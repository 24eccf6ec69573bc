import type { OnnxModel, OnnxNode } from "./model.js";
import { placeOf } from "./operators/operator.js";
import { quoted } from "./quoted.js";
import type { OnnxTensor } from "./tensor.js";

const DOMAIN = "ai.onnx.ml";
/** A version of the plain operators that every one used here has, for files that name none. */
const PLAIN = 13;

/**
 * A model with the linear models of scikit-learn written as what they are: `LinearRegressor` as Gemm, `LinearClassifier` as Gemm, ArgMax and Softmax or
 * Sigmoid. Their coefficients become initializers, and so parameters.
 *
 * *Definition*: of a classifier the scores are X W^T + b, the label is the class of the largest one, and post_transform makes probabilities of them. Two
 * opposite scores -s and s with the logistic function are the softmax of -s/2 and s/2, and are written so: then the outputs are those of any classifier.
 * Labels that are texts are the numbers of their classes. A node keeps its number; what is more stands behind the others.
 * *Error*: throws a RangeError that names the node, whose numbers do not fit or whose post_transform is another.
 */
export function withPlainLinearModels(model: OnnxModel): OnnxModel {
  if (!model.nodes.some(isLinear)) return model;
  const names = new Set([
    ...model.inputs.map((i) => i.name),
    ...model.initializers.map((i) => i.name),
    ...model.nodes.flatMap((n) => n.outputs),
  ]);
  const initializers = [...model.initializers];
  const more: OnnxNode[] = [];
  const fresh = (name: string): string => {
    while (names.has(name)) name += "_";
    names.add(name);
    return name;
  };
  const store = (name: string, type: OnnxTensor["type"], shape: readonly number[], data: Float64Array): string => {
    initializers.push({ name: fresh(name), type, shape, data });
    return initializers.at(-1)!.name;
  };
  const nodes = model.nodes.map((node, index): OnnxNode => {
    if (!isLinear(node)) return node;
    const name = node.name || node.operator;
    const linear =
      node.operator === "LinearClassifier" ? classifier(node, placeOf(node, index)) : regressor(node, placeOf(node, index));
    const { rows, columns, weights, bias, head, labels } = linear;
    const inputs = [
      node.inputs[0] ?? "",
      store(`${name}.coefficients`, "float", [rows, columns], weights),
      ...(bias ? [store(`${name}.intercepts`, "float", [rows], bias)] : []),
    ];
    const plain = (
      operator: string,
      from: readonly string[],
      to: string,
      attributes: OnnxNode["attributes"] = new Map(),
    ): OnnxNode => ({
      name,
      operator,
      domain: "",
      inputs: from,
      outputs: [to],
      attributes,
    });
    const [first, second] = node.outputs as [string, string | undefined];
    const result = labels ? second || fresh(`${name}.probabilities`) : first;
    const scores = head ? fresh(`${name}.scores`) : result;
    if (head) more.push(plain(head, [scores], result, head === "Softmax" ? new Map([["axis", 1]]) : new Map()));
    if (labels && first) {
      const counted = labels.every((label, i) => label === i);
      const best = counted ? first : fresh(`${name}.best`);
      more.push(
        plain(
          "ArgMax",
          [scores],
          best,
          new Map([
            ["axis", 1],
            ["keepdims", 0],
          ]),
        ),
      );
      if (!counted)
        more.push(plain("Gather", [store(`${name}.labels`, "integer", [labels.length], Float64Array.from(labels)), best], first));
    }
    return plain("Gemm", inputs, scores, new Map([["transB", 1]]));
  });
  const versions = model.versions.has("") ? model.versions : new Map([...model.versions, ["", PLAIN]]);
  return { ...model, versions, initializers, nodes: [...nodes, ...more] };
}

const isLinear = ({ domain, operator }: OnnxNode): boolean =>
  domain === DOMAIN && (operator === "LinearClassifier" || operator === "LinearRegressor");

interface Linear {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns], row by row. */
  readonly weights: Float64Array;
  readonly bias: Float64Array | undefined;
  readonly head?: "Softmax" | "Sigmoid" | undefined;
  readonly labels?: readonly number[];
}

const numbers = (node: OnnxNode, name: string, place: string): readonly number[] => {
  const found = node.attributes.get(name) ?? [];
  if (!Array.isArray(found) || found.some((x) => typeof x !== "number"))
    throw new RangeError(`${place}: the attribute ${name} is no list of numbers`);
  return found as readonly number[];
};

/** Coefficients and intercepts of so many scores. */
function affine(node: OnnxNode, rows: number, place: string): Linear {
  const [weights, bias] = [numbers(node, "coefficients", place), numbers(node, "intercepts", place)];
  const columns = weights.length / rows;
  if (!Number.isInteger(rows) || rows < 1 || columns < 1 || !Number.isInteger(columns))
    throw new RangeError(`${place}: ${weights.length} coefficients for ${rows} targets or classes`);
  if (bias.length !== 0 && bias.length !== rows)
    throw new RangeError(`${place}: ${bias.length} intercepts for ${rows} targets or classes`);
  return { rows, columns, weights: Float64Array.from(weights), bias: bias.length === 0 ? undefined : Float64Array.from(bias) };
}

function transformOf(node: OnnxNode, place: string, supported: readonly string[]): string {
  const found = node.attributes.get("post_transform") ?? "NONE";
  if (typeof found !== "string" || !supported.includes(found))
    throw new RangeError(
      `${place}: the post_transform ${quoted(String(found))}, which is not supported; supported are ${supported.join(", ")}`,
    );
  return found;
}

function regressor(node: OnnxNode, place: string): Linear {
  transformOf(node, place, ["NONE"]);
  const targets = node.attributes.get("targets") ?? 1;
  return affine(node, typeof targets === "number" ? targets : NaN, place);
}

function classifier(node: OnnxNode, place: string): Linear {
  const transform = transformOf(node, place, ["NONE", "SOFTMAX", "LOGISTIC"]);
  const given = numbers(node, "classlabels_ints", place);
  const texts = node.attributes.get("classlabels_strings");
  const labels = given.length > 0 || !Array.isArray(texts) ? given : texts.map((_, i) => i);
  // One score of two classes is that of the second.
  const single = labels.length === 2 && numbers(node, "intercepts", place).length === 1;
  if (single && transform !== "LOGISTIC")
    throw new RangeError(`${place}: one score for two classes with the post_transform ${transform}; supported is LOGISTIC`);
  const found = affine(node, single ? 1 : labels.length, place);
  const two = single ? doubled(found) : found;
  if (transform === "LOGISTIC" && isOpposite(two)) {
    const half = (values: Float64Array): Float64Array => values.map((v) => v / 2);
    return { ...two, weights: half(two.weights), bias: two.bias && half(two.bias), head: "Softmax", labels };
  }
  return { ...two, head: transform === "SOFTMAX" ? "Softmax" : transform === "LOGISTIC" ? "Sigmoid" : undefined, labels };
}

const doubled = ({ columns, weights, bias }: Linear): Linear => {
  const both = (values: Float64Array): Float64Array =>
    Float64Array.from({ length: 2 * values.length }, (_, i) => (i < values.length ? -values[i]! : values[i - values.length]!));
  return { rows: 2, columns, weights: both(weights), bias: bias && both(bias) };
};

/** Whether there are two scores, one the other with its sign changed. */
function isOpposite({ rows, columns, weights, bias }: Linear): boolean {
  if (rows !== 2 || (bias && bias[0] !== -bias[1]!)) return false;
  for (let j = 0; j < columns; j++) if (weights[j] !== -weights[columns + j]!) return false;
  return true;
}
