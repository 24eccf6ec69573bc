import { compile, constant, jvp, mul, scalarMath, sum, add, type Tensor } from "#engine";
import { boundary } from "../core/bisection.js";
import type { Estimate } from "../core/estimate.js";

export interface RateMeanFieldOptions {
  /** phi, elementwise. */
  readonly activation: (x: Tensor) => Tensor;
  /** J0: mean coupling. */
  readonly mean: number;
  /** g >= 0: deviation of the couplings. */
  readonly deviation: number;
}

/** The order parameters of a rate network at rest. */
export interface RateMeanField {
  /** m = E phi. */
  readonly mean: Estimate;
  /** q = E phi^2. */
  readonly square: Estimate;
}

/** Nodes of the trapezoidal rule for the normal law: beyond 12 deviations nothing is left. */
const REACH = 12;
const FINE = 64;

interface Averages {
  /** E phi, E phi^2 and E phi' at a normal variable. */
  at(center: number, deviation: number): { mean: number; square: number; slope: number; error: number };
}

/** Averages over the normal law by the trapezoidal rule, which is exact to rounding for smooth activations; the error is the change from twice the step. */
function averages(activation: RateMeanFieldOptions["activation"]): Averages {
  const count = 2 * REACH * FINE + 1;
  const z = Float64Array.from({ length: count }, (_, i) => -REACH + i / FINE);
  const weight = z.map((v) => scalarMath.exp(-0.5 * v * v) / (FINE * Math.sqrt(2 * Math.PI)));
  const coarse = weight.map((w, i) => (i % 2 === 0 ? 2 * w : 0));
  const program = compile(
    (center: Tensor, deviation: Tensor) => {
      const x = add(center, mul(deviation, constant(z, [count])));
      const { primals, tangents } = jvpOf(activation, x, count);
      return [weight, coarse].flatMap((w) => {
        const measure = constant(w, [count]);
        return [primals, mul(primals, primals), tangents].map((v) => sum(mul(measure, v)));
      });
    },
    [{ shape: [] }, { shape: [] }],
    { state: 0 },
  );
  return {
    at(center, deviation) {
      program.inputs[0]![0] = center;
      program.inputs[1]![0] = deviation;
      program.run();
      const [mean, square, slope, ...half] = program.outputs.map((o) => o[0]!) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      const error = Math.max(Math.abs(mean - half[0]!), Math.abs(square - half[1]!), Math.abs(slope - half[2]!));
      return { mean, square, slope, error: error + 1e-15 };
    },
  };
}

function jvpOf(activation: RateMeanFieldOptions["activation"], x: Tensor, count: number): { primals: Tensor; tangents: Tensor } {
  const { outputs, tangents } = jvp((v: Tensor) => activation(v), [x], [constant(new Float64Array(count).fill(1), [count])]);
  return { primals: outputs[0]!, tangents: tangents[0]! };
}

const SOURCES = ["Amit, Gutfreund, Sompolinsky 1985", "Sompolinsky, Crisanti, Sommers 1988"];

function check(what: string, mean: number, deviation: number): void {
  if (!Number.isFinite(mean)) throw new RangeError(`${what}: mean ${mean} given; allowed: finite numbers`);
  if (!(deviation >= 0) || !Number.isFinite(deviation))
    throw new RangeError(`${what}: deviation ${deviation} given; allowed: from 0`);
}

/**
 * The resting state of a large rate network with random couplings, as two numbers.
 *
 * *Definition*: x_i' = -x_i + sum_j J_ij phi(x_j), J_ij independent with mean J0 / n and variance g^2 / n. At rest the x_i are normal
 * with mean J0 m and variance g^2 q, so m = E phi(J0 m + g sqrt(q) z), q = E phi(J0 m + g sqrt(q) z)^2 over a standard normal z.
 * *Arguments*: see `RateMeanFieldOptions`.
 * *Returns*: the solution that iteration reaches from m = q = 1: the ordered one where there is one. Whether the network rests there is another
 * question: for g above the chaotic threshold it does not.
 * *Error*: the last change enlarged by its rate, and that of the normal averages. "not-converged" after 20,000 rounds, close to a transition.
 * *Cost*: 1,537 values of phi a round.
 * *Source*: Sompolinsky, Crisanti, Sommers 1988, Chaos in random neural networks (the statistics of J); Amit, Gutfreund, Sompolinsky 1985 (the equations).
 * *Example*: `rateMeanField({ activation: tanh, mean: 2, deviation: 0 }).mean.value // 0.95750402`
 */
export function rateMeanField({ activation, mean: coupling, deviation }: RateMeanFieldOptions): RateMeanField {
  check("rateMeanField", coupling, deviation);
  const normal = averages(activation);
  let [m, q, change, rate, error] = [1, 1, Infinity, 0, 0];
  let rounds = 0;
  while (change > 1e-14 && rounds < 20_000) {
    rounds++;
    const next = normal.at(coupling * m, deviation * Math.sqrt(q));
    const moved = Math.max(Math.abs(next.mean - m), Math.abs(next.square - q));
    rate = moved / change;
    // A negative coupling makes the first equation overshoot; its Newton step does not.
    const pull = coupling * next.slope;
    m += (next.mean - m) / (1 - Math.min(0, pull));
    [q, change, error] = [next.square, moved, next.error];
    if (change !== change) break;
  }
  const settled = change <= 1e-14;
  const bound = (change * rate) / (1 - Math.min(rate, 0.999)) + error / (1 - Math.min(rate, 0.999));
  const estimate = (value: number): Estimate => ({
    value: settled ? value : NaN,
    error: settled ? bound : NaN,
    unit: "1",
    status: settled ? "ok" : "not-converged",
    method: `iteration of normal averages, ${rounds} rounds`,
    sources: SOURCES,
    cost: {},
    ...(settled
      ? {}
      : {
          explanation: `after ${rounds} rounds the averages still change by ${change}: the couplings are close to a transition, or phi grows without bound`,
        }),
  });
  return { mean: estimate(m), square: estimate(q) };
}

/**
 * The mean coupling at which a rate network begins to order: J0 E phi'(g sqrt(q) z) = 1 at the solution with m = 0.
 *
 * *Arguments*: `activation` with phi(0) = 0 and phi odd; `deviation` g. *Returns*: J0; 1 / phi'(0) where g phi'(0) <= 1, since then q = 0.
 * *Error*: that of the normal averages.
 * *Source*: as `rateMeanField`; the linearisation of its first equation at m = 0.
 * *Example*: `rateCriticalMean({ activation: tanh, deviation: 0.5 }).value // 1.00000`
 */
export function rateCriticalMean({ activation, deviation }: Omit<RateMeanFieldOptions, "mean">): Estimate {
  check("rateCriticalMean", 0, deviation);
  const normal = averages(activation);
  const zero = normal.at(0, 0);
  if (Math.abs(zero.mean) > 1e-12)
    throw new RangeError(`rateCriticalMean: phi(0) = ${zero.mean}; an ordering transition needs phi(0) = 0 (use rateMeanField)`);
  // E phi(g sqrt(q) z)^2 / q falls with q for saturating phi: the largest q at which it is still above 1.
  const reach = boundary((s) => s === 0 || normal.at(0, deviation * s).square >= s * s, 0, 1e3);
  const s = deviation * zero.slope <= 1 ? 0 : reach;
  const { slope, error } = normal.at(0, deviation * s);
  const fine = slope > 0 && s < 1e3;
  return {
    value: fine ? 1 / slope : NaN,
    error: fine ? (4 * error) / (slope * slope) : NaN,
    unit: "coupling",
    status: fine ? "ok" : "not-converged",
    method: "1 / E phi' at the solution with mean 0",
    sources: SOURCES,
    cost: {},
    ...(fine ? {} : { explanation: "phi does not saturate, or does not rise on average: there is no such transition" }),
  };
}
