import { axisOf, sameShape, show, stridesOf, type Shape } from "../shape.js";
import { constant, lift, node, type Op, type Operand, type Tensor, type TypedArray } from "../tensor.js";
import { broadcastTo, reshape, slice } from "./views.js";

/** Writes `from` (row-major in `shape`) into `out` at offset + sum index[i] * strides[i]. */
function scatterStrided(from: TypedArray, out: TypedArray, shape: Shape, offset: number, strides: readonly number[]): void {
  const index = new Array<number>(shape.length).fill(0);
  let at = offset;
  for (let i = 0; i < from.length; i++) {
    out[at] = from[i]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      at += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      at -= strides[d]! * shape[d]!;
      index[d] = 0;
    }
  }
}

export interface PadAttrs {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly inner: readonly number[];
}

/** Where the elements of a padded tensor go. */
export function padAccess(t: Tensor): { offset: number; strides: number[] } {
  const { low, inner } = t.attrs as PadAttrs;
  const strides = stridesOf(t.shape);
  return { offset: strides.reduce((o, s, i) => o + s * low[i]!, 0), strides: strides.map((s, i) => s * (inner[i]! + 1)) };
}

export const padOp: Op = {
  name: "pad",
  family: "pad",
  linear: [0],
  evaluate([x], t, out) {
    out.fill(0);
    const { offset, strides } = padAccess(t);
    scatterStrided(x!, out, t.inputs[0]!.shape, offset, strides);
  },
  transpose(t, ct) {
    const { low, high, inner } = t.attrs as PadAttrs;
    if (t.inputs[0]!.shape.includes(0)) return broadcastTo(constant(0, [], ct.dtype), t.inputs[0]!.shape);
    return slice(
      ct,
      low,
      ct.shape.map((d, i) => d - high[i]!),
      inner.map((n) => n + 1),
    );
  },
  batch(t, [x], _batched, n) {
    const { low, high, inner } = t.attrs as PadAttrs;
    return node(padOp, [x!], t.dtype, [n, ...t.shape], { low: [0, ...low], high: [0, ...high], inner: [0, ...inner] });
  },
};

/**
 * x with `low` zeros before, `high` zeros after and `inner` zeros between the elements of each axis.
 * *Example*: `evaluate((x) => pad(x, [1], [2], [1]), { data: [5, 6] })[0] // [0, 5, 0, 6, 0, 0]`
 */
export function pad(
  x: Tensor,
  low: readonly number[],
  high: readonly number[],
  inner: readonly number[] = low.map(() => 0),
): Tensor {
  const rank = x.shape.length;
  for (const list of [low, high, inner]) {
    if (list.length !== rank || list.some((v) => !(v >= 0) || !Number.isInteger(v))) {
      throw new RangeError(`pad: [${list.join(", ")}] must give ${rank} integers >= 0 for ${show(x.shape)}`);
    }
  }
  const shape = x.shape.map((d, i) => low[i]! + high[i]! + d + Math.max(d - 1, 0) * inner[i]!);
  return sameShape(shape, x.shape) ? x : node(padOp, [x], x.dtype, shape, { low: [...low], high: [...high], inner: [...inner] });
}

export const concatOp: Op = {
  name: "concat",
  family: "concat",
  jointly: true,
  evaluate(values, t, out) {
    const axis = t.attrs as number;
    const strides = stridesOf(t.shape);
    let start = 0;
    t.inputs.forEach((x, i) => {
      scatterStrided(values[i]!, out, x.shape, start * strides[axis]!, strides);
      start += x.shape[axis]!;
    });
  },
  transpose(t, ct, operand) {
    const axis = t.attrs as number;
    let start = 0;
    for (let i = 0; i < operand; i++) start += t.inputs[i]!.shape[axis]!;
    const end = start + t.inputs[operand]!.shape[axis]!;
    return slice(
      ct,
      ct.shape.map((_, i) => (i === axis ? start : 0)),
      ct.shape.map((d, i) => (i === axis ? end : d)),
    );
  },
  batch(t, args, batched, n) {
    return concat(
      args.map((a, i) => (batched[i] ? a : broadcastTo(a, [n, ...a.shape]))),
      (t.attrs as number) + 1,
    );
  },
};

/**
 * Tensors joined along an existing axis (default 0); all other dimensions must agree.
 * *Example*: `evaluate((a, b) => concat([a, b]), { data: [1, 2] }, { data: [3] })[0] // [1, 2, 3]`
 */
export function concat(xs: readonly Tensor[], axis = 0): Tensor {
  const first = xs[0];
  if (!first) throw new RangeError("concat: no tensors given; give at least one");
  const a = axisOf(axis, first.shape.length, "concat");
  for (const x of xs) {
    if (
      x.dtype !== first.dtype ||
      x.shape.length !== first.shape.length ||
      x.shape.some((d, i) => i !== a && d !== first.shape[i])
    ) {
      throw new RangeError(
        `concat: ${x.dtype} ${show(x.shape)} does not join ${first.dtype} ${show(first.shape)} along axis ${a}`,
      );
    }
  }
  if (xs.length === 1) return first;
  const total = xs.reduce((n, x) => n + x.shape[a]!, 0);
  return node(
    concatOp,
    xs,
    first.dtype,
    first.shape.map((d, i) => (i === a ? total : d)),
    a,
  );
}

/**
 * Tensors of one shape joined along a new axis (default 0).
 * *Example*: `evaluate((a, b) => stack([a, b], 1), { data: [1, 2] }, { data: [3, 4] })[0] // [1, 3, 2, 4]`
 */
export function stack(xs: readonly Operand[], axis = 0): Tensor {
  const dtype = (xs.find((x) => typeof x !== "number") as Tensor | undefined)?.dtype ?? "f64";
  return concat(
    xs.map((x) => {
      const t = lift(x, dtype);
      const a = axis < 0 ? axis + t.shape.length + 1 : axis;
      return reshape(t, [...t.shape.slice(0, a), 1, ...t.shape.slice(a)]);
    }),
    axis,
  );
}

/**
 * Elements shifted cyclically: result[i] = x[i - shift] along the axis.
 * *Example*: `evaluate((x) => roll(x, 1), { data: [1, 2, 3] })[0] // [3, 1, 2]`
 */
export function roll(x: Tensor, shift: number, axis = 0): Tensor {
  const a = axisOf(axis, x.shape.length, "roll");
  const n = x.shape[a]!;
  const by = n === 0 ? 0 : ((shift % n) + n) % n;
  if (by === 0) return x;
  const cut = (from: number, to: number): Tensor =>
    slice(
      x,
      x.shape.map((_, i) => (i === a ? from : 0)),
      x.shape.map((d, i) => (i === a ? to : d)),
    );
  return concat([cut(n - by, n), cut(0, n - by)], a);
}
