import { z } from "zod";
import { refuse } from "../problem.js";
import { cut, order, type StudyData, type Table } from "../table.js";
import { labels } from "./labels.js";
import { standardised } from "./standardised.js";

const column = z.union([z.int().min(0), z.string().min(1)]).describe("Number of the column, from 0, or its name");

/** What a study says about samples, wherever they stand. */
export const rowKeys = {
  classes: z.int().min(2).max(10_000).optional().describe("Number of classes; default: the largest label plus 1"),
  divideBy: z.number().gt(0).default(1).describe("Every input is divided by this"),
  standardise: z
    .boolean()
    .default(false)
    .describe("Shift and scale each input to mean 0 and variance 1 over the training samples; one that is constant becomes 0"),
  split: z
    .strictObject({ train: z.int().min(1), test: z.int().min(0) })
    .optional()
    .describe("Default: every row trains"),
  shuffle: z.boolean().default(false).describe("Shuffle the rows with the seed before splitting"),
};

/** What a study says about a table of samples: which columns are targets, and which rows train. */
export const columnKeys = {
  label: column.optional().describe("Column of the class, a whole number from 0; the targets are then one-hot"),
  targets: z.array(column).min(1).optional().describe("Columns to predict, as they are"),
  ...rowKeys,
};

export type ColumnsSpec = z.infer<z.ZodObject<typeof columnKeys>> & { readonly path: string };

/** Rules that hold between keys. */
export const columnRules = <T extends z.ZodType<ColumnsSpec>>(schema: T): T =>
  schema
    .refine((s) => (s.label === undefined) !== (s.targets === undefined), {
      error: "give either label (a class) or targets (columns to predict)",
    })
    .refine((s) => s.classes === undefined || s.label !== undefined, {
      error: "classes goes with label",
      path: ["classes"],
    }) as T;

/** Samples from the columns of a table: all but the label or the targets are inputs. */
export function fromColumns(spec: ColumnsSpec, table: Table, seed: number): StudyData {
  const split = spec.split ?? { train: table.rows, test: 0 };
  if (split.train + split.test > table.rows)
    refuse(["split"], `${split.train} + ${split.test} samples asked for; ${spec.path} has ${table.rows} rows`);
  const chosen = spec.targets?.map((c, i) => find(table, c, ["targets", i])) ?? [find(table, spec.label!, ["label"])];
  const used = new Set(chosen);
  const inputColumns = Array.from({ length: table.columns }, (_, j) => j).filter((j) => !used.has(j));
  if (inputColumns.length === 0) refuse(["path"], `${spec.path} has no column left for the inputs`);
  const classes = spec.label === undefined ? 0 : labels(table, chosen[0]!, spec.classes);
  const widths = { inputs: inputColumns.length, outputs: classes || chosen.length };
  const sets = cut(order(table.rows, spec.shuffle, seed), split, widths, (row, inputs, targets) => {
    const from = row * table.columns;
    inputColumns.forEach((c, j) => (inputs[j] = table.values[from + c]! / spec.divideBy));
    if (classes > 0) targets[table.values[from + chosen[0]!]!] = 1;
    else chosen.forEach((c, j) => (targets[j] = table.values[from + c]!));
  });
  return {
    ...(spec.standardise ? standardised(sets, widths.inputs) : sets),
    ...widths,
    files: [{ name: spec.path, sha256: table.sha256, rows: table.rows, columns: table.columns }],
  };
}

function find({ names, columns }: Table, wanted: number | string, path: readonly (string | number)[]): number {
  if (typeof wanted === "number") {
    if (wanted >= columns) refuse(path, `column ${wanted} asked for; the file has columns 0 to ${columns - 1}`);
    return wanted;
  }
  if (!names) refuse(path, `column "${wanted}" asked for by name; set header: true, or give its number`);
  const at = names.indexOf(wanted);
  if (at < 0)
    refuse(
      path,
      `there is no column "${wanted}"; the header has ${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}`,
    );
  return at;
}
