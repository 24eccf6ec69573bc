import { z } from "zod";
import { eigenpairs } from "../../../analysis/eigenpairs.js";
import { sharpness as track, type SharpnessMemory, type SharpnessPoint } from "../../../analysis/sharpness.js";
import { refuse } from "../../problem.js";
import type { Answer, Conclusion } from "../../conclusion.js";
import type { Asker, Question } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("sharpness"),
    k: z.int().min(1).max(64).default(1).describe("Number of leading Hessian eigenvalues"),
    every: z.int().min(1).default(10).describe("Steps between measurements of the largest eigenvalue"),
    furtherEvery: z
      .int()
      .min(1)
      .optional()
      .describe("Steps between measurements of all k; default: every. Seldom is cheap: one vector costs a k-th"),
    tolerance: z
      .number()
      .gt(0)
      .max(1)
      .default(0.02)
      .describe("Residual norm at which an eigenpair is done, relative to the largest eigenvalue"),
  })
  .describe("Leading Hessian eigenvalues along the run, with residual norms as error bars");

type Spec = z.infer<typeof schema>;

/** The sharpness question at work, with what it has measured. */
export interface SharpnessAsker extends Asker {
  readonly points: readonly SharpnessPoint[];
  /** Those of P^(-1/2) H P^(-1/2), which the optimizer's threshold bounds; the same as `points` for optimizers without a preconditioner. */
  readonly effective: readonly SharpnessPoint[];
}

/** Relative residual of the eigenpairs that the run ends with: on the way they are measured coarser. */
const FINAL_TOLERANCE = 1e-4;

const name = (i: number): string => (i === 0 ? "sharpness" : `eigenvalue_${i + 1}`);
const ordinal = (i: number): string => (i === 0 ? "largest" : (["second", "third"][i - 1] ?? `${i + 1}th`));

export const sharpness: Question<Spec> & {
  attach(...args: Parameters<Question<Spec>["attach"]>): SharpnessAsker;
} = {
  name: "sharpness",
  description: "leading Hessian eigenvalues along a training run",
  schema,
  attach({ k, every, furtherEvery = every, tolerance }, { run, seed, steps }) {
    const size = run.parameters.length;
    if (k > size) refuse(["k"], `${k} eigenvalues asked for; the network has ${size} parameters`);
    const all = track(run, { k, tolerance, seed });
    // Between the measurements of all k, one vector follows the largest eigenvalue alone.
    const largest = k > 1 && furtherEvery > every ? track(run, { k: 1, tolerance, seed }) : undefined;
    const points: SharpnessPoint[] = [];
    const preconditioned = run.optimizer.preconditioner
      ? track(
          {
            get time() {
              return run.time;
            },
            hessian: (_, m) => run.effectiveHessian(m),
          },
          { k: 1, tolerance, seed },
        )
      : undefined;
    const measure = (time: number): void => {
      const full = !largest || time >= steps || time - (all.points.at(-1)?.time ?? -Infinity) >= furtherEvery;
      points.push((full ? all : largest).measure());
      preconditioned?.measure();
    };
    return {
      points,
      effective: preconditioned?.points ?? points,
      every,
      measure,
      columns: [
        ...Array.from({ length: k }, (_, i) => [
          {
            name: name(i),
            unit: "loss/parameter^2",
            description: `${ordinal(i)} eigenvalue of the Hessian of the loss`,
          },
          {
            name: `${name(i)}_error`,
            unit: "loss/parameter^2",
            description: `its residual norm: a bound on the distance to an eigenvalue`,
          },
        ]).flat(),
        ...(preconditioned
          ? [
              {
                name: "effective_sharpness",
                unit: "1/step size",
                description: "largest eigenvalue of the preconditioned Hessian, which the threshold bounds",
              },
            ]
          : []),
      ],
      values(time) {
        const last = points.at(-1);
        const pairs = last?.time === time ? last.pairs : undefined;
        const measured = preconditioned?.points.at(-1);
        return [
          ...Array.from({ length: k }, (_, i) => [pairs?.value[i] ?? NaN, pairs?.error[i] ?? NaN]).flat(),
          ...(preconditioned ? [measured?.time === time ? measured.pairs.value[0]! : NaN] : []),
        ];
      },
      remember: () => ({
        all: all.remember(),
        largest: largest?.remember() ?? null,
        preconditioned: preconditioned?.remember() ?? null,
      }),
      recall(memory: { all: SharpnessMemory; largest: SharpnessMemory | null; preconditioned: SharpnessMemory | null }) {
        all.recall(memory.all);
        largest?.recall(memory.largest!);
        preconditioned?.recall(memory.preconditioned!);
        const both = [...all.points, ...(largest?.points ?? [])];
        points.splice(0, Infinity, ...both.sort((a, b) => a.time - b.time));
      },
      conclude({ status: ended, time }): Conclusion {
        const products = all.products + (largest?.products ?? 0) + (preconditioned?.products ?? 0);
        const facts = { hessianVectorProducts: products, eigenvalueMeasurements: points.length };
        const last = points.at(-1);
        if (ended === "diverged" || !last) return { answers: [], sentences: [], facts };
        const warm = all.latest?.vectors;
        const final = eigenpairs(run.hessian(undefined, k), {
          k,
          tolerance: FINAL_TOLERANCE,
          maxProducts: 100 * k,
          seed,
          ...(warm?.every(Number.isFinite) ? { warm } : {}),
        });
        const { value, error, status, method, sources, vectors, explanation } = final;
        const cost = { products: products + (final.cost.products ?? 0), steps: time };
        const answers = Array.from(value, (v, i): Answer => ({
          name: name(i),
          label: `${ordinal(i)} Hessian eigenvalue at step ${time}`,
          value: v,
          error: error[i]!,
          unit: "loss/parameter^2",
          status,
          method,
          sources,
          cost,
          ...(explanation === undefined ? {} : { explanation }),
        }));
        return {
          answers,
          sentences: [],
          arrays: { hessian_eigenvectors: { shape: [k, vectors.length / k], data: vectors } },
          facts,
        };
      },
    };
  },
};
