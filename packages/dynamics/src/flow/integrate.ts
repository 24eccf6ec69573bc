import { add, amin, concat, constant, eq, expandDims, gt, mul, reshape, scan, select, slice, type Tensor } from "#engine";
import { acceptedLengths, backwards } from "./accepted-steps.js";
import type { AdaptiveSteps } from "./controllers.js";
import type { Solver, VectorField } from "./solver.js";
import { tsit5 } from "./solvers/tsit5.js";

export interface IntegrateOptions {
  /** Default `tsit5`. */
  readonly solver?: Solver;
  /** Default 0. */
  readonly from?: number;
  /** Default 1; may lie before `from`. */
  readonly to?: number;
  /** So many steps of one length. Either this, or `grid`, or `controller`. */
  readonly steps?: number;
  /** The times at which steps begin and end, in place of `from`, `to` and `steps`: rising or falling. */
  readonly grid?: ArrayLike<number>;
  /** Steps as the error estimate allows; give it a `maxSteps` not far above what is needed. */
  readonly controller?: AdaptiveSteps;
  /**
   * Reverse mode keeps the states at the beginnings of so many segments and computes those between again. Default 1: keeps all.
   * The square root of the number of steps needs the least memory.
   */
  readonly segments?: number;
}

/** Where the steps begin and how long they are; `status` is not 0 where they do not reach the end. */
interface Course {
  readonly times: Tensor;
  readonly lengths: Tensor;
  readonly status?: Tensor;
  /** Where lengths may be 0: a length of the sign and size of the others. */
  readonly least?: Tensor;
}

type Laid = { readonly count: number; course(x: Tensor): Course };

/**
 * The solution of dx/dt = field(x, t) at the end, as a function from tensor to tensor that can be differentiated, batched and compiled.
 *
 * *Definition*: x(to) by one step of the solver after the other. Derivatives are those of the discrete solution. With `controller` a first pass, through
 * which no derivative goes, chooses the steps, and a second takes the same steps again.
 * *Arguments*: `field`, of x of any shape and the time; what it depends on besides (parameters) may be differentiated, too. See `IntegrateOptions`.
 * *Returns*: a function of the initial state. Where the adaptive steps do not reach `to` its value is NaN.
 * *Error*: the solver's. The derivative is exact for the steps taken, their lengths counting as given.
 * *Cost*: `solver.evaluations` evaluations a step. Reverse mode keeps one state a step, with `segments` s of n steps s + n/s states for one more
 * evaluation of each step. With `controller` all `maxSteps` steps are gone through, those behind the end with length 0; `stepTimes` and `grid` avoid that.
 * *Source*: Griewank and Walther 2008, Evaluating derivatives, chapter 12 (checkpoints).
 * *Example*: `const end = (x, rate) => integrate((y) => mul(rate, y), { solver: rk4, steps: 100 })(x);
 * evaluate((x, rate) => [end(x, rate), grad((r) => sum(end(x, r)))(rate)], { data: [1] }, { data: [1], shape: [] }) // [[2.71828183], [2.71828183]]`
 */
export function integrate(field: VectorField, options: IntegrateOptions): (x: Tensor) => Tensor {
  const walk = walker(field, options);
  return (x) => walk(x, false).end;
}

/**
 * As `integrate`, but with all the states on the way.
 *
 * *Returns*: a function from x to a tensor [steps + 1, ...x.shape], the initial state first.
 * *Example*: `evaluate(integratePath((x) => mul(1, x), { solver: euler, steps: 2, to: 2 }), { data: [1] })[0] // [1, 2, 4]`
 */
export function integratePath(field: VectorField, options: IntegrateOptions): (x: Tensor) => Tensor {
  const walk = walker(field, options);
  return (x) => concat([expandDims(x, 0), walk(x, true).states!], 0);
}

function walker(field: VectorField, options: IntegrateOptions): (x: Tensor, keep: boolean) => { end: Tensor; states?: Tensor } {
  const { solver = tsit5, segments = 1 } = options;
  const { count, course } = lay(field, options, solver);
  if (!Number.isInteger(segments) || segments < 1 || segments > count)
    throw new RangeError(`integrate: ${segments} segments given; allowed: integers from 1 to the number of steps, ${count}`);
  const one = (x: Tensor, t: Tensor, h: Tensor, least: Tensor | undefined): Tensor => {
    const slope = field(x, t);
    if (slope.shape.join() !== x.shape.join())
      throw new RangeError(`integrate: the field has shape [${slope.shape.join(", ")}], the state has [${x.shape.join(", ")}]`);
    if (!least) return solver.step(field, x, t, h, slope).next;
    // Behind the last step nothing moves. A stiff solver divides by the length.
    const over = eq(h, 0);
    return select(over, x, solver.step(field, x, t, select(over, least, h), slope).next);
  };
  const run = (x: Tensor, { times, lengths, least }: Course, keep: boolean): [Tensor, Tensor[]] => {
    const [[end], ys] = scan(
      ([y], [t, h]) => {
        const next = one(y!, t!, h!, least);
        return [[next], keep ? [next] : []];
      },
      [x],
      [times, lengths],
    );
    return [end!, ys];
  };
  return (x, keep) => {
    const all = course(x);
    const { times, lengths, status, least } = all;
    const each = Math.floor(count / segments);
    const cut = segments * each;
    const part = (from: number, to: number): Course => ({
      times: slice(times, [from], [to]),
      lengths: slice(lengths, [from], [to]),
      ...(least ? { least } : {}),
    });
    let end = x;
    const kept: Tensor[] = [];
    if (segments > 1) {
      const folded = part(0, cut);
      const [[last], ys] = scan(
        ([y], [t, h]) => {
          const [next, states] = run(y!, { times: t!, lengths: h!, ...(least ? { least } : {}) }, keep);
          return [[next], states];
        },
        [x],
        [reshape(folded.times, [segments, each]), reshape(folded.lengths, [segments, each])],
      );
      end = last!;
      kept.push(...ys.map((y) => reshape(y, [cut, ...x.shape])));
    }
    if (segments === 1 || cut < count) {
      const [last, ys] = run(end, segments === 1 ? all : part(cut, count), keep);
      end = last;
      kept.push(...ys);
    }
    return {
      end: status ? select(eq(status, 0), end, NaN) : end,
      ...(keep ? { states: kept.length === 1 ? kept[0]! : concat(kept, 0) } : {}),
    };
  };
}

/** The steps that the options ask for. */
function lay(field: VectorField, options: IntegrateOptions, solver: Solver): Laid {
  const { from = 0, to = 1, steps, grid, controller } = options;
  const given = [steps, grid, controller].filter((one) => one !== undefined).length;
  if (given !== 1)
    throw new TypeError(`integrate: ${given} of steps, grid and controller given; give one: steps: 100, for instance`);
  if (controller) {
    span(from, to);
    const [sense, f] = to > from ? [1, field] : [-1, backwards(field)];
    const accepted = acceptedLengths(f, solver, controller, sense * from, sense * to);
    return {
      count: controller.maxSteps,
      course(x) {
        const { lengths, pace } = accepted(x);
        const signed = mul(sense, lengths);
        const [, [times]] = scan(([t], [h]) => [[add(t!, h!)], [t!]], [constant(from)], [signed]);
        const least = amin(select(gt(lengths, 0), lengths, Math.abs(to - from)));
        return { times: times!, lengths: signed, status: pace.status, least: mul(sense, least) };
      },
    };
  }
  const times = grid ? Float64Array.from(grid) : evenly(from, to, steps!);
  const count = times.length - 1;
  const lengths = times.slice(1).map((t, i) => t - times[i]!);
  if (count < 1 || !lengths.every((h) => Number.isFinite(h) && h !== 0 && Math.sign(h) === Math.sign(lengths[0]!)))
    throw new RangeError(`integrate: a grid of ${times.length} times given; allowed: two or more, finite, rising or falling`);
  if (!grid) lengths.fill((to - from) / count);
  return {
    count,
    course: ({ dtype }) => ({
      times: constant(times.subarray(0, count), [count], dtype),
      lengths: constant(lengths, [count], dtype),
    }),
  };
}

function evenly(from: number, to: number, steps: number): Float64Array {
  span(from, to);
  if (!Number.isInteger(steps) || steps < 1 || steps > 100_000_000)
    throw new RangeError(`integrate: ${steps} steps given; allowed: integers from 1 to 100000000`);
  return Float64Array.from({ length: steps + 1 }, (_, i) => (i === steps ? to : from + (i * (to - from)) / steps));
}

function span(from: number, to: number): void {
  if (!Number.isFinite(from) || !Number.isFinite(to) || from === to)
    throw new RangeError(`integrate: from ${from} to ${to} given; allowed: two different finite times`);
}
