/**
 * The arithmetic that elementary functions are written in, once, for both meanings of a program:
 * `scalarLanes` computes with JavaScript numbers (the reference), `wasmLanes` writes SIMD instructions
 * (the lowering). Every operation is one IEEE 754 binary64 operation, so both give the same bits.
 *
 * V is a value: a number in the reference, a local variable that holds an f64x2 in the lowering.
 * M is a mask: all bits of a lane set or clear.
 */
export interface Lanes<V, M> {
  const(value: number): V;
  add(a: V, b: V): V;
  sub(a: V, b: V): V;
  mul(a: V, b: V): V;
  div(a: V, b: V): V;
  sqrt(a: V): V;
  neg(a: V): V;
  abs(a: V): V;
  /** Round to nearest, ties to even. */
  nearest(a: V): V;
  floor(a: V): V;
  ceil(a: V): V;
  trunc(a: V): V;
  /** IEEE minimum and maximum as WebAssembly has them: NaN if either is NaN, -0 < +0. */
  min(a: V, b: V): V;
  max(a: V, b: V): V;
  /** b < a ? b : a and a < b ? b : a: one instruction each; a NaN in a stays, a NaN in b gives a. */
  pmin(a: V, b: V): V;
  pmax(a: V, b: V): V;
  lt(a: V, b: V): M;
  le(a: V, b: V): M;
  eq(a: V, b: V): M;
  ne(a: V, b: V): M;
  and(a: M, b: M): M;
  or(a: M, b: M): M;
  not(a: M): M;
  select(mask: M, yes: V, no: V): V;
  /** a with the sign bit of b, for an a whose sign bit is clear. */
  copysign(a: V, b: V): V;
  /** 2^k for an integer k in [-1022, 1023]; other k are a fault of the caller. */
  pow2(k: V): V;
  /** The unbiased exponent field of |a| as a number: floor(log2|a|) for normal a (-1023 for 0 and subnormals, 1024 for inf and NaN). */
  exponent(a: V): V;
  /** |a| with its exponent field set to that of 1: in [1, 2) for normal a. */
  mantissa(a: V): V;
  /** a with the low 32 bits of its significand cleared. */
  truncateLow(a: V): V;
}
