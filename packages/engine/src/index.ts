/** Tensor programs: trace an ordinary function, differentiate it, compile it to WebAssembly. */
export type { DType, Graph, Operand, Tensor, Type, TypedArray } from "./tensor.js";
export { constant, input } from "./tensor.js";
export type { Shape } from "./shape.js";
export {
  abs,
  add,
  ceil,
  cos,
  div,
  eq,
  erf,
  exp,
  expandDims,
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
  sech2,
  select,
  sigmoid,
  sign,
  sin,
  sqrt,
  square,
  stopGradient,
  sub,
  tanh,
} from "./ops/elementwise.js";
export { amax, amin, argmax, mean, sum } from "./ops/reduce.js";
export { at, broadcastTo, flip, reshape, slice, transpose } from "./ops/views.js";
export { concat, pad, roll, stack } from "./ops/assemble.js";
export { einsum, matmul } from "./ops/dot.js";
export { cast, segmentSum, spmv, take, type Csr } from "./ops/indexing.js";
export { scan } from "./ops/scan.js";
export { whileLoop } from "./ops/while.js";
export { normal, randomBits, randomKey, uniform } from "./ops/random.js";
export { conv2d, maxPool, meanPool, type WindowOptions } from "./ops/windows.js";
export { qr } from "./ops/qr.js";
export { solve } from "./ops/solve.js";
export { grad, hvp, jacobian, jvp, valueAndGrad, vjp, vmap } from "./transform/derivatives.js";
export { curved } from "./transform/curved.js";
export { simplify } from "./transform/simplify.js";
export { trace, type TensorFunction } from "./transform/trace.js";
export { interpret } from "./interpret.js";
export { print } from "./print.js";
export { copiesWithin, workingSet } from "./working-set.js";
export { compile, evaluate, type Argument, type CompileOptions, type Program, type Spec } from "./compile.js";
export { threads, type Threads } from "./threads.js";
export { scalarMath } from "./lanes/index.js";
