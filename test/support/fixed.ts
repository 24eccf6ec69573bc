/**
 * Arithmetic for tests: fixed-point numbers on BigInt with 320 fractional bits, elementary functions from their plain power series.
 * Slow, and independent of everything it is compared with.
 */
export const BITS = 320n;
export const ONE = 1n << BITS;

const f64 = new Float64Array(1);
const u64 = new BigUint64Array(f64.buffer);

/** A finite double as mantissa * 2^exponent. */
export function parts(x: number): { mantissa: bigint; exponent: number } {
  f64[0] = x;
  const bits = u64[0]!;
  const field = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = field === 0 ? fraction : fraction | 0x10000000000000n;
  return { mantissa: bits >> 63n ? -mantissa : mantissa, exponent: (field === 0 ? 1 : field) - 1075 };
}

export const shift = (v: bigint, by: number): bigint => (by >= 0 ? v << BigInt(by) : v >> BigInt(-by));

/** A finite double as a fixed-point number; exact unless it has bits below 2^-320. */
export const fixed = (x: number): bigint => {
  if (!Number.isFinite(x)) throw new RangeError(`fixed point has no ${x}`);
  const { mantissa, exponent } = parts(x);
  return shift(mantissa, exponent + Number(BITS));
};

/** The double nearest to a fixed-point number, to within one unit in the last place. */
export function double(v: bigint): number {
  const size = v < 0n ? -v : v;
  const drop = Math.max(0, size.toString(16).length * 4 - 64);
  const small = Number(size >> BigInt(drop)) * 2 ** (drop - Number(BITS));
  return v < 0n ? -small : small;
}

export const mul = (a: bigint, b: bigint): bigint => (a * b) >> BITS;
export const div = (a: bigint, b: bigint): bigint => (a << BITS) / b;
export const magnitude = (a: bigint): bigint => (a < 0n ? -a : a);

/** A number as value * 2^power, so that very large and very small results keep their digits. */
export interface Wide {
  readonly value: bigint;
  readonly power: number;
}

/** sum of terms from `first`, each from the one before, until they vanish. */
export function series(first: bigint, next: (term: bigint, n: bigint) => bigint): bigint {
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
export const PI = 16n * arctan(5n) - 4n * arctan(239n);

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

export const expWide = (x: bigint): Wide => {
  const k = x / LN2;
  const r = x - k * LN2;
  return { value: series(ONE, (t, n) => mul(t, r) / n), power: Number(k) };
};
export const exp = (x: bigint): bigint => {
  const { value, power } = expWide(x);
  return shift(value, power);
};

/** log(mantissa * 2^power) for a mantissa in [1, 2): 2 atanh((m - 1)/(m + 1)) + power log 2. */
export const logParts = (mantissa: bigint, power: bigint): bigint => power * LN2 + atanh2(div(mantissa - ONE, mantissa + ONE));
export const log = (v: bigint): bigint => {
  if (v <= 0n) throw new RangeError("the logarithm of a number <= 0");
  let power = 0n;
  let m = v;
  while (m >= 2n * ONE) {
    m >>= 1n;
    power++;
  }
  while (m < ONE) {
    m <<= 1n;
    power--;
  }
  return logParts(m, power);
};

const circular = (x: bigint, cosine: boolean): bigint => {
  let r = x % (2n * PI);
  if (r > PI) r -= 2n * PI;
  if (r < -PI) r += 2n * PI;
  const w = mul(r, r);
  return cosine
    ? series(ONE, (t, n) => -mul(t, w) / ((2n * n - 1n) * (2n * n)))
    : series(r, (t, n) => -mul(t, w) / (2n * n * (2n * n + 1n)));
};
export const sin = (x: bigint): bigint => circular(x, false);
export const cos = (x: bigint): bigint => circular(x, true);

/** Square root by Newton's iteration on integers. */
export function sqrt(v: bigint): bigint {
  if (v < 0n) throw new RangeError("the square root of a number < 0");
  const n = v << BITS;
  if (n === 0n) return 0n;
  let r = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (r + n / r) >> 1n;
    if (next >= r) return r;
    r = next;
  }
}

/** 2/sqrt(pi) e^(-x^2) times a series of positive terms. */
export const erf = (x: bigint): bigint => {
  const w = mul(x, x);
  const sum = series(x, (t, n) => (2n * mul(t, w)) / (2n * n + 1n));
  return div(mul(2n * exp(-w), sum), sqrt(PI));
};
