import type { RunRecord } from "#dynamics";
import { charts, draw, npz, parquet, report } from "#report";
import { sha256 } from "../parts/sha256.js";
import type { Figure, Finished } from "./protocol/study.js";

/** The charts of a run, as wide as the page has room. */
export const figuresOf = (record: RunRecord, width: number): Figure[] =>
  charts(record)
    .map((chart, i) => ({
      title: chart.title,
      html: draw(chart, `figure-${i + 1}`, { width, height: Math.round(170 + 0.23 * width) }),
    }))
    .filter(({ html }) => html !== "");

/** A run with the files of its folder, byte for byte. */
export function finished(record: RunRecord, command: string, width: number): Finished {
  const { manifest, series, arrays, clock } = record;
  const files = {
    "series.parquet": parquet(series) as Uint8Array<ArrayBuffer>,
    "arrays.npz": npz(arrays) as Uint8Array<ArrayBuffer>,
  };
  const digests = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256(bytes)]));
  const page = report({ ...record, command, digests });
  return { manifest, figures: figuresOf(record, width), series, clock, digests, page, files, command };
}
