import { describe, expect, test } from "vitest";
import { evaluate } from "#engine";
import { onnxFile, type WrittenNode } from "../../../../../test/support/onnx.js";
import { activationNodes } from "./activation-nodes.js";
import { readOnnx } from "./model.js";
import { onnxNetwork } from "./network.js";

const one = (value: number, name: string) => ({ name, shape: [], data: [value] });
const constants = [
  one(Math.SQRT2, "root2"),
  one(1, "one"),
  one(0.5, "half"),
  one(2, "two"),
  one(1e-5, "tiny"),
  one(3, "three"),
  one(6, "six"),
  one(0, "zero"),
];
const model = (nodes: readonly WrittenNode[]) =>
  readOnnx(
    onnxFile({
      nodes: [
        { op: "MatMul", inputs: ["x", "W"], outputs: ["h"] },
        { op: "MatMul", inputs: ["x", "V"], outputs: ["g"] },
        ...nodes,
        { op: "MatMul", inputs: ["a", "V"], outputs: ["y"] },
      ],
      weights: [
        { name: "W", shape: [2, 2], data: [1, 2, -1, 3] },
        { name: "V", shape: [2, 2], data: [1, 0, 2, 1] },
        { name: "vector", shape: [2], data: [2, 3] },
        ...constants,
      ],
      inputs: { x: ["n", 2] },
      outputs: ["y"],
    }),
  );
const node = (op: string, inputs: string, output: string, attributes?: WrittenNode["attributes"]): WrittenNode => ({
  op,
  inputs: inputs.split(" "),
  outputs: [output],
  ...(attributes ? { attributes } : {}),
});

const gelu = (x: string, y: string) => [
  node("Div", `${x} root2`, "d"),
  node("Erf", "d", "e"),
  node("Add", "e one", "e1"),
  node("Mul", `${x} e1`, "m"),
  node("Mul", "m half", y),
];
describe("what is an activation, from its field to what it gives", () => {
  test.each<[string, readonly WrittenNode[], readonly (readonly [name: string, from: string, to: string])[]]>([
    ["one node", [node("Relu", "h", "a")], [["relu", "h", "a"]]],
    ["a formula of several", gelu("h", "a"), [["gelu", "h", "a"]]],
    ["x times its own sigmoid", [node("Sigmoid", "h", "s"), node("Mul", "h s", "a")], [["silu", "h", "a"]]],
    [
      "factors before and behind stay outside",
      [node("Mul", "h two", "b"), node("Tanh", "b", "t"), node("Mul", "t half", "s"), node("Add", "s one", "a")],
      [["tanh", "b", "t"]],
    ],
    [
      "a formula without a name, without the factor before it",
      [
        node("Mul", "h two", "b"),
        node("Add", "b three", "c"),
        node("Clip", "c zero six", "k"),
        node("Mul", "b k", "m"),
        node("Div", "m six", "a"),
      ],
      [["Add-Clip-Mul-Div", "b", "a"]],
    ],
    [
      "two of one field",
      [node("Relu", "h", "r"), node("Tanh", "h", "t"), node("MatMul", "t V", "tv"), node("Add", "r tv", "a")],
      [
        ["relu", "h", "r"],
        ["tanh", "h", "t"],
      ],
    ],
    [
      "beside a residual connection",
      [node("Relu", "h", "r"), node("MatMul", "r V", "v"), node("Add", "v h", "a")],
      [["relu", "h", "r"]],
    ],
    ["a square that weights take", [node("Mul", "h h", "a")], [["quadratic", "h", "a"]]],
    ["an exponential that weights take", [node("Exp", "h", "a")], [["Exp", "h", "a"]]],
    ["a sigmoid that weights take", [node("Sigmoid", "h", "a")], [["sigmoid", "h", "a"]]],
    ["a sigmoid with a scale for each unit", [node("Sigmoid", "h", "s"), node("Mul", "s vector", "a")], [["sigmoid", "h", "s"]]],
    [
      "a silu that multiplies another signal",
      [node("Sigmoid", "h", "s"), node("Mul", "h s", "w"), node("Mul", "w g", "a")],
      [["silu", "h", "w"]],
    ],
    ["a PRelu with a slope for each unit", [node("PRelu", "h vector", "a")], [["PRelu", "h", "a"]]],
    ["cutting off on both sides", [node("Clip", "h zero six", "c"), node("Add", "c g", "a")], [["Clip", "h", "c"]]],
  ])("%s", (_name, nodes, wanted) => {
    const given = model(nodes);
    const found = activationNodes(given, "x", "y");
    expect(found.map(({ name, from, to }) => [name, from, to])).toEqual(wanted);
    // In its own place each makes of its field what the graph makes of it.
    const { architecture, theta } = onnxNetwork(given);
    const x = { data: [0.3, -1.2], shape: [1, 2] };
    const [y] = evaluate((p, v) => architecture.apply(p!, v!), { data: theta }, x);
    const [z] = evaluate(
      (p, v) => architecture.apply(p!, v!, { activation: (field, phi) => phi.apply(field) }),
      { data: theta },
      x,
    );
    expect(z).toEqual(y);
  });
});

describe("what is none", () => {
  test.each<[string, readonly WrittenNode[]]>([
    ["an affine function", [node("Mul", "h two", "b"), node("Add", "b one", "a")]],
    ["a product of two signals", [node("Mul", "h g", "a")]],
    ["a sigmoid by which another signal is multiplied", [node("Sigmoid", "h", "s"), node("Mul", "s g", "a")]],
    [
      "the same with its complement",
      [
        node("Sigmoid", "h", "s"),
        node("Sub", "one s", "r"),
        node("Mul", "s g", "b"),
        node("Mul", "r x", "c"),
        node("Add", "b c", "a"),
      ],
    ],
    [
      "the exponential of a softmax",
      [node("Exp", "h", "e"), node("ReduceSum", "e", "s", { keepdims: 1 }), node("Div", "e s", "a")],
    ],
    [
      "the square and the root of a normalisation",
      [
        node("Mul", "h h", "q"),
        node("ReduceMean", "q", "m", { axes: [1], keepdims: 1 }),
        node("Add", "m tiny", "v"),
        node("Sqrt", "v", "r"),
        node("Div", "h r", "a"),
      ],
    ],
    ["a bound that keeps a divisor from 0", [node("Clip", "h tiny", "c"), node("Div", "g c", "a")]],
  ])("%s", (_name, nodes) => expect(activationNodes(model(nodes), "x", "y")).toEqual([]));
});
