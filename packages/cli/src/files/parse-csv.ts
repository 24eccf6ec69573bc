import type { Table } from "#dynamics";
import { UserError } from "../exit.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** The numbers of a comma-separated text. Throws a UserError `name:line: …` where it is ragged, empty or no decimal number. */
export function parseCsv(text: string, name: string, header: boolean): Omit<Table, "sha256"> {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  while (lines.length > 0 && lines.at(-1)!.trim() === "") lines.pop();
  const names = header ? lines[0]?.split(",").map((cell) => cell.trim().replace(/^"(.*)"$/, "$1")) : undefined;
  const first = header ? 1 : 0;
  if (lines.length <= first) throw new UserError(`${name}:${lines.length + 1}: there are no rows of numbers`);
  const columns = names?.length ?? lines[first]!.split(",").length;
  const rows = lines.length - first;
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const cells = lines[row + first]!.split(",");
    const place = `${name}:${row + first + 1}`;
    if (cells.length !== columns) {
      throw new UserError(
        `${place}: ${cells.length} ${cells.length === 1 ? "value" : "values"} here, ${columns} in the first line; every line needs as many`,
      );
    }
    cells.forEach((cell, j) => {
      const trimmed = cell.trim();
      const value = NUMBER.test(trimmed) ? Number(trimmed) : NaN;
      if (!Number.isFinite(value)) {
        const shown = JSON.stringify(trimmed.length > 30 ? `${trimmed.slice(0, 30)}…` : trimmed);
        const hint = row === 0 && !header ? "; if this line names the columns, set header: true" : "";
        throw new UserError(`${place}: value ${j + 1} is ${shown}; expected a finite decimal number${hint}`);
      }
      values[row * columns + j] = value;
    });
  }
  return { rows, columns, values, ...(names ? { names } : {}) };
}
