import { createHash } from "node:crypto";
import { basename } from "node:path";
import { readIdx, readNpy, readNpz, type FileArray, type InputFile, type Table } from "#dynamics";
import { UserError } from "../exit.js";
import { LONGEST, readBytes, unpack } from "./bytes.js";
import { parseCsv } from "./parse-csv.js";
import { finiteTable } from "./parse-array.js";
import { parseParquet } from "./parse-parquet.js";

/** Samples with their targets, as a file has them. */
export interface Samples {
  readonly inputs: Table;
  readonly targets: Table;
  /** Lengths of the axes of a sample, where the file has more than one. */
  readonly axes: readonly number[];
  readonly files: readonly InputFile[];
}

export interface SamplesOptions {
  /** Name or number of the targets' column, name of their array, or, for files of one array, another file. */
  readonly target?: string;
  /** Name of the array of inputs in an .npz. */
  readonly inputs?: string;
  readonly longest?: number;
}

const INPUTS = ["x", "inputs", "input", "data", "features", "images"];
const TARGETS = ["y", "targets", "target", "labels", "label", "t"];

/**
 * Reads samples and targets from one file, or from two.
 *
 * *Arguments*: `path` ends with .npz, .npy, .csv, .parquet, .idx or as MNIST's …-ubyte, each but the first and .parquet perhaps with .gz behind; see
 * `SamplesOptions`. Of an .npz arrays called x and y, inputs and targets, images and labels are found by themselves; of a table the target is the
 * last column unless named; .npy and IDX files hold one array, and `target` is then another file.
 * *Returns*: two tables with a row a sample. Rejects with a UserError that names the file and the place in it.
 */
export async function readSamples(path: string, options: SamplesOptions = {}): Promise<Samples> {
  const longest = options.longest ?? LONGEST;
  const { bytes, sha256 } = await contentOf(path, longest);
  const plain = path.replace(/\.gz$/i, "");
  const name = basename(path);
  const entry = (t: Table, what = name): InputFile => ({ name: what, sha256: t.sha256, rows: t.rows, columns: t.columns });
  if (/\.(csv|parquet)$/i.test(plain)) {
    const table = /\.csv$/i.test(plain)
      ? parseCsv(bytes.toString("utf8"), name, named(bytes))
      : await parseParquet(bytes, { name, longest });
    const at = columnOf({ ...table, sha256 }, options.target, name);
    if (table.columns < 2) throw new UserError(`${name}: one column; expected inputs and a target`);
    const column = (keep: (j: number) => boolean): Table => {
      const chosen = Array.from({ length: table.columns }, (_, j) => j).filter(keep);
      const values = new Float64Array(table.rows * chosen.length);
      for (let i = 0; i < table.rows; i++)
        chosen.forEach((j, k) => (values[i * chosen.length + k] = table.values[i * table.columns + j]!));
      return { rows: table.rows, columns: chosen.length, values, sha256 };
    };
    const inputs = column((j) => j !== at);
    return {
      inputs,
      targets: column((j) => j === at),
      axes: [inputs.columns],
      files: [{ name, sha256, rows: table.rows, columns: table.columns }],
    };
  }
  if (/\.npz$/i.test(plain)) {
    const arrays = known(name, () => readNpz(bytes, longest));
    const target = pick(arrays, options.target, TARGETS, name, "--target");
    const rest = new Map([...arrays].filter(([n]) => n !== target));
    const input = pick(rest, options.inputs, INPUTS, name, "--inputs");
    const [x, y] = [arrays.get(input)!, arrays.get(target)!];
    const inputs = finiteTable(x, `${name}#${input}`, sha256);
    const targets = finiteTable(y, `${name}#${target}`, sha256);
    return {
      inputs,
      targets,
      axes: x.shape.slice(1),
      files: [entry(inputs, `${name}#${input}`), entry(targets, `${name}#${target}`)],
    };
  }
  const array = known(name, () => oneArray(bytes, plain, name));
  if (options.target === undefined)
    throw new UserError(`${name}: it holds one array; name the file of the targets with --target`);
  const other = await contentOf(options.target, longest);
  const second = basename(options.target);
  const targets = known(second, () => oneArray(other.bytes, options.target!.replace(/\.gz$/i, ""), second));
  const tables = [finiteTable(array, name, sha256), finiteTable(targets, second, other.sha256)] as const;
  return {
    inputs: tables[0],
    targets: tables[1],
    axes: array.shape.slice(1),
    files: [entry(tables[0]), entry(tables[1], second)],
  };
}

async function contentOf(path: string, longest: number): Promise<{ bytes: Buffer; sha256: string }> {
  const packed = await readBytes(path, path, longest);
  const sha256 = createHash("sha256").update(packed).digest("hex");
  return { bytes: /\.gz$/i.test(path) ? await unpack(packed, basename(path), longest) : packed, sha256 };
}

function known<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof RangeError ? new UserError(`${name}: ${error.message}`) : error;
  }
}

function oneArray(bytes: Uint8Array, path: string, name: string): FileArray {
  if (/\.npy$/i.test(path)) return readNpy(bytes);
  if (/[.-]idx\d?$|-ubyte$/i.test(path)) return readIdx(bytes);
  throw new UserError(
    `${name}: expected .npz, .csv, .parquet, .npy, .idx or MNIST's …-ubyte; all but .npz and .parquet perhaps with .gz behind`,
  );
}

/** Whether the first line of a text names its columns: it holds something that is no number. */
const named = (bytes: Buffer): boolean => {
  const end = bytes.indexOf(10);
  const cells = bytes.toString("utf8", 0, end < 0 ? Math.min(bytes.length, 65536) : end).split(",");
  return cells.some((c) => c.trim() !== "" && !Number.isFinite(Number(c)));
};

function columnOf({ names, columns }: Table, wanted: string | undefined, file: string): number {
  if (wanted === undefined) return columns - 1;
  const at = names?.indexOf(wanted) ?? -1;
  if (at >= 0) return at;
  if (/^\d+$/.test(wanted) && Number(wanted) < columns) return Number(wanted);
  throw new UserError(
    `${file}: there is no column "${wanted}"; it has ${names ? names.slice(0, 20).join(", ") : `columns 0 to ${columns - 1} without names`}`,
  );
}

function pick(
  arrays: ReadonlyMap<string, FileArray>,
  wanted: string | undefined,
  usual: readonly string[],
  file: string,
  flag: string,
): string {
  const names = [...arrays.keys()];
  const listed = names.slice(0, 20).join(", ");
  if (wanted !== undefined) {
    if (arrays.has(wanted)) return wanted;
    throw new UserError(`${file}: there is no array "${wanted}"; it has ${listed}`);
  }
  const found = names.filter((n) => usual.includes(n.toLowerCase()));
  if (found.length === 1) return found[0]!;
  if (found.length === 0 && names.length === 1 && usual === INPUTS) return names[0]!;
  throw new UserError(`${file}: it holds ${listed}; say which with ${flag}`);
}
