import {
  abs,
  add,
  div,
  exp,
  gt,
  le,
  log,
  lt,
  max,
  mean,
  min,
  mul,
  select,
  sqrt,
  square,
  stopGradient,
  sub,
  type Tensor,
} from "#engine";
import type { AdaptiveSteps } from "./controllers.js";
import type { Solver, SolverStep, VectorField } from "./solver.js";

/** One try of a step and what the controller makes of it; flags are 0 or 1. */
export interface Attempt {
  readonly made: SolverStep;
  /** The error is within the tolerance. */
  readonly good: Tensor;
  /** The slope at the new state. */
  readonly slope: Tensor;
  /** Scaled error to remember if the step is good. */
  readonly error: Tensor;
  /** The step to try next. */
  readonly proposed: Tensor;
  /** Not good, and the next step would be shorter than the time resolves; `tame`: the error is at least finite. */
  readonly stuck: Tensor;
  readonly tame: Tensor;
  /** The step is as long as stability allows. */
  readonly limited: Tensor | number;
}

/** Root mean square of v over the tolerance at x and y. */
const scaled = ({ rtol, atol }: AdaptiveSteps, v: Tensor, x: Tensor, y: Tensor): Tensor => {
  const tolerance = add(atol, mul(rtol, max(abs(x), abs(y))));
  // A component that stays 0 has no error, whatever it may have.
  return stopGradient(sqrt(mean(square(div(v, atol > 0 ? tolerance : max(tolerance, Number.MIN_VALUE))))));
};

/**
 * The first step for a stretch of time `span`: as long as the tolerance allows a solution that moves by its own size in one unit of its time scale.
 *
 * With the state and its slope in units of the tolerance, size and speed, that scale is size / speed, and a step of a part r of it has an estimated
 * error of about errorConstant r^q size. A step that is too long is taken again, one that is too short costs as much.
 */
export function openingStep(
  controller: AdaptiveSteps,
  { errorOrder, errorConstant }: Solver,
  x: Tensor,
  slope: Tensor,
  span: number | Tensor,
): Tensor {
  const { firstStep, maxStep } = controller;
  const [size, speed] = [scaled(controller, x, x, x), scaled(controller, slope, x, x)];
  const known = mul(gt(size, 1e-5), gt(speed, 1e-5));
  const part = min(1, mul(0.8, exp(mul(-1 / errorOrder!, log(mul(errorConstant!, max(size, 1)))))));
  const guess = select(known, div(mul(part, size), speed), mul(1e-3, span));
  return min(firstStep > 0 ? firstStep : min(max(guess, mul(1e-12, span)), span), maxStep);
}

/** Tries a step of length h from (y, t), where the slope is f; `span`: a time that the steps should be able to resolve. */
export function attempt(
  field: VectorField,
  solver: Solver,
  controller: AdaptiveSteps,
  { y, t, f, h, previous, span }: Record<"y" | "t" | "f" | "h" | "previous", Tensor> & { readonly span: number | Tensor },
): Attempt {
  const q = solver.errorOrder!;
  const made = solver.step(field, y, t, h, f);
  const error = scaled(controller, made.error!, y, made.next);
  const tame = lt(error, Infinity);
  const good = le(error, 1);
  // error^(-0.7 / q) previous^(0.4 / q): two exact powers would take a tenth of a step of a small system.
  const lasting = exp(sub(mul(0.4 / q, log(max(previous, 1e-4))), mul(0.7 / q, log(max(error, 1e-10)))));
  const clipped = min(10, max(0.2, mul(0.9, lasting)));
  const factor = select(tame, select(good, clipped, min(clipped, 1)), 0.2);
  const proposed = min(mul(h, factor), controller.maxStep);
  // Below this the time no longer moves.
  const least = mul(4.5e-16, max(abs(t), span));
  return {
    made,
    good,
    slope: made.slope ?? field(made.next, add(t, h)),
    error: max(error, 1e-4),
    proposed,
    stuck: mul(sub(1, good), lt(proposed, least)),
    tame,
    limited: made.stiffness ? gt(mul(h, stopGradient(made.stiffness)), 0.9 * solver.realStability) : 0,
  };
}
