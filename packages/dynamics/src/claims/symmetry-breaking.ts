import { compile, evaluate, mul, scalarMath, type Tensor } from "#engine";
import { changeOfStability } from "../analysis/change-of-stability.js";
import { boundary } from "../core/bisection.js";
import { noisedScore } from "../derived/generative/mixture.js";
import { variancePreserving } from "../derived/generative/noise-schedule.js";
import { probabilityFlow, reverseDiffusion } from "../derived/generative/samplers.js";
import { exact, type Claim } from "./claim.js";

const [low, high] = [0.3, 12];
const schedule = variancePreserving({ low, high });
const score = noisedScore({ centres: [[-1], [1]] }, schedule);
/** When the schedule has scaled data by theta: low t + (high - low) t^2 / 2 = -2 log theta. */
const when = (theta: number): number => {
  const rest = -2 * scalarMath.log(theta);
  return (2 * rest) / (low + Math.sqrt(low * low + 2 * (high - low) * rest));
};
const drift = (x: Tensor, t: Tensor): Tensor => reverseDiffusion(score, schedule, 0).drift(x, mul(-1, t));

/** The resting point above 0 of the reverse drift. */
function rest(t: number): number {
  const program = compile((x, s) => drift(x!, s!), [{ shape: [1] }, { shape: [] }]);
  program.inputs[1]![0] = t;
  return boundary(
    (x) => {
      program.inputs[0]![0] = x;
      program.run();
      return program.outputs[0]![0]! > 0;
    },
    1e-3,
    3,
  );
}

export const symmetryBreaking: Claim = {
  name: "symmetry-breaking",
  item: "D2",
  description:
    "generating two points +-1 the reverse diffusion commits itself where the scale is sqrt(sqrt 2 - 1), the density splits at sqrt(1/2); the probability flow never bifurcates",
  sources: ["Raya, Ambrogioni 2023"],
  compare() {
    const breaking = changeOfStability({ field: drift, at: [0], from: 0.01, to: 1, places: 64 });
    const bimodal = changeOfStability({ field: score, at: [0], from: 0.01, to: 1, places: 64 });
    const flowing = changeOfStability({
      field: (x, t) => probabilityFlow(score, schedule, 0)(x, mul(-1, t)),
      at: [0],
      from: 0.2,
      to: 1,
      places: 64,
    });
    const theta = evaluate(schedule.scale, { data: [0.2], shape: [] })[0]![0]!;
    const slope = (0.5 * (low + (high - low) * 0.2) * scalarMath.pow(theta, 4)) / scalarMath.pow(1 - theta * theta, 2);
    const x = boundary((v) => (theta * theta + 1) * v < 2 * theta * scalarMath.tanh((theta * v) / (1 - theta * theta)), 0.1, 3);
    return [
      exact("time at which the reverse diffusion loses its symmetry", when(Math.sqrt(Math.SQRT2 - 1)), breaking.value, 1e-12),
      exact("time at which the density becomes bimodal", when(Math.SQRT1_2), bimodal.value, 1e-12),
      exact("resting point of the reverse drift at t = 0.2", x, rest(0.2), 1e-11),
      exact("slope of the probability flow at 0, t = 0.2", slope, flowing.before, 1e-10 * slope),
      exact("changes of stability of the probability flow", 0, flowing.all.length, 0),
    ];
  },
};
