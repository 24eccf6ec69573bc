import {
  abs,
  add,
  amin,
  constant,
  div,
  eq,
  gt,
  le,
  lt,
  max,
  mean,
  min,
  mul,
  pow,
  scan,
  select,
  sqrt,
  square,
  stopGradient,
  sub,
  whileLoop,
  type Tensor,
} from "#engine";
import type { AdaptiveSteps } from "./controllers.js";
import type { Solver, VectorField } from "./solver.js";

/** What adaptive stepping remembers from one interval to the next; scalars, without derivatives. */
export interface Pace {
  /** The step to try next; 0: none chosen yet. */
  readonly h: Tensor;
  /** Scaled error of the last accepted step. */
  readonly last: Tensor;
  /** 0: ok; else an index into STATUSES. */
  readonly status: Tensor;
  readonly accepted: Tensor;
  readonly rejected: Tensor;
  /** Accepted steps whose length was at the limit of stability and not of accuracy. */
  readonly bounded: Tensor;
  /** When a failure happened. */
  readonly at: Tensor;
  /** The last accepted state, of shape [dim]. */
  readonly before: Tensor;
}

export const PACE = ["h", "last", "status", "accepted", "rejected", "bounded", "at", "before"] as const satisfies (keyof Pace)[];
export const STATUSES = ["ok", "diverged", "step-limit", "step-too-small"] as const;
const DIVERGED = 1;
const STEP_LIMIT = 2;
const TOO_SMALL = 3;

/** The state at `start`, carried over one interval dt; NaN once the status is not ok. */
export type Interval = (x: Tensor, start: Tensor, pace: Pace) => { next: Tensor; pace: Pace };

/** An interval that also tells the lengths of the steps it accepted, 0 behind the last. */
export type RecordedInterval = (x: Tensor, start: Tensor, pace: Pace) => { next: Tensor; pace: Pace; lengths: Tensor };

/** count steps of length h. */
export function fixedInterval(field: VectorField, solver: Solver, h: number, count: number): Interval {
  const one = (x: Tensor, t: Tensor): Tensor => solver.step(field, x, t, constant(h), field(x, t)).next;
  return (x, start, pace) => {
    const end =
      count === 1
        ? one(x, start)
        : scan(([y, j]) => [[one(y!, add(start, mul(j!, h))), add(j!, 1)], []], [x, constant(0)], [], { length: count })[0][0]!;
    const ran = eq(pace.status, 0);
    const fine = amin(select(lt(abs(end), Infinity), 1, 0));
    const failed = mul(ran, sub(1, fine));
    return {
      next: select(fine, end, NaN),
      pace: {
        ...pace,
        status: select(failed, DIVERGED, pace.status),
        at: select(failed, start, pace.at),
        before: select(failed, stopGradient(x), pace.before),
        accepted: add(pace.accepted, mul(ran, count)),
      },
    };
  };
}

/** x at start, to x at start + dt, by adaptive steps; the state is NaN once the status is not ok. `recorded`: of how many steps the lengths are kept. */
export function adaptiveInterval(
  field: VectorField,
  solver: Solver,
  controller: AdaptiveSteps,
  dt: number,
  recorded = 0,
): RecordedInterval {
  const numbers = constant(
    Float64Array.from({ length: recorded }, (_, i) => i),
    [recorded],
  );
  const { rtol, atol, firstStep, maxStep, maxSteps } = controller;
  const q = solver.errorOrder!;
  const scaled = (v: Tensor, x: Tensor, y: Tensor): Tensor =>
    sqrt(mean(square(div(v, add(atol, mul(rtol, max(abs(x), abs(y))))))));
  return (x, start, pace) => {
    const slope = field(x, start);
    const [size, speed] = [scaled(x, x, x), scaled(slope, x, x)].map(stopGradient) as [Tensor, Tensor];
    const guess = select(mul(gt(size, 1e-5), gt(speed, 1e-5)), div(mul(0.01, size), speed), 1e-3 * dt);
    const opening = min(firstStep > 0 ? firstStep : min(max(guess, 1e-12 * dt), dt), maxStep);
    const { h, last, status, accepted, rejected, bounded } = pace;
    const { carry } = whileLoop(
      ([, , left, , , failed]) => mul(gt(left!, 0), eq(failed!, 0)),
      ([y, f, left, step, previous, , taken, refused, limited, lengths]) => {
        const ends = le(left!, mul(1 + 1e-9, step!));
        const used = select(ends, left!, step!);
        const t = add(start, sub(dt, left!));
        const made = solver.step(field, y!, t, used, f!);
        const error = stopGradient(scaled(made.error!, y!, made.next));
        const tame = lt(error, Infinity);
        const good = le(error, 1);
        const clipped = min(10, max(0.2, mul(0.9, mul(pow(max(error, 1e-10), -0.7 / q), pow(max(previous!, 1e-4), 0.4 / q)))));
        const factor = select(tame, select(good, clipped, min(clipped, 1)), 0.2);
        const proposed = min(mul(used, factor), maxStep);
        const following = select(mul(good, ends), max(step!, proposed), proposed);
        // Below this the time no longer moves.
        const least = mul(4.5e-16, max(abs(t), dt));
        const stuck = mul(sub(1, good), lt(proposed, least));
        const slopeThere = made.slope ?? field(made.next, add(t, used));
        const limit = made.stiffness ? gt(mul(used, stopGradient(made.stiffness)), 0.9 * solver.realStability) : 0;
        const go = (a: Tensor, b: Tensor): Tensor => select(good, a, b);
        return [
          go(made.next, y!),
          go(slopeThere, f!),
          go(select(ends, 0, sub(left!, used)), left!),
          following,
          go(max(error, 1e-4), previous!),
          select(stuck, select(tame, TOO_SMALL, DIVERGED), 0),
          add(taken!, good),
          add(refused!, sub(1, good)),
          add(limited!, mul(good, limit)),
          ...(recorded > 0 ? [select(mul(good, eq(numbers, sub(taken!, accepted))), used, lengths!)] : []),
        ];
      },
      [
        x,
        slope,
        select(eq(status, 0), dt, 0),
        select(gt(h, 0), h, opening),
        select(gt(last, 0), last, 1),
        status,
        accepted,
        rejected,
        bounded,
        ...(recorded > 0 ? [constant(new Float64Array(recorded), [recorded])] : []),
      ],
      maxSteps,
    );
    const [y, , left, step, error, code, taken, refused, limited, lengths] = carry;
    const ran = eq(status, 0);
    const early = mul(ran, mul(eq(code!, 0), gt(left!, 0)));
    const ended = add(code!, mul(early, STEP_LIMIT));
    const fine = eq(ended, 0);
    return {
      lengths: lengths ?? numbers,
      next: select(fine, y!, NaN),
      pace: {
        before: select(ran, y!, pace.before),
        h: step!,
        last: error!,
        status: ended,
        accepted: taken!,
        rejected: refused!,
        bounded: limited!,
        at: select(mul(ran, sub(1, fine)), add(start, sub(dt, left!)), pace.at),
      },
    };
  };
}
