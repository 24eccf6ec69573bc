import { evaluate, scalarMath, type Tensor } from "#engine";
import { neuralOde } from "../networks/neural-ode.js";
import { resnet } from "../networks/resnet.js";
import type { Architecture } from "../networks/architecture.js";
import { exact, type Claim } from "./claim.js";

/** dh/dt = tanh h as the field of a network: weights 1, biases 0. */
const theta = [1, 0, 1, 0];
const end = (network: Architecture, h: number): number =>
  evaluate((p: Tensor, x: Tensor) => network.apply(p, x), { data: theta }, { data: [h], shape: [1, 1] })[0]![0]!;
const shared = (depth: number, horizon: number): Architecture =>
  resnet({ widths: [1, 1, 1], depth, horizon, shared: true, readout: "identity" });

/** sinh h(t) = exp(t) sinh h(0). */
function flowed(h: number, t: number): number {
  const s = 0.5 * scalarMath.exp(t) * (scalarMath.exp(h) - scalarMath.exp(-h));
  return scalarMath.log(s + Math.sqrt(s * s + 1));
}

export const residualLimit: Claim = {
  name: "residual-limit",
  item: "A7",
  description:
    "a residual network with shared weights is Euler's method for its neural ODE: depth times its error tends to a constant",
  sources: ["Haber, Ruthotto 2017"],
  compare: () => [
    ...(
      [
        [1, 1],
        [0.3, 2],
      ] as const
    ).map(([h, horizon]) => {
      // E' = f' E - f' f / 2 along the solution: E = -f(h(T)) log(f(h(T)) / f(h(0))) / 2, and steps are T / L long.
      const last = scalarMath.tanh(flowed(h, horizon));
      const predicted = -0.5 * horizon * last * scalarMath.log(last / scalarMath.tanh(h));
      const scaled = (depth: number): number => depth * (end(shared(depth, horizon), h) - flowed(h, horizon));
      const [a, b, c] = [scaled(80), scaled(160), scaled(320)];
      // The next power of 1 / depth removed; the rest falls by 4 each time.
      const [coarse, fine] = [2 * b - a, 2 * c - b];
      return {
        ...exact(`depth * error from ${h} to T = ${horizon}`, predicted, fine, Math.abs(fine - coarse)),
        resolution: 0.01,
      };
    }),
    exact(
      "40 layers and 40 steps of Euler: their difference",
      0,
      end(shared(40, 1), 0.7) - end(neuralOde({ widths: [1, 1, 1], steps: 40, solver: "euler", readout: "identity" }), 0.7),
      0,
    ),
  ],
};
