import { families, lookup, orbitDiagram, periodDoubling } from "#dynamics";
import type { Work } from "./protocol/jobs.js";
import type { OrbitDone } from "./protocol/orbits.js";

/** Orbits computed together, and the spacings of the passes, coarse to fine. */
const TOGETHER = 128;
const WIDTHS = [16, 8, 4, 2, 1];
const LONGEST = 32;
/** Columns that the two sides of a doubling may lie apart: the approach is slow there. */
const LOOK_AHEAD = 40;

/** An orbit diagram that sharpens: every sixteenth column first, then those between. */
export const orbits: Work<"orbits"> = async (input, host) => {
  const { from, to, columns, transient, steps, record, seed } = input;
  const family = lookup("family", families, input.family);
  const dim = family.components.length;
  const parameter = (i: number): number => from + ((to - from) * (i + 0.5)) / columns;
  const periods = new Int32Array(columns);
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
        exponents: value,
        errors: error,
        done: done / columns,
      });
      await host.breathe();
    }
  }
  return { doublings: doublings(family.f, periods, last, dim, parameter) };
};

/** Where a column of period p has columns of period 2 p beside it, or further on with none of another period between. */
function doublings(
  f: Parameters<typeof periodDoubling>[0]["f"],
  periods: Int32Array,
  last: Float64Array,
  dim: number,
  parameter: (i: number) => number,
): OrbitDone["doublings"] {
  const found: { period: number; value: number; error: number }[] = [];
  for (let i = 0; i + 1 < periods.length && found.length < 8; i++) {
    const period = periods[i]!;
    if (period === 0 || periods[i + 1] === period) continue;
    // The last column of twice the period: just below a doubling the slow approach itself can look like one.
    let next = 0;
    for (let j = 1; j <= LOOK_AHEAD && (periods[i + j] === 0 || periods[i + j] === 2 * period); j++)
      if (periods[i + j] === 2 * period) next = j;
    if (next === 0) continue;
    const between: [number, number] = [parameter(i), parameter(i + next)];
    const answer = periodDoubling({ f, period, between, guess: last.slice(i * dim, (i + 1) * dim) });
    if (answer.status === "ok") found.push({ period, value: answer.value, error: answer.error });
  }
  return found;
}
