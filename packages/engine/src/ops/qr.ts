import { show } from "../shape.js";
import { constant, type Tensor } from "../tensor.js";
import { add, div, mul, select, sqrt, sub } from "./elementwise.js";
import { dot } from "./dot.js";
import { scan } from "./scan.js";
import { sum } from "./reduce.js";
import { broadcastTo, reshape, transpose } from "./views.js";

/**
 * Thin QR factorisation A = Q R with a positive diagonal of R.
 *
 * *Definition*: A is n x k with n >= k; Q (n x k) has orthonormal columns, R (k x k) is upper triangular.
 * *Returns*: [Q, R]; NaN from the first column on that depends on those before it exactly.
 * *Error*: Gram–Schmidt with every projection done twice: Q is orthonormal to a few ulp unless A is singular to working precision.
 * *Cost*: about 8 n k^2 operations in one loop of k rounds; differentiable to any order, both ways.
 * *Source*: Giraud, Langou, Rozložník and van den Eshof, Rounding error analysis of the classical Gram–Schmidt orthogonalization process (2005).
 * *Example*: `evaluate(qr, { data: [3, 4], shape: [2, 1] }) // [[0.6, 0.8], [5]]`
 */
export function qr(a: Tensor): [Tensor, Tensor] {
  const [n, k] = a.shape as [number, number];
  if (a.shape.length !== 2 || n < k)
    throw new RangeError(`qr: needs a matrix with at least as many rows as columns, got ${show(a.shape)}`);
  const eye = new Float64Array(k * k);
  for (let i = 0; i < k; i++) eye[i * k + i] = 1;
  const rows = transpose(a);
  const none = broadcastTo(constant(0, [], a.dtype), [k, n]);
  const [[q], [r]] = scan(
    ([basis], [v, unit]) => {
      const project = (x: Tensor): Tensor => dot(basis!, reshape(x, [n, 1]));
      const remove = (x: Tensor, c: Tensor): Tensor => sub(x, reshape(dot(reshape(c, [1, k]), basis!), [n]));
      const c1 = project(v!);
      const once = remove(v!, c1);
      const c2 = project(once);
      const rest = remove(once, c2);
      const norm = sqrt(sum(mul(rest, rest)));
      const here = reshape(unit!, [k, 1]);
      const next = select(broadcastTo(here, [k, n]), broadcastTo(div(rest, norm), [k, n]), basis!);
      return [[next], [add(reshape(add(c1, c2), [k]), mul(unit!, norm))]];
    },
    [none],
    [rows, constant(eye, [k, k], a.dtype)],
  );
  return [transpose(q!), transpose(r!)];
}
