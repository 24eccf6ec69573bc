import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { jsonText, sweepTable, type CellOutcome, type ParsedSweep } from "#dynamics";
import { tableParquet } from "../files/parquet.js";
import { settle, sha256, slug } from "../files/run-folder.js";
import { CELLS } from "../files/unfinished.js";
import { version } from "../package-root.js";
import { sweepPage } from "../report/sweep-page.js";
import { writeCell, type CellRecord } from "./cell.js";

/** How a cell ended: with its record, or the reason why there is none. */
export type CellEnd = CellRecord | { readonly cell: string; readonly failure: string };

/** `<title>-<hash>` of a sweep. */
export const sweepName = (title: string, key: string): string => `${slug(title)}-${key.slice(0, 8)}`;

/**
 * Writes the folder of a sweep: sweep.json, cells.parquet, report.html, cells/<hash>.json.
 *
 * *Arguments*: `ends`: one for each cell; `inside`: where it is written before it is whole; `clock`: what depends on the machine, for clock.json.
 * *Returns*: its path. All files but clock.json are the same bytes for the same cells.
 */
export async function writeSweep(
  path: string,
  parsed: ParsedSweep,
  ends: readonly CellEnd[],
  { command, inside, clock }: { readonly command: string; readonly inside: string; readonly clock: object },
): Promise<string> {
  const folder = join(inside, "result");
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, CELLS), { recursive: true });
  const outcomes = ends.map((end): CellOutcome => ({
    hash: end.cell,
    ...("failure" in end ? { failure: end.failure } : { manifest: end.manifest }),
  }));
  const table = sweepTable(parsed, outcomes);
  const parquet = tableParquet(table);
  const digests = { "cells.parquet": sha256(parquet) };
  const { output: _, ...sweep } = parsed.sweep;
  for (const end of new Map(ends.map((e) => [e.cell, e])).values())
    if (!("failure" in end)) await writeCell(join(folder, CELLS), end);
  const manifest = {
    format: "separatrix-sweep/1",
    title: sweep.title,
    status: ends.some((e) => "failure" in e) ? "incomplete" : "ok",
    sweep,
    versions: { separatrix: version() },
    axes: parsed.axes,
    columns: table.map(({ name, unit, description }) => ({ name, unit, description })),
    cells: ends.map((end, i) => ({
      cell: end.cell,
      at: parsed.cells[i]!.at,
      ...("failure" in end ? { failure: end.failure } : { status: end.manifest.status, digests: end.digests }),
    })),
    command,
    digests,
  };
  await writeFile(join(folder, "cells.parquet"), parquet);
  await writeFile(join(folder, "report.html"), sweepPage({ parsed, table, command, version: version(), digests }));
  await writeFile(join(folder, "clock.json"), `${jsonText(clock)}\n`);
  await writeFile(join(folder, "sweep.json"), `${jsonText(manifest)}\n`);
  return settle(folder, path);
}
