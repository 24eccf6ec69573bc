import { firstSignChange } from "../../flow/pure-delay.js";
import type { Answer, Column } from "../conclusion.js";
import { recordOf, seriesFrom, type RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import { count, show } from "../words.js";
import { targets } from "./neural-delay.js";

/** Times for which the theory is tabled, in delays. */
const TIMES = [1, 2, 3, 5, 10, 20, 50];

/** The capacity at which an input can first change places with another within a time, in delays. */
function turningCapacity(time: number): number {
  if (time <= 1) return 1 / time;
  let [low, high] = [1 / Math.E, 1];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (firstSignChange(middle) > time) low = middle;
    else high = middle;
  }
  return high;
}

export interface MemoryRun {
  readonly study: Study;
  readonly context: RunContext;
  readonly started: Date;
  readonly spec: {
    readonly delays: number;
    readonly from: number;
    readonly to: number;
    readonly count: number;
    readonly points: number;
    readonly restarts: number;
    readonly iterations: number;
  };
  readonly capacities: readonly number[];
  /** One list a target, in the order of the capacities. */
  readonly errors: readonly (readonly number[])[];
  readonly done: number;
  readonly total: number;
}

/** What the trainings and the theory say, as a run's record. */
export function conclude({ study, context, started, spec, capacities, errors, done, total }: MemoryRun): RunRecord {
  const rows = Math.min(...errors.map((e) => e.length));
  const columns: Column[] = [
    { name: "capacity", unit: "1", description: "memory capacity: Lipschitz constant times delay" },
    ...targets.map((t) => ({
      name: `error_${t.name}`,
      unit: "1",
      description: `largest error on ${t.formula} that training reached`,
    })),
    {
      name: "first_sign_change",
      unit: "delay",
      description: "time after which two inputs can change places; infinite up to 1/e",
    },
  ];
  const values = [capacities, ...errors, capacities.map(firstSignChange)].map((c) => Float64Array.from(c.slice(0, rows)));
  const turning = turningCapacity(spec.delays);
  const below = targets.map((t, i) => capacities.slice(0, rows).find((_, j) => errors[i]![j]! < 0.95 * t.bound));
  const exactly = { status: "ok" as const, error: 1e-9, sources: ["Gyori, Ladas 1991"], cost: {} };
  const answers: Answer[] = [
    {
      ...exactly,
      name: "turning_capacity",
      label: `capacity at which two inputs can change places within ${spec.delays} delays`,
      value: turning,
      unit: "1",
      method: "first change of sign of the linear delay equation, by its characteristic roots",
    },
    ...targets.flatMap((t, i): Answer[] => {
      const value = below[i];
      if (value === undefined) return [];
      return [
        {
          name: `learns_${t.name}`,
          label: `least capacity tried at which training fits ${t.formula} better than order allows, by 5 %`,
          value,
          error: (spec.to - spec.from) / (spec.count - 1),
          unit: "1",
          status: "ok",
          method: "best of several trainings by exact gradients; the error is the spacing of the capacities",
          sources: ["Kingma, Ba 2015"],
          cost: { steps: spec.iterations * spec.restarts * rows },
        },
      ];
    }),
  ];
  const slow = capacities.slice(0, rows).flatMap((c, j) => (c * Math.E < 1 ? [j] : []));
  return recordOf(study, context, started, {
    status: done < total ? "aborted" : "ok",
    steps: { planned: total, done, unit: "training" },
    network: { name: "neural delay equation", parameters: 5 * (spec.delays + 1), layout: [] },
    verdict: [
      ...(done < total ? [`The run was STOPPED after ${done} of ${total} trainings; what follows holds for these.`] : []),
      `Memory DECIDES: up to K tau = 1/e = 0.3679 a scalar delay equation with a Lipschitz field keeps the order of its inputs for ever; within ${count(spec.delays, "delay")} up to ${show(turning)}.`,
      ...targets.map((t, i) =>
        [
          `Of ${t.formula} no map that keeps the order comes nearer than ${t.bound}`,
          slow.length > 0 ? `: training below 1/e reached ${show(Math.min(...slow.map((j) => errors[i]![j]!)))} at best` : "",
          below[i] === undefined
            ? ", and no capacity tried did better."
            : `, and from K tau = ${show(below[i]!)} on it does better, down to ${show(Math.min(...errors[i]!))}.`,
        ].join(""),
      ),
      `Each number is the best of ${count(spec.restarts, "training")} by exact gradients through the delay equation, ${spec.points} inputs, ${count(spec.iterations, "step")} of Adam.`,
    ],
    facts: { delays: spec.delays },
    answers,
    series: seriesFrom(columns, values),
    arrays: {
      turning: { shape: [TIMES.length, 2], data: Float64Array.from(TIMES.flatMap((t) => [t, turningCapacity(t)])) },
    },
  });
}
