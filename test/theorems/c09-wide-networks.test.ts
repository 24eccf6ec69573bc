// Two-layer networks of n neurons: mean-field scaling f = (1/n) sum and tangent scaling f = n^(-1/2) sum.
//
// Derivations. Neurons drawn independently: Var f_n(x) = Var(a sigma(w x)) / n, exactly. With time stretched by n each neuron moves by
// -d/d theta of (dL/df . a sigma(w x)), of order one: the population follows the Wasserstein gradient flow, and outputs differ from the limit by O(n^(-1/2)).
// The tangent kernel is G = s^2 n (1/n) sum grad_j . grad_j'. With s = n^(-1/2) it is a mean over neurons that move by O(n^(-1/2)); with s = 1 / n and
// time stretched by n it is the same mean over neurons that move by O(1).
import { compile, constant, tanh, type Tensor } from "#engine";
import { convergenceRate, fillNormal, fixed, flow, random, rk4, wideNetwork, type Scaling } from "#dynamics";
import { describe, expect, it } from "vitest";

const samples = 6;
// Second input 1: a bias.
const inputs = Float64Array.from({ length: 2 * samples }, (_, e) => (e % 2 === 0 ? -1 + (2 * (e >> 1)) / (samples - 1) : 1));
const targets = Float64Array.from({ length: samples }, (_, i) => Math.cos(3 * inputs[2 * i]!) - 0.2);

describe("initial outputs", () => {
  it("have the variance Var_1 / n", () => {
    const sizes = [4, 16, 64];
    const draws = 3000;
    const stream = random(1);
    const x = Float64Array.of(0.7, 1);
    const variances = sizes.map((n) => {
      const network = wideNetwork({ neurons: n, inputs: 2, activation: tanh, scaling: "mean-field" });
      const program = compile((p: Tensor) => [network.output(p, constant(x, [1, 2]))], [{ shape: [3 * n] }], { state: 0 });
      let [mean, square] = [0, 0];
      for (let d = 0; d < draws; d++) {
        fillNormal(program.inputs[0]!, stream);
        program.run();
        const f = program.outputs[0]![0]!;
        mean += f / draws;
        square += (f * f) / draws;
      }
      return square - mean * mean;
    });
    // Each variance has the relative error sqrt(2 / 3000) = 2.6 %: 0.012 in the exponent.
    expect(Math.abs(convergenceRate(sizes, variances).value + 1)).toBeLessThan(0.03);
    // Var_1 = E a^2 E tanh^2(sqrt(1.49) z), by the midpoint rule.
    let one = 0;
    for (let i = 0; i < 4000; i++) {
      const z = -10 + (i + 0.5) / 200;
      one += (Math.tanh(Math.sqrt(1.49) * z) ** 2 * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI) / 200;
    }
    variances.forEach((v, i) => expect(Math.abs((v * sizes[i]!) / one - 1)).toBeLessThan(0.12));
  });
});

const runs = new Map<string, ReturnType<typeof flow>>();

/** Trains n neurons and gives their parameters before and after. */
function train(n: number, seed: number, scaling: Scaling, time: number): { before: Float64Array; after: Float64Array } {
  const before = fillNormal(new Float64Array(3 * n), random(seed, n));
  const key = `${n} ${scaling} ${time}`;
  const network = wideNetwork({ neurons: n, inputs: 2, activation: tanh, scaling });
  const system =
    runs.get(key) ??
    flow({ field: network.training({ inputs, targets }), initial: before, dt: time, solver: rk4, controller: fixed(0.1) });
  runs.set(key, system);
  system.reset(before);
  expect(system.step()).toBe("ok");
  return { before, after: system.state.slice() };
}

function outputs(n: number, scaling: Scaling, parameters: Float64Array): Float64Array {
  const network = wideNetwork({ neurons: n, inputs: 2, activation: tanh, scaling });
  const program = compile((p: Tensor) => [network.output(p, constant(inputs, [samples, 2]))], [{ shape: [3 * n] }], { state: 0 });
  program.inputs[0]!.set(parameters);
  program.run();
  return program.outputs[0]!.slice();
}

it("outputs in mean-field training differ from those of a very wide network by O(n^(-1/2))", () => {
  const limit = outputs(20_000, "mean-field", train(20_000, 0, "mean-field", 3).after);
  const sizes = [50, 200, 800];
  const seeds = 12;
  const distances = sizes.map((n) => {
    let square = 0;
    for (let seed = 1; seed <= seeds; seed++)
      outputs(n, "mean-field", train(n, seed, "mean-field", 3).after).forEach(
        (v, i) => (square += (v - limit[i]!) ** 2 / seeds / samples),
      );
    return Math.sqrt(square);
  });
  // Twelve runs of six correlated outputs: about 15 % each, 0.08 in the exponent over a factor of 16.
  expect(Math.abs(convergenceRate(sizes, distances).value + 0.5)).toBeLessThan(0.16);
});

describe("the tangent kernel and the neurons under it", () => {
  /** (1 / n) sum over neurons of the product of the gradients of a tanh(w . x) at each pair of samples. */
  const kernel = (p: Float64Array): Float64Array => {
    const n = p.length / 3;
    const out = new Float64Array(samples * samples);
    for (let j = 0; j < n; j++) {
      const [a, u, v] = p.subarray(3 * j, 3 * j + 3) as unknown as [number, number, number];
      const gradients = Array.from({ length: samples }, (_, i) => {
        const [x, y] = [inputs[2 * i]!, inputs[2 * i + 1]!];
        const s = Math.tanh(u * x + v * y);
        return [s, a * (1 - s * s) * x, a * (1 - s * s) * y];
      });
      gradients.forEach((g, i) =>
        gradients.forEach((h, k) => (out[i * samples + k]! += (g[0]! * h[0]! + g[1]! * h[1]! + g[2]! * h[2]!) / n)),
      );
    }
    return out;
  };
  const norm = (v: Float64Array): number => Math.sqrt(v.reduce((s, x) => s + x * x, 0));
  const sizes = [32, 128, 512];
  const measure = (scaling: Scaling) =>
    sizes.map((n) => {
      let [moved, changed] = [0, 0];
      const seeds = 12;
      for (let seed = 1; seed <= seeds; seed++) {
        const { before, after } = train(n, seed, scaling, 2);
        const [a, b] = [kernel(before), kernel(after)];
        moved += norm(after.map((v, i) => v - before[i]!)) / Math.sqrt(n) / seeds;
        changed += norm(a.map((v, i) => v - b[i]!)) / norm(a) / seeds;
      }
      return { moved, changed };
    });

  it("in tangent scaling each neuron moves by O(n^(-1/2)) and the kernel by no more", () => {
    const found = measure("tangent");
    expect(
      Math.abs(
        convergenceRate(
          sizes,
          found.map((f) => f.moved),
        ).value + 0.5,
      ),
    ).toBeLessThan(0.1);
    // O(n^(-1/2)) is a bound on the kernel's change. Here output weights are drawn symmetrically: the kernel is even in them, the push odd, so the
    // term of first order has mean 0 and the change is O(1 / n) (Huang, Yau 2020).
    const { value } = convergenceRate(
      sizes,
      found.map((f) => f.changed),
    );
    expect(value).toBeLessThan(-0.7);
    expect(value).toBeGreaterThan(-1.3);
  });

  it("in mean-field scaling both move by O(1)", () => {
    const found = measure("mean-field");
    expect(
      Math.abs(
        convergenceRate(
          sizes,
          found.map((f) => f.moved),
        ).value,
      ),
    ).toBeLessThan(0.15);
    expect(found.at(-1)!.moved).toBeGreaterThan(0.1);
    expect(found.at(-1)!.changed).toBeGreaterThan(0.03);
    expect(found.at(-1)!.changed / found[1]!.changed).toBeGreaterThan(0.6);
  });
});
