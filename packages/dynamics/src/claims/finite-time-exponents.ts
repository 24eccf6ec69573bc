import { constant, mul, reshape, scalarMath, sub, type Tensor } from "#engine";
import { finiteTimeExponents } from "../analysis/finite-time-exponents.js";
import { determinant } from "../core/dense-general.js";
import { fillNormal, random } from "../core/random.js";
import { map } from "../core/map.js";
import type { Architecture } from "../networks/architecture.js";
import { mlp } from "../networks/mlp.js";
import { exact, type Claim } from "./claim.js";

const [units, layers] = [4, 3];
const widths = new Array<number>(layers + 1).fill(units);
const starts = fillNormal(new Float64Array(units * 20), random(1));
const exponents = (net: Architecture, theta: Float64Array): Float64Array =>
  finiteTimeExponents(
    { f: (x: Tensor) => reshape(net.apply(constant(theta), reshape(x, [1, units])), [units]), dim: units },
    { starts, steps: layers, k: units },
  ).value;
const farthest = (values: Float64Array, from: number): number => values.reduce((m, x) => Math.max(m, Math.abs(x - from)), 0);

export const finiteTime: Claim = {
  name: "finite-time-exponents",
  item: "A15",
  description:
    "the finite-time exponents of a linear network are the same at every input, log sigma_i of its matrix per layer; those of x' = 4 x (1 - x) are not",
  sources: ["Storm, Linander, Bec, Gustavsson, Mehlig 2024", "Ott 2002"],
  compare() {
    const gain = 1.7;
    const turning = mlp({ widths, activation: "identity", init: { weights: "orthogonal", gain, biasDeviation: 1 } });
    const mixed = mlp({ widths, activation: "identity", init: { biasDeviation: 1 } });
    const theta = mixed.initial(2);
    const volume = mixed.layout
      .filter((p) => p.shape.length === 2)
      .reduce((s, p) => s + scalarMath.log(Math.abs(determinant(theta.slice(p.offset, p.offset + units * units), units))), 0);
    const found = exponents(mixed, theta);
    const sums = Float64Array.from({ length: found.length / units }, (_, i) =>
      found.slice(i * units, (i + 1) * units).reduce((a, b) => a + b),
    );
    // x = sin^2 u doubles u: after T steps the derivative is 2^T sin(2^(T + 1) u) / sin(2 u).
    const [u, steps] = [0.3, 10];
    const sine = scalarMath.sin(u);
    const logistic = finiteTimeExponents(map({ f: (x) => mul(mul(4, x), sub(1, x)), initial: [0.5] }), {
      starts: [sine * sine],
      steps,
    });
    const ratio = scalarMath.sin(2 ** (steps + 1) * u) / scalarMath.sin(2 * u);
    return [
      exact(
        "orthogonal weights: largest distance from the logarithm of their gain",
        0,
        farthest(exponents(turning, turning.initial(1)), scalarMath.log(gain)),
        1e-13,
      ),
      exact("other weights: sum over exponents, log |det| per layer", volume / layers, sums[0]!, 1e-12),
      exact("other weights: largest difference of it between inputs", 0, farthest(sums, sums[0]!), 1e-12),
      // The angle's rounding has grown by 2^11.
      exact("x' = 4 x (1 - x), 10 steps", scalarMath.log(2) + scalarMath.log(Math.abs(ratio)) / steps, logistic.value[0]!, 1e-10),
    ];
  },
};
