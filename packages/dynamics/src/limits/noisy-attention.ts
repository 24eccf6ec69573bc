import { add, concat, cos, div, mul, reshape, scalarMath, sin, slice, sqrt, sub, sum, type Tensor } from "#engine";
import type { Estimate } from "../core/estimate.js";
import { gaussLegendre } from "../core/quadrature.js";
import { randomMap, type RandomSystem } from "../core/random-map.js";
import { attentionField, checkAttention, type AttentionOptions } from "./attention.js";

const SOURCES = [
  "Geshkovski, Letrouit, Polyanskiy, Rigollet 2025",
  "Carrillo, Gvalani, Pavliotis, Schlichting 2020",
  "Balasubramanian, Banerjee, Rigollet 2025",
];

/**
 * The mean of <x, mu> under the density proportional to exp(beta <x, mu>) on the unit sphere of a space of `dimension` dimensions.
 *
 * *Definition*: I_{d/2}(beta) / I_{d/2 - 1}(beta) by the continued fraction 1 / (d/beta + 1 / ((d + 2)/beta + ...)), summed from its far end.
 * *Error*: a few rounding errors. *Cost*: about 30 + 2 beta divisions, some thousands at most.
 * *Source*: Mardia, Jupp 2000, Directional statistics, section 9.3.2; Abramowitz, Stegun 1964, 9.6.26.
 * *Example*: `[sphereMean(2, 1), sphereMean(3, 2)] // [0.4463899659, 0.5373147207]`
 */
export function sphereMean(dimension: number, beta: number): number {
  if (!(dimension >= 1) || !(beta >= 0) || !Number.isFinite(dimension + beta))
    throw new RangeError(`sphereMean: dimension ${dimension} and beta ${beta} given; allowed: from 1, and from 0`);
  if (beta === 0) return 0;
  let ratio = 0;
  for (let k = 30 + Math.ceil(2 * beta); k >= 0; k--) ratio = 1 / ((dimension + 2 * k) / beta + ratio);
  return ratio;
}

export interface NoisyAttention {
  /** D_c: the noise below which directions spread evenly are unstable. */
  readonly critical: Estimate;
  /** Growth rate of patterns of degree l >= 1 on evenly spread directions: l (l + d - 2) (lambda_l - D). */
  growthRate(degree: number, noise: number): number;
  /** r = |mean of x| of infinitely many tokens at rest, coming from full order; 0 where only the even spread is left. */
  order(noise: number): Estimate;
  /**
   * D_c for n tokens, each of which attends to itself with a share of e^beta / (e^beta + (n - 1) kappa_0) in softmax: below D_c by a term of order 1/n. At beta = 4 in three
   * dimensions it is 0.147, 0.165, 0.176 and 0.182 for 30, 60, 120 and 240 tokens, which show 0.144 (2), 0.161 (2), 0.176 (4) and 0.177 (5); D_c is 0.188.
   */
  criticalOf(tokens: number): number;
  /** The mean square of r that chance leaves to n tokens above D_c: D / (n (D - D_c)), to leading order in 1/n. */
  fluctuation(tokens: number, noise: number): number;
}

const ITERATIONS = 3000;

/**
 * Infinitely many tokens under self-attention with noise: when directions that are spread evenly begin to agree, and how much.
 *
 * *Definition*: dx_i = P_i sum_j w_ij x_j dt + sqrt(2 D) times Brownian motion on the unit sphere. For n -> infinity the density obeys a Fokker-Planck equation with the
 * drift grad V: V = Z / beta ("plain") or log Z / beta ("softmax"), Z(x) = int e^(beta <x, y>) rho(y) dy. On the even spread patterns of degree l grow by
 * l (l + d - 2) (lambda_l - D) with lambda_l = kappa_l / beta, for softmax over kappa_0 beta, kappa_l = int e^(beta t) P_l(t): eigenvalues of the kernel (Funk and
 * Hecke), falling in l. So D_c = lambda_1: I_{d/2}(beta) / (beta I_{d/2-1}(beta)) for softmax. At rest rho is proportional to exp(V / D).
 * *Arguments*: `dimension` d from 2, `beta` >= 0, `weights`; tokens do not matter.
 * *Returns*: see `NoisyAttention`. `order` iterates rho from all tokens in one direction; near D_c it says "not-converged". It may be above 0 for D > D_c: then both states last.
 * *Error*: D_c a few rounding errors; order 1e-9, by its change and by what finer rules change.
 * *Cost*: D_c a continued fraction; order once a kernel of places cubed (80 + 5 sqrt d places), then at most 3,000 iterations of places squared.
 * *Source*: derived by linearisation, see the Definition; Carrillo, Gvalani, Pavliotis, Schlichting 2020 (such transitions); for the circle and beta = 0 the noisy Kuramoto
 * model, D_c = 1/2 (Sakaguchi 1988).
 * *Example*: `noisyAttention({ dimension: 3, beta: 2 }).critical.value // 0.2686573604`
 */
export function noisyAttention(options: Omit<AttentionOptions, "tokens">): NoisyAttention {
  const { dimension: d, beta } = options;
  const weights = checkAttention("noisyAttention", { ...options, tokens: 1 });
  if (!Number.isInteger(d) || d < 2) throw new RangeError(`noisyAttention: dimension ${d} given; allowed: integers from 2`);
  const rule = sphereRule(d);
  // kappa_0 e^-beta; kappa_0 is the even spread's Z, by which softmax divides.
  const bottom = rule.weights.reduce((s, w, i) => s + w * scalarMath.exp(beta * (rule.points[i]! - 1)), 0);
  const scale = weights === "softmax" ? 1 : bottom * scalarMath.exp(beta);
  // lambda_l / scale: kappa_l / (beta kappa_0).
  const share = (degree: number): number => {
    let ratio = beta > 0 ? sphereMean(d, beta) / beta : 1 / d;
    for (let l = 1; l < degree; l++) ratio *= sphereMean(d + 2 * l, beta);
    return ratio;
  };
  const first = scale * share(1);
  const base = { status: "ok" as const, sources: SOURCES, cost: {} };
  let potentialOf: Potential | undefined;
  const order = (noise: number): Estimate => {
    positive("order", noise);
    const method = `Gibbs densities iterated from full order, ${rule.points.length} places of the angle`;
    potentialOf ??= potential(d, beta, weights === "softmax", rule);
    const found = atRest(rule, potentialOf, noise);
    // Full order fades for ever slower close to the end of order: what still moves is not known.
    return found.settled
      ? { ...base, value: found.r > 1e-6 ? found.r : 0, error: 1e-9, unit: "1", method }
      : {
          ...base,
          value: NaN,
          error: NaN,
          unit: "1",
          status: "not-converged",
          method,
          explanation: `after ${ITERATIONS} iterations r still changes by ${found.change} each: the noise ${noise} is close to where order ends`,
        };
  };
  return {
    critical: {
      ...base,
      value: first,
      error: 4e-15 * first,
      unit: "noise",
      method: "largest eigenvalue of the kernel on patterns of degree 1",
    },
    growthRate(degree, noise) {
      if (!Number.isInteger(degree) || degree < 1)
        throw new RangeError(`growthRate: degree ${degree} given; allowed: integers from 1`);
      return degree * (degree + d - 2) * (scale * share(degree) - positive("growthRate", noise, true));
    },
    order,
    criticalOf: (tokens) => (weights === "softmax" ? first * (1 - 1 / (1 + (tokens - 1) * bottom)) : first),
    fluctuation(tokens, noise) {
      return noise > first ? noise / (tokens * (noise - first)) : NaN;
    },
  };
}

function positive(what: string, noise: number, zero = false): number {
  if (!(noise > 0 || (zero && noise === 0)) || !Number.isFinite(noise))
    throw new RangeError(`${what}: noise ${noise} given; allowed: ${zero ? "from" : "above"} 0`);
  return noise;
}

interface Rule {
  /** t = cos of the angle to the mean direction. */
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

/** Integrals over the sphere of what depends on one angle: places of t, weights adding up to 1. */
function sphereRule(d: number): Rule {
  const { points, weights } = gaussLegendre(Math.ceil(80 + 5 * Math.sqrt(d)));
  const angles = points.map((z) => 0.5 * Math.PI * (1 + z));
  const raw = weights.map((w, i) => (d === 2 ? w : w * scalarMath.pow(scalarMath.sin(angles[i]!), d - 2)));
  const total = raw.reduce((a, b) => a + b, 0);
  return { points: angles.map((a) => scalarMath.cos(a)), weights: raw.map((w) => w / total) };
}

/** The potential V of tokens whose directions have weights on the places of a rule. */
type Potential = (density: Float64Array) => Float64Array;

/**
 * The kernel between two circles of latitude, averaged over their angle: e^(beta u) for u = t s + sqrt(1 - t^2) sqrt(1 - s^2) v, v spread as on the sphere of one dimension
 * less. All terms are positive; for small beta (e^(beta u) - 1) / beta takes its place, for large beta e^(beta (u - 1)).
 */
function potential(d: number, beta: number, softmax: boolean, { points, weights }: Rule): Potential {
  const n = points.length;
  const round = d === 2 ? { points: Float64Array.of(-1, 1), weights: Float64Array.of(0.5, 0.5) } : sphereRule(d - 1);
  const small = beta < 1;
  const at = (u: number): number => (small ? (beta > 0 ? scalarMath.expm1(beta * u) / beta : u) : scalarMath.exp(beta * (u - 1)));
  const kernel = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const [t, s] = [points[i]!, points[j]!];
      const across = Math.sqrt((1 - t * t) * (1 - s * s));
      let mean = 0;
      round.points.forEach((v, k) => (mean += round.weights[k]! * at(t * s + across * v)));
      kernel[i * n + j] = kernel[j * n + i] = mean;
    }
  const most = small ? 1 : scalarMath.exp(beta) / beta;
  return (density) =>
    weights.map((_, i) => {
      let z = 0;
      for (let j = 0; j < n; j++) z += kernel[i * n + j]! * density[j]!;
      if (!softmax) return most * z;
      return small ? (beta > 0 ? scalarMath.log1p(beta * z) / beta : z) : scalarMath.log(z) / beta;
    });
}

/** The density at rest that full order ends in: rho is exp(V / D), V made from rho, again and again. */
function atRest(
  { points, weights }: Rule,
  potentialOf: Potential,
  noise: number,
): { readonly r: number; readonly change: number; readonly settled: boolean } {
  // Full order: all at the pole.
  let density = Float64Array.from(points, (t) => (t === Math.max(...points) ? 1 : 0));
  let [r, change, settled] = [1, 1, false];
  for (let k = 0; k < ITERATIONS && !settled; k++) {
    const exponent = potentialOf(density);
    const top = exponent.reduce((a, b) => Math.max(a, b), -Infinity);
    density = exponent.map((e, i) => weights[i]! * scalarMath.exp((e - top) / noise));
    const mass = density.reduce((a, b) => a + b, 0);
    density = density.map((v) => v / mass);
    const next = density.reduce((s, v, i) => s + v * points[i]!, 0);
    change = Math.abs(next - r);
    r = next;
    settled = change < 1e-12 || r < 1e-7;
  }
  return { r, change, settled };
}

export interface NoisyTokensOptions extends AttentionOptions {
  /** D >= 0. */
  readonly noise: number;
  /** Time step. */
  readonly dt: number;
  /** tokens x dimension, rows of length 1. */
  readonly initial: ArrayLike<number>;
  readonly seed?: number;
}

/**
 * Tokens under self-attention with noise on the sphere, as a random map of one time step.
 *
 * *Definition*: x moves along the great circle of P (h drift(x) + sqrt(2 D h) xi), as far as that is long, with xi normal in all directions: on the circle without
 * attention Brownian motion itself, for more dimensions up to (D h)^2.
 * *Arguments*: see `NoisyTokensOptions`.
 * *Returns*: a System of kind "random"; behind the tokens its state carries D (so that one program serves all), and the sums over steps of r and r^2, r = |mean of x|.
 * *Error*: weakly of first order in dt: means over the stationary state are off by a share of some dt times the rates of the drift.
 * *Cost*: tokens^2 dimension a step.
 * *Source*: Geshkovski et al. 2025, section 7 (noise); Jorgensen 1975, The central limit problem for geodesic random walks.
 * *Example*: `noisyTokens({ tokens: 2, dimension: 2, beta: 1, noise: 0, dt: 0.1, initial: [1, 0, 1, 0] }).state // [1, 0, 1, 0, 0, 0, 0]`
 */
export function noisyTokens(options: NoisyTokensOptions): RandomSystem {
  const { tokens: n, dimension: d, noise, dt, initial, seed = 0 } = options;
  const drift = attentionField(options);
  positive("noisyTokens", noise, true);
  if (!(dt > 0) || !Number.isFinite(dt)) throw new RangeError(`noisyTokens: dt ${dt} given; allowed: above 0`);
  if (initial.length !== n * d) throw new RangeError(`noisyTokens: ${initial.length} numbers given; give ${n} times ${d}`);
  const size = n * d;
  const meanOf = (x: Tensor): Tensor => div(sum(x, 0), n);
  return randomMap({
    f: (state, source) => {
      const [flat, level] = [slice(state, [0], [size]), slice(state, [size], [size + 1])];
      const kicks = mul(sqrt(mul(2 * dt, level)), source.normal([size]));
      const perRow = (v: Tensor): Tensor => reshape(v, [n, 1]);
      const [from, whole] = [reshape(flat, [n, d]), reshape(add(mul(dt, drift(flat)), kicks), [n, d])];
      const along = sub(whole, mul(perRow(sum(mul(whole, from), 1)), from));
      // Along the great circle: the angle is as long as the step; what is added keeps 0 / 0 away.
      const angle = perRow(sqrt(add(sum(mul(along, along), 1), 1e-300)));
      const moved = add(mul(cos(angle), from), mul(div(sin(angle), angle), along));
      const x = div(moved, perRow(sqrt(sum(mul(moved, moved), 1))));
      const mean = meanOf(x);
      const square = sum(mul(mean, mean));
      const sums = concat([reshape(sqrt(square), [1]), reshape(square, [1])], 0);
      return concat([reshape(x, [size]), level, add(slice(state, [size + 1], [size + 3]), sums)], 0);
    },
    initial: [...Array.from(initial), noise, 0, 0],
    seed,
    layout: [
      { name: "tokens", shape: [n, d], offset: 0 },
      { name: "noise", shape: [1], offset: size },
      { name: "sums", shape: [2], offset: size + 1 },
    ],
  });
}
