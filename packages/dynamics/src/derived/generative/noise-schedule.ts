import { add, exp, expm1, mul, neg, type Tensor } from "#engine";

/**
 * How data turn into noise: dx = drift(t) x dt + sqrt(intensity(t)) dW from t = 0 on, so that x(t) given x(0) is normal with mean scale(t) x(0) and variance spread(t).
 *
 * Programs of the scalar t, which satisfy scale' = drift scale and spread' = 2 drift spread + intensity.
 */
export interface NoiseSchedule {
  readonly name: string;
  readonly drift: (t: Tensor) => Tensor;
  readonly intensity: (t: Tensor) => Tensor;
  readonly scale: (t: Tensor) => Tensor;
  readonly spread: (t: Tensor) => Tensor;
}

/**
 * dx = -x dt + sqrt(2) dW: scale e^(-t), spread 1 - e^(-2t).
 *
 * *Example*: `evaluate(ornsteinUhlenbeck.spread, { data: [0.5], shape: [] })[0] // [0.632120559]`
 */
export const ornsteinUhlenbeck: NoiseSchedule = {
  name: "ornstein-uhlenbeck",
  drift: (t) => add(mul(0, t), -1),
  intensity: (t) => add(mul(0, t), 2),
  scale: (t) => exp(neg(t)),
  spread: (t) => neg(expm1(mul(-2, t))),
};

/**
 * The variance-preserving schedule dx = -beta x / 2 dt + sqrt(beta) dW with beta = low + (high - low) t, t from 0 to 1.
 *
 * *Definition*: scale = exp(-(low t + (high - low) t^2 / 2) / 2), spread = 1 - scale^2.
 * *Arguments*: `low` (default 0.1) and `high` (default 20), the rates at t = 0 and t = 1, above 0.
 * *Source*: Song, Sohl-Dickstein, Kingma, Kumar, Ermon, Poole 2021, Score-based generative modeling through stochastic differential equations.
 * *Example*: `evaluate(variancePreserving().scale, { data: [1], shape: [] })[0] // [0.00657]`
 */
export function variancePreserving({
  low = 0.1,
  high = 20,
}: { readonly low?: number; readonly high?: number } = {}): NoiseSchedule {
  if (!(low > 0 && high > 0 && low + high < Infinity))
    throw new RangeError(`variancePreserving: rates ${low} and ${high} given; allowed: finite numbers above 0`);
  const beta = (t: Tensor): Tensor => add(low, mul(high - low, t));
  const total = (t: Tensor): Tensor => mul(t, add(low, mul(0.5 * (high - low), t)));
  return {
    name: "variance-preserving",
    drift: (t) => mul(-0.5, beta(t)),
    intensity: beta,
    scale: (t) => exp(mul(-0.5, total(t))),
    spread: (t) => neg(expm1(neg(total(t)))),
  };
}

/**
 * The variance-exploding schedule dx = sqrt(2 t) dW: scale 1, spread t^2.
 *
 * *Source*: Karras, Aittala, Aila, Laine 2022, Elucidating the design space of diffusion-based generative models.
 * *Example*: `evaluate(varianceExploding.spread, { data: [3], shape: [] })[0] // [9]`
 */
export const varianceExploding: NoiseSchedule = {
  name: "variance-exploding",
  drift: (t) => mul(0, t),
  intensity: (t) => mul(2, t),
  scale: (t) => add(1, mul(0, t)),
  spread: (t) => mul(t, t),
};
