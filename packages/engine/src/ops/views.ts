import { axesOf, axisOf, sameShape, show, sizeOf, stridesOf, type Shape } from "../shape.js";
import { node, type Op, type Tensor, type TypedArray } from "../tensor.js";
import { sum } from "./reduce.js";
import { pad } from "./assemble.js";

/** How a view reads its operand: element `index` of the result is operand element offset + sum index[i] * strides[i]. */
export interface Access {
  readonly offset: number;
  readonly strides: readonly number[];
}

/** Copies a strided region of `from` into `out`, row-major in `shape`. */
function gatherStrided(from: TypedArray, out: TypedArray, shape: Shape, { offset, strides }: Access): void {
  const rank = shape.length;
  const index = new Array<number>(rank).fill(0);
  let at = offset;
  for (let i = 0; i < out.length; i++) {
    out[i] = from[at]!;
    for (let d = rank - 1; d >= 0; d--) {
      at += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      at -= strides[d]! * shape[d]!;
      index[d] = 0;
    }
  }
}

/** A view: its result is its operand read in another order; `access` is also all the lowering needs. */
export interface ViewOp extends Op {
  /** How to read the result off an operand with these strides; undefined if strides cannot say it (a reshape of scattered elements). */
  access(t: Tensor, strides: readonly number[]): Access | undefined;
}

function view(
  name: string,
  access: ViewOp["access"],
  transpose: (t: Tensor, ct: Tensor) => Tensor,
  batch: (t: Tensor, x: Tensor, n: number) => Tensor,
): ViewOp {
  return {
    name,
    family: "view",
    linear: [0],
    access,
    evaluate: ([x], t, out) => gatherStrided(x!, out, t.shape, access(t, stridesOf(t.inputs[0]!.shape))!),
    transpose,
    batch: (t, [x], _batched, n) => batch(t, x!, n),
  };
}

/** The strides of a reshape: dimensions that run on as one are merged, then split as the new shape asks. */
function regroup(from: Shape, strides: readonly number[], to: Shape): Access | undefined {
  const runs: { size: number; stride: number }[] = [];
  from.forEach((size, i) => {
    if (size === 1) return;
    const last = runs[runs.length - 1];
    if (last && last.stride === strides[i]! * size) runs[runs.length - 1] = { size: last.size * size, stride: strides[i]! };
    else runs.push({ size, stride: strides[i]! });
  });
  const out = new Array<number>(to.length).fill(0);
  if (sizeOf(to) === 0) return { offset: 0, strides: out };
  let r = runs.length - 1;
  let left = r >= 0 ? runs[r]!.size : 1;
  let stride = r >= 0 ? runs[r]!.stride : 0;
  for (let i = to.length - 1; i >= 0; i--) {
    if (to[i] === 1) continue;
    if (left === 1 && r > 0) {
      r--;
      left = runs[r]!.size;
      stride = runs[r]!.stride;
    }
    if (left % to[i]! !== 0) return undefined;
    out[i] = stride;
    stride *= to[i]!;
    left /= to[i]!;
  }
  return { offset: 0, strides: out };
}

export const reshapeOp = view(
  "reshape",
  (t, strides) => regroup(t.inputs[0]!.shape, strides, t.shape),
  (t, ct) => reshape(ct, t.inputs[0]!.shape),
  (t, x, n) => reshape(x, [n, ...t.shape]),
);

/**
 * The same elements, row-major, under another shape of the same size; one dimension may be -1 (inferred).
 * *Example*: `reshape(input([2, 3]), [3, -1]).shape // [3, 2]`
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const dims = [...shape];
  const hole = dims.indexOf(-1);
  if (hole >= 0) {
    const rest = dims.reduce((p, d, i) => (i === hole ? p : p * d), 1);
    dims[hole] = rest > 0 ? sizeOf(x.shape) / rest : NaN;
  }
  if (dims.some((d) => !(d >= 0) || !Number.isInteger(d)) || sizeOf(dims) !== sizeOf(x.shape)) {
    throw new RangeError(`reshape: ${show(x.shape)} has ${sizeOf(x.shape)} elements and cannot become ${show(shape)}`);
  }
  return sameShape(x.shape, dims) ? x : node(reshapeOp, [x], x.dtype, dims);
}

export const transposeOp = view(
  "transpose",
  (t, strides) => ({ offset: 0, strides: (t.attrs as number[]).map((p) => strides[p]!) }),
  (t, ct) =>
    transpose(
      ct,
      (t.attrs as number[]).map((_, i) => (t.attrs as number[]).indexOf(i)),
    ),
  (t, x) => transpose(x, [0, ...(t.attrs as number[]).map((p) => p + 1)]),
);

/**
 * Axis i of the result is axis perm[i] of x; without perm the order of axes is reversed.
 * *Example*: `evaluate((x) => transpose(x), { data: [1, 2, 3, 4, 5, 6], shape: [2, 3] })[0] // [1, 4, 2, 5, 3, 6]`
 */
export function transpose(x: Tensor, perm?: readonly number[]): Tensor {
  const order = perm ?? x.shape.map((_, i) => x.shape.length - 1 - i);
  if (order.length !== x.shape.length || [...order].sort((a, b) => a - b).some((p, i) => p !== i)) {
    throw new RangeError(`transpose: [${order.join(", ")}] is not a permutation of the axes of ${show(x.shape)}`);
  }
  if (order.every((p, i) => p === i)) return x;
  return node(
    transposeOp,
    [x],
    x.dtype,
    order.map((p) => x.shape[p]!),
    [...order],
  );
}

export const broadcastOp = view(
  "broadcast",
  (t, strides) => {
    const from = t.inputs[0]!.shape;
    const lead = t.shape.length - from.length;
    return {
      offset: 0,
      strides: t.shape.map((d, i) => (i < lead || (from[i - lead] === 1 && d !== 1) ? 0 : strides[i - lead]!)),
    };
  },
  (t, ct) => {
    const from = t.inputs[0]!.shape;
    const lead = t.shape.length - from.length;
    const axes = t.shape.flatMap((d, i) => (i < lead || (from[i - lead] === 1 && d !== 1) ? [i] : []));
    return reshape(sum(ct, axes), from);
  },
  (t, x, n) => {
    // Keep the batch axis first: give the operand the missing leading axes after it.
    const from = x.shape.slice(1);
    const lead = t.shape.length - from.length;
    return broadcastTo(reshape(x, [n, ...new Array<number>(lead).fill(1), ...from]), [n, ...t.shape]);
  },
);

/**
 * x repeated along new leading axes and along its axes of size 1, as NumPy broadcasts.
 * *Example*: `evaluate((x) => broadcastTo(x, [2, 3]), { data: [1, 2, 3] })[0] // [1, 2, 3, 1, 2, 3]`
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  const lead = shape.length - x.shape.length;
  if (lead < 0 || x.shape.some((d, i) => d !== 1 && d !== shape[i + lead])) {
    throw new RangeError(
      `broadcastTo: ${show(x.shape)} does not broadcast to ${show(shape)}; trailing dimensions must be equal or 1`,
    );
  }
  return sameShape(x.shape, shape) ? x : node(broadcastOp, [x], x.dtype, [...shape]);
}

interface SliceAttrs {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
}

export const sliceOp = view(
  "slice",
  (t, strides) => {
    const { starts, steps } = t.attrs as SliceAttrs;
    return { offset: strides.reduce((o, s, i) => o + s * starts[i]!, 0), strides: strides.map((s, i) => s * steps[i]!) };
  },
  (t, ct) => {
    const { starts, steps } = t.attrs as SliceAttrs;
    const from = t.inputs[0]!.shape;
    // The mirror image first, where a step runs backwards.
    const back = steps.flatMap((s, i) => (s < 0 ? [i] : []));
    const forward = back.length ? flip(ct, back) : ct;
    const low = starts.map((s, i) => (steps[i]! < 0 ? s + steps[i]! * Math.max(t.shape[i]! - 1, 0) : s));
    const inner = steps.map((s) => Math.abs(s) - 1);
    return pad(
      forward,
      low,
      from.map((d, i) => d - low[i]! - (t.shape[i]! === 0 ? 0 : (t.shape[i]! - 1) * Math.abs(steps[i]!) + 1)),
      inner,
    );
  },
  (t, x, n) => {
    const { starts, steps } = t.attrs as SliceAttrs;
    return node(sliceOp, [x], t.dtype, [n, ...t.shape], { starts: [0, ...starts], steps: [1, ...steps] });
  },
);

/**
 * Elements starts[i], starts[i] + steps[i], ... below ends[i] along each axis i; missing trailing axes are taken whole.
 * Negative starts and ends count from the end of the axis. Steps are >= 1 (default 1).
 * *Example*: `evaluate((x) => slice(x, [1], [-1], [2]), { data: [0, 1, 2, 3, 4, 5] })[0] // [1, 3]`
 */
export function slice(x: Tensor, starts: readonly number[], ends: readonly number[], steps: readonly number[] = []): Tensor {
  if (starts.length > x.shape.length || ends.length !== starts.length) {
    throw new RangeError(
      `slice: ${starts.length} starts and ${ends.length} ends given for ${show(x.shape)}; give equally many, at most ${x.shape.length}`,
    );
  }
  const from: number[] = [];
  const by: number[] = [];
  const shape = x.shape.map((d, i) => {
    const step = steps[i] ?? 1;
    const start = i < starts.length ? (starts[i]! < 0 ? starts[i]! + d : starts[i]!) : 0;
    const end = i < starts.length ? (ends[i]! < 0 ? ends[i]! + d : ends[i]!) : d;
    if (!(start >= 0 && start <= end && end <= d) || !(step >= 1)) {
      throw new RangeError(
        `slice: axis ${i} of ${show(x.shape)} has no range ${starts[i]}..${ends[i]} with step ${step}; ` +
          `allowed: 0 <= start <= end <= ${d}, step >= 1`,
      );
    }
    from.push(start);
    by.push(step);
    return Math.ceil((end - start) / step);
  });
  return sameShape(shape, x.shape) ? x : node(sliceOp, [x], x.dtype, shape, { starts: from, steps: by });
}

/** x with the order of elements reversed along the axes (default all). *Example*: `evaluate((x) => flip(x), { data: [1, 2, 3] })[0] // [3, 2, 1]` */
export function flip(x: Tensor, axes?: number | readonly number[]): Tensor {
  const which = new Set(axesOf(axes, x.shape.length, "flip"));
  const starts = x.shape.map((d, i) => (which.has(i) ? Math.max(d - 1, 0) : 0));
  return node(sliceOp, [x], x.dtype, x.shape, { starts, steps: x.shape.map((_, i) => (which.has(i) ? -1 : 1)) });
}

/**
 * Element `index` along an axis (default the first), that axis removed; negative numbers count from behind.
 * *Example*: `evaluate((x) => at(x, -1), { data: [1, 2, 3, 4], shape: [2, 2] })[0] // [3, 4]`
 */
export function at(x: Tensor, index: number, axis = 0): Tensor {
  const a = axisOf(axis, x.shape.length, "at");
  const i = index < 0 ? index + x.shape[a]! : index;
  const ends = x.shape.map((d, j) => (j === a ? i + 1 : d));
  const part = slice(
    x,
    x.shape.map((_, j) => (j === a ? i : 0)),
    ends,
  );
  return reshape(
    part,
    x.shape.filter((_, j) => j !== a),
  );
}

/** x with one more axis of length 1 at the end. */
export const expandLast = (x: Tensor): Tensor => reshape(x, [...x.shape, 1]);
