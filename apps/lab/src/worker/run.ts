import { parseStudy, runStudy, StudyError } from "#dynamics";
import { charts, draw, npz, parquet, report } from "#report";
import { sha256 } from "../parts/sha256.js";
import type { Work } from "./protocol/jobs.js";
import { reader } from "./read-table.js";

/** Runs a study and makes the files of its run folder, byte for byte. */
export const run: Work<"run"> = async ({ text, files, processors, width }, host) => {
  const { study, locate } = parseStudy(text, "study.yaml");
  const stop = new AbortController();
  host.onOrder(() => stop.abort());
  try {
    const { manifest, series, arrays, clock } = await runStudy(study, {
      read: reader(files),
      version: __VERSION__,
      processors,
      ...(processors === 1 ? { threads: 1 } : {}),
      signal: stop.signal,
      onProgress: (progress) => host.news(progress),
    });
    const made = {
      "series.parquet": parquet(series) as Uint8Array<ArrayBuffer>,
      "arrays.npz": npz(arrays) as Uint8Array<ArrayBuffer>,
    };
    const digests = Object.fromEntries(Object.entries(made).map(([name, bytes]) => [name, sha256(bytes)]));
    const record = { manifest, series, arrays, clock };
    const figures = charts(record)
      .map((chart, i) => ({
        title: chart.title,
        html: draw(chart, `figure-${i + 1}`, { width, height: Math.round(170 + 0.23 * width) }),
      }))
      .filter(({ html }) => html !== "");
    const page = report({ ...record, command: `npx separatrix run study.yaml`, digests });
    return { manifest, figures, series, clock, digests, page, files: made };
  } catch (error) {
    throw error instanceof StudyError ? new Error(error.problems.map(locate).join("\n"), { cause: error }) : error;
  }
};
