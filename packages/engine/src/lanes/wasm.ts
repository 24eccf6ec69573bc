import { OP, type Code } from "../wasm/assembler.js";
import type { Lanes } from "./lanes.js";
export function wasmLanes(code: Code): Lanes<number, number> {
  const out = (): number => { const v = code.local("v128"); code.set(v); return v; };
  const un = (op: number) => (a: number): number => { code.get(a); code.op(op); return out(); };
  const bin = (op: number) => (a: number, b: number): number => { code.get(a); code.get(b); code.op(op); return out(); };
  const sel = (m: number, y: number, n: number): number => { code.get(y); code.get(n); code.get(m); code.op(OP.v128_bitselect); return out(); };
  return {
    const: (v) => { code.f64x2(v); return out(); }, add: bin(OP.f64x2_add), sub: bin(OP.f64x2_sub), mul: bin(OP.f64x2_mul), div: bin(OP.f64x2_div),
    sqrt: un(OP.f64x2_sqrt), neg: un(OP.f64x2_neg), abs: un(OP.f64x2_abs), nearest: un(OP.f64x2_nearest), floor: un(OP.f64x2_floor), ceil: un(OP.f64x2_ceil), trunc: un(OP.f64x2_trunc),
    min: bin(OP.f64x2_min), max: bin(OP.f64x2_max), lt: bin(OP.f64x2_lt), le: bin(OP.f64x2_le), eq: bin(OP.f64x2_eq), ne: bin(OP.f64x2_ne),
    and: bin(OP.v128_and), or: bin(OP.v128_or), not: un(OP.v128_not), select: sel,
    copysign: (a, b) => { code.i64x2(0x80000000 | 0, 0); return sel(out(), b, a); }, pow2: (k) => k, exponent: (k) => k, mantissa: (k) => k, truncateLow: (k) => k,
  };
}
