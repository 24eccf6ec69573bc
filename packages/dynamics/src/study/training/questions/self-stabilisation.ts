import { z } from "zod";
import { selfStabilisation as reducedMap } from "../../../analysis/self-stabilisation.js";
import { sharpness as track, type SharpnessMemory } from "../../../analysis/sharpness.js";
import { preconditioned } from "../../../core/linear-operator.js";
import { refuse } from "../../problem.js";
import type { Question } from "../question.js";
import { conclude } from "./self-stabilisation/conclude.js";
import { cycleFinder, type CyclesMemory, type Look, type Reduced } from "./self-stabilisation/cycles.js";

const schema = z
  .strictObject({
    type: z.literal("self-stabilisation"),
    from: z.int().min(0).default(0).describe("Step of the run from which cycles are looked for"),
    every: z.int().min(1).default(5).describe("Steps between looks; a cycle should have twenty or more"),
    band: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.01)
      .describe("Share of the threshold by which the sharpness has to pass it on both sides for a cycle"),
  })
  .describe("The cycle by which the sharpness is held at the threshold: its period and size, beside what theory predicts");

type Spec = z.infer<typeof schema>;

type CycleMemory = { readonly tracker: SharpnessMemory; readonly cycles: CyclesMemory; readonly looks: readonly Look[] };

/** Relative residual of the leading eigenpair: its vector decides what of a step is oscillation. */
const TOLERANCE = 1e-3;

export const selfStabilisation: Question<Spec> = {
  name: "self-stabilisation",
  description: "the cycle by which a run holds its sharpness at the threshold, beside theory without a preconditioner",
  schema,
  attach({ from, every, band }, bench) {
    const { run, optimizer, seed, steps, batchSize } = bench;
    if (batchSize !== undefined) refuse(["type"], "the cycle is that of full batches; leave out system.batches");
    if (optimizer.schedule) refuse(["type"], "a cycle goes round one threshold; leave out the schedule");
    if (from >= steps) refuse(["from"], `cycles are looked for from step ${from} on; the run has ${steps}`);
    const { threshold, preconditioner } = run.optimizer;
    let centre: Float64Array = run.parameters.slice();
    let scale: Float64Array = new Float64Array(0);
    const tracker = track(
      {
        get time() {
          return run.time;
        },
        // Between two steps the oscillation along the leading direction is in its middle.
        hessian: (_, m) => (preconditioner ? preconditioned(run.hessian(centre, m), scale) : run.hessian(centre, m)),
      },
      { k: 1, tolerance: TOLERANCE, seed },
    );
    const reduce = (): Reduced | null => {
      if (!run.optimizer.edge) return null;
      const { alpha, beta, explanation } = reducedMap({ landscape: run.landscape, at: centre, optimizer: run.optimizer });
      return { alpha, beta, why: explanation ?? null };
    };
    const cycles = cycleFinder(band * threshold, reduce);
    const looks: Look[] = [];

    const measure = (time: number): void => {
      if (time < from) return;
      const state = run.state.slice();
      const here = run.parameters.slice();
      if (preconditioner) scale = run.preconditioner();
      const moved = run.step(1) === "ok";
      // x changes sign from step to step, so that half a step is the displacement from the middle.
      const half = here.map((x, i) => 0.5 * (x - run.parameters[i]!));
      run.reset(state, time);
      if (!moved) return;
      centre = here.map((x, i) => x - half[i]!);
      const top = tracker.measure().pairs;
      const along = tracker.latest!.vectors;
      const displacement = half.reduce((s, h, i) => s + along[i]! * h * (preconditioner ? Math.sqrt(scale[i]!) : 1), 0);
      const excess = top.value[0]! - threshold;
      if (!Number.isFinite(excess) || !Number.isFinite(displacement)) return;
      looks.push({ time, excess, displacement: Math.abs(displacement) });
      cycles.look(looks.at(-1)!);
    };
    return {
      every,
      measure,
      columns: [
        {
          name: "cycle_sharpness",
          unit: preconditioner ? "1/step size" : "loss/parameter^2",
          description: "largest eigenvalue that the threshold bounds, half way between two steps",
        },
        {
          name: "cycle_displacement",
          unit: "parameter",
          description: "half a step along the leading direction: the size of the oscillation",
        },
      ],
      values(time) {
        const last = looks.at(-1);
        return last?.time === time ? [last.excess + threshold, last.displacement] : [NaN, NaN];
      },
      remember: () => ({ tracker: tracker.remember(), cycles: cycles.remember(), looks: looks.map((l) => ({ ...l })) }),
      recall(memory: CycleMemory) {
        tracker.recall(memory.tracker);
        cycles.recall(memory.cycles);
        looks.splice(0, Infinity, ...memory.looks);
      },
      conclude: ({ status, time }) =>
        status === "diverged"
          ? { answers: [], sentences: [] }
          : conclude({ cycles: cycles.closed, open: cycles.rises, looks, bench, band, every, time, products: tracker.products }),
    };
  },
};
