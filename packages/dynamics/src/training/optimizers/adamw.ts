import { div, mul, sub } from "#engine";
import { settle } from "../hyperparameters.js";
import { adamMoments, adamNumbers, type AdamOptions } from "./adam.js";
import { stepSizes, type Optimizer } from "./optimizer.js";

export const adamwNumbers = [
  ...adamNumbers,
  {
    name: "weightDecay",
    description: "w: parameters also shrink by the factor 1 - eta w",
    default: 0.01,
    from: 0,
  },
] as const;

/**
 * AdamW: Adam with decoupled weight decay.
 *
 * *Definition*: theta' = (1 - eta_t w) theta - eta_t m' / p, with m' and p as in `adam`. The decay does not pass through the preconditioner.
 *
 * Threshold: what is held fixed is P, as for `adam`. With lambda an eigenvalue of P^(-1/2) A P^(-1/2), eliminating m from
 * m' = beta1 m + (1 - beta1) A theta gives z^2 - (1 - eta w + beta1 - eta (1 - beta1) lambda) z + beta1 (1 - eta w) = 0. A root leaves the
 * unit circle at z = 1 where lambda = -w, and at z = -1 where (1 + beta1)(2 - eta w) = eta (1 - beta1) lambda. So for eta w < 2 the iteration is
 * stable exactly for -w < lambda < (1 + beta1)(2 / eta - w) / (1 - beta1): decay tolerates some concavity and costs some sharpness.
 * (The product of the roots stays inside (-1, 1).)
 * *Arguments*: those of `adam`, and `weightDecay` w >= 0 with eta w < 2, default 0.01.
 * *Source*: Loshchilov, Hutter 2019, Decoupled weight decay regularization, algorithm 2 (with w for lambda, and eta for alpha times the schedule).
 * *Example*: `adamw({ stepSize: 1e-3, weightDecay: 0.1 })`
 */
export function adamw(options: AdamOptions & { readonly weightDecay?: number }): Optimizer {
  const numbers = settle("adamw", adamwNumbers, options);
  const { beta1, weightDecay } = numbers;
  const limit = (eta: number): number => ((1 + beta1) / (1 - beta1)) * (2 / eta - weightDecay);
  const { rate, ...thresholds } = stepSizes("adamw", options, limit);
  if (options.stepSize * weightDecay >= 2)
    throw new RangeError(
      `adamw: weightDecay ${weightDecay} with stepSize ${options.stepSize} given; allowed: products below 2, else the decay alone diverges`,
    );
  const { mean, square, scale } = adamMoments(numbers);
  return {
    name: "adamw",
    memories: 2,
    lowest: -weightDecay,
    ...thresholds,
    rule(theta, g, [m, nu], step) {
      const memory = [mean(m!, g), square(nu!, g)] as const;
      const eta = rate(step);
      const decayed = sub(theta, mul(mul(eta, weightDecay), theta));
      return { theta: sub(decayed, mul(eta, div(memory[0], scale(memory[1], step)))), memory };
    },
    preconditioner: (_theta, g, [, nu], step) => scale(square(nu!, g), step),
  };
}
