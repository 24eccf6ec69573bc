import { compile, constant, scalarMath, tanh } from "#engine";
import { fillNormal, random } from "../core/random.js";
import { fixed } from "../flow/controllers.js";
import { flow } from "../flow/flow.js";
import { rk4 } from "../flow/solvers/rk4.js";
import { convergenceRate } from "../limits/convergence-rate.js";
import { wideNetwork, type Scaling } from "../limits/wide-network.js";
import { measuredMean, type Claim } from "./claim.js";
import { meanOf } from "./mean-of.js";

const samples = 6;
/** The second input is 1: a bias. */
const inputs = Float64Array.from({ length: 2 * samples }, (_, e) => (e % 2 === 0 ? -1 + e / (samples - 1) : 1));
const targets = Float64Array.from({ length: samples }, (_, i) => scalarMath.cos(3 * inputs[2 * i]!) - 0.2);
const sizes = [32, 128, 512];

/** Trains networks of n neurons from `draws` starts: by how much a neuron moves, and the outputs at the last sample. */
function train(n: number, scaling: Scaling, draws: number): { moved: Float64Array; outputs: Float64Array } {
  const network = wideNetwork({ neurons: n, inputs: 2, activation: tanh, scaling });
  const starts = fillNormal(new Float64Array(draws * 3 * n), random(1, n));
  const system = flow({
    field: network.training({ inputs, targets }),
    initial: starts.subarray(0, 3 * n),
    dt: 1.5,
    solver: rk4,
    controller: fixed(0.25),
  });
  const read = compile((p) => [network.output(p!, constant(inputs, [samples, 2]))], [{ shape: [3 * n] }]);
  const [moved, outputs] = [new Float64Array(draws), new Float64Array(draws)];
  for (let d = 0; d < draws; d++) {
    const before = starts.subarray(3 * n * d, 3 * n * (d + 1));
    system.reset(before);
    system.step();
    moved[d] = Math.sqrt(before.reduce((s, v, i) => s + (v - system.state[i]!) * (v - system.state[i]!), 0) / n);
    read.inputs[0]!.set(system.state);
    read.run();
    outputs[d] = read.outputs[0]![samples - 1]!;
  }
  return { moved, outputs };
}

/** The exponent of a mean over draws in n. */
function exponent(at: (n: number) => { readonly value: number; readonly error: number }) {
  const found = sizes.map(at);
  return convergenceRate(
    sizes,
    found.map((f) => f.value),
    found.map((f) => f.error),
  );
}

export const wideTraining: Claim = {
  name: "wide-training",
  item: "C9",
  description:
    "trained in the scaling n^(-1/2) each neuron moves by O(n^(-1/2)), in mean-field scaling by O(1), and there outputs scatter about their limit by O(n^(-1/2))",
  sources: ["Mei, Montanari, Nguyen 2018", "Jacot, Gabriel, Hongler 2018"],
  compare() {
    const draws = 80;
    const runs = new Map(sizes.map((n) => [n, train(n, "mean-field", draws)]));
    return [
      measuredMean(
        "exponent of a neuron's way, tangent scaling",
        -0.5,
        exponent((n) => meanOf(train(n, "tangent", draws).moved)),
        0.2,
      ),
      measuredMean(
        "exponent of a neuron's way, mean-field scaling",
        0,
        exponent((n) => meanOf(runs.get(n)!.moved)),
        0.2,
      ),
      measuredMean(
        "exponent of the outputs' scatter, mean-field scaling",
        -0.5,
        exponent((n) => {
          const { outputs } = runs.get(n)!;
          const deviation = meanOf(outputs).error * Math.sqrt(draws);
          return { value: deviation, error: deviation / Math.sqrt(2 * (draws - 1)) };
        }),
        0.2,
      ),
    ];
  },
};
