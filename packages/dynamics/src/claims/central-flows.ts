import { at, mul, sub, type Tensor } from "#engine";
import { centralFlow } from "../analysis/central-flow.js";
import { landscape } from "../training/landscape.js";
import { descent } from "../training/descent.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { exact, type Claim } from "./claim.js";

const [eta, pull] = [0.4, 0.001];

/** y^2 x^2 / 2 - pull y: at x = 0 of sharpness y^2, which descent in y raises. */
const valley = (w: Tensor): Tensor => {
  const product = mul(at(w, 0), at(w, 1));
  return sub(mul(0.5, mul(product, product)), mul(pull, at(w, 1)));
};

export const centralFlows: Claim = {
  name: "central-flow",
  item: "B11",
  description:
    "at the edge the sharpness S stays at 2 / eta, the spread is 2 <-grad L, grad S> / |grad S|^2, and the mean loss is L + spread / eta",
  sources: ["Cohen, Damian, Talwalkar, Kolter, Lee 2024"],
  compare() {
    const edge = Math.sqrt(2 / eta);
    const flow = centralFlow({ landscape: landscape(valley, 2), initial: [0, edge - 0.01], stepSize: eta, tolerance: 1e-9 });
    flow.step(120);
    const { values, spread, meanLoss } = flow.look();
    // grad S = (0, 2 y) and grad L = (0, -pull) at x = 0, so the spread is pull / y and the mean loss -pull y + (pull / y) / eta.
    const predicted = pull / edge;
    // Descent goes round the edge. By its own rule the mean of y x^2 is pull, less what y has risen: that bounds the mean of x^2 by the least and largest y.
    const run = descent({
      objective: valley,
      initial: [1.02 * Math.sqrt(predicted), edge],
      optimizer: gradientDescent({ stepSize: eta }),
    });
    const steps = 300;
    let [squares, least, most] = [0, edge, edge];
    for (let t = 0; t < steps; t++) {
      squares += (run.parameters[0]! * run.parameters[0]!) / steps;
      run.step();
      least = Math.min(least, run.parameters[1]!);
      most = Math.max(most, run.parameters[1]!);
    }
    const risen = Math.abs(run.parameters[1]! - edge) / (eta * steps);
    return [
      exact("sharpness on the central flow of y^2 x^2 / 2 - y / 1000, 2 / eta", 2 / eta, values[0]!, 1e-9),
      exact("spread on it", predicted, spread, 1e-9),
      exact("mean loss on it", -pull * edge + predicted / eta, meanLoss, 1e-9),
      {
        what: "mean of x^2 over 300 steps of descent",
        predicted,
        measured: squares,
        error: (pull + risen) / least - (pull - risen) / most,
        bars: "bound",
        resolution: 1e-5,
      },
    ];
  },
};
