import type { ChangeOfStability } from "../../analysis/change-of-stability.js";
import type { Status } from "../../core/status.js";
import { speciationTime } from "../../derived/generative/speciation.js";
import type { Architecture } from "../../networks/architecture.js";
import type { Answer, Column, NamedArray } from "../conclusion.js";
import { recordOf, seriesFrom, type RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import type { InputFile } from "../table.js";
import { percent, show, withError } from "../words.js";
import { energyDistance, type PlaneData } from "./plane-data.js";
import type { GenerativeSpec } from "./system.js";

/** How often twins that part at a time end in one class. */
export interface Twins {
  readonly times: readonly number[];
  readonly together: readonly number[];
  /** The same for the exact score of the data, from the same noised samples, without sampling: by Bayes. */
  readonly exact: readonly number[];
  readonly pairs: number;
}

export interface GenerativeRun {
  readonly study: Study;
  readonly context: RunContext;
  readonly started: Date;
  readonly spec: GenerativeSpec;
  readonly data: PlaneData;
  readonly files: readonly InputFile[];
  readonly network: Architecture;
  readonly theta: Float64Array;
  /** Of batches, on the way. */
  readonly losses: readonly number[];
  /** Steps between two of them. */
  readonly block: number;
  readonly end: number;
  readonly status: Status;
  readonly found?: {
    readonly heldOut: number;
    readonly byFlow: Float64Array;
    readonly byDiffusion: Float64Array;
    readonly grid: number;
    readonly half: number;
    readonly stretch: Float64Array;
    readonly fates: Float64Array;
    readonly twins: Twins;
    readonly mixture: ChangeOfStability | undefined;
  };
}

const columns: Column[] = [
  { name: "time", unit: "1", description: "time of the noise at which twins part" },
  { name: "together", unit: "1", description: "share of twins that end in the same class" },
  { name: "exact", unit: "1", description: "the same for the exact score of the data" },
];

/** The time at which the share of twins falls half way to chance, with the standard error of the share over the slope there. */
function decision(
  { times, pairs }: Twins,
  together: readonly number[],
  chance: number,
): { value: number; error: number } | undefined {
  const level = (1 + chance) / 2;
  const i = together.findIndex((share, k) => k > 0 && share < level && together[k - 1]! >= level);
  if (i < 1) return undefined;
  const slope = (together[i]! - together[i - 1]!) / (times[i]! - times[i - 1]!);
  return {
    value: times[i - 1]! + (level - together[i - 1]!) / slope,
    error: Math.sqrt((level * (1 - level)) / pairs) / Math.abs(slope),
  };
}

const meanOf = (x: Float64Array): number => x.reduce((a, b) => a + b, 0) / x.length;

/** A trained diffusion model as a run's record. */
export function conclude(run: GenerativeRun): RunRecord {
  const { study, context, started, data, found, losses, theta, spec, end } = run;
  const told = found ? telling(run, found) : undefined;
  const { twins } = found ?? { twins: { times: [], together: [], exact: [] } };
  const done = found ? spec.iterations : Math.min(spec.iterations, run.block * losses.length);
  return recordOf(study, context, started, {
    status: run.status,
    steps: { planned: spec.iterations, done, unit: "step" },
    network: { name: `score network ${run.network.name}`, parameters: theta.length, layout: run.network.layout },
    inputs: run.files,
    verdict: told?.sentences ?? [
      run.status === "aborted"
        ? "The run was STOPPED before the score network was trained; nothing was sampled."
        : "The training of the score network DIVERGED; nothing was sampled. Take a smaller learningRate or a larger batch.",
      `The last loss of a batch was ${show(losses.at(-1) ?? NaN)}.`,
    ],
    facts: { end, classes: data.classCount, ...told?.facts },
    answers: told?.answers ?? [],
    series: seriesFrom(columns, [twins.times, twins.together, twins.exact]),
    arrays: {
      parameters: { shape: [theta.length], data: theta },
      losses: { shape: [losses.length], data: Float64Array.from(losses) },
      data: { shape: [data.count, 2], data: data.points },
      classes: { shape: [data.count], data: Float64Array.from(data.classes) },
      ...told?.arrays,
    },
  });
}

function telling(run: GenerativeRun, found: NonNullable<GenerativeRun["found"]>) {
  const { data } = run;
  const { twins, mixture, stretch, grid } = found;
  const predicted = speciationTime(data.points, 2);
  const chance = data.shares.reduce((s, p) => s + p * p, 0);
  const decided = data.classCount > 1 ? decision(twins, twins.together, chance) : undefined;
  const exactly = data.classCount > 1 ? decision(twins, twins.exact, chance) : undefined;
  const halves = [0, 1].map((parity) =>
    Float64Array.from(
      { length: 2 * Math.floor(data.count / 2) },
      (_, i) => data.points[2 * (2 * Math.floor(i / 2) + parity) + (i % 2)]!,
    ),
  );
  const distances = {
    flow: energyDistance(found.byFlow, data.points),
    diffusion: energyDistance(found.byDiffusion, data.points),
    halves: energyDistance(halves[0]!, halves[1]!),
  };
  const base = { error: 0, unit: "1", status: "ok" as const, cost: {} };
  const answers: Answer[] = [
    {
      ...base,
      name: "denoising_loss",
      label: "mean square of the noise that the network leaves, of noised samples not trained on; 1: all of it",
      value: found.heldOut,
      method: "mean over held-out noised samples",
      sources: ["Vincent 2011"],
    },
    {
      ...base,
      name: "speciation_time",
      label: "time at which the sampler decides, predicted by the covariance: log(largest eigenvalue) / 2",
      value: predicted.time,
      method: "largest eigenvalue of the covariance of the data",
      sources: ["Biroli, Bonnaire, de Bortoli, Mezard 2024"],
    },
    ...(decided
      ? [
          {
            ...base,
            name: "decision_time",
            label: "time at which twins of the trained sampler end in one class half way between chance and always",
            value: decided.value,
            error: decided.error,
            method: `${twins.pairs} pairs at each of ${twins.times.length} times, interpolated; one standard error`,
            sources: ["Biroli, Bonnaire, de Bortoli, Mezard 2024"],
          },
        ]
      : []),
    ...(exactly
      ? [
          {
            ...base,
            name: "exact_decision_time",
            label: "the same time for the exact score of the data",
            value: exactly.value,
            method: "posterior probabilities of the classes at the same noised samples, interpolated",
            sources: ["Biroli, Bonnaire, de Bortoli, Mezard 2024"],
          },
        ]
      : []),
    ...(mixture
      ? [
          {
            ...base,
            name: "fork_time",
            label: "time at which the reverse drift of two normal classes with the same means and width forks",
            value: mixture.value,
            error: mixture.error,
            status: mixture.status,
            method: mixture.method,
            sources: mixture.sources,
            ...(mixture.explanation === undefined ? {} : { explanation: mixture.explanation }),
          },
        ]
      : []),
    ...(["flow", "diffusion", "halves"] as const).map((name) => ({
      ...base,
      name: `energy_distance_${name}`,
      label: {
        flow: "energy distance of the deterministic sampler's points to the data",
        diffusion: "energy distance of the stochastic sampler's points to the data",
        halves: "energy distance between two halves of the data: what chance makes of it",
      }[name],
      value: distances[name],
      method: "unbiased; 0 for equal distributions, below 0 by chance",
      sources: ["Szekely, Rizzo 2013"],
    })),
    {
      ...base,
      name: "mean_stretch",
      label: "mean finite-time exponent of the deterministic sampler over the starts drawn",
      value: meanOf(stretch),
      unit: "nat/time",
      method: "singular values of the exact derivative",
      sources: ["Ott 2002, section 4.4"],
    },
  ];
  const sentences = [
    decided
      ? `The stochastic sampler DECIDES for a class at t = ${withError(decided.value, decided.error)}: samples that part before it (more noise) end in one class little more often than by chance (${percent(chance)}), samples that part after it nearly always.${exactly ? ` With the exact score of the data it would be t = ${show(exactly.value)}.` : ""} The covariance of the data predicts log(Λ)/2 = ${show(predicted.time)}.`
      : data.classCount > 1
        ? `The twins never come half way from chance (${percent(chance)}) to always; the covariance of the data predicts t = ${show(predicted.time)}.`
        : `The data name one class, so there is nothing to decide; the covariance would put it at t = ${show(predicted.time)}.`,
    "The prediction is that of large dimension: in the plane it says where, not how sharply.",
    ...(mixture?.status === "ok"
      ? [
          `For two normal classes with these means and widths the drift forks at t = ${show(mixture.value)}: with more noise it has one resting point, with less two.`,
        ]
      : []),
    `Of the noise's variance the score network leaves ${percent(found.heldOut)} in noised samples that it was not trained on; part of that no network can tell from the data.`,
    `Samples and data are ${show(distances.flow, 2)} (deterministic) and ${show(distances.diffusion, 2)} (stochastic) apart in energy distance; two halves of the data ${show(distances.halves, 2)}.`,
  ];
  const arrays: Record<string, NamedArray> = {
    samples_flow: { shape: [found.byFlow.length / 2, 2], data: found.byFlow },
    samples_diffusion: { shape: [found.byDiffusion.length / 2, 2], data: found.byDiffusion },
    stretch: { shape: [grid, grid], data: stretch },
    fates: { shape: [grid, grid, 2], data: found.fates },
    centres: { shape: [data.classCount, 2], data: data.centres },
  };
  return { answers, sentences, arrays, facts: { chance, half: found.half } };
}
