import { z } from "zod";
import { columnKeys, columnRules, fromColumns, type ColumnsSpec } from "./columns.js";
import type { DataSource } from "./source.js";

const schema = columnRules(
  z.strictObject({
    source: z.literal("csv"),
    path: z.string().min(1).max(1000).describe("The file, relative to the study; .gz is unpacked"),
    header: z.boolean().default(false).describe("Whether the first line names the columns"),
    ...columnKeys,
  }),
).describe("Numbers from a comma-separated file; all columns but the label or the targets are inputs");

/** Columns and rows of a file of one's own. */
export const csv: DataSource<ColumnsSpec & { readonly header: boolean }> = {
  name: "csv",
  description: "a comma-separated file of numbers (.csv or .csv.gz), with a class or target columns",
  schema,
  load: async (spec, { seed, read }) => fromColumns(spec, await read({ path: spec.path, header: spec.header }), seed),
};
