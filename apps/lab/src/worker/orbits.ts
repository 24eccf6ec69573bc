import { families, lookup, orbitDiagram, periodDoublings, type Status } from "#dynamics";
import type { Work } from "./protocol/jobs.js";

/** Orbits computed together, and the spacings of the passes, coarse to fine. */
const TOGETHER = 128;
const WIDTHS = [16, 8, 4, 2, 1];
const LONGEST = 32;
/** Doublings that are shown. */
const MOST_DOUBLINGS = 8;

/** An orbit diagram that sharpens: every sixteenth column first, then those between. */
export const orbits: Work<"orbits"> = async (input, host) => {
  const { from, to, columns, transient, steps, record, seed } = input;
  const family = lookup("family", families, input.family);
  const dim = family.components.length;
  const parameter = (i: number): number => from + ((to - from) * (i + 0.5)) / columns;
  const periods = new Int32Array(columns);
  const statuses = new Array<Status>(columns).fill("ok");
  const last = new Float64Array(columns * dim);
  let done = 0;
  for (const width of WIDTHS) {
    const index = Array.from({ length: columns }, (_, i) => i).filter(
      (i) => i % width === 0 && (width === WIDTHS[0] || i % (2 * width) !== 0),
    );
    for (let first = 0; first < index.length; first += TOGETHER) {
      const part = Int32Array.from(index.slice(first, first + TOGETHER));
      const found = orbitDiagram({
        f: family.f,
        parameters: Float64Array.from(part, parameter),
        initial: family.initial,
        transient,
        steps,
        record,
        maxPeriod: LONGEST,
        seed,
      });
      done += part.length;
      part.forEach((column, i) => {
        periods[column] = found.periods[i]!;
        statuses[column] = found.statuses[i]!;
        last.set(found.orbits.subarray(((i + 1) * record - 1) * dim, (i + 1) * record * dim), column * dim);
      });
      const states = Float64Array.from({ length: part.length * record }, (_, i) => found.orbits[i * dim]!);
      const { value, error } = found.exponents;
      host.news({
        width,
        index: part,
        states,
        record,
        periods: found.periods,
        creeping: Uint8Array.from(found.statuses, (s) => (s === "not-converged" ? 1 : 0)),
        exponents: value,
        errors: error,
        done: done / columns,
      });
      await host.breathe();
    }
  }
  const parameters = Float64Array.from({ length: columns }, (_, i) => parameter(i));
  const doublings = periodDoublings({ f: family.f, parameters, periods, statuses, states: last, most: MOST_DOUBLINGS });
  return { doublings: doublings.map((d) => ({ period: d.period, value: d.value, error: d.error })) };
};
