import { solve } from "../dense-general.js";
import { singularValues, transposed } from "../../core/singular-values.js";
import type { Curve } from "./curve.js";

/** A complex vector. */
interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** The numbers of a normal form: `growth` is the rate at which the eigenvalue moves across, by the parameter along the branch. */
export interface NormalForm {
  readonly coefficient: number;
  readonly growth: number;
  /** The critical direction: real and imaginary part. */
  readonly direction: Complex;
}

/**
 * The second-order coefficient of a fold: <w, B(v, v)> / 2 with the null vectors |v| = 1, <w, v> = 1, the largest component of v positive.
 * Source: Kuznetsov 2004, sections 5.4.1 (flows) and 5.4.2 (maps).
 */
export function foldCoefficient(c: Curve, z: Float64Array, a: Float64Array): number {
  const { dim } = c;
  const raw = singularValues(a, dim, dim).vectors.slice((dim - 1) * dim);
  const lead = raw.reduce((m, x) => (Math.abs(x) > Math.abs(m) ? x : m), 0);
  const v = lead < 0 ? raw.map((x) => -x) : raw;
  const w = singularValues(transposed(a, dim, dim), dim, dim).vectors.slice((dim - 1) * dim);
  const b = c.second(z, extended(v), extended(v));
  return (0.5 * inner(w, b)) / inner(w, v);
}

/**
 * The cubic coefficient of a flip, c in x' = -x + c x^3: <p, C(q,q,q)> / 6 + <p, B(q, (I - A)^-1 B(q,q))> / 2.
 * `shifted` is A - I, the derivative of the curve by the state. Source: Kuznetsov 2004, section 5.4.2.
 */
export function flipForm(c: Curve, z: Float64Array, shifted: Float64Array, t: Float64Array): NormalForm {
  const { dim } = c;
  const plus = shifted.map((x, e) => x + (e % (dim + 1) === 0 ? 2 : 0));
  const q = singularValues(plus, dim, dim).vectors.slice((dim - 1) * dim);
  const raw = singularValues(transposed(plus, dim, dim), dim, dim).vectors.slice((dim - 1) * dim);
  const scale = inner(raw, q);
  const p = raw.map((x) => x / scale);
  const Q = extended(q);
  const h = solve(
    shifted.map((x) => -x),
    c.second(z, Q, Q),
    dim,
  );
  const coefficient = inner(p, c.third(z, Q, Q, Q)) / 6 + inner(p, c.second(z, Q, extended(h))) / 2;
  const growth = inner(p, c.second(z, Q, t)) / t[dim]!;
  return { coefficient, growth, direction: { re: q, im: new Float64Array(dim) } };
}

/**
 * The cubic coefficient where a complex pair crosses, for the eigenvalue a + i b of A with b > 0.
 *
 * Flow, A with eigenvalue i w: Re <p, C(q,q,q*) - 2 B(q, A^-1 B(q,q*)) + B(q*, (2 i w - A)^-1 B(q,q))> / (2 w), the first Lyapunov coefficient
 * (Kuznetsov 2004, section 5.4.1). Map, with eigenvalue e^(i t): Re e^(-i t) <p, C(q,q,q*) + 2 B(q, (I - A)^-1 B(q,q*)) + B(q*, (e^(2 i t) - A)^-1
 * B(q,q))> / 2 (section 5.4.2).
 */
export function pairForm(
  c: Curve,
  z: Float64Array,
  a: Float64Array,
  [re, im]: readonly [number, number],
  t: Float64Array,
): NormalForm {
  const { dim, kind } = c;
  const q = nullVector(a, re, im, dim);
  // A^T p = conj(lambda) p.
  const left = nullVector(transposed(a, dim, dim), re, -im, dim);
  const [sr, si] = product(left, q);
  const size = sr * sr + si * si;
  // p = left / conj(<left, q>), so that <p, q> = 1.
  const p = scaled(left, sr / size, si / size);
  const bar = { re: q.re, im: q.im.map((x) => -x) };
  const B = (u: Complex, v: Complex): Complex => bilinear((x, y) => c.second(z, extended(x), extended(y)), u, v);
  const C = (u: Complex, v: Complex, w: Complex): Complex => {
    const by = (part: Float64Array): Complex => bilinear((x, y) => c.third(z, extended(x), extended(y), extended(part)), u, v);
    const [r, i] = [by(w.re), by(w.im)];
    return { re: r.re.map((x, j) => x - i.im[j]!), im: r.im.map((x, j) => x + i.re[j]!) };
  };
  const qq = B(q, q);
  const mixed = B(q, bar).re;
  const flow = kind === "flow";
  const square: readonly [number, number] = flow ? [0, 2 * im] : [re * re - im * im, 2 * re * im];
  const shifted = a.map((x, e) => (flow ? -x : (e % (dim + 1) === 0 ? 1 : 0) - x));
  const inverse = solve(shifted, mixed, dim);
  const first = product(p, C(q, q, bar));
  const second = product(p, B(q, { re: inverse, im: new Float64Array(dim) }));
  const third = product(p, B(bar, resolvent(a, square, qq, dim)));
  const [x, y] = [first[0] + 2 * second[0] + third[0], first[1] + 2 * second[1] + third[1]];
  // e^(-i t) (x + i y) = (re - i im)(x + i y): real part re x + im y.
  const coefficient = flow ? x / (2 * im) : (re * x + im * y) / 2;
  const moved = product(
    p,
    bilinear((u, v) => c.second(z, extended(u), v), q, { re: t, im: new Float64Array(dim + 1) }),
  );
  const growth = (flow ? moved[0] : re * moved[0] + im * moved[1]) / t[dim]!;
  return { coefficient, growth, direction: q };
}

/** Radius of the largest excursion x = 2 |w| Re(q e^(i phi)) for |w| = 1. */
export function excursion({ re, im }: Complex): number {
  // The largest singular value of the two columns re, im.
  const [rr, ii, ri] = [inner(re, re), inner(im, im), inner(re, im)];
  const mean = 0.5 * (rr + ii);
  const half = 0.5 * (rr - ii);
  return 2 * Math.sqrt(mean + Math.sqrt(half * half + ri * ri));
}

const inner = (a: Float64Array, b: Float64Array): number => a.reduce((s, v, i) => s + v * b[i]!, 0);

/** A direction of states as one of states and parameter. */
function extended(x: Float64Array): Float64Array {
  const out = new Float64Array(x.length + 1);
  out.set(x);
  return out;
}

/** <p, v> = sum of conj(p) v. */
const product = (p: Complex, v: Complex): readonly [number, number] => [
  inner(p.re, v.re) + inner(p.im, v.im),
  inner(p.re, v.im) - inner(p.im, v.re),
];

const scaled = ({ re, im }: Complex, a: number, b: number): Complex => ({
  re: re.map((x, i) => a * x - b * im[i]!),
  im: re.map((x, i) => a * im[i]! + b * x),
});

function bilinear(f: (u: Float64Array, v: Float64Array) => Float64Array, u: Complex, v: Complex): Complex {
  const [rr, ii, ri, ir] = [f(u.re, v.re), f(u.im, v.im), f(u.re, v.im), f(u.im, v.re)];
  return { re: rr.map((x, j) => x - ii[j]!), im: ri.map((x, j) => x + ir[j]!) };
}

/** (a - lambda) as a real matrix of twice the size on (re, im). */
function realForm(a: Float64Array, re: number, im: number, n: number): Float64Array {
  const out = new Float64Array(4 * n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const entry = a[i * n + j]! - (i === j ? re : 0);
      out[i * 2 * n + j] = entry;
      out[(n + i) * 2 * n + n + j] = entry;
    }
    out[i * 2 * n + n + i] = im;
    out[(n + i) * 2 * n + i] = -im;
  }
  return out;
}

function nullVector(a: Float64Array, re: number, im: number, n: number): Complex {
  const v = singularValues(realForm(a, re, im, n), 2 * n, 2 * n).vectors.slice((2 * n - 1) * 2 * n);
  return { re: v.slice(0, n), im: v.slice(n) };
}

/** (lambda - a)^-1 b. */
function resolvent(a: Float64Array, [re, im]: readonly [number, number], b: Complex, n: number): Complex {
  const right = new Float64Array(2 * n);
  right.set(b.re.map((x) => -x));
  right.set(
    b.im.map((x) => -x),
    n,
  );
  const x = solve(realForm(a, re, im, n), right, 2 * n);
  return { re: x.slice(0, n), im: x.slice(n) };
}
