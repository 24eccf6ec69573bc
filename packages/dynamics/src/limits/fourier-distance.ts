import { scalarMath } from "#engine";
import { denseSymmetric } from "../core/dense-symmetric.js";
import type { Estimate } from "../core/estimate.js";
import type { Digraph } from "./digraph.js";
import type { CirculantMeasure } from "./digraph-measure.js";

/** Re and im of <e_k, A e_l> for |k|, |l| <= degree, row k + degree, e_k(x) = e^(2 pi i k x). */
type Coefficients = readonly [Float64Array, Float64Array];

function coefficients(a: CirculantMeasure | Digraph, degree: number): Coefficients {
  const size = 2 * degree + 1;
  const [re, im] = [new Float64Array(size * size), new Float64Array(size * size)];
  if ("symbol" in a) {
    for (let k = 0; k < size; k++) [re[k * size + k], im[k * size + k]] = a.symbol(k - degree) as [number, number];
    return [re, im];
  }
  const { nodes: n, offsets, columns, weights } = a;
  // e_l at the middles of cells: 2 n different numbers.
  const [cosine, sine] = [scalarMath.cos, scalarMath.sin].map((f) =>
    Float64Array.from({ length: 2 * n }, (_, m) => f((Math.PI * m) / n)),
  ) as [Float64Array, Float64Array];
  const place = (l: number, j: number): number => (((l * (2 * j + 1)) % (2 * n)) + 2 * n) % (2 * n);
  const [x, y] = [new Float64Array(size), new Float64Array(size)];
  for (let i = 0; i < n; i++) {
    x.fill(0);
    y.fill(0);
    for (let e = offsets[i]!; e < offsets[i + 1]!; e++)
      for (let l = 0; l < size; l++) {
        const p = place(l - degree, columns[e]!);
        x[l]! += (weights[e]! * cosine[p]!) / n;
        y[l]! += (weights[e]! * sine[p]!) / n;
      }
    for (let k = 0; k < size; k++) {
      // int of conj e_k over the cell of node i.
      const q = Math.PI * ((k - degree) / n);
      const length = (q === 0 ? 1 : scalarMath.sin(q) / q) / n;
      const p = place(k - degree, i);
      const [c, s] = [length * cosine[p]!, -length * sine[p]!];
      for (let l = 0; l < size; l++) {
        re[k * size + l]! += c * x[l]! - s * y[l]!;
        im[k * size + l]! += c * y[l]! + s * x[l]!;
      }
    }
  }
  return [re, im];
}

/**
 * How far two graphs or sparse limits on the circle are apart as operators, seen through Fejer's kernel.
 *
 * *Definition*: the norm from L^2 to L^2 of F (A - B) F, where F, convolution with Fejer's kernel, multiplies e^(2 pi i k x) by 1 - |k| / (degree + 1) and cuts it for
 * |k| > degree. A circulant measure is diagonal with its `symbol`; a graph is the operator of its `finiteMeasure`, (A f)(x) = (1/n) sum_j A_ij f(x_j) for x in the cell of
 * node i. Of two circulant measures it is max_k (1 - |k| / (degree + 1))^2 |symbol difference|.
 * *Arguments*: `a`, `b`: circulant measures or graphs whose node i sits at (i + 1/2) / n; `degree`: from 1 to 100, default 16.
 * *Returns*: a metric on what operators do to trigonometric polynomials up to `degree`, which grows with it. Sampled graphs tend to graphops in it for every degree;
 * without F they need not, since operators that are not compact never forget short waves.
 * *Error*: rounding. *Cost*: 4 degree x edges + 8 degree^2 x nodes + 20 (4 degree + 2)^3 operations.
 * *Source*: Gkogkas, Kuehn 2022, Graphop mean-field limits for Kuramoto-type models (summability kernels).
 * *Example*: `const pull = (shift) => circulantMeasure({ atoms: [{ shift, weight: 1 }] });
 * fourierDistance(pull(0), pull(0.5), { degree: 1 }).value // 0.5000`
 */
export function fourierDistance(
  a: CirculantMeasure | Digraph,
  b: CirculantMeasure | Digraph,
  { degree = 16 }: { readonly degree?: number } = {},
): Estimate {
  if (!Number.isInteger(degree) || degree < 1 || degree > 100)
    throw new RangeError(`fourierDistance: degree ${degree} given; allowed: integers from 1 to 100`);
  const size = 2 * degree + 1;
  const [[ar, ai], [br, bi]] = [coefficients(a, degree), coefficients(b, degree)];
  const kept = (m: number): number => 1 - Math.abs(m - degree) / (degree + 1);
  const part = (p: Float64Array, q: Float64Array): Float64Array =>
    p.map((v, e) => kept(Math.floor(e / size)) * kept(e % size) * (v - q[e]!));
  const [re, im] = [part(ar, br), part(ai, bi)];
  const largest = [re, im].reduce((most, v) => v.reduce((s, x) => Math.max(s, Math.abs(x)), most), 0);
  const known = Number.isFinite(largest);
  const unit = known && largest > 0 ? 1 / largest : 0;
  // The norm of X + iY is that of M = [[X, -Y], [Y, X]], the root of the largest eigenvalue of M^T M.
  const side = 2 * size;
  const block = Float64Array.from({ length: side * side }, (_, e) => {
    const [k, l] = [Math.floor(e / side), e % side];
    const at = (k % size) * size + (l % size);
    return unit * (k < size === l < size ? re[at]! : k < size ? -im[at]! : im[at]!);
  });
  const square = new Float64Array(side * side);
  for (let k = 0; k < side; k++)
    for (let i = 0; i < side; i++)
      for (let j = 0; j <= i; j++) {
        square[i * side + j]! += block[k * side + i]! * block[k * side + j]!;
        square[j * side + i] = square[i * side + j]!;
      }
  const value = known ? largest * Math.sqrt(Math.max(0, denseSymmetric(square, side).values[side - 1]!)) : NaN;
  const rounding = Math.max(...ar.map(Math.abs), ...br.map(Math.abs)) * size * 1e-15;
  return {
    value,
    error: known ? rounding : NaN,
    unit: "1",
    status: known ? "ok" : "not-converged",
    method: `operator norm of the Fejer-smoothed difference, degree ${degree}`,
    sources: ["Gkogkas, Kuehn 2022"],
    cost: {},
    ...(known ? {} : { explanation: "a weight is not finite" }),
  };
}
