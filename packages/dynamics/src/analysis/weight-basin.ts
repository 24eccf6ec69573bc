import { add, compile, constant, eq, mean, mul, normal, randomKey, scan, sum, type CompileOptions, type Tensor } from "#engine";
import type { Part } from "../core/system.js";
import { checkLabels, checkPoints, decide, ownClasses, type Points } from "./classifier.js";
import { fallingProbability, type Fall } from "./falling-probability.js";

export interface WeightBasinOptions extends Points {
  /** The network's outputs [n, classes] from theta [size] and inputs [n, dim]. */
  readonly apply: (theta: Tensor, x: Tensor) => Tensor;
  readonly theta: ArrayLike<number>;
  /** Which numbers of theta are weight matrices: parts of two axes or more. The others are not moved. */
  readonly layout: readonly Part[];
  /** The class of each sample, from 0. Default: the one that the network names with its own weights. */
  readonly labels?: ArrayLike<number>;
  /** Perturbed networks, at least 20. Default 200. */
  readonly draws?: number;
  /** Default 0.5. */
  readonly threshold?: number;
  /** Of the interval. Default 0.95. */
  readonly level?: number;
  /** Final bracket relative to the radius. Default 1e-3. */
  readonly tolerance?: number;
  /** Amplitudes between which to look, in standard deviations of the weights. Default 1e-3 and 100. */
  readonly smallest?: number;
  readonly largest?: number;
  /** Default 0. */
  readonly seed?: number;
  readonly threads?: CompileOptions["threads"];
}

/** How much noise on its weights a network bears; the value is an amplitude. */
export interface WeightBasin extends Fall {
  readonly threshold: number;
  readonly draws: number;
  /** Share of samples that keep their class, over the amplitudes that were looked at on the way up: mean over the draws, with its error. */
  readonly curve: { readonly amplitude: Float64Array; readonly share: Float64Array; readonly error: Float64Array };
  /** Of each sample: the amplitude at which it keeps its class with the threshold's probability, from the curve; NaN if it always does. */
  readonly radii: Float64Array;
  /** By part of the layout: the standard deviation that the amplitude counts in; 0 for parts that are not moved. */
  readonly scales: Float64Array;
}

/** From one amplitude of the curve to the next. */
const RATIO = 2 ** 0.25;

/**
 * The weight-space basin of a network: how much noise on its weights it bears before its classes change.
 *
 * *Definition*: every weight matrix W is moved to W + sigma s Z, Z standard normal and s the standard deviation of its entries about their
 * mean: noise of amplitude sigma on the weights normalised to mean 0 and variance 1. Biases stay. The radius is the sigma at which the mean
 * share of samples that keep their class falls below the threshold; that of a sample the sigma at which it keeps its own with this
 * probability.
 * *Arguments*: see `WeightBasinOptions`. Throws for fewer than 20 draws and without a weight matrix that varies.
 * *Returns*: a WeightBasin. Status "not-converged" with NaN when the share never falls below the threshold for certain, or the draws are
 * too few: with K classes pure noise leaves the share 1 / K, and the threshold t must lie above it by 6 errors. For one sample, and for samples that all change together,
 * that takes 36 t (1 - t) / (t - 1 / K)^2 draws (at t = 1/2: 57 for K = 10, 324 for K = 3; for K = 2: 864 at 0.6, 64 at 0.8), for many samples fewer.
 * *Error*: one standard error over the draws, the same at every amplitude, and the bisection; samples share the draws, so that there is
 * no binomial law. The interval is Student's, with the scatter of the draws at the radius: from 20 draws on it holds the truth about as often as it says. Radii of samples are interpolated on the curve's amplitudes, each 2^(1/4) times the last, and are right to about the
 * binomial error of the draws.
 * *Cost*: about 60 x draws forward passes over the samples, as one compiled program with as many random numbers as weights each.
 * *Source*: Lin, Feng, Zhang, Zhao 2025, section on attraction basins; which weights are moved is made explicit here.
 * *Example*: `const theta = net.initial(3), x = { samples: 4, dim: 1, inputs: [-2, -1, 1, 2] };
 * weightBasin({ apply: net.apply, theta, layout: net.layout, ...x, threshold: 0.8 }).status // "ok"`
 */
export function weightBasin(options: WeightBasinOptions): WeightBasin {
  const { apply, layout, samples, dim, inputs, draws = 200, threshold = 0.5, seed = 0, threads } = options;
  const { smallest = 1e-3, largest = 100, level, tolerance } = options;
  checkPoints("weightBasin", options);
  if (!Number.isInteger(draws) || draws < 20)
    throw new RangeError(`weightBasin: ${draws} draws given; allowed: integers from 20`);
  const theta = Float64Array.from(options.theta);
  const size = theta.length;
  const { scales, spread } = deviations(layout, theta);
  if (!scales.some((s) => s > 0))
    throw new RangeError(
      "weightBasin: no part of the layout is a weight matrix whose entries differ; there is no scale for the noise",
    );
  const settings = threads === undefined ? {} : { threads };
  const x = constant(inputs, [samples, dim]);
  const fixed = constant(theta, [size]);
  const own = ownClasses((points) => apply(fixed, points), options, settings);
  if (own.broken >= 0)
    throw new RangeError(
      `weightBasin: sample ${own.broken} has an output that is no finite number, which names no class; give parameters and inputs at which the network is finite`,
    );
  if (options.labels) checkLabels("weightBasin", options.labels, samples, own.classes);
  const labels = Float64Array.from(options.labels ?? own.named);
  const program = compile(
    (t, sigma) => {
      const moved = mul(sigma, constant(spread, [size]));
      const [, [kept]] = scan(
        (_, [draw]) => {
          const z = normal(randomKey(seed % 2 ** 32, STREAM), draw!, [size]);
          return [[], [eq(decide(apply(add(t, mul(moved, z)), x)), constant(labels, [samples]))]];
        },
        [],
        [
          constant(
            Float64Array.from({ length: draws }, (_, m) => m),
            [draws],
          ),
        ],
      );
      return [sum(kept!, 0), mean(kept!, 1)];
    },
    [{ shape: [size] }, { shape: [] }],
    settings,
  );
  program.inputs[0]!.set(theta);
  // A share of few draws may show no scatter: at least that of independent samples.
  const least = (threshold * (1 - threshold)) / samples;
  const look = (amplitude: number): { kept: Float64Array; share: number; error: number; deviation: number } => {
    program.inputs[1]![0] = amplitude;
    program.run();
    const [kept, byDraw] = program.outputs as [Float64Array, Float64Array];
    const share = byDraw.reduce((a, b) => a + b, 0) / draws;
    const squares = byDraw.reduce((a, b) => a + (b - share) * (b - share), 0);
    const variance = squares / (draws - 1);
    return {
      kept: kept.slice(),
      share,
      error: Math.sqrt(Math.max(variance, least) / draws),
      deviation: Math.sqrt(variance / draws),
    };
  };
  const fall = fallingProbability(look, {
    threshold,
    smallest,
    largest,
    freedom: draws - 1,
    // Weights of noise alone name each class equally often.
    limit: 1 / own.classes,
    ...(tolerance === undefined ? {} : { tolerance }),
    ...(level === undefined ? {} : { level }),
  });
  // The curve goes on until every sample has lost its class, and to twice the radius.
  const amplitudes: number[] = [];
  const seen: ReturnType<typeof look>[] = [];
  const missing = (): boolean => seen.length === 0 || seen.at(-1)!.kept.some((k) => k >= threshold * draws);
  for (let a = smallest; a <= largest && (missing() || amplitudes.at(-1)! < 2 * (fall.value || 0)); a *= RATIO) {
    amplitudes.push(a);
    seen.push(look(a));
  }
  return {
    ...fall,
    unit: "standard deviations of the weights",
    threshold,
    draws,
    curve: {
      amplitude: Float64Array.from(amplitudes),
      share: Float64Array.from(seen, (s) => s.share),
      error: Float64Array.from(seen, (s) => s.deviation),
    },
    radii: Float64Array.from({ length: samples }, (_, i) =>
      interpolated(
        amplitudes,
        seen.map((s) => s.kept[i]! / draws),
        threshold,
      ),
    ),
    scales,
  };
}

const STREAM = 7002;

/** The standard deviation of each weight matrix about its mean, by part and spread over theta. */
function deviations(layout: readonly Part[], theta: Float64Array): { scales: Float64Array; spread: Float64Array } {
  const spread = new Float64Array(theta.length);
  const scales = Float64Array.from(layout, ({ shape, offset }) => {
    if (shape.length < 2) return 0;
    const values = theta.subarray(offset, offset + shape.reduce((a, b) => a * b, 1));
    const center = values.reduce((a, b) => a + b, 0) / values.length;
    const scale = Math.sqrt(values.reduce((a, b) => a + (b - center) * (b - center), 0) / values.length);
    spread.fill(scale, offset, offset + values.length);
    return scale;
  });
  return { scales, spread };
}

/** Where a curve first falls below a level, straight in the ratio of amplitudes between two of them; 0 if it starts below. */
function interpolated(amplitudes: readonly number[], shares: readonly number[], level: number): number {
  const i = shares.findIndex((share) => share < level);
  if (i < 0) return NaN;
  if (i === 0) return 0;
  const part = (shares[i - 1]! - level) / (shares[i - 1]! - shares[i]!);
  return amplitudes[i - 1]! * (1 + part * (RATIO - 1));
}
