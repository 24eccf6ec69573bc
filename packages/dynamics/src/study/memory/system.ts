import { z } from "zod";
import { refuse } from "../problem.js";
import { threads } from "../supervised.js";
import type { StudySystem } from "../system.js";
import { targets, train } from "./neural-delay.js";

const schema = z
  .strictObject({
    kind: z.literal("memory"),
    delays: z.int().min(1).max(50).default(10).describe("Time of the delay equation, in delays"),
    from: z.number().gt(0).max(10).default(0.1).describe("Least memory capacity: Lipschitz constant times delay"),
    to: z.number().gt(0).max(10).default(1).describe("Largest memory capacity"),
    count: z.int().min(2).max(200).default(16).describe("Number of capacities, evenly spaced"),
    points: z.int().min(3).max(101).default(9).describe("Inputs in [-1, 1], an odd number of them"),
    restarts: z.int().min(1).max(64).default(4).describe("Trainings for each capacity, of which the best counts"),
    iterations: z.int().min(1).max(100_000).default(512).describe("Steps of Adam in a training"),
    threads,
  })
  .describe("Scalar neural delay equations: what they can learn, by their memory capacity K tau");

type Spec = z.infer<typeof schema>;

const question = {
  name: "memory-capacity",
  description: "what a scalar neural delay equation learns of -x and x^2 as its memory capacity grows",
  schema: z.strictObject({ type: z.literal("memory-capacity") }).describe("Trained errors over the capacity, beside theory"),
};

/** Capacities trained together, between two breaths. */
const TOGETHER = 7;
/** Neural delay equations of growing memory capacity. */
export const memorySystem = {
  name: "memory",
  description: "scalar neural delay equations: what they can learn, by their memory capacity K tau",
  schema,
  questions: [question],
  async run(spec: Spec, study, context) {
    if (!(spec.to > spec.from)) refuse(["system", "to"], `from ${spec.from} to ${spec.to} given; to must be larger than from`);
    if (spec.points % 2 === 0)
      refuse(["system", "points"], `${spec.points} given; allowed: odd numbers, so that 0 is among the inputs`);
    const started = new Date();
    const capacities = Array.from({ length: spec.count }, (_, i) => spec.from + ((spec.to - spec.from) * i) / (spec.count - 1));
    const total = targets.length * spec.count;
    const errors = targets.map(() => [] as number[]);
    let done = 0;
    for (const [i, target] of targets.entries())
      for (let first = 0; first < spec.count && !context.signal?.aborted; first += TOGETHER) {
        context.onProgress?.({ done, total, unit: "training", note: target.formula });
        await new Promise((resolve) => setTimeout(resolve));
        const chosen = capacities.slice(first, first + TOGETHER);
        errors[i]!.push(...train({ ...spec, target, capacities: chosen, seed: study.seed + i, threads: context.threads }));
        done += chosen.length;
      }
    const { conclude } = await import("./conclude.js");
    return conclude({ study, context, started, spec, capacities, errors, done, total });
  },
} as const satisfies StudySystem<Spec>;
