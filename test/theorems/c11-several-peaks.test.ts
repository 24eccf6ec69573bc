// Incoherence of oscillators whose frequencies have several peaks, or are lopsided, and of graphs whose eigenvalues are complex.
//
// Derivation. As in c11-growth-of-order: 1 = (K zeta / 2) I(lambda + D), I(s) = int g / (s - i omega), Re s > 0. A Lorentzian about c has I = 1 / (s + Delta - i c), by the
// residue at c + i Delta, the other pole lying below the axis. Two of them with equal shares about +-w, x = s + Delta, k = K / 2: 1 = k x / (x^2 + w^2), x = k / 2 +- sqrt(k^2 / 4 - w^2), so
// lambda = K / 4 - Delta - D +- sqrt(K^2 / 16 - w^2) (Martens, Barreto, Strogatz, Ott, So, Antonsen 2009). With d = Delta + D: complex pairs reach the axis at K = 4 d if then
// K / 4 < w, that is d < w; else the real root does, d^2 - k d + w^2 = 0: K = 2 (d^2 + w^2) / d. Shares p, q about a, b: (s - A)(s - B) = k (p (s - B) + q (s - A)).
// Even on [-gamma, gamma]: I = atan(gamma / s) / gamma, so that s = gamma / tan(gamma / k), complex k = K zeta / 2 included. On the axis within the density
// I = pi / (2 gamma) + i H, whose argument is -arg zeta at the threshold: |I| = pi / (2 gamma cos arg zeta), K_c = 4 gamma cos(arg zeta) / (pi |zeta|).
import {
  adaptive,
  criticalCouplings,
  erdosRenyiGraphon,
  flow,
  frequencyDensity,
  gaussianFrequencies,
  graphonOrder,
  incoherenceEigenvalues,
  incoherenceGrowthRate,
  incoherenceThreshold,
  kuramotoCriticalCoupling,
  kuramotoOrder,
  lorentzianFrequencies,
  lowRank,
  mixedFrequencies,
  noisyCriticalCoupling,
  noisyOrder,
  quantileFrequencies,
  ringGraphon,
  uniformFrequencies,
  vlasovField,
  vlasovFibres,
  type Complex,
  type FrequencyDensity,
} from "#dynamics";
import { describe, expect, it } from "vitest";

const twin = (make: (width: number, center: number) => FrequencyDensity, width: number, w: number): FrequencyDensity =>
  mixedFrequencies([-w, w].map((c) => ({ share: 0.5, frequencies: make(width, c) })));

const close = (found: number, exact: number, bound: number): void => expect(Math.abs(found - exact)).toBeLessThan(bound);

/** Roots of x^2 + b x + c, complex. */
function quadratic(b: Complex, c: Complex): Complex[] {
  const [re, im] = [b.re * b.re - b.im * b.im - 4 * c.re, 2 * b.re * b.im - 4 * c.im];
  const size = Math.hypot(re, im);
  const root = { re: Math.sqrt((size + re) / 2), im: Math.sign(im || 1) * Math.sqrt((size - re) / 2) };
  return [1, -1].map((sign) => ({ re: (-b.re + sign * root.re) / 2, im: (-b.im + sign * root.im) / 2 }));
}

describe("two Lorentzian peaks", () => {
  it.each([
    [0.5, 2, 4, 0],
    [0.5, 2, 2.1, 0],
    [0.3, 1.7, 9, 0.2],
    [1, 0.5, 10, 0.4],
    [1e-4, 1, 0.01, 0],
    [0.2, 30, 1e6, 5],
  ])("Delta = %f at +-%f, K = %f, D = %f: K/4 - Delta - D +- sqrt(K^2/16 - w^2)", (width, w, coupling, noise) => {
    const { value, frequencies, error, status } = incoherenceEigenvalues(twin(lorentzianFrequencies, width, w), {
      coupling,
      noise,
    });
    expect(status).toBe("ok");
    const under = (coupling * coupling) / 16 - w * w;
    const root = Math.sqrt(Math.abs(under));
    const exact = (under > 0 ? [root, -root] : [0, 0]).map((r) => coupling / 4 - width - noise + r);
    const wanted = exact.filter((v) => v > -noise);
    expect(value.length).toBe(wanted.length);
    wanted.forEach((v, i) => {
      // Rounding of the closed form itself.
      close(value[i]!, v, error[i]! + 4e-16 * (coupling + (w * w) / root));
      close(frequencies[i]!, under > 0 ? 0 : (1 - 2 * i) * root, error[i]! + 1e-15 * w);
    });
    expect(Math.max(0, ...error)).toBeLessThan(1e-12 * (coupling + w));
  });

  it.each([
    [0.5, 2, 0],
    [0.5, 2, 1.2],
    [0.5, 2, 3],
    [1, 0.5, 0],
    [0.01, 1, 0],
    [1, 1.05, 0],
    // A kernel a billionth as wide as the density, and the other way about.
    [0.5, 2, 1e-9],
    [0.5, 2, 1e6],
  ])("Delta = %f at +-%f, D = %f: ends at 4 d as a pair of waves, or at 2 (d^2 + w^2) / d, d = Delta + D", (width, w, noise) => {
    const density = twin(lorentzianFrequencies, width, w);
    const d = width + noise;
    const exact = d < w ? 4 * d : (2 * (d * d + w * w)) / d;
    const found = noise > 0 ? noisyCriticalCoupling(density, noise) : kuramotoCriticalCoupling(density);
    close(found.value, exact, found.error + 1e-15 * exact);
    expect(found.error).toBeLessThan(1e-12 * exact);
    close(found.frequency, d < w ? Math.sqrt(w * w - d * d) : 0, 1e-9);
  });

  it("where both eigenvalues meet the error says how far they may be apart", () => {
    const { value, error, frequencies } = incoherenceEigenvalues(twin(lorentzianFrequencies, 0.5, 2), { coupling: 8 });
    expect(value.length).toBe(2);
    value.forEach((v, i) => {
      expect(Math.hypot(v - 1.5, frequencies[i]!)).toBeLessThan(error[i]!);
      expect(error[i]).toBeLessThan(1e-5);
    });
  });

  it("on a graph, and for couplings below 0", () => {
    const density = twin(lorentzianFrequencies, 0.5, 2);
    const ring = ringGraphon(0.25);
    const { positive, negative } = criticalCouplings(ring, density);
    close(positive.value, 2 / 0.5, 1e-13);
    close(negative.value, 2 / ring.symbol!(3) < 0 ? 2 / ring.symbol!(3) : NaN, 1e-11);
    close(criticalCouplings(erdosRenyiGraphon(0.4), density, { noise: 0.3 }).positive.value, 3.2 / 0.4, 1e-12);
    close(kuramotoCriticalCoupling(density, -0.1).value, -20, 1e-12);
  });
});

describe("any density", () => {
  it.each([
    [{ re: 1, im: 0 }, 3, 0],
    [{ re: 0.6, im: -0.9 }, 4, 0.3],
    [{ re: 0.3, im: 1 }, 9, 0],
  ] as const)("two unlike Lorentzian peaks, zeta = %j, K = %f, D = %f: a quadratic", (zeta, coupling, noise) => {
    const [p, q] = [0.3, 0.7];
    const density = mixedFrequencies([
      { share: p, frequencies: lorentzianFrequencies(0.2, 1.1) },
      { share: q, frequencies: lorentzianFrequencies(0.7, -0.6) },
    ]);
    const k = { re: 0.5 * coupling * zeta.re, im: 0.5 * coupling * zeta.im };
    const [a, b] = [
      { re: -0.2, im: 1.1 },
      { re: -0.7, im: -0.6 },
    ];
    const times = (x: Complex, y: Complex): Complex => ({ re: x.re * y.re - x.im * y.im, im: x.re * y.im + x.im * y.re });
    const [ab, kpb, kqa] = [times(a, b), times(k, { re: p * b.re, im: p * b.im }), times(k, { re: q * a.re, im: q * a.im })];
    const exact = quadratic(
      { re: -a.re - b.re - k.re, im: -a.im - b.im - k.im },
      { re: ab.re + kpb.re + kqa.re, im: ab.im + kpb.im + kqa.im },
    )
      .filter((s) => s.re > 0)
      .sort((s, t) => t.re - s.re);
    const found = incoherenceEigenvalues(density, { coupling, noise, eigenvalue: zeta });
    expect(found.value.length).toBe(exact.length);
    expect(exact.length).toBeGreaterThan(0);
    exact.forEach((s, i) => {
      close(found.value[i]!, s.re - noise, 1e-12);
      close(found.frequencies[i]!, s.im, 1e-12);
    });
    const fastest = incoherenceGrowthRate(density, { coupling, noise, eigenvalue: zeta });
    expect([fastest.value, fastest.frequency]).toEqual([found.value[0], found.frequencies[0]]);
  });

  it.each([
    [{ re: 0.5, im: 0.6 }, 2, 0],
    [{ re: 0.1, im: -1 }, 1, 0.02],
  ] as const)("even, zeta = %j, K = %f, D = %f: gamma / tan(2 gamma / (K zeta)) - D", (zeta, coupling, noise) => {
    const gamma = 0.8;
    const { value, frequencies } = incoherenceEigenvalues(uniformFrequencies(gamma, 3), { coupling, noise, eigenvalue: zeta });
    expect(value.length).toBe(1);
    // cot(x + i y) = (sin 2x - i sinh 2y) / (cosh 2y - cos 2x).
    const size = 0.5 * coupling * (zeta.re ** 2 + zeta.im ** 2);
    const [x, y] = [(gamma * zeta.re) / size, (-gamma * zeta.im) / size];
    const under = Math.cosh(2 * y) - Math.cos(2 * x);
    close(value[0]!, (gamma * Math.sin(2 * x)) / under - noise, 1e-13);
    close(frequencies[0]!, 3 - (gamma * Math.sinh(2 * y)) / under, 1e-13);
  });

  it.each([0, 0.4, 1, 1.4, -1.2])("even, zeta = e^(%f i): ends at (4 gamma / pi) cos(arg zeta)", (angle) => {
    const eigenvalue = { re: Math.cos(angle), im: Math.sin(angle) };
    const { value, error } = incoherenceThreshold(uniformFrequencies(0.8), { eigenvalue });
    close(value, (3.2 / Math.PI) * Math.cos(angle), error + 1e-15);
    // At the edges of the density, to which the last one comes near, everything is steep.
    expect(error).toBeLessThan(1e-9);
  });

  it("a lopsided one: e^(-x) from 0 on, by its relation on a rule of its own", () => {
    const density = frequencyDensity({ density: (x) => (x >= 0 ? Math.exp(-x) : 0), places: [0, 1], center: 2 });
    const { value, frequencies } = incoherenceEigenvalues(density, { coupling: 3, noise: 0.1 });
    expect(value.length).toBe(1);
    const [p, q] = [value[0]! + 0.1, frequencies[0]! - 2];
    let [re, im] = [0, 0];
    const h = 1e-4;
    for (let i = 0; i < 400_000; i++) {
      const x = (i + 0.5) * h;
      const size = p * p + (q - x) ** 2;
      re += (h * Math.exp(-x) * p) / size;
      im += (h * Math.exp(-x) * (x - q)) / size;
    }
    // The midpoint rule's own error.
    close(re * 1.5, 1, 1e-7);
    close(im, 0, 1e-7);
  });

  it("a Lorentzian turns with its center; of one group it is that group", () => {
    const { value, frequency } = incoherenceGrowthRate(
      mixedFrequencies([{ share: 1, frequencies: lorentzianFrequencies(0.7, 4) }]),
      {
        coupling: 3,
        noise: 0.2,
      },
    );
    close(value, 0.6, 1e-13);
    close(frequency, 4, 1e-13);
    for (const f of [gaussianFrequencies(0.6, 1), uniformFrequencies(0.9)]) {
      const one = mixedFrequencies([{ share: 1, frequencies: f }]);
      for (const coupling of [1.01, 1.5, 8].map((k) => k * kuramotoCriticalCoupling(f).value)) {
        const [a, b] = [f, one].map((g) => incoherenceGrowthRate(g, { coupling, noise: 0.1 }));
        close(a!.value, b!.value, a!.error + b!.error);
      }
      close(kuramotoCriticalCoupling(one).value, kuramotoCriticalCoupling(f).value, 1e-13);
      close(noisyCriticalCoupling(one, 0.3).value, noisyCriticalCoupling(f, 0.3).value, 1e-13);
    }
  });

  it("three peaks apart have an eigenvalue each, k share - Delta + i c to second order in k over their distance", () => {
    const groups = [-10, 3, 14].map((c, i) => ({ share: (i + 1) / 6, frequencies: lorentzianFrequencies(0.1, c) }));
    const { value, frequencies } = incoherenceEigenvalues(mixedFrequencies(groups), { coupling: 2 });
    expect(value.length).toBe(3);
    [...groups].reverse().forEach(({ share, frequencies: { center } }, i) => {
      close(value[i]!, share - 0.1, 2e-3);
      close(frequencies[i]!, center, 0.05);
    });
  });

  it("no eigenvalue below the threshold, and a root on the line is told", () => {
    const density = twin(uniformFrequencies, 1, 3);
    const { value, frequency } = kuramotoCriticalCoupling(density);
    expect(frequency).toBeGreaterThan(1);
    expect(incoherenceEigenvalues(density, { coupling: 0.999 * value }).value.length).toBe(0);
    expect(incoherenceEigenvalues(density, { coupling: 1.001 * value }).value.length).toBe(2);
    const none = incoherenceGrowthRate(density, { coupling: 0.999 * value });
    expect([none.status, none.value]).toEqual(["not-converged", NaN]);
    expect(none.explanation).toMatch(/no eigenvalue to the right .* incoherence is neutral/);
    expect(incoherenceEigenvalues(twin(lorentzianFrequencies, 0.5, 2), { coupling: 2 }).explanation).toMatch(/a critical one/);
    expect(incoherenceEigenvalues(density, { coupling: 0 }).value.length).toBe(0);
    expect(incoherenceThreshold(density, { eigenvalue: -1 }).explanation).toMatch(/does not end by it/);
    expect(incoherenceThreshold(density, { eigenvalue: 0 }).explanation).toMatch(/not coupled/);
  });
});

/** The growth rate and the frequency of y'' = 2 a y' - (a^2 + w^2) y from four values h apart. */
function wave(y: readonly number[], h: number): [number, number] {
  const [y0, y1, y2, y3] = y as [number, number, number, number];
  const under = y1 * y1 - y0 * y2;
  const [sum, product] = [(y1 * y2 - y0 * y3) / under, (y2 * y2 - y1 * y3) / under];
  return [Math.log(product) / (2 * h), Math.acos(sum / (2 * Math.sqrt(product))) / h];
}

describe("measured", () => {
  it.each([
    [1, 2, 4.5, 0],
    [0.5, 1.5, 3, 0.2],
  ])(
    "in the Vlasov equation: normal peaks of deviation %f at +-%f, K = %f, D = %f grow as a wave",
    (width, w, coupling, noise) => {
      const density = twin(gaussianFrequencies, width, w);
      const fibres = vlasovFibres(ringGraphon(0.5), { frequencies: density, quantiles: 128 });
      const modes = 2;
      const initial = new Float64Array(fibres.weights.length * modes * 2);
      for (let f = 0; f < fibres.weights.length; f++) initial[2 * modes * f] = 1e-9;
      const system = flow({
        field: vlasovField({ ...fibres, coupling, noise, modes }),
        initial,
        dt: 0.5,
        controller: adaptive({ rtol: 1e-8, atol: 1e-16 }),
      });
      system.step(32);
      const y = Array.from({ length: 4 }, () => {
        system.step();
        return fibres.weights.reduce((s, weight, f) => s + weight * system.state[2 * modes * f]!, 0);
      });
      const { value, frequency } = incoherenceGrowthRate(density, { coupling, noise });
      const [rate, turning] = wave(y, 0.5);
      // What does not grow has fallen behind by e^(-16 (lambda + D)), 2e-3 or less of it in the first case.
      close(rate, value, 3e-3);
      close(turning, frequency, 3e-3);
    },
  );

  it("on a directed ring of five places, even frequencies: the turning mode grows where the largest eigenvalue has none", () => {
    const [places, gamma, nodes] = [5, 1, 64];
    const omega = quantileFrequencies(uniformFrequencies(gamma), nodes);
    const n = places * nodes;
    const [left, right] = [new Float64Array(n * places), new Float64Array(n * places)];
    for (let f = 0; f < n; f++) {
      const here = Math.floor(f / nodes);
      left[f * places + ((here + places - 1) % places)] = 1;
      right[f * places + here] = n / nodes;
    }
    const angle = (2 * Math.PI) / places;
    const eigenvalue = { re: Math.cos(angle), im: Math.sin(angle) };
    const critical = incoherenceThreshold(uniformFrequencies(gamma), { eigenvalue }).value;
    expect(critical).toBeLessThan(0.4 * kuramotoCriticalCoupling(uniformFrequencies(gamma)).value);
    const coupling = 1.2;
    const field = vlasovField({
      graph: lowRank(left, right, places),
      coupling,
      frequencies: Float64Array.from({ length: n }, (_, f) => omega[f % nodes]!),
      modes: 1,
    });
    const initial = new Float64Array(2 * n);
    for (let f = 0; f < nodes; f++) initial[2 * f] = 1e-9;
    const system = flow({ field, initial, dt: 5, controller: adaptive({ rtol: 1e-8, atol: 1e-16 }) });
    const size = (): number => {
      let sum = 0;
      for (let p = 0; p < places; p++) {
        let [re, im] = [0, 0];
        for (let f = p * nodes; f < (p + 1) * nodes; f++) {
          re += system.state[2 * f]! / nodes;
          im += system.state[2 * f + 1]! / nodes;
        }
        sum += re * re + im * im;
      }
      return Math.sqrt(sum);
    };
    system.step(12);
    const before = size();
    system.step(6);
    const rates = [eigenvalue, { ...eigenvalue, im: -eigenvalue.im }].map(
      (zeta) => incoherenceGrowthRate(uniformFrequencies(gamma), { coupling, eigenvalue: zeta }).value,
    );
    close(rates[0]!, rates[1]!, 1e-13);
    expect(rates[0]).toBeGreaterThan(0.07);
    expect(incoherenceGrowthRate(uniformFrequencies(gamma), { coupling }).value).toBeNaN();
    // Two modes of one rate that turn against each other, and the grain of 64 frequencies.
    close(Math.log(size() / before) / 30, rates[0]!, 0.005);
  });
});

describe("densities", () => {
  it("of groups: quantiles are those of the mixture", () => {
    const density = mixedFrequencies([
      { share: 0.25, frequencies: uniformFrequencies(1, -3) },
      { share: 0.75, frequencies: uniformFrequencies(2, 5) },
    ]);
    expect(density.center).toBe(3);
    close(density.quantile!(0.125), -3, 1e-14);
    close(density.quantile!(0.25 + 0.75 / 4), 4, 1e-14);
    close(
      quantileFrequencies(density, 1000).reduce((s, v) => s + v / 1000, 0),
      density.center,
      1e-2,
    );
    close(density.density(2), 0.75 / 4, 1e-15);
  });

  it("refuses what is none", () => {
    const l = lorentzianFrequencies(1);
    expect(() => mixedFrequencies([{ share: 0.5, frequencies: l }])).toThrow(
      /shares 0.5 given; allowed: numbers above 0 that add up to 1/,
    );
    expect(() => mixedFrequencies([])).toThrow(/shares none given/);
    expect(() => frequencyDensity({ density: (x) => Math.exp(-x * x), places: [0, 1] })).toThrow(/integral 1.77245.*allowed: 1/);
    expect(() => frequencyDensity({ density: (x) => 1 / (1 + x * x) - 0.3, places: [0, 1] })).toThrow(
      /the density is -0.*allowed: from 0/,
    );
    expect(() => frequencyDensity({ density: () => NaN, places: [0, 1] })).toThrow(/the density is NaN/);
    expect(() => frequencyDensity({ density: () => 1, places: [0] })).toThrow(/at least two finite distances/);
    // A peak that no place names is found missing by the integral.
    const hidden = (x: number): number => 0.5 * l.density(x) + (Math.abs(x - 7.3) < 1e-7 ? 2.5e6 : 0);
    expect(() => frequencyDensity({ density: hidden, places: [-1, 0, 1] })).toThrow(/integral 0.[45]/);
    const mixed = mixedFrequencies([{ share: 1, frequencies: l }]);
    const not = mixed as never;
    for (const ask of [
      () => kuramotoOrder(not, 3),
      () => noisyOrder(not, { coupling: 3, noise: 1 }),
      () => graphonOrder(erdosRenyiGraphon(1), not, 3),
    ])
      expect(ask).toThrow(/the density lorentzian given, which may have several peaks.*incoherenceEigenvalues/);
    expect(() => incoherenceEigenvalues(mixed, { coupling: 1, noise: -1 })).toThrow(/noise -1 given/);
    expect(() => incoherenceEigenvalues(mixed, { coupling: 1, eigenvalue: { re: 1, im: NaN } })).toThrow(
      /imaginary part of eigenvalue NaN/,
    );
    expect(() => incoherenceThreshold(mixed, { noise: -1 })).toThrow(/noise -1 given/);
  });
});
