import { scalarMath } from "#engine";
import { z } from "zod";
import { random } from "../../core/random.js";
import type { DataSource } from "./source.js";

const schema = z
  .strictObject({
    source: z.literal("two-moons"),
    points: z.int().min(4).max(1_000_000).default(200).describe("Number of points, half of them on each moon"),
    noise: z.number().min(0).default(0.1).describe("Standard deviation of what is added to both coordinates"),
  })
  .describe("Two interleaved half circles in the plane, one class each, with one-hot targets");

type Spec = z.infer<typeof schema>;

/** The stream of the seed that the noise comes from: apart from those of the parameters. */
const NOISE = 1_000_002;

export const twoMoons: DataSource<Spec> = {
  name: "two-moons",
  description: "two interleaved half circles in the plane, with noise: a classification task that one can see",
  schema,
  load({ points, noise }, { seed }) {
    const stream = random(seed, NOISE);
    const inputs = new Float64Array(2 * points);
    const targets = new Float64Array(2 * points);
    for (let i = 0; i < points; i++) {
      // Even numbers are on the upper moon about (0, 0), odd ones on the lower about (1, 1/2).
      const lower = i % 2;
      const size = Math.ceil((points - lower) / 2);
      const angle = (Math.PI * Math.floor(i / 2)) / Math.max(1, size - 1);
      const [c, s] = [scalarMath.cos(angle), scalarMath.sin(angle)];
      inputs[2 * i] = (lower ? 1 - c : c) + noise * stream.normal();
      inputs[2 * i + 1] = (lower ? 0.5 - s : s) + noise * stream.normal();
      targets[2 * i + lower] = 1;
    }
    return Promise.resolve({ train: { samples: points, inputs, targets }, test: null, inputs: 2, outputs: 2, files: [] });
  },
};
