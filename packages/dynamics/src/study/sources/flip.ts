import { z } from "zod";
import { random } from "../../core/random.js";
import type { DataSource } from "./source.js";

const STREAM = 1_000_011;

const schema = z
  .strictObject({
    source: z.literal("flip"),
    points: z.int().min(2).max(1_000_000).default(2).describe("Number of samples, on both sides in turn"),
    noise: z.number().min(0).max(0.3).default(0).describe("Standard deviation of the inputs about -1 and 1"),
  })
  .describe("The exchange of two points of the line: -1 to 1 and 1 to -1");

type Spec = z.infer<typeof schema>;

/** Dupont, Doucet and Teh 2019, Augmented neural ODEs, section 3.1. */
export const flipSource: DataSource<Spec> = {
  name: "flip",
  description: "-1 is to become 1, and 1 is to become -1: solutions of a scalar equation would have to cross",
  schema,
  load({ points, noise }, { seed }) {
    const stream = random(seed, STREAM);
    const targets = Float64Array.from({ length: points }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const inputs = targets.map((t) => -t + noise * stream.normal());
    return Promise.resolve({ train: { samples: points, inputs, targets }, test: null, inputs: 1, outputs: 1, files: [] });
  },
};
