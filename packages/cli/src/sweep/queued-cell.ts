import { join } from "node:path";
import { UnrecoverableError } from "bullmq";
import { mkdir } from "node:fs/promises";
import type { Study } from "#dynamics";
import { UserError } from "../exit.js";
import { version } from "../package-root.js";
import { cellHash, checkpointOf } from "./cell.js";
import { isFinal, reasonOf, runCell } from "./run-cell.js";

/** A cell as it waits in a queue. */
export interface QueuedCell {
  readonly version: string;
  /** As JSON: a database may put the keys of a group into another order. */
  readonly study: string;
  /** Folder to which the paths of data files are relative, on the machine of the sweep. */
  readonly folder: string;
  /** Seconds between checkpoints. */
  readonly every: number;
}

/** What a worker keeps of cells at work, relative to where it runs. */
const AT_WORK = join("runs", ".cells");

/** What a worker of a queue does with a job; loaded by its threads. Returns a `CellRecord` as JSON. */
export default async function work({ id, data }: { readonly id?: string; readonly data: QueuedCell }): Promise<string> {
  try {
    if (data.version !== version())
      throw new UserError(
        `its worker is separatrix ${version()}, and the sweep was started with ${data.version}; use one version`,
      );
    const study = JSON.parse(data.study) as Study;
    const hash = cellHash(study);
    if (hash !== id) throw new UserError("the queue holds another study than the sweep put there");
    await mkdir(AT_WORK, { recursive: true });
    const record = await runCell({
      hash,
      study,
      folder: process.env["SEPARATRIX_DATA"] ?? data.folder,
      checkpoint: checkpointOf(AT_WORK, hash),
      every: data.every,
    });
    return JSON.stringify(record);
  } catch (error) {
    throw isFinal(error) ? new UnrecoverableError(reasonOf(error)) : error;
  }
}
