import * as e from "#engine";
import { EDGES, over, type Case, type Range } from "./case.js";
import type { Shape } from "../../../packages/engine/src/shape.js";

type Unary = (x: e.Operand) => e.Tensor;
type Binary = (a: e.Operand, b: e.Operand) => e.Tensor;

const SHAPES: readonly Shape[] = [[], [0], [1], [7], [3, 5], [2, 0, 3], [2, 3, 1, 4]];
const PAIRS: readonly (readonly [Shape, Shape])[] = [
  [[], []],
  [[9], [9]],
  [[9], []],
  [[4, 3], [3]],
  [
    [4, 3],
    [4, 1],
  ],
  [
    [2, 1, 3],
    [5, 1],
  ],
  [[0, 3], [3]],
  [[1], [0]],
  [
    [2, 1, 3, 1],
    [2, 1, 5],
  ],
];

/** Every edge alone, and more than one block of a kernel. */
const unary = (name: string, f: Unary, range: Range): Case[] => [
  ...over(
    name,
    f,
    SHAPES.map((s) => [s]),
    range,
  ),
  ...over(`${name} of a column`, (x) => f(e.slice(e.transpose(x), [0, 0], [4, 3], [2, 1])), [[[3, 5]]], range),
  ...over(`${name} backwards`, (x) => f(e.flip(x)), [[[7]]], range),
  ...over(name, f, [[[EDGES.length]], [[601]]], range, { smooth: false }),
];
const binary = (name: string, f: Binary, range: Range, second: Range = range): Case[] => [
  ...PAIRS.map((shapes) => ({
    name: `${name} ${shapes.map((d) => `[${d.join()}]`).join(" ")}`,
    f,
    args: [
      { shape: shapes[0], range },
      { shape: shapes[1], range: second },
    ],
  })),
  ...over(
    `${name} of a transpose`,
    (a, b) => f(e.transpose(a), b),
    [
      [
        [3, 5],
        [5, 3],
      ],
    ],
    range,
  ),
  ...over(`${name} of a row with itself backwards`, (a) => f(a, e.flip(a)), [[[2, 4]]], range),
  // All pairs of edges.
  ...over(name, f, [[[EDGES.length ** 2], [EDGES.length ** 2]]], range, { smooth: false }),
  ...over(`${name} with a number`, (x) => f(x, 1.5), [[[7]]], range),
  ...over(`${name} of a number`, (x) => f(1.5, x), [[[7]]], second),
];

const wide: Range = [-2, 2];
const positive: Range = [0.3, 3];

/** The elementwise operations, by the name under which the engine exports them. */
export const elementwise: Record<string, readonly Case[]> = {
  tanh: unary("tanh", e.tanh, wide),
  sech2: unary("sech2", e.sech2, wide),
  sigmoid: unary("sigmoid", e.sigmoid, wide),
  erf: unary("erf", e.erf, wide),
  exp: unary("exp", e.exp, wide),
  expm1: unary("expm1", e.expm1, wide),
  sin: unary("sin", e.sin, [-4, 4]),
  cos: unary("cos", e.cos, [-4, 4]),
  log: unary("log", e.log, positive),
  log1p: unary("log1p", e.log1p, [-0.7, 3]),
  sqrt: unary("sqrt", e.sqrt, positive),
  neg: unary("neg", e.neg, wide),
  abs: unary("abs", e.abs, wide),
  relu: unary("relu", e.relu, wide),
  // The derivative is zero by decree, so no series has it.
  stopGradient: unary("stopGradient", e.stopGradient, wide).map((one) => ({ ...one, smooth: false })),
  floor: unary("floor", e.floor, [-3, 3]),
  ceil: unary("ceil", e.ceil, [-3, 3]),
  round: unary("round", e.round, [-3, 3]),
  sign: unary("sign", e.sign, wide),
  add: binary("add", e.add, wide),
  sub: binary("sub", e.sub, wide),
  mul: binary("mul", e.mul, wide),
  div: binary("div", e.div, wide, [0.5, 2]),
  pow: binary("pow", e.pow, positive, wide),
  max: binary("max", e.max, wide),
  min: binary("min", e.min, wide),
  lt: binary("lt", e.lt, wide),
  le: binary("le", e.le, wide),
  gt: binary("gt", e.gt, wide),
  ge: binary("ge", e.ge, wide),
  eq: binary("eq", e.eq, wide),
  ne: binary("ne", e.ne, wide),
  select: [
    ...over("select", e.select, [
      [[], [], []],
      [[9], [9], [9]],
      [[4, 1], [3], [4, 3]],
      [[2, 0], [1], []],
    ]),
    ...over("select by a comparison", (c, a, b) => e.select(e.lt(c, 0), e.mul(a, b), e.sub(a, b)), [
      [[9], [9], [9]],
      [[3], [2, 1], []],
    ]),
    ...over("select on edges", (c, a) => e.select(c, a, e.neg(a)), [[[EDGES.length ** 2], [EDGES.length ** 2]]], wide, {
      smooth: false,
    }),
  ],
  square: [
    ...unary("square", e.square, wide),
    // More operations than one kernel takes, all of one depth; each third is needed again much later.
    ...over(
      "700 operations",
      (x) => {
        const kept: e.Tensor[] = [];
        let y = x;
        for (let i = 0; i < 350; i++) {
          y = i % 2 ? e.square(e.sub(y, 0.5)) : e.mul(e.sub(1, y), x);
          if (i % 3 === 0) kept.push(y);
        }
        const all = kept.reverse().reduce((a, b) => e.add(e.mul(0.5, a), b));
        return [all, e.sum(e.mul(all, y), 0)];
      },
      [[[5, 3]]],
      [0, 1],
      { smooth: false },
    ),
  ],
  expandDims: [
    ...over("expandDims in front", (x) => e.expandDims(x, 0), [[[]], [[3, 4]], [[0]]]),
    ...over("expandDims at the end", (x) => e.mul(e.expandDims(x, -1), x), [[[3]]]),
  ],
};
