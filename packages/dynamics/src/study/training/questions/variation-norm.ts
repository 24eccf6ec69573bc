import { z } from "zod";
import { shallowReluNorms, type ShallowReluNorm } from "../../../networks/shallow-relu-norm.js";
import { square } from "../../../training/losses.js";
import type { Answer, Column, Conclusion } from "../../conclusion.js";
import { refuse } from "../../problem.js";
import { count, show } from "../../words.js";
import type { Question } from "../question.js";
import type { SharpnessAsker } from "./sharpness.js";

const schema = z
  .strictObject({ type: z.literal("variation-norm") })
  .describe(
    "How much a two-layer ReLU network bends where its data are, beside what the flatness of the loss allows; needs sharpness",
  );

/** One measurement: the norm, what sharpness and loss allow it to be, and what a stable minimum of this loss may have. */
interface Seen {
  readonly time: number;
  readonly norm: number;
  readonly published: number;
  readonly sharper: number;
  readonly stable: number;
}

const COLUMNS: readonly Column[] = [
  { name: "variation_norm", unit: "output", description: "weighted variation norm |f|_{V,g} of the network" },
  {
    name: "variation_bound",
    unit: "output",
    description: "λ/2 − 1/2 + (R + 1) √(2L) at the run's sharpness λ and loss L; without an output bias no − 1/2",
  },
  { name: "variation_bound_sharper", unit: "output", description: "λ/2 − 1/2 + √(1 + R²) √(2L) / 2" },
  {
    name: "variation_bound_stable",
    unit: "output",
    description: "1/η − 1/2 + (R + 1) √(2L), for minima that are stable at the step size",
  },
];

const values = (s: Seen): number[] => [s.norm, s.published, s.sharper, s.stable];

export const variationNorm: Question<z.infer<typeof schema>> = {
  name: "variation-norm",
  description: "how much a two-layer ReLU network bends where its data are, beside what flatness allows",
  schema,
  needs: ["sharpness"],
  attach(_spec, { run, data, loss }, others) {
    if (loss !== square)
      refuse(["type"], "the inequality between bending and flatness is for the square loss; this study has another");
    let norm: (theta: ArrayLike<number>) => ShallowReluNorm;
    try {
      norm = shallowReluNorms(run.architecture, data.train);
      norm(run.parameters);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      refuse(["type"], error.message.replace("shallowReluNorm", "variation-norm"));
    }
    const sharpness = others.get("sharpness") as SharpnessAsker;
    let points: Seen[] = [];
    return {
      every: sharpness.every!,
      measure(time) {
        const { value, error } = sharpness.points.at(-1)!.pairs;
        const found = norm(run.parameters);
        const { loss: present } = run.evaluate(data.train);
        // The residual norm is added: the eigenvalue may be that much larger.
        const curvature = value[0]! + error[0]!;
        points.push({
          time,
          norm: found.value,
          published: found.published(curvature, present),
          sharper: found.bound(curvature, present),
          stable: found.published(run.optimizer.thresholdAt(time), present),
        });
      },
      columns: COLUMNS,
      values(now) {
        const last = points.at(-1);
        return last?.time === now ? values(last) : COLUMNS.map(() => NaN);
      },
      remember: () => ({ points: Float64Array.from(points.flatMap((p) => [p.time, ...values(p)])) }),
      recall(memory: { points: Float64Array }) {
        points = Array.from({ length: memory.points.length / 5 }, (_, i) => {
          const [time, ...rest] = memory.points.subarray(5 * i, 5 * i + 5) as unknown as number[];
          const [found, published, sharper, stable] = rest as [number, number, number, number];
          return { time: time!, norm: found, published, sharper, stable };
        });
      },
      conclude: ({ status, time }) =>
        status === "diverged" || points.length === 0
          ? { answers: [], sentences: [] }
          : conclude(points, norm(run.parameters), {
              sharpness: sharpness.points.at(-1)!.pairs.value[0]!,
              threshold: run.optimizer.thresholdAt(time),
              // The derivative by an output bias is 1 everywhere, which is where the 1/2 comes from.
              half: run.architecture.layout.some((p) => p.name === "b2") ? " − 1/2" : "",
              time,
            }),
    };
  },
};

interface End {
  readonly sharpness: number;
  readonly threshold: number;
  readonly half: string;
  readonly time: number;
}

function conclude(points: readonly Seen[], norm: ShallowReluNorm, { sharpness, threshold, half, time }: End): Conclusion {
  const last = points.at(-1)!;
  const of = (name: string, label: string, value: number, method: string): Answer => ({
    name,
    label,
    value,
    error: name === "variation_norm" ? norm.error : 0,
    unit: norm.unit,
    status: norm.status,
    method,
    sources: norm.sources,
    cost: norm.cost,
    ...(norm.explanation === undefined ? {} : { explanation: norm.explanation }),
  });
  const bound = "a theorem for all parameters; sharpness with its residual norm added";
  const broken = points.filter((p) => p.norm > p.sharper * (1 + 1e-9));
  const stable = sharpness <= threshold * (1 + 1e-6);
  return {
    answers: [
      of("variation_norm", `variation norm |f|_{V,g} at step ${show(time, 12)}`, last.norm, norm.method),
      of("variation_bound", `at most, at this sharpness and loss: λ/2${half} + (R + 1) √(2L)`, last.published, bound),
      of("variation_bound_sharper", `at most, sharper: λ/2${half} + √(1 + R²) √(2L) / 2`, last.sharper, bound),
      of(
        "variation_bound_stable",
        `at most at minima stable at this step size: 1/η${half} + (R + 1) √(2L)`,
        last.stable,
        "the first bound with the optimizer's threshold in place of the sharpness",
      ),
    ],
    sentences: [
      `How much the network bends where its data are, |f|_{V,g}, is ${show(last.norm)} at the end. Sharpness ${show(sharpness)} and the loss allow ${show(last.published)} at most (${show(last.sharper)} by a sharper form); a minimum that is stable at this step size may have ${show(last.stable)}${stable ? "" : ", but the run ends sharper than that, so this last bound is not one for it"}.`,
      broken.length === 0
        ? `The INEQUALITY HOLDS at all ${count(points.length, "measurement")}, where the norm was ${show(Math.min(...points.map((p) => p.norm / p.published)), 2)} to ${show(Math.max(...points.map((p) => p.norm / p.published)), 2)} of what it may be.`
        : `The inequality is BROKEN at ${count(broken.length, "measurement")}, first at step ${show(broken[0]!.time, 12)}: eigenvalues that were not converged (see sharpness), or a sample on the kink of a unit.`,
    ],
    facts: { variationMeasurements: points.length, variationBroken: broken.length, inputRadius: norm.radius },
  };
}
