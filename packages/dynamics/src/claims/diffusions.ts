import { constant, mul, scalarMath, type Tensor } from "#engine";
import { lyapunov } from "../analysis/lyapunov.js";
import { diffusion } from "../flow/diffusion.js";
import { stochasticHeun } from "../flow/schemes.js";
import { measuredMean, type Claim } from "./claim.js";

const COPIES = 4000;

/** Mean over the copies, and their variance, with standard errors for normal copies. */
function moments(x: Float64Array): { mean: { value: number; error: number }; variance: { value: number; error: number } } {
  const n = x.length;
  const mean = x.reduce((s, v) => s + v, 0) / n;
  const variance = x.reduce((s, v) => s + (v - mean) * (v - mean), 0) / (n - 1);
  return {
    mean: { value: mean, error: Math.sqrt(variance / n) },
    variance: { value: variance, error: variance * Math.sqrt(2 / n) },
  };
}

export const diffusions: Claim = {
  name: "linear-stochastic-equations",
  item: "F12",
  description:
    "dX = mu X dt + sigma X dW grows like mu in the mean and like mu - sigma^2 / 2 almost surely (mu for Stratonovich's integral); dX = -a X dt + sigma dW has the variance sigma^2 (1 - exp(-2 a t)) / (2 a)",
  sources: ["Kloeden, Platen 1992", "Uhlenbeck, Ornstein 1930"],
  compare() {
    const [mu, sigma] = [0.3, 0.8];
    const h = 1 / 64;
    const linear = {
      drift: (x: Tensor) => mul(mu, x),
      diffusion: (x: Tensor) => mul(sigma, x),
      initial: [1],
      dt: h,
    };
    const exponent = (system: ReturnType<typeof diffusion>): { value: number; error: number } => {
      const { value, error } = lyapunov(system, { steps: 40_000, transient: 0 });
      return { value: value[0]!, error: error[0]! };
    };
    // The mean of log(1 + mu h + sigma dW) / h is off by this times h, to leading order.
    const bias = Math.abs(-0.5 * mu * mu + mu * sigma * sigma - 0.75 * sigma * sigma * sigma * sigma);
    const many = diffusion({ ...linear, dt: 1, level: 6, seed: 12 }).batch(COPIES, { noise: "own" });
    many.step();
    const grown = scalarMath.exp(mu);
    const [a, s, start, t, level] = [1.3, 0.7, 2, 1, 7];
    const steps = 2 ** level;
    const pull = diffusion({
      drift: (x) => mul(-a, x),
      diffusion: () => constant([s]),
      initial: [start],
      dt: t,
      level,
      seed: 11,
    }).batch(COPIES, { noise: "own" });
    pull.step();
    const found = moments(pull.state);
    const mean = start * scalarMath.exp(-a * t);
    const variance = ((s * s) / (2 * a)) * (1 - scalarMath.exp(-2 * a * t));
    // What Euler's recursion with the factor r has in place of them.
    const r = 1 - (a * t) / steps;
    const power = scalarMath.pow(r, steps);
    const recursion = (s * s * (t / steps) * (1 - power * power)) / (1 - r * r);
    return [
      {
        ...measuredMean("mean at t = 1, Ito", grown, moments(many.state).mean, 0.1),
        predictedError: grown - scalarMath.pow(1 + mu / 64, 64),
      },
      {
        ...measuredMean("almost sure exponent, Ito", mu - 0.5 * sigma * sigma, exponent(diffusion(linear)), 0.15),
        predictedError: 2 * bias * h,
      },
      {
        ...measuredMean(
          "almost sure exponent, Stratonovich",
          mu,
          exponent(diffusion({ ...linear, scheme: stochasticHeun })),
          0.15,
        ),
        predictedError: h,
      },
      {
        ...measuredMean("mean of Ornstein and Uhlenbeck's process at t = 1", mean, found.mean, 0.03),
        predictedError: start * (scalarMath.exp(-a * t) - power),
      },
      { ...measuredMean("its variance", variance, found.variance, 0.03), predictedError: 1.01 * Math.abs(recursion - variance) },
    ];
  },
};
