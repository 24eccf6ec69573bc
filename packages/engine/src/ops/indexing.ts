import { show, sizeOf } from "../shape.js";
import { constant, node, type DType, type Op, type Tensor, type TypedArray } from "../tensor.js";
import { add, mul } from "./elementwise.js";
import { sum } from "./reduce.js";
import { broadcastTo, expandLast, reshape, transpose } from "./views.js";

/** Throws unless every index lies in [0, n): the reference checks what the lowering clamps. */
function checkIndex(i: number, n: number, what: string): number {
  if (!(i >= 0 && i < n)) throw new RangeError(`${what}: index ${i} is outside 0..${n - 1}`);
  return i;
}

export const castOp: Op = {
  name: "cast",
  family: "cast",
  linear: [0],
  evaluate([x], t, out) {
    for (let i = 0; i < out.length; i++) out[i] = t.dtype === "i32" ? toInt32(x![i]!) : x![i]!;
  },
  transpose: (t, ct) => cast(ct, t.inputs[0]!.dtype),
  batch: (t, [x]) => cast(x!, t.dtype),
};

/** Truncation toward zero, saturating; NaN gives 0: as WebAssembly's trunc_sat. */
const toInt32 = (v: number): number => (v !== v ? 0 : Math.max(-2147483648, Math.min(2147483647, Math.trunc(v))));

/**
 * The same numbers in another element type: rounded to f32; to i32 truncated toward zero, saturating, NaN to 0.
 * *Example*: `evaluate((x) => cast(x, "i32"), { data: [1.9, -1.9] })[0] // [1, -1]`
 */
export const cast = (x: Tensor, dtype: DType): Tensor => (x.dtype === dtype ? x : node(castOp, [x], dtype, x.shape));

export const takeOp: Op = {
  name: "take",
  family: "take",
  linear: [0],
  evaluate([x, indices], t, out) {
    const source = t.inputs[0]!;
    const row = sizeOf(source.shape.slice(1));
    for (let i = 0; i < indices!.length; i++) {
      const from = checkIndex(indices![i]!, source.shape[0]!, "take") * row;
      for (let j = 0; j < row; j++) out[i * row + j] = x![from + j]!;
    }
  },
  transpose(t, ct) {
    const [x, indices] = t.inputs as [Tensor, Tensor];
    const count = sizeOf(indices.shape);
    return segmentSum(reshape(ct, [count, ...x.shape.slice(1)]), reshape(indices, [count]), x.shape[0]!);
  },
  batch(t, [x, indices], [xBatched, iBatched], n) {
    const [x0, i0] = t.inputs as [Tensor, Tensor];
    if (!xBatched) return take(x!, indices!);
    if (!iBatched) {
      // The batch axis steps behind the gathered one and comes back.
      const rank = x!.shape.length;
      const moved = take(transpose(x!, [1, 0, ...range(2, rank)]), indices!);
      const k = i0.shape.length;
      return transpose(moved, [k, ...range(0, k), ...range(k + 1, moved.shape.length)]);
    }
    const rows = x0.shape[0]!;
    const flat = reshape(x!, [n * rows, ...x0.shape.slice(1)]);
    return take(flat, shifted(indices!, n, rows));
  },
};

const range = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

/** Batched indices as indices into the batch laid end to end. */
function shifted(indices: Tensor, n: number, rows: number): Tensor {
  const base = constant(
    Float64Array.from({ length: n }, (_, i) => i * rows),
    [n, ...indices.shape.slice(1).map(() => 1)],
  );
  return cast(add(cast(indices, "f64"), base), "i32");
}

/**
 * Rows of x by number: result[i..., :] = x[indices[i...], :]. Indices are i32; one outside the rows is an error in the reference and reads the nearest row when compiled.
 * *Example*: `evaluate((x) => take(x, constant([2, 0], [2], "i32")), { data: [10, 20, 30] })[0] // [30, 10]`
 */
export function take(x: Tensor, indices: Tensor): Tensor {
  if (x.shape.length === 0 || indices.dtype !== "i32") {
    throw new TypeError(
      `take: needs a tensor with rows and i32 indices, got ${show(x.shape)} and ${indices.dtype} ${show(indices.shape)}`,
    );
  }
  return node(takeOp, [x, indices], x.dtype, [...indices.shape, ...x.shape.slice(1)]);
}

export const segmentOp: Op = {
  name: "segmentSum",
  family: "segment",
  linear: [0],
  evaluate([x, indices], t, out) {
    const row = sizeOf(t.shape.slice(1));
    const f32 = t.dtype === "f32";
    out.fill(0);
    for (let i = 0; i < indices!.length; i++) {
      const to = checkIndex(indices![i]!, t.shape[0]!, "segmentSum") * row;
      for (let j = 0; j < row; j++) {
        const s = out[to + j]! + x![i * row + j]!;
        out[to + j] = f32 ? Math.fround(s) : s;
      }
    }
  },
  transpose: (t, ct) => take(ct, t.inputs[1]!),
  batch(t, [x, indices], [xBatched, iBatched], n) {
    const rows = t.shape[0]!;
    const [x0] = t.inputs as [Tensor, Tensor];
    if (!iBatched) {
      const rank = x!.shape.length;
      const back = segmentSum(transpose(x!, [1, 0, ...range(2, rank)]), indices!, rows);
      return transpose(back, [1, 0, ...range(2, rank)]);
    }
    const all = xBatched ? x! : broadcastTo(x!, [n, ...x!.shape]);
    const count = x0.shape[0]!;
    const flat = segmentSum(
      reshape(all, [n * count, ...x0.shape.slice(1)]),
      reshape(shifted(indices!, n, rows), [n * count]),
      n * rows,
    );
    return reshape(flat, [n, ...t.shape]);
  },
};

/**
 * Rows of x added up by number: result[s] = sum of x[i] over i with indices[i] = s, in ascending order of i; `count` rows.
 * *Arguments*: `x` [n, ...]; `indices` i32 [n] in [0, count): the reference throws on others, a compiled program takes the nearest. *Returns*: [count, ...].
 * *Example*: `evaluate((x) => segmentSum(x, constant([0, 1, 0], [3], "i32"), 2), { data: [1, 2, 3] })[0] // [4, 2]`
 */
export function segmentSum(x: Tensor, indices: Tensor, count: number): Tensor {
  if (indices.dtype !== "i32" || indices.shape.length !== 1 || x.shape[0] !== indices.shape[0]) {
    throw new TypeError(
      `segmentSum: needs one i32 index a row, got ${show(x.shape)} and ${indices.dtype} ${show(indices.shape)}`,
    );
  }
  return node(segmentOp, [x, indices], x.dtype, [count, ...x.shape.slice(1)]);
}

export const spmvOp: Op = {
  name: "spmv",
  family: "spmv",
  linear: [0, 3],
  evaluate([values, columns, offsets, x], t, out) {
    const width = sizeOf(t.shape.slice(1));
    const f32 = t.dtype === "f32";
    out.fill(0);
    for (let i = 0; i < t.shape[0]!; i++) {
      for (let e = offsets![i]!; e < offsets![i + 1]!; e++) {
        const from = checkIndex(columns![e]!, t.inputs[3]!.shape[0]!, "spmv") * width;
        for (let j = 0; j < width; j++) {
          const p = values![e]! * x![from + j]!;
          out[i * width + j] = f32 ? Math.fround(out[i * width + j]! + Math.fround(p)) : out[i * width + j]! + p;
        }
      }
    }
  },
  transpose(t, ct, operand) {
    const [values, columns, offsets, x] = t.inputs as [Tensor, Tensor, Tensor, Tensor];
    const edges = take(ct, rowsOf(offsets, values.shape[0]!));
    if (operand === 3) return segmentSum(mul(x.shape.length === 1 ? values : expandLast(values), edges), columns, x.shape[0]!);
    const products = mul(edges, take(x, columns));
    return x.shape.length === 1 ? products : sum(products, 1);
  },
  batch(t, args, batched, n) {
    const [values, columns, offsets, x] = args as [Tensor, Tensor, Tensor, Tensor];
    if (batched[1] || batched[2])
      throw new Error("spmv: the sparsity pattern cannot carry a batch axis; give each pattern its own call");
    if (!batched[0]) {
      // More right-hand sides: the batch becomes columns.
      const width = sizeOf(t.shape.slice(1));
      const wide = reshape(transpose(x, [1, 0, ...range(2, x.shape.length)]), [x.shape[1]!, n * width]);
      const out = spmv({ values, columns, offsets }, wide);
      return transpose(reshape(out, [t.shape[0]!, n, ...t.shape.slice(1)]), [1, 0, ...range(2, t.shape.length + 1)]);
    }
    // A batch of values: gather, multiply and add up edge by edge.
    const rows = rowsOf(offsets, columns.shape[0]!);
    const gathered = batched[3]
      ? (takeOp.batch(take(t.inputs[3]!, columns), [x, columns], [true, false], n) as Tensor)
      : broadcastTo(take(x, columns), [n, columns.shape[0]!, ...x.shape.slice(1)]);
    const weights = t.shape.length === 1 ? values : expandLast(values);
    const products = mul(weights, gathered);
    const moved = transpose(products, [1, 0, ...range(2, products.shape.length)]);
    return transpose(segmentSum(moved, rows, t.shape[0]!), [1, 0, ...range(2, products.shape.length)]);
  },
};

/** The row of each stored entry, from the row offsets: known when the program is built. */
function rowsOf(offsets: Tensor, entries: number): Tensor {
  const at = offsets.attrs as TypedArray | null;
  if (offsets.op.name !== "constant" || at === null)
    throw new TypeError("spmv: to be differentiated or batched, its row offsets must be a constant");
  const rows = new Int32Array(entries);
  for (let i = 0; i + 1 < at.length; i++) rows.fill(i, at[i]!, at[i + 1]!);
  return constant(rows, [entries], "i32");
}

/** A sparse matrix in compressed rows: entries offsets[i] .. offsets[i + 1] - 1 belong to row i. */
export interface Csr {
  readonly values: Tensor;
  readonly columns: Tensor;
  readonly offsets: Tensor;
}

/**
 * Sparse matrix times vector [n] or matrix [n, m]; each row is added up in the order its entries are stored.
 * To be differentiated, or batched over its values, its row offsets must be a constant.
 * *Example*: `const [columns, offsets] = [constant([0, 2, 1], [3], "i32"), constant([0, 2, 3], [3], "i32")];
 * evaluate((values, x) => spmv({ values, columns, offsets }, x), { data: [1, 2, 3] }, { data: [1, 10, 100] })[0] // [201, 30]`
 */
export function spmv({ values, columns, offsets }: Csr, x: Tensor): Tensor {
  if (
    values.shape.length !== 1 ||
    columns.dtype !== "i32" ||
    offsets.dtype !== "i32" ||
    columns.shape[0] !== values.shape[0] ||
    offsets.shape.length !== 1 ||
    x.dtype !== values.dtype ||
    x.shape.length < 1 ||
    x.shape.length > 2
  ) {
    throw new TypeError(
      `spmv: needs values ${show(values.shape)}, as many i32 columns (${columns.dtype} ${show(columns.shape)}), ` +
        `rows + 1 i32 offsets (${offsets.dtype} ${show(offsets.shape)}) and a vector or matrix of the values' type (${x.dtype} ${show(x.shape)})`,
    );
  }
  return node(spmvOp, [values, columns, offsets, x], values.dtype, [offsets.shape[0]! - 1, ...x.shape.slice(1)]);
}
