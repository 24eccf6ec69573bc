import type { Lanes } from "./lanes.js";

const f64 = new Float64Array(1);
const u32 = new Uint32Array(f64.buffer);
// Index of the high word; every platform that runs WebAssembly is little-endian.
const HIGH = 1;

function nearest(a: number): number {
  const floor = Math.floor(a);
  const gap = a - floor;
  const even = floor % 2 === 0;
  const r = gap < 0.5 || (gap === 0.5 && even) ? floor : floor + 1;
  // Infinities and NaN have no gap; zeros and what rounds to them keep their sign.
  return gap !== gap ? a : r === 0 ? copysign(0, a) : r;
}

function copysign(a: number, b: number): number {
  return b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a);
}

/** The arithmetic of `Lanes` on JavaScript numbers: the reference. */
export const scalarLanes: Lanes<number, boolean> = {
  const: (v) => v,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  sqrt: Math.sqrt,
  neg: (a) => -a,
  abs: Math.abs,
  nearest,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
  pmin: (a, b) => (b < a ? b : a),
  pmax: (a, b) => (a < b ? b : a),
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  and: (a, b) => a && b,
  or: (a, b) => a || b,
  not: (a) => !a,
  select: (mask, yes, no) => (mask ? yes : no),
  copysign,
  pow2(k) {
    u32[0] = 0;
    u32[HIGH] = (k + 1023) << 20;
    return f64[0]!;
  },
  exponent(a) {
    f64[0] = a;
    return ((u32[HIGH]! >>> 20) & 0x7ff) - 1023;
  },
  mantissa(a) {
    f64[0] = a;
    u32[HIGH] = (u32[HIGH]! & 0xfffff) | 0x3ff00000;
    return f64[0]!;
  },
  truncateLow(a) {
    f64[0] = a;
    u32[0] = 0;
    return f64[0]!;
  },
};
