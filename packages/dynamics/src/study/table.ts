import { random } from "../core/random.js";
import type { Dataset } from "../training/training.js";

/** Numbers in rows and columns, as a data file holds them. */
export interface Table {
  readonly rows: number;
  readonly columns: number;
  /** rows x columns, row by row; every number finite. */
  readonly values: Float64Array;
  /** Names of the columns, where the file has a header. */
  readonly names?: readonly string[];
  /** Of a graph file: the names of its nodes, and for each row the line it comes from. */
  readonly nodes?: readonly string[];
  readonly lines?: Int32Array;
  /** Hexadecimal SHA-256 of the file's bytes. */
  readonly sha256: string;
}

/** A data file of a study: one that comes with the package, or a path relative to the study. */
export type TableReference =
  | { readonly builtin: "digits" }
  | { readonly path: string; readonly header: boolean }
  | { readonly path: string; readonly format: "parquet" }
  /** The edges of a GraphML file, `attribute` naming their weights (null: as the file has them), or an attribute of its nodes. */
  | { readonly path: string; readonly format: "graphml"; readonly of: "edges"; readonly attribute: string | null }
  | { readonly path: string; readonly format: "graphml"; readonly of: "nodes"; readonly attribute: string }
  /** An array file: its first axis are the rows, all others the columns. `array` names one of several in an archive. */
  | { readonly path: string; readonly array: string | null };

/** How a host reads data files: from disk in Node, by fetch in a page. Rejects with an error that names the file and the place in it. */
export type ReadTable = (reference: TableReference) => Promise<Table>;

/** A file that went into a run. */
export interface InputFile {
  readonly name: string;
  readonly sha256: string;
  readonly rows: number;
  readonly columns: number;
}

/** What a data source gives: the samples to train on, those held back (none: null), and the files behind them. */
export interface StudyData {
  readonly train: Dataset;
  readonly test: Dataset | null;
  readonly inputs: number;
  readonly outputs: number;
  readonly files: readonly InputFile[];
}

export interface Split {
  readonly train: number;
  readonly test: number;
}

// The streams of a seed: layers of a network take 0 to twice the depth, so others start far above.
const SHUFFLE_STREAM = 1_000_000;

/** The order 0 ... n - 1 or a uniformly random permutation of it (Fisher and Yates 1938; Durstenfeld 1964). */
export function order(n: number, shuffle: boolean, seed: number): Int32Array {
  const index = Int32Array.from({ length: n }, (_, i) => i);
  if (!shuffle) return index;
  const stream = random(seed, SHUFFLE_STREAM);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(stream.uniform() * (i + 1));
    const kept = index[i]!;
    index[i] = index[j]!;
    index[j] = kept;
  }
  return index;
}

/** The first `split.train` rows of an order as one data set and the next `split.test` as another. */
export function cut(
  rows: Int32Array,
  { train, test }: Split,
  widths: { readonly inputs: number; readonly outputs: number },
  fill: (row: number, inputs: Float64Array, targets: Float64Array) => void,
): { train: Dataset; test: Dataset | null } {
  const take = (from: number, samples: number): Dataset => {
    const inputs = new Float64Array(samples * widths.inputs);
    const targets = new Float64Array(samples * widths.outputs);
    for (let i = 0; i < samples; i++) {
      fill(
        rows[from + i]!,
        inputs.subarray(i * widths.inputs, (i + 1) * widths.inputs),
        targets.subarray(i * widths.outputs, (i + 1) * widths.outputs),
      );
    }
    return { samples, inputs, targets };
  };
  return { train: take(0, train), test: test > 0 ? take(train, test) : null };
}
