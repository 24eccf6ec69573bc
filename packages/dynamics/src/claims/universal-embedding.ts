import { abs, add, amax, at, compile, cos, div, exp, mul, stack, sub, vmap, type Tensor } from "#engine";
import { random } from "../core/random.js";
import { euler } from "../flow/solvers/euler.js";
import { rk4 } from "../flow/solvers/rk4.js";
import { embed } from "../networks/embed.js";
import { exact, type Claim } from "./claim.js";

const POINTS = 100;
const EPSILON = 2 ** -52;

/** From R^2 to R^2, with a kink: (|x1 - x2| + 1, exp(x1) (2 + cos(4 x2))). No component vanishes. */
const psi = (x: Tensor): Tensor => {
  const [u, v] = [at(x, 0), at(x, 1)];
  return stack([add(abs(sub(u, v)), 1), mul(exp(u), add(2, cos(mul(4, v))))]);
};

export const universalEmbedding: Claim = {
  name: "universal-embedding",
  item: "A1",
  description:
    "with inputs + outputs units a flow between affine maps represents every function exactly, and each one-step method follows it to rounding",
  sources: ["Kuehn, Kuntz 2023"],
  compare() {
    const made = embed(psi, { inputs: 2, outputs: 2 });
    const worst = (map: (x: Tensor) => Tensor): number => {
      const program = compile(
        (xs) => [amax(vmap((x: Tensor) => abs(div(sub(map(x), psi(x)), psi(x))))(xs!))],
        [{ shape: [POINTS, 2] }],
      );
      const stream = random(11);
      program.inputs[0]!.forEach((_, i, xs) => (xs[i] = 6 * stream.uniform() - 3));
      program.run();
      return program.outputs[0]![0]!;
    };
    return [
      // One step of Euler adds psi(u) to 0. The weights of RK4 add up to 1 within their rounding; ten steps are ten sums.
      exact("largest relative error of one step of Euler", 0, worst(made.map({ solver: euler, steps: 1 })), 0),
      exact("largest relative error of one step of RK4", 0, worst(made.map({ solver: rk4, steps: 1 })), 4 * EPSILON),
      exact("largest relative error of ten steps of RK4", 0, worst(made.map({ solver: rk4, steps: 10 })), 20 * EPSILON),
    ].map((c) => ({ ...c, resolution: 100 * EPSILON }));
  },
};
