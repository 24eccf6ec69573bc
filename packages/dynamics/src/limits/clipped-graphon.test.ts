// W = min(1, F (x y)^-alpha), F = (1 - alpha)^2, is 1 where x y < c = F^(1 / alpha). With s = x y, of density -log s on (0, 1), int int W^p is one integral.
import { describe, expect, it } from "vitest";
import { flow } from "../flow/flow.js";
import { clippedGraphon } from "./clipped-graphon.js";
import { alongEdges } from "./coupling-matrix.js";
import { lorentzianFrequencies, quantileFrequencies } from "./frequencies.js";
import { degreeOf } from "./graphon-degree.js";
import { graphon, powerLawGraphon, ringGraphon } from "./graphon.js";
import { graphonOrder } from "./graphon-order.js";
import { kernelSpectrum } from "./kernel-spectrum.js";
import { kuramotoField, orderParameter } from "./kuramoto.js";
import { perronRoot } from "./perron-root.js";
import { sampleGraph } from "./random-graphs.js";

const made = (alpha: number) => {
  const F = (1 - alpha) ** 2;
  const c = F ** (1 / alpha);
  const power = (p: number): number => {
    const m = 1 - alpha * p;
    return c * (1 - Math.log(c)) + F ** p * (1 / m ** 2 + (c ** m * Math.log(c)) / m - c ** m / m ** 2);
  };
  const degree = (x: number): number => (x <= c ? 1 : c / x + (F * x ** -alpha * (1 - (c / x) ** (1 - alpha))) / (1 - alpha));
  return { kernel: clippedGraphon(powerLawGraphon(alpha)), power, degree };
};

describe.each([0.1, 0.4])("power-law chances cut at 1, alpha = %f", (alpha) => {
  const { kernel, power, degree } = made(alpha);

  it("have their degrees in closed form", () => {
    // Quadrature across a bend, with 64 nodes.
    for (const x of [0.001, 0.1, 0.5, 0.99]) expect(Math.abs(degreeOf(kernel)(x) - degree(x))).toBeLessThan(2e-3);
  });

  it("have eigenvalues whose squares add up to int int W^2, and are several: rank one is lost", () => {
    const { value, error, status } = kernelSpectrum(kernel, { count: 8, cells: 32 });
    expect(status).toBe("ok");
    const left = power(2) - value.reduce((s, v) => s + v * v, 0);
    // What is left out is positive, and small beside the last that is counted.
    expect(left).toBeGreaterThan(-4 * error[0]!);
    expect(left).toBeLessThan(20 * value[15]! ** 2 + 4 * error[0]!);
    expect(value[8]!).toBeLessThan(-0.01);
  });

  it("are those of sampled graphs: density, degrees and largest eigenvalue", () => {
    const n = 400;
    const g = sampleGraph(kernel, n, { seed: 5 });
    const edges = g.columns.length / (n * n);
    // Without loops, which are a share of 1/n; chance is below 1 / n.
    expect(Math.abs(edges - power(1))).toBeLessThan(3 / n);
    for (const from of [0, 0.4, 0.9]) {
      const [first, last] = [from * n, (from + 0.1) * n];
      const mean = (g.offsets[last]! - g.offsets[first]!) / (0.1 * n) / n;
      let expected = 0;
      for (let i = first; i < last; i++) expected += degree((i + 0.5) / n) / (0.1 * n);
      // 40 nodes of 400 chances each: a deviation of at most 0.5 / sqrt 16000 = 0.004, and the loops.
      expect(Math.abs(mean - expected)).toBeLessThan(0.015);
    }
    const zeta = kernelSpectrum(kernel, { count: 1, cells: 32 }).value[0]!;
    expect(Math.abs(perronRoot(g).value / n - zeta)).toBeLessThan(3 / n);
    // The weights as they are have another one: it is the clipped kernel that the graphs tend to.
    if (alpha > 0.2) expect(powerLawGraphon(alpha).eigenvalues![0]! - zeta).toBeGreaterThan(0.1);
  });
});

it("tells the order of oscillators on sampled graphs", () => {
  const [n, coupling] = [250, 3];
  const density = lorentzianFrequencies(1);
  const kernel = clippedGraphon(powerLawGraphon(0.4));
  const omega = quantileFrequencies(density, n);
  const field = kuramotoField({
    graph: alongEdges(sampleGraph(kernel, n, { seed: 2 })),
    coupling,
    // Dealt to the nodes in a fixed order that has nothing to do with their places.
    frequencies: omega.map((_, i) => omega[(i * 77) % n]!),
  });
  const system = flow({ field, initial: new Float64Array(n), dt: 2 });
  system.step(6);
  let mean = 0;
  for (let i = 0; i < 8; i++) {
    system.step();
    mean += orderParameter(system.state).r / 8;
  }
  const predicted = graphonOrder(kernel, density, coupling).value;
  expect(Math.abs(mean - predicted)).toBeLessThan(3 / Math.sqrt(n));
  // The weights uncut would have another one, further away than that.
  expect(Math.abs(graphonOrder(powerLawGraphon(0.4), density, coupling).value - predicted)).toBeGreaterThan(3 / Math.sqrt(n));
});

it("leaves kernels alone that are chances already, and cuts others at both ends", () => {
  const ring = ringGraphon(0.2);
  expect(clippedGraphon(ring)).toBe(ring);
  const own = clippedGraphon(graphon({ value: (x, y) => 3 * (x + y) - 2, breaks: [0.5] }));
  expect([own.value(0.1, 0.1), own.value(0.5, 0.4).toFixed(12), own.value(0.9, 0.9), own.probability]).toEqual([
    0,
    "0.700000000000",
    1,
    true,
  ]);
  expect(own.breaks).toEqual([0.5]);
});

it("is what a refused sample names as the remedy", () => {
  expect(() => sampleGraph(powerLawGraphon(0.3), 10)).toThrow(/W\(.*\) is 2\.126.* its clippedGraphon, or edges: "weighted"/);
});
