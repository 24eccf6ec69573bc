import * as e from "#engine";
import { over, type Case, type Range } from "./case.js";
import type { Shape } from "../../../packages/engine/src/shape.js";

type Reduce = (x: e.Tensor, axes?: number | readonly number[], keepDims?: boolean) => e.Tensor;

const reductions = (name: string, f: Reduce, empty: Partial<Case> = {}): Case[] => {
  const one = (
    label: string,
    shapes: readonly Shape[],
    axes?: number | readonly number[],
    keep = false,
    more: Partial<Case> = {},
  ): Case[] =>
    over(
      `${name} ${label}`,
      (x) => f(x, axes, keep),
      shapes.map((s) => [s]),
      [-1, 1],
      more,
    );
  return [
    ...one("of all", [[], [1], [5, 7], [2, 3, 1, 4]]),
    ...one("of all, in blocks", [[20001]], undefined, false, { smooth: false }),
    ...one(
      "over rows",
      [
        [5, 7],
        [50, 37],
        [1, 1],
      ],
      0,
    ),
    ...one(
      "over columns",
      [
        [5, 7],
        [7, 1],
      ],
      -1,
      true,
    ),
    ...one("over the outer axes", [[3, 4, 5]], [0, 2]),
    ...one(
      "over the middle",
      [
        [3, 4, 5],
        [2, 1, 3],
      ],
      1,
    ),
    ...one("over two of four", [[2, 3, 2, 3]], [1, -2], true),
    ...one("over no axes", [[3]], []),
    ...one("of no columns", [[0, 3]], 1),
    ...one("of nothing", [[0, 3]], 0, false, empty),
    ...one("of nothing at all", [[0]], undefined, false, empty),
    ...one("of nothing in the middle", [[3, 0, 2]], 1, false, empty),
    ...over(`${name} of a transpose`, (x) => f(e.transpose(x), 0), [[[5, 7]]]),
    ...over(`${name} of a broadcast`, (x) => f(e.broadcastTo(x, [4, 3]), 0), [[[3]], [[4, 1]]]),
    ...over(`${name} of an expression`, (x, y) => f(e.mul(e.tanh(x), y), 0), [[[5, 3], [3]]]),
    ...over(`${name} of every second element backwards`, (x) => f(e.flip(e.slice(x, [1, 0], [7, 5], [2, 1])), 0), [[[8, 5]]]),
  ];
};

/** Reductions, by the name under which the engine exports them. */
export const reductionCases: Record<string, readonly Case[]> = {
  sum: reductions("sum", e.sum),
  mean: reductions("mean", e.mean, { smooth: false }),
  amax: reductions("amax", e.amax, { smooth: false }),
  amin: reductions("amin", e.amin, { smooth: false }),
  argmax: [
    ...over("argmax", (x) => e.argmax(x), [[[5]], [[5, 7]], [[2, 1]], [[0, 2]]]),
    ...over("argmax of columns", (x) => [e.argmax(x, 0), e.mul(x, e.cast(e.argmax(x, 0), x.dtype))], [[[5, 7]]]),
    ...over("argmax of the middle axis", (x) => e.argmax(e.round(e.mul(2, x)), 1), [[[3, 4, 5]]]),
  ],
};

const wide: Range = [-2, 2];

/** Operations that move elements, by the name under which the engine exports them. */
export const views: Record<string, readonly Case[]> = {
  reshape: [
    ...over("reshape", (x) => e.reshape(x, [2, -1]), [[[3, 4]], [[2, 1, 3]]]),
    ...over("reshape of a scalar", (x) => e.reshape(x, [1, 1]), [[[]]]),
    ...over("reshape of nothing", (x) => e.reshape(x, [3, 0]), [[[0, 2]]]),
    ...over("reshape of a transpose", (x) => e.tanh(e.reshape(e.transpose(x), [2, -1])), [[[3, 4]]]),
    ...over("reshape of a slice", (x) => e.reshape(e.slice(x, [0, 1], [4, 3]), [-1]), [[[4, 5]]]),
  ],
  transpose: [
    ...over("transpose", (x) => e.transpose(x), [[[]], [[3]], [[3, 4]], [[2, 3, 4]], [[0, 2]]]),
    ...over("transpose by 2, 0, 1", (x) => e.transpose(x, [2, 0, 1]), [[[3, 4, 5]]]),
    ...over("transpose of four axes", (x) => e.mul(e.transpose(x, [3, 1, 0, 2]), 2), [[[2, 3, 2, 3]]]),
    ...over("transpose back", (x) => e.transpose(e.transpose(x, [1, 2, 0]), [2, 0, 1]), [[[2, 3, 4]]]),
    ...over("transpose of a transpose", (x) => e.transpose(e.transpose(x, [1, 0, 2]), [1, 2, 0]), [[[2, 3, 4]]]),
  ],
  broadcastTo: [
    ...over("broadcastTo", (x) => e.broadcastTo(x, [2, 3, 4]), [[[]], [[4]], [[3, 1]], [[1, 1, 4]]]),
    ...over("broadcastTo nothing", (x) => e.broadcastTo(x, [0, 3]), [[[3]], [[1, 1]]]),
    ...over("broadcastTo, squared", (x) => e.square(e.broadcastTo(x, [3, 1, 4])), [[[1, 4]]]),
  ],
  slice: [
    ...over("slice", (x) => e.slice(x, [1, 2], [3, 7]), [[[6, 8]]]),
    ...over("slice with steps", (x) => e.add(e.slice(x, [1, 0], [5, 7], [2, 3]), 0.5), [[[6, 8]]]),
    ...over("slice from the end", (x) => e.slice(x, [-4], [-1], [2]), [[[6]], [[6, 3]]]),
    ...over("slice to nothing", (x) => e.slice(x, [2], [2]), [[[5, 2]]]),
    ...over("slice of a slice", (x) => e.square(e.slice(e.slice(x, [1], [9], [2]), [1], [4], [2])), [[[11]]]),
    ...over("overlapping slices", (x) => e.mul(e.slice(x, [0], [5]), e.slice(x, [2], [7])), [[[7]]]),
    ...over("disjoint slices", (x) => e.mul(e.slice(x, [1], [3]), e.slice(x, [4], [6])), [[[7]], [[7, 2]]]),
  ],
  flip: [
    ...over("flip", (x) => e.flip(x), [[[]], [[5]], [[3, 5]], [[0, 2]]]),
    ...over("flips that meet", (x) => e.mul(e.flip(x), e.flip(x, 1)), [[[3, 5]]]),
    ...over("flip of a slice", (x) => e.flip(e.slice(x, [1], [8], [3])), [[[8]]]),
  ],
  at: [
    ...over("at", (x) => e.at(x, -1, 1), [[[3, 5]], [[2, 3, 4]]]),
    ...over("at of a vector", (x) => e.mul(e.at(x, 0), e.at(x, 2)), [[[3]]]),
  ],
  concat: [
    ...over("concat", (...xs) => e.concat(xs), [
      [[3]],
      [[3], [0], [2]],
      [
        [3, 2],
        [1, 2],
      ],
    ]),
    ...over("concat of results", (x, y) => e.concat([e.mul(x, 2), y, e.tanh(x)]), [
      [
        [3, 2],
        [2, 2],
      ],
    ]),
    ...over("concat of columns", (x, y) => e.concat([e.mul(x, 2), y, x], 1), [
      [
        [3, 2],
        [3, 4],
      ],
    ]),
    ...over("concat of the last of three axes", (x, y) => e.concat([x, e.transpose(y)], -1), [
      [
        [2, 3, 2],
        [1, 3, 2],
      ],
    ]),
    ...over("concat in concat", (x, y) => e.tanh(e.concat([e.concat([x, e.sin(y)]), e.concat([e.sin(y), e.cos(x)])])), [
      [[3], [2]],
    ]),
  ],
  stack: [
    ...over("stack", (...xs) => e.stack(xs, 1), [
      [[3]],
      [[3], [3]],
      [
        [2, 3],
        [2, 3],
      ],
    ]),
    ...over("stack with a number", (x) => e.stack([e.at(x, 0), 1, e.at(x, 1)]), [[[2]]]),
    ...over("stack at the end", (x, y) => e.stack([x, y], -1), [
      [
        [2, 3],
        [2, 3],
      ],
    ]),
  ],
  roll: [
    ...over("roll", (x) => e.mul(e.roll(x, 2), e.roll(x, -1)), [[[7]], [[7, 2]]]),
    ...over("roll of the last axis", (x) => e.roll(x, 12, -1), [[[2, 5]], [[3, 1]]]),
    ...over("roll of nothing", (x) => e.roll(x, 1), [[[0]]]),
  ],
  pad: [
    ...over("pad", (x) => e.pad(x, [1, 0], [0, 2]), [[[3, 2]], [[0, 2]]]),
    ...over("pad inside", (x) => e.pad(x, [1, 0], [0, 2], [1, 2]), [[[3, 2]], [[1, 1]]]),
    ...over("pad inside alone", (x) => e.exp(e.pad(x, [0], [0], [3])), [[[4]], [[0]]]),
    ...over("pad of a transpose", (x) => e.pad(e.transpose(x), [0, 1], [1, 0]), [[[2, 3]]]),
  ],
  cast: [
    ...over("cast to f64 and back", (x) => e.cast(e.mul(e.cast(x, "f64"), 1.1), x.dtype), [[[5]], [[]], [[1500]], [[0]]], wide),
    ...over("cast to i32 and back", (x) => e.mul(x, e.cast(e.cast(x, "i32"), x.dtype)), [[[7]], [[25]]], [-3.5, 3.5]),
  ],
};
