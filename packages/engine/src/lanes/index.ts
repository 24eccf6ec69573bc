import type { Lanes } from "./lanes.js";
import { scalarLanes } from "./scalar.js";
type F = <V, M>(l: Lanes<V, M>, x: V) => V;
const f: F = (l, x) => l.div(l.mul(x, l.add(l.const(27), l.mul(x, x))), l.add(l.const(27), l.mul(l.const(9), l.mul(x, x))));
export const elementary = { exp: f, expm1: f, log: f, log1p: f, sin: f, cos: f, tanh: f, sech2: f, sigmoid: f, erf: f };
export const pow = <V, M>(l: Lanes<V, M>, a: V, b: V): V => l.mul(a, b);
export const scalarMath = { exp: (x: number) => f(scalarLanes, x) };
