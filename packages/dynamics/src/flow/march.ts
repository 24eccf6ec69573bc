import { add, at, div, eq, gt, le, lt, max, mul, ne, select, stack, sub, whileLoop, type Tensor } from "#engine";
import { attempt, openingStep } from "./attempt.js";
import type { AdaptiveSteps } from "./controllers.js";
import { DIVERGED, STEP_LIMIT, TOO_SMALL } from "./interval.js";
import { between, type Solver, type VectorField } from "./solver.js";

/** A solution that has come as far as t, with the dense output of its last step, which began at `from` and lasted t - from. */
export interface March {
  readonly x: Tensor;
  readonly t: Tensor;
  readonly slope: Tensor;
  readonly from: Tensor;
  readonly origin: Tensor;
  /** [degree, dim]. */
  readonly dense: Tensor;
  /** The step to try next, and the scaled error of the last. */
  readonly h: Tensor;
  readonly error: Tensor;
  readonly status: Tensor;
  readonly accepted: Tensor;
  readonly rejected: Tensor;
}

export const MARCH = ["x", "t", "slope", "from", "origin", "dense", "h", "error", "status", "accepted", "rejected"] as const;
export const listOf = (m: March): Tensor[] => MARCH.map((name) => m[name]);
export const marchOf = (list: readonly Tensor[]): March =>
  Object.fromEntries(MARCH.map((name, i) => [name, list[i]!])) as unknown as March;

/** The start of a march towards `until`. */
export function setOut(
  field: VectorField,
  solver: Solver,
  controller: AdaptiveSteps,
  x: Tensor,
  t: Tensor,
  until: Tensor,
): March {
  const slope = field(x, t);
  const h = openingStep(controller, solver, x, slope, sub(until, t));
  const degree = solver.step(field, x, t, h, slope).dense().length;
  const zero = mul(0, t);
  const none = stack(Array.from({ length: degree }, () => mul(0, slope)));
  return { x, t, slope, from: t, origin: x, dense: none, h, error: add(zero, 1), status: zero, accepted: zero, rejected: zero };
}

/** What a march is watched for; `seen` is a number that it carries. */
export interface Watch {
  readonly seen: Tensor;
  /** Whether to step on. Reads nothing but what it is given. */
  wanted(m: March, seen: Tensor): Tensor;
  /** What has been seen after a step. */
  see?(m: March, seen: Tensor): Tensor;
}

/** Steps on while the watch wants it and `until` is not reached, which no step passes. */
export function advance(
  field: VectorField,
  solver: Solver,
  controller: AdaptiveSteps,
  start: March,
  until: Tensor,
  watch: Watch,
): March & { readonly seen: Tensor } {
  const going = (m: March, end: Tensor, seen: Tensor): Tensor =>
    mul(mul(ne(watch.wanted(m, seen), 0), lt(m.t, end)), eq(m.status, 0));
  const { carry } = whileLoop(
    (list) => going(marchOf(list), list.at(-2)!, list.at(-1)!),
    (list) => {
      const m = marchOf(list);
      const [end, seen] = [list.at(-2)!, list.at(-1)!];
      const left = sub(end, m.t);
      const ends = le(left, mul(1 + 1e-9, m.h));
      const h = select(ends, left, m.h);
      const tried = attempt(field, solver, controller, { y: m.x, t: m.t, f: m.slope, h, previous: m.error, span: h });
      const { good, made, proposed } = tried;
      const go = (a: Tensor, b: Tensor): Tensor => select(good, a, b);
      const next: March = {
        x: go(made.next, m.x),
        t: go(select(ends, end, add(m.t, h)), m.t),
        slope: go(tried.slope, m.slope),
        from: go(m.t, m.from),
        origin: go(m.x, m.origin),
        dense: go(stack([...made.dense()]), m.dense),
        h: select(mul(good, ends), max(m.h, proposed), proposed),
        error: go(tried.error, m.error),
        status: select(tried.stuck, select(tried.tame, TOO_SMALL, DIVERGED), 0),
        accepted: add(m.accepted, good),
        rejected: add(m.rejected, sub(1, good)),
      };
      return [...listOf(next), end, watch.see ? go(watch.see(next, seen), seen) : seen];
    },
    [...listOf(start), until, watch.seen],
    controller.maxSteps,
  );
  const m = marchOf(carry);
  const seen = carry.at(-1)!;
  return { ...m, seen, status: add(m.status, mul(going(m, until, seen), STEP_LIMIT)) };
}

/** The solution at time t within the last step. */
export function sample(m: March, t: Tensor): Tensor {
  const length = sub(m.t, m.from);
  const theta = select(gt(length, 0), div(sub(t, m.from), select(gt(length, 0), length, 1)), 0);
  const rows = Array.from({ length: m.dense.shape[0]! }, (_, j) => at(m.dense, j));
  return between(m.origin, rows, theta);
}
