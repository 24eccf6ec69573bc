import { boundary } from "../core/bisection.js";
import type { Estimate } from "../core/estimate.js";
import { integral } from "../core/integral.js";
import type { Frequencies } from "./frequencies.js";
import { needUnimodal } from "./frequency-density.js";

/** Where order begins and ends, and how much of it there is between. */
export interface FrequencyWeighted {
  /** The coupling at which incoherence ends, on the way up. */
  readonly up: Estimate;
  /** The coupling at which the locked state ends, on the way down: 2. */
  readonly down: Estimate;
  /** Order parameter of the locked state at a coupling; 0 below 2. */
  locked(coupling: number): number;
}

const sources = ["Hu, Boccaletti, Huang, Zhang, Liu, Guan, Lai 2014"];

/**
 * Oscillators that are pulled the more strongly the faster they turn: a first-order transition with a hysteresis loop.
 *
 * *Definition*: theta_i' = omega_i + (K |omega_i| / n) sum_j sin(theta_j - theta_i), omega symmetric about 0. In a field r all oscillators rest
 * at |sin theta| = 1 / (K r) or none does, so r = sqrt(1 - 1 / (K r)^2): r^2 = (1 + sqrt(1 - 4 / K^2)) / 2 from K = 2 on, whatever the density. Incoherence
 * loses stability to waves that turn at +-Omega: 1 = (K / 2) pi Omega g(Omega), at the Omega where the principal value of
 * int_0^inf g(omega) omega / (Omega^2 - omega^2) d omega vanishes.
 * *Arguments*: `frequencies` with the center 0.
 * *Returns*: `up`, `down`: between them, where up > down, both states are stable. For Lorentzian frequencies they are 4 and 2; evenly spread ones have
 * up = 4 sqrt 2 / pi < 2: no loop.
 * *Error*: of `up`: a bound from the quadrature; "not-converged" where no Omega is found between 1e-3 and 30 half-widths 1 / (pi g(0)).
 * *Cost*: some 100 integrals.
 * *Source*: Hu, Boccaletti, Huang, Zhang, Liu, Guan, Lai 2014, Exact solution for first-order synchronization transition in a generalized Kuramoto model.
 * *Example*: `frequencyWeighted(lorentzianFrequencies(1)).up.value // 4.0000`
 */
export function frequencyWeighted(frequencies: Frequencies): FrequencyWeighted {
  needUnimodal("frequencyWeighted", frequencies);
  const { density, breaks, center, name } = frequencies;
  if (center !== 0)
    throw new RangeError(`frequencyWeighted: frequencies about ${center} given; weights |omega| have their meaning about 0`);
  let slack = 0;
  // In v = omega^2: the principal value of h(v) / (V - v), with h(V) taken off on [0, 2 V], where it adds nothing.
  const value = (omega: number): number => {
    const [v, at] = [omega * omega, density(omega)];
    const part = (f: (x: number) => number, from: number, to: number): number => {
      const inner = breaks.map((b) => b * b).filter((b) => b > from && b < to);
      const ends = [from, ...inner, to];
      let sum = 0;
      for (let i = 0; i + 1 < ends.length; i++) {
        const found = integral(f, ends[i]!, ends[i + 1]!, 1e-10);
        sum += found.value;
        slack = Math.max(slack, found.error);
      }
      return sum;
    };
    const near = (x: number): number => (x === v ? 0 : (density(Math.sqrt(x)) - at) / (v - x));
    // x = 2 V / s takes (0, 1] to the rest.
    const far = (s: number): number => {
      const x = (2 * v) / s;
      return (density(Math.sqrt(x)) / (v - x)) * ((2 * v) / (s * s));
    };
    const inner = breaks.map((b) => (2 * v) / (b * b)).filter((s) => s > 1e-12 && s < 1);
    const ends = [1e-12, ...inner.sort((a, b) => a - b), 1];
    let rest = 0;
    for (let i = 0; i + 1 < ends.length; i++) rest += integral(far, ends[i]!, ends[i + 1]!, 1e-10).value;
    return part(near, 0, v) + part(near, v, 2 * v) + rest;
  };
  const width = 1 / (Math.PI * density(0));
  const [low, high] = [1e-3 * width, 30 * width];
  const found = value(low) < 0 && value(high) > 0;
  const omega = found ? boundary((x) => value(x) < 0, low, high) : NaN;
  const coupling = 2 / (Math.PI * omega * density(omega));
  const ok = found && Number.isFinite(coupling);
  return {
    up: {
      value: ok ? coupling : NaN,
      error: ok ? Math.max(1e-8, 10 * slack) * coupling : NaN,
      unit: "coupling",
      status: ok ? "ok" : "not-converged",
      method: `neutral waves of incoherence, ${name} frequencies`,
      sources,
      cost: {},
      ...(ok
        ? {}
        : { explanation: "no frequency of neutral waves was found; the density may be too narrow or too wide about its center" }),
    },
    down: {
      value: 2,
      error: 0,
      unit: "coupling",
      status: "ok",
      method: "end of the locked state, r = 1/sqrt 2 there",
      sources,
      cost: {},
    },
    locked: (k) => (k >= 2 ? Math.sqrt(0.5 * (1 + Math.sqrt(1 - 4 / (k * k)))) : 0),
  };
}
