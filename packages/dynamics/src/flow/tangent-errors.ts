import { compile, jvp, scalarMath, vmap, type Program, type Tensor } from "#engine";
import { norm, orthonormalize } from "../core/rows.js";
import type { TangentRates } from "../core/system.js";
import type { Solver, VectorField } from "./solver.js";

/**
 * How well steps that were chosen for the state carry tangents: one step is taken, with the derivative of its error estimate.
 *
 * *Definition*: with the step's derivative W of the tangents, that of its error estimate E, and the diagonal r of the QR decomposition of W, tangent i errs by |E_i| / r_i of its growth in a
 * step h, and moves by the larger of |log r_i| and |W_i - v_i|.
 * *Returns*: a function of state, time, step and orthonormal tangents [k, dim].
 * *Cost*: one step with k tangents; the program is compiled when first asked.
 */
export function tangentRates(
  field: VectorField,
  solver: Solver,
  k: number,
  dim: number,
): (state: Float64Array, time: number, h: number, tangents: Float64Array) => TangentRates {
  let program: Program | undefined;
  return (state, time, h, tangents) => {
    program ??= compile(
      (x, t, length, v) => {
        const step = (y: Tensor): [Tensor, Tensor] => {
          const { next, error } = solver.step(field, y, t!, length!, field(y, t!));
          return [next, error!];
        };
        return vmap((w) => jvp((y) => step(y!), [x!], [w!]).tangents)(v!);
      },
      [{ shape: [dim] }, { shape: [] }, { shape: [] }, { shape: [k, dim] }],
    );
    program.inputs.forEach((input, i) => input.set([state, [time], [h], tangents][i]!));
    program.run();
    const [moved, off] = program.outputs as [Float64Array, Float64Array];
    const way = moved.map((w, i) => w - tangents[i]!);
    const own = orthonormalize(moved.slice(), k, dim);
    const rate = (of: (i: number) => number): Float64Array => Float64Array.from({ length: k }, (_, i) => of(i) / h);
    return {
      h,
      off: rate((i) => norm(off, i, dim) / own[i]!),
      jump: Float64Array.from({ length: k }, (_, i) => norm(off, i, dim) / Math.max(1, own[i]!)),
      moved: rate((i) => Math.max(Math.abs(scalarMath.log(own[i]!)), norm(way, i, dim))),
    };
  };
}
