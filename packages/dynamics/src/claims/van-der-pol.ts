import { at, concat, mul, reshape, scalarMath, square, stack, sub, type Tensor } from "#engine";
import { lyapunov } from "../analysis/lyapunov.js";
import { poincareMap } from "../derived/poincare-map.js";
import { adaptive } from "../flow/controllers.js";
import type { Solver } from "../flow/solver.js";
import { rodas5p } from "../flow/solvers/rodas5p.js";
import { tsit5 } from "../flow/solvers/tsit5.js";
import type { Claim, Comparison } from "./claim.js";

/** x'' = mu (1 - x^2) x' - x. */
const field =
  (mu: number) =>
  (s: Tensor): Tensor =>
    stack([at(s, 1), sub(mul(mu, mul(sub(1, square(at(s, 0))), at(s, 1))), at(s, 0))]);

/** The cycle from one left turning point to the next, after so many rounds. */
function cycle(mu: number, rounds: number, solver: Solver, rtol: number): { period: number; amplitude: number } {
  const map = poincareMap({
    field: field(mu),
    initial: [2, 0],
    event: (s) => at(s, 1),
    solver,
    controller: adaptive({ rtol, atol: 0.01 * rtol }),
  });
  map.step(rounds);
  return { period: map.observables["duration"]![0]!, amplitude: -map.state[0]! };
}

const about = (
  what: string,
  predicted: number,
  predictedError: number,
  measured: number,
  error: number,
  resolution: number,
): Comparison => ({
  what,
  predicted,
  predictedError,
  measured,
  error,
  bars: "bound",
  resolution,
});

export const vanDerPol: Claim = {
  name: "van-der-pol-cycle",
  item: "F2",
  description:
    "van der Pol's cycle has the frequency 1 - mu^2 / 16 + 17 mu^4 / 3072 + 35 mu^6 / 884736 and the amplitude 2 + mu^2 / 96 for small mu, the period (3 - 2 log 2) mu + 7.0143 mu^(-1/3) for large mu",
  sources: ["Andersen, Geer 1982", "Dorodnicyn 1947", "Hartman 1964"],
  compare() {
    const [small, large] = [0.3, 60];
    const m = small * small;
    const weak = cycle(small, 18, tsit5, 1e-10);
    const strong = cycle(large, 2, rodas5p, 1e-7);
    // Liouville: the multiplier is exp of the integral of the divergence mu (1 - x^2) over the cycle, a third component here.
    const mu = 1;
    const rounds = 4;
    const along = poincareMap({
      field: (s) => concat([field(mu)(s), reshape(mul(mu, sub(1, square(at(s, 0)))), [1])]),
      initial: [2, 0, 0],
      event: (s) => at(s, 1),
    });
    along.step(rounds);
    const before = along.state[2]!;
    along.step();
    const exponent = lyapunov(poincareMap({ field: field(mu), initial: [2, 0], event: (s) => at(s, 1) }), {
      steps: 4,
      transient: rounds,
      batches: 2,
    });
    return [
      // What the series leave out is of the order mu^8 and mu^6, with coefficients of 1e-4 and 2e-5.
      about(
        "period at mu = 0.3",
        (2 * Math.PI) / (1 - m / 16 + (17 * m * m) / 3072 + (35 * m * m * m) / 884_736),
        (2 * Math.PI * m * m * m * m) / 2000,
        weak.period,
        1e-8,
        1e-6,
      ),
      about("amplitude at mu = 0.3", 2 + m / 96 - (1033 * m * m) / 552_960, (m * m * m) / 10_000, weak.amplitude, 1e-8, 1e-6),
      // The next terms are -(2 / 3) log mu / mu and -1.3 / mu; 2.338107410 is the first zero of Airy's function.
      about(
        "period at mu = 60",
        (3 - 2 * Math.LN2) * large + 3 * 2.33810741 * scalarMath.pow(large, -1 / 3),
        ((2 / 3) * scalarMath.log(large) + 2) / large,
        strong.period,
        1e-3,
        0.05,
      ),
      about("logarithm of the multiplier at mu = 1", along.state[2]! - before, 1e-7, exponent.value[0]!, 1e-6, 1e-4),
    ];
  },
};
