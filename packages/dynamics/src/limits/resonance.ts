import { complex, type Complex } from "../core/complex.js";
import { integral } from "../core/integral.js";
import type { FrequencyDensity } from "./frequency-density.js";

/** I(s), its derivative, and bounds on the errors of both. */
export interface Resonance {
  readonly value: Complex;
  /** NaN on the axis, where the derivative is no integral. */
  readonly slope: Complex;
  readonly error: number;
  readonly slopeError: number;
}

/**
 * How strongly a population answers a force that grows and turns like e^(st): I(s) = int g(omega) / (s - i omega) d omega for Re s > 0, and its limit for Re s -> 0.
 *
 * *Definition*: with s = p + i q and x = omega - q, folded about q: Re I = int_0^inf (g(q + x) + g(q - x)) p / (p^2 + x^2) dx, which is pi g(q) for p -> 0 (Plemelj),
 * and Im I = int_0^inf (g(q + x) - g(q - x)) x / (p^2 + x^2) dx. I'(s) = -int g / (s - i omega)^2.
 * *Arguments*: q counts from the density's center; `slopes`: whether I' is wanted too; `tolerance`: of the quadrature, relative.
 * *Error*: from the quadrature, piece by piece. *Cost*: some 200 evaluations of the density for each place.
 */
export function resonance(
  { density, places }: FrequencyDensity,
  { re: p, im: q }: Complex,
  { slopes = true, tolerance = 1e-12 } = {},
): Resonance {
  const pieces = [...new Set([0, p, ...places.map((b) => Math.abs(b - q))])].sort((a, b) => a - b);
  // Where a billionth is good enough the pieces do as they are.
  const ends = tolerance < 1e-10 ? graded(pieces) : pieces;
  const far = ends.at(-1)!;
  const here = slopes && p > 0 ? density(q) : 0;
  const [sums, errors] = [new Float64Array(4), new Float64Array(4)];
  /** What a distance x adds to each of the four: an even and an odd kernel, and their derivatives. */
  const kernels: readonly ((x: number) => number)[] = [
    (x) => (density(q + x) + density(q - x)) * (p / (p * p + x * x)),
    (x) => (density(q + x) - density(q - x)) * (x / (p * p + x * x)),
    (x) =>
      (density(q + x) + density(q - x) - (x < ends[1]! ? 2 * here : 0)) *
      (((p - x) * (p + x)) / (p * p + x * x) / (p * p + x * x)),
    (x) => (density(q + x) - density(q - x)) * ((2 * p * x) / (p * p + x * x) / (p * p + x * x)),
  ];
  const wanted = p > 0 ? (slopes ? [0, 1, 2, 3] : [0, 1]) : [1];
  for (const k of wanted) {
    const f = kernels[k]!;
    const enter = (g: (t: number) => number, from: number, to: number): void => {
      const part = integral(g, from, to, tolerance);
      sums[k]! += part.value;
      errors[k]! += part.error;
    };
    for (let e = 0; e + 1 < ends.length; e++) enter(f, ends[e]!, ends[e + 1]!);
    enter((t) => (far * f(far / t)) / (t * t), 0, 1);
  }
  // The even kernel of the derivative is itself the derivative of x / (p^2 + x^2): what was taken off next to 0, where it is large and cancels.
  sums[2]! += (2 * here * ends[1]!) / (p * p + ends[1]! * ends[1]!);
  if (p === 0) sums[0] = 0.5 * Math.PI * (density(q * (1 + 1e-15)) + density(q * (1 - 1e-15)));
  const size = Math.abs(sums[0]!) + Math.abs(sums[1]!);
  const known = p > 0 && slopes;
  // What the quadrature leaves out of a piece beside a shorter one.
  let uneven = 1;
  for (let i = 1; i + 1 < ends.length; i++) {
    const ratio = (ends[i + 1]! - ends[i]!) / (ends[i]! - ends[i - 1]!);
    uneven = Math.max(uneven, ratio, 1 / ratio);
  }
  const rounding = (4e-16 + 2e-17 * uneven) * size;
  return {
    value: complex(sums[0]!, sums[1]!),
    slope: known ? complex(-sums[2]!, -sums[3]!) : complex(NaN, NaN),
    error: errors[0]! + errors[1]! + rounding,
    slopeError: known ? errors[2]! + errors[3]! : NaN,
  };
}

/** Lengths of neighbouring pieces differ by this factor at most. */
const RATIO = 1e4;

/**
 * Ends of pieces with more between those that are much longer than their neighbours. What a short piece resolves goes on in the next one, of whose length the
 * quadrature leaves out some 1e-17 at its ends: of a peak of 1e-9 beside a piece of 1 that would be 1e-8.
 */
function graded(ends: readonly number[]): number[] {
  const all = [...ends];
  for (let i = 0; i + 1 < ends.length; i++) {
    const [a, b] = [ends[i]!, ends[i + 1]!];
    for (let d = RATIO * (a - (ends[i - 1] ?? a)); d > 0 && d < 0.5 * (b - a); d *= RATIO) all.push(a + d);
    for (let d = RATIO * ((ends[i + 2] ?? b) - b); d > 0 && d < 0.5 * (b - a); d *= RATIO) all.push(b - d);
  }
  const [before, far] = ends.slice(-2) as [number, number];
  for (let d = RATIO * (far - before); d < far; d *= RATIO) all.push(far + d);
  return all.sort((x, y) => x - y);
}
