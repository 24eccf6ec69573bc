import { show } from "../shape.js";
import { cast } from "./indexing.js";
import { constant, type Tensor } from "../tensor.js";
import { concat } from "./assemble.js";
import { dot } from "./dot.js";
import { abs, div, eq, mul, select, sub } from "./elementwise.js";
import { argmax } from "./reduce.js";
import { scan } from "./scan.js";
import { broadcastTo, reshape, slice } from "./views.js";

/**
 * The solution X of A X = B.
 *
 * *Definition*: Gauss-Jordan elimination, the pivot of each column being its largest entry among the rows not used yet.
 * *Arguments*: `a` of shape [n, n]; `b` of shape [n] or [n, m].
 * *Returns*: X in the shape of B; not finite if A is singular to working precision.
 * *Error*: about as of Gaussian elimination with partial pivoting: relative errors of a few ulp times the condition number of A.
 * *Cost*: about 2 n^2 (n + m) operations in one loop of n rounds; differentiable to any order, both ways.
 * *Source*: Higham 2002, Accuracy and stability of numerical algorithms, section 14.4.
 * *Example*: `evaluate(solve, { data: [2, 1, 1, 3], shape: [2, 2] }, { data: [3, 5] })[0] // [0.8, 1.4]`
 */
export function solve(a: Tensor, b: Tensor): Tensor {
  const n = a.shape[0]!;
  if (a.shape.length !== 2 || a.shape[1] !== n || b.shape[0] !== n || b.shape.length > 2)
    throw new RangeError(
      `solve: needs A of shape [n, n] and B of shape [n] or [n, m], got ${show(a.shape)} and ${show(b.shape)}`,
    );
  if (n === 0) return b;
  const m = b.shape.length === 1 ? 1 : b.shape[1]!;
  const width = n + m;
  const eye = new Float64Array(n * n);
  for (let i = 0; i < n; i++) eye[i * n + i] = 1;
  const rows = constant(
    Array.from({ length: n }, (_, i) => i),
    [n],
    a.dtype,
  );
  const column = (v: Tensor): Tensor => reshape(v, [n, 1]);
  const [[reduced], [order]] = scan(
    ([table, used], [unit]) => {
      const entries = reshape(dot(slice(table!, [0, 0], [n, n]), column(unit!)), [n]);
      const chosen = eq(rows, cast(argmax(select(used!, -1, abs(entries))), a.dtype));
      const pivotRow = dot(reshape(chosen, [1, n]), table!);
      const scaled = div(pivotRow, dot(reshape(chosen, [1, n]), column(entries)));
      const cleared = sub(table!, mul(column(entries), scaled));
      return [[select(broadcastTo(column(chosen), [n, width]), scaled, cleared), select(chosen, 1, used!)], [chosen]];
    },
    [concat([a, reshape(b, [n, m])], 1), mul(0, rows)],
    [constant(eye, [n, n], a.dtype)],
  );
  // Row k of `order` marks the row in which unknown k was solved for.
  return reshape(dot(order!, slice(reduced!, [0, n], [n, width])), b.shape);
}
