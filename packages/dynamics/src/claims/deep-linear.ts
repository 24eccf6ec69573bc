import { at, mul, sub, type Tensor } from "#engine";
import { eigenpairs } from "../analysis/eigenpairs.js";
import { descent } from "../training/descent.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { exact, type Claim } from "./claim.js";

/** (w_1 ... w_L - y)^2 / 2. */
export const loss =
  (length: number, y: number) =>
  (w: Tensor): Tensor => {
    let f = at(w, 0);
    for (let i = 1; i < length; i++) f = mul(f, at(w, i));
    const r = sub(f, y);
    return mul(0.5, mul(r, r));
  };

export const deepLinear: Claim = {
  name: "scalar-deep-linear-networks",
  item: "B7",
  description:
    "the sharpness at a minimum w_1 ... w_L = y is y^2 sum 1 / w_i^2, least (L |y|^(2 - 2/L)) where the weights are balanced",
  sources: ["Mulayoff, Michaeli 2020"],
  compare() {
    const sharpnessOf = (w: readonly number[]): { value: Float64Array; error: Float64Array } => {
      const y = w.reduce((a, b) => a * b, 1);
      const run = descent({ objective: loss(w.length, y), initial: w, optimizer: gradientDescent({ stepSize: 0.1 }) });
      return eigenpairs(run.hessian(), { k: 1, tolerance: 1e-13 });
    };
    const claims: readonly [string, readonly number[], number][] = [
      ["sharpness at (0.7, 1.3, 2, 0.55)", [0.7, 1.3, 2, 0.55], 0],
      ["sharpness at (1.5, -0.8, 0.4)", [1.5, -0.8, 0.4], 0],
      ["least sharpness for y = 4, L = 2: 2 |y|", [2, 2], 8],
      ["least sharpness for y = 8, L = 3: 3 |y|^(4/3)", [2, 2, 2], 48],
    ];
    return claims.map(([what, w, known]) => {
      const y = w.reduce((a, b) => a * b, 1);
      const predicted = known || y * y * w.reduce((s, x) => s + 1 / (x * x), 0);
      const { value, error } = sharpnessOf(w);
      return exact(what, predicted, value[0]!, error[0]! + 1e-11);
    });
  },
};
