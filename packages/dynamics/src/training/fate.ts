import {
  compile,
  constant,
  grad,
  le,
  mul,
  scan,
  select,
  sub,
  sum,
  take,
  vmap,
  add,
  type CompileOptions,
  type Tensor,
  type TypedArray,
} from "#engine";
import { cholesky, choleskySolve } from "../core/cholesky.js";
import { binomialInterval } from "../core/confidence.js";
import { draws, type Sampling } from "../core/draws.js";
import type { Estimate } from "../core/estimate.js";
import type { SampleLoss } from "../core/gram.js";
import { finish, type Parts } from "../core/parts.js";
import { fillNormal, random } from "../core/random.js";
import { addRow, dot, norm, scaleRow } from "../core/rows.js";
import type { Interpolation } from "./interpolation.js";

export interface FateOptions {
  readonly stepSize: number;
  /** Default 1. */
  readonly batchSize?: number;
  readonly sampling?: Sampling;
  /** Default "half-square". */
  readonly loss?: SampleLoss;
  /** Number of runs. Default 200. */
  readonly runs?: number;
  /** Steps a run, rounded up to a multiple of 16. Default 10,000. */
  readonly steps?: number;
  /** Distance of the starts from the minimum. Default 1e-7 of its norm, at least 1e-7. */
  readonly distance?: number;
  /** A run stays when it is never farther than this from the minimum. Default 10,000 distances. */
  readonly radius?: number;
  /** Confidence level of the interval. Default 0.95. */
  readonly level?: number;
  readonly seed?: number;
  readonly threads?: CompileOptions["threads"];
}

/** What became of runs that started near a minimum; the value is the fraction that stays. */
export interface Fate extends Estimate {
  readonly stays: number;
  readonly runs: number;
  /** Clopper-Pearson interval of the fraction. */
  readonly interval: readonly [number, number];
  /** Steps that each run stayed within the radius. */
  readonly survived: Float64Array;
  readonly distance: number;
  readonly radius: number;
}

// Steps of one call of the program.
const CHUNK = 16;

/**
 * The fraction of runs of stochastic gradient descent that stay near a minimum: the test of what an exponent's sign says.
 *
 * *Definition*: run m starts at theta* + distance * u_m, with u_m uniform on the unit sphere of range J^T (along the manifold of minima nothing
 * moves), and takes `steps` steps of SGD on the full, nonlinear loss. It stays when |theta_t - theta*| <= radius at every step t = 1 ... steps.
 * *Arguments*: `minimum`: from `interpolate`; see `FateOptions`. Throws when radius <= distance.
 * *Returns*: the fraction, with its standard deviation sqrt(f (1 - f) / runs) as error and an exact interval. A negative exponent lets runs
 * stay with a probability that tends to 1 as distance / radius tends to 0, but excursions of any finite size have some probability, larger
 * above the mean-square threshold; a positive one drives all out, after about log(radius / distance) / lambda steps.
 * *Cost*: one compiled program for all runs: runs x batch forward and backward passes a step. Ends early when no run is left.
 * *Source*: Chemnitz, Engel 2024 (theorem B, tested here); Clopper, Pearson 1934.
 * *Example*: `fate(interpolate(net, data), { stepSize: 0.1, runs: 20, steps: 1000 }).value // 1`
 */
export const fate = (minimum: Interpolation, options: FateOptions): Fate => finish(fateInParts(minimum, options));

/**
 * `fate`, giving its host a turn after every few steps: yields the share of the steps that is done.
 *
 * *Example*: `fateInParts(interpolate(net, data), { stepSize: 0.1, runs: 20, steps: 32 }).next().value // 0.5`
 */
export function* fateInParts(minimum: Interpolation, options: FateOptions): Parts<Fate> {
  const { theta: center, architecture, data } = minimum;
  const { stepSize, batchSize = 1, sampling = "subset", loss = "half-square", runs = 200, level = 0.95, seed = 0 } = options;
  const { threads, distance = 1e-7 * Math.max(1, norm(center, 0, center.length)) } = options;
  const radius = options.radius ?? 1e4 * distance;
  if (!(stepSize > 0 && stepSize < Infinity))
    throw new RangeError(`fate: stepSize ${stepSize} given; allowed: finite numbers above 0`);
  if (!Number.isInteger(runs) || runs < 1) throw new RangeError(`fate: ${runs} runs given; allowed: integers from 1`);
  if (!(distance > 0 && radius > distance))
    throw new RangeError(`fate: distance ${distance} and radius ${radius} given; allowed: 0 < distance < radius`);
  const chunks = Math.ceil((options.steps ?? 10_000) / CHUNK);
  if (!(chunks >= 1)) throw new RangeError(`fate: ${options.steps} steps given; allowed: integers from 1`);
  const { size, inputs, outputs } = architecture;
  const x = constant(data.inputs, [data.samples, inputs]);
  const t = constant(data.targets, [data.samples, outputs]);
  const origin = constant(center, [1, size]);
  const half = (loss === "square" ? 1 : 0.5) / batchSize;

  const batchLoss = (theta: Tensor, batch: Tensor): Tensor => {
    const r = sub(architecture.apply(theta, take(x, batch)), take(t, batch));
    return mul(half, sum(mul(r, r)));
  };
  const program = compile<TypedArray>(
    (thetas, within, survived, batches) =>
      scan(
        ([th, inside, count], [batch]) => {
          const total = (all: Tensor): Tensor => sum(vmap(batchLoss)(all, batch!));
          const next = sub(th!, mul(stepSize, grad(total)(th!)));
          const away = sub(next, origin);
          // A distance that is not a number is not within the radius.
          const still = select(le(sum(mul(away, away), 1), radius * radius), inside!, mul(0, inside!));
          return [[next, still, add(count!, still)], []];
        },
        [thetas, within, survived],
        [batches],
      )[0],
    [{ shape: [runs, size] }, { shape: [runs] }, { shape: [runs] }, { shape: [CHUNK, runs, batchSize], dtype: "i32" }],
    { state: 3, ...(threads === undefined ? {} : { threads }) },
  );
  const [thetas, within, survived, batches] = program.inputs as [Float64Array, Float64Array, Float64Array, Int32Array];
  thetas.set(starts(minimum, runs, distance, seed));
  within.fill(1);
  survived.fill(0);
  // Each run has its own stream of draws, whatever the number of runs.
  const own = Array.from({ length: runs }, (_, m) => draws({ samples: data.samples, batchSize, sampling, seed, stream: m + 2 }));
  const drawn = new Int32Array(CHUNK * batchSize);
  let taken = 0;
  for (let chunk = 0; chunk < chunks && within.some((w) => w === 1); chunk++) {
    own.forEach((source, m) => {
      source.fill(drawn);
      for (let s = 0; s < CHUNK; s++)
        for (let b = 0; b < batchSize; b++) batches[(s * runs + m) * batchSize + b] = drawn[s * batchSize + b]!;
    });
    program.run();
    program.outputs.forEach((y, i) => program.inputs[i]!.set(y));
    taken += CHUNK;
    yield (chunk + 1) / chunks;
  }
  const stays = within.reduce((n, w) => n + w, 0);
  const value = stays / runs;
  return {
    value,
    error: Math.sqrt((value * (1 - value)) / runs),
    interval: binomialInterval(stays, runs, level),
    stays,
    runs,
    survived: survived.slice(),
    distance,
    radius,
    unit: "",
    status: minimum.status,
    method: `${runs} runs of ${chunks * CHUNK} steps from distance ${distance.toExponential(2)} in range J^T; a run stays when never farther than ${radius.toExponential(2)}`,
    sources: ["Chemnitz, Engel 2024", "Clopper, Pearson 1934"],
    cost: { steps: taken * runs },
    ...(minimum.explanation === undefined ? {} : { explanation: minimum.explanation }),
  };
}

/**
 * theta* + distance u, u = P xi / |P xi| with xi normal and P = K^T (K K^T)^-1 K the projection on range J^T, where K are the rows of J with
 * which the elimination of J J^T pivoted: all of them, unless it is singular.
 */
function starts(
  { linearization, theta, architecture }: Interpolation,
  runs: number,
  distance: number,
  seed: number,
): Float64Array {
  const { size } = architecture;
  const { jacobian } = linearization;
  const { matrix, size: rows, factor } = linearization.gram();
  const { pivots } = factor;
  const n = pivots.length;
  const kernel = Float64Array.from({ length: n * n }, (_, e) => matrix[pivots[Math.floor(e / n)]! * rows + pivots[e % n]!]!);
  if (n === 0 || !cholesky(kernel, n))
    throw new RangeError(
      `fate: J J^T is singular to rounding in the ${n} directions across the manifold of minima, so the starts are not defined`,
    );
  const all = new Float64Array(runs * size);
  const stream = random(seed, 1);
  const xi = new Float64Array(size);
  for (let m = 0; m < runs; m++) {
    fillNormal(xi, stream);
    const z = Float64Array.from(pivots, (i) => dot(jacobian, i, xi, 0, size));
    choleskySolve(kernel, n, z);
    pivots.forEach((i, a) => addRow(all, m, z[a]!, jacobian, i, size));
    scaleRow(all, m, distance / norm(all, m, size), size);
    addRow(all, m, 1, theta, 0, size);
  }
  return all;
}
