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
      return node(
        t.op,
        args.map((a, i) => (batched[i] ? a : broadcastTo(a, [n, ...t.shape]))),
        t.dtype,
        [n, ...t.shape],
      );
    },
  };
  return op;
}

function common(name: string, xs: readonly Operand[]): DType {
  let dtype: DType | undefined;
  for (const x of xs) {
    if (typeof x === "number") continue;
    if (x.dtype === "i32")
      throw new TypeError(`${name}: an i32 tensor holds indices; convert it with cast(x, "f64") to compute with it`);
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
      throw new RangeError(
        `${op.name}: shapes ${tensors.map((x) => show(x.shape)).join(" and ")} do not broadcast; ` +
          "trailing dimensions must be equal or 1 (use reshape to add dimensions of size 1)",
      );
    }
    shape = wider;
  }
  return node(
    op,
    tensors.map((t) => (sameShape(t.shape, shape) ? t : broadcastTo(t, shape))),
    dtype,
    shape,
  );
}

const unary = (
  name: string,
  body: <V, M>(l: Lanes<V, M>, x: V) => V,
  partial: ((x: Tensor, y: Tensor) => Tensor | 1 | -1 | null) | undefined,
  single = false,
) => {
  const op = elementwise(name, (l, [x]) => body(l, x!), partial && ((t) => [partial(t.inputs[0]!, t)]), single);
  return Object.assign((x: Operand): Tensor => apply(op, [x]), { op });
};

const binary = (
  name: string,
  body: <V, M>(l: Lanes<V, M>, a: V, b: V) => V,
  partials: ((a: Tensor, b: Tensor, y: Tensor) => (Tensor | 1 | -1 | null)[]) | undefined,
  single = false,
) => {
  const op = elementwise(
    name,
    (l, [a, b]) => body(l, a!, b!),
    partials && ((t) => partials(t.inputs[0]!, t.inputs[1]!, t)),
    single,
  );
  return Object.assign((a: Operand, b: Operand): Tensor => apply(op, [a, b]), { op });
};

// Arithmetic: one IEEE operation each.
/**
 * a + b, element by element; rounded once.
 *
 * *Arguments*: tensors of one element type, or numbers, which take it. Shapes broadcast as in NumPy: trailing dimensions must be equal or 1.
 * *Error*: throws on other shapes, on mixed element types and on i32, which holds indices. This holds for every elementwise operation.
 * *Example*: `evaluate(add, { data: [1, 2, 3, 4], shape: [2, 2] }, { data: [10, 20] })[0] // [11, 22, 13, 24]`
 */
export const add = binary(
  "add",
  (l, a, b) => l.add(a, b),
  () => [1, 1],
  true,
);
/** a - b, element by element. *Example*: `evaluate(sub, { data: [5, 7] }, { data: [1, 2] })[0] // [4, 5]` */
export const sub = binary(
  "sub",
  (l, a, b) => l.sub(a, b),
  () => [1, -1],
  true,
);
/** a b, element by element. *Example*: `evaluate((x) => mul(3, x), { data: [1, 2] })[0] // [3, 6]` */
export const mul = binary(
  "mul",
  (l, a, b) => l.mul(a, b),
  (a, b) => [b, a],
  true,
);
/** a / b, element by element, as IEEE 754 divides. *Example*: `evaluate(div, { data: [1, 1] }, { data: [4, 0] })[0] // [0.25, Infinity]` */
export const div = binary(
  "div",
  (l, a, b) => l.div(a, b),
  (_a, b, y) => [div(1, b), neg(div(y, b))],
  true,
);
/** -x. *Example*: `evaluate(neg, { data: [1, -2, 0] })[0] // [-1, 2, -0]` */
export const neg = unary(
  "neg",
  (l, x) => l.neg(x),
  () => -1,
  true,
);
/** |x|, with derivative 0 at 0. *Example*: `evaluate(abs, { data: [-3, 2] })[0] // [3, 2]` */
export const abs = unary(
  "abs",
  (l, x) => l.abs(x),
  (x) => sign(x),
  true,
);
/**
 * The square root, correctly rounded; NaN below 0. Its derivative at 0 is infinite.
 * *Example*: `evaluate(sqrt, { data: [9, -1] })[0] // [3, NaN]`
 */
export const sqrt = unary(
  "sqrt",
  (l, x) => l.sqrt(x),
  (_x, y) => div(0.5, y),
  true,
);
/** x^2. *Example*: `evaluate(square, { data: [3, -4] })[0] // [9, 16]` */
export const square = (x: Operand): Tensor => mul(x, x);

// Rounding and signs: constant between their jumps, so they carry no derivative.
/**
 * x itself, whose derivative is taken to be zero: what is computed from it counts as a constant.
 *
 * *Example*: `evaluate((x) => grad((y) => sum(mul(y, stopGradient(y))))(x), { data: [3, 4] })[0] // [3, 4]`
 */
export const stopGradient = unary("stopGradient", (_l, x) => x, undefined, true);
/** The largest whole number not above x. *Example*: `evaluate(floor, { data: [1.5, -1.5] })[0] // [1, -2]` */
export const floor = unary("floor", (l, x) => l.floor(x), undefined, true);
/** The smallest whole number not below x. *Example*: `evaluate(ceil, { data: [1.5, -1.5] })[0] // [2, -1]` */
export const ceil = unary("ceil", (l, x) => l.ceil(x), undefined, true);
/** The nearest whole number; halves go to the even one. *Example*: `evaluate(round, { data: [0.5, 1.5, 2.6] })[0] // [0, 2, 3]` */
export const round = unary("round", (l, x) => l.nearest(x), undefined, true);
/** -1, 0 or 1; NaN stays NaN and zeros keep their sign. *Example*: `evaluate(sign, { data: [-3, 0, 2] })[0] // [-1, 0, 1]` */
export const sign = unary(
  "sign",
  (l, x) => l.select(l.or(l.lt(x, l.const(0)), l.lt(l.const(0), x)), l.copysign(l.const(1), x), x),
  undefined,
  true,
);

// Comparisons: 1 where true, 0 where false (also where an operand is NaN, except ne).
const compare = (name: string, test: <V, M>(l: Lanes<V, M>, a: V, b: V) => M) =>
  binary(name, (l, a, b) => l.select(test(l, a, b), l.const(1), l.const(0)), undefined, true);
/** 1 where a < b, else 0. *Example*: `evaluate((x) => lt(x, 2), { data: [1, 2, 3] })[0] // [1, 0, 0]` */
export const lt = compare("lt", (l, a, b) => l.lt(a, b));
/** 1 where a <= b, else 0. *Example*: `evaluate((x) => le(x, 2), { data: [1, 2, 3] })[0] // [1, 1, 0]` */
export const le = compare("le", (l, a, b) => l.le(a, b));
/** 1 where a > b, else 0. *Example*: `evaluate((x) => gt(x, 2), { data: [1, 2, 3] })[0] // [0, 0, 1]` */
export const gt = (a: Operand, b: Operand): Tensor => lt(b, a);
/** 1 where a >= b, else 0. *Example*: `evaluate((x) => ge(x, 2), { data: [1, 2, 3] })[0] // [0, 1, 1]` */
export const ge = (a: Operand, b: Operand): Tensor => le(b, a);
/** 1 where a = b, else 0. *Example*: `evaluate((x) => eq(x, 2), { data: [1, 2, NaN] })[0] // [0, 1, 0]` */
export const eq = compare("eq", (l, a, b) => l.eq(a, b));
/** 1 where a and b differ or one is NaN, else 0. *Example*: `evaluate((x) => ne(x, 2), { data: [1, 2, NaN] })[0] // [1, 0, 1]` */
export const ne = compare("ne", (l, a, b) => l.ne(a, b));

const selectOp: Op = {
  ...elementwise("select", (l, [c, a, b]) => l.select(l.ne(c!, l.const(0)), a!, b!), undefined, true),
  // By hand, so that an infinite derivative of one branch never meets a zero weight.
  jvp: (t, [, da, db]) => [da || db ? select(t.inputs[0]!, da ?? 0, db ?? 0) : null],
  vjp: (t, [ct]) => [null, ct ? select(t.inputs[0]!, ct, 0) : null, ct ? select(t.inputs[0]!, 0, ct) : null],
};
/**
 * a where the condition is not 0 (a NaN condition counts as true), b elsewhere.
 *
 * *Error*: forward derivatives never mix the branches. In reverse mode the branch not taken is handed the cotangent 0; where its own derivative
 * is infinite that gives NaN, so choose its operand too: `select(lt(x, 1), x, sqrt(sub(select(lt(x, 1), 2, x), 1)))`.
 * *Example*: `evaluate((x) => select(lt(x, 0), 0, x), { data: [-1, 2] })[0] // [0, 2]`
 */
export const select = (condition: Operand, a: Operand, b: Operand): Tensor => apply(selectOp, [condition, a, b]);

// Maximum and minimum: where both are equal each operand gets half of the derivative.
const share = (mine: Tensor, other: Tensor): Tensor => select(lt(other, mine), 1, select(lt(mine, other), 0, 0.5));
/**
 * The larger of a and b; NaN if either is NaN. Where they tie each gets half of the derivative.
 * *Example*: `evaluate(max, { data: [1, 5] }, { data: [4, 2] })[0] // [4, 5]`
 */
export const max = binary(
  "max",
  (l, a, b) => l.max(a, b),
  (a, b) => [share(a, b), share(b, a)],
  true,
);
/**
 * The smaller of a and b; NaN if either is NaN. Where they tie each gets half of the derivative.
 * *Example*: `evaluate(min, { data: [1, 5] }, { data: [4, 2] })[0] // [1, 2]`
 */
export const min = binary(
  "min",
  (l, a, b) => l.min(a, b),
  (a, b) => [share(b, a), share(a, b)],
  true,
);
/** max(x, 0) with derivative 0 at 0. *Example*: `evaluate(relu, { data: [-1, 2] })[0] // [0, 2]` */
export const relu = unary(
  "relu",
  (l, x) => l.max(x, l.const(0)),
  (x) => gt(x, 0),
  true,
);

// Elementary functions, written once in lanes/; in f32 computed in f64 and rounded once.
/** e^x. *Error*: below 1 ulp. *Example*: `evaluate(exp, { data: [0, 1] })[0] // [1, 2.718281828459045]` */
export const exp = unary("exp", elementary.exp, (_x, y) => y);
/** e^x - 1, accurate near 0. *Error*: below 1.5 ulp. *Example*: `evaluate(expm1, { data: [1e-10] })[0] // [1.00000000005e-10]` */
export const expm1 = unary("expm1", elementary.expm1, (x) => exp(x));
/**
 * The natural logarithm; -Infinity at 0, NaN below. *Error*: below 1 ulp.
 * *Example*: `evaluate(log, { data: [1, 2, 0] })[0] // [0, 0.6931471805599453, -Infinity]`
 */
export const log = unary("log", elementary.log, (x) => div(1, x));
/** log(1 + x), accurate near 0. *Error*: below 1.5 ulp. *Example*: `evaluate(log1p, { data: [1e-10] })[0] // [9.9999999995e-11]` */
export const log1p = unary("log1p", elementary.log1p, (x) => div(1, add(1, x)));
/**
 * The sine; x in radians. *Error*: below 1 ulp for |x| <= 1,647,099; NaN beyond.
 * *Example*: `evaluate(sin, { data: [0, 1] })[0] // [0, 0.8414709848]`
 */
export const sin = unary("sin", elementary.sin, (x) => cos(x));
/**
 * The cosine; x in radians. *Error*: below 1 ulp for |x| <= 1,647,099; NaN beyond.
 * *Example*: `evaluate(cos, { data: [0, 1] })[0] // [1, 0.5403023059]`
 */
export const cos = unary("cos", elementary.cos, (x) => neg(sin(x)));
/**
 * The hyperbolic tangent. Its derivative is sech2, not 1 - tanh^2, which loses all digits for large |x|.
 * *Error*: below 2 ulp.
 * *Example*: `evaluate(tanh, { data: [0, 1] })[0] // [0, 0.7615941560]`
 */
export const tanh = unary("tanh", elementary.tanh, (x) => sech2(x));
/**
 * 1 / cosh(x)^2, to full relative accuracy. Shares its work with tanh(x) when both are wanted.
 * *Error*: below 5 ulp; 0 for |x| > 350, where it is below 4e-304.
 * *Example*: `evaluate(sech2, { data: [0, 1] })[0] // [1, 0.4199743416]`
 */
export const sech2 = unary("sech2", elementary.sech2, (x, y) => mul(-2, mul(tanh(x), y)));
/** 1 / (1 + exp(-x)). *Error*: below 2.5 ulp. *Example*: `evaluate(sigmoid, { data: [0, 2] })[0] // [0.5, 0.8807970780]` */
export const sigmoid = unary("sigmoid", elementary.sigmoid, (x, y) => mul(y, sigmoid(neg(x))));
/**
 * The error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. *Error*: below 1.5 ulp.
 * *Example*: `evaluate(erf, { data: [0, 1] })[0] // [0, 0.8427007929]`
 */
export const erf = unary("erf", elementary.erf, (x) => mul(2 / Math.sqrt(Math.PI), exp(neg(mul(x, x)))));

/**
 * a^b with the special values of IEEE 754. The derivative by b is a^b log a, and 0 where a = 0 < b.
 * *Error*: below 1 ulp.
 * *Example*: `evaluate((x) => pow(2, x), { data: [10, 0.5] })[0] // [1024, 1.4142135624]`
 */
export const pow = binary(
  "pow",
  (l, a, b) => powLanes(l, a, b),
  (a, b, y) => [
    // b = 0 must not give 0 * infinity at a = 0.
    select(eq(b, 0), 0, mul(b, pow(a, sub(b, 1)))),
    select(eq(a, 0), select(lt(0, b), 0, NaN), mul(y, log(a))),
  ],
);

/**
 * x with a new axis of size 1 before `axis` (negative: counted from behind, -1 is last), so that a vector applies to columns, and the like.
 * *Example*: `expandDims(input([3]), 1).shape // [3, 1]`
 */
export const expandDims = (x: Tensor, axis: number): Tensor => {
  const at = axis < 0 ? axis + x.shape.length + 1 : axis;
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
};
