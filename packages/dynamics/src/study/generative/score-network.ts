import {
  add,
  concat,
  constant,
  div,
  mean,
  mul,
  reshape,
  scalarMath,
  sqrt,
  square,
  sub,
  take,
  type CompileOptions,
  type Tensor,
} from "#engine";
import { fillNormal, random } from "../../core/random.js";
import type { Score } from "../../derived/generative/samplers.js";
import { ornsteinUhlenbeck } from "../../derived/generative/noise-schedule.js";
import { mlp } from "../../networks/mlp.js";
import type { Architecture } from "../../networks/architecture.js";
import { withReplacement } from "../../training/batches/with-replacement.js";
import { adam } from "../../training/optimizers/adam.js";
import { cosine } from "../../training/schedules/cosine.js";
import { stochasticDescent, type StochasticDescent } from "../../training/stochastic-descent.js";
import type { PlaneData } from "./plane-data.js";
import type { GenerativeSpec } from "./system.js";

/** Noised samples drawn before the training, of which each step takes some. */
const POOL = 32_768;
/** Streams of the seed, apart from those of the layers. */
const STREAMS = { times: 1_000_010, noises: 1_000_011, samples: 1_000_012 };

/** A score network in training by denoising. */
export interface ScoreTraining {
  readonly system: StochasticDescent;
  readonly network: Architecture;
  /** The score of parameters, of (x [2], t). */
  score(theta: ArrayLike<number>): Score;
  /** Mean square of what is left of the noise, for parameters, on pairs that were not trained on: relative to the noise. */
  heldOut(theta: Tensor): Tensor;
}

/**
 * The noise in x = scale x_0 + sqrt(spread) z as estimated: that of normal data with the same variance, and a network's correction, which fades as the data drown.
 * x [samples, 2], t [samples, 1].
 */
function noiseIn(network: Architecture, variance: number, theta: Tensor, x: Tensor, t: Tensor): Tensor {
  const [scale, spread] = [ornsteinUhlenbeck.scale(t), ornsteinUhlenbeck.spread(t)];
  const total = add(mul(variance, square(scale)), spread);
  const seen = concat([div(x, sqrt(total)), scale, sqrt(spread)], 1);
  const normal = mul(div(sqrt(spread), total), x);
  const share = div(mul(Math.sqrt(variance), scale), sqrt(total));
  return add(normal, mul(share, network.apply(theta, seen)));
}

interface Pairs {
  readonly x0: Tensor;
  readonly t: Tensor;
  readonly z: Tensor;
}

function pairs({ points, count }: PlaneData, near: number, end: number, seed: number): Pairs {
  const [times, samples] = [random(seed, STREAMS.times), random(seed, STREAMS.samples)];
  const ratio = scalarMath.log(end / near);
  const x0 = new Float64Array(2 * POOL);
  for (let i = 0; i < POOL; i++) {
    const row = Math.min(count - 1, Math.floor(samples.uniform() * count));
    x0.set(points.subarray(2 * row, 2 * row + 2), 2 * i);
  }
  return {
    x0: constant(x0, [POOL, 2]),
    t: constant(
      Float64Array.from({ length: POOL }, () => near * scalarMath.exp(ratio * times.uniform())),
      [POOL, 1],
    ),
    z: constant(fillNormal(new Float64Array(2 * POOL), random(seed, STREAMS.noises)), [POOL, 2]),
  };
}

/** Denoising score matching on the data (Vincent 2011), as a system to be stepped. `near`: the least time of the noise. */
export function scoreTraining(
  data: PlaneData,
  spec: GenerativeSpec,
  near: number,
  seed: number,
  threads: CompileOptions["threads"],
): ScoreTraining {
  const network = mlp({ widths: [4, ...spec.hidden, 2] });
  const { variance } = data;
  const loss = (theta: Tensor, { x0, t, z }: Pairs): Tensor => {
    const x = add(mul(ornsteinUhlenbeck.scale(t), x0), mul(sqrt(ornsteinUhlenbeck.spread(t)), z));
    return mean(square(sub(noiseIn(network, variance, theta, x, t), z)));
  };
  const drawn = pairs(data, near, spec.end, seed);
  const others = pairs(data, near, spec.end, seed + 1);
  const system = stochasticDescent({
    objective: (theta, rows) => loss(theta, { x0: take(drawn.x0, rows), t: take(drawn.t, rows), z: take(drawn.z, rows) }),
    samples: POOL,
    batchSize: spec.batch,
    // Without replacement a step would shuffle the whole pool.
    batches: withReplacement,
    initial: network.initial(seed),
    optimizer: adam({ stepSize: spec.learningRate, schedule: cosine({ steps: spec.iterations }) }),
    seed,
    ...(threads === undefined ? {} : { threads }),
  });
  return {
    system,
    network,
    score(theta) {
      const fixed = constant(Float64Array.from(theta), [network.size]);
      return (x, t) => {
        const noise = noiseIn(network, variance, fixed, reshape(x, [1, 2]), reshape(t, [1, 1]));
        return reshape(div(noise, mul(-1, sqrt(ornsteinUhlenbeck.spread(t)))), [2]);
      };
    },
    heldOut: (theta) => loss(theta, others),
  };
}
