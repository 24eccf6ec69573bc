import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { runStudy, StudyError, type Study } from "#dynamics";
import { reader } from "../commands/study-file.js";
import { UserError } from "../exit.js";
import { readCheckpoint, schedule, writeCheckpoint } from "../files/checkpoint.js";
import { npz } from "../files/npz.js";
import { parquet } from "../files/parquet.js";
import { sha256 } from "../files/run-folder.js";
import { version } from "../package-root.js";
import { remembered, type CellRecord } from "./cell.js";

/** A cell to be run. */
export interface CellTask {
  readonly hash: string;
  readonly study: Study;
  /** Folder to which the paths of data files are relative. */
  readonly folder: string;
  readonly checkpoint: string;
  /** Seconds between checkpoints. */
  readonly every: number;
}

// Cells of one sweep mostly read the same data.
let folder = "";
let tables = remembered(reader(folder));

/** Runs a cell, from its last checkpoint if there is one. */
export async function runCell(task: CellTask): Promise<CellRecord> {
  if (task.folder !== folder) tables = remembered(reader((folder = task.folder)));
  const reads: CellRecord["reads"][number][] = [];
  const clock = schedule(task.every);
  const before = await readCheckpoint(task.checkpoint);
  try {
    const record = await runStudy(task.study, {
      version: version(),
      threads: 1,
      async read(reference) {
        const table = await tables(reference);
        reads.push({ reference, sha256: table.sha256 });
        return table;
      },
      checkpoints: {
        ...(before ? { from: before.memory } : {}),
        due: clock.due,
        save: (memory) =>
          clock.around(() => writeCheckpoint(task.checkpoint, { memory, progress: { done: 0, total: 1, unit: "cell" } })),
      },
    });
    return {
      format: "separatrix-cell/2",
      cell: task.hash,
      manifest: record.manifest,
      reads,
      digests: { "series.parquet": sha256(parquet(record.series)), "arrays.npz": sha256(npz(record.arrays)) },
    };
  } catch (error) {
    // A second try starts from the beginning, at once where the checkpoint may be to blame: other data, another build.
    if (existsSync(task.checkpoint)) await rm(task.checkpoint);
    if (before && isFinal(error)) return runCell(task);
    throw error;
  }
}

/** Whether another try would end alike: what the study or its data cannot do they will not do another time either. */
export const isFinal = (error: unknown): boolean => error instanceof StudyError || error instanceof UserError;

/** What went wrong, in words. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
