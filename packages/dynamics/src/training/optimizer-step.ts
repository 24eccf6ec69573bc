import { compile, concat, slice, type Tensor } from "#engine";
import type { Optimizer } from "./optimizers/optimizer.js";

/** A loss and its gradient at theta, and what else is observed there. */
export interface Slope {
  readonly value: Tensor;
  readonly gradient: Tensor;
  readonly observed?: readonly Tensor[];
  /** The next values of the numbers beside theta, where there are any. */
  readonly beside?: Tensor;
}

const NOTHING = new Float64Array(0);

/**
 * How an optimizer lives in a flat state (theta, what is kept beside it, memory): one place for every kind of training.
 *
 * *Arguments*: `beside`: first values of numbers beside theta that the optimizer does not move, such as running statistics. Default: none.
 * *Returns*: `initial(theta)`: the state at the start; `advance(x, step, slope)`: one step as a program, followed by the loss and what
 * else is observed, all at the state from which the step started; `preconditioner(slope)`: a function from state and time to the
 * vector p, or undefined for an optimizer without one.
 */
export function optimizerStep(optimizer: Optimizer, size: number, beside: Float64Array = NOTHING) {
  const { memories } = optimizer;
  const kept = size + beside.length;
  const dim = kept + size * memories;
  const thetaOf = (x: Tensor): Tensor => slice(x, [0], [size]);
  const memoryOf = (x: Tensor): Tensor[] =>
    Array.from({ length: memories }, (_, i) => slice(x, [kept + i * size], [kept + (i + 1) * size]));
  return {
    dim,
    initial(theta: ArrayLike<number>): Float64Array {
      const state = new Float64Array(dim);
      state.set(theta);
      state.set(beside, size);
      for (let i = 0; i < memories; i++) state.fill(optimizer.initialMemory?.[i] ?? 0, kept + i * size, kept + (i + 1) * size);
      return state;
    },
    advance(x: Tensor, step: Tensor, slope: (theta: Tensor, beside: Tensor) => Slope): Tensor[] {
      const theta = thetaOf(x);
      const { value, gradient, observed = [], beside: after } = slope(theta, slice(x, [size], [kept]));
      const next = optimizer.rule(theta, gradient, memoryOf(x), step);
      const parts = [next.theta, ...(after ? [after] : []), ...next.memory];
      return [parts.length === 1 ? parts[0]! : concat(parts, 0), value, ...observed];
    },
    preconditioner(gradientAt: (theta: Tensor) => Tensor): ((state: Float64Array, time: number) => Float64Array) | undefined {
      if (!optimizer.preconditioner) return undefined;
      let program: ReturnType<typeof compile> | undefined;
      return (state, time) => {
        program ??= compile(
          (x, step) => optimizer.preconditioner!(thetaOf(x), gradientAt(thetaOf(x)), memoryOf(x), step),
          [{ shape: [dim] }, { shape: [] }],
        );
        program.inputs[0]!.set(state);
        program.inputs[1]![0] = time;
        program.run();
        return Float64Array.from(program.outputs[0]!);
      };
    },
  };
}
