import { add, constant, mean, min, mul, scalarMath, square, sub, take } from "#engine";
import { lyapunov } from "../analysis/lyapunov.js";
import { wuMaE } from "../analysis/wu-ma-e.js";
import { gram } from "../core/gram.js";
import { descent } from "../training/descent.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { stochasticDescent } from "../training/stochastic-descent.js";
import { exact, measuredMean, type Claim } from "./claim.js";

const h = [0.4, 1.1, 2.5] as const;
/** Curvatures at x = 1 of the two samples min(x^2, c (x - 1)^2). */
const c = [0.15, 1.7] as const;
const stepSize = 0.72;

export const sufficientCondition: Claim = {
  name: "sufficient-condition",
  item: "B5",
  description:
    "SGD is stable where lambda_max((I - eta H)^2 + eta^2 p Sigma) <= 1, p = (N - B) / (B (N - 1)); it escapes from minima where gradient descent stays",
  sources: ["Wu, Ma, E 2018"],
  compare() {
    // One parameter: (1 - eta mean h)^2 + eta^2 p var h = 1.
    const parallel = gram(h.map((a) => h.map((b) => Math.sqrt(a * b))));
    const middle = h.reduce((s, x) => s + x / 3, 0);
    const variance = h.reduce((s, x) => s + ((x - middle) * (x - middle)) / 3, 0);
    const closed = (batch: number): number => (2 * middle) / (middle * middle + ((3 - batch) / (2 * batch)) * variance);
    const stochastic = stochasticDescent({
      objective: (x, i) => mean(min(square(x), mul(take(constant(c), i), square(sub(x, 1))))),
      samples: 2,
      batchSize: 1,
      initial: [1],
      optimizer: gradientDescent({ stepSize }),
      seed: 5,
    });
    const whole = descent({
      objective: (x) =>
        mul(0.5, mean(add(min(square(x), mul(c[0], square(sub(x, 1)))), min(square(x), mul(c[1], square(sub(x, 1))))))),
      initial: [1],
      optimizer: gradientDescent({ stepSize }),
    });
    const { value, error } = lyapunov(stochastic, { steps: 60_000 });
    const factors = c.map((x) => scalarMath.log(Math.abs(1 - 2 * stepSize * x)));
    const full = gram([
      [1.9, 0.7, 0.2],
      [0.7, 1.2, -0.5],
      [0.2, -0.5, 2.3],
    ]);
    return [
      ...[1, 2].map((batchSize) =>
        exact(
          `threshold with parallel gradients, batches of ${batchSize}`,
          closed(batchSize),
          wuMaE(parallel, { batchSize }).threshold.value,
          1e-12,
        ),
      ),
      exact(
        "threshold of single samples with independent gradients, 2 / max |g_i|^2",
        2 / 2.3,
        wuMaE(full).threshold.value,
        1e-12,
      ),
      measuredMean(
        "exponent of SGD at the minimum of min(x^2, c_i (x - 1)^2) that gradient descent keeps",
        0.5 * (factors[0]! + factors[1]!),
        { value: value[0]!, error: error[0]! },
        0.05,
      ),
      exact(
        "exponent of gradient descent there",
        scalarMath.log(Math.abs(1 - stepSize * (c[0] + c[1]))),
        lyapunov(whole, { steps: 400 }).value[0]!,
        1e-12,
      ),
    ];
  },
};
