import { abs, add, compile, mul, reshape, scalarMath, type Tensor } from "#engine";
import { delay } from "../flow/delay.js";
import { delayed } from "../flow/delayed.js";
import { pureDelay } from "../flow/pure-delay.js";
import { rk4 } from "../flow/solvers/rk4.js";
import { exact, type Claim } from "./claim.js";

const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1));

/** The sum over k <= s of (-1)^k (s - k)^k / k!, the smallest terms first. */
function series(s: number): number {
  let sum = 0;
  for (let k = Math.floor(s); k >= 0; k--) sum += ((k % 2 === 0 ? 1 : -1) * (s - k) ** k) / factorial(k);
  return sum;
}

export const delaySolutions: Claim = {
  name: "exact-solutions-with-a-delay",
  item: "F11",
  description:
    "x' = -x(t - 1) is a polynomial between whole times: the sum of (-1)^k (t - k)^k / k! after a jump from 0 to 1, the same a unit later from the past 1; a kink of the past off the mesh leaves the order 2",
  sources: ["Bellman, Cooke 1963", "Bellen, Zennaro 2003"],
  compare() {
    const field = (_x: unknown, [y]: readonly Tensor[]): Tensor => mul(-1, y!);
    const after = (steps: number, past: number, initial: number): number => {
      const system = delay({ field, lags: [1], history: [past], initial: [initial] });
      system.step(steps);
      return system.present[0]!;
    };
    const aligned = delay({ field, lags: [1], history: [1], steps: 1, solver: rk4 });
    aligned.step(4);
    // x' = -x(t - 1) with the past |t + c|: x(1) = c - (c^2 + (1 - c)^2) / 2.
    const c = 0.4;
    const [coarse, fine] = [16, 64].map((steps) => {
      const history = (t: Tensor): Tensor => reshape(abs(add(t, c)), [1]);
      const program = compile(() => [delayed({ field, lags: [1], history, until: 1, steps, solver: rk4 }).present], []);
      program.run();
      return Math.abs(program.outputs[0]![0]! - (c - 0.5 * (c * c + (1 - c) * (1 - c))));
    }) as [number, number];
    return [
      exact("x(7) after a jump from 0 to 1", series(7), after(7, 0, 1), 1e-10),
      exact("x(7) from the past 1", series(8), after(7, 1, 1), 1e-10),
      exact("x(6.3) from the past 1, by the closed form", series(7.3), pureDelay(-1, 1, 6.3), 1e-12),
      exact("x(4) by one step of RK4 a delay", series(5), aligned.present[0]!, 1e-14),
      exact("order with a kink at two fifths of a step", 2, scalarMath.log(coarse / fine) / scalarMath.log(4), 1e-6),
    ];
  },
};
