import { scalarMath } from "#engine";
import type { Estimate } from "../core/estimate.js";

export interface BasinEntropyOptions {
  /** One an outcome, row by row: see `basins` with `gridStarts`. */
  readonly labels: ArrayLike<number>;
  readonly columns: number;
  readonly rows: number;
  /** Cells on the side of a box. Default 5. */
  readonly side?: number;
}

/** How uncertain the outcome is inside a box of starts; `value` is the basin entropy S_b. */
export interface BasinEntropy extends Estimate {
  /** S_bb: the mean over boxes that hold more than one outcome; NaN where there is none. */
  readonly boundary: Estimate;
  /** Boxes, and those with more than one outcome. */
  readonly boxes: number;
  readonly mixed: number;
  /** S_bb is above log 2 by more than two standard errors, which no smooth boundary between two basins allows. */
  readonly fractal: boolean;
}

/**
 * The basin entropy of a picture of basins.
 *
 * *Definition*: the picture is cut into boxes of side x side cells; a box in which outcome k has the share p_k has the entropy -sum p_k log p_k. S_b
 * is its mean over all boxes, S_bb over those with more than one outcome. With smooth boundaries the boxes that hold three basins are
 * few and S_bb <= log 2; so S_bb > log 2 shows a fractal boundary, not the other way round.
 * *Arguments*: see `BasinEntropyOptions`. Cells beyond the last whole box are left out. Both numbers depend on the side and on the resolution.
 * *Returns*: see `BasinEntropy`; in nats.
 * *Error*: one standard error of the mean over boxes, as if they were independent, which neighbours are not; and with side^2 cells a box the shares
 * are too coarse for the entropy to come close to log K.
 * *Cost*: one pass over the labels.
 * *Source*: Daza, Wagemakers, Georgeot, Guery-Odelin, Sanjuan 2016, Basin entropy: a new tool to analyze uncertainty in dynamical systems.
 * *Example*: `basinEntropy({ labels: [0, 1, 2, 2, 1, 0, 2, 2], columns: 4, rows: 2, side: 2 }).value // 0.3465735903`
 */
export function basinEntropy({ labels, columns, rows, side = 5 }: BasinEntropyOptions): BasinEntropy {
  if (!(Number.isInteger(columns) && Number.isInteger(rows)) || columns * rows !== labels.length)
    throw new RangeError(`basinEntropy: ${labels.length} labels given for ${columns} columns and ${rows} rows`);
  if (!Number.isInteger(side) || side < 2 || side > Math.min(columns, rows))
    throw new RangeError(`basinEntropy: side ${side} given; allowed: integers from 2 to ${Math.min(columns, rows)}`);
  const entropies: number[] = [];
  for (let y = 0; y + side <= rows; y += side) {
    for (let x = 0; x + side <= columns; x += side) {
      const counts = new Map<number, number>();
      for (let cell = 0; cell < side * side; cell++) {
        const label = labels[(y + Math.floor(cell / side)) * columns + x + (cell % side)]!;
        counts.set(label, (counts.get(label) ?? 0) + 1);
      }
      let entropy = 0;
      for (const n of counts.values()) entropy -= (n / (side * side)) * scalarMath.log(n / (side * side));
      entropies.push(counts.size > 1 ? entropy : 0);
    }
  }
  const mixed = entropies.filter((s) => s > 0);
  const common = {
    unit: "nat",
    method: `boxes of ${side} x ${side} cells; standard error of their mean`,
    sources: ["Daza, Wagemakers, Georgeot, Guery-Odelin, Sanjuan 2016"],
    cost: {},
  };
  const boundary: Estimate =
    mixed.length > 1
      ? { ...common, ...mean(mixed), status: "ok" }
      : {
          ...common,
          value: NaN,
          error: NaN,
          status: "not-converged",
          explanation: `${mixed.length} of ${entropies.length} boxes hold more than one outcome; a boundary needs at least 2: take a larger picture`,
        };
  return {
    ...common,
    ...mean(entropies),
    status: "ok",
    boundary,
    boxes: entropies.length,
    mixed: mixed.length,
    fractal: boundary.value - 2 * boundary.error > scalarMath.log(2),
  };
}

function mean(values: readonly number[]): { value: number; error: number } {
  const n = values.length;
  const value = values.reduce((s, v) => s + v, 0) / n;
  const squares = values.reduce((s, v) => s + (v - value) * (v - value), 0);
  return { value, error: n > 1 ? Math.sqrt(squares / (n * (n - 1))) : NaN };
}
