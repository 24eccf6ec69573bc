import { compile, constant, evaluate, jacobian, jvp, type Tensor } from "#engine";
import { eigenvalues } from "../core/dense-general.js";
import { short } from "../core/short.js";
import type { Status } from "../core/status.js";
import type { FixedSteps, StepSizeController } from "./controllers.js";
import type { Failure } from "./drive.js";
import type { Solver, VectorField } from "./solver.js";

/** Lengths of steps that are told. */
export const TOLD = 6;
/** Most components of a field whose eigenvalues are looked at. */
const MOST = 200;
/** Beyond, products of components overflow. */
const HUGE = 1e100;
/** A step that moves a state by less than so many times its size does not overflow by itself. */
const LEAP = 1000;

/** A failed step, as every solver can say it. */
export interface FailedStep {
  /** What drives the state, as a function of it and the time alone. */
  readonly field: VectorField;
  readonly status: Status;
  /** When the step began, at which state, and how long it would have been. */
  readonly time: number;
  readonly before: Float64Array;
  readonly h: number;
  /** Of a batch; -1: there is one alone. */
  readonly copy: number;
  readonly accepted: number;
  /** Of the last accepted steps, oldest first. */
  readonly lengths: readonly number[];
}

/** What is seen of the field where a step failed. */
export interface Seen {
  /** It is not finite there or within the step, at a state and for a step of sizes at which that is no overflow. */
  readonly outside: boolean;
  /** The largest rate at which the field lets differences decay there; 0 where none decays or it is not known. */
  readonly fastest: number;
}

/** In words: where a step failed, in which component, how fast the field changes there, how the last steps went, how stiff it is, and what to try. */
export function tell(
  { field, status, time, before, h, copy, accepted, lengths }: FailedStep,
  remedy: (seen: Seen) => string,
): string {
  const at = { data: [time], shape: [] };
  const slope = Float64Array.from(evaluate(field, { data: before }, at)[0]!);
  const bent = evaluate(
    (x, t) => jvp((y) => field(y, t!), [x!], [constant(slope.map((v) => (Number.isFinite(v) ? v : 0)))]).tangents[0]!,
    { data: before },
    at,
  )[0]!;
  const norm = (v: ArrayLike<number>): number => Math.sqrt(Array.from(v).reduce((s, x) => s + x * x, 0));
  const rate = norm(bent) / norm(slope);
  const wild = slope.findIndex((v) => !Number.isFinite(v));
  const component = wild >= 0 ? wild : slope.reduce((best, v, i) => (Math.abs(v) > Math.abs(slope[best]!) ? i : best), 0);
  const who = `${copy < 0 ? "" : `copy ${copy}, `}component ${component}`;
  const where = `${status} at t = ${short(time)}, ${who} (value ${short(before[component]!)}, slope ${short(slope[component]!)}), after ${accepted} steps`;
  const stretch = Number.isFinite(rate) ? `; the field changes along itself at the rate ${short(rate)}` : "";
  const history =
    lengths.length > 0
      ? ` The last accepted steps were ${lengths.map(short).join(", ")}; the next try was ${short(h)}.`
      : ` No step was accepted; the try was ${short(h)}.`;
  const rates = decay(field, before, time);
  const small = before.every((v) => Math.abs(v) < HUGE);
  const outside = small && (wild >= 0 || slope.every((v, i) => Math.abs(h * v) < LEAP * (1 + Math.abs(before[i]!))));
  const [slow, fastest] = [Math.min(...rates), Math.max(0, ...rates)];
  const stiffness =
    rates.length === 0
      ? ""
      : rates.length === 1
        ? ` Differences decay there at the rate ${short(fastest)}.`
        : ` Differences decay there at rates from ${short(slow)} to ${short(fastest)}: a stiffness ratio of ${short(fastest / slow)}.`;
  return `${where}${stretch}.${history}${stiffness} ${remedy({ outside, fastest })}`;
}

/** The rates at which the field lets differences decay near a state. */
function decay(field: VectorField, before: Float64Array, time: number): number[] {
  const n = before.length;
  if (n > MOST || !before.every(Number.isFinite)) return [];
  const [slopes] = evaluate((x, t) => jacobian((y) => field(y, t!))(x!) as Tensor, { data: before }, { data: [time], shape: [] });
  if (!slopes!.every(Number.isFinite)) return [];
  const all = eigenvalues(Float64Array.from(slopes!), n).map(([re]) => -re);
  // What stays, such as a common phase, comes out as rounding.
  const least = 1e-13 * Math.max(0, ...all.map(Math.abs));
  return all.filter((r) => r > least);
}

/** Says of a flow what `tell` does; `count`: the steps in an interval, where they are fixed. */
export function failureOf(
  field: VectorField,
  solver: Solver,
  controller: StepSizeController,
  count = 1,
): (failure: Failure) => string {
  return (failure) => {
    const { status, h, bounded, accepted } = failure;
    if (controller.kind === "fixed") {
      const found = lastFinite(field, solver, controller, failure, count);
      return tell({ field, status, copy: failure.copy, h: controller.h, ...found }, ({ outside, fastest }) =>
        outside ? OUTSIDE : shorten(controller, solver, fastest),
      );
    }
    return tell({ ...failure, field, lengths: failure.lengths ?? [] }, ({ fastest, outside }) => {
      const stiff =
        bounded > accepted / 2 && accepted > 0
          ? `${bounded} of ${accepted} steps were held down by stability and not by accuracy: the problem is stiff; use rodas5p. `
          : h * fastest > 0.5 * solver.realStability
            ? `The steps are about as long as ${solver.name} is stable: the problem is stiff; use rodas5p. `
            : "";
      return `${stiff}${status === "diverged" && outside ? OUTSIDE : remedy(status, controller, h)}`;
    });
  };
}

export const OUTSIDE =
  "The field is not finite near this state: keep the start and the parameters inside its domain, and steps short enough not to leave it.";

/** Goes through the fixed steps of the interval that failed once more, up to the last state that is finite. */
function lastFinite(
  field: VectorField,
  solver: Solver,
  { h }: FixedSteps,
  { before, time, accepted }: Failure,
  count: number,
): Pick<FailedStep, "before" | "time" | "accepted" | "lengths"> {
  const step = compile(
    (x, t) => [solver.step(field, x!, t!, constant(h), field(x!, t!)).next],
    [{ shape: [before.length] }, { shape: [] }],
  );
  const [x, t] = step.inputs as [Float64Array, Float64Array];
  x.set(before);
  let done = 0;
  for (; done < count - 1; done++) {
    t[0] = time + done * h;
    step.run();
    if (!step.outputs[0]!.every(Number.isFinite)) break;
    x.set(step.outputs[0]!);
  }
  const taken = Math.max(0, accepted - count) + done;
  return {
    before: x.slice(),
    time: time + done * h,
    accepted: taken,
    lengths: new Array<number>(Math.min(TOLD, taken)).fill(h),
  };
}

function shorten({ h }: FixedSteps, solver: Solver, fastest: number): string {
  const unstable =
    h * fastest > solver.realStability
      ? `${solver.name} is stable up to the length ${short(solver.realStability / fastest)} there: take shorter steps than that, or rodas5p. `
      : "";
  return `${unstable}Steps of ${short(h)} left the finite numbers: take smaller ones, or adaptive steps, which tell a solution that becomes infinite from one that ${solver.name} makes so.`;
}

function remedy(status: Failure["status"], controller: StepSizeController & { readonly kind: "adaptive" }, h: number): string {
  if (status === "step-limit")
    return `${controller.maxSteps} attempts did not cover the interval, the last with h = ${short(h)}: raise maxSteps, loosen rtol (${controller.rtol}) or atol (${controller.atol}), or use rodas5p if the problem is stiff; where the field jumps, stop at the jump, or make it smooth.`;
  if (status === "step-too-small")
    return `The step fell to ${short(h)}, which the time no longer resolves: the solution becomes infinite or is not smooth there; stop before it, or loosen rtol (${controller.rtol}) and atol (${controller.atol}) if they ask for more than the arithmetic gives.`;
  return "The solution becomes infinite there: stop before it, or start elsewhere.";
}
