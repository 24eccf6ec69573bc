import { add, compile, eq, expandDims, mul, normal, randomKey, sum, type CompileOptions } from "#engine";
import type { Status } from "../core/status.js";
import { checkLabels, checkPoints, decide, ownClasses, scaleOf, type Classifier, type Points } from "./classifier.js";
import { fallingProbability, type Fall } from "./falling-probability.js";

export interface SampleBasinsOptions extends Points {
  readonly classify: Classifier;
  /** The class of each sample, from 0. Default: the one that the classifier names without noise. */
  readonly labels?: ArrayLike<number>;
  /** Random displacements of each sample, at least 100. Default 1000. */
  readonly draws?: number;
  /** The radius is the amplitude at which the class is kept with this probability. Default 0.5. */
  readonly threshold?: number;
  /** Of the intervals. Default 0.95. */
  readonly level?: number;
  /** Final bracket relative to the radius. Default 1e-3. */
  readonly tolerance?: number;
  /** The amplitude at which the search gives up. Default 1000 times the root mean square of the inputs. */
  readonly largest?: number;
  /** Default 0. */
  readonly seed?: number;
  readonly threads?: CompileOptions["threads"];
}

/** How much noise each sample bears. */
export interface SampleBasins {
  readonly threshold: number;
  readonly draws: number;
  /** The class whose keeping was asked for. */
  readonly labels: Int32Array;
  /** Standard deviation of the noise, in each coordinate, at which the class is kept with the threshold's probability; NaN unless ok. */
  readonly radii: Float64Array;
  readonly errors: Float64Array;
  /** Ends of the intervals; Infinity where there is no upper end. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly status: readonly Status[];
  /** Of the first sample without a radius. */
  readonly explanation?: string;
  /** Classifications made. */
  readonly evaluations: number;
}

/**
 * The sample-space basin of each sample: how much Gaussian noise it bears before its class changes.
 *
 * *Definition*: the radius of x is the least sigma with P(class(x + sigma z) = class(x)) < threshold, z standard normal in all coordinates.
 * It is a noise amplitude a coordinate: the displacement itself has the length sigma sqrt(dim), about. Where a class is an interval (-a, a)
 * the radius of 0 is a / Phi^-1(3/4) at the threshold 1/2.
 * *Arguments*: see `SampleBasinsOptions`. Throws for fewer than 100 draws, which tell no probability from 1/2.
 * *Returns*: a SampleBasins. A sample that is not of its label without noise has the radius 0. Status "not-converged" and NaN where the
 * probability never falls below the threshold for certain: with two classes it tends to 1/2 from above for well-classified samples, so that
 * the threshold 1/2 defines no radius; it tends to about 1 / K for K classes. Status "diverged" where an output at a sample is not finite.
 * *Error*: one standard error, from the binomial law of the draws and the bisection; intervals of 100 draws and more hold the truth with 0.92 to 0.98 where 0.95 is asked for. With K outputs
 * and the threshold t about 36 t (1 - t) / (t - 1 / K)^2 draws make sure that nearly every sample has a radius (t = 1/2: 57 for K = 10, 324 for K = 3); the displacements of different samples are
 * independent, those of one sample are the same at every amplitude.
 * *Cost*: about 40 x draws forward passes a sample, as one compiled program.
 * *Source*: Lin, Feng, Zhang, Zhao 2025, section on attraction basins, where the threshold is 1/2 and has no interval.
 * *Example*: `const inside = (x) => sub(1, mul(x, x)); // class 1 between -1 and 1
 * sampleBasins({ classify: inside, samples: 1, dim: 1, inputs: [0], draws: 4000 }).radii // [1.5]`
 */
export function sampleBasins(options: SampleBasinsOptions): SampleBasins {
  const { classify, samples, dim, inputs, draws = 1000, threshold = 0.5, level, tolerance, seed = 0, threads } = options;
  checkPoints("sampleBasins", options);
  if (!Number.isInteger(draws) || draws < 100)
    throw new RangeError(`sampleBasins: ${draws} draws given; allowed: integers from 100`);
  const settings = threads === undefined ? {} : { threads };
  const scale = scaleOf(inputs);
  const own = ownClasses(classify, options, settings);
  const classes = Int32Array.from(own.named);
  if (options.labels) checkLabels("sampleBasins", options.labels, samples, own.classes);
  const labels = Int32Array.from(options.labels ?? classes);
  if (own.broken >= 0)
    return nothing(
      options,
      labels,
      `sample ${own.broken} has an output that is no finite number, which names no class: the network has diverged, or the input lies outside its domain`,
    );
  const displacements = compile(
    (sample) => normal(randomKey(seed % 2 ** 32, STREAM), sample, [draws, dim]),
    [{ shape: [] }],
    settings,
  );
  const counting = compile(
    (x, z, label, sigma) => sum(eq(decide(classify(add(expandDims(x, 0), mul(sigma, z)))), label)),
    [{ shape: [dim] }, { shape: [draws, dim] }, { shape: [] }, { shape: [] }],
    settings,
  );
  const [x, z, label, sigma] = counting.inputs as [Float64Array, Float64Array, Float64Array, Float64Array];
  // The error of a share at the threshold, which is where it matters.
  const error = Math.sqrt((threshold * (1 - threshold)) / draws);
  const falls = Array.from({ length: samples }, (_, s): Fall | undefined => {
    if (classes[s] !== labels[s]) return undefined;
    displacements.inputs[0]![0] = s;
    displacements.run();
    z.set(displacements.outputs[0]!);
    for (let i = 0; i < dim; i++) x[i] = inputs[s * dim + i]!;
    label[0] = labels[s]!;
    return fallingProbability(
      (amplitude) => {
        sigma[0] = amplitude;
        counting.run();
        return { share: counting.outputs[0]![0]! / draws, error };
      },
      {
        threshold,
        smallest: 1e-3 * scale,
        largest: options.largest ?? 1000 * scale,
        ...(tolerance === undefined ? {} : { tolerance }),
        ...(level === undefined ? {} : { level }),
      },
    );
  });
  const failed = falls.findIndex((fall) => fall && fall.status !== "ok");
  return {
    threshold,
    draws,
    labels,
    radii: Float64Array.from(falls, (f) => f?.value ?? 0),
    errors: Float64Array.from(falls, (f) => f?.error ?? 0),
    low: Float64Array.from(falls, (f) => f?.interval[0] ?? 0),
    high: Float64Array.from(falls, (f) => f?.interval[1] ?? 0),
    status: falls.map((f) => f?.status ?? "ok"),
    ...(failed < 0 ? {} : { explanation: `sample ${failed}: ${falls[failed]!.explanation}` }),
    evaluations: falls.reduce((n, f) => n + draws * (f?.cost.steps ?? 0), 0),
  };
}

/** What is said of a classifier that has failed. */
function nothing(
  { samples, draws = 1000, threshold = 0.5 }: SampleBasinsOptions,
  labels: Int32Array,
  explanation: string,
): SampleBasins {
  const none = (): Float64Array => new Float64Array(samples).fill(NaN);
  return {
    threshold,
    draws,
    labels,
    radii: none(),
    errors: none(),
    low: none(),
    high: none(),
    status: Array.from({ length: samples }, () => "diverged" as const),
    explanation,
    evaluations: samples,
  };
}

/** The stream of the displacements; steps count the samples. */
const STREAM = 7001;
