import { eigenpairs } from "../analysis/eigenpairs.js";
import { shallowReluNorm } from "../networks/shallow-relu-norm.js";
import { mlp } from "../networks/mlp.js";
import { square } from "../training/losses.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { training } from "../training/training.js";
import { exact, type Claim } from "./claim.js";

export const flatness: Claim = {
  name: "flatness-in-function-space",
  item: "B17",
  description:
    "at a minimum of a two-layer ReLU network the weighted path norm is at most (sharpness - 1) / 2; two balanced units on two samples make it equal",
  sources: ["Mulayoff, Michaeli, Soudry 2021", "Nacson, Mulayoff, Ongie, Michaeli, Soudry 2023"],
  compare: () =>
    [0.8, 1.7].flatMap((a) => {
      // c + a relu(w x) + a relu(-w x) on x = 1 and x = -1 with w^2 = 2 a^2: sharpness 1 + (w^2 + 2 a^2) / 2, norm a w / sqrt 2.
      const w = Math.SQRT2 * a;
      const data = { samples: 2, inputs: [1, -1], targets: [w * a + 0.3, w * a + 0.3] };
      const architecture = mlp({ widths: [1, 2, 1], activation: "relu" });
      const optimizer = gradientDescent({ stepSize: 0.1 });
      const run = training({ architecture, data, loss: square, optimizer, initial: [w, -w, 0, 0, a, a, 0.3] });
      const { value, error } = eigenpairs(run.hessian(), { k: 1, tolerance: 1e-13 });
      const norm = shallowReluNorm(architecture, run.parameters, data);
      return [
        exact(`sharpness for a = ${a}`, 1 + 2 * a * a, value[0]!, error[0]! + 1e-12),
        exact(`norm for a = ${a}`, a * a, norm.value, 1e-12),
        exact(`bound of the norm by the sharpness, for a = ${a}`, a * a, norm.bound(value[0]!, run.evaluate(data).loss), 1e-9),
      ];
    }),
};
