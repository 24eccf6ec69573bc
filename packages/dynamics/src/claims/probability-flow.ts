import { scalarMath } from "#engine";
import { noisedScore } from "../derived/generative/mixture.js";
import {
  ornsteinUhlenbeck,
  varianceExploding,
  variancePreserving,
  type NoiseSchedule,
} from "../derived/generative/noise-schedule.js";
import { probabilityFlow } from "../derived/generative/samplers.js";
import { fixed } from "../flow/controllers.js";
import { flow } from "../flow/flow.js";
import { euler } from "../flow/solvers/euler.js";
import { exact, type Claim } from "./claim.js";
import { precise } from "./precise.js";

const { exp } = scalarMath;
const [width, start, end] = [0.6, 1.4, 0.7];

/** Where the deterministic sampler ends that starts at x = 1.4 after the noise of time 0.7 and goes back to 0.1. */
function sampled(schedule: NoiseSchedule): number {
  const score = noisedScore({ centres: [[0]], widths: [width] }, schedule);
  const back = flow({ field: probabilityFlow(score, schedule, end), initial: [start], dt: end - 0.1, ...precise });
  back.step();
  return back.state[0]!;
}

/** The variance of data of this width after noise of time t, for each schedule. */
const ornstein = (t: number): number => width * width * exp(-2 * t) + 1 - exp(-2 * t);
const exploding = (t: number): number => width * width + t * t;
const preserving = (t: number): number => {
  const square = exp(-(0.1 * t + 0.5 * 19.9 * t * t));
  return 1 + (width * width - 1) * square;
};

export const probabilityFlows: Claim = {
  name: "probability-flow",
  item: "D1",
  description: "the probability flow of normal data multiplies every point by the ratio of standard deviations, under any noise",
  sources: ["Song, Sohl-Dickstein, Kingma, Kumar, Ermon, Poole 2021"],
  compare() {
    const steps = 64;
    const h = (end - 0.1) / steps;
    // Euler's steps back in time: x <- x (1 + h (1 - 1 / variance)), from x' = -x + x / variance.
    let product = start;
    for (let i = 0; i < steps; i++) product *= 1 + h * (1 - 1 / ornstein(end - i * h));
    const schedule = ornsteinUhlenbeck;
    const score = noisedScore({ centres: [[0]], widths: [width] }, schedule);
    const coarse = flow({
      field: probabilityFlow(score, schedule, end),
      initial: [start],
      dt: end - 0.1,
      solver: euler,
      controller: fixed(h),
    });
    coarse.step();
    return [
      ...(
        [
          [ornsteinUhlenbeck, ornstein],
          [varianceExploding, exploding],
          [variancePreserving(), preserving],
        ] as const
      ).map(([s, variance]) =>
        exact(`from t = ${end} to 0.1, ${s.name}`, start * Math.sqrt(variance(0.1) / variance(end)), sampled(s), 1e-9),
      ),
      exact(`${steps} steps of Euler's sampler, ${schedule.name}`, product, coarse.state[0]!, 1e-12),
    ];
  },
};
