import { compile, concat, constant, erf, reshape, vmap, type Tensor } from "#engine";
import { angle } from "../core/angle.js";
import { fillNormal, random } from "../core/random.js";
import { wideNetwork } from "../limits/wide-network.js";
import { measuredMean, type Claim } from "./claim.js";
import { meanOf } from "./mean-of.js";

const x = [0.7, -1.1];
const draws = 4000;

/** Squared outputs and tangent kernels at x of networks of n neurons. */
function drawn(n: number): { squares: Float64Array; kernels: Float64Array } {
  const network = wideNetwork({ neurons: n, inputs: 2, activation: erf });
  const at = constant(x, [1, 2]);
  const each = (p: Tensor): Tensor[] => [concat([reshape(network.output(p, at), [1]), reshape(network.kernel(p, at), [1])])];
  const program = compile((table) => vmap(each)(table!), [{ shape: [draws, 3 * n] }]);
  fillNormal(program.inputs[0]!, random(3, n));
  program.run();
  const found = program.outputs[0]!;
  return {
    squares: Float64Array.from({ length: draws }, (_, d) => found[2 * d]! * found[2 * d]!),
    kernels: Float64Array.from({ length: draws }, (_, d) => found[2 * d + 1]!),
  };
}

export const wideNetworks: Claim = {
  name: "wide-networks",
  item: "C9",
  description:
    "the output of n independent neurons has the variance Var_1 / n, and the tangent kernel the same mean at every width, for erf both in closed form",
  sources: ["Williams 1998", "Mei, Montanari, Nguyen 2018", "Jacot, Gabriel, Hongler 2018"],
  compare() {
    // Sums are normal with variance s. E erf^2 = (2 / pi) asin(2 s / (1 + 2 s)), E erf'^2 = (4 / pi) / sqrt(1 + 4 s); output weights are standard normal.
    const s = x[0]! * x[0]! + x[1]! * x[1]!;
    const one = (2 / Math.PI) * angle(2 * s, Math.sqrt(1 + 4 * s));
    const kernel = one + (s * (4 / Math.PI)) / Math.sqrt(1 + 4 * s);
    return [4, 16].flatMap((n) => {
      const { squares, kernels } = drawn(n);
      return [
        measuredMean(`variance of the output, n = ${n}`, one / n, meanOf(squares), 0.15 * (one / n)),
        measuredMean(`mean of the tangent kernel, n = ${n}`, kernel, meanOf(kernels), 0.1 * kernel),
      ];
    });
  },
};
