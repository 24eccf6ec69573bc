import { broadcastTo, mul, sqrt, sub, type Tensor } from "#engine";
import type { StochasticField } from "../../flow/schemes.js";
import type { VectorField } from "../../flow/solver.js";
import type { NoiseSchedule } from "./noise-schedule.js";

/** The score, grad log p_t(x): closed, or a network's. */
export type Score = (x: Tensor, t: Tensor) => Tensor;

/**
 * The probability flow: the deterministic sampler, as a vector field in the time s = end - t that has passed since pure noise.
 *
 * *Definition*: dx/ds = -drift(t) x + intensity(t) score(x, t) / 2 with t = end - s; its flow carries p_end to p_t.
 * *Arguments*: `end`: the time of the noise; run it to s < end where the data are points, since their score is singular at t = 0.
 * *Source*: Song et al. 2021, section 4.3.
 * *Example*: `const score = noisedScore({ centres: [[0]], widths: [3] }, ornsteinUhlenbeck);
 * const s = flow({ field: probabilityFlow(score, ornsteinUhlenbeck, 2), initial: [1], dt: 2, controller: adaptive({ rtol: 1e-10 }) });
 * s.step(); s.state[0] // 2.8018`
 */
export function probabilityFlow(score: Score, schedule: NoiseSchedule, end: number): VectorField {
  return (x, s) => {
    const t = sub(end, s);
    return sub(mul(mul(0.5, schedule.intensity(t)), score(x, t)), mul(schedule.drift(t), x));
  };
}

/**
 * The reverse diffusion: the stochastic sampler, in the time s = end - t.
 *
 * *Definition*: dX = (-drift(t) X + intensity(t) score(X, t)) ds + sqrt(intensity(t)) dW; its law at s is p_(end - s) if it starts as p_end.
 * *Returns*: drift and diffusion for `diffusion`.
 * *Source*: Anderson 1982, Reverse-time diffusion equation models.
 * *Example*: `const score = noisedScore({ centres: [[-1], [1]] }, ornsteinUhlenbeck);
 * diffusion({ ...reverseDiffusion(score, ornsteinUhlenbeck, 3), initial: [0.1], dt: 0.01 }).step(290) // "ok"`
 */
export function reverseDiffusion(score: Score, schedule: NoiseSchedule, end: number): StochasticField {
  return {
    drift(x, s) {
      const t = sub(end, s);
      return sub(mul(schedule.intensity(t), score(x, t)), mul(schedule.drift(t), x));
    },
    diffusion: (x, s) => broadcastTo(sqrt(schedule.intensity(sub(end, s))), x.shape),
  };
}
