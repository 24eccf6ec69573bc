import { compile, input, interpret, jvp, type Graph, type Tensor } from "#engine";
import { describe, expect, it } from "vitest";
import { double } from "../../../../test/support/fixed.js";
import { elementwise } from "../../../../test/support/jets.js";
import { along } from "../../../../test/support/taylor.js";
import { fillNormal, random } from "../core/random.js";
import { attentionNetwork } from "./attention.js";

const normals = (n: number, seed: number): Float64Array => fillNormal(new Float64Array(n), random(seed));

/** The states of a network at inputs [samples, inputs]. */
function states(network: ReturnType<typeof attentionNetwork>, theta: ArrayLike<number>, x: ArrayLike<number>): Float64Array[] {
  const program = compile(
    (p, h) => network.layers(p!, h!),
    [{ shape: [network.size] }, { shape: [x.length / network.inputs, network.inputs] }],
  );
  program.inputs[0]!.set(theta);
  program.inputs[1]!.set(x);
  program.run();
  return program.outputs.map((o) => Float64Array.from(o));
}

const TOKENS = 3;
const UNITS = 4;
const network = attentionNetwork({ widths: [6, 5, 2], tokens: TOKENS, state: UNITS, heads: 2, depth: 1 });
const theta = Float64Array.from(network.initial(2), (t, i) => t + 0.1 * normals(network.size, 5)[i]!);
const named = (name: string): Float64Array => {
  const { offset, shape } = network.layout.find((p) => p.name === name)!;
  return theta.slice(offset, offset + shape.reduce((a, b) => a * b, 1));
};
const product = (x: readonly number[], w: Float64Array, out: number): number[] =>
  Array.from({ length: out }, (_, j) => x.reduce((s, v, i) => s + v * w[i * out + j]!, 0));

describe("attention blocks", () => {
  it("are what their formulas say, written out with two heads: 1e-13", () => {
    const x = Array.from(normals(6, 1));
    const found = states(network, theta, x);
    const p = named("tokens.P");
    let h = [0, 1, 2].map((i) =>
      product(x.slice(2 * i, 2 * i + 2), named("tokens.E"), UNITS).map((v, u) => v + p[i * UNITS + u]!),
    );
    const normalised = (row: readonly number[], prefix: string): number[] => {
      const mean = row.reduce((a, b) => a + b) / UNITS;
      const variance = row.reduce((s, v) => s + (v - mean) ** 2, 0) / UNITS;
      const [scale, shift] = [named(`${prefix}.scale`), named(`${prefix}.shift`)];
      return row.map((v, u) => ((v - mean) / Math.sqrt(variance + 1e-5)) * scale[u]! + shift[u]!);
    };
    const z = h.map((row) => normalised(row, "1.attention"));
    const [q, k, v] = ["Q", "K", "V"].map((m) => z.map((row) => product(row, named(`1.attention.${m}`), UNITS)));
    const mixed = h.map((_, i) =>
      [0, 1].flatMap((head) => {
        const units = [2 * head, 2 * head + 1];
        const weights = h.map((__, j) => Math.exp(units.reduce((s, u) => s + q![i]![u]! * k![j]![u]!, 0) / Math.SQRT2));
        const total = weights.reduce((a, b) => a + b);
        return units.map((u) => weights.reduce((s, w, j) => s + (w / total) * v![j]![u]!, 0));
      }),
    );
    h = h.map((row, i) => product(mixed[i]!, named("1.attention.O"), UNITS).map((a, u) => row[u]! + a));
    h.flat().forEach((value, i) => expect(Math.abs(found[1]![i]! - value)).toBeLessThan(1e-13));
    const [b1, b2] = [named("1.perceptron.b1"), named("1.perceptron.b2")];
    h = h.map((row) => {
      const hidden = product(normalised(row, "1.perceptron"), named("1.perceptron.W1"), 5).map((a, u) => Math.tanh(a + b1[u]!));
      return product(hidden, named("1.perceptron.W2"), UNITS).map((a, u) => row[u]! + a + b2[u]!);
    });
    h.flat().forEach((value, i) => expect(Math.abs(found[2]![i]! - value)).toBeLessThan(1e-13));
  });

  it("move tokens that change places in the same way: without positions the layers commute with permutations", () => {
    const bare = Float64Array.from(theta);
    const { offset, shape } = network.layout.find((p) => p.name === "tokens.P")!;
    bare.fill(0, offset, offset + shape[0]! * shape[1]!);
    const x = normals(6, 3);
    const turned = Float64Array.from([...x.slice(2), ...x.slice(0, 2)]);
    const [there, back] = [states(network, bare, x), states(network, bare, turned)];
    for (const l of [1, 2])
      there[l]!.forEach((value, i) =>
        expect(Math.abs(back[l]![(i + 2 * UNITS) % (TOKENS * UNITS)]! - value)).toBeLessThan(1e-13),
      );
    // With positions they do not.
    const placed = states(network, theta, turned)[2]!;
    expect(Math.abs(placed[2 * UNITS]! - states(network, theta, x)[2]![0]!)).toBeGreaterThan(1e-3);
  });

  it("have exact derivatives to third order along a line through inputs and parameters: 1e-9 of the largest", () => {
    const x = normals(6, 4);
    const [dx, dtheta] = [normals(6, 6), normals(network.size, 7).map((v) => 0.3 * v)];
    const on = (p: Tensor, h: Tensor): Tensor => network.apply(p, h);
    const inputs = [input([network.size], "f64"), input([1, 6], "f64")];
    const graph: Graph = { inputs, outputs: [on(inputs[0]!, inputs[1]!)] };
    // The softmax subtracts its largest argument as a constant; the truth differentiates that too, and it must drop out.
    Object.assign(elementwise, { stopGradient: (x: unknown) => x });
    const truth = along(graph, [theta, x], [dtheta, dx])[0]!;
    const tangents = [input([network.size], "f64"), input([1, 6], "f64")];
    const derivative =
      (f: (...a: Tensor[]) => Tensor) =>
      (...a: Tensor[]): Tensor =>
        jvp(f, a, tangents).tangents[0]!;
    const first = derivative(on as (...a: Tensor[]) => Tensor);
    const second = derivative(first);
    const third = derivative(second);
    const all: Graph = {
      inputs: [...inputs, ...tangents],
      outputs: [first, second, third].map((f) => f(...inputs)),
    };
    const found = interpret(all, [theta, x, dtheta, dx]);
    [1, 2, 3].forEach((order) => {
      const exact = truth.map((value) => double(value[order]!));
      const largest = Math.max(...exact.map(Math.abs));
      expect(largest).toBeGreaterThan(1e-3);
      exact.forEach((value, i) => expect(Math.abs(found[order - 1]![i]! - value)).toBeLessThan(1e-9 * largest));
    });
  });

  it("refuses what cannot be cut", () => {
    expect(() => attentionNetwork({ widths: [6, 2], tokens: 4 })).toThrow("allowed: divisors of the 6 inputs");
    expect(() => attentionNetwork({ widths: [6, 2], heads: 3 })).toThrow("allowed: divisors of the 8 units of a token");
  });
});
