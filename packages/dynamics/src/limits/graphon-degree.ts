import type { Quadrature } from "../core/quadrature.js";
import type { Graphon } from "./graphon.js";
import { gradedRule } from "./kernel-spectrum.js";

/** Places and weights for integrals along a graphon that is smooth between its breaks. */
export const placesOf = (kernel: Graphon): Quadrature => gradedRule(kernel.breaks ?? [], 16);

/** d(x) = int W(x, y) dy; throws where it is not positive. */
export function degreeOf(kernel: Graphon): (x: number) => number {
  const { points, weights } = placesOf(kernel);
  const known = new Map<number, number>();
  return (x) => {
    const found = known.get(x);
    if (found !== undefined) return found;
    const d = points.reduce((s, y, j) => s + weights[j]! * kernel.value(x, y), 0);
    if (!(d > 0))
      throw new RangeError(`${kernel.name}: the degree at x = ${x} is ${d}; layers divide by it, so it must be above 0`);
    known.set(x, d);
    return d;
  };
}
