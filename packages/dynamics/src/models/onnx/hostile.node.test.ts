import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { trace } from "#engine";
import {
  bytes,
  node,
  onnxFile,
  text,
  varint,
  whole,
  type WrittenModel,
  type WrittenNode,
} from "../../../../../test/support/onnx.js";
import { readOnnx, type OnnxModel } from "./model.js";
import { onnxNetwork } from "./network.js";
import { onnxProgram } from "./program.js";

const real = (name: string) =>
  new Uint8Array(readFileSync(join(import.meta.dirname, "../../../../../test/fixtures/onnx", `${name}.onnx`)));

/** Follows a model to the end, with free axes of length 2 and little room. */
function follow(model: OnnxModel): void {
  const program = onnxProgram(model, { most: 4096 });
  const inputs = program.inputs.map(({ shape }) => (shape ?? [2, 2]).map((d) => (typeof d === "number" ? Math.min(d, 50) : 2)));
  trace(
    (theta, ...x) => program.apply(theta!, ...x),
    [program.size, ...inputs].map((s) => ({ dtype: "f64", shape: typeof s === "number" ? [s] : s })),
  );
}

test("every cut of a file is refused", () => {
  const file = real("mlp");
  const graphEnds = file.length - 8; // Behind the graph stands the operator set alone; without it no version is known.
  for (let n = 0; n < file.length; n++)
    expect(() => follow(readOnnx(file.subarray(0, n))), `${n} of ${file.length} bytes, graph until ${graphEnds}`).toThrow(
      /^onnx/,
    );
});

const tanh = { op: "Tanh", inputs: ["x"], outputs: ["y"] };
const small = (more: Partial<WrittenModel>) => onnxFile({ nodes: [tanh], inputs: { x: [1] }, outputs: ["y"], ...more });
const constant = (name: string, data: readonly number[]) => ({ name, shape: [data.length], data, type: 7 as const });

const wide = (length: number): number[] => Array.from({ length }, (_, i) => i);
const linearModel = (attributes: NonNullable<WrittenNode["attributes"]>, op = "LinearClassifier"): Uint8Array =>
  small({
    nodes: [
      {
        op,
        name: "lin",
        domain: "ai.onnx.ml",
        inputs: ["x"],
        outputs: op === "LinearClassifier" ? ["label", "y"] : ["y"],
        attributes: { ...(op === "LinearClassifier" ? { classlabels_ints: [0, 1] } : {}), ...attributes },
      },
    ],
    inputs: { x: [1, 1] },
  });

describe("named mistakes", () => {
  test.each<[string, Uint8Array, RegExp]>([
    ["nothing", new Uint8Array(), /holds no graph/],
    ["a length past the end", Uint8Array.from([58, 200, 1]), /at byte 3: 200 bytes announced, 0 left/],
    ["a negative length", Uint8Array.from([58, ...varint(-1)]), /-1 bytes announced/],
    ["an endless number", Uint8Array.from([8, ...new Array<number>(11).fill(255)]), /a number of more than 10 bytes/],
    ["a group of old", Uint8Array.from([11]), /wire type 3/],
    [
      "an operator that is not supported",
      small({ nodes: [{ ...tanh, op: "Tanhh", name: "last" }] }),
      /node 0 \(Tanhh "last"\): this operator is not supported; supported are Abs, Acos, Acosh, Add, And/,
    ],
    [
      "a domain that is not known",
      small({ nodes: [{ ...tanh, domain: "com.evil" }] }),
      /the domain "com.evil" is not known; known are ai.onnx, ai.onnx.ml/,
    ],
    ["a version of the operators that is too new", small({ version: 99 }), /version 99 of the operators; supported are 7 to 21/],
    [
      "a circle",
      small({
        nodes: [
          { ...tanh, inputs: ["z"] },
          { op: "Tanh", inputs: ["y"], outputs: ["z"] },
        ],
      }),
      /goes in a circle through/,
    ],
    ["a node that feeds itself", small({ nodes: [{ ...tanh, inputs: ["y"] }] }), /goes in a circle through "y"/],
    [
      "a value from nowhere",
      small({ nodes: [{ ...tanh, inputs: ["nix"] }] }),
      /node 0 \(Tanh\) needs the value "nix", which nothing gives/,
    ],
    ["an output without a name", small({ outputs: [""] }), /an output without a name/],
    ["a value defined twice", small({ nodes: [tanh, tanh] }), /the value "y" is defined twice/],
    [
      "an attribute given twice",
      small({ graph: bytes(1, [...node(tanh), ...bytes(5, text(1, "a")), ...bytes(5, text(1, "a"))]) }),
      /the attribute "a" is given twice/,
    ],
    [
      "weights in another file",
      small({
        graph: bytes(5, [
          ...whole(1, 1),
          ...whole(2, 1),
          ...text(8, "w"),
          ...bytes(13, [...text(1, "location"), ...text(2, "../../etc/passwd")]),
          ...whole(14, 1),
        ]),
      }),
      /tensor "w" keeps its numbers in "\.\.\/\.\.\/etc\/passwd"; allowed: the plain name of a file beside the model/,
    ],
    [
      "a huge shape",
      small({ weights: [{ name: "w", shape: [2 ** 40, 2 ** 20], data: [1] }] }),
      /which is 1152921504606847000 numbers, and holds 1/,
    ],
    ["a negative axis", small({ weights: [{ name: "w", shape: [-1], data: [1] }] }), /an axis of length -1/],
    ["nine axes", small({ weights: [{ name: "w", shape: new Array<number>(9).fill(1), data: [1] }] }), /more than 8 axes/],
    [
      "an empty graph inside a node",
      small({ graph: bytes(1, [...node({ ...tanh, outputs: ["z"] }), ...bytes(5, [...text(1, "body"), ...bytes(6, [])])]) }),
      /node 1 "Tanh", inside: the graph has no outputs/,
    ],
    ["functions", small({ model: bytes(25, []) }), /defines functions/],
    [
      "a result that is too large",
      small({ nodes: [{ op: "ConstantOfShape", inputs: ["n"], outputs: ["y"] }], weights: [constant("n", [2 ** 31, 2 ** 31])] }),
      /at most 4096 are allowed/,
    ],
    [
      "an expansion that is too large",
      small({ nodes: [{ op: "Expand", inputs: ["x", "n"], outputs: ["y"] }], weights: [constant("n", [2 ** 40])] }),
      /at most 4096 are allowed/,
    ],
    [
      "padding that is too large",
      small({ nodes: [{ op: "Pad", inputs: ["x", "n"], outputs: ["y"] }], weights: [constant("n", [2 ** 40, 0])] }),
      /at most 4096 are allowed/,
    ],
    [
      "a shape that depends on the data",
      small({ nodes: [{ op: "Reshape", inputs: ["x", "x"], outputs: ["y"] }] }),
      /input 1 depends on the data/,
    ],
    [
      "a missing input",
      small({ nodes: [{ op: "Add", inputs: ["x", ""], outputs: ["y"] }] }),
      /node 0 \(Add\): input 1 is missing/,
    ],
    [
      "an attribute of another kind",
      small({ nodes: [{ op: "LeakyRelu", inputs: ["x"], outputs: ["y"], attributes: { alpha: "big" } }] }),
      /the attribute alpha is no number/,
    ],
    [
      "an index outside",
      small({ nodes: [{ op: "Gather", inputs: ["x", "n"], outputs: ["y"] }], weights: [constant("n", [7])] }),
      /index 7 of an axis of length 1/,
    ],
    [
      "coefficients that fit no classes",
      linearModel({ coefficients: [1, 2, 3] }),
      /node 0 \(LinearClassifier "lin"\): 3 coefficients for 2/,
    ],
    ["no coefficients", linearModel({}), /0 coefficients for 2 targets or classes/],
    ["no classes", linearModel({ coefficients: [1, 2], classlabels_ints: [] }), /2 coefficients for 0 targets or classes/],
    ["intercepts of other classes", linearModel({ coefficients: [1, 2], intercepts: [1, 2, 3] }), /3 intercepts for 2 targets/],
    [
      "coefficients that are no numbers",
      linearModel({ coefficients: "all" }),
      /the attribute coefficients is no list of numbers/,
    ],
    [
      "another post_transform",
      linearModel({ coefficients: [1, 2], post_transform: "PROBIT" }),
      /"PROBIT", which is not supported/,
    ],
    [
      "a post_transform that is a number",
      linearModel({ coefficients: [1, 2], post_transform: 7 }),
      /the post_transform "7", which/,
    ],
    [
      "one score of two classes",
      linearModel({ coefficients: [1], intercepts: [0] }),
      /one score for two classes with the post_transform NONE/,
    ],
    ["a row of another width", linearModel({ coefficients: [1, 2, 3, 4] }), /^onnx: node 0 \(Gemm "lin"\): /],
    ["targets below 1", linearModel({ coefficients: [1], targets: -1 }, "LinearRegressor"), /1 coefficients for -1 targets/],
    [
      "endless targets",
      linearModel({ coefficients: [1], targets: 2 ** 52 }, "LinearRegressor"),
      /1 coefficients for 4503599627370496 targets/,
    ],
    [
      "targets that are text",
      linearModel({ coefficients: [1], targets: "two" }, "LinearRegressor"),
      /1 coefficients for NaN targets/,
    ],
    [
      "sums along an axis that is not there",
      small({ nodes: [{ op: "CumSum", inputs: ["x", "n"], outputs: ["y"] }], weights: [constant("n", [3])] }),
      /node 0 \(CumSum\): axis 3 of a value with 1 axes/,
    ],
    [
      "more classes than fit",
      small({
        nodes: [
          { op: "OneHotEncoder", domain: "ai.onnx.ml", inputs: ["x"], outputs: ["y"], attributes: { cats_int64s: wide(5000) } },
        ],
      }),
      /node 0 \(OneHotEncoder\): .*at most 4096 are allowed/,
    ],
    [
      "pads that cut off more than there is",
      small({ nodes: [{ op: "Pad", inputs: ["x", "n"], outputs: ["y"] }], weights: [constant("n", [3, -4])] }),
      /node 0 \(Pad\): /,
    ],
    [
      "dots for other axes",
      small({ nodes: [{ op: "Einsum", inputs: ["x", "x"], outputs: ["y"], attributes: { equation: "...,......->..." } }] }),
      /node 0 \(Einsum\): the equation/,
    ],
    [
      "shapes that do not fit",
      small({
        nodes: [{ op: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
        weights: [{ name: "w", shape: [3], data: [1, 2, 3] }],
      }),
      /^onnx: node 0 \(MatMul\): /,
    ],
  ])("%s", (_name, file, message) => {
    expect(() => follow(readOnnx(file))).toThrow(message);
    expect(() => follow(readOnnx(file))).toThrow(RangeError);
  });
});

test("doubling again and again stops at the bound, not at the end of memory", () => {
  const nodes = Array.from({ length: 60 }, (_, i) => ({
    op: "Concat",
    inputs: [`v${i}`, `v${i}`],
    outputs: [`v${i + 1}`],
    attributes: { axis: 0 },
  }));
  const file = onnxFile({ nodes, weights: [{ name: "v0", shape: [1], data: [1] }], outputs: ["v60"] });
  expect(() => follow(readOnnx(file))).toThrow(/node 12 \(Concat\).*at most 4096 a value/);
});

test("many fixed values, each within the bound, stop at the bound together", () => {
  // 100 x 50 numbers, all needed for the sum.
  const nodes = Array.from({ length: 100 }, (_, i) => [
    { op: "ConstantOfShape", inputs: ["n"], outputs: [`c${i}`] },
    { op: "Add", inputs: [i === 0 ? "x" : `s${i - 1}`, `c${i}`], outputs: [`s${i}`] },
  ]).flat();
  const file = onnxFile({ nodes, weights: [constant("n", [50])], inputs: { x: [50] }, outputs: ["s99"] });
  expect(() => follow(readOnnx(file))).toThrow(
    /node 162 \(ConstantOfShape\): 4100 numbers that depend on the file alone; at most 4096/,
  );
});

test("a chain of 6,000 nodes is a network of one layer, in a time that grows as its length", () => {
  const nodes = Array.from({ length: 6000 }, (_, i) => ({
    op: "Tanh",
    inputs: [i === 0 ? "x" : `v${i - 1}`],
    outputs: [`v${i}`],
  }));
  const { architecture } = onnxNetwork(readOnnx(onnxFile({ nodes, inputs: { x: ["n", 1] }, outputs: ["v5999"] })));
  expect(architecture.layerMaps.map((l) => l.name)).toEqual(["model"]);
});

test("a chain of 20,000 nodes, written backwards, is followed without recursion", () => {
  const nodes = Array.from({ length: 20_000 }, (_, i) => ({
    op: "Identity",
    inputs: [i === 0 ? "x" : `v${i - 1}`],
    outputs: [`v${i}`],
  })).reverse();
  const program = onnxProgram(readOnnx(onnxFile({ nodes, inputs: { x: [1] }, outputs: ["v19999"] })));
  expect(
    trace(
      (theta, x) => program.apply(theta!, x!),
      [
        { dtype: "f64", shape: [0] },
        { dtype: "f64", shape: [1] },
      ],
    ).outputs,
  ).toHaveLength(1);
});
