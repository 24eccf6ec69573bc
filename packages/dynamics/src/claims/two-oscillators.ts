import { flow } from "../flow/flow.js";
import { angle } from "../core/angle.js";
import { allToAll } from "../limits/coupling-matrix.js";
import { kuramotoField } from "../limits/kuramoto.js";
import { twoOscillators as pair } from "../limits/two-oscillators.js";
import { exact, type Claim } from "./claim.js";
import { precise } from "./precise.js";

/** The phase difference after a time, by the flow of both. */
function difference(detuning: number, coupling: number, time: number): number {
  const field = kuramotoField({ graph: allToAll(2), frequencies: [0, detuning], coupling });
  const system = flow({ field, initial: [0, 0], dt: time, ...precise });
  system.step();
  return system.state[1]! - system.state[0]!;
}

export const twoOscillators: Claim = {
  name: "two-oscillators",
  item: "C3",
  description:
    "two oscillators lock at asin(delta / K) while |delta| <= K; beyond, their phases part by a turn in the time 2 pi / sqrt(delta^2 - K^2)",
  sources: ["Adler 1946"],
  compare: () => [
    exact("phase difference at delta = 0.9, K = 1.5", angle(0.6, 0.8), difference(0.9, 1.5, 40), 1e-10),
    exact(
      "turn within the period at delta = 5, K = 4",
      2 * Math.PI,
      difference(5, 4, pair({ detuning: 5, coupling: 4 }).period),
      1e-9,
    ),
    exact(
      "turn within 2 pi / sqrt(delta^2 - K^2) close to locking, delta = 1.02",
      2 * Math.PI,
      difference(1.02, 1, (2 * Math.PI) / Math.sqrt(1.02 * 1.02 - 1)),
      1e-8,
    ),
  ],
};
