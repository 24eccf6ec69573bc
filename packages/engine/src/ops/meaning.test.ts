import { describe, expect, test } from "vitest";
import { catalogue } from "../../../../test/support/cases.js";
import * as e from "../index.js";
import { evaluate, type Argument, type Tensor } from "../index.js";
import { threefry } from "./random.js";

/** What one example gives, written down by hand: everything else is compared with the reference, so the reference needs its own truth. */
type Example = readonly [
  f: (...xs: Tensor[]) => Tensor | readonly Tensor[],
  args: readonly (readonly number[] | Argument)[],
  ...results: (readonly number[])[],
];

const m = (data: readonly number[], ...shape: number[]): Argument => ({ data, shape });
const i32 = (data: readonly number[], shape = [data.length]): Argument => ({ data, shape, dtype: "i32" });
const M23 = m([1, 2, 3, 4, 5, 6], 2, 3);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
const [inf, nan] = [Infinity, NaN];

const examples: Record<string, readonly Example[]> = {
  add: [[e.add, [[1, 2], [10]], [11, 12]]],
  sub: [[e.sub, [[1, 2], [10]], [-9, -8]]],
  mul: [[e.mul, [[1, 2], [10]], [10, 20]]],
  div: [[e.div, [[1, -1, 0], [0]], [inf, -inf, nan]]],
  neg: [[e.neg, [[0, 1]], [-0, -1]]],
  abs: [[e.abs, [[-2, -0]], [2, 0]]],
  sqrt: [[e.sqrt, [[4, -1]], [2, nan]]],
  square: [[e.square, [[-3]], [9]]],
  stopGradient: [[e.stopGradient, [[1.5, -2]], [1.5, -2]]],
  floor: [[e.floor, [[1.5, -1.5, -0.5]], [1, -2, -1]]],
  ceil: [[e.ceil, [[1.5, -1.5, -0.5]], [2, -1, -0]]],
  round: [[e.round, [[0.5, 1.5, 2.5, -0.5, 2.6]], [0, 2, 2, -0, 3]]],
  sign: [[e.sign, [[-3, -0, 0, 2, nan]], [-1, -0, 0, 1, nan]]],
  lt: [[e.lt, [[1, 2, 3, nan], [2]], [1, 0, 0, 0]]],
  le: [[e.le, [[1, 2, 3, nan], [2]], [1, 1, 0, 0]]],
  gt: [[e.gt, [[1, 2, 3, nan], [2]], [0, 0, 1, 0]]],
  ge: [[e.ge, [[1, 2, 3, nan], [2]], [0, 1, 1, 0]]],
  eq: [
    [
      e.eq,
      [
        [1, 2, -0, nan],
        [1, 3, 0, nan],
      ],
      [1, 0, 1, 0],
    ],
  ],
  ne: [
    [
      e.ne,
      [
        [1, 2, -0, nan],
        [1, 3, 0, nan],
      ],
      [0, 1, 0, 1],
    ],
  ],
  select: [[e.select, [[1, 0, -0, nan, -2], [1], [2]], [1, 2, 2, 1, 1]]],
  max: [
    [
      e.max,
      [
        [1, 3, nan, -0],
        [2, 2, 2, 0],
      ],
      [2, 3, nan, 0],
    ],
  ],
  min: [
    [
      e.min,
      [
        [1, 3, nan, 0],
        [2, 2, 2, -0],
      ],
      [1, 2, nan, -0],
    ],
  ],
  relu: [[e.relu, [[-1, 2, -inf]], [0, 2, 0]]],
  exp: [[e.exp, [[0, -inf, inf]], [1, 0, inf]]],
  expm1: [[e.expm1, [[0, -inf]], [0, -1]]],
  log: [[e.log, [[1, 0, -1]], [0, -inf, nan]]],
  log1p: [[e.log1p, [[0, -1]], [0, -inf]]],
  sin: [[e.sin, [[0, inf]], [0, nan]]],
  cos: [[e.cos, [[0, inf]], [1, nan]]],
  tanh: [[e.tanh, [[0, inf, -40]], [0, 1, -1]]],
  sech2: [[e.sech2, [[0, -inf]], [1, 0]]],
  sigmoid: [[e.sigmoid, [[0, inf, -inf]], [0.5, 1, 0]]],
  erf: [[e.erf, [[0, 7, -inf]], [0, 1, -1]]],
  pow: [
    [
      e.pow,
      [
        [2, 0, nan, -2, 4],
        [10, 0, 0, 3, -0.5],
      ],
      [1024, 1, 1, -8, 0.5],
    ],
  ],
  expandDims: [[(x) => e.matmul(e.expandDims(x, 1), e.expandDims(x, 0)), [[2, 3]], [4, 6, 6, 9]]],
  sum: [
    [(x) => [e.sum(x), e.sum(x, 0), e.sum(x, -1, true)], [M23], [21], [5, 7, 9], [6, 15]],
    [(x) => e.sum(x, 0), [m([], 0, 2)], [0, 0]],
  ],
  mean: [[(x) => [e.mean(x), e.mean(x, 0)], [M23], [3.5], [2.5, 3.5, 4.5]]],
  amax: [
    [(x) => [e.amax(x), e.amax(x, 0)], [m([1, 5, nan, 4, 3, 2], 2, 3)], [nan], [4, 5, nan]],
    [(x) => e.amax(x, 0), [m([], 0, 2)], [-inf, -inf]],
  ],
  amin: [
    [(x) => [e.amin(x), e.amin(x, 1)], [M23], [1], [1, 4]],
    [(x) => e.amin(x), [[]], [inf]],
  ],
  argmax: [[(x) => [e.argmax(x), e.argmax(x, 0)], [m([1, 5, 5, nan, 3, 2], 2, 3)], [1, 1], [0, 0, 0]]],
  reshape: [[(x) => e.sum(e.reshape(x, [-1, 2]), 0), [M23], [9, 12]]],
  transpose: [
    [(x) => e.transpose(x), [M23], [1, 4, 2, 5, 3, 6]],
    [(x) => e.transpose(x, [1, 2, 0]), [m(upTo(12), 2, 3, 2)], [1, 7, 2, 8, 3, 9, 4, 10, 5, 11, 6, 12]],
  ],
  broadcastTo: [[(x) => e.broadcastTo(x, [2, 2, 3]), [m([1, 2], 2, 1)], [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2]]],
  slice: [
    [(x) => e.slice(x, [0, -2], [1, 3]), [M23], [2, 3]],
    [(x) => e.slice(x, [1], [6], [2]), [upTo(7)], [2, 4, 6]],
  ],
  flip: [[(x) => [e.flip(x), e.flip(x, 0)], [M23], [6, 5, 4, 3, 2, 1], [4, 5, 6, 1, 2, 3]]],
  at: [[(x) => [e.at(x, 1), e.at(x, -1, 1)], [M23], [4, 5, 6], [3, 6]]],
  concat: [
    [(x, y) => [e.concat([x, y]), e.concat([x, y, x], 1)], [m([1, 2], 1, 2), m([3, 4], 1, 2)], [1, 2, 3, 4], [1, 2, 3, 4, 1, 2]],
  ],
  stack: [
    [
      (x, y) => [e.stack([x, y]), e.stack([x, y], -1)],
      [
        [1, 2],
        [3, 4],
      ],
      [1, 2, 3, 4],
      [1, 3, 2, 4],
    ],
  ],
  roll: [
    [(x) => [e.roll(x, 1), e.roll(x, -2)], [[1, 2, 3, 4]], [4, 1, 2, 3], [3, 4, 1, 2]],
    [(x) => e.roll(x, 1, 1), [M23], [3, 1, 2, 6, 4, 5]],
  ],
  pad: [[(x) => e.pad(x, [1], [2], [1]), [[7, 8]], [0, 7, 0, 8, 0, 0]]],
  cast: [
    [
      (x) => [e.cast(x, "i32"), e.cast(x, "f32")],
      [[1.9, -1.9, nan, 3e9, 0.1]],
      [1, -1, 0, 2147483647, 0],
      [1.9, -1.9, nan, 3e9, 0.1].map(Math.fround),
    ],
  ],
  matmul: [
    [e.matmul, [M23, m(upTo(6), 3, 2)], [22, 28, 49, 64]],
    [e.matmul, [[1, 2], m(upTo(4), 2, 2)], [7, 10]],
    [e.matmul, [m(upTo(4), 2, 2), [1, 2]], [5, 11]],
    [e.matmul, [m(upTo(4), 2, 1, 2), m(upTo(4), 2, 2, 1)], [5, 25]],
  ],
  einsum: [
    [(x, y) => e.einsum("ij,kj->ki", x, y), [M23, m([1, 0, 0, 0, 1, 1], 2, 3)], [1, 4, 5, 11]],
    [(x) => e.einsum("ij->j", x), [M23], [5, 7, 9]],
    [(x, y) => e.einsum("bi,bi->b", x, y), [M23, M23], [14, 77]],
    [
      (x, y) => e.einsum("i,j->ji", x, y),
      [
        [1, 2],
        [3, 4],
      ],
      [3, 6, 4, 8],
    ],
  ],
  take: [
    [e.take, [M23, i32([1, 0, 1])], [4, 5, 6, 1, 2, 3, 4, 5, 6]],
    [e.take, [[5, 6, 7], i32([2, 0, 1, 1], [2, 2])], [7, 5, 6, 6]],
  ],
  segmentSum: [[(x, k) => e.segmentSum(x, k, 3), [m(upTo(6), 3, 2), i32([2, 0, 2])], [3, 4, 0, 0, 6, 8]]],
  // [[1, 0, 2], [0, 0, 0], [0, 3, 0]] times a vector and a matrix.
  spmv: [
    [
      (v, x, y) =>
        [x!, y!].map((b) =>
          e.spmv({ values: v!, columns: e.constant([0, 2, 1], [3], "i32"), offsets: e.constant([0, 2, 2, 3], [4], "i32") }, b),
        ),
      [[1, 2, 3], [1, 10, 100], m(upTo(6), 3, 2)],
      [201, 0, 30],
      [11, 14, 0, 0, 9, 12],
    ],
  ],
  conv2d: [
    [(x, w) => e.conv2d(x, w), [m(upTo(9), 1, 3, 3, 1), m([1, 10, 100, 1000], 2, 2, 1, 1)], [5421, 6532, 8754, 9865]],
    [
      (x, w) => e.conv2d(x, w, { stride: [2, 1], padding: [1, 0] }),
      [m(upTo(4), 1, 2, 2, 1), m([1, 10, 100, 1000], 2, 2, 1, 1)],
      [2100, 43],
    ],
    // Two channels in, two outputs: a 1 x 1 window is a matrix product of channels.
    [(x, w) => e.conv2d(x, w), [m([1, 2, 3, 4], 1, 1, 2, 2), m([1, 10, 100, 1000], 1, 1, 2, 2)], [201, 2010, 403, 4030]],
  ],
  maxPool: [
    [
      (x) => [e.maxPool(x, [1, 2]), e.maxPool(x, [2, 2], { stride: [1, 1] })],
      [m([1, 2, 5, 4, 9, 3, 0, 8], 1, 2, 4, 1)],
      [2, 5, 9, 8],
      [9, 5, 8],
    ],
  ],
  meanPool: [
    [
      (x) => [e.meanPool(x, [2, 2]), e.meanPool(x, [1, 1], { padding: [0, 1] })],
      [m([1, 2, 3, 4], 1, 2, 2, 1)],
      [2.5],
      [0, 1, 2, 0, 0, 3, 4, 0],
    ],
  ],
  solve: [[e.solve, [m([0, 2, 4, 1], 2, 2), [6, 7]], [1, 3]]],
  qr: [[(x) => e.qr(x), [m([0, 2, -3, 5], 2, 2)], [0, 1, -1, 0], [3, -5, 0, 2]]],
  scan: [
    [
      (h, xs) => e.scan(([s], [x]) => [[e.add(e.mul(s!, 10), x!)], [s!]], [h!], [xs!]).flat(),
      [m([9]), [1, 2, 3]],
      [9123],
      [9, 91, 912],
    ],
    [
      (h, xs) => e.scan(([s], [x]) => [[e.add(e.mul(s!, 10), x!)], [s!]], [h!], [xs!], { reverse: true }).flat(),
      [m([9]), [1, 2, 3]],
      [9321],
      [932, 93, 9],
    ],
  ],
  whileLoop: [
    [
      (x) => {
        const r = e.whileLoop(
          ([v]) => e.lt(v!, 100),
          ([v]) => [e.mul(v!, 3)],
          [x!],
          10,
        );
        return [...r.carry, r.rounds];
      },
      [m([5])],
      [135],
      [3],
    ],
  ],
  randomBits: [[() => e.randomBits(e.randomKey(0), e.constant(0), 1), [], [0x6b200159, 0x99ba4efe]]],
  uniform: [[() => e.uniform(e.randomKey(0), 0, [1]), [], [((0x6b200159 >>> 5) * 2 ** 26 + (0x99ba4efe >>> 6)) / 2 ** 53]]],
  normal: [[() => e.normal(e.randomKey(1), 0, [0]), [], []]],
};

describe("each operation on an example worked out by hand", () => {
  for (const [name, list] of Object.entries(examples)) {
    list.forEach(([f, args, ...results], i) =>
      test(`${name}, example ${i + 1}`, () => {
        const got = evaluate(f, ...args.map((a) => ("data" in a ? a : { data: a })));
        expect(got.map((g) => [...g])).toEqual(results);
      }),
    );
  }

  test("Threefry gives its authors' known answers, and words follow lane, step, seed and stream", () => {
    const ones = 0xffffffff;
    expect([
      threefry(0, 0, 0, 0),
      threefry(ones, ones, ones, ones),
      threefry(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3),
    ]).toEqual([
      [0x6b200159, 0x99ba4efe],
      [0x1cb996fc, 0xbb002be7],
      [0xc4923a9c, 0x483df7a0],
    ]);
    expect([...evaluate(() => e.randomBits(e.randomKey(3, 4), e.constant(9), 2))[0]!]).toEqual([
      ...threefry(3, 4, 0, 9),
      ...threefry(3, 4, 1, 9),
    ]);
  });

  test("normal numbers are Box and Muller's of uniform ones: all cosines, then all sines", () => {
    const [u, got] = evaluate(() => [e.uniform(e.randomKey(5), 7, [4]), e.normal(e.randomKey(5), 7, [3])]) as [
      Float64Array,
      Float64Array,
    ];
    const radius = [0, 1].map((i) => Math.sqrt(-2 * Math.log(1 - u[i]!)));
    const want = [
      radius[0]! * Math.cos(2 * Math.PI * u[2]!),
      radius[1]! * Math.cos(2 * Math.PI * u[3]!),
      radius[0]! * Math.sin(2 * Math.PI * u[2]!),
    ];
    want.forEach((w, i) => expect(got[i]).toBeCloseTo(w, 13));
  });

  test("none is missing", () => expect(Object.keys(examples).sort()).toEqual(Object.keys(catalogue).sort()));
});
