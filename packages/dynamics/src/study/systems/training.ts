import { z } from "zod";
import type { Threads } from "#engine";
import { lookup } from "../../core/lookup.js";
import { activations } from "../../networks/activations.js";
import { architectures } from "../../networks/index.js";
import { initializers } from "../../networks/initializers.js";
import { losses } from "../../training/losses.js";
import { training } from "../../training/training.js";
import type { Bench } from "../bench.js";
import { refuse, StudyError } from "../problem.js";
import { dataSources } from "../sources/index.js";
import type { DataSource } from "../sources/source.js";
import type { ReadTable } from "../table.js";
import { optimizerOf, optimizerSchema } from "./optimizer.js";

/** The names of a catalogue as a choice: an entry added there can be written in a study. */
const oneOf = (entries: readonly { readonly name: string }[]) =>
  z.enum(entries.map((e) => e.name) as [string, ...string[]]);

const MOST_PARAMETERS = 50_000_000;

const perLayer = <T extends z.ZodType>(one: T) => z.union([one, z.array(one).min(1).max(1000)]);

const architecture = z
  .strictObject({
    type: oneOf(architectures).default("mlp"),
    widths: z
      .array(z.int().min(1).max(100_000))
      .min(2)
      .max(1000)
      .describe("Units of each layer, input first, output last"),
    activation: oneOf(activations).default("tanh"),
    bias: perLayer(z.boolean())
      .default(true)
      .describe("Whether each layer has a bias: one for all, or one a layer"),
    init: oneOf(initializers).default("xavier-normal").describe("Law of the initial weights"),
    gain: perLayer(z.number())
      .default(1)
      .describe("Factor on the initial weights: one for all, or one a layer"),
    biasDeviation: z.number().min(0).default(0).describe("Standard deviation of the initial biases"),
  })
  .superRefine(({ widths }, context) => {
    const weights = widths.slice(1).reduce((sum, w, l) => sum + w * widths[l]!, 0);
    if (weights > MOST_PARAMETERS)
      context.addIssue({
        code: "custom",
        path: ["widths"],
        message: `these widths make ${weights} weights; at most ${MOST_PARAMETERS} fit`,
      });
  });

const schema = z
  .strictObject({
    kind: z.literal("training"),
    architecture,
    data: z.discriminatedUnion(
      "source",
      dataSources.map((s) => s.schema) as unknown as [(typeof dataSources)[number]["schema"]],
    ),
    loss: oneOf(losses).default("square"),
    optimizer: optimizerSchema,
    dtype: z.literal("f64").default("f64").describe("Arithmetic of the run"),
    steps: z.int().min(1).max(1_000_000_000).describe("Length of the run in optimizer steps"),
    threads: z
      .union([z.literal("auto"), z.int().min(1).max(64)])
      .default("auto")
      .describe("Threads; the results do not depend on it"),
  })
  .describe("A network in training by full batches: the parameters are the state");

type Spec = z.infer<typeof schema>;

/** A network in training. */
export const trainingSystem = {
  name: "training",
  description: "a network in training: loss x data x optimizer, the parameters as the state",
  schema,
  async build(
    spec: Spec,
    context: { readonly seed: number; readonly read: ReadTable; readonly threads: Threads },
  ): Promise<Bench> {
    const { seed, read, threads } = context;
    const source = lookup("data source", dataSources, (spec.data as { source: string }).source) as DataSource;
    const data = await inside(["system", "data"], () => source.load(spec.data as never, { seed, read }));
    const { type, init, gain, biasDeviation, ...rest } = spec.architecture;
    const path = ["system", "architecture", "widths"];
    const { widths } = rest;
    if (widths[0] !== data.inputs)
      refuse([...path, 0], `${widths[0]} inputs given; the data have ${data.inputs} a sample`);
    if (widths.at(-1) !== data.outputs)
      refuse(
        [...path, widths.length - 1],
        `${widths.at(-1)} outputs given; the data have ${data.outputs} targets a sample`,
      );
    const network = blame(["system", "architecture"], () =>
      lookup("architecture", architectures, type).make({
        ...rest,
        init: { weights: init, gain, biasDeviation },
      }),
    );
    const { apply: loss } = lookup("loss", losses, spec.loss);
    const optimizer = blame(["system", "optimizer"], () => optimizerOf(spec.optimizer));
    const run = blame(["system"], () =>
      training({ architecture: network, data: data.train, loss, optimizer, seed, threads }),
    );
    return { run, loss, data, seed, steps: spec.steps };
  },
};

/** Errors of a part of the study get that part's place. */
async function inside<T>(path: readonly string[], make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof StudyError)) throw error;
    throw new StudyError(error.problems.map((p) => ({ ...p, path: [...path, ...p.path] })));
  }
}

/** What the library refuses with a RangeError is the study's fault, and its author has to hear where. */
function blame<T>(path: readonly string[], make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) refuse(path, error.message);
    throw error;
  }
}
