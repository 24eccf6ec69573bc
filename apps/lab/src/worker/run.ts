import { parseStudy, runStudy, StudyError } from "#dynamics";
import { finished } from "./finished.js";
import type { Work } from "./protocol/jobs.js";
import { reader } from "./read-table.js";

/** Runs a study and makes the files of its run folder, byte for byte. */
export const run: Work<"run"> = async ({ text, files, processors, width }, host) => {
  const { study, locate } = parseStudy(text, "study.yaml");
  const stop = new AbortController();
  host.onOrder(() => stop.abort());
  try {
    const record = await runStudy(study, {
      read: reader(files),
      version: __VERSION__,
      processors,
      ...(processors === 1 ? { threads: 1 } : {}),
      signal: stop.signal,
      onProgress: (progress) => host.news(progress),
    });
    return finished(record, "npx separatrix run study.yaml", width);
  } catch (error) {
    throw error instanceof StudyError ? new Error(error.problems.map(locate).join("\n"), { cause: error }) : error;
  }
};
