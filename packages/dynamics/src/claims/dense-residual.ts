import { evaluate, type Tensor } from "#engine";
import { pureDelay } from "../flow/pure-delay.js";
import type { Architecture } from "../networks/architecture.js";
import { denseResnet } from "../networks/dense-resnet.js";
import { exact, type Claim } from "./claim.js";

/** Layer k + 1: h_k - h_(k-r) / r, up to the time t: x' = -x(t - 1) in layers. */
export const reversing = (r: number, t: number): Architecture =>
  denseResnet({
    widths: [1, 1],
    bias: false,
    depth: t * r,
    memory: r,
    shortcuts: 1,
    horizon: t,
    shared: true,
    readout: "identity",
  });

/** What it makes of 1. */
function output(r: number, t: number): number {
  const network = reversing(r, t);
  return evaluate((p: Tensor, x: Tensor) => network.apply(p, x), { data: [0, -1] }, { data: [1], shape: [1, 1] })[0]![0]!;
}

/** The sum over j of binomial(n - (j - 1) r, j) (-1 / r)^j: each difference shifts the binomial by r + 1. */
function layered(r: number, n: number): number {
  let total = 1;
  for (let j = 1; n - (j - 1) * r >= j; j++) {
    let term = 1;
    for (let i = 0; i < j; i++) term *= -(n - (j - 1) * r - i) / ((i + 1) * r);
    total += term;
  }
  return total;
}

export const denseResidual: Claim = {
  name: "dense-residual-limit",
  item: "A8",
  description:
    "a residual network whose layers see the one r layers before is Euler's method for a delay equation, with an error of order 1 in 1 / r",
  sources: ["Kuehn, Kuntz 2025", "Bellman, Cooke 1963"],
  compare() {
    const scaled = (r: number, t: number): number => r * (output(r, t) - pureDelay(-1, 1, t));
    return [
      exact("x' = -x(t - 1), r = 20, t = 3: the binomial sum", layered(20, 60), output(20, 3), 1e-13),
      exact("x' = -x(t - 1), r = 16, t = 5: the binomial sum", layered(16, 80), output(16, 5), 1e-13),
      // E' = -E(t - 1) - x''/2 with x'' = 0 up to 1, x(t - 2) after, piece by piece: E(2) = -1/2, E(4) = 1/4.
      ...(
        [
          [2, -0.5],
          [4, 0.25],
        ] as const
      ).map(([t, predicted]) => {
        const [a, b, c] = [scaled(16, t), scaled(32, t), scaled(64, t)];
        const [coarse, fine] = [2 * b - a, 2 * c - b];
        return { ...exact(`r * error at t = ${t}, r large`, predicted, fine, Math.abs(fine - coarse) + 1e-11), resolution: 0.02 };
      }),
    ];
  },
};
