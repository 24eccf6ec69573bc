import type { OrbitDiagram } from "../../analysis/orbit-diagram.js";
import { periodDoubling, type PeriodDoubling } from "../../analysis/period-doubling.js";
import type { NamedFamily } from "../../catalogue/families.js";

/** A period doubling with the period that doubles. */
export type Doubling = PeriodDoubling & { readonly period: number };

/** Diagrams of neighbouring ranges as one. */
export function joined(parts: readonly OrbitDiagram[]): OrbitDiagram {
  const all = (of: (d: OrbitDiagram) => ArrayLike<number>): Float64Array =>
    Float64Array.from(parts.flatMap((d) => Array.from(of(d))));
  const first = parts[0]!;
  const longest = parts.reduce((n, d) => Math.max(n, d.orbits.length), 0);
  const orbits = new Float64Array(parts.reduce((n, d) => n + d.orbits.length, 0));
  parts.forEach((d, i) => orbits.set(d.orbits, i * longest));
  return {
    ...first,
    parameters: all((d) => d.parameters),
    orbits,
    periods: Int32Array.from(all((d) => d.periods)),
    statuses: parts.flatMap((d) => d.statuses),
    exponents: {
      ...first.exponents,
      value: all((d) => d.exponents.value),
      error: all((d) => d.exponents.error),
      cost: { steps: parts.reduce((n, d) => n + (d.exponents.cost.steps ?? 0) * d.parameters.length, 0) },
    },
  };
}

/** Most period doublings that are located. */
export const MOST_DOUBLINGS = 12;

/** The first period doublings between neighbouring parameters whose orbits have periods p and 2 p, located by the multiplier. */
export function doublings(family: NamedFamily, { parameters, periods, orbits, record, dim }: OrbitDiagram): Doubling[] {
  const found: Doubling[] = [];
  // Close to a flip convergence is slow: some neighbours show no period yet.
  const reach = Math.max(4, Math.ceil(parameters.length / 20));
  for (let i = 0; i + 1 < parameters.length && found.length < MOST_DOUBLINGS; i++) {
    const period = periods[i]!;
    if (period === 0 || periods[i + 1] === period) continue;
    const doubled: number[] = [];
    for (let j = i + 1; j <= i + reach && (periods[j] === 0 || periods[j] === 2 * period); j++)
      if (periods[j] !== 0) doubled.push(j);
    if (doubled.length === 0) continue;
    const last = (i + 1) * record * dim;
    const within = (to: number): PeriodDoubling =>
      periodDoubling({
        f: family.f,
        period,
        between: [parameters[i]!, parameters[to]!],
        guess: orbits.slice(last - dim, last),
      });
    // Just below a doubling the slow approach itself can look like one: then the last neighbour lies beyond it.
    const near = within(doubled[0]!);
    const answer = near.status === "ok" || doubled.length === 1 ? near : within(doubled.at(-1)!);
    if (answer.status === "ok") found.push({ ...answer, period });
  }
  return found;
}
