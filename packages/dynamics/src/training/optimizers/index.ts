import { adam, adamNumbers } from "./adam.js";
import { adamw, adamwNumbers } from "./adamw.js";
import { gradientDescent } from "./gradient-descent.js";
import { heavyBall, heavyBallNumbers } from "./heavy-ball.js";
import { nesterov } from "./nesterov.js";
import type { OptimizerEntry } from "./optimizer.js";
import { rmsprop, rmspropNumbers } from "./rmsprop.js";

const entry = (
  name: string,
  description: string,
  hyperparameters: OptimizerEntry["hyperparameters"],
  make: OptimizerEntry["make"],
): OptimizerEntry => ({ name, description, hyperparameters, make });

/** One line an entry. */
export const optimizers: readonly OptimizerEntry[] = [
  entry("gradient-descent", "theta - eta grad L; stable on a quadratic while lambda < 2 / eta", [], gradientDescent),
  entry(
    "heavy-ball",
    "gradient descent with Polyak's momentum; stable while lambda < (2 + 2 beta) / eta",
    heavyBallNumbers,
    heavyBall,
  ),
  entry(
    "nesterov",
    "gradients at the extrapolated point; stable while lambda < (2 + 2 beta) / ((1 + 2 beta) eta)",
    heavyBallNumbers,
    nesterov,
  ),
  entry("rmsprop", "gradients over their root mean square; preconditioned lambda < 2 / eta", rmspropNumbers, rmsprop),
  entry(
    "adam",
    "mean gradient over root mean square; preconditioned lambda < (2 + 2 beta1) / ((1 - beta1) eta)",
    adamNumbers,
    adam,
  ),
  entry("adamw", "Adam with decoupled weight decay w; the threshold falls by w (1 + beta1) / (1 - beta1)", adamwNumbers, adamw),
];
