import { compile, constant, simplify, trace, workingSet, type Tensor, type TensorFunction } from "#engine";
import { finite } from "../core/evolve.js";
import { stepTimes } from "./accepted-steps.js";
import { adaptive, type AdaptiveSteps } from "./controllers.js";
import { checkpointedGradient, discreteGradient } from "./gradients/discrete.js";
import { gradientMethods } from "./gradients/index.js";
import type { GradientCost, GradientMethod, GradientProblem, ParametrisedField } from "./gradients/problem.js";
import type { Solver } from "./solver.js";
import { dopri8 } from "./solvers/dopri8.js";
import { tsit5 } from "./solvers/tsit5.js";

export interface AdjointLedgerOptions {
  /** dx/dt, of x [dim], the time and theta [parameters]. */
  readonly field: ParametrisedField;
  /** x(to) to a scalar. */
  readonly loss: (end: Tensor) => Tensor;
  readonly initial: ArrayLike<number>;
  readonly parameters: ArrayLike<number>;
  /** Default `tsit5`. */
  readonly solver?: Solver;
  /** Default 0. */
  readonly from?: number;
  /** Default 1. */
  readonly to?: number;
  /** So many steps of one length; or else those that `controller` accepts at these parameters. */
  readonly steps?: number;
  /** Default `adaptive({ maxSteps: 4096 })`. */
  readonly controller?: AdaptiveSteps;
  /** Bytes that a recommended method may take. Default 2^28. */
  readonly memory?: number;
}

/** How one method did. */
export interface LedgerEntry extends GradientCost {
  readonly method: string;
  readonly description: string;
  /** By theta. */
  readonly gradient: Float64Array;
  /** By the initial state. */
  readonly initialGradient: Float64Array;
  /** Bytes of all numbers that the compiled program computes. */
  readonly bytes: number;
  /** Norm of the difference to the exact gradient of the discrete solution, relative to that; NaN where the gradient is not finite. */
  readonly discreteError: number;
  /** The same to the reference. */
  readonly referenceError: number;
  /** Computes the gradient once more: for who has a clock. */
  run(): void;
}

/** What the gradient of a flow costs in each way, and which way to take. */
export interface AdjointLedger {
  readonly steps: number;
  readonly loss: number;
  readonly entries: readonly LedgerEntry[];
  /** Relative difference of the exact gradient of the discrete solution to the reference: what the steps themselves cost. */
  readonly discretisationError: number;
  readonly recommended: string;
  /** In words. */
  readonly reason: string;
}

/** A method is as good as exact if it errs less than this share of what the steps err. */
const SHARE = 0.1;
const ROUNDING = 1e-10;
const COARSE = 1e-2;
const TIGHT = adaptive({ rtol: 1e-12, atol: 1e-14, maxSteps: 65_536 });
const STIFF = adaptive({ rtol: 1e-10, atol: 1e-13, maxSteps: 65_536 });

const work = ({ evaluations, products }: GradientCost): number => evaluations + 2 * products;
const norm = (v: Float64Array): number => Math.sqrt(v.reduce((s, x) => s + x * x, 0));
const apart = (a: Float64Array, b: Float64Array): number => {
  const off = norm(a.map((x, i) => x - b[i]!));
  return off === 0 ? 0 : off / norm(b);
};
const short = (x: number): string => x.toPrecision(2);

/**
 * Every way to the gradient of a loss of a flow's end, tried on one's own problem: memory, evaluations, error, and a recommendation.
 *
 * *Definition*: each of `gradientMethods` on the same steps. Errors are relative to the exact gradient of the discrete solution (`discrete`) and to a reference:
 * dopri8 at tolerance 1e-12, or with 16 times the steps where their number is given; a stiff solver, the one given, at 1e-10. Recommended is, of those methods that fit the memory and err
 * (against the discrete gradient) by less than a tenth of what the steps err, or by less than 1e-10, and never by more than 1 %, the one with the least evaluations + 2 products.
 * *Arguments*: see `AdjointLedgerOptions`.
 * *Returns*: one entry a method, `recommended` and `reason`. Evaluations and products are counts; `run` is there for a clock.
 * *Error*: throws where the adaptive steps do not reach the end, or steps of one length leave the finite numbers.
 * *Cost*: a program for each method, run once, and the reference.
 * *Example*: `const ledger = adjointLedger({ field: (x, t, theta) => mul(theta, x), loss: (end) => sum(end), initial: [1], parameters: [-20], solver: rk4, steps: 100 });
 * ledger.recommended // "discrete"`
 */
export function adjointLedger(options: AdjointLedgerOptions): AdjointLedger {
  const {
    field,
    loss,
    solver = tsit5,
    from = 0,
    to = 1,
    steps,
    controller = adaptive({ maxSteps: 4096 }),
    memory = 2 ** 28,
  } = options;
  const initial = Float64Array.from(options.initial);
  const parameters = Float64Array.from(options.parameters);
  finite(initial, "initial state");
  finite(parameters, "parameters");
  if (initial.length === 0 || parameters.length === 0)
    throw new RangeError("adjointLedger: the initial state and the parameters need at least one number each");
  const theta = constant(parameters, [parameters.length]);
  const chosen = (by: Solver, tolerance: AdaptiveSteps): Float64Array =>
    stepTimes((x, t) => field(x, t, theta), initial, { solver: by, controller: tolerance, from, to });
  const even = (n: number): Float64Array => Float64Array.from({ length: n + 1 }, (_, i) => from + (i * (to - from)) / n);

  const problem: GradientProblem = { field, loss, solver, grid: steps === undefined ? chosen(solver, controller) : even(steps) };
  // Where steps are for a stiff problem, an explicit method may not come to the end.
  const [by, tolerance] = solver.realStability === Infinity ? [solver, STIFF] : [dopri8, TIGHT];
  const fine: GradientProblem = {
    ...problem,
    solver: by,
    grid: steps === undefined ? chosen(by, tolerance) : even(16 * steps),
  };
  const inputs = initial.length + parameters.length;
  const reference = measured(checkpointedGradient, fine, initial, parameters).gradient;
  const exact = measured(discreteGradient, problem, initial, parameters);
  if (!exact.gradient.every(Number.isFinite))
    throw new RangeError(
      `adjointLedger: after ${problem.grid.length - 1} steps of ${solver.name} the loss is ${exact.loss} and its gradient not finite; take more steps, rodas5p if the problem is stiff, or adaptive steps, which say when and why they fail`,
    );
  const entries = gradientMethods
    .filter(({ mostInputs = Infinity }) => inputs <= mostInputs)
    .map((method): LedgerEntry => {
      const { gradient, bytes, run } = method === discreteGradient ? exact : measured(method, problem, initial, parameters);
      return {
        method: method.name,
        description: method.description,
        gradient: gradient.slice(initial.length),
        initialGradient: gradient.slice(0, initial.length),
        ...method.cost(problem, inputs),
        bytes,
        discreteError: apart(gradient, exact.gradient),
        referenceError: apart(gradient, reference),
        run,
      };
    });
  const discretisationError = apart(exact.gradient, reference);
  return {
    steps: problem.grid.length - 1,
    loss: exact.loss,
    entries,
    discretisationError,
    ...recommend(entries, discretisationError, memory),
  };
}

/** One method compiled and run once; the gradient is by the initial state, then by the parameters. */
function measured(
  method: GradientMethod,
  problem: GradientProblem,
  initial: Float64Array,
  parameters: Float64Array,
): { loss: number; gradient: Float64Array; bytes: number; run: () => void } {
  const of = method.gradient(problem);
  const f = (x: Tensor, theta: Tensor): Tensor[] => {
    const { loss, initial: byState, parameters: byParameters } = of(x, theta);
    return [loss, byState, byParameters];
  };
  const specs = [{ shape: [initial.length] }, { shape: [parameters.length] }];
  const program = compile(f as TensorFunction, specs);
  program.inputs[0]!.set(initial);
  program.inputs[1]!.set(parameters);
  program.run();
  const [value, byState, byParameters] = program.outputs;
  return {
    loss: value![0]!,
    gradient: Float64Array.from([...byState!, ...byParameters!]),
    bytes: workingSet(
      simplify(
        trace(
          f as TensorFunction,
          specs.map((s) => ({ ...s, dtype: "f64" as const })),
        ),
      ),
    ),
    run: () => program.run(),
  };
}

/** The cheapest of those that are right and fit. */
function recommend(
  entries: readonly LedgerEntry[],
  discretisationError: number,
  memory: number,
): { recommended: string; reason: string } {
  const bound = Math.min(COARSE, Math.max(ROUNDING, Number.isFinite(discretisationError) ? SHARE * discretisationError : 0));
  const right = entries.filter((e) => e.discreteError <= bound);
  const fit = right.filter((e) => e.bytes <= memory);
  const best = (fit.length > 0 ? fit : right).reduce((a, b) => {
    const lead = fit.length > 0 ? work(b) - work(a) : b.bytes - a.bytes;
    return lead < 0 ? b : a;
  });
  const wrong = entries
    .filter((e) => !right.includes(e))
    .map(
      (e) => `${e.method} ${Number.isFinite(e.discreteError) ? `errs by ${short(e.discreteError)}` : "gives no finite number"}`,
    );
  const large = right.filter((e) => !fit.includes(e)).map((e) => `${e.method} takes ${e.bytes} bytes of the ${memory} allowed`);
  return {
    recommended: best.method,
    reason: [
      fit.length > 0
        ? `${best.method} is the cheapest (${best.evaluations} evaluations and ${best.products} products) of those that err by less than ${short(bound)} and fit the memory`
        : `none that errs by less than ${short(bound)} fits ${memory} bytes; ${best.method} comes closest with ${best.bytes}`,
      ...wrong,
      ...large,
    ].join("; "),
  };
}
