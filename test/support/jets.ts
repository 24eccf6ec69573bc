import {
  cos as cosFixed,
  div as divide,
  double,
  erf as erfFixed,
  exp as expFixed,
  fixed,
  log as logFixed,
  mul as times,
  ONE,
  PI,
  sin as sinFixed,
  sqrt as sqrtFixed,
} from "./fixed.js";

/**
 * A truncated Taylor series c0 + c1 t + c2 t^2 + c3 t^3 with coefficients of 320 fractional bits: arithmetic on it gives
 * directional derivatives to third order, f^(k) = k! c_k, without differences and without the engine's rules.
 * *Source*: Griewank and Walther, Evaluating Derivatives (2008), section 13.2.
 */
export type Jet = readonly bigint[];

export const ORDER = 3;
const TERMS = ORDER + 1;

export const constant = (v: bigint): Jet => [v, 0n, 0n, 0n];
export const number = (v: number): Jet => constant(fixed(v));
export const value = (x: Jet): number => double(x[0]!);
export const ZERO = constant(0n);
const UNIT = constant(ONE);

const build = (term: (k: number, known: readonly bigint[]) => bigint): Jet => {
  const c: bigint[] = [];
  for (let k = 0; k < TERMS; k++) c.push(term(k, c));
  return c;
};
const product = (a: bigint, b: bigint): bigint => (a === 0n || b === 0n ? 0n : times(a, b));
/** sum of a_j b_(k-j) for j from `from` to `to`. */
const convolve = (a: Jet, b: Jet, k: number, from = 0, to = k): bigint => {
  let s = 0n;
  for (let j = from; j <= to; j++) s += product(a[j]!, b[k - j]!);
  return s;
};
/** y with y' = g x', given y_0. */
const integrate = (start: bigint, g: Jet, x: Jet): Jet =>
  build((k) => {
    if (k === 0) return start;
    let s = 0n;
    for (let j = 1; j <= k; j++) s += BigInt(j) * product(x[j]!, g[k - j]!);
    return s / BigInt(k);
  });

export const add = (a: Jet, b: Jet): Jet => build((k) => a[k]! + b[k]!);
export const sub = (a: Jet, b: Jet): Jet => build((k) => a[k]! - b[k]!);
export const neg = (a: Jet): Jet => build((k) => -a[k]!);
export const mul = (a: Jet, b: Jet): Jet => build((k) => convolve(a, b, k));
export const div = (a: Jet, b: Jet): Jet => build((k, q) => divide(a[k]! - convolve(q, b, k, 0, k - 1), b[0]!));
export const sqrt = (a: Jet): Jet =>
  build((k, y) => (k === 0 ? sqrtFixed(a[0]!) : divide(a[k]! - convolve(y, y, k, 1, k - 1), 2n * y[0]!)));
export const exp = (x: Jet): Jet =>
  build((k, y) => {
    if (k === 0) return expFixed(x[0]!);
    let s = 0n;
    for (let j = 1; j <= k; j++) s += BigInt(j) * product(x[j]!, y[k - j]!);
    return s / BigInt(k);
  });
export const log = (x: Jet): Jet =>
  build((k, y) => {
    if (k === 0) return logFixed(x[0]!);
    let s = BigInt(k) * x[k]!;
    for (let j = 1; j < k; j++) s -= BigInt(j) * product(y[j]!, x[k - j]!);
    return divide(s, x[0]!) / BigInt(k);
  });

function circular(x: Jet): { s: bigint[]; c: bigint[] } {
  const s = [sinFixed(x[0]!)];
  const c = [cosFixed(x[0]!)];
  for (let k = 1; k < TERMS; k++) {
    let [ds, dc] = [0n, 0n];
    for (let j = 1; j <= k; j++) {
      ds += BigInt(j) * product(x[j]!, c[k - j]!);
      dc -= BigInt(j) * product(x[j]!, s[k - j]!);
    }
    s.push(ds / BigInt(k));
    c.push(dc / BigInt(k));
  }
  return { s, c };
}

/** The first of a sequence that is not 0 decides on which side of 0 a jet lies for small t > 0; none: it is 0 throughout. */
const vanishes = (x: Jet): boolean => x.every((c) => c === 0n);

/** Which of two branches holds around t = 0: a < b. At a tie there is no derivative, so the case is no case. */
function below(a: Jet, b: Jet): boolean {
  if (a[0] === b[0] && !vanishes(sub(a, b))) throw new RangeError("a tie: the function has no derivative here");
  return a[0]! < b[0]!;
}
const flag = (b: boolean): Jet => (b ? UNIT : ZERO);
const nonzero = (x: Jet): boolean => x[0] !== 0n;
const floor = (x: Jet): number => Math.floor(value(x));

/** a^b: by multiplication for a constant whole b, else by exp(b log a), which needs a > 0. */
function pow(a: Jet, b: Jet): Jet {
  const n = value(b);
  if (Number.isInteger(n) && Math.abs(n) < 64 && vanishes(b.slice(1))) {
    let y = UNIT;
    for (let i = 0; i < Math.abs(n); i++) y = mul(y, a);
    return n < 0 ? div(UNIT, y) : y;
  }
  return exp(mul(b, log(a)));
}

const TWO = number(2);
const twoExp = (x: Jet): Jet => exp(mul(TWO, x));
const half = number(0.5);

/** Every elementwise operation of the engine by its name, each by its plain formula: rounding is no concern here. */
export const elementwise: Record<string, (...x: Jet[]) => Jet> = {
  add: (a, b) => add(a!, b!),
  sub: (a, b) => sub(a!, b!),
  mul: (a, b) => mul(a!, b!),
  div: (a, b) => div(a!, b!),
  neg: (a) => neg(a!),
  sqrt: (a) => sqrt(a!),
  exp: (a) => exp(a!),
  expm1: (a) => sub(exp(a!), UNIT),
  log: (a) => log(a!),
  log1p: (a) => log(add(UNIT, a!)),
  sin: (a) => circular(a!).s,
  cos: (a) => circular(a!).c,
  tanh: (a) => div(sub(twoExp(a!), UNIT), add(twoExp(a!), UNIT)),
  sech2: (a) => div(mul(number(4), twoExp(a!)), mul(add(twoExp(a!), UNIT), add(twoExp(a!), UNIT))),
  sigmoid: (a) => div(UNIT, add(UNIT, exp(neg(a!)))),
  erf: (a) => integrate(erfFixed(a![0]!), mul(constant(divide(2n * ONE, sqrtFixed(PI))), exp(neg(mul(a!, a!)))), a!),
  pow: (a, b) => pow(a!, b!),
  abs: (a) => (below(a!, ZERO) ? neg(a!) : a!),
  max: (a, b) => (below(a!, b!) ? b! : a!),
  min: (a, b) => (below(a!, b!) ? a! : b!),
  relu: (a) => (below(a!, ZERO) ? ZERO : a!),
  lt: (a, b) => flag(a![0]! < b![0]!),
  le: (a, b) => flag(a![0]! <= b![0]!),
  eq: (a, b) => flag(a![0]! === b![0]!),
  ne: (a, b) => flag(a![0]! !== b![0]!),
  select: (c, a, b) => (nonzero(c!) ? a! : b!),
  floor: (a) => number(floor(a!)),
  ceil: (a) => number(-floor(neg(a!))),
  round: (a) => number(floor(add(a!, half))),
  sign: (a) => number(Math.sign(value(a!))),
};
