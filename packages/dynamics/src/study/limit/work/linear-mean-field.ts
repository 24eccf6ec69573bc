import { scalarMath } from "#engine";
import { gaussianFrequencies, quantileFrequencies } from "../../../limits/frequencies.js";
import { linearMeanField, linearMeanFieldLaw } from "../../../limits/linear-mean-field.js";
import { empirical } from "../../../limits/measure.js";
import { wasserstein } from "../../../limits/wasserstein.js";
import { show } from "../../words.js";
import type { Growing } from "../growing.js";
import type { Spec } from "../populations/linear-mean-field.js";

/** Quantiles that stand for the law of the limit. */
const QUANTILES = 4096;

/** Propagation of chaos where everything is known. */
export function grow({ pull, coupling, noise, initial, time }: Spec): Growing {
  const law = linearMeanFieldLaw({ pull, coupling, noise }, initial, time);
  const limit = empirical(quantileFrequencies(gaussianFrequencies(Math.sqrt(law.variance), law.mean), QUANTILES));
  // The mean of all is an Ornstein-Uhlenbeck process with noise D / n.
  const meanVariance = (-noise * scalarMath.expm1(-2 * pull * time)) / pull;
  const means = new Map<number, number[]>();
  return {
    name: `Units with noise that are pulled to their mean (a = ${show(pull)}, κ = ${show(coupling)}, D = ${show(noise)})`,
    limit: `independent units with the normal law of mean ${show(law.mean)} and variance ${show(law.variance)} at time ${show(time)}`,
    unit: "unit",
    measures: [
      {
        name: "wasserstein2",
        label: "Wasserstein-2 distance of the empirical measure from the law",
        average: "root-mean-square",
        predicted: -0.5,
        relation: "equal",
        reason: "propagation of chaos; up to the root of log log n for normal laws",
        sources: ["Sznitman 1991", "Fournier, Guillin 2015", "Bobkov, Ledoux 2019"],
      },
      {
        name: "mean_variance",
        label: "variance of the mean of all units",
        average: "mean-square",
        predicted: -1,
        relation: "equal",
        reason: `exactly ${show(meanVariance)}/n at this time`,
        sources: ["Sznitman 1991"],
      },
    ],
    sample(n, seed) {
      const system = linearMeanField({
        units: n,
        pull,
        coupling,
        noise,
        dt: time,
        initial: new Float64Array(n).fill(initial),
        seed,
      });
      system.step();
      const off = system.state.reduce((s, v) => s + v, 0) / n - law.mean;
      means.set(n, [...(means.get(n) ?? []), off]);
      return [wasserstein(empirical(system.state), limit), off];
    },
    beside(sizes) {
      const measured = sizes.map((n) => means.get(n)!.reduce((s, v) => s + v * v, 0) / means.get(n)!.length);
      const all = sizes.reduce((s, n, i) => s + (measured[i]! * n) / meanVariance, 0) / sizes.length;
      const runs = means.get(sizes[0]!)!.length;
      const error = Math.sqrt(2 / (runs * sizes.length));
      return {
        answers: [
          {
            name: "variance_ratio",
            label: "variance of the mean over the exact one, all sizes together",
            value: all,
            error,
            unit: "1",
            status: "ok",
            method: "mean of squares of normal numbers; standard error",
            sources: ["Sznitman 1991"],
            cost: {},
          },
        ],
        sentences: [`The variance of the mean is ${show(all, 3)} ± ${show(error, 2)} of the exact ${show(meanVariance)}/n.`],
        pictures: [
          {
            name: "mean_variance_exact",
            title: "Variance of the mean, measured and exact",
            description: `Variance of the mean of all units over ${runs} runs, for ${sizes.length} sizes, and the exact value.`,
            caption:
              "What is left of chance in the whole: with infinitely many units the mean is certain, and units know nothing of each other.",
            x: "number of units n",
            y: "variance of the mean",
            log: true,
            curves: [
              { name: "exact", x: sizes, y: sizes.map((n) => meanVariance / n) },
              { name: "measured", x: sizes, y: measured, dots: true },
            ],
          },
        ],
      };
    },
  };
}
