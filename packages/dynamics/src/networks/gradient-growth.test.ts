import { describe, expect, it } from "vitest";
import { fillNormal, random } from "../core/random.js";
import { square } from "../training/losses.js";
import { gradientGrowth } from "./gradient-growth.js";
import { mlp } from "./mlp.js";

const LOG2 = 0.6931471805599453;
const data = (samples: number, inputs: number, outputs: number, seed = 1) => ({
  samples,
  inputs: fillNormal(new Float64Array(samples * inputs), random(seed)),
  targets: fillNormal(new Float64Array(samples * outputs), random(seed, 1)),
});

describe("gradientGrowth", () => {
  it("is log c at every layer for a linear net of c times orthogonal matrices, without scatter", () => {
    const net = mlp({
      widths: [4, 4, 4, 4],
      activation: "identity",
      init: { weights: "orthogonal", gain: 2 },
    });
    const { rates, mean, norms } = gradientGrowth(net, net.initial(0), data(10, 4, 4), square);
    for (let l = 0; l < 3; l++) {
      expect(Math.abs(rates.value[l]! - LOG2)).toBeLessThan(1e-13);
      expect(rates.error[l]!).toBeLessThan(1e-14);
      expect(Math.abs(norms[l]! / norms[l + 1]! - 2)).toBeLessThan(1e-13);
    }
    expect(Math.abs(mean.value - LOG2)).toBeLessThan(1e-13);
  });

  it("has output norms that are those of the loss: |y - t| / N", () => {
    const net = mlp({ widths: [2, 3, 2], init: { weights: "zero" } });
    const d = data(5, 2, 2);
    const { norms, rates } = gradientGrowth(net, net.initial(0), d, square);
    let s = 0;
    for (const t of d.targets) s += (t / 5) ** 2;
    expect(norms[2]!).toBeCloseTo(Math.sqrt(s / 5), 14);
    // Zero weights stop the gradient: no logarithm anywhere.
    expect(norms[0]).toBe(0);
    expect(rates.status).toBe("not-converged");
    expect(rates.value[0]).toBeNaN();
    expect(rates.explanation).toMatch(/5 of 5 samples/);
  });

  it("agrees with the derivative written out for a scalar chain", () => {
    // h1 = tanh(w1 x), y = w2 h1: |dL/dx| / |dL/dh1| = |w1| (1 - h1^2), |dL/dh1| / |dL/dy| = |w2|.
    const net = mlp({ widths: [1, 1, 1], bias: false });
    const d = data(7, 1, 1);
    const [w1, w2] = [1.3, -0.4];
    const { rates } = gradientGrowth(net, [w1, w2], d, square);
    const first = Array.from(d.inputs, (x) => Math.log(w1 / Math.cosh(w1 * x) ** 2));
    const mean = first.reduce((a, b) => a + b) / 7;
    const error = Math.sqrt(first.reduce((s, x) => s + (x - mean) ** 2, 0) / 42);
    expect(Math.abs(rates.value[0]! - mean)).toBeLessThan(1e-14);
    expect(Math.abs(rates.error[0]! - error)).toBeLessThan(1e-14);
    expect(Math.abs(rates.value[1]! - Math.log(0.4))).toBeLessThan(1e-15);
  });

  it("tends to log(chi_1) / 2 in wide tanh networks: chi_1 = 0.880164 at (sigma_w^2, sigma_b^2) = (1.3, 0.05)", () => {
    // q* = 0.315316 is the fixed point of the variance; inputs start there.
    const width = 200;
    const depth = 4;
    const widths = new Array<number>(depth + 1).fill(width);
    const net = mlp({
      widths,
      init: { weights: "lecun-normal", gain: Math.sqrt(1.3), biasDeviation: Math.sqrt(0.05) },
    });
    const d = data(6, width, width);
    // |tanh| of a normal of variance q* has mean square (q* - sigma_b^2) / sigma_w^2.
    const inputs = d.inputs.map((x) => x * Math.sqrt((0.315316 - 0.05) / 1.3));
    const { rates } = gradientGrowth(net, net.initial(5), { ...d, inputs }, square);
    // The last layer is linear, so it is left out; a layer scatters by about 1 / sqrt(width).
    const mean = (rates.value[0]! + rates.value[1]! + rates.value[2]!) / 3;
    expect(Math.abs(mean - 0.5 * Math.log(0.880164))).toBeLessThan(4 / Math.sqrt(2 * width * 3));
  });
});
