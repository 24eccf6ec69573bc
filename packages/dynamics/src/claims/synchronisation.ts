import { add, constant, mean, mul, scalarMath, square, sub, take, type Tensor } from "#engine";
import { kaplanYorke } from "../analysis/kaplan-yorke.js";
import { lyapunov } from "../analysis/lyapunov.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { stochasticDescent } from "../training/stochastic-descent.js";
import { exact, measuredMean, type Claim } from "./claim.js";

const h = [0.3, 2.6, 1.4] as const;
const c = [-1, 2, 0.5] as const;

/** One weight pulled to c_i by samples of curvature h_i. */
const spring = (initial: number, stepSize: number) =>
  stochasticDescent({
    objective: (w, i) => mul(0.5, mean(mul(take(constant(h), i), square(sub(w, take(constant(c), i)))))),
    samples: 3,
    batchSize: 1,
    initial: [initial],
    optimizer: gradientDescent({ stepSize }),
    seed: 11,
  });
const exponentAt = (stepSize: number): number => h.reduce((s, x) => s + scalarMath.log(Math.abs(1 - stepSize * x)) / 3, 0);

export const synchronisation: Claim = {
  name: "synchronisation-by-noise",
  item: "B16",
  description:
    "runs of SGD that meet the same batches come together like exp(n lambda), lambda = mean log |1 - eta h_i|; with one chaotic direction the dimension is 1 + log 2 / |lambda|",
  sources: ["Arnold 1998", "Ledrappier, Young 1988"],
  compare() {
    const [a, b] = [spring(5, 0.5), spring(-3, 0.5)];
    const steps = 15;
    // The exponent of the steps after the first, which both runs take too.
    const own = lyapunov(spring(5, 0.5), { steps, transient: 1, batches: 2 }).value[0]!;
    const gap = (): number => Math.abs(a.state[0]! - b.state[0]!);
    a.step();
    b.step();
    const before = gap();
    a.step(steps);
    b.step(steps);
    const long = lyapunov(spring(0, 0.5), { steps: 60_000 });
    // Pullback: two starts 1,000 steps ago are one point now.
    const [left, right] = [spring(-50, 0.5), spring(80, 0.5)];
    left.step(1000);
    right.step(1000);
    // Of every sample the loss (4/3) x^3 - (3/2) x^2 makes the step x -> 4 x (1 - x) at eta = 1.
    const mixed = stochasticDescent({
      objective: (w: Tensor, i) => {
        const [x, y] = [0, 1].map((k) => take(w, constant([k], [1], "i32"))) as [Tensor, Tensor];
        const cubic = sub(mul(4 / 3, mul(x, square(x))), mul(1.5, square(x)));
        return mean(add(cubic, mul(0.5, mul(take(constant([0.9, 0.65, 1.3]), i), square(sub(y, take(constant(c), i)))))));
      },
      samples: 3,
      batchSize: 1,
      initial: [0.3, 0],
      optimizer: gradientDescent({ stepSize: 1 }),
      seed: 4,
    });
    const dimension = kaplanYorke(lyapunov(mixed, { k: 2, steps: 60_000 }), 2);
    const contraction = [0.1, 0.35, 0.3].reduce((s, x) => s + scalarMath.log(x) / 3, 0);
    return [
      measuredMean("exponent at eta = 0.5", exponentAt(0.5), { value: long.value[0]!, error: long.error[0]! }, 0.05),
      // The points have errors of 1e-15, which count relative to their distance.
      exact(
        "rate at which two runs came together, by their common exponent",
        own,
        scalarMath.log(gap() / before) / steps,
        1e-14 / gap() / steps,
      ),
      exact("distance of two runs after 1,000 common steps", 0, Math.abs(left.state[0]! - right.state[0]!), 1e-12),
      measuredMean(
        "dimension with a direction that follows 4 x (1 - x)",
        1 + scalarMath.log(2) / Math.abs(contraction),
        { value: dimension.value, error: dimension.error },
        0.05,
      ),
    ];
  },
};
