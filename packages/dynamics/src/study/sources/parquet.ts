import { z } from "zod";
import { columnKeys, columnRules, fromColumns, type ColumnsSpec } from "./columns.js";
import type { DataSource } from "./source.js";

const schema = columnRules(
  z.strictObject({
    source: z.literal("parquet"),
    path: z.string().min(1).max(1000).describe("The file, relative to the study"),
    ...columnKeys,
  }),
).describe("Numbers from a Parquet file; all columns but the label or the targets are inputs");

/** Columns and rows of a Parquet file, as pandas and polars write it. */
export const parquet: DataSource<ColumnsSpec> = {
  name: "parquet",
  description: "a Parquet file of numbers, with a class or target columns",
  schema,
  load: async (spec, { seed, read }) => fromColumns(spec, await read({ path: spec.path, format: "parquet" }), seed),
};
