import { compile } from "#engine";
import { describe, expect, it } from "vitest";
import { dot } from "../core/rows.js";
import { attentionNetwork } from "./attention.js";
import { chain } from "./chain.js";
import { denseResnet } from "./dense-resnet.js";
import { initializers } from "./initializers.js";
import { mlp } from "./mlp.js";
import { neuralDelayEquation } from "./neural-delay-equation.js";
import { neuralOde } from "./neural-ode.js";
import { resnet } from "./resnet.js";

describe("mlp", () => {
  it("lays out W1, b1, W2, b2, ... one after the other", () => {
    const net = mlp({ widths: [64, 32, 32, 10] });
    expect(net.size).toBe(64 * 32 + 32 + 32 * 32 + 32 + 32 * 10 + 10);
    expect(net.layout.map((p) => p.name)).toEqual(["W1", "b1", "W2", "b2", "W3", "b3"]);
    let end = 0;
    for (const p of net.layout) {
      expect(p.offset).toBe(end);
      end += p.shape.reduce((a, b) => a * b, 1);
    }
    expect(end).toBe(net.size);
    expect(mlp({ widths: [1, 100, 1], bias: [true, false] }).size).toBe(300);
  });

  it("computes phi(x W1 + b1) W2 + b2", () => {
    const net = mlp({ widths: [2, 2, 1], activation: "relu" });
    const program = compile((theta, x) => net.layers(theta, x), [{ shape: [net.size] }, { shape: [2, 2] }]);
    //                          W1          b1     W2     b2
    program.inputs[0]!.set([1, 2, 3, 4, 10, -20, 0.5, 2, 7]);
    program.inputs[1]!.set([1, 1, -1, 5]);
    program.run();
    // [1, 1] W1 + b1 = [14, -14]; [-1, 5] W1 + b1 = [24, -2].
    expect(Array.from(program.outputs[0]!)).toEqual([14, 0, 24, 0]);
    expect(Array.from(program.outputs[1]!)).toEqual([14, 19]);
  });

  it("is linear with the identity: the product of its matrices", () => {
    const net = mlp({ widths: [3, 4, 2], activation: "identity", bias: false });
    const theta = net.initial(3);
    const program = compile((t, x) => net.apply(t, x), [{ shape: [net.size] }, { shape: [3, 3] }]);
    program.inputs[0]!.set(theta);
    program.inputs[1]!.set([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    program.run();
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 2; j++) {
        let s = 0;
        for (let k = 0; k < 4; k++) s += theta[i * 4 + k]! * theta[12 + k * 2 + j]!;
        expect(Math.abs(program.outputs[0]![i * 2 + j]! - s)).toBeLessThan(1e-15);
      }
    }
  });

  it("draws the same parameters for a seed, others for another, and layers independently", () => {
    expect([...mlp({ widths: [5, 4, 3] }).initial(1)]).toEqual([...mlp({ widths: [5, 4, 3] }).initial(1)]);
    expect([...mlp({ widths: [5, 4, 3] }).initial(2)]).not.toEqual([...mlp({ widths: [5, 4, 3] }).initial(1)]);
    expect([
      ...mlp({ widths: [5, 4, 3] })
        .initial(1)
        .subarray(0, 20),
    ]).toEqual([
      ...mlp({ widths: [5, 4, 3, 8] })
        .initial(1)
        .subarray(0, 20),
    ]);
  });

  it("draws layers of the same shape differently", () => {
    const theta = mlp({ widths: [4, 4, 4], bias: false }).initial(1);
    for (let i = 0; i < 16; i++) expect(theta[i]).not.toBe(theta[16 + i]);
  });

  it("starts with the variances asked for, within 4 standard errors", () => {
    const variance = (x: Float64Array): number => x.reduce((s, v) => s + v * v, 0) / x.length;
    const inits: [string, number][] = [
      ["xavier-normal", 2 / 500],
      ["he-normal", 2 / 200],
      ["lecun-normal", 1 / 200],
    ];
    for (const [weights, expected] of inits) {
      const net = mlp({ widths: [200, 300, 1], init: { weights, gain: [1.9, 1], biasDeviation: 0.3 } });
      const theta = net.initial(0);
      expect(Math.abs(variance(theta.subarray(0, 60_000)) / (1.9 * 1.9 * expected) - 1)).toBeLessThan(4 * Math.sqrt(2 / 60_000));
      expect(Math.abs(variance(theta.subarray(60_000, 60_300)) / 0.09 - 1)).toBeLessThan(4 * Math.sqrt(2 / 300));
    }
    expect(
      mlp({ widths: [4, 4] })
        .initial(0)
        .subarray(16)
        .every((b) => b === 0),
    ).toBe(true);
  });

  it("starts with orthonormal matrices, wide or tall", () => {
    for (const [inputs, outputs] of [
      [3, 5],
      [5, 3],
      [4, 4],
    ] as const) {
      const w = mlp({ widths: [inputs, outputs], init: { weights: "orthogonal" } })
        .initial(4)
        .subarray(0, inputs * outputs);
      const n = Math.min(inputs, outputs);
      const rows = Float64Array.from({ length: inputs * outputs }, (_, c) =>
        inputs <= outputs ? w[c]! : w[(c % inputs) * outputs + Math.floor(c / inputs)]!,
      );
      for (let i = 0; i < n; i++)
        for (let j = 0; j <= i; j++)
          expect(Math.abs(dot(rows, i, rows, j, Math.max(inputs, outputs)) - (i === j ? 1 : 0))).toBeLessThan(1e-14);
    }
  });

  it("names what is allowed", () => {
    expect(() => mlp({ widths: [3] })).toThrow(/at least two integers/);
    expect(() => mlp({ widths: [3, 0, 1] })).toThrow(/widths \[3, 0, 1\]/);
    expect(() => mlp({ widths: [3, 1], activation: "tahn" })).toThrow(
      /activation "tahn" is not known; expected one of tanh, relu.*; did you mean "tanh"\?/,
    );
    expect(() => mlp({ widths: [3, 1], init: { weights: "x" } })).toThrow(initializers[0]!.name);
    expect(() => mlp({ widths: [3, 2, 1], bias: [true] })).toThrow(/1 values of bias given; allowed: one for all, or 2/);
    const net = mlp({ widths: [3, 1] });
    expect(() => compile((t, x) => net.apply(t, x), [{ shape: [net.size] }, { shape: [7, 2] }])).toThrow(
      /shape \[7, 2\] given, \[samples, 3\] needed/,
    );
  });
});

describe("the depth of a perceptron", () => {
  it("repeats its hidden layer: the same network as with all widths written out", () => {
    const [short, long] = [mlp({ widths: [3, 5, 2], depth: 4 }), mlp({ widths: [3, 5, 5, 5, 5, 2] })];
    expect([short.name, short.size]).toEqual([long.name, long.size]);
    expect(short.initial(3)).toEqual(long.initial(3));
  });

  it("is a whole number, with one hidden layer to repeat", () => {
    for (const depth of [0, 1.5, -2, 1001, NaN])
      expect(() => mlp({ widths: [3, 5, 2], depth })).toThrow(
        /depth .* given with widths \[3, 5, 2\]; allowed: integers from 1 to 1000/,
      );
    expect(() => mlp({ widths: [3, 5, 5, 2], depth: 2 })).toThrow(/with three widths whose middle one is repeated/);
  });
});

describe("batch normalisation", () => {
  it("refuses numbers that make no sense, and what has no hidden layer", () => {
    const make = (more: object) => () => mlp({ widths: [2, 3, 1], normalisation: "batch", ...more });
    for (const statisticsRate of [0, -1, 1.1, NaN])
      expect(make({ statisticsRate })).toThrow(/statisticsRate .* above 0, up to 1/);
    for (const epsilon of [-1e-9, NaN, Infinity]) expect(make({ epsilon })).toThrow(/epsilon .* finite numbers from 0/);
    expect(make({ normalisation: "layer" })).toThrow(/normalisation layer given; allowed: none, batch/);
    expect(make({ widths: [2, 1] })).toThrow(/without hidden layers/);
  });

  it("without biases has no shift, and with a list of them each its own", () => {
    const names = (bias: boolean | boolean[]) =>
      mlp({ widths: [2, 3, 1], normalisation: "batch", bias }).layout.map((p) => p.name);
    expect(names(false)).toEqual(["W1", "gamma1", "W2"]);
    expect(names([false, true])).toEqual(["W1", "gamma1", "W2", "b2"]);
  });

  it("is refused inside networks that are no perceptrons", () => {
    const more = { widths: [2, 3, 2], normalisation: "batch" } as never;
    for (const make of [resnet, denseResnet, neuralOde, neuralDelayEquation, attentionNetwork])
      expect(() => make(more)).toThrow(/normalises by batches/);
    expect(() => chain("two", [["a", mlp(more)]])).toThrow(/chain: .* normalises by batches/);
  });
});
