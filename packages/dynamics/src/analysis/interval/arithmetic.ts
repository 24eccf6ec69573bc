import { scalarMath } from "#engine";

/** The numbers from lo to hi; infinite ends are allowed, NaN is not. */
export type Interval = readonly [lo: number, hi: number];

/** More than one unit in the last place of x, and never 0. */
const ulp = (x: number): number => Math.abs(x) * 2.220446049250313e-16 + 5e-324;

/** The next number that is certainly not larger (smaller) than the exact result of an operation rounded to x. */
export const down = (x: number, ulps = 1): number => x - ulps * ulp(x);
export const up = (x: number, ulps = 1): number => x + ulps * ulp(x);

const LINE: Interval = [-Infinity, Infinity];

/** From rounded ends to ends that enclose; the whole line where an end is not a number. */
const outward = (lo: number, hi: number, ulps = 1): Interval => {
  const [a, b] = [down(lo, ulps), up(hi, ulps)];
  return a <= b ? [a, b] : LINE;
};

/** A product of ends: 0 times infinity is 0, since infinite ends stand for large numbers. */
export const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);

export const add = ([a, b]: Interval, [c, d]: Interval): Interval => outward(a + c, b + d);
export const sub = ([a, b]: Interval, [c, d]: Interval): Interval => outward(a - d, b - c);

export function mul([a, b]: Interval, [c, d]: Interval): Interval {
  const [p, q, r, s] = [times(a, c), times(a, d), times(b, c), times(b, d)];
  return outward(Math.min(p, q, r, s), Math.max(p, q, r, s));
}

function div(x: Interval, [c, d]: Interval): Interval {
  if (c <= 0 && d >= 0) return LINE;
  return mul(x, outward(1 / d, 1 / c));
}

const hull = (...all: Interval[]): Interval => [Math.min(...all.map(([a]) => a)), Math.max(...all.map(([, b]) => b))];

/** A function that does not fall, with results in [least, most]. */
const rising =
  (f: (x: number) => number, ulps: number, least = -Infinity, most = Infinity) =>
  ([a, b]: Interval): Interval => {
    const [lo, hi] = outward(f(a), f(b), ulps);
    return [Math.max(lo, least), Math.min(hi, most)];
  };

/** Exact functions that do not fall. */
const exact =
  (f: (x: number) => number) =>
  ([a, b]: Interval): Interval => [f(a), f(b)];

const sech2Rising = rising((x) => scalarMath.sech2(x), 6, 0, 1);

/** Even, falling away from 0; below 4e-304 where the computed value is 0. */
function sech2([a, b]: Interval): Interval {
  const [near, far] = a > 0 ? [a, b] : b < 0 ? [-b, -a] : [0, Math.max(-a, b)];
  const [, hi] = sech2Rising([near, near]);
  const [lo] = sech2Rising([far, far]);
  return [lo, near === 0 ? 1 : Math.max(hi, 4e-304)];
}

/** A sine shifted so that it is largest at `top` modulo 2 pi. */
const wave =
  (f: (x: number) => number, top: number) =>
  ([a, b]: Interval): Interval => {
    if (!(b - a < 6) || Math.max(-a, b) > 1.6e6) return [-1, 1];
    // Extremes within 1e-8 of the interval count as in it: multiples of pi are known to 1e-9 there.
    const holds = (place: number): boolean =>
      Math.floor((b + 1e-8 - place) / (2 * Math.PI)) >= Math.ceil((a - 1e-8 - place) / (2 * Math.PI));
    const [u, v] = [f(a), f(b)];
    const [lo, hi] = outward(Math.min(u, v), Math.max(u, v), 2);
    return [holds(top + Math.PI) ? -1 : Math.max(lo, -1), holds(top) ? 1 : Math.min(hi, 1)];
  };

function abs([a, b]: Interval): Interval {
  return a >= 0 ? [a, b] : b <= 0 ? [-b, -a] : [0, Math.max(-a, b)];
}

/** Powers: of positive bases, and whole ones of all; the line elsewhere. */
function pow(x: Interval, y: Interval): Interval {
  const [a, b] = x;
  if (y[0] === y[1] && Number.isInteger(y[0]) && Math.abs(y[0]) <= 1024) {
    const n = Math.abs(y[0]);
    if (n === 0) return [1, 1];
    const p = (v: number): number => scalarMath.pow(v, n);
    const whole = n % 2 === 1 ? rising(p, 2)(x) : rising(p, 2, 0)(abs(x));
    return y[0] > 0 ? whole : div([1, 1], whole);
  }
  if (!(a > 0)) return LINE;
  const corners = [a, b].flatMap((u) => y.map((v) => scalarMath.pow(u, v)));
  return outward(Math.min(...corners), Math.max(...corners), 2);
}

const truth = (certain: boolean, possible: boolean): Interval => (certain ? [1, 1] : possible ? [0, 1] : [0, 0]);

/** What each elementwise operation does to intervals; ulps are the error bounds that the operations state, rounded up. */
export const elementwise: Readonly<Record<string, (...x: Interval[]) => Interval>> = {
  add: (x, y) => add(x!, y!),
  sub: (x, y) => sub(x!, y!),
  mul: (x, y) => mul(x!, y!),
  div: (x, y) => div(x!, y!),
  neg: (x) => [-x![1], -x![0]],
  abs: (x) => abs(x!),
  sqrt: (x) => (x![0] >= 0 ? rising(Math.sqrt, 1, 0)(x!) : LINE),
  floor: (x) => exact(Math.floor)(x!),
  ceil: (x) => exact(Math.ceil)(x!),
  round: ([a, b] = LINE) => [Math.floor(a + 0.5) - 1, Math.ceil(b - 0.5) + 1],
  sign: (x) => exact(Math.sign)(x!),
  relu: (x) => exact((v) => Math.max(v, 0))(x!),
  max: (x, y) => [Math.max(x![0], y![0]), Math.max(x![1], y![1])],
  min: (x, y) => [Math.min(x![0], y![0]), Math.min(x![1], y![1])],
  lt: (x, y) => truth(x![1] < y![0], x![0] < y![1]),
  le: (x, y) => truth(x![1] <= y![0], x![0] <= y![1]),
  eq: (x, y) => truth(x![0] === x![1] && y![0] === y![1] && x![0] === y![0], x![0] <= y![1] && y![0] <= x![1]),
  ne: (x, y) => truth(x![1] < y![0] || y![1] < x![0], !(x![0] === x![1] && y![0] === y![1] && x![0] === y![0])),
  select: (c, x, y) => (c![0] > 0 || c![1] < 0 ? x! : c![0] === 0 && c![1] === 0 ? y! : hull(x!, y!)),
  exp: (x) => rising((v) => scalarMath.exp(v), 1, 0)(x!),
  expm1: (x) => rising((v) => scalarMath.expm1(v), 2, -1)(x!),
  log: (x) => (x![0] > 0 ? rising((v) => scalarMath.log(v), 1)(x!) : LINE),
  log1p: (x) => (x![0] > -1 ? rising((v) => scalarMath.log1p(v), 2)(x!) : LINE),
  sin: (x) => wave((v) => scalarMath.sin(v), Math.PI / 2)(x!),
  cos: (x) => wave((v) => scalarMath.cos(v), 0)(x!),
  tanh: (x) => rising((v) => scalarMath.tanh(v), 3, -1, 1)(x!),
  sech2: (x) => sech2(x!),
  sigmoid: (x) => rising((v) => scalarMath.sigmoid(v), 3, 0, 1)(x!),
  erf: (x) => rising((v) => scalarMath.erf(v), 2, -1, 1)(x!),
  pow: (x, y) => pow(x!, y!),
};
