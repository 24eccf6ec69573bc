import { z } from "zod";
import { scalarMath } from "#engine";
import { random } from "../../core/random.js";
import type { Dataset } from "../../training/training.js";
import type { DataSource } from "./source.js";

// The streams of a seed: layers of a network take 0 to twice the depth, members of a network 900,000 and more, other data 1,000,000 and more.
const STREAM = 1_000_010;

const radii = z.tuple([z.number().min(0), z.number().gt(0)]);
const schema = z
  .strictObject({
    source: z.literal("spheres"),
    dimension: z.int().min(1).max(1000).default(2),
    inner: radii.default([0, 0.5]).describe("Least and largest radius of the inner class"),
    outer: radii.default([1, 1.5]).describe("Least and largest radius of the outer class"),
    innerPoints: z.int().min(1).max(1_000_000).default(500),
    outerPoints: z.int().min(1).max(1_000_000).default(1500),
  })
  .describe("A ball with target -1 and a shell around it with target 1");

type Spec = z.infer<typeof schema>;

/** Points spread evenly over the volumes of a ball and of a shell around it. */
export function concentric(spec: Omit<Spec, "source">, seed: number): Dataset {
  const { dimension: d, inner, outer, innerPoints, outerPoints } = spec;
  const stream = random(seed, STREAM);
  const samples = innerPoints + outerPoints;
  const inputs = new Float64Array(samples * d);
  const targets = Float64Array.from({ length: samples }, (_, i) => (i < innerPoints ? -1 : 1));
  for (let i = 0; i < samples; i++) {
    const [least, most] = i < innerPoints ? inner : outer;
    const low = scalarMath.pow(least / most, d);
    const radius = most * scalarMath.pow(low + (1 - low) * stream.uniform(), 1 / d);
    const direction = Array.from({ length: d }, () => stream.normal());
    const length = Math.sqrt(direction.reduce((s, x) => s + x * x, 0));
    for (let j = 0; j < d; j++) inputs[i * d + j] = (radius * direction[j]!) / length;
  }
  return { samples, inputs, targets };
}

/** Dupont, Doucet and Teh 2019, Augmented neural ODEs, section 4.1. */
export const spheres: DataSource<Spec> = {
  name: "spheres",
  description: "a ball with target -1 inside a shell with target 1: no flow of as many units as inputs parts them",
  schema,
  load: (spec, { seed }) =>
    Promise.resolve({ train: concentric(spec, seed), test: null, inputs: spec.dimension, outputs: 1, files: [] }),
};
