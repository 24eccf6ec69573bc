import {
  diagnoseRecurrent,
  drawnGrowth,
  layerSystem,
  lyapunov,
  recurrent,
  residualOrbit,
  resnet,
  type ResnetOptions,
} from "#dynamics";
import { compile } from "#engine";
import { describe, expect, it } from "vitest";
import { fillNormal, random } from "../../packages/dynamics/src/core/random.js";

// The mean-field maps of h + alpha F(h), derived anew: E h . F(h) = 0, since F's last weights are independent of h and have mean 0, so that squares and products add up.

describe("residual networks", () => {
  it("ReLU with He's weights: squares grow by 1 + 2 alpha^2 a layer, and so do those of gradients", () => {
    const [depth, horizon] = [7, 3];
    const orbit = residualOrbit(
      { widths: [6, 40, 6], activation: "relu", depth, horizon, init: { weights: "he-normal" }, readout: "identity" },
      // Equal inputs need no average over pairs.
      { inputSquare: 0.3, inputCorrelation: 1 },
    );
    const factor = 1 + 2 * (horizon / depth) ** 2;
    orbit.lengths.forEach((q, l) => expect(q / (0.3 * factor ** (l + 1))).toBeCloseTo(1, 11));
    orbit.gradientRates.forEach((r) => expect(r).toBeCloseTo(0.5 * Math.log(factor), 11));
  });

  it("erf with biases: the closed forms of Williams for E erf(u) erf(v) and E erf'(u)^2, layer after layer, from correlations of both signs", () => {
    const init = { weights: "lecun-normal", gain: 1.7, biasDeviation: 0.6 };
    const [w, b] = [1.7 ** 2, 0.6 ** 2];
    for (const inputCorrelation of [-0.9, 0.4, 1]) {
      const orbit = residualOrbit(
        { widths: [30, 30, 30], activation: "erf", depth: 4, horizon: 2, init, readout: "identity" },
        { inputSquare: 1.4, inputCorrelation },
      );
      let [q, k] = [1.4, 1.4 * inputCorrelation];
      orbit.lengths.forEach((length, l) => {
        const [u, v] = [w * q + b, w * k + b];
        const mean = (x: number): number => w * (2 / Math.PI) * Math.asin((2 * x) / (1 + 2 * u)) + b;
        const chi = (w * w * (4 / Math.PI)) / Math.sqrt(1 + 4 * u);
        q += 0.25 * mean(u);
        k += 0.25 * mean(v);
        expect(Math.abs(length / q - 1)).toBeLessThan(1e-12);
        expect(Math.abs(orbit.correlations[l]! - k / q)).toBeLessThan(1e-12);
        expect(Math.abs(orbit.gradientRates[l]! - 0.5 * Math.log(1 + 0.25 * chi))).toBeLessThan(1e-12);
      });
    }
  });

  it("networks of finite width follow, with a padded lift, two hidden layers in a branch and a readout", () => {
    const options: ResnetOptions = {
      widths: [60, 160, 120, 40],
      state: 120,
      activation: "tanh",
      depth: 3,
      horizon: 3,
      init: { weights: "lecun-normal", gain: 1.5, biasDeviation: 0.3 },
    };
    const orbit = residualOrbit(options, { inputSquare: 1.3, inputCorrelation: 0.5 });
    const network = resnet(options);
    const draws = 12;
    const pass = compile((t, y) => network.layers(t!, y!), [{ shape: [network.size] }, { shape: [2, 60] }]);
    const seen = Array.from({ length: draws }, (_, d) => {
      const z = fillNormal(new Float64Array(120), random(d, 77));
      // Correlation 1/2 in the mean; its scatter is part of the error.
      const x = z.map((v, i) => Math.sqrt(1.3) * (i < 60 ? v : 0.5 * z[i - 60]! + Math.sqrt(0.75) * v));
      pass.inputs[0]!.set(network.initial(d));
      pass.inputs[1]!.set(x);
      pass.run();
      return pass.outputs.map((h) => {
        const n = h.length / 2;
        const product = (i: number, j: number): number =>
          h.slice(i * n, (i + 1) * n).reduce((s, v, c) => s + v * h[j * n + c]!, 0) / n;
        return [(product(0, 0) + product(1, 1)) / 2, product(0, 1) / Math.sqrt(product(0, 0) * product(1, 1))];
      });
    });
    const near = (l: number, which: 0 | 1, expected: number): void => {
      const values = seen.map((s) => s[l]![which]!);
      const mean = values.reduce((a, v) => a + v, 0) / draws;
      const error = Math.sqrt(values.reduce((a, v) => a + (v - mean) ** 2, 0) / (draws * (draws - 1)));
      expect(Math.abs(mean - expected)).toBeLessThan(4 * error + 3 / 60);
    };
    orbit.lengths.forEach((q, l) => near(l, 0, q));
    orbit.correlations.forEach((c, l) => near(l, 1, c));
    const { rates, total } = drawnGrowth(network, { draws: 3, k: 1, inputSquare: 1.3 });
    orbit.gradientRates.forEach((r, l) => expect(Math.abs(r - rates.value[l]!)).toBeLessThan(4 * rates.error[l]! + 0.02));
    // The growth through the branches is far from none, so the agreement says something.
    expect(total.value).toBeGreaterThan(0.7);
  });

  it("with T fixed branches come to nothing like 1/L, with T like sqrt(L) they do not", () => {
    const total = (depth: number, horizon: number): number =>
      residualOrbit({ widths: [9, 9, 9], depth, horizon, readout: "identity" }, { inputCorrelation: 1 }).gradientRates.reduce(
        (a, b) => a + b,
        0,
      );
    expect(total(20, 1) / total(10, 1)).toBeCloseTo(0.5, 1);
    expect(total(64, 8) / total(16, 4)).toBeCloseTo(1, 1);
    expect(total(64, 8)).toBeGreaterThan(0.2);
  });

  it("shared layers and weights that are not random are refused", () => {
    expect(() => residualOrbit({ widths: [2, 4, 2], shared: true })).toThrow("independent of the state");
    expect(() => residualOrbit({ widths: [2, 4, 2], init: { weights: "constant" } })).toThrow("allowed: initializers of random");
    expect(() => residualOrbit({ widths: [2, 4, 2], depth: 0 })).toThrow("depth 0 given");
  });
});

describe("recurrent networks", () => {
  const steps = (n: number): number[] => new Array<number>(9).fill(n);

  it.each([
    ["tanh", 0.8, 0],
    ["tanh", 1.8, 0.5],
    ["gelu", 1.2, 0.2],
  ])("%s, g = %f, bias deviation %f: shared weights obey the maps of independent layers", (activation, gain, biasDeviation) => {
    const { predicted, measured, layers } = diagnoseRecurrent(
      { widths: steps(200), activation, init: { weights: "lecun-normal", gain, biasDeviation } },
      { draws: 6, seed: 5, k: 1 },
    );
    expect(layers.every((l) => Math.abs(l.weightVariance - gain * gain) < 1e-12)).toBe(true);
    for (let l = 0; l < 8; l++) {
      const { lengths, correlations, gradientRates } = measured;
      // Corrections of order steps / units, which the scatter of the means does not tell.
      expect(Math.abs(lengths.value[l]! / predicted.lengths[l]! - 1)).toBeLessThan(
        4 * (lengths.error[l]! / lengths.value[l]!) + 0.04,
      );
      expect(Math.abs(correlations.value[l]! - predicted.correlations[l]!)).toBeLessThan(4 * correlations.error[l]! + 0.04);
      expect(Math.abs(gradientRates.value[l]! - predicted.gradientRates[l]!)).toBeLessThan(4 * gradientRates.error[l]! + 0.03);
    }
  });

  it("the edge of tanh and of erf without biases is at E phi'(0)^2 g^2 = 1: g = 1 and sqrt(pi)/2", () => {
    const edge = (activation: string) =>
      diagnoseRecurrent({ widths: [20, 20, 20], activation }, { draws: 2, k: 1 }).critical!.value;
    expect(edge("tanh")).toBeCloseTo(1, 12);
    expect(edge("erf")).toBeCloseTo(Math.PI / 4, 12);
  });

  it("the largest exponent of 150 units is log(chi_1) / 2 up to the scatter of single draws, in chaos and in rest", () => {
    for (const [g, scatter] of [
      [2.5, 0.04],
      [0.7, 0.06],
    ] as const) {
      const options = { widths: [150, 150], bias: false, init: { gain: g } };
      const chi = diagnoseRecurrent(options, { draws: 2, k: 1 }).theory!.chi.value;
      const network = recurrent(options);
      const start = fillNormal(new Float64Array(150), random(1));
      const found = lyapunov(layerSystem(network, network.initial(3), start), { steps: 1000, transient: 200 });
      expect(Math.abs(found.value[0]! - 0.5 * Math.log(chi))).toBeLessThan(scatter);
    }
  });
});
