// One form holds Hopfield and rate networks, Kuramoto oscillators, tokens under attention, and the neurons of a wide network:
// u_i' = f(u_i, p_i) + (1/n) sum_j A_ij g(u_i, u_j), with units that differ, weighted digraphs, and any g.
import { add, at, constant, evaluate, exp, mul, neg, reshape, sin, sub, tanh, type Tensor } from "#engine";
import {
  adjacency,
  allToAll,
  alongEdges,
  attentionField,
  coupledUnits,
  digraph,
  erdosRenyi,
  fillNormal,
  flow,
  fullMatrix,
  kuramotoField,
  lowRank,
  random,
  sending,
  sinusoidal,
  wideNetwork,
  type CouplingMatrix,
  type Field,
} from "#dynamics";
import { describe, expect, it } from "vitest";
import { neuronsAsUnits, onSphere, tokensAsUnits } from "../../packages/dynamics/src/claims/one-form.js";

const numbers = (n: number, seed: number): Float64Array => fillNormal(new Float64Array(n), random(seed));
const value = (field: Field, u: Float64Array): Float64Array => evaluate(field, { data: u })[0] as Float64Array;
const near = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance = 1e-13): void => {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!)).toBeLessThan(tolerance);
};

describe("one graph, four ways to hold it", () => {
  const n = 7;
  const [left, right] = [numbers(2 * n, 1), numbers(2 * n, 2)];
  const matrix = Float64Array.from({ length: n * n }, (_, e) => {
    const [i, j] = [Math.floor(e / n), e % n];
    return left[2 * i]! * right[2 * j]! + left[2 * i + 1]! * right[2 * j + 1]!;
  });
  const edges = { to: [] as number[], from: [] as number[], weight: [...matrix] };
  for (let e = 0; e < n * n; e++) [edges.to[e], edges.from[e]] = [Math.floor(e / n), e % n];
  const ways: [string, CouplingMatrix][] = [
    ["edges", alongEdges(digraph(n, edges))],
    ["matrix", fullMatrix(matrix)],
    ["low rank", lowRank(left, right, 2)],
  ];
  const u = numbers(n, 3);
  const direct = Float64Array.from({ length: n }, (_, i) => {
    let s = 0;
    for (let j = 0; j < n; j++) s += (matrix[i * n + j]! * 1.3 * Math.sin(u[j]! - u[i]! - 0.4)) / n;
    return s;
  });

  it.each(ways)("%s: the sine by products and pair by pair is the sum by hand", (_, graph) => {
    near(value(coupledUnits({ graph, interaction: sinusoidal(1.3, 0.4) }), u), direct);
    const pairwise = (to: Tensor, from: Tensor): Tensor => mul(1.3, sin(sub(sub(from, to), 0.4)));
    near(value(coupledUnits({ graph, interaction: { name: "sine", pairwise } }), u), direct);
  });

  it("all-to-all is the matrix of ones", () => {
    const ones = fullMatrix(new Float64Array(n * n).fill(1));
    for (const interaction of [sinusoidal(2), { name: "product", pairwise: (a: Tensor, b: Tensor) => mul(a, exp(b)) }])
      near(value(coupledUnits({ graph: allToAll(n), interaction }), u), value(coupledUnits({ graph: ones, interaction }), u));
  });

  it("phases may be of any size: whole turns change nothing", () => {
    const far = u.map((v, i) => v + 2 * Math.PI * (i - 3) * 2 ** 20);
    near(
      value(coupledUnits({ graph: allToAll(n), interaction: sinusoidal(1) }), far),
      value(coupledUnits({ graph: allToAll(n), interaction: sinusoidal(1) }), u),
      1e-8,
    );
  });
});

it("a Hopfield network with its own time constants and inputs", () => {
  const n = 12;
  const graph = erdosRenyi(n, 0.5, 2);
  const parameters = numbers(2 * n, 4).map((v, e) => (e % 2 === 0 ? 1 + v * v : v));
  const own = (u: Tensor, p: Tensor): Tensor => add(neg(mul(at(p, 0), u)), at(p, 1));
  const field = coupledUnits({ graph: alongEdges(graph), interaction: sending(tanh), own, parameters });
  const [u, a] = [numbers(n, 5), adjacency(graph)];
  near(
    value(field, u),
    Float64Array.from({ length: n }, (_, i) => {
      let s = -parameters[2 * i]! * u[i]! + parameters[2 * i + 1]!;
      for (let j = 0; j < n; j++) s += (a[i * n + j]! * Math.tanh(u[j]!)) / n;
      return s;
    }),
  );
});

it.each([
  [6, 3, 1.4],
  [9, 2, 0.6],
])("attention with plain weights: g(x, y) = e^(beta <x, y>) P_x y, %i tokens in %i dimensions, beta = %f", (n, d, beta) => {
  const x = onSphere(numbers(n * d, 6), d);
  near(value(tokensAsUnits(n, d, beta), x), value(attentionField({ tokens: n, dimension: d, beta, weights: "plain" }), x), 1e-12);
});

it("neurons of a wide network: they repel each other and are pulled by the data", () => {
  const [n, samples] = [7, 5];
  const [inputs, targets, parameters] = [numbers(2 * samples, 7), numbers(samples, 8), numbers(3 * n, 9)];
  const network = wideNetwork({ neurons: n, inputs: 2, activation: tanh });
  near(value(neuronsAsUnits(n, inputs, targets), parameters), value(network.training({ inputs, targets }), parameters));
});

it("is a System like any other: tangents of oscillators on a graph are the derivative of their flow", () => {
  const n = 6;
  const field = kuramotoField({ graph: alongEdges(erdosRenyi(n, 0.7, 3)), frequencies: numbers(n, 1), coupling: 2 });
  const make = (initial: Float64Array) => flow({ field, initial, dt: 1 });
  const [u, v] = [numbers(n, 2), numbers(n, 3)];
  const riding = make(u).tangent(1);
  riding.tangents.set(v);
  riding.step();
  const h = 1e-4;
  const [up, down] = [1, -1].map((s) => {
    const system = make(u.map((x, i) => x + s * h * v[i]!));
    system.step();
    return system.state.slice();
  }) as [Float64Array, Float64Array];
  // Central differences: h^2 and the solver's tolerance over h.
  riding.tangents.forEach((t, i) => expect(Math.abs(t - (up[i]! - down[i]!) / (2 * h))).toBeLessThan(1e-3));
  // A common turn of all phases is a symmetry: it rides along unchanged.
  const common = make(u).tangent(1);
  common.tangents.fill(1);
  common.step();
  common.tangents.forEach((t) => expect(Math.abs(t - 1)).toBeLessThan(1e-9));
});

describe("misuse is named", () => {
  it.each([
    [
      () => coupledUnits({ graph: allToAll(3), interaction: sinusoidal(1), own: (x) => x, parameters: [1, 2] }),
      "2 parameters given for 3 units",
    ],
    [
      () => coupledUnits({ graph: allToAll(2), interaction: sinusoidal(1), own: (x) => x, parameters: [1, NaN] }),
      "parameter 0 of unit 1 is NaN",
    ],
    [() => sinusoidal(Infinity), "coupling Infinity"],
    [() => kuramotoField({ graph: allToAll(3), coupling: 1, frequencies: [1] }), "1 frequencies given for 3 units"],
    [() => fullMatrix([1, 2, 3, NaN]), "entry (1, 1) is NaN"],
    [() => fullMatrix([1, 2, 3]), "3 entries given"],
    [() => lowRank([1, 2], [1, Infinity], 1), "right[1] is Infinity"],
  ])("%#", (make, message) => {
    expect(make).toThrow(message);
  });
});

it("unit functions may use the shape [d] of one unit only", () => {
  const swap = (u: Tensor): Tensor => reshape(mul(constant([1, -1], [2]), u), [2]);
  const field = coupledUnits({
    graph: allToAll(3),
    components: 2,
    own: swap,
    interaction: { name: "none", pairwise: (to) => mul(0, to) },
  });
  near(value(field, Float64Array.of(1, 2, 3, 4, 5, 6)), [1, -2, 3, -4, 5, -6]);
});
