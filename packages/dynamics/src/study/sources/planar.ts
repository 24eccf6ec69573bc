import { z } from "zod";
import { scalarMath } from "#engine";
import { random, type RandomStream } from "../../core/random.js";
import type { DataSource } from "./source.js";

// The streams of a seed: layers of a network take 0 to twice the depth, the order of rows 1,000,000.
const STREAM = 1_000_002;
const TURN = 2 * 3.141592653589793;

/** Where the sample at u in [0, 1) along a class lies; the class is -1 or 1. One line an entry. */
const shapes = {
  rings: (u: number, label: number) => polar(label < 0 ? 0.4 : 1, TURN * u),
  moons: (u: number, label: number) => {
    const [x, y] = polar(0.7, 0.5 * TURN * u);
    return label < 0 ? [x - 0.35, y - 0.2] : [0.35 - x, 0.2 - y];
  },
  spirals: (u: number, label: number) => polar(0.1 + 0.9 * u, TURN * (1.25 * u + (label < 0 ? 0 : 0.5))),
  crosses: (u: number, label: number) => polar(0.7, (TURN * (Math.floor(2 * u) + (label < 0 ? 0.25 : 0.75))) / 2),
  /** Dupont, Doucet and Teh 2019, Augmented neural ODEs: unlike their ball in a shell a flow of the plane parts these. */
  sines: (u: number, label: number) => [2 * u - 1, scalarMath.sin(TURN * (u - 0.5)) + 0.7 * label],
} satisfies Record<string, (u: number, label: number) => readonly number[]>;

const polar = (r: number, angle: number): [number, number] => [r * scalarMath.cos(angle), r * scalarMath.sin(angle)];

const schema = z
  .strictObject({
    source: z.literal("planar"),
    shape: z
      .enum(Object.keys(shapes) as (keyof typeof shapes)[])
      .default("moons")
      .describe(
        "Two rings, two moons, two spirals, four heaps of which opposite ones belong together, or two sines one above the other",
      ),
    points: z.int().min(2).max(100_000).default(80).describe("Number of samples, both classes in turn"),
    targets: z
      .enum(["signs", "one-hot"])
      .default("signs")
      .describe("One target, -1 or 1, or two of which that of the class is 1"),
    noise: z.number().min(0).max(10).default(0.1).describe("Standard deviation of each coordinate about the shape"),
  })
  .describe("Two classes in the plane that a line parts badly or not at all");

type Spec = z.infer<typeof schema>;

export const planar: DataSource<Spec> = {
  name: "planar",
  description: "two classes in the plane that a line parts badly or not at all: rings, moons, spirals, crosses or sines",
  schema,
  load({ shape, points, noise, targets: kind }, { seed }) {
    const stream: RandomStream = random(seed, STREAM);
    const inputs = new Float64Array(2 * points);
    const labels = Float64Array.from({ length: points }, (_, i) => (i % 2 === 0 ? -1 : 1));
    for (let i = 0; i < points; i++) {
      const [x, y] = shapes[shape](stream.uniform(), labels[i]!) as [number, number];
      inputs[2 * i] = x + noise * stream.normal();
      inputs[2 * i + 1] = y + noise * stream.normal();
    }
    const outputs = kind === "signs" ? 1 : 2;
    const targets =
      kind === "signs" ? labels : Float64Array.from({ length: 2 * points }, (_, e) => (e % 2 === (e >> 1) % 2 ? 1 : 0));
    return Promise.resolve({ train: { samples: points, inputs, targets }, test: null, inputs: 2, outputs, files: [] });
  },
};
