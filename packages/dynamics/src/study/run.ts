import { threads as startThreads } from "#engine";
import { lookup } from "../core/lookup.js";
import type { RunRecord } from "./record.js";
import type { Study } from "./schema.js";
import { systems } from "./systems/index.js";
import type { Checkpoints, Progress, StudySystem } from "./system.js";
import type { ReadTable } from "./table.js";

export type { Checkpoints, Progress };

export interface RunOptions {
  readonly read: ReadTable;
  /** Version of the package, for the record. */
  readonly version: string;
  /** Processors of the machine; `threads: auto` uses them, up to 8. Default 1. */
  readonly processors?: number;
  /** Threads, in place of what the study says. */
  readonly threads?: number;
  /** Stops the run at the next chance; the record then has the status "aborted" and what was computed so far. */
  readonly signal?: AbortSignal;
  /** Called whenever there is news. */
  readonly onProgress?: (progress: Progress) => void;
  /** Where the run puts away what it carries, and from where it goes on: see `Checkpoints`. Default: nowhere. */
  readonly checkpoints?: Checkpoints;
}

/**
 * Runs a study.
 *
 * *Arguments*: `study`: from `parseStudy`; see `RunOptions`.
 * *Returns*: the record. Its status is "ok", "diverged" (the parameters left the finite numbers; the verdict says when and why) or "aborted".
 * Rejects with a StudyError when the study asks for what cannot be, with a data file's own error when one cannot be read.
 * *Error*: series, arrays and manifest are the same bits for any number of threads and after any interruption (`checkpoints`); only the clock is not.
 * *Cost*: that of the steps and questions; one more gradient at each row, which gives loss and accuracy of that very state.
 * *Example*: `const read = () => Promise.reject(new Error("this study reads no file"));
 * const { manifest } = await runStudy(parseStudy(study).study, { version: "0.1.0", read }); [manifest.status, manifest.steps.done] // ["ok", 20]`
 */
export async function runStudy(study: Study, options: RunOptions): Promise<RunRecord> {
  const wanted =
    options.threads ?? (study.system.threads === "auto" ? Math.min(8, options.processors ?? 1) : study.system.threads);
  const pool = await startThreads(wanted);
  try {
    const system = lookup("system", systems, study.system.kind) as StudySystem;
    return await system.run(study.system as never, study, { ...options, threads: pool, threadCount: wanted });
  } finally {
    pool.close();
  }
}
