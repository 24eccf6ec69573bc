// The phase transition of attention with noise: dx_i = P_i sum_j w_ij x_j dt + sqrt(2 D) dB_i on the unit sphere.
//
// Linearised about the even spread, patterns of degree l grow by l (l + d - 2) (lambda_l - D), lambda_l the kernel's eigenvalue over beta (Funk, Hecke), over kappa_0 for
// softmax. For D = 0 and d = 2 that is the derivative of the field of evenly placed tokens along the displacement sin(l theta): held against it to rounding.
import { compile, jvp } from "#engine";
import { attentionField, besselRatio, noisyAttention, noisyKuramotoOrder, noisyTokens, sphereMean } from "#dynamics";
import { describe, expect, it } from "vitest";

describe("the critical noise", () => {
  it("has the closed forms of two and three dimensions, and 1 / d without beta", () => {
    for (const beta of [0.1, 1, 4, 20]) {
      expect(Math.abs(noisyAttention({ dimension: 2, beta }).critical.value * beta - besselRatio(beta))).toBeLessThan(1e-14);
      const langevin = 1 / Math.tanh(beta) - 1 / beta;
      expect(Math.abs(noisyAttention({ dimension: 3, beta }).critical.value * beta - langevin)).toBeLessThan(1e-13);
      // Plain weights: not divided by kappa_0 = sinh(beta) / beta.
      const plain = noisyAttention({ dimension: 3, beta, weights: "plain" }).critical.value;
      expect(Math.abs(plain / ((langevin * Math.sinh(beta)) / beta / beta) - 1)).toBeLessThan(1e-12);
    }
    for (const d of [2, 5, 100]) {
      expect(noisyAttention({ dimension: d, beta: 0 }).critical.value).toBeCloseTo(1 / d, 14);
      expect(Math.abs(sphereMean(d, 1e-9) - 1e-9 / d)).toBeLessThan(1e-24);
    }
  });

  it.each(["softmax", "plain"] as const)("%s: patterns grow as evenly placed tokens on the circle do", (weights) => {
    const [n, beta] = [64, 2.5];
    const theory = noisyAttention({ dimension: 2, beta, weights });
    const angles = Float64Array.from({ length: n }, (_, i) => (2 * Math.PI * i) / n);
    const field = attentionField({ tokens: n, dimension: 2, beta, weights });
    const slope = compile((x, v) => [jvp(field, [x!], [v!]).tangents[0]!], [{ shape: [2 * n] }, { shape: [2 * n] }]);
    slope.inputs[0]!.set(Array.from(angles).flatMap((a) => [Math.cos(a), Math.sin(a)]));
    for (const degree of [1, 2, 3, 6]) {
      slope.inputs[1]!.set(
        Array.from(angles).flatMap((a) => [-Math.sin(a) * Math.sin(degree * a), Math.cos(a) * Math.sin(degree * a)]),
      );
      slope.run();
      // Along the tangents (-sin, cos), and onto sin(l theta), whose square adds up to n / 2.
      let rate = 0;
      angles.forEach((a, i) => {
        const [dx, dy] = [slope.outputs[0]![2 * i]!, slope.outputs[0]![2 * i + 1]!];
        rate += ((-Math.sin(a) * dx + Math.cos(a) * dy) * Math.sin(degree * a)) / (n / 2);
      });
      expect(Math.abs(rate - theory.growthRate(degree, 0))).toBeLessThan(1e-12 * (1 + Math.abs(rate)));
      expect(theory.growthRate(degree, 0.3)).toBeCloseTo(rate - 0.3 * degree * degree, 11);
    }
  });
});

describe("order at rest", () => {
  it("is that of the noisy Kuramoto model on the circle without beta", () => {
    const theory = noisyAttention({ dimension: 2, beta: 0 });
    for (const noise of [0.1, 0.3, 0.45])
      expect(Math.abs(theory.order(noise).value - noisyKuramotoOrder({ coupling: 1, noise }).value)).toBeLessThan(1e-9);
    expect(theory.order(0.55).value).toBe(0);
  });

  // By an independent program: densities on 720 places of the circle, and on 200 Gauss nodes of cos with I_0 of SciPy 1.17 for the average over longitudes.
  it.each([
    [2, 1, "plain", 0.5, 0.90497698870086],
    [2, 9, "softmax", 0.8, 0.83537388278279],
    [3, 4, "softmax", 0.5, 0.84069729787227],
    [3, 4, "softmax", 0.95, 0.34014017285989],
    [3, 4, "plain", 0.8, 0.9694018967382],
    // Above the critical noise: order and disorder both last.
    [3, 4, "plain", 1.05, 0.93512751762892],
  ] as const)("d = %d, beta = %d, %s, at %f of the critical noise", (dimension, beta, weights, share, expected) => {
    const theory = noisyAttention({ dimension, beta, weights });
    expect(Math.abs(theory.order(share * theory.critical.value).value - expected)).toBeLessThan(1e-9);
  });

  it("says that it does not know close to the end of order, and names what cannot be", () => {
    const theory = noisyAttention({ dimension: 3, beta: 1 });
    expect(theory.order(theory.critical.value * (1 - 1e-7)).status).toBe("not-converged");
    expect(() => theory.order(0)).toThrow("noise 0 given; allowed: above 0");
    expect(() => theory.growthRate(0, 1)).toThrow("degree 0 given");
    expect(() => noisyAttention({ dimension: 1, beta: 1 })).toThrow("dimension 1 given");
  });
});

describe("tokens with noise", () => {
  const run = (dimension: number, tokens: number, beta: number, share: number, time: number) => {
    const noise = share * noisyAttention({ dimension, beta }).critical.value;
    const one = Float64Array.from({ length: tokens * dimension }, (_, i) => (i % dimension === 0 ? 1 : 0));
    const system = noisyTokens({ tokens, dimension, beta, noise, dt: 0.05, initial: one, seed: 4 });
    system.step(600);
    const from = tokens * dimension + 1;
    const before = system.state.slice(from);
    system.step(time / 0.05);
    return Array.from(before, (v, i) => (system.state[from + i]! - v) / (time / 0.05));
  };

  it("have the order of the limit, and stay on the sphere", () => {
    const [r] = run(3, 100, 2, 0.5, 60);
    // 1/n of a mean field and of self-attention, 60 units of time of fluctuations of 0.02: below 0.03.
    const theory = noisyAttention({ dimension: 3, beta: 2 });
    expect(Math.abs(r! - theory.order(0.5 * theory.critical.value).value)).toBeLessThan(0.03);
  });

  it("fluctuate above the critical noise as theory says", () => {
    const [, square] = run(2, 60, 1, 3, 400);
    const theory = noisyAttention({ dimension: 2, beta: 1 });
    const predicted = theory.fluctuation(60, 3 * theory.critical.value);
    // Some 400 independent looks at two components: 5 %; 1/n: a few per cent. Without attention it would be two thirds of it.
    expect(Math.abs(square! / predicted - 1)).toBeLessThan(0.15);
    expect(theory.criticalOf(60)).toBeLessThan(theory.critical.value);
  });

  it("without attention are Brownian motion on the circle: the mean fades like e^(-D t)", () => {
    // The pull of the mean is weak against D = 20.
    const n = 800;
    const one = Float64Array.from({ length: 2 * n }, (_, i) => (i % 2 === 0 ? 1 : 0));
    const system = noisyTokens({ tokens: n, dimension: 2, beta: 0, noise: 20, dt: 0.001, initial: one, seed: 1 });
    system.step(50);
    const mean = [0, 1].map((c) => system.state.slice(0, 2 * n).reduce((s, v, i) => s + (i % 2 === c ? v / n : 0), 0));
    const r = Math.sqrt(mean[0]! ** 2 + mean[1]! ** 2);
    // D t = 1; the drift adds at most t / 2 = 2.5 %; chance 1 / sqrt(2 n) = 0.025.
    expect(Math.abs(Math.log(r) + 1)).toBeLessThan(0.1);
  });
});
