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
  const ends = [...new Set([0, ...places.map((b) => Math.abs(b - q))])].sort((a, b) => a - b);
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
  return {
    value: complex(sums[0]!, sums[1]!),
    slope: known ? complex(-sums[2]!, -sums[3]!) : complex(NaN, NaN),
    error: errors[0]! + errors[1]! + 4e-16 * size,
    slopeError: known ? errors[2]! + errors[3]! : NaN,
  };
}
