import {
  add,
  at,
  compile,
  concat,
  div,
  gt,
  jvp,
  log,
  mul,
  reshape,
  select,
  sqrt,
  sub,
  sum,
  vmap,
  type CompileOptions,
  type Program,
  type Tensor,
} from "#engine";
import type { Estimate } from "../core/estimate.js";
import { fillNormal, random } from "../core/random.js";
import { orthonormalize } from "../core/rows.js";
import type { Status } from "../core/status.js";
import { orbitPeriod } from "./orbit-period.js";
import type { Family } from "./periodic-orbit.js";

/** Numbers recorded: 2 GB. */
const MOST = 2 ** 28;

export interface OrbitDiagramOptions {
  readonly f: Family;
  readonly parameters: ArrayLike<number>;
  /** The initial state, the same for all parameters. */
  readonly initial: ArrayLike<number>;
  /** Steps before anything is counted. Default 1000. */
  readonly transient?: number;
  /** Steps over which growth is averaged; the last `record` of them are kept. Default 4000. */
  readonly steps?: number;
  /** Number of last states kept. Default 256. */
  readonly record?: number;
  /** Largest period looked for, at most half of `record`. Default 64. */
  readonly maxPeriod?: number;
  /** States closer than this in every component count as the same. Default 1e-6, in the unit of the state. */
  readonly tolerance?: number;
  /** Number of Lyapunov exponents, 1 to dim. Default 1. */
  readonly k?: number;
  /** Seed of the random start of the tangents. Default 0. */
  readonly seed?: number;
  readonly threads?: CompileOptions["threads"];
}

/** Where the orbit of each parameter ends up, and how fast neighbours part there. */
export interface OrbitDiagram {
  readonly parameters: Float64Array;
  readonly dim: number;
  readonly record: number;
  /** parameters x record x dim; NaN where the orbit left the finite numbers. */
  readonly orbits: Float64Array;
  /** The least period that the orbit has come to, 0 where there is none up to `maxPeriod`, or none yet. */
  readonly periods: Int32Array;
  readonly statuses: readonly Status[];
  /** parameters x k, largest first; standard errors by batch means. */
  readonly exponents: Estimate<Float64Array>;
}

const BATCHES = 20;

/**
 * The long-term orbits of a family of maps over a range of its parameter, with Lyapunov exponents and periods.
 *
 * *Definition*: for each parameter p the states f_p^n(initial) after the transient; exponents by QR in every step of the same orbit; the
 * period is the least m with |x_{n+m} - x_n| <= tolerance for all recorded n, once the orbit has no more than that to go (`orbitPeriod`).
 * *Arguments*: see `OrbitDiagramOptions`. `steps` is raised to `record` and to a multiple of 20.
 * *Returns*: see `OrbitDiagram`. An orbit that leaves the finite numbers has status "diverged", period 0 and NaN; one that creeps, as near a bifurcation, "not-converged" and period 0. A
 * start on an unstable cycle stays there, with a period and an exponent above 0. An exponent is -Infinity
 * where the derivative is singular along the orbit.
 * *Error*: standard errors of exponents from 20 batch means (too small where convergence is slower than a batch; on a periodic orbit the
 * average is exact where steps / 20 is a multiple of the period, else off by up to period / steps of its spread). Near a bifurcation the
 * approach is slow, and a period then needs a longer transient: within d of a flip, about 10 / d steps. The error of an orbit that creeps is twice what the last
 * batch is off the mean, if that is more.
 * *Cost*: transient + steps evaluations of f and its derivative, for all parameters in one compiled program.
 * *Source*: May 1976, Simple mathematical models with very complicated dynamics; exponents: Benettin et al. 1980.
 * *Example*: `orbitDiagram({ f: (x, r) => mul(mul(r, x), sub(1, x)), parameters: [3.2, 3.5], initial: [0.3] }).periods // [2, 4]`
 */
export function orbitDiagram(options: OrbitDiagramOptions): OrbitDiagram {
  const { transient = 1000, record = 256, maxPeriod = 64, tolerance = 1e-6, k = 1, seed = 0 } = options;
  const parameters = Float64Array.from(options.parameters);
  const [n, dim] = [parameters.length, options.initial.length];
  check("parameters", parameters.length, 1);
  const wrong = parameters.findIndex((p) => !Number.isFinite(p));
  if (wrong >= 0) throw new RangeError(`orbitDiagram: parameter ${wrong} is ${parameters[wrong]}; allowed: finite numbers`);
  if (!Array.from(options.initial).every(Number.isFinite))
    throw new RangeError(
      `orbitDiagram: the initial state ${Array.from(options.initial).join(", ")} given; allowed: finite numbers`,
    );
  check("initial", dim, 1);
  check("transient", transient, 0);
  check("maxPeriod", maxPeriod, 1);
  check("record", record, 2 * maxPeriod, "twice maxPeriod, so that every period is seen twice");
  if (n * record * dim > MOST)
    throw new RangeError(
      `orbitDiagram: ${n} parameters with ${record} states of ${dim} numbers are ${n * record * dim} numbers; allowed: ${MOST}, 2 GB. Record fewer states or take the parameters in parts`,
    );
  check("steps", options.steps ?? 4000, BATCHES, "one for each batch");
  if (!Number.isInteger(k) || k < 1 || k > dim)
    throw new RangeError(`orbitDiagram: k = ${k} given; allowed: integers from 1 to dim = ${dim}`);
  if (!(tolerance > 0 && tolerance < Infinity))
    throw new RangeError(`orbitDiagram: tolerance ${tolerance} given; allowed: finite numbers above 0`);
  const batch = Math.ceil(Math.max(options.steps ?? 4000, record) / BATCHES);
  const steps = batch * BATCHES;

  const program = lanes(options, n, dim, k);
  const [states, tangents, growth, parameterLanes] = program.inputs as Float64Array[];
  parameterLanes!.set(parameters);
  const frame = fillNormal(new Float64Array(k * dim), random(seed));
  orthonormalize(frame, k, dim);
  for (let i = 0; i < n; i++) {
    states!.set(options.initial, i * dim);
    tangents!.set(frame, i * k * dim);
  }
  const advance = (count: number): void => {
    if (count === 0) return;
    program.iterate(count);
    for (let i = 0; i < 3; i++) program.inputs[i]!.set(program.outputs[i]!);
  };

  advance(transient);
  const orbits = new Float64Array(n * record * dim);
  const rates = Array.from({ length: BATCHES }, () => new Float64Array(n * k));
  for (let b = 0, done = 0; b < BATCHES; b++) {
    growth!.fill(0);
    const silent = Math.min(batch, Math.max(0, steps - record - done));
    advance(silent);
    for (let s = silent; s < batch; s++) {
      advance(1);
      const row = done + s - (steps - record);
      for (let i = 0; i < n; i++) orbits.set(states!.subarray(i * dim, (i + 1) * dim), (i * record + row) * dim);
    }
    done += batch;
    rates[b]!.forEach((_, i) => (rates[b]![i] = growth![i]! / batch));
  }

  const statuses = Array.from({ length: n }, (_, i): Status => {
    const orbit = orbits.subarray(i * record * dim, (i + 1) * record * dim);
    if (states!.subarray(i * dim, (i + 1) * dim).every(Number.isFinite)) return "ok";
    orbit.fill(NaN);
    return "diverged";
  });
  const periods = Int32Array.from(statuses, (s, i) => {
    if (s !== "ok") return 0;
    const states = orbits.subarray(i * record * dim, (i + 1) * record * dim);
    const { period, creeping } = orbitPeriod(states, dim, { most: maxPeriod, tolerance, elapsed: transient + steps });
    if (creeping) statuses[i] = "not-converged";
    return period;
  });
  return {
    parameters,
    dim,
    record,
    orbits,
    periods,
    statuses,
    exponents: summarize(rates, statuses, parameters, k, steps),
  };
}

/** One step of all orbits with their tangents; the fourth input, the parameters, stays. */
function lanes({ f, threads }: OrbitDiagramOptions, n: number, dim: number, k: number): Program {
  const step = (x: Tensor, v: Tensor, total: Tensor, p: Tensor): Tensor[] => {
    const next = (y: Tensor): Tensor => f(y, p);
    const { rows, logs } = stretch(vmap((w) => jvp(next, [x], [w]).tangents[0]!)(v), v, k);
    return [next(x), rows, add(total, concat(logs))];
  };
  return compile(
    vmap(step),
    [{ shape: [n, dim] }, { shape: [n, k, dim] }, { shape: [n, k] }, { shape: [n] }],
    threads ? { state: 3, threads } : { state: 3 },
  );
}

/** Gram-Schmidt of k rows, every projection twice; a row that vanishes keeps its old direction and has log 0 = -Infinity. */
function stretch(moved: Tensor, old: Tensor, k: number): { rows: Tensor; logs: Tensor[] } {
  const rows: Tensor[] = [];
  const logs: Tensor[] = [];
  for (let j = 0; j < k; j++) {
    let row = at(moved, j);
    for (let pass = 0; pass < 2; pass++) for (const q of rows) row = sub(row, mul(sum(mul(q, row)), q));
    const norm = sqrt(sum(mul(row, row)));
    const alive = gt(norm, 0);
    rows.push(select(alive, div(row, norm), at(old, j)));
    logs.push(reshape(log(norm), [1]));
  }
  return { rows: concat(rows.map((r) => reshape(r, [1, r.shape[0]!]))), logs };
}

function summarize(
  rates: readonly Float64Array[],
  statuses: readonly Status[],
  parameters: Float64Array,
  k: number,
  steps: number,
): Estimate<Float64Array> {
  const value = new Float64Array(statuses.length * k).fill(NaN);
  const error = value.slice();
  for (let i = 0; i < value.length; i++) {
    const status = statuses[Math.floor(i / k)]!;
    if (status === "diverged") continue;
    const mean = rates.reduce((s, r) => s + r[i]!, 0) / BATCHES;
    const squares = rates.reduce((s, r) => s + (r[i]! - mean) * (r[i]! - mean), 0);
    value[i] = mean;
    error[i] = Math.sqrt(squares / (BATCHES * (BATCHES - 1)));
    // What creeps has batches that go one way, and no scatter.
    if (status === "not-converged") error[i] = Math.max(error[i]!, 2 * Math.abs(rates.at(-1)![i]! - mean));
  }
  return {
    value,
    error,
    unit: "1/step",
    ...endOf(statuses, parameters),
    method: `QR in every step; standard error from ${BATCHES} batch means`,
    sources: ["Benettin, Galgani, Giorgilli, Strelcyn 1980"],
    cost: { steps },
  };
}

/** How the orbits of a diagram ended, all in all, and at which parameter first. */
export function endOf(statuses: readonly Status[], parameters: ArrayLike<number>): Pick<Estimate, "status" | "explanation"> {
  const told = (status: Status, what: string, remedy: string): string[] => {
    const those = statuses.filter((s) => s === status).length;
    const first = parameters[statuses.indexOf(status)];
    return those > 0 ? [`${those} of ${statuses.length} orbits ${what}, first at the parameter ${first}; ${remedy}`] : [];
  };
  const faults = [
    ...told("diverged", "left the finite numbers", "start inside a basin of attraction or narrow the range"),
    ...told("not-converged", "creep towards a cycle or away from one, near a bifurcation", "take a longer transient"),
  ];
  return {
    status: statuses.every((s) => s === "diverged") ? "diverged" : "ok",
    ...(faults.length > 0 ? { explanation: faults.join("; ") } : {}),
  };
}

function check(what: string, given: number, least: number, why = ""): void {
  if (!Number.isInteger(given) || given < least)
    throw new RangeError(`orbitDiagram: ${what} ${given} given; allowed: integers from ${least}${why ? ` (${why})` : ""}`);
}
