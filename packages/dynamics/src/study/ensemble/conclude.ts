import type { Architecture } from "../../networks/architecture.js";
import type { Optimizer } from "../../training/optimizers/optimizer.js";
import type { Answer, NamedArray } from "../conclusion.js";
import { recordOf, type RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import type { InputFile } from "../table.js";
import { count, percent, show } from "../words.js";
import type { Group, Plane } from "./conduct.js";
import type { EnsembleSpec, ReachableAsked } from "./system.js";

export interface Found {
  readonly study: Study;
  readonly spec: EnsembleSpec;
  readonly asked: ReachableAsked;
  readonly network: Architecture;
  readonly files: readonly InputFile[];
  readonly optimizer: Optimizer;
  readonly groups: readonly Group[];
  readonly plane: Plane | undefined;
  readonly stopped: boolean;
  readonly context: RunContext;
  readonly started: Date;
}

/** A loss below this share of 1 is that of a minimum without error. */
const NO_LOSS = 1e-16;
/** More numbers than this are not kept of the ends. */
const MOST_ENDS = 4_000_000;

/** Where many trainings ended, as a run's record. */
export function conclude({
  study,
  spec,
  asked,
  network,
  files,
  optimizer,
  groups,
  plane,
  stopped,
  context,
  started,
}: Found): RunRecord {
  const all = (of: (g: Group) => ArrayLike<number>): Float64Array => Float64Array.from(groups.flatMap((g) => Array.from(of(g))));
  const sum = (of: (g: Group) => number): number => groups.reduce((s, g) => s + of(g), 0);
  const sharpness = all((g) => g.minima.sharpness.value);
  const losses = all((g) => g.runs.losses);
  const statuses = groups.flatMap((g) => [...g.runs.statuses]);
  const [arrived, diverged, repelling] = [
    sum((g) => g.minima.arrived),
    sum((g) => g.minima.diverged),
    sum((g) => g.minima.repelling),
  ];
  const unsettled = sum((g) => g.minima.unsettled);
  const n = statuses.length;
  const { threshold } = optimizer;
  const known = sharpness.filter(Number.isFinite);
  const highest = groups.reduce<Group | undefined>(
    (best, g) => (g.minima.largest.value > (best?.minima.largest.value ?? -Infinity) ? g : best),
    undefined,
  )?.minima.largest;
  const flattest = known.length > 0 ? known.reduce((a, b) => Math.min(a, b)) : NaN;
  const { sources = [], cost = {} } = groups[0]?.minima.sharpness ?? {};
  const of = (name: string, label: string, value: number, error: number, unit: string, method: string): Answer => ({
    name,
    label,
    value,
    error,
    unit,
    status: Number.isFinite(value) ? "ok" : "not-converged",
    method,
    sources: [...sources, "Chemnitz, Engel 2024"],
    cost,
    ...(Number.isFinite(value) ? {} : { explanation: `none of ${count(n, "start")} has arrived at a minimum` }),
  });
  const share = (k: number): number => (n > 0 ? k / n : NaN);
  const spread = (k: number): number => Math.sqrt((share(k) * (1 - share(k))) / n);
  const counted = "share of the starts; binomial standard error";
  const answers: Answer[] = [
    of(
      "threshold",
      `sharpness above which a minimum repels ${optimizer.name}, by theory`,
      threshold,
      0,
      "1/step size",
      "closed form",
    ),
    of(
      "sharpest_end",
      "sharpness of the sharpest minimum that was reached",
      highest ? highest.value * threshold : NaN,
      highest ? highest.error * threshold : NaN,
      "1/step size",
      "largest Hessian eigenvalue at the ends; the error is its residual norm",
    ),
    of(
      "flattest_end",
      "sharpness of the flattest minimum that was reached",
      flattest,
      1e-8 * flattest,
      "1/step size",
      "largest Hessian eigenvalue at the ends",
    ),
    of("repelling_ends", "share of ends that should repel; 0 by theory", share(repelling), spread(repelling), "1", counted),
    of("arrived", "share of starts that came to rest", share(arrived), spread(arrived), "1", counted),
    of("diverged", "share of starts that left the finite numbers", share(diverged), spread(diverged), "1", counted),
  ];
  const keeps = n * network.size <= MOST_ENDS;
  const arrays: Record<string, NamedArray> = {
    reachable_sharpness: { shape: [n], data: sharpness },
    reachable_smallest: { shape: [n], data: all((g) => g.minima.smallest.value) },
    reachable_loss: { shape: [n], data: losses },
    reachable_status: { shape: [n], data: Float64Array.from(statuses, (s) => (s === "ok" ? 0 : s === "diverged" ? 1 : 2)) },
    ...(keeps ? { reachable_ends: { shape: [n, network.size], data: all((g) => g.runs.ends) } } : {}),
    ...(plane
      ? {
          plane_loss: { shape: [plane.side, plane.side], data: plane.loss },
          plane_sharpness: { shape: [plane.side, plane.side], data: plane.sharpness },
          plane_region: { shape: [2, 2], data: Float64Array.from(plane.region) },
        }
      : {}),
  };
  const perfect = losses.filter((l, i) => statuses[i] === "ok" && l <= NO_LOSS).length;
  const law =
    spec.box !== undefined ? `uniform in [-${show(spec.box)}, ${show(spec.box)}] for each of` : "from the initial law of";
  return recordOf(study, context, started, {
    status: stopped ? "aborted" : "ok",
    inputs: files,
    steps: { planned: spec.starts, done: n, unit: "training" },
    network: { name: network.name, parameters: network.size, layout: network.layout },
    verdict: [
      ...(stopped ? [`The run was STOPPED after ${n} of ${count(spec.starts, "training")}; what follows holds for these.`] : []),
      `${count(n, "training")} of ${network.name} by ${optimizer.name} with learning rate ${show(spec.optimizer.learningRate)}, started ${law} its ${count(network.size, "parameter")}: ${arrived} came to rest, ${diverged} left the finite numbers, ${unsettled} did neither in ${count(spec.steps, "step")} (they oscillate, wander, or are slow).`,
      ...told({ arrived, n, threshold, highest: highest?.value, flattest, repelling, kick: asked.kick }),
      ...(arrived > 0
        ? [
            perfect === arrived
              ? "All that came to rest did so at minima without error."
              : `Of those at rest ${perfect} are at minima without error, ${arrived - perfect} at a loss above ${show(NO_LOSS)}: minima with a rest of the loss, or plateaus.`,
          ]
        : []),
    ],
    facts: { optimizer: optimizer.name, threshold, arrived, diverged, unsettled, repelling, withoutError: perfect },
    answers,
    series: [],
    arrays,
  });
}

/** What theory says of the ends, beside what was found. */
function told({
  arrived,
  n,
  threshold,
  highest,
  flattest,
  repelling,
  kick,
}: {
  readonly arrived: number;
  readonly n: number;
  readonly threshold: number;
  readonly highest: number | undefined;
  readonly flattest: number;
  readonly repelling: number;
  readonly kick: number;
}): string[] {
  const limit = `Theory: a random start ends in a minimum of sharpness above ${show(threshold)} with probability 0, at this step size.`;
  if (arrived === 0 || highest === undefined)
    return n === 0
      ? []
      : [
          `${limit} NO MINIMUM WAS REACHED from ${count(n, "start")}: where every minimum is sharper than that none can be, and where starts are too far or steps too few none is yet.`,
        ];
  const range = `The minima reached have sharpness ${show(flattest)} to ${show(highest * threshold)}, which is ${percent(highest, 4)} of the threshold at most`;
  return [
    limit,
    repelling === 0
      ? `${range}: NONE OF ${count(arrived, "end")} IS BEYOND IT.`
      : `${range}; ${count(repelling, "end")} SHOULD REPEL (too sharp, or with a negative eigenvalue): starts in special position, a step that squeezes sets to a point, runs that only pass by${kick === 0 ? " (a kick tells these from those that stay)" : ""}, or a kink of the activation at the end, where the curvature jumps.`,
  ];
}
