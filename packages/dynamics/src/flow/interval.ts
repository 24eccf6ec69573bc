import {
  abs,
  add,
  amin,
  constant,
  div,
  eq,
  floor,
  gt,
  le,
  lt,
  max,
  mul,
  scan,
  select,
  stopGradient,
  sub,
  whileLoop,
  type Tensor,
} from "#engine";
import { attempt, openingStep } from "./attempt.js";
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
/** Statuses by the numbers that programs carry. */
export const STATUSES = ["ok", "diverged", "step-limit", "step-too-small", "aborted"] as const;
export const DIVERGED = 1;
export const STEP_LIMIT = 2;
export const TOO_SMALL = 3;
/** Of a copy that was told to rest. */
export const RESTING = 4;

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

/** Adaptive steps, the last of which ends exactly on the end. `recorded`: of how many steps the lengths are kept; if there are more, step n in place n mod `recorded`. */
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
  const place = (n: Tensor): Tensor => sub(n, mul(recorded, floor(div(n, recorded))));
  return (x, start, pace) => {
    const slope = field(x, start);
    const opening = openingStep(controller, solver, x, slope, dt);
    const { h, last, status, accepted, rejected, bounded } = pace;
    const { carry } = whileLoop(
      ([, , left, , , failed]) => mul(gt(left!, 0), eq(failed!, 0)),
      ([y, f, left, step, previous, , taken, refused, limited, lengths]) => {
        const ends = le(left!, mul(1 + 1e-9, step!));
        const used = select(ends, left!, step!);
        const t = add(start, sub(dt, left!));
        const tried = attempt(field, solver, controller, { y: y!, t, f: f!, h: used, previous: previous!, span: dt });
        const { good, proposed } = tried;
        const go = (a: Tensor, b: Tensor): Tensor => select(good, a, b);
        return [
          go(tried.made.next, y!),
          go(tried.slope, f!),
          go(select(ends, 0, sub(left!, used)), left!),
          select(mul(good, ends), max(step!, proposed), proposed),
          go(tried.error, previous!),
          select(tried.stuck, select(tried.tame, TOO_SMALL, DIVERGED), 0),
          add(taken!, good),
          add(refused!, sub(1, good)),
          add(limited!, mul(good, tried.limited)),
          ...(recorded > 0 ? [select(mul(good, eq(numbers, place(sub(taken!, accepted)))), used, lengths!)] : []),
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
      controller.maxSteps,
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
