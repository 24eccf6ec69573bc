import { compile, grad, jvp, valueAndGrad, type CompileOptions, type Program, type Tensor } from "#engine";
import { preconditioned, type LinearOperator } from "../core/linear-operator.js";
import { extend } from "../core/evolve.js";
import type { Landscape } from "../core/landscape.js";
import { map, type MapSystem } from "../core/map.js";
import type { Status } from "../core/status.js";
import type { Part } from "../core/system.js";
import { landscape } from "./landscape.js";
import { optimizerStep } from "./optimizer-step.js";
import type { Optimizer } from "./optimizers/optimizer.js";

export interface DescentOptions {
  /** theta of shape [size] to the loss, a scalar, or to the loss followed by observables. */
  readonly objective: (theta: Tensor) => Tensor | readonly Tensor[];
  readonly initial: ArrayLike<number>;
  readonly optimizer: Optimizer;
  /** Names of the tensors that the objective returns after the loss. */
  readonly observables?: readonly string[];
  /** Numbers that a step carries on beside theta, which neither the loss nor the optimizer reads. Default: none. */
  readonly beside?: { readonly initial: Float64Array; next(theta: Tensor, now: Tensor): Tensor };
  /** Named parts of theta and of what is beside it. */
  readonly layout?: readonly Part[];
  readonly threads?: CompileOptions["threads"];
}

/** Something with parameters, an optimizer that moves them and a loss whose curvature can be asked for. */
export interface Curving {
  readonly optimizer: Optimizer;
  /** theta: a view of the first part of the state. */
  readonly parameters: Float64Array;
  /** The loss with its derivatives to third order, anywhere. */
  readonly landscape: Landscape;
  /**
   * The Hessian of the loss at theta (default: the present parameters, copied now) as a symmetric operator.
   *
   * *Error*: exact products, forward over reverse. *Cost*: one block product computes everything that does not depend on the vectors
   * once. `blockSize` (default 1) vectors go through one program; other block sizes are split. A program is compiled at first use.
   */
  hessian(theta?: ArrayLike<number>, blockSize?: number): LinearOperator;
  /** The preconditioner of the step that leaves the present state: the diagonal of P; all ones for optimizers without one. */
  preconditioner(): Float64Array;
  /**
   * P^(-1/2) H P^(-1/2) at the present state, copied now: the operator whose largest eigenvalue `optimizer.threshold` bounds. The Hessian
   * itself for optimizers without a preconditioner.
   */
  effectiveHessian(blockSize?: number): LinearOperator;
}

/** An optimizer at work on a loss: a map on (theta, memory) with the observable "loss" (see MapSystem for when it is taken). */
export interface Descent extends MapSystem, Curving {
  /**
   * One step, and the product of the Hessian with v at the parameters from which it started, in one program.
   *
   * *Returns*: `product`: a view that the next call overwrites. *Error*: the step is that of `step()`, bit for bit; the product is exact.
   * *Cost*: about two gradients: what the gradient and the product have in common is computed once.
   */
  stepWithProduct(v: ArrayLike<number>): { readonly status: Status; readonly product: Float64Array };
}

/**
 * Minimises a function of a vector with an optimizer, as a System.
 *
 * *Definition*: (theta, memory)' = rule(theta, grad L(theta), memory, step). The state is (theta, what is beside it, memory).
 * *Arguments*: see `DescentOptions`. The memory starts as the optimizer says; the step number is the system's time.
 * *Returns*: a Descent. Its `tangent(k)` carries tangent vectors of the training map, memory included: for gradient descent
 * v' = (I - eta H) v.
 * *Cost*: one gradient a step, compiled as one program.
 * *Example*: `const s = descent({ objective: (w) => mul(0.5, sum(mul(w, w))), initial: [1, 2], optimizer: gradientDescent({ stepSize: 0.5 }) });
 * [s.step(3), s.parameters, s.observables.loss] // ["ok", [0.125, 0.25], [0.15625]]`
 */
export function descent(options: DescentOptions): Descent {
  const { objective, optimizer, observables = [], beside, threads } = options;
  const size = options.initial.length;
  const stepper = optimizerStep(optimizer, size, beside?.initial);
  const loss = (theta: Tensor): Tensor => list(objective(theta))[0]!;
  const settings = threads === undefined ? {} : { threads };
  const onwards = (theta: Tensor, now: Tensor) => (beside ? { beside: beside.next(theta, now) } : {});
  const system = map({
    f: (x, step) =>
      stepper.advance(x, step, (theta, now) => {
        const [value, gradient] = valueAndGrad(loss)(theta);
        return { value, gradient, observed: list(objective(theta)).slice(1), ...onwards(theta, now) };
      }),
    initial: stepper.initial(options.initial),
    layout: options.layout ?? [{ name: "theta", shape: [size], offset: 0 }],
    observables: ["loss", ...observables],
    ...settings,
  });
  let probing: Program | undefined;
  const own = {
    stepWithProduct(v: ArrayLike<number>) {
      if (v.length !== size)
        throw new RangeError(`stepWithProduct: a vector of ${v.length} numbers given, the loss has ${size} parameters`);
      probing ??= compile(
        (x, step, direction) => {
          let product: Tensor | undefined;
          const [next] = stepper.advance(x!, step!, (theta, now) => {
            const { outputs, tangents } = jvp(valueAndGrad(loss), [theta], [direction!]);
            product = tangents[1]!;
            return { value: outputs[0]!, gradient: outputs[1]!, ...onwards(theta, now) };
          });
          return [next!, product!];
        },
        [{ shape: [stepper.dim] }, { shape: [] }, { shape: [size] }],
        settings,
      );
      const [state, time, direction] = probing.inputs as [Float64Array, Float64Array, Float64Array];
      state.set(system.state);
      time[0] = system.time;
      direction.set(v);
      probing.run();
      const [next, product] = probing.outputs as [Float64Array, Float64Array];
      const finite = next.every(Number.isFinite);
      if (finite) system.reset(next, system.time + 1);
      // A step that leaves the finite numbers is left to `step`, which says so in the usual way.
      return { status: finite ? ("ok" as const) : system.step(1), product };
    },
  };
  return extend(extend(system, curving(system, stepper, optimizer, loss, size, settings)), own);
}

/** The curvature side of a training system whose state starts with theta. */
export function curving(
  system: Pick<MapSystem, "state" | "time">,
  stepper: ReturnType<typeof optimizerStep>,
  optimizer: Optimizer,
  loss: (theta: Tensor) => Tensor,
  size: number,
  settings: Pick<CompileOptions, "threads">,
): Curving {
  const parameters = system.state.subarray(0, size);
  const surface = landscape(loss, size, settings);
  const scale = stepper.preconditioner(grad(loss));
  return {
    optimizer,
    parameters,
    landscape: surface,
    hessian: (theta = parameters, blockSize = 1) => surface.hessian(theta, blockSize),
    preconditioner: () => scale?.(system.state, system.time) ?? new Float64Array(size).fill(1),
    effectiveHessian(blockSize = 1) {
      const h = surface.hessian(parameters, blockSize);
      return scale ? preconditioned(h, scale(system.state, system.time)) : h;
    },
  };
}

const list = (r: Tensor | readonly Tensor[]): readonly Tensor[] => (Array.isArray(r) ? r : [r as Tensor]);
