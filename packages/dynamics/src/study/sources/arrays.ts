import { z } from "zod";
import { refuse } from "../problem.js";
import { cut, order, type Table } from "../table.js";
import { rowKeys } from "./columns.js";
import { labels } from "./labels.js";
import type { DataSource } from "./source.js";
import { standardised } from "./standardised.js";

const path = z.string().min(1).max(1000);
/** An array file in a study, with the name of its array where it has several. */
export const file = z
  .union([path, z.strictObject({ path, array: z.string().min(1).max(200) })])
  .describe("An .npy, .npz or IDX file, relative to the study; of an .npz with several arrays, { path, array }");

const schema = z
  .strictObject({
    source: z.literal("arrays"),
    inputs: file,
    label: file.optional().describe("The classes, whole numbers from 0, one a sample; the targets are then one-hot"),
    targets: file.optional().describe("Numbers to predict, as they are"),
    ...rowKeys,
  })
  .refine((s) => (s.label === undefined) !== (s.targets === undefined), {
    error: "give either label (a class) or targets (numbers to predict)",
  })
  .refine((s) => s.classes === undefined || s.label !== undefined, { error: "classes goes with label", path: ["classes"] })
  .describe("Arrays from files of NumPy or in the IDX format; the first axis counts samples, all others are inputs");

type Spec = z.infer<typeof schema>;
type File = Spec["inputs"];

export const referenceOf = (f: File): { path: string; array: string | null } =>
  typeof f === "string" ? { path: f, array: null } : f;
const nameOf = (f: File): string => (typeof f === "string" ? f : `${f.path}#${f.array}`);

/** Inputs and targets from array files of one's own. */
export const arrays: DataSource<Spec> = {
  name: "arrays",
  description: "arrays of NumPy (.npy, .npz) or IDX files as MNIST has them, packed (.gz) or not, with classes or targets",
  schema,
  async load(spec, { seed, read }) {
    const [key, other] = spec.label === undefined ? (["targets", spec.targets!] as const) : (["label", spec.label] as const);
    const x = await read(referenceOf(spec.inputs));
    const y = await read(referenceOf(other));
    if (y.rows !== x.rows) refuse([key], `${nameOf(other)} has ${y.rows} rows; ${nameOf(spec.inputs)} has ${x.rows}`);
    if (key === "label" && y.columns !== 1)
      refuse([key], `${nameOf(other)} has ${y.columns} columns; expected one class a sample`);
    const split = spec.split ?? { train: x.rows, test: 0 };
    if (split.train + split.test > x.rows)
      refuse(["split"], `${split.train} + ${split.test} samples asked for; ${nameOf(spec.inputs)} has ${x.rows}`);
    const classes = key === "label" ? labels(y, 0, spec.classes) : 0;
    const widths = { inputs: x.columns, outputs: classes || y.columns };
    const sets = cut(order(x.rows, spec.shuffle, seed), split, widths, (row, inputs, targets) => {
      for (let j = 0; j < x.columns; j++) inputs[j] = x.values[row * x.columns + j]! / spec.divideBy;
      if (classes > 0) targets[y.values[row]!] = 1;
      else targets.set(y.values.subarray(row * y.columns, (row + 1) * y.columns));
    });
    return {
      ...(spec.standardise ? standardised(sets, x.columns) : sets),
      ...widths,
      files: [entry(spec.inputs, x), entry(other, y)],
    };
  },
};

export const entry = (f: File, { sha256, rows, columns }: Table) => ({ name: nameOf(f), sha256, rows, columns });
