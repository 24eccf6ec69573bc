import { boundary } from "../core/bisection.js";
import type { Estimate } from "../core/estimate.js";
import { gaussLegendre } from "../core/quadrature.js";
import type { Frequencies } from "./frequencies.js";
import { needUnimodal } from "./frequency-density.js";
import type { NoisyKuramoto } from "./noisy-kuramoto.js";

/**
 * The mean of e^(i theta) of oscillators with frequency omega and noise D in a field: the real part of q_1, with
 * q_k = a / (k D - i omega + a q_(k + 1)), a = K r / 2, from its far end. What is left out there is multiplied by the squares of all q: of locked oscillators, the slowest,
 * |q_k| is about e^(-(2 k - 1) D / (4 a)), so that 12 sqrt(a / D) of them make e^(-72).
 */
function drawn(omega: number, a: number, noise: number): number {
  let [re, im] = [0, 0];
  for (let k = 20 + Math.ceil(12 * Math.sqrt(a / noise)); k >= 1; k--) {
    const [x, y] = [k * noise + a * re, a * im - omega];
    const size = x * x + y * y;
    [re, im] = [(a * x) / size, (-a * y) / size];
  }
  return re;
}

/**
 * How coherent oscillators with both noise and different frequencies are: the order parameter of the stationary state.
 *
 * *Definition*: the largest r with r = int g(omega) Re <e^(i theta)>_omega d omega, the mean being that of the stationary density of one oscillator with
 * noise D in the field K r: the limit n -> infinity of d theta_i = (omega_i + (K / n) sum_j sin(theta_j - theta_i)) dt + sqrt(2 D) dW_i. 0 for
 * K <= `noisyCriticalCoupling`. Moments of the density obey a recursion of three terms, which a continued fraction solves.
 * *Arguments*: `frequencies`: symmetric and unimodal, width above 0 (for identical oscillators see `noisyKuramotoOrder`); `coupling`, `noise` D > 0.
 * *Returns*: r in [0, 1).
 * *Error*: the change from 40 to 80 nodes of the integral over frequencies, carried through the inverse; "not-converged" where it exceeds 1e-4.
 * *Cost*: some 60 integrals of 80 nodes, each a continued fraction of 20 + 9 sqrt(K r / D) terms; K / D up to 1e6.
 * *Source*: Sakaguchi 1988, Cooperative phenomena in coupled oscillator systems under external fields; Strogatz, Mirollo 1991.
 * *Example*: `noisyOrder(lorentzianFrequencies(1), { coupling: 6, noise: 0.5 }).value // 0.74723`
 */
export function noisyOrder(frequencies: Frequencies, { coupling, noise }: NoisyKuramoto): Estimate {
  needUnimodal("noisyOrder", frequencies);
  const { density, breaks, name } = frequencies;
  if (!Number.isFinite(coupling)) throw new RangeError(`noisyOrder: coupling ${coupling} given; allowed: finite numbers`);
  if (!(noise > 0) || !Number.isFinite(noise)) throw new RangeError(`noisyOrder: noise ${noise} given; allowed: numbers above 0`);
  const base = {
    unit: "1",
    method: `stationary moments by continued fractions, ${name} frequencies`,
    sources: ["Sakaguchi 1988", "Strogatz, Mirollo 1991"],
    cost: {},
  };
  if (coupling > 1e6 * noise)
    return {
      ...base,
      value: NaN,
      error: NaN,
      status: "not-converged",
      explanation: `K / D = ${coupling / noise} is above 1e6, too weak a noise for its moments; kuramotoOrder is the limit without noise`,
    };
  // omega = w s / sqrt(1 - s^2) takes [0, 1) to all frequencies, heavy tails included.
  const solve = (nodes: number): number => {
    const { points, weights } = gaussLegendre(nodes);
    const share = (a: number): number => {
      // The narrower of the density and of what the field holds.
      const scale = Math.min(noise + a, 3 / (Math.PI * density(0)));
      // Beyond 2 a nothing is held: a kink for weak noise.
      const bends = [...breaks, ...(a > noise ? [2 * a] : [])].sort((x, y) => x - y);
      const ends = [0, ...bends.map((b) => b / Math.sqrt(b * b + scale * scale)).filter((s) => s < 1 - 1e-9), 1];
      let sum = 0;
      for (let e = 0; e + 1 < ends.length; e++) {
        const length = ends[e + 1]! - ends[e]!;
        points.forEach((z, i) => {
          const s = ends[e]! + length * (0.5 + 0.5 * z);
          const cosine = Math.sqrt((1 - s) * (1 + s));
          const omega = (scale * s) / cosine;
          sum += (length * weights[i]! * density(omega) * drawn(omega, a, noise) * scale) / (cosine * cosine * cosine);
        });
      }
      return sum / a;
    };
    // r = 2 a / K; the share falls with a.
    const tiny = 1e-9 * noise;
    if (!(coupling > 0) || share(tiny) * coupling <= 2) return 0;
    return (2 * boundary((a) => share(a) * coupling >= 2, tiny, 0.5 * coupling)) / coupling;
  };
  const [coarse, value] = [solve(40), solve(80)];
  const error = Math.abs(value - coarse) + 1e-9;
  const settled = error < 1e-4;
  return {
    ...base,
    value: settled ? value : NaN,
    error: settled ? error : NaN,
    status: settled ? "ok" : "not-converged",
    ...(settled
      ? {}
      : {
          explanation: `the integral over frequencies changes r by ${error} with its nodes: the noise is small against the width, or the density has jumps`,
        }),
  };
}
