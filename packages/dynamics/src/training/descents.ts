import { add, compile, hvp, sum, mul, valueAndGrad, vmap, type CompileOptions, type Program, type Tensor } from "#engine";
import { finite } from "../core/evolve.js";
import type { LinearOperators } from "../core/linear-operator.js";
import { finish, type Parts } from "../core/parts.js";
import { fillNormal, random } from "../core/random.js";
import type { Status } from "../core/status.js";
import { optimizerStep } from "./optimizer-step.js";
import type { Optimizer } from "./optimizers/optimizer.js";

export interface DescentsOptions {
  /** theta of shape [size] to the loss, a scalar. */
  readonly objective: (theta: Tensor) => Tensor;
  readonly size: number;
  /** count x size, row by row. */
  readonly starts: ArrayLike<number>;
  readonly optimizer: Optimizer;
  /** Budget of steps for each start. Default 100,000. */
  readonly steps?: number;
  /** A run has arrived when the norm of its gradient is at most this. Default 1e-10. */
  readonly tolerance?: number;
  /**
   * Norm of a random push that a run gets when it arrives; it counts as arrived when it arrives again. A run can come close to a minimum that
   * repels, and only a push tells at once that it would not stay. Default 0: none.
   */
  readonly kick?: number;
  /** Seed of the pushes. Default 0. */
  readonly seed?: number;
  /** Steps between two looks at the gradient. Default 64. */
  readonly interval?: number;
  /** Runs side by side in the compiled program; the others queue. Default 1024. */
  readonly lanes?: number;
  readonly threads?: CompileOptions["threads"];
}

/** The program becomes smaller when only this part of its lanes is at work. */
const SHRINK = 8;

/** Where an optimizer ends from each of many starts. */
export interface Descents {
  readonly count: number;
  readonly size: number;
  readonly optimizer: Optimizer;
  /** count x size; for a run that diverged, the state at the look that found it. */
  readonly ends: Float64Array;
  readonly losses: Float64Array;
  /** Norms of the gradients at the ends. */
  readonly gradients: Float64Array;
  /** Steps taken: a multiple of `interval`, or the budget. */
  readonly steps: Float64Array;
  /** "ok": arrived; "diverged": not finite any more; "step-limit": neither within the budget (a cycle, chaos, or slow convergence). */
  readonly statuses: readonly Status[];
  /** The Hessians at the ends, side by side, by exact products. A program is compiled at first use. */
  hessians(): LinearOperators;
}

/**
 * Runs an optimizer from many starts in one compiled program.
 *
 * *Definition*: (theta, memory)' = rule(theta, grad L(theta), memory, step) from each start until the gradient is small.
 * *Arguments*: see `DescentsOptions`.
 * *Returns*: see `Descents`. A run that ends makes room for the next start, so that slow ones do not hold up the others.
 * *Error*: an end is a point with a small gradient, not a limit: it lies within tolerance / (smallest positive Hessian eigenvalue) of one
 * unless it only passes by, which happens where the loss sharpens while its sharpest direction is at rest; see `kick`. The result of a start does not depend on the others, nor on `lanes`.
 * *Cost*: one gradient a step, `lanes` at a time; when few slow runs are left they go on in a smaller program, compiled anew.
 * *Example*: `descents({ objective, size: 2, starts: [2, 1, 4, 4], optimizer: gradientDescent({ stepSize: 0.5 }) }).statuses // ["ok", "diverged"]`
 */
export const descents = (options: DescentsOptions): Descents => finish(descentsInParts(options));

/** `descents` in parts. */
export function* descentsInParts(options: DescentsOptions): Parts<Descents> {
  const { objective, size, optimizer, steps: budget = 100_000, tolerance = 1e-10 } = options;
  const { kick = 0, seed = 0 } = options;
  const starts = Float64Array.from(options.starts);
  whole("size", size);
  if (starts.length === 0 || starts.length % size !== 0)
    throw new RangeError(`descents: starts of ${starts.length} numbers given; allowed: rows of ${size}, at least one`);
  finite(starts, "list of starts");
  whole("steps", budget);
  if (!(tolerance >= 0)) throw new RangeError(`descents: tolerance ${tolerance} given; allowed: numbers from 0`);
  if (!(kick >= 0 && kick < Infinity)) throw new RangeError(`descents: kick ${kick} given; allowed: finite numbers from 0`);
  const interval = Math.min(whole("interval", options.interval ?? 64), budget);
  const count = starts.length / size;
  const lanes = Math.min(whole("lanes", options.lanes ?? 1024), count);
  const stepper = optimizerStep(optimizer, size);
  const { dim } = stepper;
  const settings = options.threads ? { threads: options.threads } : {};

  const ends = new Float64Array(count * size);
  const losses = new Float64Array(count);
  const gradients = new Float64Array(count);
  const steps = new Float64Array(count);
  const statuses = new Array<Status>(count).fill("step-limit");

  // Lane i carries start slot[i], -1 when the queue is empty: then it stays at the last start, whose end is already known.
  let slot = new Int32Array(lanes);
  let kicked = new Uint8Array(lanes);
  let [advance, look] = programs(options, lanes, settings);
  // Each lane's own number of steps is part of what is carried.
  let [state, age] = advance.inputs as [Float64Array, Float64Array];
  const push = (i: number): void => {
    const d = fillNormal(new Float64Array(size), random(seed, slot[i]! % 0x200000));
    const length = Math.sqrt(d.reduce((sum, x) => sum + x * x, 0));
    for (let j = 0; j < size; j++) state[i * dim + j]! += (kick / length) * d[j]!;
    kicked[i] = 1;
  };
  let queued = 0;
  let running = 0;
  const fill = (i: number): void => {
    slot[i] = queued < count ? queued++ : -1;
    age[i] = kicked[i] = 0;
    if (slot[i]! < 0) running--;
    const from = Math.max(slot[i]!, 0) * size;
    state.set(stepper.initial(starts.subarray(from, from + size)), i * dim);
  };
  /** Few slow runs go on in a program of their own size. */
  const shrink = (): void => {
    const left = Array.from(slot.keys()).filter((i) => slot[i]! >= 0);
    const [before, ages] = [state, age];
    [advance, look] = programs(options, left.length, settings);
    [state, age] = advance.inputs as [Float64Array, Float64Array];
    left.forEach((i, to) => {
      state.set(before.subarray(i * dim, (i + 1) * dim), to * dim);
      age[to] = ages[i]!;
    });
    slot = slot.filter((s) => s >= 0);
    kicked = Uint8Array.from(left, (i) => kicked[i]!);
  };
  for (let i = 0; i < lanes; i++, running++) fill(i);
  while (running > 0) {
    if (running <= slot.length / SHRINK) shrink();
    advance.iterate(interval);
    state.set(advance.outputs[0]!);
    age.set(advance.outputs[1]!);
    for (let i = 0; i < slot.length; i++) look.inputs[0]!.set(state.subarray(i * dim, i * dim + size), i * size);
    look.run();
    for (let i = 0; i < slot.length; i++) {
      const s = slot[i]!;
      if (s < 0) continue;
      const gradient = Math.sqrt(look.outputs[1]![i]!);
      const arrived = gradient <= tolerance;
      const lost = !Number.isFinite(gradient) || !Number.isFinite(look.outputs[0]![i]!);
      if (arrived && kick > 0 && !kicked[i] && age[i]! < budget) {
        push(i);
        continue;
      }
      if (!arrived && !lost && age[i]! < budget) continue;
      statuses[s] = lost ? "diverged" : arrived ? "ok" : "step-limit";
      ends.set(state.subarray(i * dim, i * dim + size), s * size);
      losses[s] = lost ? NaN : look.outputs[0]![i]!;
      gradients[s] = lost ? NaN : gradient;
      steps[s] = age[i]!;
      fill(i);
    }
    yield Math.max(0, queued - running) / count;
  }
  let operators: LinearOperators | undefined;
  return {
    count,
    size,
    optimizer,
    ends,
    losses,
    gradients,
    steps,
    statuses,
    hessians: () => (operators ??= hessiansAt(objective, ends, size, lanes, settings)),
  };
}

/** A step of all lanes, and a look at their losses and squared gradients. */
function programs({ objective, size, optimizer }: DescentsOptions, lanes: number, settings: CompileOptions): [Program, Program] {
  const stepper = optimizerStep(optimizer, size);
  const step = (x: Tensor, age: Tensor): Tensor =>
    stepper.advance(x, age, (theta) => {
      const [value, gradient] = valueAndGrad(objective)(theta);
      return { value, gradient };
    })[0]!;
  const look = (theta: Tensor): Tensor[] => {
    const [value, gradient] = valueAndGrad(objective)(theta);
    return [value, sum(mul(gradient, gradient))];
  };
  return [
    compile((x, age) => [vmap(step)(x, age), add(age, 1)], [{ shape: [lanes, stepper.dim] }, { shape: [lanes] }], {
      ...settings,
      state: 2,
    }),
    compile(vmap(look), [{ shape: [lanes, size] }], { ...settings, state: 0 }),
  ];
}

function hessiansAt(
  objective: (theta: Tensor) => Tensor,
  ends: Float64Array,
  size: number,
  lanes: number,
  settings: CompileOptions,
): LinearOperators {
  const shape = [lanes, size];
  const program = compile(vmap(hvp(objective)), [{ shape }, { shape }], { ...settings, state: 0 });
  const count = ends.length / size;
  return {
    count,
    dim: size,
    symmetric: true,
    apply(block, out) {
      for (let done = 0; done < count; done += lanes) {
        const rows = Math.min(lanes, count - done);
        const [from, to] = [done * size, (done + rows) * size];
        program.inputs[0]!.set(ends.subarray(from, to));
        program.inputs[1]!.set(block.subarray(from, to));
        program.run();
        out.set(program.outputs[0]!.subarray(0, rows * size), from);
      }
    },
  };
}

function whole(what: string, given: number): number {
  if (!Number.isInteger(given) || given < 1) throw new RangeError(`descents: ${what} ${given} given; allowed: integers from 1`);
  return given;
}
