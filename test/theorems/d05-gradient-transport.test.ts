// Gradients on their way back: chi_1 a layer in wide networks, the Lyapunov exponent a step in recurrent ones, and nothing lost with orthogonal weights.
import { mul, sum } from "#engine";
import {
  fillNormal,
  finiteTimeExponents,
  gradientGrowth,
  layerExponents,
  layerSystem,
  lyapunov,
  meanField,
  meanFieldOrbit,
  mlp,
  random,
  recurrent,
  signalPropagation,
} from "#dynamics";
import { describe, expect, it } from "vitest";

describe("wide tanh networks at (1.3, 0.05)", () => {
  const [width, depth] = [400, 16];
  const init = { weights: "lecun-normal", gain: Math.sqrt(1.3), biasDeviation: Math.sqrt(0.05) };
  const net = mlp({ widths: new Array<number>(depth + 1).fill(width), init });
  const { chi, length } = meanField({ activation: "tanh", weightVariance: 1.3, biasVariance: 0.05 });
  // Inputs that give the first layer its fixed point already.
  const inputSquare = (length.value - 0.05) / 1.3;

  it("have a log-slope of squared gradients of log chi_1 = -0.127647, to 5 %", () => {
    // log of 0.880164 as listed, which is rounded.
    expect(Math.abs(Math.log(chi.value) + 0.127647)).toBeLessThan(1e-6);
    const { gradientRates } = signalPropagation(net, { draws: 10, inputSquare });
    const hidden = gradientRates.value.slice(0, depth - 1);
    const slope = (2 * hidden.reduce((a, b) => a + b)) / hidden.length;
    expect(Math.abs(slope / Math.log(chi.value) - 1)).toBeLessThan(0.05);
    // A fault of a tenth in the weight variance would show.
    expect(Math.abs(Math.log(chi.value * 1.1) / slope - 1)).toBeGreaterThan(0.05);
  });

  it("agree with the theory layer by layer from inputs that are not at the fixed point", () => {
    const { gradientRates } = signalPropagation(net, { draws: 10, inputSquare: 9 });
    const theory = meanFieldOrbit({
      activation: "tanh",
      layers: new Array(depth).fill({ weightVariance: 1.3, biasVariance: 0.05 }),
      inputSquare: 9,
    });
    theory.gradientRates.forEach((x, l) =>
      expect(Math.abs(gradientRates.value[l]! - x)).toBeLessThan(5 * gradientRates.error[l]! + 2 / width),
    );
    // The first layer saturates: its gradients fall faster than chi_1 says.
    expect(theory.gradientRates[0]! - 0.5 * Math.log(chi.value)).toBeLessThan(-0.3);
  });

  it("have leading layer exponents near log(chi_1) / 2", () => {
    const { value, error } = layerExponents(net, { k: 3, draws: 4, inputSquare });
    const bound = 0.5 * Math.log(chi.value);
    // The linear readout adds log(sigma_w) / depth in place of one layer's chi; the frame of three takes N >> 3 and spreads by 1 / depth.
    expect(Math.abs(value[0]! - bound)).toBeLessThan(0.03);
    expect(value[0]).toBeGreaterThan(value[2]!);
    expect(error[0]).toBeLessThan(0.02);
  });
});

describe("orthogonal linear networks", () => {
  it("are isometries: all singular values of the whole map are 1 to 1e-13, at any depth", () => {
    for (const depth of [1, 10, 40]) {
      const n = 12;
      const net = mlp({ widths: new Array<number>(depth + 1).fill(n), activation: "identity", init: { weights: "orthogonal" } });
      const system = layerSystem(net, net.initial(depth), new Float64Array(n));
      const { value } = finiteTimeExponents(system, { starts: new Float64Array(n), steps: depth, k: n });
      // |log sigma| depth is log sigma of the whole product.
      for (const x of value) expect(Math.abs(x * depth)).toBeLessThan(1e-13);
    }
  });

  it("while Gaussian ones of the same weight variance spread over orders of magnitude", () => {
    const n = 12;
    const net = mlp({ widths: new Array<number>(41).fill(n), activation: "identity", init: { weights: "lecun-normal" } });
    const system = layerSystem(net, net.initial(0), new Float64Array(n));
    const { value } = finiteTimeExponents(system, { starts: new Float64Array(n), steps: 40, k: 2 });
    expect(value[0]! - value[1]!).toBeGreaterThan(0.01);
    expect(lyapunov(system, { k: n, steps: 400, transient: 0 }).value.at(-1)).toBeLessThan(-0.8);
  });
});

describe("recurrent networks", () => {
  it("have gradients through time that grow at the first Lyapunov exponent", () => {
    const [n, steps] = [100, 200];
    const net = recurrent({
      widths: new Array<number>(steps + 1).fill(n),
      bias: false,
      init: { weights: "lecun-normal", gain: 3 },
    });
    const theta = net.initial(0);
    const x = fillNormal(new Float64Array(n), random(1));
    const { value, error } = lyapunov(layerSystem(net, theta, x), { steps: 10_000 });
    const samples = 8;
    const inputs = fillNormal(new Float64Array(samples * n), random(2));
    const targets = fillNormal(new Float64Array(samples * n), random(3));
    // The transpose of a product has its singular values: forward and backward grow alike.
    const { mean } = gradientGrowth(net, theta, { samples, inputs, targets }, (h, t) => sum(mul(h, t)));
    expect(value[0]).toBeGreaterThan(0.2);
    expect(Math.abs(mean.value - value[0]!)).toBeLessThan(4 * (mean.error + error[0]!) + 2 / steps);
  });
});
