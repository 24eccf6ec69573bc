import { OP, type Code } from "../wasm/assembler.js";
import type { Lanes } from "./lanes.js";

const f64 = new Float64Array(1);
const u32 = new Uint32Array(f64.buffer);
/** The number with these high and low words (not a NaN's: a NaN may change its bits on the way). */
function pattern(high: number, low: number): number {
  u32[0] = low;
  u32[1] = high;
  return f64[0]!;
}

/** Ways to write vector instructions whose operands and results are locals; `local` gives one for a result. */
export function vectorInstructions(code: Code, local = (): number => code.local("v128")) {
  const out = (): number => {
    const v = local();
    code.set(v);
    return v;
  };
  const un =
    (op: number) =>
    (a: number): number => {
      code.get(a);
      code.op(op);
      return out();
    };
  const bin =
    (op: number) =>
    (a: number, b: number): number => {
      code.get(a);
      code.get(b);
      code.op(op);
      return out();
    };
  const and = bin(OP.v128_and);
  const or = bin(OP.v128_or);
  const choose = (mask: number, yes: number, no: number): number => {
    code.get(yes);
    code.get(no);
    code.get(mask);
    code.op(OP.v128_bitselect);
    return out();
  };
  return { out, un, bin, and, or, choose };
}

/**
 * The arithmetic of `Lanes` as f64x2 instructions; values and masks are numbers of v128 locals.
 * *Arguments*: `constant`: makes the local of a number in both lanes; a caller may put it outside a loop. `local`: gives a local for a result.
 */
export function wasmLanes(code: Code, constant: (value: number) => number, local?: () => number): Lanes<number, number> {
  const { out, un, bin, and, or, choose } = vectorInstructions(code, local);
  return {
    const: constant,
    add: bin(OP.f64x2_add),
    sub: bin(OP.f64x2_sub),
    mul: bin(OP.f64x2_mul),
    div: bin(OP.f64x2_div),
    sqrt: un(OP.f64x2_sqrt),
    neg: un(OP.f64x2_neg),
    abs: un(OP.f64x2_abs),
    nearest: un(OP.f64x2_nearest),
    floor: un(OP.f64x2_floor),
    ceil: un(OP.f64x2_ceil),
    trunc: un(OP.f64x2_trunc),
    min: bin(OP.f64x2_min),
    max: bin(OP.f64x2_max),
    // As instructions, pmin(a, b) is b < a ? b : a.
    pmin: bin(OP.f64x2_pmin),
    pmax: bin(OP.f64x2_pmax),
    lt: bin(OP.f64x2_lt),
    le: bin(OP.f64x2_le),
    eq: bin(OP.f64x2_eq),
    ne: bin(OP.f64x2_ne),
    and,
    or,
    not: un(OP.v128_not),
    select: choose,
    copysign: (a, b) => or(a, and(b, constant(-0))),
    pow2: (k) => {
      // In 2^52 + 1023 + k the low bits of the significand are the biased exponent.
      code.get(k);
      code.get(constant(4503599627370496 + 1023));
      code.op(OP.f64x2_add);
      code.i32(52);
      code.op(OP.i64x2_shl);
      return out();
    },
    exponent: (a) => {
      // The exponent field, laid into the significand of 2^52.
      code.get(a);
      code.i32(1);
      code.op(OP.i64x2_shl);
      code.i32(53);
      code.op(OP.i64x2_shr_u);
      code.get(constant(4503599627370496));
      code.op(OP.v128_or);
      code.get(constant(4503599627370496 + 1023));
      code.op(OP.f64x2_sub);
      return out();
    },
    mantissa: (a) => {
      code.get(a);
      code.get(constant(pattern(0x000fffff, 0xffffffff)));
      code.op(OP.v128_and);
      code.get(constant(1));
      code.op(OP.v128_or);
      return out();
    },
    truncateLow: (a) => {
      code.get(a);
      code.i64x2(-1, 0);
      code.op(OP.v128_and);
      return out();
    },
  };
}
