import { add, constant, div, ge, jvp, le, lt, max, mul, scan, select, stopGradient, sub, type Tensor } from "#engine";
import type { AdaptiveSteps } from "./controllers.js";
import { advance, sample, setOut, type March } from "./march.js";
import type { Solver, VectorField } from "./solver.js";

/** A scalar function of state and time whose zeros matter. */
export type EventFunction = (x: Tensor, t: Tensor) => Tensor;

/** Halvings of a step before Newton's method takes over. */
const HALVINGS = 40;

/**
 * From (x, t), on to the next time at which `event` rises through 0, inside a program.
 *
 * *Definition*: a step counts that ends with event >= 0 after one that ended, with event < 0, or a start (`armed` = 1) with event <= 0; the zero of event along the step's dense output is bracketed by halving, then
 * found for the method itself by two steps of Newton's method.
 * *Returns*: state and time there, and the march, whose status is that of the steps; found = 0 with the state at `until` if none comes before.
 * *Error*: that of the steps. The crossing time has its exact derivative, -dg / (dg/dt) along the flow. Two zeros within one step are not seen: bound the steps with maxStep.
 * *Source*: Henon 1982, On the numerical computation of Poincare maps.
 * *Example*: `const fall = (x, t) => nextCrossing((y) => constant([-2]), tsit5, adaptive(), (y) => mul(-1, at(y, 0)), { x, t, armed: constant(1) }, constant(9));
 * evaluate((x, t) => fall(x, t).t, { data: [3] }, { data: [0], shape: [] })[0] // [1.5]`
 */
export function nextCrossing(
  field: VectorField,
  solver: Solver,
  controller: AdaptiveSteps,
  event: EventFunction,
  start: { readonly x: Tensor; readonly t: Tensor; readonly armed: Tensor },
  until: Tensor,
): { x: Tensor; t: Tensor; found: Tensor; march: March } {
  const below = (m: March): Tensor => lt(event(m.x, m.t), 0);
  const m = advance(field, solver, controller, setOut(field, solver, controller, start.x, start.t, until), until, {
    seen: mul(start.armed, le(event(start.x, start.t), 0)),
    wanted: (n, armed) => sub(1, mul(armed, ge(event(n.x, n.t), 0))),
    see: (n, armed) => max(armed, below(n)),
  });
  const found = mul(ge(event(m.x, m.t), 0), lt(event(m.origin, m.from), add(0, Number.MIN_VALUE)));
  const along = (t: Tensor): Tensor => event(sample(m, t), t);
  const [[, high]] = scan(
    ([lo, hi]) => {
      const middle = mul(0.5, add(lo!, hi!));
      const up = ge(along(middle), 0);
      return [[select(up, lo!, middle), select(up, middle, hi!)], []];
    },
    [m.from, m.t],
    [],
    { length: HALVINGS },
  );
  // Henon's step: the method itself, and not its dense output, goes from the step's start to the crossing.
  const slope = field(m.origin, m.from);
  const reached = (t: Tensor): Tensor => solver.step(field, m.origin, m.from, sub(t, m.from), slope).next;
  const newton = (t: Tensor): Tensor => {
    const { outputs, tangents } = jvp((s) => event(reached(s!), s!), [t], [constant(1)]);
    return sub(t, div(outputs[0]!, stopGradient(tangents[0]!)));
  };
  const t = newton(stopGradient(newton(stopGradient(high!))));
  return { x: select(found, reached(t), m.x), t: select(found, t, m.t), found, march: m };
}
