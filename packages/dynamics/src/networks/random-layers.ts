import { add, matmul, mul } from "#engine";
import { lookup } from "../core/lookup.js";
import { fillNormal, random } from "../core/random.js";
import { randomMap, type RandomSystem } from "../core/random-map.js";
import { activations } from "./activations.js";

export interface RandomLayersOptions {
  /** Units of every layer. */
  readonly width: number;
  /** Name of an entry of `activations`. */
  readonly activation: string;
  /** sigma_w^2: width times the variance of a weight. */
  readonly weightVariance: number;
  /** sigma_b^2. Default 0. */
  readonly biasVariance?: number;
  /** The sums from which it starts. Default: standard normal numbers of the seed. */
  readonly initial?: ArrayLike<number>;
  readonly seed?: number;
}

/**
 * A random network without end: each step is one more layer with weights and biases of its own.
 *
 * *Definition*: h' = W phi(h) + b with W ~ N(0, sigma_w^2 / width) and b ~ N(0, sigma_b^2), fresh in each step; the state is the vector of sums h.
 * *Arguments*: see `RandomLayersOptions`.
 * *Returns*: a System of kind "random": its Lyapunov exponents are those of infinitely many layers. With the identity the state itself grows or
 * dies out; start it at 0 there, since its tangents do not depend on it.
 * *Error*: the weights of layer t are a function of (seed, t), the same bits on every machine.
 * *Cost*: width^2 normal numbers a layer, about 10 ns each, whatever the number of tangents.
 * *Source*: Poole et al. 2016, section 2 (the ensemble).
 * *Example*: `const linear = randomLayers({ width: 4, activation: "identity", weightVariance: 1.69, initial: [0, 0, 0, 0] });
 * lyapunov(linear, { steps: 20_000 }).value // [0.13]`
 */
export function randomLayers(options: RandomLayersOptions): RandomSystem {
  const { width, activation, weightVariance, biasVariance = 0, seed = 0 } = options;
  if (!Number.isInteger(width) || width < 1 || !(weightVariance >= 0) || !(biasVariance >= 0))
    throw new RangeError(
      `randomLayers: width ${width}, weightVariance ${weightVariance}, biasVariance ${biasVariance} given; allowed: integers from 1; numbers from 0`,
    );
  const { apply } = lookup("activation", activations, activation);
  const [w, b] = [Math.sqrt(weightVariance / width), Math.sqrt(biasVariance)];
  return randomMap({
    f: (h, noise) => {
      const signal = mul(w, matmul(noise.normal([width, width]), apply(h)));
      return biasVariance > 0 ? add(signal, mul(b, noise.normal([width]))) : signal;
    },
    initial: options.initial ?? fillNormal(new Float64Array(width), random(seed, 1)),
    seed,
  });
}
