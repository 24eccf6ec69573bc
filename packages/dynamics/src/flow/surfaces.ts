import {
  abs,
  add,
  amax,
  at,
  concat,
  constant,
  eq,
  ge,
  grad,
  jvp,
  le,
  lt,
  max,
  min,
  mul,
  ne,
  neg,
  reshape,
  select,
  sign,
  slice,
  stack,
  sub,
  sum,
  transpose,
  vmap,
  type Tensor,
} from "#engine";
import type { AdaptiveSteps } from "./controllers.js";
import { halve, newtonStep, reachedBy, type EventFunction } from "./crossing.js";
import { sample, type March } from "./march.js";
import type { Solver, VectorField } from "./solver.js";

/** Parts of a step at whose ends an event and its rate are looked at. */
const PARTS = 4;
/** Rows of what `meetings` gives: zeros before and after the turning point in each part, touches, and the end of the time. */
export const ROWS = 3 * PARTS + 1;
/** Columns: found (0 or 1), time, direction, rate; then the state. */
export const COLUMNS = 4;

/** An event at the ends of the parts of a step: all of shape [PARTS + 1]. */
interface Looked {
  readonly times: Tensor;
  /** Signs of the event and of its rate. */
  readonly side: Tensor;
  readonly going: Tensor;
  /** 1 where the event is no number; 1 where it does not run as smoothly as its rates say, so that the step is too long for it. */
  readonly undefined: Tensor;
  readonly rough: Tensor;
}

/** An event that differs by more than this part of its size from the cubic through values and rates is rough. */
const ROUGH = 0.2;
/** Shorter steps are not resolved by the time itself: a solution that becomes infinite makes them. */
const RESOLVED = 64 * Number.EPSILON;

/** Value and rate of an event along the dense output, at one time. */
const along =
  (event: EventFunction, m: March) =>
  (t: Tensor): [Tensor, Tensor] => {
    const { outputs, tangents } = jvp((s) => event(sample(m, s!), s!), [t], [constant(1)]);
    return [outputs[0]!, tangents[0]!];
  };

/**
 * Looks at an event along the last step. Its ends are the states themselves, so that neighbouring steps see the same there.
 *
 * *Arguments*: `mute`: 1 if the step begins on the surface; the side there is the one to which it leaves; `near`: what counts as 0.
 */
export function look(field: VectorField, event: EventFunction, m: March, mute: Tensor, near: Tensor): Looked {
  const end = (x: Tensor, t: Tensor, slope: Tensor): [Tensor, Tensor] => {
    const { outputs, tangents } = jvp((y, s) => event(y!, s!), [x, t], [slope, constant(1)]);
    return [outputs[0]!, tangents[0]!];
  };
  const [v0, r0] = end(m.origin, m.from, field(m.origin, m.from));
  const [v1, r1] = end(m.x, m.t, m.slope);
  const inner = Array.from({ length: PARTS - 1 }, (_, j) => (j + 1) / PARTS);
  const times = add(m.from, mul(constant(inner), sub(m.t, m.from)));
  const [v, r] = vmap(along(event, m))(times) as [Tensor, Tensor];
  const all = (first: Tensor, middle: Tensor, last: Tensor): Tensor => concat([reshape(first, [1]), middle, reshape(last, [1])]);
  const [value, rate] = [all(v0, v, v1), all(r0, r, r1)];
  const half = mul(2 / PARTS, sub(m.t, m.from));
  const [a, b] = [value, rate].map((w) => [at(w, 0), at(w, 1), at(w, 2), at(w, 3), at(w, 4)]) as [Tensor[], Tensor[]];
  // The cubic of Hermite through the ends of each half, in its middle.
  const off = [0, 2].map((i) =>
    abs(sub(a[i + 1]!, add(mul(0.5, add(a[i]!, a[i + 2]!)), mul(0.125, mul(half, sub(b[i]!, b[i + 2]!)))))),
  );
  return {
    times: all(m.from, times, m.t),
    side: sign(all(select(mute, r0, v0), v, v1)),
    going: sign(rate),
    undefined: mul(resolvedIn(m), amax(ne(value, value))),
    rough: lt(add(mul(ROUGH, amax(abs(value))), near), max(off[0]!, off[1]!)),
  };
}

const resolvedIn = (m: March): Tensor => lt(mul(RESOLVED, abs(m.t)), sub(m.t, m.from));
const lower = (a: Tensor): Tensor => slice(a, [0], [PARTS]);
const upper = (a: Tensor): Tensor => slice(a, [1], [PARTS + 1]);

/** Per part: whether the event turns round within it, on one side of 0 at both ends and nearest to 0 between. */
function turns({ side, going }: Looked): Tensor {
  const [a, b] = [mul(lower(side), lower(going)), mul(upper(side), upper(going))];
  return mul(lt(0, mul(lower(side), upper(side))), max(mul(lt(a, 0), ge(b, 0)), mul(le(a, 0), lt(0, b))));
}

/** Per part: whether the event comes to be 0, or to the other side. */
const changes = ({ side }: Looked): Tensor => mul(ne(lower(side), 0), ne(lower(side), upper(side)));

/** What an event makes of the last step: [whether there may be anything to find, whether it is too long for the event, whether the event is no number in it]. */
export const seenIn = (looked: Looked): Tensor =>
  stack([amax(max(turns(looked), changes(looked))), looked.rough, looked.undefined]);

/** How much the tolerance of the steps means for an event at a state. */
export function feel({ rtol, atol }: Pick<AdaptiveSteps, "rtol" | "atol">, event: EventFunction, x: Tensor, t: Tensor): Tensor {
  const slope = grad((y: Tensor) => event(y, t))(x) as Tensor;
  return sum(mul(abs(slope), add(atol, mul(rtol, abs(x)))));
}

/** An event's zeros, turning points and end in a step, before they are made exact. */
function bracketed(event: EventFunction, m: March, looked: Looked, near: Tensor) {
  const [low, high] = [lower(looked.times), upper(looked.times)];
  const [before, after] = [lower(looked.side), upper(looked.side)];
  const turned = turns(looked);
  const values = (t: Tensor): [Tensor, Tensor] => vmap(along(event, m))(t) as [Tensor, Tensor];
  const [, turn] = halve((t) => ge(mul(before, sign(values(t)[1])), 0), select(turned, low, high), high);
  const [height] = values(turn);
  const between = select(turned, sign(height), after);
  const zero = (side: Tensor, from: Tensor, to: Tensor): Tensor => halve((t) => ne(sign(values(t)[0]), side), from, to)[1];
  return {
    guess: concat([zero(before, low, turn), zero(between, turn, high)]),
    crossed: concat([mul(ne(before, 0), ne(between, before)), mul(turned, mul(ne(between, 0), ne(after, between)))]),
    from: concat([before, between]),
    to: concat([between, after]),
    turn,
    touched: mul(turned, mul(eq(between, before), le(abs(height), near))),
  };
}

/** Everything that events do in the last step: [events, ROWS, COLUMNS + dim], and how near 0 counts as touching. */
export function meetings(
  field: VectorField,
  solver: Solver,
  controller: AdaptiveSteps,
  events: readonly EventFunction[],
  m: March,
  { mute, until, touching }: { readonly mute: readonly Tensor[]; readonly until: Tensor; readonly touching: number },
): { rows: Tensor; near: Tensor } {
  const n = 2 * PARTS;
  const near = events.map((event) => mul(touching, feel(controller, event, m.x, m.t)));
  const parts = events.map((event, k) => bracketed(event, m, look(field, event, m, mute[k]!, near[k]!), near[k]!));
  const reached = reachedBy(field, solver, m);
  const length = sub(m.t, m.from);
  // All zeros of all events go through one copy of the solver, each with the weight 1 for its own event.
  const own = Float64Array.from({ length: events.length * n * events.length }, (_, i) =>
    Math.floor(i / events.length / n) === i % events.length ? 1 : 0,
  );
  const at0 =
    (weight: Tensor) =>
    (t: Tensor): Tensor => {
      const x = reached(t);
      return sum(mul(weight, stack(events.map((event) => event(x, t)))));
    };
  const [times, rates] = vmap((t: Tensor, weight: Tensor) => {
    const value = at0(weight);
    const better = newtonStep(value, newtonStep(value, t));
    const clipped = min(max(better, m.from), m.t);
    // Where the rate vanishes Newton's method leads astray; halving stands.
    const exact = select(le(abs(sub(better, t)), mul(1e-3, length)), clipped, t);
    return [exact, jvp((s) => value(s!), [exact], [constant(1)]).tangents[0]!];
  })(concat(parts.map((p) => p.guess)), constant(own, [events.length * n, events.length])) as [Tensor, Tensor];
  const resolved = resolvedIn(m);
  const one = (a: Tensor): Tensor => reshape(a, [1]);
  const tables = events.map((event, k) => {
    const { crossed, from, to, turn, touched } = parts[k]!;
    const close = near[k]!;
    const mine = (a: Tensor): Tensor => slice(a, [k * n], [(k + 1) * n]);
    const flat = (rate: Tensor): Tensor => le(mul(abs(rate), length), close);
    const direction = select(eq(to, 0), select(flat(mine(rates)), 0, sign(mine(rates))), neg(from));
    const { outputs, tangents } = jvp((y, s) => event(y!, s!), [m.x, m.t], [m.slope, constant(1)]);
    const [value, rate] = [outputs[0]!, tangents[0]!];
    const ends = mul(ge(m.t, until), mul(le(abs(value), close), lt(mul(sign(value), sign(rate)), 0)));
    const none = mul(0, turn);
    return transpose(
      stack([
        mul(resolved, concat([crossed, touched, one(ends)])),
        concat([mine(times), turn, one(m.t)]),
        concat([direction, none, one(select(flat(rate), 0, sign(rate)))]),
        concat([mine(rates), none, one(rate)]),
      ]),
    );
  });
  const all = concat(tables);
  return {
    rows: concat([all, vmap((row: Tensor) => reached(at(row, 1)))(all)], 1),
    near: stack(near),
  };
}
