// The last hidden layer of a trained network as a population of its neurons.
//
// With a_j = n v_j, v the output weights, gradient flow of the network's loss L stretched by n is a_j' = -dL/dv_j, w_j' = -n dL/dw_j: the field of the population is the
// network's own gradient, neuron by neuron, and it is a sum over pairs of neurons.
import { constant, evaluate, grad, tanh, type Tensor } from "#engine";
import {
  gradientDescent,
  layerPopulation,
  flow,
  lyapunov,
  mlp,
  random,
  square,
  training,
  wasserstein1,
  type Architecture,
} from "#dynamics";
import { describe, expect, it } from "vitest";

const samples = 12;
const inputs = Float64Array.from({ length: samples }, (_, i) => -1 + (2 * i) / (samples - 1));
const targets = inputs.map((x) => 2 * x * x - 1);
const gradient = (network: Architecture, theta: Float64Array, x: Float64Array, y: Float64Array): Float64Array => {
  const loss = (t: Tensor): Tensor =>
    square(network.apply(t, constant(x, [samples, network.inputs])), constant(y, [samples, network.outputs]));
  return evaluate((t: Tensor) => grad(loss)(t), { data: theta })[0] as Float64Array;
};

describe("the field of the neurons is the network's gradient", () => {
  it.each([
    ["one hidden layer", [1, 7, 1], true],
    ["the last of two, three outputs", [2, 5, 6, 3], true],
    ["without biases", [2, 5, 6, 2], false],
  ] as const)("%s", (_, widths, bias) => {
    const network = mlp({ widths: [...widths], activation: "tanh", bias });
    const theta = random(3).normals(new Float64Array(network.size));
    const x = random(4).normals(new Float64Array(samples * widths[0]));
    const y = random(5).normals(new Float64Array(samples * widths.at(-1)!));
    const population = layerPopulation({ network, theta, activation: tanh, inputs: x, targets: y });
    const [n, k] = [widths.at(-2)!, widths.at(-1)!];
    const width = population.components.length;
    expect([population.units, width]).toEqual([n, k + widths.at(-3)! + (bias ? 1 : 0)]);
    const output = evaluate(population.output, { data: population.state })[0] as Float64Array;
    const direct = evaluate((t: Tensor) => network.apply(t, constant(x, [samples, widths[0]])), {
      data: theta,
    })[0] as Float64Array;
    output.forEach((v, i) => expect(Math.abs(v - direct[i]!)).toBeLessThan(1e-12));
    const g = gradient(network, theta, x, y);
    const field = evaluate(population.training, { data: population.state })[0] as Float64Array;
    const part = (name: string) => network.layout.find((p) => p.name === name)!.offset;
    const last = widths.length - 1;
    for (let j = 0; j < n; j++) {
      for (let o = 0; o < k; o++) expect(Math.abs(field[j * width + o]! + g[part(`W${last}`) + j * k + o]!)).toBeLessThan(1e-12);
      for (let c = 0; c < widths.at(-3)!; c++)
        expect(Math.abs(field[j * width + k + c]! + n * g[part(`W${last - 1}`) + c * n + j]!)).toBeLessThan(1e-11);
      if (bias) expect(Math.abs(field[j * width + width - 1]! + n * g[part(`b${last - 1}`) + j]!)).toBeLessThan(1e-11);
    }
  });
});

describe("a trained layer", () => {
  const trained = (n: number): Float64Array => {
    const network = mlp({ widths: [1, n, 1], activation: "tanh" });
    const data = { samples, inputs, targets };
    const system = training({
      architecture: network,
      data,
      loss: square,
      optimizer: gradientDescent({ stepSize: 0.1 }),
      seed: 1,
    });
    expect(system.step(4000)).toBe("ok");
    return system.state.slice(0, network.size);
  };
  const read = (n: number) =>
    layerPopulation({
      network: mlp({ widths: [1, n, 1], activation: "tanh" }),
      theta: trained(n),
      activation: tanh,
      inputs,
      targets,
    });

  it("goes on as a System: its loss falls, and its exponents can be asked for", () => {
    const population = read(20);
    const system = flow({ field: population.training, initial: population.state, dt: 0.2 });
    const loss = (state: Float64Array): number =>
      (evaluate(population.output, { data: state })[0] as Float64Array).reduce((s, v, i) => s + (v - targets[i]!) ** 2, 0);
    const before = loss(population.state);
    system.step(5);
    expect(loss(system.state)).toBeLessThan(before);
    // A gradient flow close to its minimum expands nothing by more than the curvature that is left.
    const found = lyapunov(flow({ field: population.training, initial: population.state, dt: 0.2 }), {
      k: 1,
      steps: 100,
      transient: 20,
    });
    expect(found.value[0]!).toBeLessThan(0.1);
  });

  it("its units differ, and have moved from the law of their start", () => {
    const n = 40;
    const network = mlp({ widths: [1, n, 1], activation: "tanh" });
    const [start, end] = [network.initial(1), trained(n)].map((theta) =>
      layerPopulation({ network, theta, activation: tanh, inputs, targets }),
    );
    expect(start!.components).toEqual(["a1", "w1", "b"]);
    // Biases start at 0: an atom; after training they are spread.
    expect(wasserstein1(start!.measure(2), { at: [0], weight: [1] })).toBe(0);
    expect(wasserstein1(end!.measure(2), start!.measure(2))).toBeGreaterThan(0.05);
  });
});

describe("misuse is named", () => {
  const network = mlp({ widths: [1, 3, 1], activation: "tanh" });
  const fine = { network, theta: network.initial(0), activation: tanh, inputs, targets };
  it.each([
    [
      () => layerPopulation({ ...fine, network: mlp({ widths: [1, 1] }) }),
      /has the parts W1, b1; give a network with a hidden layer/,
    ],
    [() => layerPopulation({ ...fine, targets: [1] }), /12 inputs and 1 targets given/],
    [() => layerPopulation({ ...fine, theta: fine.theta.map((v, i) => (i === 2 ? NaN : v)) }), /parameter 2 is NaN/],
    [() => layerPopulation(fine).measure(3), /component 3 given; allowed: integers from 0 to 2/],
  ])("%#", (make, message) => {
    expect(make).toThrow(message);
  });
});
