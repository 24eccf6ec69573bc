import { axesOf, show, sizeOf, stridesOf } from "../shape.js";
import { node, type Op, type Tensor } from "../tensor.js";
import { div, eq, mul } from "./elementwise.js";
import { broadcastTo, reshape } from "./views.js";

/** Calls visit(element, group) for every element of x, grouped by the axes kept; elements of one group come in row-major order. */
function eachGroup(x: Tensor, axes: readonly number[], visit: (element: number, group: number, position: number) => void): void {
  const strides = stridesOf(x.shape);
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const keptStrides = stridesOf(kept.map((i) => x.shape[i]!));
  const total = sizeOf(x.shape);
  const reduced = axes.map((i) => x.shape[i]!);
  const positions = stridesOf(reduced);
  for (let e = 0; e < total; e++) {
    let group = 0;
    let position = 0;
    for (let i = 0; i < kept.length; i++) group += (Math.floor(e / strides[kept[i]!]!) % x.shape[kept[i]!]!) * keptStrides[i]!;
    for (let i = 0; i < axes.length; i++) position += (Math.floor(e / strides[axes[i]!]!) % reduced[i]!) * positions[i]!;
    visit(e, group, position);
  }
}

function reduction(
  name: string,
  start: number,
  combine: (a: number, b: number) => number,
  differentiate: Pick<Op, "linear" | "transpose" | "jvp" | "vjp">,
): Op {
  const op: Op = {
    name,
    family: "reduce",
    ...differentiate,
    evaluate([x], t, out) {
      out.fill(start);
      eachGroup(t.inputs[0]!, t.attrs as number[], (e, g) => {
        out[g] = combine(out[g]!, x![e]!);
      });
    },
    batch: (t, [x], _batched, n) =>
      node(
        op,
        [x!],
        t.dtype,
        [n, ...t.shape],
        (t.attrs as number[]).map((a) => a + 1),
      ),
  };
  return op;
}

/** A reduced tensor spread back over the axes it was reduced along. */
function spread(t: Tensor, value: Tensor): Tensor {
  const x = t.inputs[0]!;
  const axes = t.attrs as number[];
  return broadcastTo(
    reshape(
      value,
      x.shape.map((d, i) => (axes.includes(i) ? 1 : d)),
    ),
    x.shape,
  );
}

export const sumOp = reduction("sum", 0, (a, b) => a + b, { linear: [0], transpose: (t, ct) => spread(t, ct) });

/** The weights with which the elements that attain an extreme value share its derivative equally. */
function shares(t: Tensor): Tensor {
  const hit = eq(t.inputs[0]!, spread(t, t));
  return div(hit, spread(t, sum(hit, t.attrs as number[])));
}

const byShares: Pick<Op, "jvp" | "vjp"> = {
  jvp: (t, [dx]) => [dx ? sum(mul(shares(t), dx), t.attrs as number[]) : null],
  vjp: (t, [ct]) => [ct ? mul(shares(t), spread(t, ct)) : null],
};

export const amaxOp = reduction("amax", -Infinity, Math.max, byShares);
export const aminOp = reduction("amin", Infinity, Math.min, byShares);

function reduce(op: Op, x: Tensor, axes: number | readonly number[] | undefined, keepDims: boolean): Tensor {
  if (x.dtype === "i32") throw new TypeError(`${op.name}: an i32 tensor holds indices; convert it with cast(x, "f64") first`);
  const which = axesOf(axes, x.shape.length, op.name);
  const kept = x.shape.filter((_, i) => !which.includes(i));
  const out = which.length === 0 ? x : node(op, [x], x.dtype, kept, which);
  return keepDims
    ? reshape(
        out,
        x.shape.map((d, i) => (which.includes(i) ? 1 : d)),
      )
    : out;
}

/**
 * Sum over axes (default all).
 *
 * *Arguments*: `axes`: a number or several, negative ones counted from behind; `keepDims` leaves them as axes of size 1.
 * *Error*: at most (count - 1) half-ulps of the partial sums; the order depends on shapes alone (docs/decisions/004). Throws on i32.
 * *Example*: `evaluate((x) => sum(x, 1), { data: [1, 2, 3, 4], shape: [2, 2] })[0] // [3, 7]`
 */
export const sum = (x: Tensor, axes?: number | readonly number[], keepDims = false): Tensor => reduce(sumOp, x, axes, keepDims);

/**
 * Largest element over axes; elements that tie share the derivative equally. NaN if any element is NaN; -infinity for none.
 * *Example*: `evaluate((x) => amax(x, 1), { data: [1, 2, 4, 3], shape: [2, 2] })[0] // [2, 4]`
 */
export const amax = (x: Tensor, axes?: number | readonly number[], keepDims = false): Tensor => reduce(amaxOp, x, axes, keepDims);
/**
 * Smallest element over axes; ties and NaN as in amax; infinity for none.
 * *Example*: `evaluate((x) => amin(x, 1), { data: [1, 2, 4, 3], shape: [2, 2] })[0] // [1, 3]`
 */
export const amin = (x: Tensor, axes?: number | readonly number[], keepDims = false): Tensor => reduce(aminOp, x, axes, keepDims);

/**
 * Arithmetic mean over axes (default all); NaN for none.
 * *Example*: `evaluate((x) => mean(x, 0), { data: [1, 2, 3, 4], shape: [2, 2] })[0] // [2, 3]`
 */
export function mean(x: Tensor, axes?: number | readonly number[], keepDims = false): Tensor {
  const count = axesOf(axes, x.shape.length, "mean").reduce((n, a) => n * x.shape[a]!, 1);
  return div(sum(x, axes, keepDims), count);
}

export const argmaxOp: Op = {
  name: "argmax",
  family: "reduce",
  evaluate([x], t, out) {
    const best = new Float64Array(out.length).fill(-Infinity);
    out.fill(0);
    eachGroup(t.inputs[0]!, [t.attrs as number], (e, g, position) => {
      const v = x![e]!;
      if (v > best[g]!) {
        best[g] = v;
        out[g] = position;
      }
    });
  },
  batch: (t, [x], _batched, n) => node(argmaxOp, [x!], "i32", [n, ...t.shape], (t.attrs as number) + 1),
};

/**
 * Index (i32) of the first largest element along an axis (default the last). NaN never wins.
 * *Example*: `evaluate((x) => argmax(x), { data: [1, 5, 5, 2] })[0] // [1]`
 */
export function argmax(x: Tensor, axis = -1): Tensor {
  const [a] = axesOf(axis, x.shape.length, "argmax");
  if (x.shape[a!] === 0) throw new RangeError(`argmax: axis ${axis} of ${show(x.shape)} has no elements`);
  return node(
    argmaxOp,
    [x],
    "i32",
    x.shape.filter((_, i) => i !== a),
    a,
  );
}
