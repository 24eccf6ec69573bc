// Critical points of networks with one output, by architecture (Kuehn, Kuntz 2024, arXiv 2405.09351).
//
// With f = phi-network, grad f = W_1 D_1 W_2 ... D_(L-1) W_L for weights W_l of shape [n_(l-1), n_l] and D_l = diag phi'(a_l).
// - Widths that never rise, full rank: every factor is injective on columns, so |grad f| >= prod sigma_min(W_l) prod min_j phi'(a_lj) > 0.
// - tanh(x + 1) - tanh(x - 1): f' = sech^2(x + 1) - sech^2(x - 1) vanishes at x = 0 alone; f(0) = 2 tanh 1; f'' = -2 sech^2 tanh, so that
//   f''(0) = -4 sech^2(1) tanh(1) = -1.27940.
// - The same function of w.x: its critical set is the line w.x = 0, where the Hessian f''(0) w w^T has the eigenvalues -1.27940 |w|^2 and 0.
import { add, at, compile, constant, grad, jacobian, mul, reshape, scalarMath, sub, sum, tanh, vmap, type Tensor } from "#engine";
import {
  affineLayers,
  applyForm,
  boundaryDegree,
  classify,
  criticalPoints,
  denseSymmetric,
  fullRankForm,
  gradientFloor,
  mlp,
  neuralOdeClass,
  newton,
  random,
  spread,
  widthClass,
  type AffineLayer,
} from "#dynamics";
import { describe, expect, it } from "vitest";

const below = (x: number, most: number): void => expect(Math.abs(x)).toBeLessThan(most);
const normals = (count: number, seed: number): Float64Array => {
  const stream = random(seed);
  return Float64Array.from({ length: count }, () => stream.normal());
};
const bump = (x: Tensor): Tensor => sub(tanh(add(x, 1)), tanh(sub(x, 1)));

describe("networks that never widen", () => {
  it.each([
    [[4, 3, 2, 1], "tanh"],
    [[3, 3, 3, 1], "tanh"],
    [[5, 2, 1], "sigmoid"],
    [[2, 1, 1, 1], "softplus"],
  ] as const)("%j with %s: the gradient stays above the bound at 10,000 points", (widths, activation) => {
    const net = mlp({ widths, activation });
    const theta = normals(net.size, 1);
    const points = normals(10_000 * widths[0]!, 2);
    const { gradients, bounds } = gradientFloor(net, theta, activation, points);
    // Strictly, but for rounding where one unit a layer makes both sides equal.
    const equal = widths.slice(1).every((w) => w === 1);
    expect(gradients.filter((g, i) => !(equal ? g >= bounds[i]! * (1 - 1e-12) : g > bounds[i]!)).length).toBe(0);
    expect(Math.min(...bounds)).toBeGreaterThan(0);
    expect(classify(net, theta, activation)).toMatchObject({
      class: "non-augmented",
      criticalPoints: "none",
      fullRank: true,
      applies: true,
    });
  });

  it("have no critical points in a box, and a wider one has no positive bound", () => {
    const net = mlp({ widths: [2, 2, 1] });
    const theta = normals(net.size, 3);
    const f = (x: Tensor): Tensor => sum(net.apply(constant(theta), reshape(x, [1, 2])));
    const found = criticalPoints({
      f,
      box: [
        [-2, 2],
        [-2, 2],
      ],
    });
    expect([found.points, found.manifolds]).toEqual([[], []]);
    const wide = mlp({ widths: [2, 3, 1] });
    expect([...gradientFloor(wide, normals(wide.size, 4), "tanh", [1, 2]).bounds]).toEqual([0]);
  });
});

describe("closed forms", () => {
  const top = 2 * Math.tanh(1);
  const curvature = (-4 * Math.tanh(1)) / Math.cosh(1) ** 2;

  it("tanh(x + 1) - tanh(x - 1) has one critical point, x = 0, a non-degenerate maximum of index 1", () => {
    const found = criticalPoints({ f: bump, box: [[-4, 4]] });
    expect(found.points.length).toBe(1);
    const [p] = found.points;
    below(p!.point[0]!, 1e-15);
    below(p!.value - top, 1e-15);
    below(p!.value - 1.5231883119, 1e-10);
    below(p!.eigenvalues[0]! - curvature, 1e-14);
    below(p!.eigenvalues[0]! + 1.2794000169, 1e-10);
    expect([p!.index, p!.corank, p!.type, found.morse, found.signedCount]).toEqual([1, 0, "maximum", true, -1]);
    expect(boundaryDegree({ f: (x) => grad((y) => reshape(bump(y), []))(x), box: [[-4, 4]] }).value).toBe(-1);
    expect(widthClass([1, 2, 1])).toMatchObject({ class: "augmented", criticalPoints: "morse" });
  });

  it.each([
    [0.6, -0.9],
    [1, 0],
    [0.3, 1.7],
  ])("the same of (%f, %f).x is degenerate of corank 1 along a line, not at many points", (a, b) => {
    const f = (x: Tensor): Tensor => bump(add(mul(a, at(x, 0)), mul(b, at(x, 1))));
    const found = criticalPoints({
      f: (x) => reshape(f(x), []),
      box: [
        [-2, 2],
        [-2, 2],
      ],
    });
    expect(found.points).toEqual([]);
    expect(found.manifolds.length).toBe(1);
    const [line] = found.manifolds;
    expect(line!.corank).toBe(1);
    expect(found.morse).toBe(false);
    expect(found.signedCount).toBeNaN();
    const size = a * a + b * b;
    for (let i = 0; i < line!.values.length; i++) {
      below(a * line!.points[2 * i]! + b * line!.points[2 * i + 1]!, 1e-9);
      below(line!.values[i]! - top, 1e-14);
      below(line!.eigenvalues[2 * i]! / (curvature * size) - 1, 1e-9);
      below(line!.eigenvalues[2 * i + 1]!, 1e-14);
    }
    // It reaches across the box.
    expect(line!.extent).toBeGreaterThan(
      1.9 * Math.min(2, (2 * Math.max(Math.abs(a), Math.abs(b))) / Math.min(Math.abs(a), Math.abs(b))),
    );
  });

  it("a network 2-1-2-1 with these weights is a bottleneck whose critical points are all degenerate", () => {
    // h = tanh(w.x) in front keeps the line: tanh is strictly monotone.
    const net = mlp({ widths: [2, 1, 2, 1] });
    const theta = [0.6, -0.9, 0, 2, 2, 1, -1, 1, -1, 0];
    const f = (x: Tensor): Tensor => sum(net.apply(constant(theta), reshape(x, [1, 2])));
    const found = criticalPoints({
      f,
      box: [
        [-1, 1],
        [-1, 1],
      ],
    });
    expect([found.points.length, found.manifolds.length, found.manifolds[0]!.corank]).toEqual([0, 1, 1]);
    expect(classify(net, theta, "tanh")).toMatchObject({
      class: "bottleneck",
      criticalPoints: "degenerate",
      corank: 1,
      bottlenecks: [1],
    });
  });
});

describe("almost all networks without a bottleneck are Morse functions", () => {
  // The determinant has a scale: where units saturate the network is flat, and so is its Hessian. Beyond the box there are critical points with
  // eigenvalues -3.9e-8 and 1.9e-8, far from degenerate, whose determinant is 8e-16, and ridges that flatten exponentially outwards (-0.76 and
  // 1.7e-7). So the bound 1e-8 is asked in the box [-3, 3]^2, where the least of these draws is 2.9e-8.
  it("1000 draws of 2-5-5-1 with standard normal weights: every critical point found in the box has |det Hessian| > 1e-8", () => {
    const net = mlp({ widths: [2, 5, 5, 1] });
    const [draws, each, box] = [
      1000,
      36,
      [
        [-3, 3],
        [-3, 3],
      ],
    ] as const;
    const thetas = normals(draws * net.size, 7);
    const grid = spread(box, each);
    const [starts, parameters] = [new Float64Array(draws * each * 2), new Float64Array(draws * each * net.size)];
    for (let d = 0; d < draws; d++) {
      starts.set(grid, d * each * 2);
      for (let i = 0; i < each; i++) parameters.set(thetas.subarray(d * net.size, (d + 1) * net.size), (d * each + i) * net.size);
    }
    const f = (x: Tensor, theta: Tensor): Tensor => sum(net.apply(theta, reshape(x, [1, 2])));
    const gradient = (x: Tensor, theta: Tensor): Tensor => grad(f)(x, theta);
    const found = newton({ f: gradient, starts, dim: 2, scale: 6, parameters, maxIterations: 40 });
    const hits = found.ends.flatMap((end, i) => (end === "zero" ? [i] : []));
    const program = compile(
      vmap((x, t) => jacobian(gradient)(x, t)),
      [{ shape: [hits.length, 2] }, { shape: [hits.length, net.size] }],
      { state: 0 },
    );
    hits.forEach((i, k) => {
      program.inputs[0]!.set(found.points.subarray(2 * i, 2 * i + 2), 2 * k);
      program.inputs[1]!.set(parameters.subarray(i * net.size, (i + 1) * net.size), k * net.size);
    });
    program.run();
    const h = program.outputs[0]!;
    const inside = hits.filter((i) => [0, 1].every((c) => Math.abs(found.points[2 * i + c]!) <= 3));
    // Four draws in five have critical points in the box, nine in ten in the neighbourhood that the searches reach.
    expect(new Set(inside.map((i) => Math.floor(i / each))).size).toBeGreaterThan(700);
    expect(new Set(hits.map((i) => Math.floor(i / each))).size).toBeGreaterThan(850);
    const chosen = new Set(inside);
    const least = hits.reduce(
      (m, i, k) => (chosen.has(i) ? Math.min(m, Math.abs(h[4 * k]! * h[4 * k + 3]! - h[4 * k + 1]! * h[4 * k + 2]!)) : m),
      Infinity,
    );
    expect(least).toBeGreaterThan(1e-8);
  });

  it("and the signed count of the critical points is the degree of the gradient on the boundary, in 10 draws", () => {
    const net = mlp({ widths: [2, 5, 5, 1] });
    let counted = 0;
    for (let seed = 20; seed < 30; seed++) {
      const theta = normals(net.size, seed);
      const f = (x: Tensor): Tensor => sum(net.apply(constant(theta), reshape(x, [1, 2])));
      const box = [
        [-3, 3],
        [-3, 3],
      ] as const;
      const found = criticalPoints({ f, box, starts: 200, maxIterations: 50 });
      expect(found.morse).toBe(true);
      expect(found.signedCount).toBe(boundaryDegree({ f: (x) => grad(f)(x), box }).value);
      counted += found.points.length;
    }
    expect(counted).toBeGreaterThan(8);
  });
});

describe("the classes", () => {
  it.each([
    [[3, 2, 1], "non-augmented", "none", 0],
    [[3, 3, 3, 1], "non-augmented", "none", 0],
    [[1, 1, 1], "non-augmented", "none", 0],
    [[2, 3, 1], "augmented", "morse", 0],
    [[2, 2, 3, 3, 2, 1], "augmented", "morse", 0],
    [[2, 1, 2, 1], "bottleneck", "degenerate", 1],
    [[4, 4, 2, 2, 3, 1], "bottleneck", "degenerate", 2],
    [[4, 3, 4, 1, 2, 1], "bottleneck", "degenerate", 1],
    [[4, 2, 3, 1, 2, 1], "bottleneck", "degenerate", 2],
    [[1, 3, 2, 3, 1], "bottleneck", "both", 0],
    [[2, 3, 1, 2, 1], "bottleneck", "both", 0],
  ] as const)("%j is %s: %s, corank %d", (widths, name, criticalPoints, corank) => {
    expect(widthClass(widths)).toMatchObject({ class: name, criticalPoints, corank });
  });

  it("a bottleneck behind a wider layer has critical points of both kinds: x -> bump(bump(2 x)) with one unit in the middle", () => {
    // g(h(x)): where h' = 0 (x = 0) it is non-degenerate as long as g' is not 0 there; where g' = 0 as well.
    const inner = (x: Tensor): Tensor => sub(bump(mul(2, x)), 0.7);
    const one = criticalPoints({ f: (x) => reshape(bump(inner(x)), []), box: [[-2, 2]] });
    expect(one.points.map((p) => p.corank)).toEqual([0, 0, 0]);
    // In two inputs h = bump(x) + bump(y) - 2 has isolated critical points, and its level h = 0, where g' = 0, is a closed curve of degenerate ones.
    const h = (x: Tensor): Tensor => sub(add(bump(at(x, 0)), bump(at(x, 1))), 2);
    const two = criticalPoints({
      f: (x) => reshape(bump(h(x)), []),
      box: [
        [-2.5, 2.5],
        [-2.5, 2.5],
      ],
      starts: 800,
    });
    expect(two.points.some((p) => p.corank === 0)).toBe(true);
    expect(two.manifolds.map((m) => m.corank)).toEqual([1]);
  });

  it("neural ODEs: by the dimension of the phase space and the ranks of lift and readout", () => {
    expect(neuralOdeClass({ inputs: 3, phase: 3 })).toMatchObject({ class: "non-augmented", criticalPoints: "none" });
    expect(neuralOdeClass({ inputs: 1, phase: 2 })).toMatchObject({ class: "augmented", criticalPoints: "morse" });
    expect(neuralOdeClass({ inputs: 3, phase: 2, liftRank: 1 })).toMatchObject({ class: "degenerate", corank: 2 });
    expect(neuralOdeClass({ inputs: 2, phase: 5, readoutRank: 0 })).toMatchObject({ class: "degenerate", corank: 2 });
    expect(() => neuralOdeClass({ inputs: 2, phase: 5, liftRank: 3 })).toThrow("liftRank 3");
  });
});

describe("full-rank forms", () => {
  const product = (a: Float64Array, b: Float64Array, n: number, k: number, m: number): Float64Array =>
    Float64Array.from({ length: n * m }, (_, e) => {
      let s = 0;
      for (let l = 0; l < k; l++) s += a[Math.floor(e / m) * k + l]! * b[l * m + (e % m)]!;
      return s;
    });
  const layer = (inputs: number, outputs: number, rank: number, seed: number): AffineLayer => ({
    inputs,
    outputs,
    weights:
      rank < Math.min(inputs, outputs)
        ? product(normals(inputs * rank, seed), normals(rank * outputs, seed + 1), inputs, rank, outputs)
        : normals(inputs * outputs, seed),
    bias: normals(outputs, seed + 2),
  });
  const plain = (layers: readonly AffineLayer[], x: ArrayLike<number>): Float64Array =>
    layers.reduce((h, { outputs, weights, bias }, l) => {
      const a = bias.map((b, j) => Array.from(h).reduce((s, v, i) => s + v * weights[i * outputs + j]!, b));
      return l + 1 < layers.length ? a.map(scalarMath.tanh) : a;
    }, Float64Array.from(x));

  it("give the same outputs to 1e-12 through layers of every rank, and have full rank", () => {
    for (const ranks of [
      [1, 2, 3],
      [2, 1, 1],
      [3, 4, 1],
      [2, 5, 3],
    ]) {
      const layers = [layer(4, 5, ranks[0]!, 10), layer(5, 6, ranks[1]!, 20), layer(6, 3, ranks[2]!, 30)];
      const form = fullRankForm(layers, scalarMath.tanh);
      expect(form.ranks).toEqual(ranks);
      expect(fullRankForm(form.layers, scalarMath.tanh).ranks).toEqual(form.layers.map((l) => Math.min(l.inputs, l.outputs)));
      for (let i = 0; i < 100; i++) {
        const x = normals(4, 100 + i);
        const [a, b] = [plain(layers, x), applyForm(form, scalarMath.tanh, x)];
        a.forEach((v, j) => below(v - b[j]!, 1e-12 * (1 + Math.abs(v))));
      }
    }
  });

  it("merge twins, fold constant units and drop idle ones, one behind the other", () => {
    // W1 [2, 4]: units 0 and 1 are twins, unit 2 is constant, unit 3 leads nowhere once the second layer has lost its unit 1, which W3 ignores.
    const w1 = [1, 1, 0, 3, 2, 2, 0, 4];
    const w2 = [1, 0, 2, 0, 3, 0, 0, 5];
    const theta = [...w1, 0.5, 0.5, 0.3, 1, ...w2, 0.1, 0.2, 2, 0, 0.7];
    const net = mlp({ widths: [2, 4, 2, 1] });
    const layers = affineLayers(net, theta);
    const form = fullRankForm(layers, scalarMath.tanh);
    expect(form.widths).toEqual([2, 1, 1, 1]);
    expect(form.removed).toBe(4);
    for (const x of [
      [0, 0],
      [0.4, -1],
      [2, 0.3],
    ])
      below(plain(layers, x)[0]! - applyForm(form, scalarMath.tanh, x)[0]!, 1e-13);
    expect(classify(net, theta, "tanh")).toMatchObject({ class: "non-augmented", criticalPoints: "none", fullRank: true });
  });

  it("tell a network that has lost rank: 3-3-4-1 of rank 2 in front has only degenerate critical points, along a direction that changes nothing", () => {
    const net = mlp({ widths: [3, 3, 4, 1] });
    const theta = normals(net.size, 11);
    theta.set(product(normals(6, 5), normals(6, 6), 3, 2, 3));
    expect(classify(net, theta, "tanh")).toMatchObject({
      class: "bottleneck",
      criticalPoints: "degenerate",
      corank: 1,
      fullRank: false,
    });
    const f = (x: Tensor): Tensor => sum(net.apply(constant(theta), reshape(x, [1, 3])));
    const program = compile((x) => jacobian(grad(f))(x), [{ shape: [3] }], { state: 0 });
    for (let i = 0; i < 20; i++) {
      program.inputs[0]!.set(normals(3, 300 + i));
      program.run();
      const { values } = denseSymmetric(program.outputs[0]!, 3);
      below(Math.min(...values.map(Math.abs)), 1e-14 * Math.max(1, ...values.map(Math.abs)));
    }
  });

  it("of a matrix 0 is a constant map", () => {
    const net = mlp({ widths: [2, 3, 1] });
    const theta = new Float64Array(net.size);
    expect(classify(net, theta, "tanh")).toMatchObject({ criticalPoints: "degenerate", corank: 2, fullRank: false });
    expect(classify(net, theta, "tanh").form.widths).toContain(0);
  });
});
