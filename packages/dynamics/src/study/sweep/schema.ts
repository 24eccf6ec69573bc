import { z } from "zod";
import { scalarMath } from "#engine";
import { studyJsonSchema } from "../schema.js";

/** Most values of an axis, and most cells of a grid. */
const MOST_VALUES = 10_000;
export const MOST_CELLS = 100_000;

const axis = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .max(200)
      .describe("The place in the study, for instance system.optimizer.learningRate or questions[0].every"),
    name: z
      .string()
      .regex(/^[A-Za-z]\w{0,59}$/, "expected a letter, then letters, digits and _")
      .optional()
      .describe("Name of the column; default: the last key of the path"),
    values: z.array(z.unknown()).min(1).max(MOST_VALUES).optional().describe("The values, one after the other; or a range:"),
    from: z.number().optional().describe("First value of a range"),
    to: z.number().optional().describe("Last value of a range"),
    count: z
      .int()
      .min(1)
      .max(MOST_VALUES)
      .optional()
      .describe("Number of values of a range; default: whole numbers, one after the other"),
    scale: z
      .enum(["linear", "log"])
      .default("linear")
      .describe(
        "Whether neighbours of a range have the same difference (rounded to 12 digits) or the same ratio (rounded to 6 digits)",
      ),
  })
  .superRefine(({ values, from, to, count, scale }, context) => {
    const complain = (key: string, message: string): void => context.addIssue({ code: "custom", path: [key], message });
    const range = from !== undefined || to !== undefined || count !== undefined;
    if (values) {
      if (range) complain("values", "either values or a range (from, to, count), not both");
      return;
    }
    if (from === undefined) return complain("from", "missing: an axis has values, or a range: from, to, count");
    if (to === undefined) return complain("to", "missing: a range has from and to");
    if (count === 1 ? to !== from : !(to > from)) complain("to", `from ${from} to ${to} given; to must be larger than from`);
    if (count === undefined && !(scale === "linear" && Number.isInteger(to - from) && to - from < MOST_VALUES))
      complain("count", "missing: only a linear range whose ends differ by a whole number can do without");
    if (scale === "log" && !(from > 0)) complain("from", `${from} given; a range with the same ratios begins above 0`);
  });

/** A sweep: a study, and the places in it that are changed. */
export const sweepSchema = z
  .strictObject({
    title: z.string().trim().min(1).max(200).default("Untitled sweep").describe("Names the folder and the report"),
    study: z.record(z.string(), z.unknown()).describe("The study that every cell starts from"),
    axes: z.array(axis).min(1).max(8).describe("What is changed: the grid has a cell for each combination of their values"),
    retries: z.int().min(0).max(10).default(1).describe("How often a cell that failed is tried again"),
    pictures: z
      .array(z.string().min(1).max(100))
      .max(12)
      .optional()
      .describe("Columns that the report draws; default: what differs most"),
    output: z
      .strictObject({
        folder: z
          .string()
          .min(1)
          .max(1000)
          .default("runs")
          .describe("Folder that receives the sweep, relative to where the command runs"),
      })
      .prefault({}),
  })
  .describe("A grid of studies");

/** A sweep with every default filled in; its study still as it was written. */
export type Sweep = z.infer<typeof sweepSchema>;
type AxisSpec = z.infer<typeof axis>;

/** An axis with its values. */
export interface SweepAxis {
  readonly name: string;
  /** The place as it was written. */
  readonly path: string;
  readonly values: readonly unknown[];
}

/** The values of an axis. */
export function valuesOf({ values, from = 0, to = 0, count, scale }: AxisSpec): readonly unknown[] {
  if (values) return values;
  const n = count ?? to - from + 1;
  const share = (i: number): number => (n === 1 ? 0 : i / (n - 1));
  const ratio = scale === "log" ? scalarMath.log(to / from) : 0;
  return Array.from({ length: n }, (_, i) => {
    if (i === 0) return from;
    if (i === n - 1) return to;
    return scale === "log"
      ? Number((from * scalarMath.exp(share(i) * ratio)).toPrecision(6))
      : Number((from + share(i) * (to - from)).toPrecision(12));
  });
}

/**
 * The JSON Schema of a sweep, as editors use it. The study in it is not required to be complete: an axis may fill in what is missing.
 * *Example*: `sweepJsonSchema().required // ["study", "axes"]`
 */
export function sweepJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(sweepSchema, { io: "input" }) as { properties: Record<string, object> };
  const { $id: _, $schema: __, required: ___, ...study } = studyJsonSchema();
  return {
    $id: "separatrix-sweep.schema.json",
    title: "Separatrix sweep",
    ...schema,
    properties: { ...schema.properties, study },
  };
}
