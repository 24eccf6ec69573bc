import { abs, add, compile, log, vmap, type CompileOptions, type Tensor } from "#engine";
import type { Estimate } from "../core/estimate.js";
import type { Family } from "./periodic-orbit.js";

export interface TransverseExponentsOptions {
  /** The map within the invariant set. */
  readonly f: Family;
  /** State and parameter to the factor, a scalar, by which one step multiplies a small displacement off the set. */
  readonly factor: Family;
  readonly parameters: ArrayLike<number>;
  /** The initial state, the same for all parameters. */
  readonly initial: ArrayLike<number>;
  /** Steps before anything is counted. Default 1000. */
  readonly transient?: number;
  /** Steps over which growth is averaged. Default 4000. */
  readonly steps?: number;
  readonly threads?: CompileOptions["threads"];
}

const BATCHES = 20;

/**
 * The exponents across an invariant set: whether orbits beside the set come to it or leave it.
 *
 * *Definition*: lim (1/n) sum log |factor(x_t)| along the orbit x_t of f in the set. Below 0 a neighbour is drawn to the set, above 0 it leaves.
 * *Arguments*: see `TransverseExponentsOptions`; `steps` is raised to a multiple of 20.
 * *Returns*: one exponent a parameter, in nats a step; NaN where the orbit leaves the finite numbers, -Infinity where a factor is 0.
 * *Error*: one standard error from 20 batch means; on an orbit at rest 0, and the value is then exact to rounding.
 * *Cost*: transient + steps evaluations of f and of the factor, for all parameters in one compiled program.
 * *Source*: Ashwin, Buescu, Stewart 1994, Bubbling of attractors and synchronisation of chaotic oscillators (transverse exponents).
 * *Example*: `transverseExponents({ f: (x, r) => mul(mul(r, x), sub(1, x)), factor: (x, r) => mul(0.5, r), parameters: [3, 3.5], initial: [0.3] }).value
 * // [0.4055, 0.5596]`
 */
export function transverseExponents(options: TransverseExponentsOptions): Estimate<Float64Array> {
  const { f, factor, transient = 1000, threads } = options;
  const parameters = Float64Array.from(options.parameters);
  const [n, dim] = [parameters.length, options.initial.length];
  for (const [what, given, least] of [
    ["parameters", n, 1],
    ["initial", dim, 1],
    ["transient", transient, 0],
    ["steps", options.steps ?? 4000, BATCHES],
  ] as const)
    if (!Number.isInteger(given) || given < least)
      throw new RangeError(`transverseExponents: ${what} ${given} given; allowed: integers from ${least}`);
  const batch = Math.ceil((options.steps ?? 4000) / BATCHES);
  const step = (x: Tensor, total: Tensor, p: Tensor): Tensor[] => [f(x, p), add(total, log(abs(factor(x, p))))];
  const program = compile(vmap(step), [{ shape: [n, dim] }, { shape: [n] }, { shape: [n] }], {
    state: 2,
    ...(threads ? { threads } : {}),
  });
  const [states, totals, lanes] = program.inputs as Float64Array[];
  lanes!.set(parameters);
  for (let i = 0; i < n; i++) states!.set(options.initial, i * dim);
  const advance = (steps: number): void => {
    if (steps === 0) return;
    program.iterate(steps);
    for (let i = 0; i < 2; i++) program.inputs[i]!.set(program.outputs[i]!);
  };
  advance(transient);
  const rates = Array.from({ length: BATCHES }, () => {
    totals!.fill(0);
    advance(batch);
    return totals!.map((t) => t / batch);
  });
  const value = new Float64Array(n);
  const error = new Float64Array(n);
  let lost = 0;
  for (let i = 0; i < n; i++) {
    const mean = rates.reduce((s, r) => s + r[i]!, 0) / BATCHES;
    const left = !states!.subarray(i * dim, (i + 1) * dim).every(Number.isFinite);
    if (left) lost++;
    value[i] = left ? NaN : mean;
    const squares = rates.reduce((s, r) => s + (r[i]! - mean) * (r[i]! - mean), 0);
    error[i] = left ? NaN : mean === -Infinity ? 0 : Math.sqrt(squares / (BATCHES * (BATCHES - 1)));
  }
  return {
    value,
    error,
    unit: "nat/step",
    status: lost === n ? "diverged" : "ok",
    method: `mean logarithm of the factor across along the orbit; standard error from ${BATCHES} batch means`,
    sources: ["Ashwin, Buescu, Stewart 1994"],
    cost: { steps: batch * BATCHES },
    ...(lost > 0 ? { explanation: `${lost} of ${n} orbits left the finite numbers` } : {}),
  };
}
