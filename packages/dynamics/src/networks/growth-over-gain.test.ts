import { describe, expect, it } from "vitest";
import { criticalLine } from "./critical-line.js";
import { growthOverGain } from "./growth-over-gain.js";
import { mlp } from "./mlp.js";

const widths = (n: number, layers: number): number[] => new Array<number>(layers + 1).fill(n);

describe("the growth of gradients over the gain", () => {
  it("of linear networks with orthogonal weights is log gain in every network, with Gaussian ones on average and scattered", () => {
    const gains = [0.5, 1, 1.7];
    const of = (weights: string, type: string) =>
      growthOverGain({ type, options: { widths: widths(40, 6), activation: "identity", init: { weights } }, gains, draws: 6 });
    const [isometry, gaussian] = [of("orthogonal", "mlp"), of("lecun-normal", "mlp")];
    gains.forEach((g, i) => {
      expect(Math.abs(isometry.theory[i]! - Math.log(g))).toBeLessThan(1e-13);
      expect(Math.abs(isometry.value[i]! - Math.log(g))).toBeLessThan(1e-13);
      expect(isometry.scatter[i]).toBeLessThan(1e-13);
      expect(gaussian.theory[i]).toBe(isometry.theory[i]);
      // Newman's mean of log |G v| for N = 40 is log(g) - 1 / (2 N) and more; the last three layers of six networks by sqrt(1 / (2 N 18)).
      expect(Math.abs(gaussian.value[i]! - Math.log(g) + 1 / 80)).toBeLessThan(4 * Math.sqrt(1 / (80 * 18)));
      expect(gaussian.scatter[i]).toBeGreaterThan(0.005);
    });
    // One matrix for all steps: an isometry, too.
    expect(Math.abs(of("orthogonal", "recurrent").value[2]! - Math.log(1.7))).toBeLessThan(1e-13);
  });

  it("of linear residual layers is log(1 + alpha^2 gain^2) / 2, the same for any depth with T like sqrt(L) up to its parts", () => {
    for (const [depth, horizon] of [
      [4, 2],
      [9, 3],
    ] as const) {
      const { theory, value, weightVariance } = growthOverGain({
        type: "resnet",
        options: { widths: [30, 30], activation: "identity", depth, horizon, init: { weights: "orthogonal" } },
        gains: [0.8, 1.5],
        draws: 6,
      });
      [0.8, 1.5].forEach((g, i) => {
        const exact = 0.5 * Math.log(1 + (g * g) / depth);
        expect(Math.abs(weightVariance[i]! - g * g)).toBeLessThan(1e-13);
        expect(Math.abs(theory[i]! - exact)).toBeLessThan(1e-12);
        // Per draw and layer the mixed term 2 alpha g cos scatters by alpha g / sqrt(N) in the logarithm, over the later half of them.
        expect(Math.abs(value[i]! - exact)).toBeLessThan((5 * g) / Math.sqrt(30 * depth * depth * 3) + 1 / 30);
      });
    }
  });

  it("changes its sign at the edge of chaos, for any family of plain layers, and is what networks with that gain do", () => {
    const biasVariance = 0.05;
    const gain = Math.sqrt(criticalLine({ activation: "tanh", biasVariance }).value);
    const init = { weights: "lecun-normal", biasDeviation: Math.sqrt(biasVariance) };
    for (const type of ["mlp", "recurrent"]) {
      const { theory } = growthOverGain({
        type,
        options: { widths: widths(8, 40), init },
        gains: [0.9 * gain, gain, 1.1 * gain],
        draws: 2,
      });
      expect(theory[0]).toBeLessThan(-0.01);
      // Lengths come to the fixed point, where chi is 1.
      expect(Math.abs(theory[1]!)).toBeLessThan(1e-4);
      expect(theory[2]).toBeGreaterThan(0.01);
    }
    const options = { widths: widths(12, 3), init };
    const direct = mlp({ ...options, init: { ...init, gain: 1.3 } });
    const line = [mlp({ ...options, init: { ...init, gain: 0 } }).initial(3), mlp(options).initial(3)];
    direct
      .initial(3)
      .forEach((v, i) => expect(Math.abs(v - (line[0]![i]! + 1.3 * (line[1]![i]! - line[0]![i]!)))).toBeLessThan(1e-14));
  });

  it("is refused where there is no theory, no gain or no network", () => {
    const options = { widths: widths(4, 3) };
    expect(() => growthOverGain({ type: "neural-ode", options, gains: [1] })).toThrow("mlp, recurrent, resnet");
    expect(() => growthOverGain({ type: "mlp", options, gains: [0] })).toThrow("gains [0] given");
    expect(() => growthOverGain({ type: "mlp", options, gains: [] })).toThrow("at least one");
    expect(() => growthOverGain({ type: "mlp", options, gains: [1], draws: 1 })).toThrow("1 draws given");
    expect(() => growthOverGain({ type: "mlp", options: { widths: [4, 4] }, gains: [1] })).toThrow("without hidden layers");
    expect(() => growthOverGain({ type: "resnet", options: { ...options, shared: true }, gains: [1] })).toThrow("shared layers");
  });
});
