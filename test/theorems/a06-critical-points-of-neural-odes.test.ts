// Critical points of a scalar neural ODE y = w . h(T) + b, h(0) = A x + c (Kuehn and Kuntz 2024, arXiv 2405.09351). Its gradient is A^T (D Phi)^T w, and
// D Phi is invertible.
// (1) As many units as inputs and an invertible lift: the gradient vanishes nowhere.
// (2) A lift without full column rank: y depends on A x alone, so all derivatives along the kernel of A vanish, and every critical point is degenerate.
// (3) More units and full rank: critical points exist, and can be nondegenerate.
import { add, compile, constant, grad, hvp, mul, reshape, sum, type Tensor } from "#engine";
import { augmentedNeuralOde, embed, neuralOde, random, rk4, type Architecture } from "#dynamics";
import { describe, expect, it } from "vitest";

/** Gradient and rows of the Hessian of a scalar network at a point, by the engine. */
function local(
  network: Architecture,
  theta: ArrayLike<number>,
  rows = network.inputs,
): (x: ArrayLike<number>) => { gradient: Float64Array; hessian: Float64Array } {
  const d = network.inputs;
  const y = (x: Tensor, p: Tensor): Tensor => sum(network.apply(p, reshape(x, [1, d])));
  const program = compile(
    (x, p) => [
      grad((z) => y(z, p!))(x!),
      ...Array.from({ length: rows }, (_, i) =>
        hvp((z: Tensor) => y(z, p!))(
          x!,
          constant(
            Float64Array.from({ length: d }, (_v, j) => (i === j ? 1 : 0)),
            [d],
          ),
        ),
      ),
    ],
    [{ shape: [d] }, { shape: [network.size] }],
  );
  program.inputs[1]!.set(theta);
  return (x) => {
    program.inputs[0]!.set(x);
    program.run();
    const [gradient, ...bends] = program.outputs.map((o) => Float64Array.from(o));
    return { gradient: gradient!, hessian: Float64Array.from(bends.flatMap((r) => Array.from(r))) };
  };
}
const norm = (v: ArrayLike<number>): number => Math.sqrt(Array.from(v).reduce((s, x) => s + x * x, 0));
/** Wide weights, so that the field bends. */
const bent = (network: Architecture, seed: number): Float64Array => network.initial(seed).map((v) => 2 * v);

describe.each([1, 2, 3])("no augmentation, %i inputs", (d) => {
  it("the gradient is bounded below by the field's contraction and vanishes nowhere", () => {
    const network = neuralOde({ widths: [d, 8, 1], timeDependent: true, steps: 10 });
    for (let seed = 0; seed < 3; seed++) {
      const theta = bent(network, seed);
      const at = local(network, theta, 0);
      const part = (name: string): Float64Array => {
        const { offset, shape } = network.layout.find((p) => p.name === name)!;
        return theta.slice(offset, offset + shape.reduce((a, b) => a * b, 1));
      };
      // |(D Phi)^T w| >= |w| exp(-L T) with L = |W1| |W2| at least the field's Lipschitz constant (Frobenius norms, tanh' <= 1).
      const lipschitz = norm(part("field.W1")) * norm(part("field.W2"));
      const least = norm(part("readout.W1")) * Math.exp(-lipschitz);
      const stream = random(seed, 5);
      for (let i = 0; i < 200; i++) {
        const { gradient } = at(Float64Array.from({ length: d }, () => 6 * stream.uniform() - 3));
        expect(norm(gradient)).toBeGreaterThan(least);
      }
    }
  });
});

/** Newton's method on the gradient, in two dimensions, from many starts. */
function criticalPoint(at: ReturnType<typeof local>, seed: number): Float64Array | undefined {
  const stream = random(seed, 6);
  for (let start = 0; start < 200; start++) {
    let x = Float64Array.from([4 * stream.uniform() - 2, 4 * stream.uniform() - 2]);
    for (let k = 0; k < 60; k++) {
      const { gradient: g, hessian: h } = at(x);
      // (H^T H + mu I) s = -H^T g: also where H is singular.
      const [a, b, c] = [h[0]! ** 2 + h[2]! ** 2, h[0]! * h[1]! + h[2]! * h[3]!, h[1]! ** 2 + h[3]! ** 2];
      const mu = 1e-14 * (a + c) + 1e-300;
      const [p, q] = [h[0]! * g[0]! + h[2]! * g[1]!, h[1]! * g[0]! + h[3]! * g[1]!];
      const det = (a + mu) * (c + mu) - b * b;
      const next = Float64Array.from([x[0]! - ((c + mu) * p - b * q) / det, x[1]! - ((a + mu) * q - b * p) / det]);
      if (!next.every((v) => Math.abs(v) < 4)) break;
      x = next;
    }
    if (norm(at(x).gradient) < 1e-12) return x;
  }
  return undefined;
}

describe("three units, two inputs", () => {
  const network = augmentedNeuralOde({ widths: [2, 8, 1], state: 3, lift: "affine", steps: 10 });
  const { offset } = network.layout.find((p) => p.name === "lift.W1")!;

  it("a lift of rank 1 makes every critical point degenerate: the Hessian has a kernel to 1e-10", () => {
    let found = 0;
    for (let seed = 0; seed < 4; seed++) {
      const theta = bent(network, seed);
      // Row 2 of W (inputs x units) is a multiple of row 1: A = W^T has the kernel (2, -1).
      for (let j = 0; j < 3; j++) theta[offset + 3 + j] = 2 * theta[offset + j]!;
      const at = local(network, theta);
      const flat = (h: Float64Array): number => norm([2 * h[0]! - h[1]!, 2 * h[2]! - h[3]!]) / (1 + norm(h));
      expect(flat(at([0.3, -0.7]).hessian)).toBeLessThan(1e-10);
      const x = criticalPoint(at, seed);
      if (!x) continue;
      found++;
      expect(flat(at(x).hessian)).toBeLessThan(1e-10);
    }
    expect(found).toBeGreaterThan(0);
  });
});

it("three units and a lift of full rank: every nondegenerate critical point can be had, a saddle for instance", () => {
  const made = embed((x) => sum(mul(mul(constant([1, -1], [2]), add(1, mul(constant([0.3, 0], [2]), x))), mul(x, x)), 0, true), {
    inputs: 2,
    outputs: 1,
  });
  const flow = made.map({ solver: rk4, steps: 3 });
  const y = (x: Tensor): Tensor => sum(flow(x));
  const saddle = compile((x) => [grad(y)(x!), hvp(y)(x!, constant([1, 0])), hvp(y)(x!, constant([0, 1]))], [{ shape: [2] }]);
  saddle.run();
  // At 0 of x1^2 + 0.3 x1^3 - x2^2, exact up to the rounding of RK4's weights.
  [0, 0, 2, 0, 0, -2].forEach((value, i) => expect(Math.abs(saddle.outputs[i >> 1]![i & 1]! - value)).toBeLessThan(1e-15));
});
