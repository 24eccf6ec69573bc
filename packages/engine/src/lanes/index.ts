import { erf } from "./erf.js";
import { exp, expm1 } from "./exp.js";
import { log, log1p } from "./log.js";
import { pow } from "./pow.js";
import { scalarLanes } from "./scalar.js";
import { sech2, sigmoid, tanh } from "./tanh.js";
import { cos, sin } from "./trig.js";

export { pow };

/** The elementary functions of one argument, each written once for the reference and for the lowering. */
export const elementary = { exp, expm1, log, log1p, sin, cos, tanh, sech2, sigmoid, erf };

/**
 * The elementary functions on plain numbers: the same bits as in compiled programs, on every machine.
 *
 * *Error*: below 2 ulp, but 2.5 for `sigmoid` and 5 for `sech2`; `sin` and `cos` are NaN for |x| > 1,647,099.
 * *Example*: `scalarMath.log(2) // 0.6931471805599453`
 */
export const scalarMath = {
  exp: (x: number): number => exp(scalarLanes, x),
  expm1: (x: number): number => expm1(scalarLanes, x),
  log: (x: number): number => log(scalarLanes, x),
  log1p: (x: number): number => log1p(scalarLanes, x),
  sin: (x: number): number => sin(scalarLanes, x),
  cos: (x: number): number => cos(scalarLanes, x),
  tanh: (x: number): number => tanh(scalarLanes, x),
  sech2: (x: number): number => sech2(scalarLanes, x),
  sigmoid: (x: number): number => sigmoid(scalarLanes, x),
  erf: (x: number): number => erf(scalarLanes, x),
  pow: (a: number, b: number): number => pow(scalarLanes, a, b),
};
