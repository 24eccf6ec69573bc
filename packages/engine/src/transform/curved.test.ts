import { describe, expect, test } from "vitest";
import {
  add,
  concat,
  conv2d,
  curved,
  div,
  exp,
  input,
  matmul,
  max,
  maxPool,
  mean,
  meanPool,
  mul,
  neg,
  relu,
  reshape,
  scan,
  select,
  sign,
  slice,
  stopGradient,
  sub,
  take,
  cast,
  gt,
  transpose,
  type Tensor,
} from "../index.js";

const image = (): Tensor => input([1, 4, 4, 2]);
const [x, w] = [input([3, 4]), input([4, 2])];

describe("what is an affine map is known to be one", () => {
  test.each<[string, Tensor, Tensor]>([
    ["sums, differences and negatives", x, neg(sub(add(x, 1), mul(3, x)))],
    ["a quotient by what is no input", x, div(x, input([4]))],
    ["a matrix product", x, matmul(x, w)],
    ["views, parts and wholes", x, concat([transpose(x), slice(reshape(x, [4, 3]), [1, 0], [3, 3])], 0)],
    ["means", x, mean(x, [1], true)],
    ["a choice by what is no input", x, select(gt(input([3, 4]), 0), x, mul(2, x))],
    ["chosen rows", x, take(x, input([5], "i32"))],
    ...[image()].flatMap((i): [string, Tensor, Tensor][] => [
      ["a convolution", i, conv2d(i, input([3, 3, 2, 5]), { padding: [1, 1] })],
      ["mean pooling", i, meanPool(i, [2, 2])],
    ]),
  ])("%s", (_name, from, to) => expect(curved([to], [from]).size).toBe(0));
});

describe("what is none is not taken for one", () => {
  test.each<[string, Tensor, Tensor]>([
    ["an activation", x, relu(x)],
    ["a square", x, mul(x, x)],
    ["a division by the input", x, div(1, x)],
    ["a product with itself by a matrix", x, matmul(x, transpose(x))],
    ["a choice by the input", x, select(gt(x, 0), x, 0)],
    ["steps, whose derivative is 0", x, sign(x)],
    ["what is held fixed for derivatives", x, stopGradient(x)],
    ["the larger of two", x, max(x, input([4]))],
    ["rows chosen by the input", x, take(w, cast(reshape(slice(x, [0, 0], [1, 4]), [4]), "i32"))],
    ["a loop", x, scan(([h]) => [[mul(2, h!)], []], [x], [], { length: 3 })[0][0]!],
    ...[image()].map((i): [string, Tensor, Tensor] => ["max pooling", i, maxPool(i, [2, 2])]),
  ])("%s", (_name, from, to) => expect(curved([to], [from]).has(to)).toBe(true));
});

test("a coefficient that is data makes a map affine in one of two, and not with one matrix", () => {
  const y = matmul(x, w);
  expect(curved([y], [x, w]).has(y)).toBe(true);
  expect(curved([y], [x]).has(y)).toBe(false);
  expect(curved([y], [x], [w]).has(y)).toBe(true);
  // A sum with other data is not in the way.
  const z = add(y, exp(input([3, 2])));
  expect(curved([z], [x], [z.inputs[1]!.inputs[0]!]).has(z)).toBe(false);
});

test("what does not depend on the input is not listed, and what comes after a curve is", () => {
  const bent = exp(x);
  const all = curved([add(bent, 1), exp(w)], [x]);
  expect(all.has(bent)).toBe(true);
  expect(all.size).toBe(2);
});
