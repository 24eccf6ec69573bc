import { z } from "zod";
import { scalarMath } from "#engine";
import { random } from "../../core/random.js";
import type { DataSource } from "./source.js";

const schema = z
  .strictObject({
    source: z.literal("hills"),
    count: z.int().min(1).max(1000).default(5).describe("Number of hills and hollows"),
    width: z.number().min(0.01).max(10).default(0.4).describe("Standard deviation of each"),
    points: z.int().min(2).max(1000).default(15).describe("Points along each side of the grid on [-1, 1]^2, ends included"),
  })
  .describe("A landscape of Gaussian hills and hollows at random places of [-1, 1]^2, to be fitted");

type Spec = z.infer<typeof schema>;

// Beside the streams of layers and of the shuffle.
const PLACES_STREAM = 1_000_002;

export const hills: DataSource<Spec> = {
  name: "hills",
  description: "a landscape of hills and hollows over two inputs: a regression task with many critical points",
  schema,
  load({ count, width, points }, { seed }) {
    const stream = random(seed, PLACES_STREAM);
    const places = Array.from({ length: count }, (_, i) => ({
      x: 1.6 * stream.uniform() - 0.8,
      y: 1.6 * stream.uniform() - 0.8,
      height: i % 2 === 0 ? 1 : -1,
    }));
    const samples = points * points;
    const inputs = new Float64Array(2 * samples);
    const targets = new Float64Array(samples);
    for (let i = 0; i < samples; i++) {
      const x = -1 + (2 * (i % points)) / (points - 1);
      const y = -1 + (2 * Math.floor(i / points)) / (points - 1);
      inputs.set([x, y], 2 * i);
      for (const p of places) {
        const square = (x - p.x) * (x - p.x) + (y - p.y) * (y - p.y);
        targets[i]! += p.height * scalarMath.exp(-square / (2 * width * width));
      }
    }
    return Promise.resolve({ train: { samples, inputs, targets }, test: null, inputs: 2, outputs: 1, files: [] });
  },
};
