import { constant, evaluate, scalarMath, type Tensor } from "#engine";
import { noiseKey, noiseOf, type Noise } from "../core/noise.js";
import { short } from "../core/short.js";
import { OUTSIDE, tell, TOLD } from "./failure.js";
import type { Scheme, StochasticField } from "./schemes.js";

/** A path of a stochastic equation that left the finite numbers. */
export interface FailedPath {
  readonly field: StochasticField;
  readonly scheme: Scheme;
  /** Where it was when the interval began in which it failed. */
  readonly before: Float64Array;
  /** The states after each step of that interval, [2^level, dim]. */
  readonly states: (x: Tensor, noise: Noise) => Tensor;
  /** The number of that interval. */
  readonly interval: number;
  readonly dt: number;
  readonly level: number;
  readonly seed: number;
  /** Of a batch; -1: there is one alone. */
  readonly copy: number;
  /** Whose noise it met. */
  readonly stream: number;
}

/** Steps of the schemes are stable for drifts with h times the rate of decay up to this, as Euler's are. */
const STABLE = 2;

/** Says when a stochastic equation failed, in which component, how its steps went, how stiff its drift is there, and what to try. */
export function diffusionFailure(failed: FailedPath): string {
  const { field, scheme, before, interval, dt, level, seed, copy, stream } = failed;
  const dim = before.length;
  const count = 2 ** level;
  const h = dt / count;
  // The interval once more, step by step, with the noise that it met.
  const states = evaluate((x) => [failed.states(x, noiseOf(noiseKey(seed, stream), constant(interval)))], { data: before })[0]!;
  const wrong = states.findIndex((v) => !Number.isFinite(v));
  const step = wrong < 0 ? count - 1 : Math.floor(wrong / dim);
  const x = step === 0 ? before : Float64Array.from(states.slice((step - 1) * dim, step * dim));
  const time = interval * dt + step * h;
  const accepted = interval * count + step;
  const spread = evaluate(field.diffusion, { data: x }, { data: [time], shape: [] })[0]!;
  const lengths = new Array<number>(Math.min(TOLD, accepted)).fill(h);
  const told = { field: field.drift, status: "diverged" as const, time, before: x, h, copy, accepted, lengths };
  return tell(told, ({ outside, fastest }) => {
    // Before the drift, which is looked at within the step too: there nothing is finite where the diffusion is not.
    const unknown = spread.findIndex((v) => !Number.isFinite(v));
    if (unknown >= 0 && x.every((v) => Math.abs(v) < 1e100)) {
      const component = Math.floor(unknown / (spread.length / dim));
      return OUTSIDE.replace("The field", `The diffusion of component ${component} is ${spread[unknown]}: it`);
    }
    if (outside) return OUTSIDE.replace("The field", "The drift");
    const finer = level + Math.max(1, Math.ceil(scalarMath.log(Math.max(1, (h * fastest) / STABLE)) / Math.LN2));
    const unstable =
      h * fastest > STABLE
        ? `The drift is stiffer than steps of ${scheme.name} bear, which are stable up to ${short(STABLE / fastest)} there. `
        : "";
    return (
      `Within one step of ${scheme.name} it left the finite numbers. ${unstable}Take level ${finer}, which keeps the path; if the time of failure then stays, the solution becomes infinite there; ` +
      `if it moves or goes, drift or diffusion grow faster than linearly, and explicit steps explode where the solution need not.`
    );
  });
}
