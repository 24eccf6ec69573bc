import { refuse } from "../problem.js";
import type { Table } from "../table.js";

/** Checks that a column holds classes and gives their number. */
export function labels({ values, rows, columns }: Table, label: number, given: number | undefined): number {
  let largest = 1;
  for (let row = 0; row < rows; row++) {
    const value = values[row * columns + label]!;
    const allowed = given ?? 10_000;
    if (!Number.isInteger(value) || value < 0 || value >= allowed) {
      refuse(["label"], `row ${row + 1} has the label ${value}; allowed: whole numbers from 0 to ${allowed - 1}`);
    }
    largest = Math.max(largest, value);
  }
  return given ?? largest + 1;
}
