import { endOf, type OrbitDiagram } from "../../analysis/orbit-diagram.js";
import { periodDoublings, type LocatedDoubling } from "../../analysis/period-doublings.js";
import type { NamedFamily } from "../../catalogue/families.js";

/** Diagrams of neighbouring ranges as one. */
export function joined(parts: readonly OrbitDiagram[]): OrbitDiagram {
  const all = (of: (d: OrbitDiagram) => ArrayLike<number>): Float64Array =>
    Float64Array.from(parts.flatMap((d) => Array.from(of(d))));
  const first = parts[0]!;
  const parameters = all((d) => d.parameters);
  const statuses = parts.flatMap((d) => d.statuses);
  const { explanation: _, ...estimate } = first.exponents;
  const orbits = new Float64Array(parts.reduce((n, d) => n + d.orbits.length, 0));
  let filled = 0;
  for (const { orbits: own } of parts) {
    orbits.set(own, filled);
    filled += own.length;
  }
  return {
    ...first,
    parameters,
    orbits,
    periods: Int32Array.from(all((d) => d.periods)),
    statuses,
    exponents: {
      ...estimate,
      ...endOf(statuses, parameters),
      value: all((d) => d.exponents.value),
      error: all((d) => d.exponents.error),
      cost: { steps: parts.reduce((n, d) => n + (d.exponents.cost.steps ?? 0) * d.parameters.length, 0) },
    },
  };
}

/** Most period doublings that are located. */
export const MOST_DOUBLINGS = 12;

/** The period doublings that a diagram has passed. */
export function doublings(
  { f }: NamedFamily,
  { parameters, periods, statuses, orbits, record, dim }: OrbitDiagram,
): readonly LocatedDoubling[] {
  const states = Float64Array.from({ length: parameters.length * dim }, (_, k) => {
    const i = Math.floor(k / dim);
    return orbits[((i + 1) * record - 1) * dim + (k % dim)]!;
  });
  return periodDoublings({ f, parameters, periods, statuses, states, most: MOST_DOUBLINGS });
}
