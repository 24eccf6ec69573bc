import { BITS, cos, div, erf, exp, expWide, fixed, log, logParts, mul, ONE, parts, shift, sin, type Wide } from "./fixed.js";

/** log of a double, subnormal ones included. */
const logDouble = (x: number): bigint => {
  const { mantissa, exponent } = parts(x);
  const length = mantissa.toString(2).length;
  return logParts(mantissa << (BITS - BigInt(length - 1)), BigInt(exponent + length - 1));
};
const plain = (value: bigint): Wide => ({ value, power: 0 });

/** The exact value (to about 300 bits) of each elementary function at a finite double. */
export const truth: Record<string, (x: number, y?: number) => Wide> = {
  exp: (x) => expWide(fixed(x)),
  expm1: (x) => {
    const { value, power } = expWide(fixed(x));
    return power > 200 ? { value, power } : plain(shift(value, power) - ONE);
  },
  log: (x) => plain(logDouble(x)),
  log1p: (x) => plain(log(ONE + fixed(x))),
  sin: (x) => plain(sin(fixed(x))),
  cos: (x) => plain(cos(fixed(x))),
  tanh: (x) => {
    const v = exp(-2n * fixed(x));
    return plain(div(ONE - v, ONE + v));
  },
  sech2: (x) => {
    const e = expWide(-2n * fixed(Math.abs(x)));
    const s = ONE + shift(e.value, e.power);
    return { value: div(div(4n * e.value, s), s), power: e.power };
  },
  sigmoid: (x) => {
    const e = expWide(fixed(-Math.abs(x)));
    const s = ONE + shift(e.value, e.power);
    return x < 0 ? { value: div(e.value, s), power: e.power } : plain(div(ONE, s));
  },
  erf: (x) => plain(erf(fixed(x))),
  pow: (x, y) => expWide(mul(logDouble(x), fixed(y!))),
};

/** Distance between a double and the truth in units of the truth's last place. */
export function ulps(y: number, t: Wide): number {
  const bits = (t.value < 0n ? -t.value : t.value).toString(2).length - Number(BITS) + t.power;
  const last = Math.max(bits - 53, -1074);
  if (!Number.isFinite(y)) return Number.isNaN(y) || bits <= 1024 ? Infinity : 0;
  // Both in units of 2^(last - 40).
  const { mantissa, exponent } = parts(y);
  const distance = shift(mantissa, exponent - last + 40) - shift(t.value, t.power - Number(BITS) - last + 40);
  return Number(distance < 0n ? -distance : distance) / 2 ** 40;
}
