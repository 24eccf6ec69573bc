import { add, concat, matmul, mul, reshape, type Tensor } from "#engine";
import { moments, normalisedBy, standardised } from "../core/normalise.js";
import type { Part } from "../core/system.js";
import type { Activation } from "./activations.js";
import { compose, part, type Architecture, type LayerMap, type RunningStatistics } from "./architecture.js";
import { activated } from "./walk.js";

/** Where the numbers of a normalised layer lie: weight, scale (gamma) and shift (beta) in theta, mean and variance behind theta. */
export interface NormalisedParts {
  readonly weight: Part;
  readonly scale: Part;
  readonly shift: Part | undefined;
  readonly mean: Part;
  readonly variance: Part;
}

/** The two faces of a layer: what it is in training, and in evaluation mode; the sums whose moments are kept, if it is normalised. */
export interface TwoFaced {
  readonly training: LayerMap;
  readonly evaluation: LayerMap;
  readonly sums?: (theta: Tensor, h: Tensor) => Tensor;
}

/**
 * The layer phi(gamma (s - mean) / sqrt(variance + epsilon) + beta), s = h W.
 *
 * In training mean and variance are those of the batch, and the layer is no affine map of its state; in evaluation mode they are numbers behind theta.
 */
export function normalisedLayer(name: string, parts: NormalisedParts, epsilon: number, phi: Activation): TwoFaced {
  const { weight, scale, shift, mean, variance } = parts;
  const [inputs, outputs] = weight.shape as [number, number];
  const sums = (theta: Tensor, h: Tensor): Tensor => matmul(h, part(theta, weight));
  const shifted = (theta: Tensor, y: Tensor): Tensor => (shift ? add(y, part(theta, shift)) : y);
  const own = shift ? [weight, scale, shift] : [weight, scale];
  const evaluated = (theta: Tensor, h: Tensor): Tensor =>
    shifted(theta, normalisedBy(sums(theta, h), part(theta, mean), part(theta, variance), part(theta, scale), epsilon));
  return {
    sums,
    training: {
      name,
      inputs,
      outputs,
      parameters: own,
      law: `batch normalisation ${epsilon}, ${phi.name}`,
      apply(theta, h) {
        if (h.shape[0]! < 2)
          throw new RangeError(
            `layer ${name}: a batch of ${h.shape[0]} sample given; batch normalisation takes its mean and variance, so allowed are 2 samples or more; for single samples take the network of evaluation mode, running.evaluation`,
          );
        return phi.apply(shifted(theta, mul(standardised(sums(theta, h), [0], epsilon), part(theta, scale))));
      },
    },
    evaluation: {
      name,
      inputs,
      outputs,
      parameters: [...own, mean, variance],
      law: `affine by running statistics ${epsilon}, ${phi.name}`,
      sums: evaluated,
      apply: (theta, h, walk) => activated(phi, evaluated(theta, h), walk),
    },
  };
}

/**
 * What a network of such layers keeps beside theta.
 *
 * *Definition*: m <- (1 - rate) m + rate * (moment of the batch), for the mean and for the variance (over the number of samples) of every normalised sum;
 * means start at 0 and variances at 1.
 */
export function runningStatistics(
  base: Pick<Architecture, "name" | "inputs" | "outputs" | "activation" | "size" | "layout">,
  layers: readonly TwoFaced[],
  statistics: readonly Part[],
  rate: number,
  draw: (seed: number) => Float64Array,
): RunningStatistics {
  const size = statistics.reduce((n, p) => n + p.shape[0]!, 0);
  const initial = new Float64Array(size);
  for (const { name, offset, shape } of statistics)
    initial.fill(name.startsWith("variance") ? 1 : 0, offset - base.size, offset - base.size + shape[0]!);
  const batchMoments = (theta: Tensor, x: Tensor): Tensor => {
    const found: Tensor[] = [];
    layers.reduce((h, { training, sums }) => {
      if (sums) {
        const { mean, variance } = moments(sums(theta, h), [0]);
        found.push(reshape(mean, [-1]), reshape(variance, [-1]));
      }
      return training.apply(theta, h);
    }, x);
    return concat(found, 0);
  };
  const layerMaps = layers.map((l) => l.evaluation);
  return {
    size,
    rate,
    initial,
    next: (theta, x, now) => add(mul(1 - rate, now), mul(rate, batchMoments(theta, x))),
    evaluation: {
      ...base,
      name: `${base.name} in evaluation mode`,
      size: base.size + size,
      layout: [...base.layout, ...statistics],
      layerMaps,
      ...compose(layerMaps),
      initial: (seed) => Float64Array.of(...draw(seed), ...initial),
    },
  };
}
