// Critical couplings from the spectrum of a graph's limit (Chiba, Medvedev 2019).
//
// Derivation. Linearised at incoherence, the first Fourier mode z(t, x, w) obeys z_t = i w z + (K / 2) int W(x, y) int z g dw dy. On an eigenfunction
// of W with eigenvalue zeta a growth rate lambda solves 1 = (K zeta / 2) int g(w) / (lambda - i w) dw; for lambda -> 0+ the integral is
// pi g(0) if g is symmetric and unimodal. So K zeta = 2 / (pi g(0)): the largest zeta for K > 0, the smallest for K < 0.
import {
  blockGraphon,
  criticalCouplings,
  erdosRenyiGraphon,
  gaussianFrequencies,
  graphon,
  graphonOrder,
  kernelExtremes,
  kernelSpectrum,
  kuramotoCriticalCoupling,
  kuramotoOrder,
  lorentzianFrequencies,
  powerLawGraphon,
  ringGraphon,
  smallWorldGraphon,
} from "#dynamics";
import { describe, expect, it } from "vitest";

/** int w(d) cos(2 pi k d) dd over the circle, by cells that end at the jump. */
const coefficient = (near: number, far: number, h: number, k: number): number => {
  const n = 4000;
  let s = 0;
  for (const [from, to, w] of [
    [0, h, near],
    [h, 0.5, far],
  ] as const)
    for (let i = 0; i < n; i++)
      s += (2 * w * Math.cos(2 * Math.PI * k * (from + ((to - from) * (i + 0.5)) / n)) * (to - from)) / n;
  return s;
};

describe("spectra in closed form", () => {
  it.each([0, 1, 2, 3, 7])("ring and small world, wave number %i: the integral of the kernel", (k) => {
    for (const h of [0.1, 0.25, 0.37, 0.5]) expect(ringGraphon(h).symbol!(k)).toBeCloseTo(coefficient(1, 0, h, k), 5);
    for (const [h, p] of [
      [0.2, 0.1],
      [0.3, 0.7],
    ] as const)
      expect(smallWorldGraphon(h, p).symbol!(k)).toBeCloseTo(coefficient(1 - p, p, h, k), 5);
  });

  it("small world: zeta_0 = 2h + p - 4ph, zeta_k = (1 - 2p) sin(2 pi k h) / (pi k)", () => {
    const { symbol } = smallWorldGraphon(0.2, 0.1);
    expect(symbol!(0)).toBeCloseTo(0.4 + 0.1 - 0.08, 15);
    expect(symbol!(3)).toBeCloseTo((0.8 * Math.sin(1.2 * Math.PI)) / (3 * Math.PI), 14);
  });

  it.each([0, 0.1, 0.25, 0.4])(
    "power law, alpha = %f: (1 - alpha)^2 / (1 - 2 alpha), within the error of the quadrature",
    (alpha) => {
      const exact = (1 - alpha) ** 2 / (1 - 2 * alpha);
      expect(powerLawGraphon(alpha).eigenvalues![0]).toBeCloseTo(exact, 14);
      const found = kernelSpectrum(powerLawGraphon(alpha), { count: 1, cells: 32 });
      expect(found.status).toBe("ok");
      expect(Math.abs(found.value[0]! - exact)).toBeLessThanOrEqual(found.error[0]!);
    },
  );
});

describe("spectra of kernels by quadrature", () => {
  it("min(x, y): 1 / ((k - 1/2) pi)^2, the eigenvalues of Brownian motion", () => {
    // A kink along the diagonal: second order in 1 / nodes.
    const found = kernelSpectrum(graphon({ value: (x, y) => Math.min(x, y) }), { count: 3, cells: 32 });
    [1, 2, 3].forEach((k, i) => {
      const off = Math.abs(found.value[i]! - 1 / ((k - 0.5) * Math.PI) ** 2);
      expect(off).toBeLessThan(found.error[i]!);
      expect(off).toBeLessThan(1e-4);
    });
  });

  it("x + y: 1/2 +- 1/sqrt 3", () => {
    const { value, error } = kernelSpectrum(graphon({ value: (x, y) => x + y }), { count: 1, cells: 16 });
    expect(Math.abs(value[0]! - 0.5 - 1 / Math.sqrt(3))).toBeLessThanOrEqual(error[0]!);
    expect(Math.abs(value[1]! - 0.5 + 1 / Math.sqrt(3))).toBeLessThanOrEqual(error[0]!);
    // The rule is of order 8 in the width of a cell.
    expect(error[0]).toBeLessThan(1e-8);
  });

  it("blocks: the eigenvalues of the small matrix, to rounding, since the rule is cut at the blocks", () => {
    // Shares a, b with chances p inside and q across: eigenvalues of [[a p, sqrt(ab) q], [sqrt(ab) q, b p]].
    const [a, b, p, q] = [0.3, 0.7, 0.2, 0.9];
    const { value } = kernelSpectrum(
      blockGraphon(
        [a, b],
        [
          [p, q],
          [q, p],
        ],
      ),
      { count: 1, cells: 16 },
    );
    const root = Math.sqrt((a * p - b * p) ** 2 + 4 * a * b * q * q);
    expect(value[0]).toBeCloseTo((p + root) / 2, 13);
    expect(value[1]).toBeCloseTo((p - root) / 2, 13);
  });

  it.each([ringGraphon(0.17), smallWorldGraphon(0.3, 0.8)])("agrees with the closed form within its error: $name", (kernel) => {
    const { largest, smallest } = kernelExtremes(kernel);
    const { value, error } = kernelSpectrum(kernel, { count: 1, cells: 32 });
    expect(Math.abs(value[0]! - largest)).toBeLessThan(error[0]!);
    expect(Math.abs(value[1]! - smallest)).toBeLessThan(error[0]!);
  });
});

describe("narrow and full rings", () => {
  it.each([0.01, 1e-4])(
    "half-width %f: the smallest eigenvalue is the least of the sinc function, at a wave as long as the ring is narrow",
    (h) => {
      const { smallest, largest, modes } = kernelExtremes(ringGraphon(h));
      expect(largest).toBe(2 * h);
      // min sin x / x = -0.21723362821, at x = 4.49340946; whole wave numbers miss it by O(h^2).
      expect(Math.abs(smallest / (2 * h) + 0.21723362821)).toBeLessThan(1e-10 + 20 * h * h);
      expect(Math.abs(modes![1] * 2 * Math.PI * h - 4.49340946)).toBeLessThan(2 * Math.PI * h);
    },
  );

  it("half of the ring on either side is all of it: one eigenvalue", () => {
    expect(kernelExtremes(ringGraphon(0.5))).toMatchObject({ largest: 1, smallest: 0 });
    expect(kernelExtremes(smallWorldGraphon(0.5, 0.2))).toMatchObject({ smallest: 0 });
    expect(kernelExtremes(smallWorldGraphon(0.5, 0.2)).largest).toBeCloseTo(0.8, 14);
  });
});

describe("critical couplings", () => {
  const alone = (f = lorentzianFrequencies(1)): number => kuramotoCriticalCoupling(f).value;

  it.each([lorentzianFrequencies(1), gaussianFrequencies(0.6)])("$name frequencies: K_c = 2 / (pi g(0) zeta)", (f) => {
    expect(criticalCouplings(erdosRenyiGraphon(0.3), f).positive.value).toBeCloseTo(alone(f) / 0.3, 12);
    expect(criticalCouplings(powerLawGraphon(0.25), f).positive.value).toBeCloseTo(alone(f) / 1.125, 12);
    const ring = criticalCouplings(ringGraphon(0.25), f);
    expect(ring.positive.value).toBeCloseTo(alone(f) / 0.5, 12);
    expect(ring.negative.value).toBeCloseTo((-alone(f) * 3 * Math.PI) / 1, 11);
    expect(ring.extremes.modes).toEqual([0, 3]);
  });

  it("Lorentzian, Delta = 1, p = 0.3: 20/3", () => {
    expect(criticalCouplings(erdosRenyiGraphon(0.3), lorentzianFrequencies(1)).positive.value).toBeCloseTo(20 / 3, 12);
  });

  it("a graph without negative eigenvalues has no negative critical coupling, and says so", () => {
    const { negative } = criticalCouplings(erdosRenyiGraphon(0.3), lorentzianFrequencies(1));
    expect(negative.status).toBe("not-converged");
    expect(negative.value).toBeNaN();
    expect(negative.explanation).toMatch(/no eigenvalue of this sign/);
    const blocks = blockGraphon(
      [0.5, 0.5],
      [
        [0.2, 0.8],
        [0.8, 0.2],
      ],
    );
    expect(criticalCouplings(blocks, lorentzianFrequencies(1)).negative.value).toBeCloseTo(2 / -0.3, 10);
  });
});

describe("order beyond the onset", () => {
  it("kernels of constant degree d behave as all-to-all coupling at d K", () => {
    const f = gaussianFrequencies(1);
    for (const kernel of [erdosRenyiGraphon(0.4), ringGraphon(0.2), smallWorldGraphon(0.2, 0)])
      expect(graphonOrder(kernel, f, 6).value).toBeCloseTo(kuramotoOrder(f, 0.4 * 6).value, 13);
    const even = blockGraphon(
      [0.5, 0.5],
      [
        [0.6, 0.2],
        [0.2, 0.6],
      ],
    );
    expect(graphonOrder(even, f, 6).value).toBeCloseTo(kuramotoOrder(f, 0.4 * 6).value, 6);
  });

  it("power law: the field is h = c (1 - alpha) x^-alpha with one equation for c", () => {
    // Rank one: h(x) = w(x) c, w = (1 - alpha) x^-alpha, c = int w R(K w c) dx, R(a) = (sqrt(1 + a^2) - 1) / a for Delta = 1.
    const [alpha, coupling] = [0.25, 4];
    const w = (x: number): number => (1 - alpha) * x ** -alpha;
    const locked = (a: number): number => (Math.sqrt(1 + a * a) - 1) / a;
    // x = t^4 takes the singularity away.
    const mean = (f: (x: number) => number): number => {
      let s = 0;
      for (let i = 0; i < 4000; i++) {
        const t = (i + 0.5) / 4000;
        s += (f(t ** 4) * 4 * t ** 3) / 4000;
      }
      return s;
    };
    let c = 1;
    for (let i = 0; i < 200; i++) c = mean((x) => w(x) * locked(coupling * w(x) * c));
    const r = mean((x) => locked(coupling * w(x) * c));
    const found = graphonOrder(powerLawGraphon(alpha), lorentzianFrequencies(1), coupling);
    expect(Math.abs(found.value - r)).toBeLessThan(2e-6);
  });

  // Rank one as above, with 4,000 Gauss nodes in u = x^(1/30) (NumPy 2.4): close to alpha = 1/2 the error bar was once 1e-6, a hundredth of the error.
  it.each([
    [0.49, 1, 0.05043313502511952],
    [0.45, 2, 0.33195708534163115],
    [0.499, 2, 0.3409920321942652],
    [0.3, 2, 0.2755495034434635],
    [0.1, 4, 0.7054502046244167],
  ])("power law, alpha = %f, K = %f: within the error bar, which is not much wider", (alpha, coupling, expected) => {
    const { value, error } = graphonOrder(powerLawGraphon(alpha), lorentzianFrequencies(1), coupling);
    const off = Math.abs(value - expected);
    expect(off).toBeLessThan(error);
    expect(error).toBeLessThan(20 * off);
  });
});
