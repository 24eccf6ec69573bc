import type { CompileOptions } from "#engine";
import { finite } from "../core/evolve.js";
import type { Status } from "../core/status.js";
import type { Part, System } from "../core/system.js";
import { adaptive, type StepSizeController } from "./controllers.js";
import { drive } from "./drive.js";
import { failureOf, TOLD } from "./failure.js";
import { adaptiveInterval, fixedInterval, type Interval } from "./interval.js";
import type { Solver, VectorField } from "./solver.js";
import { tsit5 } from "./solvers/tsit5.js";
import { tangentRates } from "./tangent-errors.js";

export interface FlowOptions {
  /** dx/dt, as an engine program of x [dim] and the time t, a scalar. */
  readonly field: VectorField;
  /** The initial state; its length is the dimension. */
  readonly initial: ArrayLike<number>;
  /** Time that one step of the system covers. Default: h for fixed steps, else 0.1. */
  readonly dt?: number;
  /** Default `tsit5`. */
  readonly solver?: Solver;
  /** Default `adaptive()`: rtol 1e-6, atol 1e-9. */
  readonly controller?: StepSizeController;
  /** Time of the initial state. Default 0. */
  readonly time?: number;
  readonly layout?: readonly Part[];
  readonly threads?: CompileOptions["threads"];
}

/** What the solver did so far, over all copies of a batch. */
export interface FlowWork {
  readonly accepted: number;
  readonly rejected: number;
  /** Evaluations of the field, not counting those that begin an interval. */
  readonly evaluations: number;
  /** Accepted steps at the limit of stability: many of them mean a stiff problem. */
  readonly stabilityBound: number;
}

/** A flow. */
export interface FlowSystem extends System {
  readonly dt: number;
  /** How each copy fares; one entry for a single system. */
  readonly statuses: readonly Status[];
  readonly before: Float64Array;
  /** Why the first copy that failed did, in words; undefined while all are ok. */
  readonly explanation: string | undefined;
  readonly work: FlowWork;
  batch(n: number): FlowSystem;
}

/**
 * The flow of a vector field, dx/dt = field(x, t), as a System.
 *
 * *Definition*: one step of the system carries x(t) to x(t + dt), by steps of the solver as the controller chooses them.
 * *Arguments*: see `FlowOptions`.
 * *Returns*: a System of kind "flow"; its time is t. Where it fails the state is NaN, the status "diverged" (the field is not finite),
 * "step-too-small" (the solution seems to become infinite, or the problem is too stiff) or "step-limit", and `explanation` says where and what to try.
 * A batch goes on with the copies that are ok, each with a step size of its own, and gives the status of the first that is not.
 * *Error*: per step as the controller states; global order as the solver states. Tangents are the exact derivative of the steps taken, the step sizes
 * counting as given: steps are chosen for the state alone, and \`rates\` of the system with tangents tells how well they carry those. The same bits for every grouping of the steps and every number of threads. The step size is remembered from one interval to the next; `reset` forgets it.
 * *Cost*: `solver.evaluations` evaluations a step and one more an interval; all steps of all intervals run inside one compiled program.
 * *Source*: Hairer, Norsett, Wanner 1993, Solving ordinary differential equations I, chapter II.
 * *Example*: `const s = flow({ field: (x) => mul(-1, x), initial: [1], dt: 1, controller: adaptive({ rtol: 1e-10 }) });
 * s.step(); s.state[0] // 0.367879441`
 */
export function flow(options: FlowOptions): FlowSystem {
  const { field, layout, time = 0, threads, solver = tsit5, controller = adaptive() } = options;
  const { dt = controller.kind === "fixed" ? controller.h : 0.1 } = options;
  const initial = Float64Array.from(options.initial);
  const dim = initial.length;
  if (dim === 0) throw new RangeError("flow: the initial state is empty; give at least one number");
  finite(initial, "initial state");
  if (!(dt > 0 && dt < Infinity)) throw new RangeError(`flow: dt ${dt} given; allowed: finite numbers above 0`);
  const f = checked(field, dim);
  return drive(
    {
      interval: intervalOf(f, solver, controller, dt),
      ...(controller.kind === "adaptive"
        ? { recorded: adaptiveInterval(f, solver, controller, dt, TOLD), probe: (k: number) => tangentRates(f, solver, k, dim) }
        : {}),
      explain: failureOf(f, solver, controller, controller.kind === "fixed" ? Math.round(dt / controller.h) : 1),
      evaluations: solver.evaluations,
      dim,
      dt,
      layout: layout ?? [{ name: "x", shape: [dim], offset: 0 }],
      settings: threads === undefined ? {} : { threads },
    },
    initial,
    time,
  );
}

/** One interval of either kind of steps. */
function intervalOf(field: VectorField, solver: Solver, controller: StepSizeController, dt: number): Interval {
  if (controller.kind === "adaptive") {
    if (solver.errorOrder === undefined)
      throw new TypeError(`flow: ${solver.name} has no error estimate; use fixed(h), or a solver with one, tsit5 for instance`);
    return adaptiveInterval(field, solver, controller, dt);
  }
  const count = Math.round(dt / controller.h);
  if (!(count >= 1 && Math.abs(count * controller.h - dt) <= 1e-9 * dt))
    throw new RangeError(`flow: dt ${dt} is ${dt / controller.h} steps of ${controller.h}; allowed: a whole number of steps`);
  return fixedInterval(field, solver, dt / count, count);
}

const checked =
  (field: VectorField, dim: number): VectorField =>
  (x, t) => {
    const slope = field(x, t);
    if (slope.shape.length !== 1 || slope.shape[0] !== dim)
      throw new RangeError(`flow: the field has shape [${slope.shape.join(", ")}], the state has [${dim}]`);
    return slope;
  };
