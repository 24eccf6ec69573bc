import { add, at, constant, evaluate, exp, grad, mul, neg, scalarMath, sub, sum, tanh, type Tensor } from "#engine";
import { fillNormal, random } from "../core/random.js";
import { attentionField } from "../limits/attention.js";
import { coupledUnits, sending, type Field } from "../limits/coupled-units.js";
import { allToAll, fullMatrix } from "../limits/coupling-matrix.js";
import { kuramotoField } from "../limits/kuramoto.js";
import { wideNetwork } from "../limits/wide-network.js";
import { exact, type Claim } from "./claim.js";

const normals = (n: number, stream: number): Float64Array => fillNormal(new Float64Array(n), random(8, stream));
const value = (field: Field, u: Float64Array): Float64Array => evaluate(field, { data: u })[0] as Float64Array;
const farthest = (a: Float64Array, b: Float64Array): number => a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);

/** Hopfield's network and oscillators on one weighted digraph, against sums written out. */
function onDigraph(): { hopfield: number; oscillators: number } {
  const n = 11;
  const [weights, u, omega] = [normals(n * n, 1), normals(n, 2), normals(n, 3)];
  const graph = fullMatrix(weights);
  const sums = (own: (i: number) => number, pull: (i: number, j: number) => number): Float64Array =>
    Float64Array.from(u, (_, i) => u.reduce((s, _v, j) => s + (weights[i * n + j]! * pull(i, j)) / n, own(i)));
  const rates = coupledUnits({ graph, interaction: sending(tanh), own: (x, p) => sub(p, x), parameters: omega });
  return {
    hopfield: farthest(
      value(rates, u),
      sums(
        (i) => omega[i]! - u[i]!,
        (_, j) => scalarMath.tanh(u[j]!),
      ),
    ),
    oscillators: farthest(
      value(kuramotoField({ graph, frequencies: omega, coupling: 1.3 }), u),
      sums(
        (i) => omega[i]!,
        (i, j) => 1.3 * scalarMath.sin(u[j]! - u[i]!),
      ),
    ),
  };
}

/** Rows of length 1. */
export function onSphere(rows: Float64Array, dimension: number): Float64Array {
  const unit = rows.slice();
  for (let at = 0; at < unit.length; at += dimension) {
    const row = unit.subarray(at, at + dimension);
    const size = Math.sqrt(row.reduce((s, v) => s + v * v, 0));
    row.forEach((v, c) => (row[c] = v / size));
  }
  return unit;
}

/** Plain attention as pairs of tokens that pull each other along the sphere: g(x, y) = e^(beta <x, y>) P_x y. */
export function tokensAsUnits(tokens: number, dimension: number, beta: number): Field {
  const pairwise = (to: Tensor, from: Tensor): Tensor => {
    const cosine = sum(mul(to, from));
    return mul(exp(mul(beta, cosine)), sub(from, mul(cosine, to)));
  };
  return coupledUnits({ graph: allToAll(tokens), interaction: { name: "attention", pairwise }, components: dimension });
}

/** Neurons a tanh(w . x) of two inputs in training, as units that repel each other and are drawn by the data. */
export function neuronsAsUnits(neurons: number, inputs: Float64Array, targets: Float64Array): Field {
  const samples = targets.length;
  const column = (c: number): Tensor =>
    constant(
      Float64Array.from(targets, (_, s) => inputs[2 * s + c]!),
      [samples],
    );
  const unit = (p: Tensor): Tensor => mul(at(p, 0), tanh(add(mul(at(p, 1), column(0)), mul(at(p, 2), column(1)))));
  const drawn =
    (other: Tensor) =>
    (p: Tensor): Tensor =>
      grad((q: Tensor) => mul(1 / samples, sum(mul(unit(q), other))))(p) as Tensor;
  return coupledUnits({
    graph: allToAll(neurons),
    interaction: { name: "kernel", pairwise: (to, from) => neg(drawn(unit(from))(to)) },
    components: 3,
    own: drawn(constant(targets, [samples])),
  });
}

function tokens(): number {
  const [n, d, beta] = [6, 3, 1.4];
  const x = onSphere(normals(n * d, 4), d);
  return farthest(
    value(tokensAsUnits(n, d, beta), x),
    value(attentionField({ tokens: n, dimension: d, beta, weights: "plain" }), x),
  );
}

function neurons(): number {
  const [n, samples] = [9, 4];
  const [inputs, targets, parameters] = [normals(2 * samples, 5), normals(samples, 6), normals(3 * n, 7)];
  const network = wideNetwork({ neurons: n, inputs: 2, activation: tanh });
  return farthest(
    value(neuronsAsUnits(n, inputs, targets), parameters),
    value(network.training({ inputs, targets }), parameters),
  );
}

export const oneForm: Claim = {
  name: "one-form",
  item: "C12",
  description:
    "u_i' = f(u_i, p_i) + (1/n) sum_j A_ij g(u_i, u_j) is a Hopfield network, Kuramoto oscillators, tokens under attention, and neurons in training",
  sources: ["Hopfield 1984", "Kuramoto 1975", "Geshkovski, Letrouit, Polyanskiy, Rigollet 2025", "Mei, Montanari, Nguyen 2018"],
  compare() {
    const { hopfield, oscillators } = onDigraph();
    return [
      exact("largest difference, Hopfield network on a digraph", 0, hopfield, 1e-13),
      exact("largest difference, oscillators on a digraph", 0, oscillators, 1e-13),
      exact("largest difference, tokens", 0, tokens(), 1e-12),
      exact("largest difference, neurons", 0, neurons(), 1e-12),
    ];
  },
};
