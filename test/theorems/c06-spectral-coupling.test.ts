// The operator of a circulant digraph measure on finitely many places, and what oscillators do under it.
//
// (A f)(x) = int f(x + d) d eta(d) multiplies e^(2 pi i k x) by the symbol at k, so a trigonometric polynomial of degree m is mapped exactly on 2 m + 1 places.
import { constant, evaluate } from "#engine";
import {
  circulantMeasure,
  flow,
  kuramotoField,
  spectralCoupling,
  twistedState,
  ringGraphon,
  type CirculantMeasure,
} from "#dynamics";
import { describe, expect, it } from "vitest";

const rho = 0.237;
const measures: [string, CirculantMeasure, (k: number) => [number, number]][] = [
  [
    "a sparse pair: cos(2 pi k rho)",
    circulantMeasure({ atoms: [1, -1].map((s) => ({ shift: s * rho, weight: 0.5 })) }),
    (k) => [Math.cos(2 * Math.PI * k * rho), 0],
  ],
  [
    "one neighbour ahead: e^(2 pi i k rho)",
    circulantMeasure({ atoms: [{ shift: rho, weight: 1 }] }),
    (k) => [Math.cos(2 * Math.PI * k * rho), Math.sin(2 * Math.PI * k * rho)],
  ],
  [
    "all within h: sin(2 pi k h) / (pi k)",
    circulantMeasure({ boxes: [{ from: -0.2, to: 0.2, height: 1 }] }),
    (k) => [k === 0 ? 0.4 : Math.sin(0.4 * Math.PI * k) / (Math.PI * k), 0],
  ],
];

describe("the operator on 41 places", () => {
  it.each(measures)("%s", (_, measure, symbol) => {
    const n = 41;
    const { mix } = spectralCoupling(measure, n);
    const x = Float64Array.from({ length: n }, (_v, j) => (j + 0.5) / n);
    for (const k of [0, 1, 2, 7, 20]) {
      const wave = x.map((v) => Math.cos(2 * Math.PI * k * v));
      const [mapped] = evaluate(() => mix(constant(wave, [n, 1])), { data: [0] }) as [Float64Array];
      const [re, im] = symbol(k);
      // The real part of symbol times e^(2 pi i k x).
      mapped.forEach((v, j) =>
        expect(Math.abs(v - (re * wave[j]! - im * Math.sin(2 * Math.PI * k * x[j]!)))).toBeLessThan(1e-13),
      );
    }
  });

  it("needs an odd number of places", () => {
    expect(() => spectralCoupling(measures[0]![1], 40)).toThrow(/40 places given; allowed: odd numbers/);
  });
});

describe("oscillators on the limit", () => {
  it("keep twisted states, and small waves on them grow at the rate of theory", () => {
    // On the k-nearest ring of half-width h the limit's growth rate is that of the graphon, for every wave number and without any 1 / n.
    const [n, h, q, m] = [65, 0.3, 1, 2];
    const measure = circulantMeasure({ boxes: [{ from: -h, to: h, height: 1 }] });
    const field = kuramotoField({ graph: spectralCoupling(measure, n), coupling: 1 });
    const x = Float64Array.from({ length: n }, (_, j) => (j + 0.5) / n);
    const system = flow({ field, initial: x.map((v) => 2 * Math.PI * q * v), dt: 2 });
    const riding = system.tangent(1);
    riding.tangents.set(x.map((v) => Math.cos(2 * Math.PI * m * v)));
    riding.step();
    x.forEach((v, j) => expect(Math.abs(riding.state[j]! - 2 * Math.PI * q * v)).toBeLessThan(1e-12));
    const w = ringGraphon(h).symbol!;
    const rate = 0.5 * (w(q + m) + w(q - m)) - w(q);
    const grown = riding.tangents[0]! / Math.cos(2 * Math.PI * m * x[0]!);
    expect(Math.abs(Math.log(grown) / 2 - rate)).toBeLessThan(1e-6);
    expect(rate).toBeLessThanOrEqual(twistedState(ringGraphon(h), q).growthRate);
  });

  it("do not depend on the number of places: 65 and 195 agree at common times to 1e-6", () => {
    const [a, b] = [65, 195].map((n) => {
      const initial = Float64Array.from({ length: n }, (_, j) => Math.sin((2 * Math.PI * (j + 0.5)) / n));
      const s = flow({ field: kuramotoField({ graph: spectralCoupling(measures[0]![1], n), coupling: 1 }), initial, dt: 1 });
      s.step();
      return s.state;
    }) as [Float64Array, Float64Array];
    // Place j of 65 is place 3 j + 1 of 195.
    a.forEach((v, j) => expect(Math.abs(v - b[3 * j + 1]!)).toBeLessThan(1e-6));
  });
});
