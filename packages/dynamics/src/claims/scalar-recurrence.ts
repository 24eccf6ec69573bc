import { compile, constant, grad, mul, scalarMath, sub, sum, type Tensor } from "#engine";
import { recurrent } from "../networks/recurrent.js";
import { clipped } from "../training/optimizers/clipped.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { training } from "../training/training.js";
import { exact, type Claim } from "./claim.js";

const network = (steps: number) =>
  recurrent({ widths: new Array<number>(steps + 1).fill(1), activation: "identity", bias: false });

/** log |dh_T / dw| of h' = w h from h_0. */
function logSlope(w: number, steps: number, start: number): number {
  const net = network(steps);
  const program = compile(
    (theta) => grad((t: Tensor) => sum(net.apply(t, constant([start], [1, 1]))))(theta!) as Tensor,
    [{ shape: [1] }],
  );
  program.inputs[0]![0] = w;
  program.run();
  return scalarMath.log(Math.abs(program.outputs[0]![0]!));
}

export const scalarRecurrence: Claim = {
  name: "scalar-recurrence",
  item: "D6",
  description:
    "through T steps of h' = w h the gradient is T w^(T-1) h_0: it vanishes for |w| < 1 and explodes for |w| > 1; clipping bounds the step",
  sources: ["Bengio, Simard, Frasconi 1994", "Pascanu, Mikolov, Bengio 2013"],
  compare() {
    const predicted = (w: number, steps: number, start: number): number =>
      scalarMath.log(steps * start) + (steps - 1) * scalarMath.log(Math.abs(w));
    const cut = training({
      architecture: network(20),
      data: { samples: 1, inputs: [1], targets: [0.5] },
      loss: (h, t) => mul(0.5, sum(mul(sub(h, t), sub(h, t)))),
      optimizer: clipped(gradientDescent({ stepSize: 0.01 }), 2),
      initial: [1.5],
    });
    cut.step();
    return [
      ...[0.6, -0.95, 1.2].map((w) =>
        exact(`log |dh_T / dw| at w = ${w}, T = 70`, predicted(w, 70, 0.3), logSlope(w, 70, 0.3), 1e-11),
      ),
      exact("step of descent with gradients clipped at 2, eta = 0.01", -0.02, cut.parameters[0]! - 1.5, 1e-14),
    ];
  },
};
