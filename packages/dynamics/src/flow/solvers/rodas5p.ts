import { add, constant, div, jacobian, jvp, matmul, mul, solve, sub, type Tensor } from "#engine";
import type { Solver } from "../solver.js";
import { hermite } from "../tableau.js";

/** The coefficients in the form that needs no products with the Jacobian: (I / (h gamma) - J) u_i = f(...) + sum c_ij u_j / h + d_i h f_t. */
const rodas5pTableau = {
  gamma: 0.21193756319429014,
  nodes: [0, 0.6358126895828704, 0.4095798393397535, 0.9769306725060716, 0.4288403609558664, 1, 1, 1],
  a: [
    [],
    [3],
    [2.849394379747939, 0.45842242204463923],
    [-6.954028509809101, 2.489845061869568, -10.358996098473584],
    [2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641],
    [-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946],
    [-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946, 1],
    [-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946, 1, 1],
  ],
  c: [
    [],
    [-14.155112264123755],
    [-17.97296035885952, -2.859693295451294],
    [147.12150275711716, -1.41221402718213, 71.68940251302358],
    [165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306],
    [24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471],
    [30.91273214028599, -3.1208243349937974, 77.79954646070892, 34.28646028294783, -19.097331116725623, -28.087943162872662],
    [
      37.80277123390563, -3.2571969029072276, 112.26918849496327, 66.9347231244047, -40.06618937091002, -54.66780262877968,
      -9.48861652309627,
    ],
  ],
  d: [0.21193756319429014, -0.42387512638858027, -0.3384627126235924, 1.8046452872882734, 2.325825639765069, 0, 0, 0],
} as const;

const { gamma, nodes, a, c, d } = rodas5pTableau;

const combined = (weights: readonly number[], parts: readonly Tensor[]): Tensor =>
  weights.reduce<Tensor | undefined>((sum, w, i) => (sum ? add(sum, mul(w, parts[i]!)) : mul(w, parts[i]!)), undefined)!;

/**
 * Rodas5P, a Rosenbrock method of order 5 with an embedded one of order 4, for stiff problems.
 *
 * *Definition*: each of its eight stages solves a linear system with I / (h gamma) - J, J = df/dx exact at the start of the step, which is inverted once a step.
 * Stiffly accurate and L-stable; autonomous or not. The dense output is the cubic through both ends with their slopes.
 * *Cost*: eight evaluations, one Jacobian (dim tangents) and one inverse (about 4 dim^3 operations) a step.
 * *Source*: Steinebach 2023, Construction of Rosenbrock-Wanner method Rodas5P and numerical benchmarks within the Julia Differential Equations package.
 * *Example*: `flow({ field: (x, t) => mul(-1e6, sub(x, cos(t))), initial: [0], dt: 1, solver: rodas5p }).step() // "ok"`
 */
export const rodas5p: Solver = {
  name: "rodas5p",
  description: "Rodas5P 5(4): a Rosenbrock method for stiff problems, with exact Jacobians; eight evaluations a step",
  source: "Steinebach 2023, Construction of Rosenbrock-Wanner method Rodas5P",
  order: 5,
  errorOrder: 5,
  errorConstant: 1.24e-4,
  denseOrder: 3,
  evaluations: 8,
  realStability: Infinity,
  step(field, x, t, h, slope) {
    const dim = x.shape[0]!;
    const eye = new Float64Array(dim * dim);
    for (let i = 0; i < dim; i++) eye[i * dim + i] = 1;
    const identity = constant(eye, [dim, dim]);
    const bend = jvp((s) => field(x, s), [t], [constant(1)]).tangents[0]!;
    const inverse = solve(sub(div(identity, mul(h, gamma)), jacobian((y) => field(y, t))(x)), identity);
    const u: Tensor[] = [];
    for (let i = 0; i < nodes.length; i++) {
      const force = i === 0 ? slope : field(add(x, combined(a[i]!, u)), add(t, mul(nodes[i]!, h)));
      const past = i === 0 ? force : add(force, div(combined(c[i]!, u), h));
      u.push(matmul(inverse, d[i] === 0 ? past : add(past, mul(mul(d[i]!, h), bend))));
    }
    const next = add(add(x, combined(a[7], u)), u[7]!);
    const nextSlope = field(next, add(t, h));
    return { next, error: u[7]!, slope: nextSlope, dense: () => hermite(x, next, h, slope, nextSlope) };
  },
};
