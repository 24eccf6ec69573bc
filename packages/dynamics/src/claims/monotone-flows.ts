import { at, evaluate, mul, stack, sub, type Tensor } from "#engine";
import { monotoneObstruction } from "../analysis/monotone-obstruction.js";
import { integrate } from "../flow/integrate.js";
import { rk4 } from "../flow/solvers/rk4.js";
import { exact, type Claim } from "./claim.js";

const turn = (h: Tensor): Tensor => mul(Math.PI, stack([mul(-1, at(h, 1)), at(h, 0)]));
/** Both units after n steps of RK4 from (1, 0). */
const turned = (n: number): Float64Array =>
  evaluate(integrate(turn, { solver: rk4, steps: n }), { data: [1, 0] })[0]! as Float64Array;

/** The same by the stability function of RK4, R(z)^n for z = i pi / n. */
function powers(n: number): readonly [number, number] {
  const z = Math.PI / n;
  const [re, im] = [1 - (z * z) / 2 + (z * z * z * z) / 24, z - (z * z * z) / 6];
  let [u, v] = [1, 0];
  for (let k = 0; k < n; k++) [u, v] = [re * u - im * v, re * v + im * u];
  return [u, v];
}

export const monotoneFlows: Claim = {
  name: "monotone-flows",
  item: "A2",
  description:
    "maps of scalar flows rise, so none comes nearer to a function than half of its largest fall; a second unit lifts that: -x is half a turn",
  sources: ["Ubhaya 1974", "Kuehn, Kuntz 2023"],
  compare() {
    // x^3 - c x falls by 4 (c / 3)^(3/2) between its extrema.
    const c = 1.4;
    const third = Math.sqrt(c / 3);
    const cubic = monotoneObstruction((x) => sub(mul(x, mul(x, x)), mul(c, x)), { from: -1.2, to: 1.2, direction: "increasing" });
    const parabola = monotoneObstruction((x) => mul(x, x), { from: -1, to: 1 });
    const [u, v] = turned(20);
    const [re, im] = powers(20);
    // The constant of the order 5 in u, the next power of 1/n removed; so much changes from one pair of steps to the next.
    const scaled = (n: number): number => (turned(n)[0]! + 1) * n * n * n * n * n;
    const [a, b] = [2 * scaled(40) - scaled(20), 2 * scaled(80) - scaled(40)];
    return [
      exact(
        "least error of a rising function for x^3 - 1.4 x on [-1.2, 1.2]",
        2 * third * third * third,
        cubic.value,
        cubic.error,
      ),
      exact("least error of a monotone function for x^2 on [-1, 1]", 0.5, parabola.value, parabola.error),
      exact("-x by half a turn, 20 steps of RK4: u", re, u!, 1e-14),
      exact("-x by half a turn, 20 steps of RK4: v", im, v!, 1e-14),
      {
        ...exact("(u + 1) n^5 for many steps: pi^6 / 144", Math.PI ** 6 / 144, b, Math.abs(b - a)),
        resolution: 0.2,
      },
    ];
  },
};
