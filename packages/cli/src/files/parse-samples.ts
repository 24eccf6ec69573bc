import { readIdx, readNpy, readNpz, type FileArray, type InputFile, type Table } from "#dynamics";
import { UserError } from "../exit.js";
import { LONGEST } from "./longest.js";
import { finiteTable } from "./parse-array.js";
import { parseCsv } from "./parse-csv.js";
import { parseParquet } from "./parse-parquet.js";

/** A file of data as it was read: `name` as messages say it, .gz included; `bytes` unpacked; `sha256` of the file as it lies. */
export interface DataFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

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
  /** Most bytes that an archive unpacks to. Default 256 MiB. */
  readonly longest?: number;
}

const INPUTS = ["x", "inputs", "input", "data", "features", "images"];
const TARGETS = ["y", "targets", "target", "labels", "label", "t"];

/** Whether a file of this name holds one array alone, so that the targets stand in another file. */
export const holdsOneArray = (name: string): boolean => /\.npy$|[.-]idx\d?$|-ubyte$/i.test(plain(name));

const plain = (name: string): string => name.replace(/\.gz$/i, "");

/**
 * Samples and targets of one file, or of two, for the command line and for pages.
 *
 * *Arguments*: `file`, whose name ends with .npz, .npy, .csv, .parquet, .idx or as MNIST's …-ubyte, each but the first and .parquet perhaps with .gz
 * behind; `options`: see `SamplesOptions`; `other`: the file of the targets, for .npy and IDX. Of an .npz arrays called x and y, inputs and targets,
 * images and labels are found by themselves; of a table the target is the last column unless named.
 * *Returns*: two tables with a row a sample. Rejects with a UserError that names the file and the place in it.
 */
export async function parseSamples(file: DataFile, options: SamplesOptions = {}, other?: DataFile): Promise<Samples> {
  const { name, bytes, sha256 } = file;
  const longest = options.longest ?? LONGEST;
  if (/\.(csv|parquet)$/i.test(plain(name))) return fromTable(await tableOf(file, longest), options.target, name);
  const entry = (t: Table, what = name): InputFile => ({ name: what, sha256: t.sha256, rows: t.rows, columns: t.columns });
  if (/\.npz$/i.test(plain(name))) {
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
  const array = known(name, () => oneArray(file));
  if (!other) throw new UserError(`${name}: it holds one array; name the file of the targets with --target`);
  const targets = finiteTable(
    known(other.name, () => oneArray(other)),
    other.name,
    other.sha256,
  );
  const inputs = finiteTable(array, name, sha256);
  return { inputs, targets, axes: array.shape.slice(1), files: [entry(inputs), entry(targets, other.name)] };
}

/** A CSV or Parquet file as a table; whether the first line of a CSV file names its columns follows from what it holds. */
export async function tableOf({ name, bytes, sha256 }: DataFile, longest = LONGEST): Promise<Table> {
  const table = /\.csv$/i.test(plain(name))
    ? parseCsv(new TextDecoder().decode(bytes), name, hasHeader(bytes))
    : await parseParquet(bytes, { name, longest });
  return { ...table, sha256 };
}

function fromTable(table: Table, target: string | undefined, name: string): Samples {
  const { rows, columns, values, sha256 } = table;
  const at = columnsOf(table, target, name);
  if (columns <= at.length)
    throw new UserError(
      `${name}: ${columns === 1 ? "one column" : `${columns} columns, all of them targets`}; expected inputs and a target`,
    );
  const column = (keep: (j: number) => boolean): Table => {
    const chosen = Array.from({ length: columns }, (_, j) => j).filter(keep);
    const part = new Float64Array(rows * chosen.length);
    for (let i = 0; i < rows; i++) chosen.forEach((j, k) => (part[i * chosen.length + k] = values[i * columns + j]!));
    return { rows, columns: chosen.length, values: part, sha256 };
  };
  const inputs = column((j) => !at.includes(j));
  return { inputs, targets: column((j) => at.includes(j)), axes: [inputs.columns], files: [{ name, sha256, rows, columns }] };
}

function known<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof RangeError ? new UserError(`${name}: ${error.message}`) : error;
  }
}

function oneArray({ name, bytes }: DataFile): FileArray {
  if (/\.npy$/i.test(plain(name))) return readNpy(bytes);
  if (holdsOneArray(name)) return readIdx(bytes);
  throw new UserError(
    `${name}: expected .npz, .csv, .parquet, .npy, .idx or MNIST's …-ubyte; all but .npz and .parquet perhaps with .gz behind`,
  );
}

/** Whether the first line of a text names its columns: it holds something that is no number. */
export const hasHeader = (bytes: Uint8Array): boolean => {
  const end = bytes.indexOf(10);
  const line = new TextDecoder().decode(bytes.subarray(0, end < 0 ? Math.min(bytes.length, 65536) : end));
  return line.split(",").some((c) => c.trim() !== "" && !Number.isFinite(Number(c)));
};

/** The columns of the targets: one by its name or number, or several with commas between them. */
function columnsOf(table: Table, wanted: string | undefined, file: string): number[] {
  const { names, columns } = table;
  if (wanted === undefined) return [columns - 1];
  const at = names?.indexOf(wanted) ?? -1;
  if (at >= 0) return [at];
  if (wanted.includes(",")) return wanted.split(",").flatMap((one) => columnsOf(table, one.trim(), file));
  if (/^\d+$/.test(wanted) && Number(wanted) < columns) return [Number(wanted)];
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
