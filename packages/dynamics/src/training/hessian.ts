import { compile, hvp, reshape, vmap, type CompileOptions, type Program, type Tensor } from "#engine";
import type { LinearOperator } from "../core/linear-operator.js";

/**
 * The Hessian of a loss as a family of operators, one for each point.
 *
 * *Arguments*: `loss`: a scalar of a vector of length `size`. Of the family: `theta` (copied), `blockSize`: how many vectors go through one
 * program, other block sizes being split (default 1).
 * *Error*: exact products, forward over reverse. *Cost*: a program is compiled at the first product with each block size; in one block product,
 * everything that does not depend on the vectors is computed once.
 * *Example*: `hessians((w) => sum(mul(w, w)), 3)([1, 2, 3])`
 */
export const hessians = (
  loss: (theta: Tensor) => Tensor,
  size: number,
  settings: Pick<CompileOptions, "threads"> = {},
): ((theta: ArrayLike<number>, blockSize?: number) => LinearOperator) => curvatures(hvp(loss), size, settings);

/** Symmetric operators, one for each theta, from the product of theta's with a vector. */
export function curvatures(
  product: (theta: Tensor, v: Tensor) => Tensor,
  size: number,
  settings: Pick<CompileOptions, "threads">,
): (theta: ArrayLike<number>, blockSize?: number) => LinearOperator {
  const programs = new Map<number, Program>();
  const products = (m: number): Program => {
    let program = programs.get(m);
    if (!program) {
      const block = (theta: Tensor, v: Tensor): Tensor =>
        m === 1 ? reshape(product(theta, reshape(v, [size])), [1, size]) : vmap((w) => product(theta, w))(v);
      program = compile(block, [{ shape: [size] }, { shape: [m, size] }], settings);
      programs.set(m, program);
    }
    return program;
  };
  return (theta, blockSize = 1) => {
    if (theta.length !== size)
      throw new RangeError(`hessian: theta of ${theta.length} numbers given, the loss has ${size} parameters`);
    if (!Number.isInteger(blockSize) || blockSize < 1)
      throw new RangeError(`hessian: blockSize ${blockSize} given; allowed: integers from 1`);
    const at = Float64Array.from(theta);
    return {
      dim: size,
      symmetric: true,
      blockSize,
      apply(block, out, m) {
        for (let done = 0; done < m;) {
          const count = m - done >= blockSize ? blockSize : 1;
          const program = products(count);
          program.inputs[0]!.set(at);
          program.inputs[1]!.set(block.subarray(done * size, (done + count) * size));
          program.run();
          out.set(program.outputs[0]!, done * size);
          done += count;
        }
      },
    };
  };
}
