import type { Lanes } from "./lanes.js";
const nearest = (a: number): number => { const r = Math.round(a); return Math.abs(a % 1) === 0.5 && r % 2 !== 0 ? r - 1 : r; };
export const scalarLanes: Lanes<number, boolean> = {
  const: (v) => v, add: (a, b) => a + b, sub: (a, b) => a - b, mul: (a, b) => a * b, div: (a, b) => a / b,
  sqrt: Math.sqrt, neg: (a) => -a, abs: Math.abs, nearest, floor: Math.floor, ceil: Math.ceil, trunc: Math.trunc,
  min: (a, b) => Math.min(a, b), max: (a, b) => Math.max(a, b), lt: (a, b) => a < b, le: (a, b) => a <= b, eq: (a, b) => a === b, ne: (a, b) => a !== b,
  and: (a, b) => a && b, or: (a, b) => a || b, not: (a) => !a, select: (m, y, n) => (m ? y : n),
  copysign: (a, b) => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a)), pow2: (k) => 2 ** k, exponent: (a) => a, mantissa: (a) => a, truncateLow: (a) => a,
};
