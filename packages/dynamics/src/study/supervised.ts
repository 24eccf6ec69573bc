import { z } from "zod";
import { lookup } from "../core/lookup.js";
import { activations } from "../networks/activations.js";
import type { Architecture } from "../networks/architecture.js";
import { architectures, type ArchitectureOption } from "../networks/index.js";
import { initializers } from "../networks/initializers.js";
import type { PerceptronOptions } from "../networks/mlp.js";
import { losses, type Loss } from "../training/losses.js";
import { refuse, StudyError } from "./problem.js";
import { dataSources } from "./sources/index.js";
import type { DataSource } from "./sources/source.js";
import type { ReadTable, StudyData } from "./table.js";

/** The names of a catalogue as a choice: an entry added there can be written in a study. */
export const oneOf = (entries: readonly { readonly name: string }[]) =>
  z.enum(entries.map((e) => e.name) as [string, ...string[]]);

const MOST_PARAMETERS = 50_000_000;

const perLayer = <T extends z.ZodType>(one: T) => z.union([one, z.array(one).min(1).max(1000)]);

const common = {
  widths: z
    .array(z.int().min(1).max(100_000))
    .min(2)
    .max(1000)
    .describe(
      "Units of each layer, input first, output last; of a network with a field or branches: those of their hidden layers between",
    ),
  activation: oneOf(activations).default("tanh"),
  bias: perLayer(z.boolean()).default(true).describe("Whether each layer has a bias: one for all, or one a layer"),
  init: oneOf(initializers).default("xavier-normal").describe("Law of the initial weights"),
  gain: perLayer(z.number()).default(1).describe("Factor on the initial weights: one for all, or one a layer"),
  biasDeviation: z.number().min(0).default(0).describe("Standard deviation of the initial biases"),
};

/** What a study says of its network, defaults filled in: besides these keys, the options of its type. */
export type ArchitectureSpec = { readonly type: string } & { readonly [K in keyof typeof common]: z.infer<(typeof common)[K]> };

function optionOf({ kind, among, description, default: standard }: ArchitectureOption): z.ZodType {
  const schema: z.ZodType = {
    whole: z.int().min(1).max(1_000_000),
    positive: z.number().gt(0).max(1e9),
    switch: z.boolean(),
    name: z.enum((among ?? [""]) as [string, ...string[]]),
  }[kind];
  return (standard === undefined ? schema.optional() : schema.default(standard)).describe(description);
}

/** The architectures of the catalogue, each with its own options: one added there can be written in a study. */
const architecture = z
  .discriminatedUnion(
    "type",
    architectures.map(({ name, description, options = [] }, i) =>
      z
        .strictObject({
          type: i === 0 ? z.literal(name).optional().default(name) : z.literal(name),
          ...common,
          ...Object.fromEntries(options.map((o) => [o.name, optionOf(o)])),
        })
        .describe(description),
    ) as unknown as [z.ZodObject<{ type: z.ZodLiteral<string> }>],
  )
  .superRefine((spec, context) => {
    const { widths, type, depth } = spec as unknown as ArchitectureSpec & { readonly depth?: number };
    const more = type === "mlp" && depth ? (depth - 1) * widths[1]! * widths[1]! : 0;
    const weights = more + widths.slice(1).reduce((sum, w, l) => sum + w * widths[l]!, 0);
    if (weights > MOST_PARAMETERS)
      context.addIssue({
        code: "custom",
        path: ["widths"],
        message: `these ${more > 0 ? "layers" : "widths"} make ${weights} weights; at most ${MOST_PARAMETERS} fit`,
      });
  }) as unknown as z.ZodType<ArchitectureSpec>;

/** The key that says how many threads a run has. */
export const threads = z
  .union([z.literal("auto"), z.int().min(1).max(64)])
  .default("auto")
  .describe("Threads; the results do not depend on it");

/** The keys of a study that name a network, its data and a loss. */
export const supervised = {
  architecture,
  data: z.discriminatedUnion("source", dataSources.map((s) => s.schema) as unknown as [(typeof dataSources)[number]["schema"]]),
  loss: oneOf(losses).default("square"),
};

type Spec = { readonly [K in keyof typeof supervised]: z.infer<(typeof supervised)[K]> };

/** A network, the samples it learns and what it is judged by. */
export interface Supervised {
  readonly network: Architecture;
  readonly data: StudyData;
  readonly loss: Loss["apply"];
}

/** What these keys mean. Rejects with a StudyError whose paths start at `system`. */
export async function buildSupervised(
  spec: Spec,
  context: { readonly seed: number; readonly read: ReadTable },
): Promise<Supervised> {
  const source = lookup("data source", dataSources, (spec.data as { source: string }).source) as DataSource;
  const data = await inside(["system", "data"], () => source.load(spec.data as never, context));
  const path = ["system", "architecture", "widths"];
  const { widths } = spec.architecture;
  if (widths[0] !== data.inputs) refuse([...path, 0], `${widths[0]} inputs given; the data have ${data.inputs} a sample`);
  if (widths.at(-1) !== data.outputs)
    refuse([...path, widths.length - 1], `${widths.at(-1)} outputs given; the data have ${data.outputs} targets a sample`);
  const network = buildNetwork(spec.architecture);
  return { network, data, loss: lookup("loss", losses, spec.loss).apply };
}

/** The options of a network as the library takes them. */
export function networkOptions(spec: Spec["architecture"]): PerceptronOptions {
  const { type: _, init, gain, biasDeviation, ...rest } = spec;
  return { ...rest, init: { weights: init, gain, biasDeviation } };
}

/** The network alone. Throws a StudyError whose paths start at `system`. */
export const buildNetwork = (spec: Spec["architecture"]): Architecture =>
  blame(["system", "architecture"], () => lookup("architecture", architectures, spec.type).make(networkOptions(spec)));

/** Errors of a part of the study get that part's place. */
export async function inside<T>(path: readonly (string | number)[], make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof StudyError)) throw error;
    throw new StudyError(error.problems.map((p) => ({ ...p, path: [...path, ...p.path] })));
  }
}

/** What the library refuses with a RangeError is the study's fault, and its author has to hear where. */
export function blame<T>(path: readonly (string | number)[], make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) refuse(path, error.message);
    throw error;
  }
}
