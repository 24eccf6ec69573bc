import { compile, concat, slice, type Tensor } from "#engine";
import type { Optimizer } from "./optimizers/optimizer.js";

/** A loss and its gradient at theta, and what else is observed there. */
export interface Slope {
  readonly value: Tensor;
  readonly gradient: Tensor;
  readonly observed?: readonly Tensor[];
}

/**
 * How an optimizer lives in a flat state (theta, memory): one place for every kind of training.
 *
 * *Returns*: `initial(theta)`: the state at the start; `advance(x, step, slope)`: one step as a program, followed by the loss and what
 * else is observed, all at the state from which the step started; `preconditioner(slope)`: a function from state and time to the
 * vector p, or undefined for an optimizer without one.
 */
export function optimizerStep(optimizer: Optimizer, size: number) {
  const { memories } = optimizer;
  const dim = size * (1 + memories);
  const piece = (x: Tensor, i: number): Tensor => slice(x, [i * size], [(i + 1) * size]);
  const memoryOf = (x: Tensor): Tensor[] => Array.from({ length: memories }, (_, i) => piece(x, i + 1));
  return {
    dim,
    initial(theta: ArrayLike<number>): Float64Array {
      const state = new Float64Array(dim);
      state.set(theta);
      for (let i = 0; i < memories; i++) state.fill(optimizer.initialMemory?.[i] ?? 0, (i + 1) * size, (i + 2) * size);
      return state;
    },
    advance(x: Tensor, step: Tensor, slope: (theta: Tensor) => Slope): Tensor[] {
      const theta = piece(x, 0);
      const { value, gradient, observed = [] } = slope(theta);
      const next = optimizer.rule(theta, gradient, memoryOf(x), step);
      const parts = [next.theta, ...next.memory];
      return [parts.length === 1 ? parts[0]! : concat(parts, 0), value, ...observed];
    },
    preconditioner(gradientAt: (theta: Tensor) => Tensor): ((state: Float64Array, time: number) => Float64Array) | undefined {
      if (!optimizer.preconditioner) return undefined;
      let program: ReturnType<typeof compile> | undefined;
      return (state, time) => {
        program ??= compile(
          (x, step) => optimizer.preconditioner!(piece(x, 0), gradientAt(piece(x, 0)), memoryOf(x), step),
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
