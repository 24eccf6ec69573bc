import { cos, evaluate, mul, reshape, scalarMath, type Tensor } from "#engine";
import { delayed } from "../flow/delayed.js";
import { specialSolution } from "../flow/pure-delay.js";
import { exact, type Claim } from "./claim.js";

/** W_0(s) by the series of Lagrange, sum of (-n)^(n - 1) s^n / n!. */
function series(s: number): number {
  let total = 0;
  for (let n = 1; n <= 40; n++) {
    let term = s;
    for (let k = 2; k <= n; k++) term *= (-n * s) / k;
    total += term;
  }
  return total;
}

/** The rate at which x' = a x(t - tau) changes after the past cos t has been forgotten. */
function fitted(a: number, tau: number, start: number): number {
  const times = [start * tau, (start + 2) * tau];
  const [x, later] = evaluate(() =>
    delayed({
      field: (_x: Tensor, [y]: readonly Tensor[]) => mul(a, y!),
      lags: [tau],
      history: (t: Tensor) => reshape(cos(t), [1]),
      until: times[1]!,
      steps: 60,
    }).at(times),
  )[0]!;
  return scalarMath.log(later! / x!) / (2 * tau);
}

export const specialSolutions: Claim = {
  name: "special-solutions",
  item: "A10",
  description:
    "for small K tau a delay equation is a differential equation on its special solutions: x' = a x(t - tau) becomes y' = W_0(a tau) y / tau",
  sources: ["Kuehn, Kuntz 2025", "Corless, Gonnet, Hare, Jeffrey, Knuth 1996"],
  compare: () => [
    ...(
      [
        [-0.2, 1, 14],
        [0.25, 0.6, 12],
      ] as const
    ).map(([a, tau, start]) =>
      exact(`rate of the solution, a = ${a}, tau = ${tau}`, series(a * tau) / tau, fitted(a, tau, start), 1e-8),
    ),
    ...[0.15, -0.15].map((s) =>
      exact(`rate of the special solution, a tau = ${s}`, series(s), specialSolution(s, 1).rate, 1e-13),
    ),
  ],
};
