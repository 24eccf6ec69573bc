import { at, mul, sub, type Tensor } from "#engine";
import { eigenpairs } from "../analysis/eigenpairs.js";
import { descent } from "../training/descent.js";
import { gradientFlow } from "../training/gradient-flow.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { exact, type Claim } from "./claim.js";

const objective = (w: Tensor): Tensor => {
  const p = mul(at(w, 0), at(w, 1));
  const r = sub(mul(p, p), 1);
  return mul(0.25, mul(r, r));
};
/** On xy = 1, where x^2 - y^2 = c. */
const sharpnessAt = (c: number): number => 2 * Math.sqrt(c * c + 4);

export const minimalEdge: Claim = {
  name: "minimal-edge-of-stability",
  item: "B8",
  description:
    "on (x^2 y^2 - 1)^2 / 4 gradient flow keeps c = x^2 - y^2 and ends at sharpness 2 sqrt(c^2 + 4); where that is beyond 2 / eta, descent ends just below 2 / eta",
  sources: ["Zhu, Wang, Wang, Zhou, Ge 2023"],
  compare() {
    const flowEnd = (interval: number) => {
      const flow = gradientFlow({ objective, initial: [0.6, 1.4], interval });
      flow.step(Math.round(10 / interval));
      return eigenpairs(flow.hessian(), { k: 1, tolerance: 1e-13 });
    };
    const [coarse, fine] = [flowEnd(0.04), flowEnd(0.02)];
    const [x, y, eta] = [0.04, 4.9, 0.042];
    const run = descent({ objective, initial: [x, y], optimizer: gradientDescent({ stepSize: eta }) });
    // One step multiplies c by 1 - (eta L'(p))^2, L'(p) = p (p^2 - 1).
    let c = x * x - y * y;
    for (let t = 0; t < 60_000; t++) {
      const p = run.parameters[0]! * run.parameters[1]!;
      const slope = eta * p * (p * p - 1);
      c *= 1 - slope * slope;
      run.step();
    }
    const { value, error } = eigenpairs(run.hessian(), { k: 1, tolerance: 1e-13 });
    return [
      // Half the step has a sixteenth of the error.
      exact(
        "sharpness at the end of gradient flow from (0.6, 1.4)",
        sharpnessAt(0.36 - 1.96),
        fine.value[0]!,
        Math.abs(fine.value[0]! - coarse.value[0]!) + fine.error[0]! + 1e-12,
      ),
      exact(
        "sharpness at the end of descent from (0.04, 4.9), eta = 0.042, by the x^2 - y^2 left over",
        sharpnessAt(c),
        value[0]!,
        error[0]! + 1e-8,
      ),
      {
        what: "the same, in (0.997, 1) times 2 / eta",
        predicted: 0.9985 * (2 / eta),
        predictedError: 0.0015 * (2 / eta),
        measured: value[0]!,
        error: error[0]! + 1e-6,
        bars: "bound",
        resolution: 0.05,
      },
    ];
  },
};
