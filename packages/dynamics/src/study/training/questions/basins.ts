import { z } from "zod";
import { memoryless } from "../../../core/memory.js";
import { constant, type Tensor } from "#engine";
import { exitDistances } from "../../../analysis/exit-distances.js";
import { nearestDistances } from "../../../analysis/nearest-distances.js";
import { principalDirections } from "../../../analysis/principal-directions.js";
import { radiusDistribution } from "../../../analysis/radius-distribution.js";
import { sampleBasins } from "../../../analysis/sample-basins.js";
import { weightBasin } from "../../../analysis/weight-basin.js";
import { worstDirections } from "../../../analysis/worst-directions.js";
import { answerOf, type Answer, type NamedArray } from "../../conclusion.js";
import { percent, show, withError } from "../../words.js";
import type { Bench } from "../bench.js";
import { firstSamples, needClasses, preferTest } from "../classes.js";
import type { Question } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("basins"),
    samples: z
      .int()
      .min(1)
      .max(10_000)
      .default(100)
      .describe(
        "Samples to measure: of those held back where there are any, of the training set otherwise; the time grows with it",
      ),
    draws: z.int().min(100).max(1_000_000).default(500).describe("Random displacements of each sample"),
    weightDraws: z.int().min(20).max(100_000).default(100).describe("Networks with noise on their weights"),
    threshold: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.5)
      .describe("A radius is the amplitude at which the class is kept with this probability. 0.5 defines none for two classes"),
    directions: z.int().min(0).max(64).default(3).describe("Principal directions of the training inputs to leave along"),
  })
  .describe("Attraction basins at the end of the run: of samples (by noise, principal and worst directions) and of the weights");

type Spec = z.infer<typeof schema>;

export const basins: Question<Spec> = {
  name: "basins",
  description: "how much noise on inputs and on weights the trained network's classes bear, by class",
  schema,
  attach(spec, bench) {
    needClasses("basins", bench);
    return {
      ...memoryless,
      conclude: ({ status }) => (status === "diverged" ? { answers: [], sentences: [] } : conclude(spec, bench)),
    };
  },
};

function conclude({ samples: most, draws, weightDraws, threshold, directions: k }: Spec, bench: Bench) {
  const { run, seed, data } = bench;
  const { architecture } = run.network;
  const chosen = firstSamples(bench, preferTest(bench), most);
  const { samples, dim, inputs } = chosen;
  const points = { samples, dim, inputs };
  const theta = Float64Array.from(run.network.parameters);
  const fixed = constant(theta, [theta.length]);
  const classify = (x: Tensor): Tensor => architecture.apply(fixed, x);

  const noise = sampleBasins({ ...points, classify, draws, threshold, seed });
  const worst = worstDirections({ ...points, classify });
  const weights = weightBasin({
    ...points,
    apply: architecture.apply,
    theta,
    layout: architecture.layout,
    draws: weightDraws,
    threshold,
    seed,
  });
  const train = { samples: data.train.samples, dim, inputs: data.train.inputs };
  // A training sample is its own nearest neighbour, which says nothing.
  const nearest = chosen.set === "test" ? nearestDistances(points, train) : undefined;
  const count = Math.min(k, dim);
  const exits = count > 0 ? exitDistances({ ...points, classify }, principalDirections(train, count).directions) : undefined;

  const byClass = radiusDistribution(noise.radii, noise.labels);
  const all = (values: ArrayLike<number>) => radiusDistribution(values, new Int32Array(values.length))[0]!;
  const median = (name: string, label: string, values: ArrayLike<number>, method: string, unit: string): Answer => {
    const { median: value, interval, endless } = all(values);
    const found = Number.isFinite(value);
    return {
      name,
      label,
      value: found ? value : NaN,
      error: found && interval.every(Number.isFinite) ? 0.25 * (interval[1] - interval[0]) : NaN,
      unit,
      status: found ? "ok" : "not-converged",
      method: `${method}; median of ${values.length} samples, the error is a quarter of its 95 % interval`,
      sources: ["Lin, Feng, Zhang, Zhao 2025"],
      cost: {},
      ...(endless > 0
        ? {
            explanation: `${endless} of ${values.length} samples keep their class as far as was looked${noise.explanation ? ` (${noise.explanation})` : ""}`,
          }
        : {}),
    };
  };
  const set = `${samples} ${chosen.set} samples`;
  const radius = median(
    "basin_radius",
    `noise radius of ${set}`,
    noise.radii,
    `noise per coordinate at which the class is kept with probability ${threshold}, ${draws} draws a sample`,
    "input",
  );
  const shortest = median(
    "worst_distance",
    `distance to the nearest other class of ${set}`,
    worst.distances,
    "upper bound by exact gradients",
    "input",
  );
  const between =
    nearest && median("nearest_distance", `distance of ${set} to the nearest training sample`, nearest, "exact", "input");
  const weight = answerOf(
    "weight_radius",
    `noise on the weights at which ${set} keep their class with probability ${threshold}`,
    weights,
  );
  const along = exits
    ? Array.from({ length: count }, (_, r) => {
        const both = [exits.forward, exits.backward].flatMap((e) => Array.from(e.subarray(r * samples, (r + 1) * samples)));
        return median(
          `principal_distance_${r + 1}`,
          `distance to another class along principal direction ${r + 1}, both ways`,
          both,
          "first exit on the ray",
          "input",
        );
      })
    : [];
  const column = (values: ArrayLike<number>): NamedArray => ({ shape: [values.length], data: Float64Array.from(values) });
  const closer = nearest ? Array.from(nearest).filter((d, s) => worst.distances[s]! < d).length / samples : NaN;
  const classMedians = byClass.filter((c) => Number.isFinite(c.median)).sort((a, b) => a.median - b.median);
  return {
    answers: [radius, shortest, ...(between ? [between] : []), ...along, weight],
    sentences: [
      radius.status === "ok"
        ? `Half of the ${set} change their class with probability ${show(1 - threshold)} at a noise of ${withError(radius.value, radius.error)} on every input, or less` +
          (classMedians.length > 1
            ? `; the smallest basins are those of class ${classMedians[0]!.label} (median ${show(classMedians[0]!.median, 3)}), the largest those of class ${classMedians.at(-1)!.label} (${show(classMedians.at(-1)!.median, 3)}).`
            : ".")
        : `No noise radius: the probability of keeping the class does not fall below ${threshold} for half of the ${set}; under pure noise it tends to the share that a class has of all directions, 1/2 with two. Take a higher threshold.`,
      ...(shortest.status === "ok"
        ? [
            `In the worst direction the distance to another class is ${withError(shortest.value, shortest.error)}` +
              (between
                ? `, against ${withError(between.value, between.error)} to the nearest training sample: it is the smaller of the two for ${percent(closer)} of the samples.`
                : "."),
          ]
        : []),
      weight.status === "ok"
        ? `Noise of ${withError(weight.value, weight.error)} standard deviations on all weights lets half of them change their class.`
        : "Noise on the weights does not change the class of half of them for certain, at any amplitude that was tried.",
    ],
    arrays: {
      basin_labels: column(noise.labels),
      basin_radii: column(noise.radii),
      basin_radii_low: column(noise.low),
      basin_radii_high: column(noise.high),
      basin_worst_distances: column(worst.distances),
      ...(nearest ? { basin_nearest_distances: column(nearest) } : {}),
      basin_by_class: {
        shape: [byClass.length, 7],
        data: Float64Array.from(byClass.flatMap((c) => [c.label, c.samples, c.lower, c.median, c.upper, ...c.interval])),
      },
      ...(exits
        ? {
            basin_principal_forward: { shape: [count, samples], data: exits.forward },
            basin_principal_backward: { shape: [count, samples], data: exits.backward },
          }
        : {}),
      weight_basin_amplitudes: column(weights.curve.amplitude),
      weight_basin_shares: column(weights.curve.share),
      weight_basin_errors: column(weights.curve.error),
      weight_basin_radii: column(weights.radii),
    },
    facts: { basinThreshold: threshold, basinSamples: samples, basinClassifications: noise.evaluations },
  };
}
