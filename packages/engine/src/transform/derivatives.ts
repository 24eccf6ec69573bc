import { reshape, transpose } from "../ops/views.js";
import { show, sizeOf } from "../shape.js";
import { constant, type Tensor } from "../tensor.js";
import { batched } from "./batch.js";
import { pushforward, zerosLike } from "./forward.js";
import { pullback } from "./reverse.js";
import { inline, substitute, trace, type TensorFunction } from "./trace.js";

const orZeros = (ts: readonly (Tensor | null)[], like: readonly Tensor[]): Tensor[] => ts.map((t, i) => t ?? zerosLike(like[i]!));

function fits(what: string, given: readonly Tensor[], like: readonly Tensor[]): void {
  like.forEach((t, i) => {
    const g = given[i];
    if (!g || g.dtype !== t.dtype || show(g.shape) !== show(t.shape)) {
      throw new RangeError(
        `${what} ${i}: ${g ? `${g.dtype} ${show(g.shape)}` : "nothing"} given, ${t.dtype} ${show(t.shape)} needed`,
      );
    }
  });
}

/**
 * Jacobian-vector product.
 *
 * *Definition*: outputs = f(x), tangents = Df(x) v.
 * *Arguments*: `primals` x and `tangents` v, of equal shapes.
 * *Error*: exact up to rounding (no differences are taken). *Cost*: about 2.5 evaluations of f at most.
 * *Example*: `evaluate((x, v) => jvp(square, [x], [v]).tangents, { data: [3, 4] }, { data: [1, 10] })[0] // [6, 80]`
 */
export function jvp(
  f: TensorFunction,
  primals: readonly Tensor[],
  tangents: readonly Tensor[],
): { outputs: Tensor[]; tangents: Tensor[] } {
  fits("tangent", tangents, primals);
  const g = trace(f, primals);
  const moved = trace((...vs) => orZeros(pushforward(g.outputs, g.inputs, vs), g.outputs), tangents);
  const at = new Map<Tensor, Tensor>([
    ...g.inputs.map((t, i) => [t, primals[i]!] as const),
    ...moved.inputs.map((t, i) => [t, tangents[i]!] as const),
  ]);
  const all = substitute([...g.outputs, ...moved.outputs], at);
  return { outputs: all.slice(0, g.outputs.length), tangents: all.slice(g.outputs.length) };
}

/**
 * Vector-Jacobian product.
 *
 * *Definition*: outputs = f(x); pull(w) = Df(x)^T w, one tensor a primal.
 * *Arguments*: `primals` x; `pull` takes one cotangent for each result, of its shape.
 * *Error*: exact up to rounding; <w, jvp v> = <pull w, v>. *Cost*: a pull takes about 2 evaluations of f.
 * *Example*: `evaluate((x, w) => vjp(sum, [x]).pull([w]), { data: [1, 2, 3] }, { data: [5], shape: [] })[0] // [5, 5, 5]`
 */
export function vjp(
  f: TensorFunction,
  primals: readonly Tensor[],
): { outputs: Tensor[]; pull: (cotangents: readonly Tensor[]) => Tensor[] } {
  const g = trace(f, primals);
  return {
    outputs: inline(g, primals),
    pull(cotangents) {
      fits("cotangent", cotangents, g.outputs);
      const back = trace((...ws) => orZeros(pullback(g.outputs, g.inputs, ws), g.inputs), cotangents);
      const at = new Map<Tensor, Tensor>([
        ...g.inputs.map((t, i) => [t, primals[i]!] as const),
        ...back.inputs.map((t, i) => [t, cotangents[i]!] as const),
      ]);
      return substitute(back.outputs, at);
    },
  };
}

/**
 * Value and gradient of a scalar function by one of its arguments (default the first).
 *
 * *Returns*: a function with f's arguments that gives [value, gradient].
 * *Error*: throws when f's result is not one scalar. Exact up to rounding. *Cost*: about 3 evaluations of f.
 * *Source*: Griewank and Walther (2008), section 3.2 (reverse mode).
 * *Example*: `evaluate((x) => valueAndGrad((y) => sum(mul(y, y)))(x), { data: [1, 2] }) // [[5], [2, 4]]`
 */
export function valueAndGrad(f: (...args: Tensor[]) => Tensor, argument = 0): (...args: Tensor[]) => [Tensor, Tensor] {
  return (...args) => {
    const x = args[argument];
    if (!x) throw new RangeError(`grad: argument ${argument} asked for, ${args.length} given`);
    const g = trace(f, args);
    const value = g.outputs[0]!;
    if (g.outputs.length !== 1 || value.shape.length !== 0) {
      throw new RangeError(
        `grad: the function must return one scalar, got ${g.outputs.map((t) => show(t.shape)).join(", ")}; use sum, or jacobian for several results`,
      );
    }
    const [d] = pullback([value], [g.inputs[argument]!], [constant(1, [], value.dtype)]);
    return inline({ inputs: g.inputs, outputs: [value, d ?? zerosLike(x)] }, args) as [Tensor, Tensor];
  };
}

/** The gradient alone; see valueAndGrad. *Example*: `evaluate((x) => grad((y) => sum(mul(y, y)))(x), { data: [1, 2] })[0] // [2, 4]` */
export function grad(f: (...args: Tensor[]) => Tensor, argument = 0): (...args: Tensor[]) => Tensor {
  const both = valueAndGrad(f, argument);
  return (...args) => both(...args)[1];
}

/**
 * Hessian-vector product of a scalar function of its first argument.
 *
 * *Definition*: hvp(f)(x, v, ...rest) = D^2 f(x) v, forward over reverse.
 * *Error*: exact up to rounding.
 * *Cost*: about 2 gradients beyond the gradient it shares work with.
 * *Source*: Pearlmutter, Fast exact multiplication by the Hessian (1994).
 * *Example*: `evaluate((x, v) => hvp((y) => sum(pow(y, 3)))(x, v), { data: [1, 2] }, { data: [1, 1] })[0] // [6, 12]`
 */
export function hvp(f: (...args: Tensor[]) => Tensor): (x: Tensor, v: Tensor, ...rest: Tensor[]) => Tensor {
  return (x, v, ...rest) => jvp((y) => grad(f)(y, ...rest), [x], [v]).tangents[0]!;
}

/**
 * The Jacobian of f: one tensor a result, of shape [...result, ...argument].
 *
 * *Returns*: a function with f's arguments; the derivative is by the first.
 * *Error*: exact up to rounding.
 * *Cost*: as many tangents as the argument has elements, side by side in one program.
 * *Example*: `evaluate((x) => jacobian((y) => mul(at(y, 0), y))(x), { data: [2, 5] })[0] // [4, 0, 5, 2]`
 */
export function jacobian(f: (x: Tensor, ...rest: Tensor[]) => Tensor): (x: Tensor, ...rest: Tensor[]) => Tensor {
  return (x, ...rest) => {
    const n = sizeOf(x.shape);
    const eye = new Float64Array(n * n);
    for (let i = 0; i < n; i++) eye[i * n + i] = 1;
    const basis = constant(eye, [n, ...x.shape], x.dtype);
    const columns = vmap((v) => jvp((y) => f(y, ...rest), [x], [v]).tangents[0]!)(basis);
    const rank = columns.shape.length;
    const moved = transpose(columns, [...Array.from({ length: rank - 1 }, (_, i) => i + 1), 0]);
    return reshape(moved, [...columns.shape.slice(1), ...x.shape]);
  };
}

/**
 * f applied to every member of a batch, as one program.
 *
 * *Arguments*: `axes`: for each argument whether it carries the batch as its leading axis (true or 0, the default) or is shared (null).
 * *Returns*: a function whose results carry the batch as leading axis. *Cost*: the batch's work, in wider operations.
 * *Example*: `evaluate((xs, w) => vmap((x, w) => sum(mul(x, w)), [0, null])(xs, w), { data: [1, 2, 3, 4], shape: [2, 2] }, { data: [1, 10] })[0] // [21, 43]`
 */
export function vmap<R extends Tensor | readonly Tensor[]>(
  f: (...args: Tensor[]) => R,
  axes?: readonly (0 | null)[],
): (...args: Tensor[]) => R {
  return (...args) => {
    const along = args.map((_, i) => (axes && i < axes.length ? axes[i] === 0 : true));
    const sizes = new Set(args.filter((_, i) => along[i]).map((t) => t.shape[0]));
    const n = [...sizes][0];
    if (sizes.size !== 1 || n === undefined) {
      throw new RangeError(
        `vmap: batched arguments need one common leading axis, got ${
          args
            .filter((_, i) => along[i])
            .map((t) => show(t.shape))
            .join(", ") || "none"
        }`,
      );
    }
    let single = false;
    const g = trace(
      (...xs) => {
        const r = f(...xs);
        single = !Array.isArray(r);
        return r;
      },
      args.map((t, i) => ({ dtype: t.dtype, shape: along[i] ? t.shape.slice(1) : t.shape })),
    );
    const shared = new Map(g.inputs.flatMap((t, i) => (along[i] ? [] : [[t, args[i]!] as const])));
    const outs = batched(
      substitute(g.outputs, shared),
      g.inputs,
      args.map((t, i) => (along[i] ? t : null)),
      n,
    );
    return (single ? outs[0] : outs) as R;
  };
}
