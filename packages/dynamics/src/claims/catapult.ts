import { mul, slice, sum, type Tensor } from "#engine";
import { fillNormal, random } from "../core/random.js";
import { catapult as reducedMap } from "../training/catapult.js";
import { descent } from "../training/descent.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { exact, type Claim } from "./claim.js";

const n = 64;

export const catapult: Claim = {
  name: "catapult",
  item: "B13",
  description:
    "a two-layer linear network in training is a map of two numbers, output and curvature; between 2 and 4 over lambda it ends flatter than 2 / eta",
  sources: ["Lewkowycz, Bahri, Dyer, Sohl-Dickstein, Gur-Ari 2020"],
  compare() {
    const scale = 1 / Math.sqrt(n);
    const objective = (w: Tensor): Tensor => {
      const f = mul(scale, sum(mul(slice(w, [0], [n]), slice(w, [n], [2 * n]))));
      return mul(0.5, mul(f, f));
    };
    return [0.3, 0.9, 1.3].flatMap((stepSize) => {
      const w = fillNormal(new Float64Array(2 * n), random(3));
      let [f, lambda] = [0, 0];
      for (let i = 0; i < n; i++) f += scale * w[i]! * w[n + i]!;
      for (const x of w) lambda += (x * x) / n;
      const weights = descent({ objective, initial: w, optimizer: gradientDescent({ stepSize }) });
      const two = reducedMap({ width: n, stepSize, f, lambda });
      weights.step(100);
      two.step(100);
      const curvature = weights.parameters.reduce((s, x) => s + (x * x) / n, 0);
      return [exact(`curvature after 100 steps at eta = ${stepSize}`, two.state[1]!, curvature, 1e-11)];
    });
  },
};
