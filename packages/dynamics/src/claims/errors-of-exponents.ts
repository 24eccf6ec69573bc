import { at, mul, scalarMath, stack, sub, type Tensor } from "#engine";
import { batchMeans } from "../analysis/batch-means.js";
import { lyapunov } from "../analysis/lyapunov.js";
import { map } from "../core/map.js";
import { random } from "../core/random.js";
import { exact, measuredMean, type Claim, type Comparison } from "./claim.js";

const SERIES = 60;
const LENGTH = 10_000;
const BATCHES = 20;

export const errorsOfExponents: Claim = {
  name: "errors-of-exponents",
  item: "F14",
  description:
    "batch means give a correlated series, x' = rho x + noise, the standard error 1 / ((1 - rho) sqrt n); along any orbit the exponents add up to the mean of log |det|",
  sources: ["Schmeiser 1982", "Benettin, Galgani, Giorgilli, Strelcyn 1980"],
  compare() {
    const calibration = (rho: number, seed: number): Comparison => {
      // The variance of the mean of a stationary series of n.
      const variance =
        ((LENGTH * (1 + rho)) / (1 - rho) - (2 * rho) / ((1 - rho) * (1 - rho))) / (LENGTH * LENGTH * (1 - rho * rho));
      const stream = random(seed);
      // The law of the noise does not matter, its variance 1 does.
      const noise = (): number => Math.sqrt(12) * (stream.uniform() - 0.5);
      const x = Float64Array.from({ length: SERIES }, () => noise() / Math.sqrt(1 - rho * rho));
      const means = batchMeans(SERIES, BATCHES);
      for (let t = 0; t < LENGTH; t++) {
        means.push(x, 1);
        for (let i = 0; i < SERIES; i++) x[i] = rho * x[i]! + noise();
      }
      const ratios = means.result().error.map((e) => (e * e) / variance);
      const value = ratios.reduce((s, v) => s + v, 0) / SERIES;
      const squares = ratios.reduce((s, v) => s + (v - value) * (v - value), 0);
      const error = Math.sqrt(squares / (SERIES * (SERIES - 1)));
      return {
        ...measuredMean(`square of the error by batch means over that of theory, rho = ${rho}`, 1, { value, error }, 0.3),
        // What neighbouring batches of the least length share.
        predictedError: (4 * BATCHES * rho) / ((1 - rho * rho) * LENGTH),
      };
    };
    // The delayed logistic map, x' = y, y' = a y (1 - x), has the determinant a y.
    const a = 2.27;
    const make = () =>
      map({
        f: (s: Tensor) => stack([at(s, 1), mul(a, mul(at(s, 1), sub(1, at(s, 0))))]),
        initial: [0.5, 0.6],
      });
    const steps = 4000;
    const run = make();
    run.step(steps / 10);
    let logs = 0;
    for (let t = 0; t < steps; t++) {
      logs += scalarMath.log(Math.abs(a * run.state[1]!));
      run.step();
    }
    return [
      calibration(0, 8),
      calibration(0.9, 9),
      exact("sum of the exponents of the delayed logistic map", logs / steps, lyapunov(make(), { k: 2, steps }).sum.value, 1e-9),
    ];
  },
};
