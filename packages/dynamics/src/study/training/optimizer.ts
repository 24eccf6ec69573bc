import { z } from "zod";
import { lookup } from "../../core/lookup.js";
import type { Hyperparameter } from "../../training/hyperparameters.js";
import { optimizers } from "../../training/optimizers/index.js";
import type { Optimizer } from "../../training/optimizers/optimizer.js";
import { schedules } from "../../training/schedules/index.js";

/** What a study says of its optimizer, defaults filled in: besides these keys, the numbers of its type. */
export interface OptimizerSpec {
  readonly type: string;
  readonly learningRate: number;
  readonly schedule?: { readonly type: string };
}

function numberOf(h: Hyperparameter): z.ZodType {
  let schema = h.whole ? z.int() : z.number();
  if (h.from !== undefined) schema = schema.gte(h.from);
  if (h.above !== undefined) schema = schema.gt(h.above);
  if (h.to !== undefined) schema = schema.lte(h.to);
  if (h.below !== undefined) schema = schema.lt(h.below);
  return (h.default === undefined ? schema : schema.default(h.default)).describe(h.description);
}

const numbers = (all: readonly Hyperparameter[]): Record<string, z.ZodType> =>
  Object.fromEntries(all.map((h) => [h.name, numberOf(h)]));

/** The type of an entry; the first of a catalogue may be left out. */
const named = (name: string, first: boolean): z.ZodType => (first ? z.literal(name).optional().default(name) : z.literal(name));

const learningRate = z
  .number()
  .gt(0)
  .describe("Step size eta; for gradient descent a quadratic with curvature above 2 / eta is unstable");

const schedule = z
  .discriminatedUnion(
    "type",
    schedules.map((s) =>
      z.strictObject({ type: z.literal(s.name), ...numbers(s.hyperparameters) }).describe(s.description),
    ) as unknown as [z.ZodObject<{ type: z.ZodLiteral<string> }>],
  )
  .optional()
  .describe("How the step size changes with the step number; default: not at all");

/** The optimizers of the catalogue, each with its own numbers: one added there can be written in a study. */
export const optimizerSchema = z.discriminatedUnion(
  "type",
  optimizers.map((o, i) =>
    z
      .strictObject({ type: named(o.name, i === 0), learningRate, ...numbers(o.hyperparameters), schedule })
      .describe(o.description),
  ) as unknown as [z.ZodObject<{ type: z.ZodLiteral<string> }>],
) as unknown as z.ZodType<OptimizerSpec>;

/** The optimizer that a study names. Throws a RangeError when its numbers do not fit each other. */
export function optimizerOf(spec: OptimizerSpec): Optimizer {
  const { type, learningRate: stepSize, schedule: change, ...rest } = spec;
  const { type: shape, ...shapeNumbers } = change ?? { type: "" };
  return lookup("optimizer", optimizers, type).make({
    stepSize,
    ...rest,
    ...(change ? { schedule: lookup("schedule", schedules, shape).make(shapeNumbers) } : {}),
  });
}
