import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { random } from "#dynamics";

/** Digits in a random order: 8 x 8 images with inputs in [0, 1], one-hot targets and labels. */
export function digits(samples: number, from = 0, seed = 0) {
  const rows = gunzipSync(readFileSync(new URL("../../data/digits.csv.gz", import.meta.url)))
    .toString()
    .trim()
    .split("\n")
    .map((line) => line.split(",").map(Number))
    .filter((row) => row.length === 65 && row.every(Number.isFinite));
  const stream = random(seed, 900);
  const shuffled = rows.map((row) => ({ row, key: stream.uniform() })).sort((a, b) => a.key - b.key);
  const chosen = shuffled.slice(from, from + samples).map(({ row }) => row);
  const labels = chosen.map((row) => row[64]!);
  return {
    samples,
    dim: 64,
    inputs: Float64Array.from(chosen.flatMap((row) => row.slice(0, 64).map((x) => x / 16))),
    targets: Float64Array.from(labels.flatMap((k) => Array.from({ length: 10 }, (_, j) => (j === k ? 1 : 0)))),
    labels,
  };
}
