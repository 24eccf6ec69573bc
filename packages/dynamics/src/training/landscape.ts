import { compile, hvp, jvp, valueAndGrad, type CompileOptions, type Program, type Tensor } from "#engine";
import type { Landscape } from "../core/landscape.js";
import { hessians } from "./hessian.js";

/**
 * A loss, written as a tensor function, with its derivatives to third order.
 *
 * *Arguments*: `loss`: a scalar of a vector of length `size`.
 * *Error*: exact up to rounding. The third derivative is taken forward over forward over reverse: D^2 (grad L)(w)[u, v], which equals
 * grad <u, H v> because third derivatives do not depend on the order.
 * *Cost*: a program each for value and gradient, Hessian and third derivative, compiled at first use; a third derivative costs about
 * 5 gradients.
 * *Example*: `landscape((w) => sum(mul(w, mul(w, w))), 1).third([2], [1], [1]) // [6]`
 */
export function landscape(
  loss: (theta: Tensor) => Tensor,
  size: number,
  settings: Pick<CompileOptions, "threads"> = {},
): Landscape {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`landscape: ${size} parameters given; allowed: integers from 1`);
  const shape = [size];
  let slope: Program | undefined;
  let bend: Program | undefined;
  const run = (program: Program, ...vectors: readonly ArrayLike<number>[]): void => {
    vectors.forEach((v, i) => {
      if (v.length !== size)
        throw new RangeError(`landscape: a vector of ${v.length} numbers given, the loss has ${size} parameters`);
      program.inputs[i]!.set(v);
    });
    program.run();
  };
  const sloped = (w: ArrayLike<number>): Program => {
    slope ??= compile((x) => valueAndGrad(loss)(x), [{ shape }], settings);
    run(slope, w);
    return slope;
  };
  return {
    dim: size,
    value: (w) => sloped(w).outputs[0]![0]!,
    gradient: (w) => Float64Array.from(sloped(w).outputs[1]!),
    hessian: hessians(loss, size, settings),
    third(w, u, v) {
      bend ??= compile(
        (x, a, b) => jvp((y) => hvp(loss)(y, b), [x], [a]).tangents[0]!,
        [{ shape }, { shape }, { shape }],
        settings,
      );
      run(bend, w, u, v);
      return Float64Array.from(bend.outputs[0]!);
    },
  };
}
