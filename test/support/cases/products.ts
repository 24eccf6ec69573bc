import * as e from "#engine";
import type { Shape } from "../../../packages/engine/src/shape.js";
import { floats, indices, over, type Case } from "./case.js";

const einsum = (spec: string, ...shapes: Shape[]): Case[] => over(`einsum ${spec}`, (...xs) => e.einsum(spec, ...xs), [shapes]);

/** Products and sums over indices, by the name under which the engine exports them. */
export const products: Record<string, readonly Case[]> = {
  matmul: [
    ...over("matmul", e.matmul, [
      [
        [5, 7],
        [7, 3],
      ],
      [[7], [7, 3]],
      [[5, 7], [7]],
      [[7], [7]],
      [
        [4, 5, 7],
        [4, 7, 3],
      ],
      [
        [5, 7],
        [4, 7, 3],
      ],
      [
        [4, 5, 7],
        [7, 3],
      ],
      [[4, 5, 7], [7]],
      [[7], [4, 7, 3]],
      [
        [1, 1],
        [1, 9],
      ],
      [
        [1, 5],
        [5, 1],
      ],
      [
        [0, 3],
        [3, 2],
      ],
      [
        [2, 0],
        [0, 3],
      ],
      [
        [2, 3],
        [3, 0],
      ],
      [
        [1, 2, 3],
        [1, 3, 2],
      ],
      [
        [8, 8],
        [8, 8],
      ],
    ]),
    ...over(
      "matmul, larger",
      e.matmul,
      [
        [
          [33, 70],
          [70, 40],
        ],
        [
          [3, 20, 17],
          [3, 17, 19],
        ],
      ],
      [-1, 1],
      { smooth: false },
    ),
    ...over("matmul of transposes", (a, b) => e.matmul(e.transpose(a), e.transpose(b)), [
      [
        [7, 5],
        [3, 7],
      ],
    ]),
    ...over("matmul with itself", (a) => e.matmul(a, e.transpose(a)), [[[3, 4]]]),
    ...over("matmul of views", (a, b) => e.matmul(e.flip(a, 0), e.slice(b, [0, 0], [8, 5], [2, 2])), [
      [
        [3, 4],
        [8, 5],
      ],
    ]),
    ...over("matmul of a row spread out", (a, b) => e.matmul(e.broadcastTo(a, [3, 4]), b), [[[4], [4, 2]]]),
  ],
  einsum: [
    ...einsum("ij,jk->ik", [2, 3], [3, 4]),
    ...einsum("bij,kj->ibk", [4, 2, 3], [2, 3]),
    ...einsum("bi,bj->b", [4, 5], [4, 3]),
    ...einsum("i,j->ij", [3], [2]),
    ...einsum("ij->ji", [3, 2]),
    ...einsum("ij->", [3, 2]),
    ...einsum("ij,jk,kl->il", [2, 3], [3, 4], [4, 2]),
    ...einsum("ij,ij->", [3, 4], [3, 4]),
    ...einsum("bhqd,bhkd->bhqk", [2, 2, 3, 2], [2, 2, 2, 2]),
    ...einsum("ij,j->i", [0, 3], [3]),
  ],
  take: [
    { name: "take", f: (x, i) => e.take(x, i), args: [...floats([[4, 3]]), indices([2, 0, 2, 3])] },
    {
      name: "take of a vector by a matrix of indices",
      f: (x, i) => e.square(e.take(x, i)),
      args: [...floats([[5]]), indices([4, 0, 1, 1, 2, 0], [2, 3])],
    },
    { name: "take one row", f: (x, i) => e.take(x, i), args: [...floats([[3, 2, 2]]), indices([1], [])] },
    { name: "take nothing", f: (x, i) => e.take(x, i), args: [...floats([[3, 2]]), indices([])] },
    { name: "take of rows without elements", f: (x, i) => e.take(x, i), args: [...floats([[3, 0]]), indices([2, 1])] },
    { name: "take of a view", f: (x, i) => e.take(e.transpose(x), i), args: [...floats([[2, 4]]), indices([3, 1, 3])] },
  ],
  segmentSum: [
    { name: "segmentSum", f: (x, i) => e.segmentSum(x, i, 5), args: [...floats([[5, 3]]), indices([2, 0, 2, 3, 0])] },
    {
      name: "segmentSum of a vector",
      f: (x, i) => e.square(e.segmentSum(x, i, 2)),
      args: [...floats([[6]]), indices([1, 0, 1, 1, 0, 1])],
    },
    {
      name: "segmentSum of wide rows",
      f: (x, i) => e.segmentSum(x, i, 3),
      args: [...floats([[4, 3, 5]]), indices([2, 2, 0, 2])],
    },
    { name: "segmentSum of nothing", f: (x, i) => e.segmentSum(x, i, 3), args: [...floats([[0, 2]]), indices([])] },
    {
      name: "segmentSum of a transpose",
      f: (x, i) => e.segmentSum(e.transpose(x), i, 3),
      args: [...floats([[2, 4]]), indices([0, 2, 2, 0])],
    },
  ],
  spmv: (
    [
      { name: "spmv", columns: [0, 2, 1, 0, 2], offsets: [0, 2, 3, 5], x: [3] },
      { name: "spmv of columns", columns: [0, 2, 1, 0, 2], offsets: [0, 2, 3, 5], x: [3, 2] },
      { name: "spmv of vectors of columns and a rest", columns: [0, 2, 1, 0, 2], offsets: [0, 2, 3, 5], x: [3, 5] },
      { name: "spmv with empty rows", columns: [3, 0, 0], offsets: [0, 0, 2, 2, 3], x: [4] },
      { name: "spmv without entries", columns: [], offsets: [0, 0, 0], x: [3] },
    ] as const
  ).map(({ name, columns, offsets, x }): Case => ({
    name,
    f: (values, cs, v) => e.spmv({ values: values!, columns: cs!, offsets: e.constant(offsets, [offsets.length], "i32") }, v!),
    args: [{ shape: [columns.length] }, { ...indices(columns), shared: true }, { shape: x }],
  })),
  conv2d: [
    ...over("conv2d", (x, w) => e.conv2d(x, w), [
      [
        [1, 3, 3, 1],
        [2, 2, 1, 1],
      ],
      [
        [2, 4, 3, 2],
        [3, 1, 2, 3],
      ],
    ]),
    ...over("conv2d with stride and padding", (x, w) => e.conv2d(x, w, { padding: [1, 1], stride: [2, 1] }), [
      [
        [2, 5, 4, 3],
        [3, 3, 3, 2],
      ],
    ]),
    ...over("conv2d of no images", (x, w) => e.conv2d(x, w), [
      [
        [0, 3, 3, 1],
        [2, 2, 1, 2],
      ],
    ]),
  ],
  maxPool: [
    ...over("maxPool", (x) => e.maxPool(x, [2, 2]), [[[1, 4, 4, 2]], [[2, 5, 3, 1]]]),
    ...over("maxPool, overlapping", (x) => e.maxPool(x, [2, 3], { stride: [1, 2], padding: [1, 0] }), [[[1, 4, 5, 1]]]),
  ],
  meanPool: [
    ...over("meanPool", (x) => e.meanPool(x, [2, 2]), [[[1, 4, 4, 2]]]),
    ...over("meanPool, overlapping", (x) => e.meanPool(x, [2, 2], { stride: [1, 1], padding: [0, 1] }), [[[1, 4, 4, 2]]]),
  ],
  solve: [
    // The matrices are kept away from singular ones: 4 on the diagonal, which the pivots then leave.
    ...over(
      "solve with rows exchanged",
      (a, b) => e.solve(e.add(a!, e.constant([0, 4, 0, 0, 0, 4, 4, 0, 0], [3, 3], a!.dtype)), b!),
      [
        [[3, 3], [3]],
        [
          [3, 3],
          [3, 2],
        ],
      ],
    ),
    ...over("solve with one unknown", (a, b) => e.solve(e.add(a!, 4), b!), [
      [
        [1, 1],
        [1, 3],
      ],
    ]),
  ],
  qr: [
    ...over("qr", (a) => e.qr(a), [[[1, 1]], [[4, 1]], [[3, 3]], [[6, 3]]]),
    ...over("qr of the product of views", (a) => e.qr(e.transpose(e.tanh(a)))[0], [[[2, 4]]]),
  ],
};
