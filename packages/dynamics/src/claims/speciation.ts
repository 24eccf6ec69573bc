import { mul, scalarMath, type Tensor } from "#engine";
import { changeOfStability } from "../analysis/change-of-stability.js";
import { boundary } from "../core/bisection.js";
import { noisedScore } from "../derived/generative/mixture.js";
import { ornsteinUhlenbeck } from "../derived/generative/noise-schedule.js";
import { reverseDiffusion } from "../derived/generative/samplers.js";
import { speciationTime } from "../derived/generative/speciation.js";
import { exact, type Claim } from "./claim.js";

const { exp, log } = scalarMath;

export const speciation: Claim = {
  name: "speciation",
  item: "D3",
  description:
    "classes at +-m of variance v within: the density splits at log(m^2 + 1 - v) / 2, the reverse drift at log(2 m^2) / 2 for v = 1: both log m + O(1), as is log(L) / 2 of the data's largest variance L",
  sources: ["Biroli, Bonnaire, de Bortoli, Mezard 2024"],
  compare() {
    const breaking = (m: number, width: number): { bimodal: number; reverse: number } => {
      const score = noisedScore({ centres: [[-m], [m]], widths: [width, width] }, ornsteinUhlenbeck);
      const drift = (x: Tensor, t: Tensor): Tensor => reverseDiffusion(score, ornsteinUhlenbeck, 0).drift(x, mul(-1, t));
      const range = { at: [0], from: 1e-3, to: 5, places: 64 };
      return {
        bimodal: changeOfStability({ field: score, ...range }).value,
        reverse: changeOfStability({ field: drift, ...range }).value,
      };
    };
    const [m, v] = [2.2, 0.49];
    const narrow = breaking(m, Math.sqrt(v));
    const even = breaking(1.8, 1);
    // The curvature of the reverse drift at 0: 1 - 2 / G + 2 m^2 e^(-2t) / G^2 with the variance G = 1 - (1 - v) e^(-2t) within a class.
    const curvature = (t: number): number => {
      const e = exp(-2 * t);
      const within = 1 - (1 - v) * e;
      return 1 - 2 / within + (2 * m * m * e) / (within * within);
    };
    return [
      exact("bimodality, m = 2.2, v = 0.49", 0.5 * log(m * m + 1 - v), narrow.bimodal, 1e-11),
      exact(
        "reverse drift, m = 2.2, v = 0.49",
        boundary((t) => curvature(t) > 0, 0.1, 5),
        narrow.reverse,
        1e-11,
      ),
      exact("reverse drift, m = 1.8, v = 1", 0.5 * log(2 * 1.8 * 1.8), even.reverse, 1e-11),
      exact(
        "speciation time of samples at +-(3, 4)",
        0.5 * log(25),
        speciationTime(Float64Array.of(-3, -4, 3, 4, 3, 4, -3, -4), 2).time,
        1e-12,
      ),
    ];
  },
};
