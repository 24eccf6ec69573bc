import { constant, evaluate, jacobian, jvp, type Tensor } from "#engine";
import { eigenvalues } from "../core/dense-general.js";
import { short } from "../core/short.js";
import type { StepSizeController } from "./controllers.js";
import type { Failure } from "./drive.js";
import type { Solver, VectorField } from "./solver.js";

/** Most components of a field whose eigenvalues are looked at. */
const MOST = 200;

/** How far apart the rates lie at which the field lets differences decay near a state: its stiffness ratio. */
function ratio(field: VectorField, before: Float64Array, time: number): string {
  const n = before.length;
  if (n > MOST || !before.every(Number.isFinite)) return "";
  const [slopes] = evaluate((x, t) => jacobian((y) => field(y, t!))(x!) as Tensor, { data: before }, { data: [time], shape: [] });
  const rates = eigenvalues(Float64Array.from(slopes!), n).map(([re]) => -re);
  const decaying = rates.filter((r) => r > 0);
  if (decaying.length === 0) return "";
  const [slow, fast] = [Math.min(...decaying), Math.max(...decaying)];
  return decaying.length === 1
    ? ` Differences decay there at the rate ${short(fast)}.`
    : ` Differences decay there at rates from ${short(slow)} to ${short(fast)}: a stiffness ratio of ${short(fast / slow)}.`;
}

/** Says where a flow failed, in which component, how fast the field changes there, how its last steps went, how stiff it is, and what to try. */
export function failureOf(field: VectorField, solver: Solver, controller: StepSizeController): (failure: Failure) => string {
  return ({ status, time, before, h, copy, accepted, bounded, lengths = [] }) => {
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
    const fastest = wild >= 0 ? wild : slope.reduce((best, v, i) => (Math.abs(v) > Math.abs(slope[best]!) ? i : best), 0);
    const who = `${copy < 0 ? "" : `copy ${copy}, `}component ${fastest}`;
    const where = `${status} at t = ${short(time)}, ${who} (value ${short(before[fastest]!)}, slope ${short(slope[fastest]!)}), after ${accepted} steps`;
    const stretch = Number.isFinite(rate) ? `; the field changes along itself at the rate ${short(rate)}` : "";
    const stiff =
      bounded > accepted / 2 && accepted > 0
        ? ` ${bounded} of ${accepted} steps were held down by stability and not by accuracy: the problem is stiff; use rodas5p.`
        : "";
    const history =
      lengths.length > 0 ? ` The last accepted steps were ${lengths.map(short).join(", ")}; the next try was ${short(h)}.` : "";
    return `${where}${stretch}.${history}${ratio(field, before, time)}${stiff} ${remedy(status, controller, solver, h)}`;
  };
}

function remedy(status: Failure["status"], controller: StepSizeController, solver: Solver, h: number): string {
  if (controller.kind === "fixed")
    return `Steps of ${short(controller.h)} left the finite numbers: take smaller ones, or adaptive steps, which tell a solution that becomes infinite from one that ${solver.name} makes so.`;
  if (status === "step-limit")
    return `${controller.maxSteps} attempts did not cover the interval, the last with h = ${short(h)}: raise maxSteps, loosen rtol (${controller.rtol}) or atol (${controller.atol}), or use rodas5p if the problem is stiff.`;
  if (status === "step-too-small")
    return `The step fell to ${short(h)}, which the time no longer resolves: the solution becomes infinite or is not smooth there; stop before it, or loosen rtol (${controller.rtol}) and atol (${controller.atol}) if they ask for more than the arithmetic gives.`;
  return `The field is not finite near this state: keep the start and the parameters inside its domain.`;
}
