// Mean-field theory of wide random networks (Poole et al. 2016; Schoenholz et al. 2017): fixed points, critical lines, depth scales, and finite networks.
import { criticalLine, gaussianAverages, meanField, meanFieldOrbit, mlp, signalPropagation } from "#dynamics";
import { describe, expect, it } from "vitest";

const tanh = (weightVariance: number, biasVariance: number) => meanField({ activation: "tanh", weightVariance, biasVariance });

describe("tanh", () => {
  // Recomputed here, not only listed: a fixed point obeys its own equation, by sums over a fine grid that know nothing of the rules tested.
  const average = (f: (z: number) => number): number => {
    let s = 0;
    for (let i = -9000; i <= 9000; i++) s += f(i / 1000) * Math.exp(-0.5 * (i / 1000) ** 2);
    return s / 1000 / Math.sqrt(2 * Math.PI);
  };

  it.each([
    [1e-4, 1.086026, 0.045709],
    [1e-3, 1.18919, 0.107292],
    [0.01, 1.424205, 0.273301],
    [0.05, 1.760955, 0.570048],
    [0.1, 1.986073, 0.805799],
    [0.2, 2.285152, 1.164496],
    [0.3, 2.505127, 1.461169],
    [0.5, 2.843167, 1.971031],
    [1, 3.44321, 3.036396],
  ])("is critical at bias variance %f for weight variance %f, length %f", (biasVariance, weightVariance, length) => {
    const found = criticalLine({ activation: "tanh", biasVariance });
    // Half a unit of the sixth decimal is what is listed.
    expect(Math.abs(found.value - weightVariance)).toBeLessThan(1.1e-6);
    expect(Math.abs(found.length - length)).toBeLessThan(1.1e-6);
    expect(found.error).toBeLessThan(1e-12);
    const r = Math.sqrt(found.length);
    expect(found.value * average((z) => 1 / Math.cosh(r * z) ** 4)).toBeCloseTo(1, 12);
    expect(found.value * average((z) => Math.tanh(r * z) ** 2) + biasVariance).toBeCloseTo(found.length, 12);
    // On the line the depth scales exceed what six listed decimals resolve; beside it the phases change.
    expect(tanh(found.value, biasVariance).phase).toBe("critical");
    expect(tanh(found.value * 0.99, biasVariance).phase).toBe("ordered");
    expect(tanh(found.value * 1.01, biasVariance).phase).toBe("chaotic");
  });

  it("tends to weight variance 1 as the biases vanish", () => {
    expect(criticalLine({ activation: "tanh", biasVariance: 0 }).value).toBeCloseTo(1, 14);
    expect(criticalLine({ activation: "tanh", biasVariance: 1e-9 }).value - 1).toBeLessThan(0.01);
  });

  it.each([
    [1.3, 0.05, "ordered", 0.315316, 1, 0.880164, 7.83407],
    [2.5, 0.05, "chaotic", 1.063958, 0.446804, 1.133516, 11.7956],
    [4, 0.05, "chaotic", 2.195494, 0.165065, 1.342402, 6.98027],
  ])("at (%f, %f) is %s: q* = %f, c* = %f, chi_1 = %f, xi_c = %f", (w, b, phase, q, c, chi, xi) => {
    const found = tanh(w, b);
    expect(found.phase).toBe(phase);
    expect(found.length.value).toBeCloseTo(q, 6);
    expect(found.correlation.value).toBeCloseTo(c, 6);
    expect(found.chi.value).toBeCloseTo(chi, 6);
    expect(Math.abs(found.depthScales.correlation.value / xi - 1)).toBeLessThan(1e-5);
    // chi_c* at (2.5, 0.05) is listed as 0.918717.
    if (w === 2.5) expect(found.slope.value).toBeCloseTo(0.918717, 6);
    expect(found.depthScales.gradient.value).toBeCloseTo(-1 / Math.log(chi), 3);
    for (const e of [found.length, found.correlation, found.chi, found.slope]) expect(e.error).toBeLessThan(1e-10);
    // Stein's lemma: V'(q) = chi_1 + sigma_w^2 E phi phi'', with tanh'' = -2 tanh sech^2.
    const r = Math.sqrt(found.length.value);
    const slope = found.chi.value - 2 * w * average((z) => (Math.tanh(r * z) / Math.cosh(r * z)) ** 2);
    expect(found.depthScales.length.value).toBeCloseTo(-1 / Math.log(Math.abs(slope)), 9);
  });

  it("at (2.5, 0.3) is ordered, so c* is 1", () => {
    // The value 0.9999117 given elsewhere for c* is an orbit that has not arrived: 1 - c falls by chi_1 = 0.998929 a layer, and C is convex with
    // C(1) = 1, so that no other fixed point exists as long as chi_1 <= 1.
    const found = tanh(2.5, 0.3);
    expect([found.phase, found.correlation.value]).toEqual(["ordered", 1]);
    expect(found.length.value).toBeCloseTo(1.457716, 6);
    expect(found.chi.value).toBeCloseTo(0.998929, 6);
    expect(found.depthScales.correlation.value).toBeCloseTo(933.4452, 3);
  });

  it("has no length to converge to a correlation at when the signal dies out", () => {
    const found = tanh(0.5, 0);
    expect(found.length.value).toBe(0);
    expect(found.correlation.status).toBe("not-converged");
    expect(found.correlation.explanation).toMatch(/every correlation is kept/);
    expect(found.chi.value).toBeCloseTo(0.5, 13);
  });

  it.each([-0.5, 0.9])("leads a start with correlation %f to c*, the distance falling by chi_c* a layer", (inputCorrelation) => {
    const layers = new Array(60).fill({ weightVariance: 2.5, biasVariance: 0.05 });
    const { correlations, lengths } = meanFieldOrbit({ activation: "tanh", layers, inputCorrelation });
    expect(lengths.at(-1)).toBeCloseTo(1.0639584, 6);
    const distance = (l: number): number => correlations[l]! - 0.4468042323;
    // 0.918717^60 = 0.006 of the first distance is left; curvature changes the factor by about as much.
    expect(Math.abs(distance(59))).toBeLessThan(0.01);
    expect(Math.abs(distance(59) / distance(58) - 0.918717)).toBeLessThan(0.003);
  });
});

describe("activations with closed forms", () => {
  it("erf: length, slope and critical line", () => {
    for (const [w, b] of [
      [1.7, 0.05],
      [0.6, 0.1],
      [5, 1],
    ] as const) {
      const { length, chi } = meanField({ activation: "erf", weightVariance: w, biasVariance: b });
      const q = length.value;
      expect(Math.abs(((w * 2) / Math.PI) * Math.asin((2 * q) / (1 + 2 * q)) + b - q)).toBeLessThan(1e-13);
      expect(Math.abs((w * 4) / Math.PI / Math.sqrt(1 + 4 * q) - chi.value)).toBeLessThan(1e-13);
    }
    // chi_1 = 1 where sigma_w^2 = pi sqrt(1 + 4 q) / 4; without biases at q = 0.
    expect(criticalLine({ activation: "erf", biasVariance: 0 }).value).toBeCloseTo(Math.PI / 4, 13);
    const { value, length } = criticalLine({ activation: "erf", biasVariance: 0.2 });
    expect(value).toBeCloseTo((Math.PI / 4) * Math.sqrt(1 + 4 * length), 12);
  });

  it("ReLU: chi_1 = sigma_w^2 / 2, critical at 2 without biases, nowhere with them; lengths grow without bound beyond", () => {
    for (const w of [0.5, 1.9, 2, 3])
      expect(meanField({ activation: "relu", weightVariance: w, biasVariance: 0 }).chi.value).toBeCloseTo(w / 2, 12);
    expect(criticalLine({ activation: "relu", biasVariance: 0 }).value).toBeCloseTo(2, 12);
    expect(criticalLine({ activation: "relu", biasVariance: 0.1 })).toMatchObject({ status: "not-converged", value: NaN });
    const settled = meanField({ activation: "relu", weightVariance: 1.9, biasVariance: 0.1 });
    // q = sigma_b^2 / (1 - sigma_w^2 / 2).
    expect(settled.length.value).toBeCloseTo(2, 10);
    const critical = meanField({ activation: "relu", weightVariance: 2, biasVariance: 0 });
    expect([critical.phase, critical.length.value, critical.correlation.value]).toEqual(["critical", 1, 1]);
    for (const scale of Object.values(critical.depthScales)) expect(scale.value).toBe(Infinity);
    for (const [w, b] of [
      [3, 0],
      [2, 0.1],
    ] as const) {
      const grown = meanField({ activation: "relu", weightVariance: w, biasVariance: b });
      expect([grown.phase, grown.length.status, grown.length.value]).toEqual(["unbounded", "diverged", NaN]);
      expect(grown.length.explanation).toMatch(/grows without bound/);
    }
  });

  it("ReLU: 1 - c falls like (9 pi^2 / 2) / l^2 = 44.4132 / l^2 at criticality", () => {
    // The map of `pair` against its closed form, and the closed form far down the orbit, where 1 - c is kept as an angle to lose no digits:
    // cos theta' = (sin theta + (pi - theta) cos theta) / pi.
    const { pair } = gaussianAverages("relu");
    for (const c of [0, 0.5, 0.99, 0.99999]) {
      const angle = Math.acos(c);
      const closed = (Math.sin(angle) + (Math.PI - angle) * c) / Math.PI;
      expect(Math.abs(2 * pair(1, c).product - closed)).toBeLessThan(1e-13);
    }
    const after = (layers: number): number => {
      let d = 1;
      for (let l = 0; l < layers; l++) {
        // 1 - c' = d - (sin t - t cos t) / pi with t = 2 asin sqrt(d / 2); by its series where it cancels.
        const t = 2 * Math.asin(Math.sqrt(d / 2));
        d -= (t > 0.1 ? Math.sin(t) - t * Math.cos(t) : t ** 3 / 3 - t ** 5 / 30 + t ** 7 / 840) / Math.PI;
      }
      return d * layers ** 2;
    };
    expect(after(1000)).toBeCloseTo(43.13, 1);
    expect(after(10_000)).toBeCloseTo(44.25, 1);
    expect(Math.abs(after(1_000_000) / (4.5 * Math.PI ** 2) - 1)).toBeLessThan(1e-4);
  });
});

describe("the phases of other activations", () => {
  it("GELU: where chi_1 = 1 at small biases the length is unstable, so no critical point is named", () => {
    expect(criticalLine({ activation: "gelu", biasVariance: 0.05 }).status).toBe("not-converged");
    const { value, length } = criticalLine({ activation: "gelu", biasVariance: 0.4 });
    const at = meanField({ activation: "gelu", weightVariance: value, biasVariance: 0.4, startLength: length });
    expect(at.phase).toBe("critical");
    expect(at.length.value / length).toBeCloseTo(1, 6);
  });

  it("is not guessed where averages are not resolved: a sine of thousands of periods", () => {
    const { phase, chi, length } = meanField({ activation: "sine", weightVariance: 1e8, biasVariance: 0 });
    expect([phase, chi.status, chi.value, length.value]).toEqual(["unknown", "not-converged", NaN, NaN]);
    expect(chi.explanation).toMatch(/changes too fast/);
    // Nor where nothing is left: tanhshrink is flat at 0.
    const flat = meanField({ activation: "tanhshrink", weightVariance: 2, biasVariance: 0 });
    expect([flat.length.value, flat.chi.value, flat.correlation.status]).toEqual([0, 0, "not-converged"]);
  });

  it("refuses variances that are none", () => {
    expect(() => tanh(-1, 0)).toThrow(/weightVariance -1 given; allowed: 0 to 1e9/);
    expect(() => tanh(1, NaN)).toThrow(/biasVariance NaN/);
    expect(() => criticalLine({ activation: "tanh", biasVariance: -1 })).toThrow(/allowed: numbers from 0/);
    expect(() => meanField({ activation: "tanhh", weightVariance: 1, biasVariance: 0 })).toThrow(
      /activation "tanhh" is not known/,
    );
  });
});

describe("finite networks", () => {
  const [width, depth, draws] = [300, 20, 16];
  const measure = (w: number, b: number) => {
    const net = mlp({
      widths: new Array<number>(depth + 1).fill(width),
      init: { weights: "lecun-normal", gain: Math.sqrt(w), biasDeviation: Math.sqrt(b) },
    });
    const law = { weightVariance: w, biasVariance: b };
    return {
      measured: signalPropagation(net, { draws, inputCorrelation: 0.6 }),
      theory: meanFieldOrbit({ activation: "tanh", layers: new Array(depth).fill(law), inputCorrelation: 0.6 }),
    };
  };

  it.each([
    [1.3, 0.05],
    [2.5, 0.05],
  ])("scatter about the theory at (%f, %f) by no more than their error bars", (w, b) => {
    const { measured, theory } = measure(w, b);
    for (let l = 0; l < depth; l++) {
      // A mean square of 300 normals in 16 networks: 3 sqrt(2 / (300 * 16)) = 6 % of q; errors inherited from layers before make it no worse than 2.
      expect(Math.abs(measured.lengths.value[l]! / theory.lengths[l]! - 1)).toBeLessThan(0.08);
      expect(Math.abs(measured.correlations.value[l]! - theory.correlations[l]!)).toBeLessThan(
        5 * measured.correlations.error[l]! + 3 / width,
      );
    }
    // The seeds differ: the error bars are none of a constant.
    expect(measured.lengths.error[5]! / measured.lengths.value[5]!).toBeGreaterThan(0.005);
  });
});
