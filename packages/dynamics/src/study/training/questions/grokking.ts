import { constant, scalarMath } from "#engine";
import { z } from "zod";
import { nearestDistances } from "../../../analysis/nearest-distances.js";
import { sampleBasins } from "../../../analysis/sample-basins.js";
import type { Memory } from "../../../core/memory.js";
import { transition, type Transition } from "../../../analysis/transition.js";
import { refuse } from "../../problem.js";
import type { Answer, Conclusion } from "../../conclusion.js";
import { count, percent, show, withError } from "../../words.js";
import { firstSamples } from "../classes.js";
import type { Question } from "../question.js";
import type { AccuracyAsker, AccuracyPoint } from "./accuracy.js";

/** Training accuracy that counts as fitted; share of the plateau of the test accuracy (of 1 without one) that counts as generalised. */
const FITTED = 0.99;
const GENERALISED = 0.9;
/** Generalisation is late, and grokking, when it comes this many times later than the fit. */
const LATE = 3;

const schema = z
  .strictObject({
    type: z.literal("grokking"),
    every: z.int().min(1).default(250).describe("Steps between measurements of norm and basins"),
    samples: z
      .int()
      .min(3)
      .max(10_000)
      .default(16)
      .describe("Training samples whose basins are followed; the time grows with it"),
    draws: z.int().min(100).max(1_000_000).default(100).describe("Random displacements of each"),
    level: z.number().gt(0).lt(1).default(0.95).describe("Of the interval of the transition"),
  })
  .describe(
    "When test accuracy rises, with an interval, against the fit of the training samples; the weight norm and the reach of the training samples' basins on the way; needs accuracy",
  );

type Spec = z.infer<typeof schema>;

interface Reach {
  readonly time: number;
  readonly norm: number;
  readonly radius: number;
}

/** When a curve first passes a value, between two measurements along a straight line in log time; NaN: never. */
function passes(points: readonly Reach[], value: number): number {
  const i = points.findIndex(({ radius }) => radius >= value);
  if (i < 1) return i === 0 ? points[0]!.time : NaN;
  const [a, b] = [points[i - 1]!, points[i]!];
  const [from, to] = [scalarMath.log(Math.max(1, a.time)), scalarMath.log(b.time)];
  return scalarMath.exp(from + ((to - from) * (value - a.radius)) / (b.radius - a.radius));
}

export const grokking: Question<Spec> = {
  name: "grokking",
  description: "when test accuracy rises after the fit, with its uncertainty, and what norm and basins do on the way",
  schema,
  needs: ["accuracy"],
  attach({ every, samples: most, draws, level }, bench, others) {
    const { test, train } = bench.data;
    if (!test) refuse(["type"], "grokking needs samples held back: give the data a test set");
    const { run, seed } = bench;
    const accuracies = (others.get("accuracy") as AccuracyAsker).points;
    const chosen = firstSamples(bench, "training", most);
    const { samples, dim, inputs } = chosen;
    // An amplitude a coordinate, as radii are: the distance over the root of the dimension.
    const nearest = nearestDistances(
      { samples: test.samples, dim, inputs: test.inputs },
      { samples: train.samples, dim, inputs: train.inputs },
    ).sort();
    const distance = nearest[Math.floor(nearest.length / 2)]! / Math.sqrt(dim);
    const reaches: Reach[] = [];
    return {
      every,
      columns: [
        { name: "weight_norm", unit: "1", description: "Euclidean norm of all parameters" },
        {
          name: "basin_reach",
          unit: "input",
          description: "median noise per input at which a training sample keeps its class with probability 1/2",
        },
      ],
      measure(time) {
        const { architecture, parameters } = run.network;
        const fixed = constant(Float64Array.from(parameters), [parameters.length]);
        const { radii } = sampleBasins({
          samples,
          dim,
          inputs,
          labels: chosen.labels,
          classify: (x) => architecture.apply(fixed, x),
          draws,
          tolerance: 0.01,
          seed,
        });
        // A class that no noise takes away has the largest radius of all.
        const sorted = Float64Array.from(radii, (r) => (Number.isNaN(r) ? Infinity : r)).sort();
        const norm = Math.sqrt(run.parameters.reduce((s, x) => s + x * x, 0));
        const radius = sorted[Math.floor(samples / 2)]!;
        reaches.push({ time, norm, radius: Number.isFinite(radius) ? radius : NaN });
      },
      values(time) {
        const last = reaches.at(-1);
        return last?.time === time ? [last.norm, last.radius] : [NaN, NaN];
      },
      remember: () => reaches.map((r) => ({ ...r })),
      recall(memory: Memory) {
        reaches.splice(0, Infinity, ...(memory as unknown as Reach[]));
      },
      conclude({ status }): Conclusion {
        if (status === "diverged" || accuracies.length === 0) return { answers: [], sentences: [] };
        return judge(accuracies, reaches, distance, level);
      },
    };
  },
};

function judge(accuracies: AccuracyAsker["points"], reaches: readonly Reach[], distance: number, level: number): Conclusion {
  const last = accuracies.at(-1)!;
  const i = accuracies.findIndex((p) => p.train >= FITTED);
  const fitted = accuracies[i]?.time ?? NaN;
  const found = transition(
    accuracies.map((p) => p.time),
    accuracies.map((p) => p.test),
    { level },
  );
  const crossed = passes(reaches, distance);
  const ratio = found.value / fitted;
  const j = accuracies.findIndex((p) => p.evaluated >= FITTED);
  const enough = last.test >= GENERALISED * (found.status === "ok" ? Math.min(1, found.after) : 1) && last.test > 0.5;
  const late = found.status === "ok" && found.interval[0] >= LATE * fitted && enough;
  const verdict = late
    ? "grokked"
    : enough
      ? "generalised"
      : last.train >= FITTED
        ? last.test > 0.5
          ? "half-way"
          : "memorised"
        : Number.isFinite(fitted)
          ? "forgotten"
          : "not fitted";
  const { interval: _, before: __, after: ___, ratio: ____, correlation: _____, ...estimate } = found;
  const bound = (name: string, label: string, value: number, error: number, unit: string, method: string): Answer => ({
    name,
    label,
    value,
    error,
    unit,
    status: "ok",
    method,
    sources: ["Lin, Feng, Zhang, Zhao 2025"],
    cost: {},
  });
  const first = (name: string, k: number, what: string): Answer[] => {
    if (k < 0) return [];
    const { time } = accuracies[k]!;
    const method = "the error is the distance to the measurement before";
    return [bound(name, `first step measured at which ${what}`, time, time - (accuracies[k - 1]?.time ?? time), "step", method)];
  };
  const right = `${percent(FITTED)} of the training samples are right`;
  const risen = last.test > 0.5 ? accuracies.findIndex((p) => p.test >= GENERALISED * last.test) : -1;
  const answers: Answer[] = [
    { ...estimate, name: "transition", label: "step at which test accuracy is half-way up" },
    ...first("fitted", i, right),
    ...first("evaluation_fitted", j, `${right} in evaluation mode`),
    ...first("generalised", risen, `test accuracy is ${percent(GENERALISED)} of what it is at the end`),
    bound(
      "neighbour_distance",
      "median distance of test samples to the nearest training sample, per input",
      distance,
      0,
      "input",
      "exact",
    ),
    ...(Number.isFinite(crossed)
      ? [
          bound(
            "basin_crossing",
            "step at which the basins of training samples reach to the nearest test samples",
            crossed,
            crossed - Math.max(0, ...reaches.filter((r) => r.time <= crossed).map((r) => r.time)),
            "step",
            "straight line in log time between two measurements; the error is the distance to the one before",
          ),
        ]
      : []),
  ];
  return {
    answers,
    sentences: [
      ...told(verdict, found, fitted, ratio, last, level),
      ...statistics(fitted, accuracies[j]?.time, last),
      ...reach(found, crossed, distance, reaches),
    ],
    facts: {
      learning: verdict,
      transitionLow: finite(found.interval[0]),
      transitionHigh: finite(found.interval[1]),
      delay: finite(ratio),
    },
  };
}

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

function told(verdict: string, found: Transition, fitted: number, ratio: number, last: AccuracyPoint, level: number): string[] {
  const when =
    found.status === "ok"
      ? `Test accuracy is half-way up at step ${withError(found.value, found.error)} (${100 * level} % interval ${show(found.interval[0])} to ${show(found.interval[1])}), from ${percent(Math.max(0, found.before))} before to ${percent(Math.min(1, found.after))} after.`
      : `No step of the test accuracy can be named: ${found.explanation}.`;
  const since = Number.isFinite(fitted)
    ? `The training samples were fitted by step ${show(fitted)}`
    : `Of the training samples ${percent(last.train)} are right at the end`;
  switch (verdict) {
    case "grokked":
      return [`The network GROKKED. ${since}; generalisation came ${show(ratio, 3)} times later.`, when];
    case "generalised":
      return [`The network GENERALISES${found.status === "ok" ? ", without a long delay" : ""}. ${since}.`, when];
    case "half-way":
      return [`The network is HALF-WAY to generalising: ${percent(last.test)} of the test samples are right. ${since}.`, when];
    case "memorised":
      return [`The network has MEMORISED. ${since}, and test accuracy is ${percent(last.test)} at the end.`, when];
    case "forgotten":
      return [`The network has LOST its fit. ${since}, but at the end ${percent(last.train)} of them are right.`, when];
    default:
      return [
        `The training samples are NOT FITTED: ${percent(last.train)} of them are right at the end. Nothing can be said of grokking before they are.`,
      ];
  }
}

/** With batch normalisation: how late the running statistics alone make training samples. */
function statistics(fitted: number, evaluated: number | undefined, last: AccuracyPoint): string[] {
  if (Number.isNaN(last.evaluated) || Number.isNaN(fitted)) return [];
  const late =
    evaluated === undefined
      ? `not by the end of the run (${percent(last.evaluated)})`
      : evaluated > fitted
        ? `only from step ${show(evaluated)} on, ${show(evaluated / Math.max(1, fitted), 3)} times later`
        : "from the same step on";
  return [
    `With the running statistics, by which test samples are judged, the training samples themselves are right ${late}: so much of a delay is due to these statistics and not to generalisation.`,
  ];
}

function reach(found: Transition, crossed: number, distance: number, reaches: readonly Reach[]): string[] {
  const [first, last] = [reaches[0]!, reaches.at(-1)!];
  const known = reaches.filter((r) => Number.isFinite(r.radius));
  return [
    `The norm of the parameters goes from ${show(first.norm)} to ${show(last.norm)} in ${count(reaches.length, "measurement")}.`,
    ...(known.length === 0
      ? []
      : [
          Number.isFinite(crossed)
            ? `The basins of training samples reach ${show(distance, 3)} a coordinate, the distance to the nearest test samples, at about step ${show(crossed)}` +
              (found.status === "ok" ? `, which is ${show(crossed / found.value, 3)} times the step of the transition.` : ".")
            : `The basins of training samples reach ${show(known.at(-1)!.radius, 3)} a coordinate at the end and at most ${show(Math.max(...known.map((r) => r.radius)), 3)}; the nearest test samples lie at ${show(distance, 3)}.`,
        ]),
  ];
}
