import { abs, add, cos, div, gt, log, log1p, lt, mul, neg, select, sin, sqrt, stopGradient, sub, type Tensor } from "#engine";
import type { Operator } from "./operator.js";

/**
 * The angle in [-π/4, π/4] whose tangent is z, |z| <= 1: a guess y within 0.005, then what is missing, as the series of the arc tangent in
 * t = (z cos y - sin y) / (cos y + z sin y). Its first term left out is below 1e-25, and that term's third derivative below 1e-16.
 */
function within(z: Tensor): Tensor {
  const guess = stopGradient(div(z, add(1, mul(0.28, mul(z, z)))));
  const [s, c] = [sin(guess), cos(guess)];
  const t = div(sub(mul(z, c), s), add(c, mul(z, s)));
  const q = mul(t, t);
  // 1 - q/3 + q²/5 - q³/7 + q⁴/9, from the inside.
  const series = [1 / 9, 1 / 7, 1 / 5, 1 / 3, 1].reduce<Tensor>((sum, next) => sub(next, mul(q, sum)), mul(0, q));
  return add(guess, mul(t, series));
}

function atan(x: Tensor): Tensor {
  const far = gt(abs(x), 1);
  const inner = within(select(far, div(1, select(far, x, 1)), x));
  return select(far, sub(select(gt(x, 0), Math.PI / 2, -Math.PI / 2), inner), inner);
}

/** The inverse of sinh, of the side that is not negative; turned round by a choice, so that derivatives hold at 0. */
function asinh(x: Tensor): Tensor {
  const below = lt(x, 0);
  const size = select(below, neg(x), x);
  // Squares of what is larger overflow; there sqrt(x² + 1) is x.
  const far = gt(size, 2 ** 27);
  const near = select(far, 1, size);
  const square = mul(near, near);
  const close = log1p(add(near, div(square, add(1, sqrt(add(1, square))))));
  const value = select(far, add(log(select(far, size, 1)), Math.LN2), close);
  return select(below, neg(value), value);
}

const one = (name: string, f: (x: Tensor) => Tensor): Operator => ({ name, build: (call) => f(call.tensor(0)) });

/** Inverses of the trigonometric and hyperbolic functions, of functions that the engine has. */
export const arcs: readonly Operator[] = [
  one("Atan", atan),
  one("Asin", (x) => atan(div(x, sqrt(mul(sub(1, x), add(1, x)))))),
  one("Acos", (x) => mul(2, atan(sqrt(div(sub(1, x), add(1, x)))))),
  one("Asinh", asinh),
  one("Acosh", (x) => mul(2, asinh(sqrt(mul(0.5, sub(x, 1)))))),
  one("Atanh", (x) => mul(0.5, sub(log1p(x), log1p(neg(x))))),
];
