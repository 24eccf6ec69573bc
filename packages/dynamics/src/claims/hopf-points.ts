import { add, at, constant, mul, scalarMath, stack, sub, type Tensor } from "#engine";
import { continuation } from "../analysis/continuation.js";
import type { Evolution } from "../analysis/fixed-points.js";
import type { Family } from "../analysis/periodic-orbit.js";
import { map } from "../core/map.js";
import { adaptive } from "../flow/controllers.js";
import { poincareMap } from "../derived/poincare-map.js";
import { exact, type Claim } from "./claim.js";

const square = (s: Tensor): Tensor => add(mul(at(s, 0), at(s, 0)), mul(at(s, 1), at(s, 1)));

/** r' = mu r - r^3, angle' = 1. */
const hopf: Family = (s, mu) => {
  const [x, y, r] = [at(s, 0), at(s, 1), square(s)];
  return stack([sub(sub(mul(mu, x), y), mul(r, x)), sub(add(x, mul(mu, y)), mul(r, y))]);
};

const ANGLE = 0.7;
const [COSINE, SINE] = [scalarMath.cos(ANGLE), scalarMath.sin(ANGLE)];

/** z -> e^(i angle) z (1 + mu - |z|^2). */
const circle: Family = (s, mu) => {
  const [x, y] = [at(s, 0), at(s, 1)];
  const factor = sub(add(1, mu), square(s));
  return stack([mul(factor, sub(mul(COSINE, x), mul(SINE, y))), mul(factor, add(mul(SINE, x), mul(COSINE, y)))]);
};

/** X' = A - (B + 1) X + X^2 Y, Y' = B X - X^2 Y. */
const brusselator =
  (a: number): Family =>
  (s, b) => {
    const [x, y] = [at(s, 0), at(s, 1)];
    const reaction = mul(mul(x, x), y);
    return stack([add(sub(a, mul(add(b, 1), x)), reaction), sub(mul(b, x), reaction)]);
  };

/** x' = y, y' = a y (1 - x). */
const delayedLogistic: Family = (s, a) => stack([at(s, 1), mul(a, mul(at(s, 1), sub(1, at(s, 0))))]);

export const hopfPoints: Claim = {
  name: "hopf-and-neimark-sacker",
  item: "F13",
  description:
    "r' = mu r - r^3 begins to turn at mu = 0 in a cycle of radius sqrt mu, the Brusselator at B = 1 + A^2 with frequency A; maps shed closed curves, the delayed logistic one at a = 2 with angle pi / 3",
  sources: ["Kuznetsov 2004, sections 3.4 and 4.7", "Prigogine, Lefever 1968"],
  compare() {
    const first = (f: Family, kind: Evolution, start: number[], parameter: number, range: [number, number]) =>
      continuation({ f, kind, start, parameter, range }).bifurcations[0]!;
    const [mu, a] = [0.16, 1.3];
    const cycle = poincareMap({
      field: (s) => hopf(s, constant(mu)),
      initial: [0.3, 0],
      event: (s) => at(s, 1),
      controller: adaptive({ rtol: 1e-10, atol: 1e-12 }),
    });
    cycle.step(20);
    const curve = map({ f: (s) => circle(s, constant(mu)), initial: [0.3, 0] });
    curve.step(400);
    const [x, y] = [curve.state[0]!, curve.state[1]!];
    const normal = first(hopf, "flow", [0, 0], -1, [-1, 1.3]);
    const shed = first(circle, "map", [0, 0], -0.5, [-0.5, 0.7]);
    const oscillation = first(brusselator(a), "flow", [a, 0.5 / a], 0.5, [0.5, 6]);
    const logistic = first(delayedLogistic, "map", [0.3, 0.3], 1.5, [1.2, 2.2]);
    return [
      exact("radius foretold at mu = 0.16, from the coefficient", 0.4, normal.amplitude(mu), 1e-12),
      exact("radius of the cycle at mu = 0.16", 0.4, cycle.state[0]!, 1e-8),
      exact("period of the cycle", 2 * Math.PI, cycle.observables["duration"]![0]!, 1e-8),
      exact("Hopf point of the Brusselator, A = 1.3", 1 + a * a, oscillation.parameter, oscillation.error + 1e-12),
      exact("its frequency", a, oscillation.frequency, 1e-11),
      exact("radius of the map's curve foretold at mu = 0.16", 0.4, shed.amplitude(mu), 1e-12),
      exact("radius of the map's curve at mu = 0.16", 0.4, Math.sqrt(x * x + y * y), 1e-12),
      exact("birth of the delayed logistic map's curve", 2, logistic.parameter, logistic.error + 1e-12),
      exact("its angle", Math.PI / 3, logistic.frequency, 1e-11),
    ];
  },
};
