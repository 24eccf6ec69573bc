import {
  add,
  at,
  constant,
  div,
  ge,
  jvp,
  le,
  lt,
  max,
  mul,
  scan,
  select,
  stack,
  stopGradient,
  sub,
  whileLoop,
  type Tensor,
} from "#engine";
import type { AdaptiveSteps } from "./controllers.js";
import { advance, sample, setOut, type March } from "./march.js";
import type { Solver, VectorField } from "./solver.js";

/** A scalar function of state and time whose zeros matter. */
export type EventFunction = (x: Tensor, t: Tensor) => Tensor;

/** Halvings of a step before Newton's method takes over. */
export const HALVINGS = 40;

/**
 * Halves brackets, all at once, until they are as narrow as a step resolves.
 *
 * *Arguments*: `beyond`: whether (1 or 0) the place that is sought lies at or before a time; `from`, `to`: where it is not and where it is.
 */
export function halve(beyond: (t: Tensor) => Tensor, from: Tensor, to: Tensor): [Tensor, Tensor] {
  const [[low, high]] = scan(
    ([lo, hi]) => {
      const middle = mul(0.5, add(lo!, hi!));
      const past = beyond(middle);
      return [[select(past, lo!, middle), select(past, middle, hi!)], []];
    },
    [from, to],
    [],
    { length: HALVINGS },
  );
  return [low!, high!];
}

/** Henon's step: the method itself, and not its dense output, goes from the last step's start to a time within it. */
export function reachedBy(field: VectorField, solver: Solver, m: Pick<March, "origin" | "from">): (t: Tensor) => Tensor {
  const slope = field(m.origin, m.from);
  return (t) => solver.step(field, m.origin, m.from, sub(t, m.from), slope).next;
}

/** A step of Newton's method for a zero of a function of time, with the derivative of the zero by whatever the function depends on. */
export function newtonStep(value: (t: Tensor) => Tensor, t: Tensor): Tensor {
  const { outputs, tangents } = jvp((s) => value(s!), [t], [constant(1)]);
  return sub(t, div(outputs[0]!, stopGradient(tangents[0]!)));
}

/** What is seen of an event at the end of a step: whether it has been below 0, its value, its rate, and when it had turned within the step, beyond 0 from both ends (-Infinity: nowhere). */
interface Sight {
  readonly armed: Tensor;
  readonly value: Tensor;
  readonly rate: Tensor;
  readonly turned: Tensor;
}
const packed = (s: Sight): Tensor => stack([s.armed, s.value, s.rate, s.turned]);
const unpacked = (s: Tensor): Sight => ({ armed: at(s, 0), value: at(s, 1), rate: at(s, 2), turned: at(s, 3) });

/** A time within the last step at which an event is beyond 0, that is on one side at both ends; -Infinity if there is none. Costs nothing where the event does not turn back towards its side within the step. */
function turning(event: EventFunction, m: March, before: Sight, after: Pick<Sight, "value" | "rate">): Tensor {
  const candidate = mul(
    mul(lt(0, mul(before.value, after.value)), lt(mul(before.value, before.rate), 0)),
    lt(0, mul(after.value, after.rate)),
  );
  const { carry } = whileLoop(
    ([rounds]) => lt(0, rounds!),
    ([rounds, low, high]) => {
      const middle = mul(0.5, add(low!, high!));
      const { outputs, tangents } = jvp((t) => event(sample(m, t!), t!), [middle], [constant(1)]);
      const beyond = le(mul(before.value, outputs[0]!), 0);
      const nearing = lt(mul(before.value, tangents[0]!), 0);
      return [
        select(beyond, 0, sub(rounds!, 1)),
        select(nearing, middle, low!),
        select(nearing, high!, middle),
        select(beyond, middle, -Infinity),
      ];
    },
    [mul(candidate, HALVINGS), m.from, m.t, add(mul(0, m.t), -Infinity)],
    HALVINGS + 1,
  );
  return carry[3]!;
}

/**
 * From (x, t), on to the next time at which `event` rises through 0, inside a program.
 *
 * *Definition*: a step counts in which event comes to be >= 0 after a step that ended, or a start (`armed` = 1) at which it was, below; also one with event on one side of 0 at both ends that turns
 * back from the other within, seen by its rates at the ends. The zero of event along the step's dense output is bracketed by halving, then found for the method itself by two steps of Newton's method.
 * *Returns*: state and time there, and the march, whose status is that of the steps; found = 0 with the state at `until` if none comes before.
 * *Error*: that of the steps. The crossing time has its exact derivative, -dg / (dg/dt) along the flow, which does not exist where event only touches 0: near such a start it grows without bound.
 * Not seen: a third zero within a step, and a second one within the first step of a start that is not armed; bound the steps with maxStep. A zero at `until` itself counts. For several surfaces at once see `crossings`.
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
  const outset = setOut(field, solver, controller, start.x, start.t, until);
  const rates = (m: March): { value: Tensor; rate: Tensor } => {
    const { outputs, tangents } = jvp((x, t) => event(x!, t!), [m.x, m.t], [m.slope, constant(1)]);
    return { value: stopGradient(outputs[0]!), rate: stopGradient(tangents[0]!) };
  };
  const first = rates(outset);
  const m = advance(field, solver, controller, outset, until, {
    // What has not been armed has no side yet.
    seen: packed({
      armed: mul(start.armed, le(first.value, 0)),
      value: mul(first.value, start.armed),
      rate: first.rate,
      turned: constant(-Infinity),
    }),
    wanted: (n, seen) => {
      const { armed, turned } = unpacked(seen);
      return mul(sub(1, mul(armed, ge(event(n.x, n.t), 0))), lt(turned, n.from));
    },
    see: (n, seen) => {
      const before = unpacked(seen);
      const after = rates(n);
      return packed({
        armed: max(before.armed, lt(after.value, 0)),
        ...after,
        turned: turning(event, n, before, after),
      });
    },
  });
  const { armed, turned } = unpacked(m.seen);
  const within = ge(turned, m.from);
  const up = ge(event(m.x, m.t), 0);
  const found = max(within, mul(up, armed));
  // Turned from above: the rise comes after; from below: before.
  const [, high] = halve(
    (t) => ge(event(sample(m, t), t), 0),
    select(mul(within, up), turned, m.from),
    select(mul(within, sub(1, up)), turned, m.t),
  );
  const reached = reachedBy(field, solver, m);
  const newton = (t: Tensor): Tensor => newtonStep((s) => event(reached(s), s), t);
  const t = newton(stopGradient(newton(stopGradient(high))));
  return { x: select(found, reached(t), m.x), t: select(found, t, m.t), found, march: m };
}
