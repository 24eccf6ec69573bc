import { at, mul, sub, type Tensor } from "#engine";
import { eigenpairs } from "../analysis/eigenpairs.js";
import { gramStability } from "../analysis/gram-stability.js";
import { reachableMinima } from "../analysis/reachable-minima.js";
import { random } from "../core/random.js";
import { mlp } from "../networks/mlp.js";
import { descents } from "../training/descents.js";
import { interpolate } from "../training/interpolation.js";
import { square } from "../training/losses.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { training } from "../training/training.js";
import { exact, type Claim } from "./claim.js";

const objective = (w: Tensor): Tensor => {
  const r = sub(mul(at(w, 0), at(w, 1)), 1);
  return mul(0.5, mul(r, r));
};

export const reachable: Claim = {
  name: "reachable-minima",
  item: "B2",
  description:
    "the threshold 2 / lambda_max(H) is read off the Gram matrix, as 2 N / lambda_max(J J^T); minima below it are limits of random starts, minima beyond it are not",
  sources: ["Chemnitz, Engel 2024"],
  compare() {
    const stream = random(5);
    const data = {
      samples: 4,
      inputs: Array.from({ length: 8 }, () => stream.normal()),
      targets: Array.from({ length: 4 }, () => stream.normal()),
    };
    const { architecture, theta, gram } = interpolate(mlp({ widths: [2, 6, 1] }), data, { seed: 3 });
    const optimizer = gradientDescent({ stepSize: 0.1 });
    const run = training({ architecture, data, loss: square, optimizer, initial: theta });
    const top = eigenpairs(run.hessian(), { k: 1, tolerance: 1e-12 });
    const { threshold } = gramStability(gram(), { stepSize: 0.1 });
    const predicted = 2 / top.value[0]!;
    const ends = (starts: ArrayLike<number>) =>
      descents({ objective, size: 2, starts, optimizer: gradientDescent({ stepSize: 0.5 }), steps: 20_000 });
    const anywhere = Float64Array.from({ length: 4000 }, () => 6 * stream.uniform() - 3);
    // 400 starts about the minimum of sharpness a^2 + 1 / a^2 = s, and how many of them end there.
    const returning = (s: number): number => {
      const a = Math.sqrt(0.5 * (s + Math.sqrt(s * s - 4)));
      const near = Float64Array.from({ length: 800 }, (_, i) => (i % 2 ? 1 / a : a) + 1e-5 * (2 * stream.uniform() - 1));
      const { statuses, ends: found } = ends(near);
      return statuses.filter((status, i) => status === "ok" && Math.abs(found[2 * i]! - a) < 1e-3).length;
    };
    return [
      // A relative error of the eigenvalue is one of the threshold.
      exact(
        "threshold of a 2-6-1 network through four points",
        predicted,
        threshold.value,
        predicted * (top.error[0]! / top.value[0]! + 1e-10),
      ),
      exact("of 400 starts near a minimum of sharpness 0.99 (2 / eta), those that end there", 400, returning(0.99 * 4), 0),
      exact("of 400 starts near a minimum of sharpness 1.01 (2 / eta), those that end there", 0, returning(1.01 * 4), 0),
      exact("limits beyond 2 / eta = 4 of 2,000 starts anywhere", 0, reachableMinima(ends(anywhere)).repelling, 0),
    ];
  },
};
