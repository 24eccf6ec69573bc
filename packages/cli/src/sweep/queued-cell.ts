import { join } from "node:path";
import { UnrecoverableError } from "bullmq";
import { mkdir } from "node:fs/promises";
import { z } from "zod";
import { studySchema, type Study } from "#dynamics";
import { UserError } from "../exit.js";
import { version } from "../package-root.js";
import { checked, json } from "../files/manifest.js";
import { cellHash, cellText, checkpointOf } from "./cell.js";
import { isFinal, reasonOf, runCell } from "./run-cell.js";

const schema = z.strictObject({
  version: z.string().max(100),
  /** As JSON: a database may put the keys of a group into another order. */
  study: z.string(),
  /** Folder to which the paths of data files are relative, on the machine of the sweep. */
  folder: z.string().max(10_000),
  /** Seconds between checkpoints. */
  every: z.number().min(0),
});

/** A cell as it waits in a queue. */
export type QueuedCell = Readonly<z.infer<typeof schema>>;

/** What a worker keeps of cells at work, relative to where it runs. */
const AT_WORK = join("runs", ".cells");

/** The cell that a job asks for. Throws a UserError where it asks for none: whoever reaches the queue can put anything there. */
export function parseJob(id: string | undefined, data: unknown): QueuedCell & { readonly hash: string; readonly what: Study } {
  const asked = ours(() => checked(schema, data));
  if (asked.version !== version())
    throw new UserError(
      `its worker is separatrix ${version()}, and the sweep was started with ${asked.version}; use one version`,
    );
  const what = ours(() => checked(studySchema, json(asked.study))) as unknown as Study;
  const hash = cellHash(what);
  if (hash !== id) throw new UserError("the queue holds another study than the sweep put there");
  return { ...asked, hash, what };
}

function ours<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UserError(`the queue holds a job that is no cell of a sweep: ${(error as Error).message}`);
  }
}

/** What a worker of a queue does with a job; loaded by its threads. Returns a `CellRecord` as JSON. */
export default async function work({ id, data }: { readonly id?: string; readonly data: unknown }): Promise<string> {
  try {
    const { hash, what: study, folder, every } = parseJob(id, data);
    await mkdir(AT_WORK, { recursive: true });
    const record = await runCell({
      hash,
      study,
      folder: process.env["SEPARATRIX_DATA"] ?? folder,
      checkpoint: checkpointOf(AT_WORK, hash),
      every,
    });
    return cellText(record);
  } catch (error) {
    throw isFinal(error) ? new UnrecoverableError(reasonOf(error)) : error;
  }
}
