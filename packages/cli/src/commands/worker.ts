import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { count } from "#dynamics";
import { shownSafely, UserError } from "../exit.js";
import { scriptOf } from "../package-root.js";
import { backendAt } from "../sweep/backend.js";
import { stopOnSignal } from "./signals.js";

export interface WorkerFlags {
  readonly queue: string;
  readonly workers?: number;
  readonly data?: string;
}

/** Runs cells of a queue until it is told to stop; then it ends those at work first. Returns the exit code. */
export async function worker(flags: WorkerFlags): Promise<number> {
  if (flags.data !== undefined && !statSync(flags.data, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(
      `--data: there is no folder ${flags.data}; expected the one to which the paths of data files are relative`,
    );
  const backend = await backendAt(flags.queue);
  const lanes = flags.workers ?? availableParallelism();
  // The threads that run the cells read it.
  if (flags.data !== undefined) process.env["SEPARATRIX_DATA"] = resolve(flags.data);
  const stop = stopOnSignal("Stopping after the cells at work. Once more to stop at once; another worker then takes them.");
  const it = await backend.worker(scriptOf("sweep/queued-cell"), lanes);
  it.on("completed", (job) => console.log(shownSafely(`done    ${job.id}`)));
  it.on("failed", (job, error) => console.log(shownSafely(`failed  ${job?.id ?? "?"}  ${error.message}`)));
  it.on("error", (error) => console.error(shownSafely(`queue: ${error.message}`)));
  console.log(`Working for ${backend.shown}, ${count(lanes, "cell")} at a time. Ctrl-C ends.`);
  await new Promise<void>((end) => stop.signal.addEventListener("abort", () => end()));
  await it.close();
  stop.release();
  return stop.code();
}
