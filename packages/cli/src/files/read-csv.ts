import { createHash } from "node:crypto";
import type { Table } from "#dynamics";
import { UserError } from "../exit.js";
import { LONGEST, readBytes, unpack } from "./bytes.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Reads a table of numbers from a comma-separated file, packed (.gz) or not.
 *
 * *Arguments*: `path`; `name`: how messages call the file; `header`: whether the first line names the columns; `longest`: most
 * bytes that are read or unpacked, default 256 MiB.
 * *Returns*: the table. Rejects with a UserError `name:line: …` when the file is cut off, corrupt, ragged, empty, too long, or holds
 * anything but finite decimal numbers.
 */
export async function readCsv(
  path: string,
  { name = path, header = false, longest = LONGEST }: { name?: string; header?: boolean; longest?: number } = {},
): Promise<Table> {
  const bytes = await readBytes(path, name, longest);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const text = (/\.gz$/i.test(path) ? await unpack(bytes, name, longest) : bytes).toString("utf8");
  return { ...parse(text, name, header), sha256 };
}

function parse(text: string, name: string, header: boolean): Omit<Table, "sha256"> {
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
