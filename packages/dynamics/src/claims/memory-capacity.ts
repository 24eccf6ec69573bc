import { constant, evaluate, mul, scalarMath, type Tensor } from "#engine";
import { lambertW } from "../core/lambert-w.js";
import { delay } from "../flow/delay.js";
import { delayed } from "../flow/delayed.js";
import { firstSignChange, specialSolution } from "../flow/pure-delay.js";
import { exact, type Claim } from "./claim.js";

/** x of x' = -s x(t - 1) with the past 1, by the method of steps. */
const solution = (s: number, times: readonly number[]): Float64Array =>
  Float64Array.from(
    evaluate(() =>
      delayed({
        field: (_x: Tensor, [y]: readonly Tensor[]) => mul(-s, y!),
        lags: [1],
        history: () => constant([1]),
        until: times.at(-1)!,
        steps: 40,
      }).at(times),
    )[0]!,
  );

export const memoryCapacity: Claim = {
  name: "memory-capacity",
  item: "A9",
  description:
    "x' = -K x(t - tau) follows special solutions and keeps signs while K tau e < 1; above it changes the sign, and K tau = 2 makes -x of x in the time tau",
  sources: ["Kuehn, Kuntz 2025", "Corless, Gonnet, Hare, Jeffrey, Knuth 1996"],
  compare() {
    const strength = 0.3;
    const [rate, deviation] = [lambertW(0, -strength).re, lambertW(-1, -strength).re];
    const late = solution(strength, [14])[0]!;
    const { amplitude } = specialSolution(-strength, 1);
    const times = [6, 7];
    const off = solution(strength, times).map((x, i) => x - amplitude * scalarMath.exp(rate * times[i]!));
    const turn = delay({ field: (_x, [y]) => mul(-2, y!), lags: [1], history: [0.37] });
    turn.step();
    const excess = 1e-6;
    return [
      // The deviation is exp(-18) by then, the rest the solver's.
      exact(
        "amplitude of the special solution at K tau = 0.3",
        scalarMath.exp(rate) / (1 + rate),
        late * scalarMath.exp(-rate * 14),
        1e-7,
      ),
      {
        // Of the roots after the second less than a thousandth is left.
        ...exact("rate of the deviation from it: W_(-1)", deviation, scalarMath.log(off[1]! / off[0]!), 1e-3),
        resolution: 0.01,
      },
      ...[0.6, 0.8].map((s) =>
        // On the second interval x = 1 - s t + s^2 (t - 1)^2 / 2.
        exact(`first change of sign at K tau = ${s}`, 1 + (1 - Math.sqrt(2 * s - 1)) / s, firstSignChange(s), 1e-9),
      ),
      {
        ...exact(
          "sqrt(K tau e - 1) times the time of it, near 1 / e",
          Math.PI / Math.SQRT2,
          Math.sqrt(excess) * (firstSignChange((1 + excess) / Math.E) + 4 / 3),
          1e-4,
        ),
        resolution: 1e-3,
      },
      exact("x = 0.37 after the time tau at K tau = 2", -0.37, turn.present[0]!, 1e-12),
    ];
  },
};
