import { z } from "zod";
import { refuse } from "../problem.js";
import type { DataSource } from "./source.js";

const rows = z.array(z.array(z.number()).min(1)).min(1);

const schema = z
  .strictObject({
    source: z.literal("inline"),
    inputs: rows.describe("One list of numbers a sample"),
    targets: rows.describe("One list of numbers a sample"),
  })
  .describe("Samples written in the study itself");

type Spec = z.infer<typeof schema>;

export const inline: DataSource<Spec> = {
  name: "inline",
  description: "samples written in the study itself",
  schema,
  async load({ inputs, targets }) {
    for (const [key, values] of [
      ["inputs", inputs],
      ["targets", targets],
    ] as const) {
      const ragged = values.findIndex((row) => row.length !== values[0]!.length);
      if (ragged >= 0)
        refuse(
          [key, ragged],
          `${values[ragged]!.length} numbers in this sample, ${values[0]!.length} in the first; all samples must be as long`,
        );
    }
    if (inputs.length !== targets.length)
      refuse(["targets"], `${targets.length} targets for ${inputs.length} inputs; give one a sample`);
    return {
      train: {
        samples: inputs.length,
        inputs: Float64Array.from(inputs.flat()),
        targets: Float64Array.from(targets.flat()),
      },
      test: null,
      inputs: inputs[0]!.length,
      outputs: targets[0]!.length,
      files: [],
    };
  },
};
