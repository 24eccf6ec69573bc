/**
 * High-precision truth for tests: fixed-point arithmetic on BigInt with 320 fractional bits, from the plain power series.
 * Slow, and independent of everything it is compared with.
 */
const BITS = 320n;
const ONE = 1n << BITS;

const f64 = new Float64Array(1);
const u64 = new BigUint64Array(f64.buffer);

/** A finite double as mantissa * 2^exponent. */
function parts(x: number): { mantissa: bigint; exponent: number } {
  f64[0] = x;
  const bits = u64[0]!;
  const field = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = field === 0 ? fraction : fraction | 0x10000000000000n;
  return { mantissa: bits >> 63n ? -mantissa : mantissa, exponent: (field === 0 ? 1 : field) - 1075 };
}

const shift = (v: bigint, by: number): bigint => (by >= 0 ? v << BigInt(by) : v >> BigInt(-by));
const fixed = (x: number): bigint => {
  const { mantissa, exponent } = parts(x);
  return shift(mantissa, exponent + Number(BITS));
};
const mul = (a: bigint, b: bigint): bigint => (a * b) >> BITS;
const div = (a: bigint, b: bigint): bigint => (a << BITS) / b;

/** A number as value * 2^power, so that very large and very small results keep their digits. */
export interface Wide {
  readonly value: bigint;
  readonly power: number;
}

/** sum of terms from `first`, each from the one before, until they vanish. */
function series(first: bigint, next: (term: bigint, n: bigint) => bigint): bigint {
  let sum = 0n;
  let term = first;
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    sum += term;
    term = next(term, n);
  }
  return sum;
}

/** 2 atanh(s) for |s| <= 1/3. */
const atanh2 = (s: bigint): bigint => {
  const w = mul(s, s);
  let power = s;
  let sum = 0n;
  for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
    sum += power / n;
    power = mul(power, w);
  }
  return 2n * sum;
};
const LN2 = atanh2(ONE / 3n);
const PI = 16n * arctan(5n) - 4n * arctan(239n);

/** arctan(1/q), by its series. */
function arctan(q: bigint): bigint {
  let power = ONE / q;
  let sum = 0n;
  for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
    sum += n % 4n === 1n ? power / n : -(power / n);
    power /= q * q;
  }
  return sum;
}

const expFixed = (x: bigint): Wide => {
  const k = x / LN2;
  const r = x - k * LN2;
  return { value: series(ONE, (t, n) => mul(t, r) / n), power: Number(k) };
};
const logFixed = (mantissa: bigint, power: bigint): bigint => {
  // mantissa in [1, 2): 2 atanh((m - 1)/(m + 1)).
  return power * LN2 + atanh2(div(mantissa - ONE, mantissa + ONE));
};
const logOf = (v: bigint): bigint => {
  let power = 0n;
  let m = v;
  while (m >= 2n * ONE) { m >>= 1n; power++; }
  while (m < ONE) { m <<= 1n; power--; }
  return logFixed(m, power);
};
const logDouble = (x: number): bigint => {
  const { mantissa, exponent } = parts(x);
  const length = mantissa.toString(2).length;
  return logFixed(mantissa << (BITS - BigInt(length - 1)), BigInt(exponent + length - 1));
};
const sinFixed = (x: bigint, cosine: boolean): bigint => {
  let r = x % (2n * PI);
  if (r > PI) r -= 2n * PI;
  if (r < -PI) r += 2n * PI;
  const w = mul(r, r);
  return cosine ? series(ONE, (t, n) => -mul(t, w) / ((2n * n - 1n) * (2n * n))) : series(r, (t, n) => -mul(t, w) / (2n * n * (2n * n + 1n)));
};
const plain = (value: bigint): Wide => ({ value, power: 0 });

/** The exact value (to about 300 bits) of each elementary function at a finite double. */
export const truth: Record<string, (x: number, y?: number) => Wide> = {
  exp: (x) => expFixed(fixed(x)),
  expm1: (x) => {
    const { value, power } = expFixed(fixed(x));
    return power > 200 ? { value, power } : plain(shift(value, power) - ONE);
  },
  log: (x) => plain(logDouble(x)),
  log1p: (x) => plain(logOf(ONE + fixed(x))),
  sin: (x) => plain(sinFixed(fixed(x), false)),
  cos: (x) => plain(sinFixed(fixed(x), true)),
  tanh: (x) => {
    const e = expFixed(-2n * fixed(x));
    const v = shift(e.value, e.power);
    return plain(div(ONE - v, ONE + v));
  },
  sech2: (x) => {
    const e = expFixed(-2n * (fixed(x) < 0n ? -fixed(x) : fixed(x)));
    const s = ONE + shift(e.value, e.power);
    return { value: div(div(4n * e.value, s), s), power: e.power };
  },
  sigmoid: (x) => {
    const e = expFixed(fixed(-Math.abs(x)));
    const s = ONE + shift(e.value, e.power);
    return x < 0 ? { value: div(e.value, s), power: e.power } : plain(div(ONE, s));
  },
  erf: (x) => {
    // 2/sqrt(pi) e^(-x^2) times a series of positive terms.
    const a = fixed(x);
    const w = mul(a, a);
    const e = expFixed(-w);
    const sum = series(a, (t, n) => (2n * mul(t, w)) / (2n * n + 1n));
    return plain(div(mul(2n * shift(e.value, e.power), sum), root(PI)));
  },
  pow: (x, y) => expFixed(mul(logDouble(x), fixed(y!))),
};

/** Square root by Newton's iteration on integers. */
function root(v: bigint): bigint {
  const n = v << BITS;
  let r = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (r + n / r) >> 1n;
    if (next >= r) return r;
    r = next;
  }
}

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
