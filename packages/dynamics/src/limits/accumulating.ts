import { add, concat, cos, mean, mul, sin, slice, sqrt, stack, type Tensor } from "#engine";
import { turned, type Field } from "./coupled-units.js";

/**
 * A field whose state carries the time integrals of observables along, so that averages over a run cost nothing extra.
 *
 * *Definition*: (x, I)' = (f(x), h(x)). The mean of h over a stretch is the growth of I by its length, as accurate as the solver.
 * *Arguments*: `field` on states of `dim` numbers; `observe(x)`: a tensor of shape [count].
 * *Returns*: a field on dim + count numbers; start it at I = 0.
 * *Example*: `evaluate(accumulating((x) => mul(-1, x), 1, (x) => mul(x, x), 1), { data: [3, 0] })[0] // [-3, 9]`
 */
export function accumulating(field: Field, dim: number, observe: (x: Tensor) => Tensor, count: number): Field {
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`accumulating: count ${count} given; allowed: integers from 1`);
  return (whole) => {
    const x = slice(whole, [0], [dim]);
    const observed = observe(x);
    if (observed.shape.length !== 1 || observed.shape[0] !== count)
      throw new RangeError(`accumulating: observe gives shape [${observed.shape.join(", ")}]; expected [${count}]`);
    return concat([field(x), observed], 0);
  };
}

/**
 * The order parameter of phases and its square, as engine functions: [r, r^2] for `accumulating`.
 * *Example*: `evaluate(coherence, { data: [0, 0, 0] })[0] // [1, 1]`
 */
export function coherence(phases: Tensor): Tensor {
  const theta = turned(phases);
  const [x, y] = [mean(cos(theta), 0), mean(sin(theta), 0)];
  const square = add(mul(x, x), mul(y, y));
  return stack([sqrt(square), square], 0);
}
