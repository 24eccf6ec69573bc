import {
  abs,
  add,
  broadcastTo,
  ceil,
  cos,
  div,
  eq,
  erf,
  exp,
  expm1,
  floor,
  ge,
  gt,
  le,
  log,
  log1p,
  lt,
  max,
  min,
  mul,
  ne,
  neg,
  pow,
  relu,
  round,
  select,
  sigmoid,
  sign,
  sin,
  sqrt,
  stopGradient,
  sub,
  tanh,
  type Operand,
  type Tensor,
} from "#engine";
import type { Call, Operator, Value } from "./operator.js";

const one = (name: string, f: (x: Tensor, call: Call) => Tensor): Operator => ({
  name,
  build: (call) => f(call.tensor(0), call),
});

/** Toward zero, as integers are divided. */
const truncate = (x: Tensor): Tensor => mul(sign(x), floor(abs(x)));

const two = (name: string, f: (a: Tensor, b: Tensor, call: Call) => Tensor): Operator => ({
  name,
  build: (call) => f(call.tensor(0), call.tensor(1), call),
});

const comparing = (name: string, f: (a: Tensor, b: Tensor) => Tensor): Operator => ({
  name,
  build: (call): Value => ({ tensor: f(call.tensor(0), call.tensor(1)), type: "boolean" }),
});

/** Of any number of inputs, from the left. */
const many = (
  name: string,
  f: (a: Tensor, b: Tensor) => Tensor,
  last: (x: Tensor, n: number) => Tensor = (x) => x,
): Operator => ({
  name,
  build: (call) => last(call.inputs.map((_, i) => call.tensor(i)).reduce(f), call.inputs.length),
});

/** b where x > 0, else a: its derivative at 0 is that of a, as ONNX Runtime and PyTorch have it. */
const whenPositive = (x: Tensor, b: Operand, a: Operand): Tensor => select(gt(x, 0), b, a);
/** exp where x is not positive; elsewhere e^0, so that nothing overflows where it is not used. Not by `min`, whose derivative is halved at 0. */
const expBelow = (x: Tensor): Tensor => exp(whenPositive(x, 0, x));
/** In two branches, each smooth up to 0, so that derivatives of every order hold there too. */
const softplus = (x: Tensor): Tensor => whenPositive(x, add(x, log1p(exp(neg(whenPositive(x, x, 0))))), log1p(expBelow(x)));

const gelu = (x: Tensor, call: Call): Tensor =>
  call.text("approximate", "none") === "tanh"
    ? mul(mul(0.5, x), add(1, tanh(mul(Math.sqrt(2 / Math.PI), add(x, mul(0.044715, mul(x, mul(x, x))))))))
    : mul(mul(0.5, x), add(1, erf(mul(x, Math.SQRT1_2))));

function clip(x: Tensor, call: Call): Tensor {
  const [low, high] =
    call.version < 11
      ? [call.number("min", -Infinity), call.number("max", Infinity)]
      : [call.known(1)?.[0] ?? -Infinity, call.known(2)?.[0] ?? Infinity];
  const below = low === -Infinity ? x : max(x, low);
  return high === Infinity ? below : min(below, high);
}

/** Integer exponents as products, which hold for negative bases too and differentiate well; others as pow. */
function power(call: Call): Tensor {
  const [x, { tensor: exponent, known }] = [call.tensor(0), call.value(1)];
  const p = known?.length === 1 && exponent.shape.length <= x.shape.length ? known[0]! : NaN;
  if (p === 0.5) return sqrt(x);
  if (!Number.isInteger(p) || Math.abs(p) > 64) return pow(x, exponent);
  if (p === 0) return add(mul(x, 0), 1);
  let product: Tensor | undefined;
  for (let n = Math.abs(p), square = x; n > 0; n = Math.floor(n / 2), square = n > 0 ? mul(square, square) : square)
    if (n % 2 === 1) product = product ? mul(product, square) : square;
  return p < 0 ? div(1, product!) : product!;
}

const prelu = (x: Tensor, slope: Tensor): Tensor => add(max(x, 0), mul(slope, min(x, 0)));
const SELU = [1.6732632423543772, 1.0507009873554805] as const;

export const elementwise: readonly Operator[] = [
  two("Add", add),
  two("Sub", sub),
  two("Mul", mul),
  two("Div", (a, b, call) => (call.value(0).type === "integer" ? truncate(div(a, b)) : div(a, b))),
  { name: "Pow", build: power },
  two("Mod", (a, b, call) =>
    call.integer("fmod", 0) === 0 ? sub(a, mul(b, floor(div(a, b)))) : sub(a, mul(b, truncate(div(a, b)))),
  ),
  two("PRelu", prelu),
  one("Abs", abs),
  one("Neg", neg),
  one("Sign", sign),
  one("Floor", floor),
  one("Ceil", ceil),
  one("Round", round),
  one("Sqrt", sqrt),
  one("Reciprocal", (x) => div(1, x)),
  one("Exp", exp),
  one("Log", log),
  one("Erf", erf),
  // TensorFlow's own, which its exporter leaves as they are: GELU of Keras, and what it makes of log(1 + x) and exp(x) - 1.
  one("Erfc", (x) => sub(1, erf(x))),
  one("Log1p", log1p),
  one("Expm1", expm1),
  one("Sin", sin),
  one("Cos", cos),
  one("Tan", (x) => div(sin(x), cos(x))),
  one("Sinh", (x) => mul(0.5, sub(expm1(x), expm1(neg(x))))),
  one("Cosh", (x) => mul(0.5, add(exp(x), exp(neg(x))))),
  one("Tanh", tanh),
  one("Sigmoid", sigmoid),
  one("Relu", relu),
  one("LeakyRelu", (x, call) => whenPositive(x, x, mul(call.number("alpha", 0.01), x))),
  one("ThresholdedRelu", (x, call) => select(gt(x, call.number("alpha", 1)), x, 0)),
  one("Elu", (x, call) => whenPositive(x, x, mul(call.number("alpha", 1), sub(expBelow(x), 1)))),
  one("Celu", (x, call) => {
    const alpha = call.number("alpha", 1);
    return whenPositive(x, x, mul(alpha, sub(expBelow(div(x, alpha)), 1)));
  }),
  one("Selu", (x, call) => {
    const [alpha, gamma] = [call.number("alpha", SELU[0]), call.number("gamma", SELU[1])];
    return mul(gamma, whenPositive(x, x, mul(alpha, sub(expBelow(x), 1))));
  }),
  one("Gelu", gelu),
  one("Softplus", softplus),
  one("Softsign", (x) => div(x, add(1, abs(x)))),
  one("Mish", (x) => mul(x, tanh(softplus(x)))),
  one("HardSigmoid", (x, call) => max(0, min(1, add(mul(call.number("alpha", 0.2), x), call.number("beta", 0.5))))),
  one("HardSwish", (x) => mul(x, max(0, min(1, add(mul(1 / 6, x), 0.5))))),
  { ...one("Clip", clip), fixed: [1, 2] },
  one("Identity", (x) => x),
  one("Not", (x) => sub(1, x)),
  many("Min", min),
  many("Max", max),
  many("Sum", add),
  many("Mean", add, (x, n) => div(x, n)),
  comparing("Equal", eq),
  comparing("Less", lt),
  comparing("LessOrEqual", le),
  comparing("Greater", gt),
  comparing("GreaterOrEqual", ge),
  comparing("And", mul),
  comparing("Or", max),
  comparing("Xor", ne),
  {
    name: "Where",
    build: (call) => ({ tensor: select(call.tensor(0), call.tensor(1), call.tensor(2)), type: call.value(1).type }),
  },
  {
    name: "IsNaN",
    build: (call) => ({ tensor: stopGradient(sub(1, eq(call.tensor(0), call.tensor(0)))), type: "boolean" }),
  },
  {
    name: "IsInf",
    build(call) {
      const side = (name: string, infinity: number): Operand => (call.integer(name, 1) === 0 ? 0 : eq(call.tensor(0), infinity));
      const either = max(side("detect_positive", Infinity), side("detect_negative", -Infinity));
      return { tensor: stopGradient(broadcastTo(either, call.tensor(0).shape)), type: "boolean" };
    },
  },
];
