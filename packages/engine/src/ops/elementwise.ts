import { elementary, pow as powLanes } from "../lanes/index.js";
import type { Lanes } from "../lanes/lanes.js";
import { scalarLanes } from "../lanes/scalar.js";
import { broadcastShapes, sameShape, show } from "../shape.js";
import { lift, node, type DType, type Op, type Operand, type Tensor } from "../tensor.js";
import { broadcastTo, reshape } from "./views.js";

type Body = <V, M>(l: Lanes<V, M>, args: readonly V[]) => V;

/** An elementwise operation: its meaning per element and its partial derivatives. */
export function elementwise(name: string, lanes: Body, partials: Op["partials"], single = false): Op {
  const op: Op = {
    name,
    family: "map",
    lanes,
    single,
    ...(partials ? { partials } : {}),
    evaluate(values, _t, out) {
      const args: number[] = new Array(values.length);
      for (let i = 0; i < out.length; i++) {
        for (let j = 0; j < values.length; j++) args[j] = values[j]![i]!;
        out[i] = lanes(scalarLanes, args);
      }
    },
    batch(t, args, batched, n) {
      // Not `op`: a record made from this one keeps its own derivatives.
      return node(t.op, args.map((a, i) => (batched[i] ? a : broadcastTo(a, [n, ...t.shape]))), t.dtype, [n, ...t.shape]);
    },
  };
  return op;
}

function common(name: string, xs: readonly Operand[]): DType {
  let dtype: DType | undefined;
  for (const x of xs) {
    if (typeof x === "number") continue;
    if (x.dtype === "i32") throw new TypeError(`${name}: an i32 tensor holds indices; convert it with cast(x, "f64") to compute with it`);
    if (dtype !== undefined && x.dtype !== dtype) {
      throw new TypeError(`${name}: operands are ${dtype} and ${x.dtype}; convert one with cast(x, "${dtype}")`);
    }
    dtype = x.dtype;
  }
  return dtype ?? "f64";
}

/** Applies an elementwise operation after NumPy broadcasting. */
export function apply(op: Op, xs: readonly Operand[]): Tensor {
  const dtype = common(op.name, xs);
  const tensors = xs.map((x) => lift(x, dtype));
  let shape = tensors[0]!.shape;
  for (const t of tensors) {
    const wider = broadcastShapes(shape, t.shape);
    if (!wider) {
      throw new RangeError(`${op.name}: shapes ${tensors.map((x) => show(x.shape)).join(" and ")} do not broadcast; ` +
        "trailing dimensions must be equal or 1 (use reshape to add dimensions of size 1)");
    }
    shape = wider;
  }
  return node(op, tensors.map((t) => (sameShape(t.shape, shape) ? t : broadcastTo(t, shape))), dtype, shape);
}

const unary = (name: string, body: <V, M>(l: Lanes<V, M>, x: V) => V, partial: ((x: Tensor, y: Tensor) => Tensor | 1 | -1 | null) | undefined, single = false) => {
  const op = elementwise(name, (l, [x]) => body(l, x!), partial && ((t) => [partial(t.inputs[0]!, t)]), single);
  return Object.assign((x: Operand): Tensor => apply(op, [x]), { op });
};

const binary = (name: string, body: <V, M>(l: Lanes<V, M>, a: V, b: V) => V,
  partials: ((a: Tensor, b: Tensor, y: Tensor) => (Tensor | 1 | -1 | null)[]) | undefined, single = false) => {
  const op = elementwise(name, (l, [a, b]) => body(l, a!, b!), partials && ((t) => partials(t.inputs[0]!, t.inputs[1]!, t)), single);
  return Object.assign((a: Operand, b: Operand): Tensor => apply(op, [a, b]), { op });
};

// Arithmetic: one IEEE operation each.
export const add = binary("add", (l, a, b) => l.add(a, b), () => [1, 1], true);
export const sub = binary("sub", (l, a, b) => l.sub(a, b), () => [1, -1], true);
export const mul = binary("mul", (l, a, b) => l.mul(a, b), (a, b) => [b, a], true);
export const div = binary("div", (l, a, b) => l.div(a, b), (_a, b, y) => [div(1, b), neg(div(y, b))], true);
export const neg = unary("neg", (l, x) => l.neg(x), () => -1, true);
export const abs = unary("abs", (l, x) => l.abs(x), (x) => sign(x), true);
export const sqrt = unary("sqrt", (l, x) => l.sqrt(x), (_x, y) => div(0.5, y), true);
export const square = (x: Operand): Tensor => mul(x, x);

// Rounding and signs: constant between their jumps, so they carry no derivative.
export const floor = unary("floor", (l, x) => l.floor(x), undefined, true);
export const ceil = unary("ceil", (l, x) => l.ceil(x), undefined, true);
export const round = unary("round", (l, x) => l.nearest(x), undefined, true);
/** -1, 0 or 1; NaN stays NaN and zeros keep their sign. */
export const sign = unary("sign", (l, x) => l.select(l.or(l.lt(x, l.const(0)), l.lt(l.const(0), x)), l.copysign(l.const(1), x), x), undefined, true);

// Comparisons: 1 where true, 0 where false (also where an operand is NaN, except ne).
const compare = (name: string, test: <V, M>(l: Lanes<V, M>, a: V, b: V) => M) =>
  binary(name, (l, a, b) => l.select(test(l, a, b), l.const(1), l.const(0)), undefined, true);
export const lt = compare("lt", (l, a, b) => l.lt(a, b));
export const le = compare("le", (l, a, b) => l.le(a, b));
export const gt = (a: Operand, b: Operand): Tensor => lt(b, a);
export const ge = (a: Operand, b: Operand): Tensor => le(b, a);
export const eq = compare("eq", (l, a, b) => l.eq(a, b));
export const ne = compare("ne", (l, a, b) => l.ne(a, b));

const selectOp: Op = {
  ...elementwise("select", (l, [c, a, b]) => l.select(l.ne(c!, l.const(0)), a!, b!), undefined, true),
  // By hand, so that an infinite derivative of one branch never meets a zero weight.
  jvp: (t, [, da, db]) => [da || db ? select(t.inputs[0]!, da ?? 0, db ?? 0) : null],
  vjp: (t, [ct]) => [null, ct ? select(t.inputs[0]!, ct, 0) : null, ct ? select(t.inputs[0]!, 0, ct) : null],
};
/** a where the condition is not 0 (a NaN condition counts as true), b elsewhere. Derivatives never mix the branches. */
export const select = (condition: Operand, a: Operand, b: Operand): Tensor => apply(selectOp, [condition, a, b]);

// Maximum and minimum: where both are equal each operand gets half of the derivative.
const share = (mine: Tensor, other: Tensor): Tensor => select(lt(other, mine), 1, select(lt(mine, other), 0, 0.5));
export const max = binary("max", (l, a, b) => l.max(a, b), (a, b) => [share(a, b), share(b, a)], true);
export const min = binary("min", (l, a, b) => l.min(a, b), (a, b) => [share(b, a), share(a, b)], true);
/** max(x, 0) with derivative 0 at 0. */
export const relu = unary("relu", (l, x) => l.max(x, l.const(0)), (x) => gt(x, 0), true);

// Elementary functions: at most 2 ulp in f64 (see lanes/); in f32 computed in f64 and rounded once.
export const exp = unary("exp", elementary.exp, (_x, y) => y);
export const expm1 = unary("expm1", elementary.expm1, (x) => exp(x));
export const log = unary("log", elementary.log, (x) => div(1, x));
export const log1p = unary("log1p", elementary.log1p, (x) => div(1, add(1, x)));
export const sin = unary("sin", elementary.sin, (x) => cos(x));
export const cos = unary("cos", elementary.cos, (x) => neg(sin(x)));
/** The hyperbolic tangent. Its derivative is sech2, not 1 - tanh^2, which loses all digits for large |x|. */
export const tanh = unary("tanh", elementary.tanh, (x) => sech2(x));
/** 1 / cosh(x)^2, to full relative accuracy. Shares its work with tanh(x) when both are wanted. */
export const sech2 = unary("sech2", elementary.sech2, (x, y) => mul(-2, mul(tanh(x), y)));
/** 1 / (1 + exp(-x)). */
export const sigmoid = unary("sigmoid", elementary.sigmoid, (x, y) => mul(y, sigmoid(neg(x))));
export const erf = unary("erf", elementary.erf, (x) => mul(2 / Math.sqrt(Math.PI), exp(neg(mul(x, x)))));

/** a^b with the special values of IEEE 754. The derivative by b is a^b log a, and 0 where a = 0 < b. */
export const pow = binary("pow", (l, a, b) => powLanes(l, a, b), (a, b, y) => [
  // b = 0 must not give 0 * infinity at a = 0.
  select(eq(b, 0), 0, mul(b, pow(a, sub(b, 1)))),
  select(eq(a, 0), select(lt(0, b), 0, NaN), mul(y, log(a))),
]);

/** Adds dimensions of size 1 so that a vector of per-column numbers applies to columns, and the like. */
export const expandDims = (x: Tensor, axis: number): Tensor => {
  const at = axis < 0 ? axis + x.shape.length + 1 : axis;
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
};
