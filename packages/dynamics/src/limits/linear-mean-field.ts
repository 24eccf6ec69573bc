import { add, mean, mul, scalarMath, sub } from "#engine";
import { randomMap, type RandomSystem } from "../core/random-map.js";

export interface LinearMeanFieldOptions {
  readonly units: number;
  /** a > 0: pull to 0. */
  readonly pull: number;
  /** kappa > -a: pull to the mean of all units. */
  readonly coupling: number;
  /** D >= 0. */
  readonly noise: number;
  /** Time of one step. */
  readonly dt: number;
  /** Initial states, one a unit. Default: all 0. */
  readonly initial?: ArrayLike<number>;
  readonly seed?: number;
}

/** The law of one unit among infinitely many. */
export interface NormalLaw {
  readonly mean: number;
  readonly variance: number;
}

/**
 * Units with linear forces, noise and a pull to their mean, stepped by their exact law.
 *
 * *Definition*: dX_i = -a X_i dt - kappa (X_i - M) dt + sqrt(2 D) dW_i, M = mean of all X. M is an Ornstein-Uhlenbeck process of rate a and
 * noise D / n, the deviations X_i - M one of rate a + kappa; both are stepped exactly with the same n normal numbers, whose mean and
 * deviations are independent.
 * *Arguments*: see `LinearMeanFieldOptions`.
 * *Returns*: a random System whose law at step times is that of the equation: M has the stationary variance D / (a n), X_i - M that of
 * (D / (a + kappa)) (1 - 1 / n).
 * *Error*: none but rounding, for any dt.
 * *Source*: Sznitman 1991, Topics in propagation of chaos, chapter I (the setting); Gillespie 1996 (the exact step).
 * *Example*: `linearMeanField({ units: 3, pull: 1, coupling: 2, noise: 0, dt: 0.1, initial: [1, 1, 1] }).step(10) // "ok"`
 */
export function linearMeanField(options: LinearMeanFieldOptions): RandomSystem {
  const { units, pull, coupling, noise, dt, initial, seed = 0 } = options;
  if (!Number.isInteger(units) || units < 1)
    throw new RangeError(`linearMeanField: units ${units} given; allowed: integers from 1`);
  checkRates("linearMeanField", { pull, coupling, noise });
  if (!(dt > 0) || !Number.isFinite(dt)) throw new RangeError(`linearMeanField: dt = ${dt}; allowed: numbers above 0`);
  if (initial && initial.length !== units)
    throw new RangeError(`linearMeanField: ${initial.length} initial states given for ${units} units; give one each`);
  const kept = (rate: number): number => scalarMath.exp(-rate * dt);
  const spread = (rate: number): number => Math.sqrt((-noise * scalarMath.expm1(-2 * rate * dt)) / rate);
  const [slow, fast] = [pull, pull + coupling];
  return randomMap({
    f: (x, source) => {
      const drawn = source.normal([units]);
      const [center, push] = [mean(x, 0), mean(drawn, 0)];
      const common = add(mul(kept(slow), center), mul(spread(slow), push));
      return add(common, add(mul(kept(fast), sub(x, center)), mul(spread(fast), sub(drawn, push))));
    },
    initial: initial ?? new Float64Array(units),
    layout: [{ name: "units", shape: [units], offset: 0 }],
    seed,
  });
}

/** What both the population and its law need of their rates. */
function checkRates(what: string, { pull, coupling, noise }: Pick<LinearMeanFieldOptions, "pull" | "coupling" | "noise">): void {
  for (const [name, value, fine] of [
    ["pull", pull, pull > 0],
    ["pull + coupling", pull + coupling, pull + coupling > 0],
    ["noise", noise, noise >= 0],
  ] as const)
    if (!fine || !Number.isFinite(value))
      throw new RangeError(`${what}: ${name} = ${value}; allowed: ${name === "noise" ? "from 0" : "numbers above 0"}`);
}

/**
 * The law of one unit of `linearMeanField` among infinitely many that start at one place, at time t.
 *
 * *Definition*: dX = -a X dt - kappa (X - E X) dt + sqrt(2 D) dW: normal with mean m e^(-at) and variance (D / (a + kappa)) (1 - e^(-2 (a + kappa) t)).
 * *Example*: `linearMeanFieldLaw({ pull: 1, coupling: 1, noise: 2 }, 3, Infinity) // { mean: 0, variance: 1 }`
 */
export function linearMeanFieldLaw(
  { pull, coupling, noise }: Pick<LinearMeanFieldOptions, "pull" | "coupling" | "noise">,
  start: number,
  time: number,
): NormalLaw {
  checkRates("linearMeanFieldLaw", { pull, coupling, noise });
  if (!Number.isFinite(start)) throw new RangeError(`linearMeanFieldLaw: start = ${start}; allowed: finite numbers`);
  if (!(time >= 0)) throw new RangeError(`linearMeanFieldLaw: time = ${time}; allowed: from 0, Infinity for the state at rest`);
  const rate = pull + coupling;
  if (time === Infinity) return { mean: 0, variance: noise / rate };
  return { mean: start * scalarMath.exp(-pull * time), variance: (-noise * scalarMath.expm1(-2 * rate * time)) / rate };
}
