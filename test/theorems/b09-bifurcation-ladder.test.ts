// The whole ladder of bifurcations of the cubic map x' = r x - x^3, r = 1 + eta, which is gradient descent on L = (ab - 1)^2 / 2 from a = b
// (see b09-cubic-map.test.ts for the change of variables).
//
// Derivations.
// - The minimum x^2 = r - 1 has the multiplier r - 3 (r - 1) = 3 - 2 r: monotone for eta <= 1/2, alternating for 1/2 < eta < 1, a flip at r = 2.
// - The 2-cycle has x y = 1, x^2 + y^2 = r and the multiplier 9 - 2 r^2: a flip at r = sqrt 5.
// - Bands: the largest value on x > 0 is f(sqrt(r/3)) = (2 r / 3) sqrt(r / 3). It passes the zero sqrt r of f at r = 3 sqrt 3 / 2; from there on
//   the orbit changes sign.
// - At r = 3, x = 2 sin t turns the map into t' = 3 t. The factor along is 3 - 3 x^2 = 3 (1 - 4 sin^2 t), across (1 - eta + x^2 = x^2 - 1)
//   minus a third of it. E log |1 - 4 sin^2 t| = E log |1 - 2 cos u| (u = 2 t) is the Mahler measure of z^2 - z + 1, whose roots lie on the
//   unit circle, so it is 0: the exponents are log 3 and 0. Above r = 3 the interval [-2, 2] has a hole and almost every orbit escapes.
import { at, grad, mul, stack, sub, type Tensor } from "#engine";
import { families, orbitDiagram, periodDoubling, periodicOrbit, transverseExponents } from "#dynamics";
import { describe, expect, it } from "vitest";

const cubic = (x: Tensor, r: Tensor): Tensor => sub(mul(r, x), mul(x, mul(x, x)));
const objective = (w: Tensor): Tensor => {
  const r = sub(mul(at(w, 0), at(w, 1)), 1);
  return mul(0.5, mul(r, r));
};
const descent = (w: Tensor, eta: Tensor): Tensor => sub(w, mul(eta, grad(objective)(w)));
/** Along the diagonal alone. */
const along = (etas: readonly number[], steps: number, more = {}) =>
  orbitDiagram({ f: cubic, parameters: etas.map((e) => 1 + e), initial: [0.7], steps, ...more });

describe("the ladder of gradient descent on (ab - 1)^2 / 2 from a balanced start", () => {
  it("converges without overshooting up to eta = 1/2 and by alternation up to eta = 1", () => {
    for (const eta of [0.3, 0.5, 0.7, 0.95]) {
      const orbit = periodicOrbit({
        f: cubic,
        parameter: 1 + eta,
        period: 1,
        guess: [Math.sqrt(eta) + 0.01],
      });
      expect(Math.abs(orbit.multipliers[0]![0] - (1 - 2 * eta))).toBeLessThan(1e-12);
    }
    const { exponents, periods } = along([0.3, 0.7, 0.95], 4000);
    expect([...periods]).toEqual([1, 1, 1]);
    [0.4, 0.4, 0.9].forEach((m, i) => expect(Math.abs(exponents.value[i]! - Math.log(m))).toBeLessThan(1e-12));
  });

  it("flips at eta = 1 and at r = sqrt 5, where multipliers are -1", () => {
    const first = periodDoubling({ f: cubic, period: 1, between: [1.5, 2.2], guess: [0.7] });
    expect(Math.abs(first.value - 2)).toBeLessThan(1e-11);
    // The second on the weights themselves: the 2-cycle is isolated, unlike the minimum.
    const second = periodDoubling({ f: descent, period: 2, between: [1.05, 1.3], guess: [0.75, 0.75] });
    expect(Math.abs(second.value - (Math.sqrt(5) - 1))).toBeLessThan(1e-11);
    expect(Math.abs(second.value - 1.236068)).toBeLessThan(1e-6);
  });

  it.each([1.1, 1.4, 1.9])(
    "has a 2-cycle with xy = 1, x^2 + y^2 = r and multipliers 9 - 2 r^2 and 5 - 2 r at eta = %f",
    (eta) => {
      const r = 1 + eta;
      const y = Math.sqrt(0.5 * (r + Math.sqrt(r * r - 4)));
      const orbit = periodicOrbit({
        f: descent,
        parameter: eta,
        period: 2,
        guess: [y / Math.sqrt(eta), y / Math.sqrt(eta)],
      });
      const [x0, x1] = [orbit.points[0]!, orbit.points[2]!].map((w) => Math.sqrt(eta) * w) as [number, number];
      expect(Math.abs(x0 * x1 - 1)).toBeLessThan(1e-13);
      expect(Math.abs(x0 * x0 + x1 * x1 - r)).toBeLessThan(1e-13);
      const exact = [9 - 2 * r * r, 5 - 2 * r].sort((a, b) => Math.abs(b) - Math.abs(a));
      exact.forEach((m, i) => expect(Math.abs(orbit.multipliers[i]![0] - m)).toBeLessThan(1e-11));
    },
  );

  it("doubles its period again and again: distances shrink by Feigenbaum's 4.6692, to r = 2.30228", () => {
    // Brackets around each flip, each starting where the orbit of that period attracts.
    const brackets: [number, number, number][] = [
      [2, 2.1, 2.27],
      [4, 2.25, 2.295],
      [8, 2.29, 2.3015],
      [16, 2.3003, 2.3022],
      [32, 2.3017, 2.30227],
    ];
    const flips = [2];
    for (const [period, from, to] of brackets) {
      const { orbits, periods } = orbitDiagram({
        f: cubic,
        parameters: [from],
        initial: [0.7],
        transient: 50_000,
      });
      expect(periods[0]).toBe(period);
      const { value, status } = periodDoubling({
        f: cubic,
        period,
        between: [from, to],
        guess: [orbits[0]!],
      });
      expect(status).toBe("ok");
      flips.push(value);
    }
    const gaps = flips.slice(1).map((x, i) => x - flips[i]!);
    const ratios = gaps.slice(1).map((g, i) => gaps[i]! / g);
    // 4.543, 4.641, 4.663, 4.668: each closer to delta than the one before.
    ratios.forEach((q, i) => expect(Math.abs(q - 4.669201609)).toBeLessThan(0.13 / 4.5 ** i));
    const limit = flips.at(-1)! + gaps.at(-1)! / (4.669201609 - 1);
    expect(Math.abs(limit - 2.3023)).toBeLessThan(5e-5);
  });

  it("has period 16 at r = 2.301 and none at r = 2.3025, where the exponent is positive", () => {
    const { periods, exponents } = along([1.301, 1.3025], 100_000, { transient: 20_000 });
    expect([...periods]).toEqual([16, 0]);
    expect(exponents.value[0]!).toBeLessThan(0);
    expect(exponents.value[1]!).toBeGreaterThan(10 * exponents.error[1]!);
  });

  it("merges its two bands at r = 3 sqrt 3 / 2: the orbit changes sign above, not below", () => {
    const merge = 1.5 * Math.sqrt(3);
    expect(Math.abs(merge - 1 - 1.5980762)).toBeLessThan(5e-8);
    // The hole that leads across has a width of about sqrt(r - merge): at 1e-4 above, a thousand steps find it.
    const { orbits, record } = orbitDiagram({
      f: cubic,
      parameters: [merge - 1e-4, merge + 1e-4],
      initial: [0.7],
      record: 20_000,
      steps: 20_000,
    });
    const signs = [0, 1].map((i) => new Set(orbits.subarray(i * record, (i + 1) * record).map(Math.sign)).size);
    expect(signs).toEqual([1, 2]);
  });

  it("has a window of period 6 at eta = 1.7 whose exponent is that of its multiplier: -0.4351", () => {
    const { periods, exponents, orbits } = along([1.7], 6000, { transient: 20_000 }); // the orbit wanders before it settles
    expect(periods[0]).toBe(6);
    const orbit = periodicOrbit({ f: cubic, parameter: 2.7, period: 6, guess: [orbits[0]!] });
    const exact = Math.log(Math.abs(orbit.multipliers[0]![0])) / 6;
    expect(Math.abs(exponents.value[0]! - exact)).toBeLessThan(1e-10);
    expect(Math.abs(exact - -0.435)).toBeLessThan(5e-4);
  });

  it("escapes above r = 3 and not below", () => {
    const { statuses } = along([1.99, 1.9999, 2.001, 2.05], 200_000);
    expect(statuses).toEqual(["ok", "ok", "diverged", "diverged"]);
  });
});

describe("Lyapunov exponents", () => {
  // Listed values of one orbit of 3e5 steps, whose own standard error is about 5e-4 to 1e-3 where the orbit is chaotic. Averages over 128
  // orbits of 4e5 steps (standard error 6e-5) put the truth at 0.27707, 0.49131, 0.67727, 0.80668 and 0.94987: the listed 0.2762, 0.4921,
  // 0.679 and 0.951 are off by 1 to 2 in the third digit, which is their sampling error, so 2e-3 is the tolerance for them.
  const listed = [
    [1.05, -0.2596],
    [1.2, -0.1928],
    [1.25, -0.1774],
    [1.3, -0.0588],
    [1.35, 0.2762],
    [1.5, 0.4921],
    [1.598, 0.679],
    [1.7, -0.435],
    [1.8, 0.807],
    [1.95, 0.951],
  ] as const;
  const { exponents, periods } = along(
    listed.map(([eta]) => eta),
    300_000,
    { transient: 20_000 },
  );

  it("are the listed ones", () => {
    listed.forEach(([, value], i) => {
      const tolerance = periods[i]! > 0 ? 5e-4 : 2e-3;
      expect(Math.abs(exponents.value[i]! - value)).toBeLessThan(tolerance);
    });
  });

  it("agree with the plain average of log |r - 3 x^2| over another start", () => {
    listed.forEach(([eta], i) => {
      if (periods[i]! > 0) return;
      let [x, s] = [0.3 + 0.1 * eta, 0];
      const n = 1_000_000;
      for (let t = 0; t < n; t++) {
        s += Math.log(Math.abs(1 + eta - 3 * x * x));
        x *= 1 + eta - x * x;
      }
      expect(Math.abs(exponents.value[i]! - s / n)).toBeLessThan(5 * exponents.error[i]!);
    });
  });

  it("are log 3 and 0 at eta = 2", () => {
    const { exponents: both } = orbitDiagram({
      f: descent,
      parameters: [2],
      initial: [0.3, 0.3],
      k: 2,
      steps: 100_000,
    });
    expect(Math.abs(both.value[0]! - Math.log(3))).toBeLessThan(5 * both.error[0]! + 1e-4);
    expect(Math.abs(both.value[1]!)).toBeLessThan(5 * both.error[1]! + 1e-4);
  });

  it("across the diagonal are 0 up to eta = 1 and negative from there to eta = 2", () => {
    // With k = 2 both exponents come out in descending order; the one along is known, so the other is their sum minus it.
    const etas = [0.4, 0.8, 1.05, 1.2, 1.35, 1.5, 1.95];
    const both = orbitDiagram({
      f: descent,
      parameters: etas,
      initial: [0.7, 0.7],
      k: 2,
      transient: 20_000,
      steps: 300_000,
    });
    const one = along(etas, 300_000, { transient: 20_000 });
    // Closed forms 0, 0, log |5 - 2 r| / 2 twice; then listed values, again from one orbit of 3e5 steps.
    const exact = [0, 0, 0.5 * Math.log(0.9), 0.5 * Math.log(0.6), -0.679, -0.743, -0.149];
    exact.forEach((value, i) => {
      const across = both.exponents.value[2 * i]! + both.exponents.value[2 * i + 1]! - one.exponents.value[i]!;
      expect(Math.abs(across - value)).toBeLessThan(i < 4 ? 1e-10 : 4e-3);
    });
    const range = Array.from({ length: 95 }, (_, i) => 1.03 + 0.01 * i);
    // The same factor as an orbit of its own: d' = d (1 - eta + x^2) rides along with x.
    const pair = (s: Tensor, r: Tensor): Tensor => {
      const x = at(s, 0);
      return stack([sub(mul(r, x), mul(x, mul(x, x))), mul(at(s, 1), sub(mul(x, x), sub(r, 2)))]);
    };
    const wide = orbitDiagram({
      f: pair,
      parameters: range.map((eta) => 1 + eta),
      initial: [0.7, 0],
      k: 2,
      steps: 20_000,
    });
    const first = along(range, 20_000);
    range.forEach((_, i) => {
      const across = wide.exponents.value[2 * i]! + wide.exponents.value[2 * i + 1]! - first.exponents.value[i]!;
      expect(across).toBeLessThan(0);
    });
  });
});

describe("transverseExponents of the families of the catalogue", () => {
  const of = (name: string, parameters: readonly number[], more = {}) => {
    const { f, across, initial } = families.find((x) => x.name === name)!;
    return transverseExponents({ f, factor: across!.factor, parameters, initial, transient: 20_000, steps: 100_000, ...more });
  };

  it.each([
    ["balanced-network", 0],
    ["cubic", 1],
  ])("%s: 0 on the minima, log |5 - 2 r| / 2 on the 2-cycle, the listed values beyond", (name, shift) => {
    const etas = [0.15, 0.45, 0.93, 1.02, 1.11, 1.23, 1.35, 1.5, 1.95];
    const { value, error } = of(
      name,
      etas.map((e) => e + shift),
    );
    etas.slice(0, 3).forEach((_, i) => expect(Math.abs(value[i]!)).toBeLessThan(1e-14));
    [1.02, 1.11, 1.23].forEach((eta, i) =>
      expect(Math.abs(value[3 + i]! - 0.5 * Math.log(Math.abs(5 - 2 * (1 + eta))))).toBeLessThan(1e-9),
    );
    [-0.679, -0.743, -0.149].forEach((exact, i) => {
      // The last digit, and five standard errors of this orbit.
      expect(Math.abs(value[6 + i]! - exact)).toBeLessThan(5 * error[6 + i]! + 1e-3);
    });
  });

  it("agrees with two weights that are nearly equal: a - b is multiplied by these factors", () => {
    const eta = 1.05;
    let [a, b] = [0.3 + 5e-10, 0.3 - 5e-10];
    const before = a - b;
    for (let t = 0; t < 40; t++) {
      const s = eta * (a * b - 1);
      [a, b] = [a - s * b, b - s * a];
    }
    const { value } = of("balanced-network", [eta], { transient: 0, steps: 40 });
    // The weights are rounded at 1e-16 of a difference of 1e-9 in each step.
    expect(Math.abs(Math.log(Math.abs((a - b) / before)) / 40 - value[0]!)).toBeLessThan(1e-6);
    expect(value[0]!).toBeLessThan(-0.02);
  });

  it("is NaN where the orbit escapes, and refuses what makes no sense", () => {
    const found = of("balanced-network", [1.5, 2.2], { transient: 100, steps: 200 });
    expect(Number.isNaN(found.value[1]!)).toBe(true);
    expect(found.explanation).toMatch(/1 of 2 orbits left/);
    expect(() => of("cubic", [], {})).toThrow(/parameters 0 given/);
    expect(() => of("cubic", [2], { steps: 5 })).toThrow(/steps 5 given; allowed: integers from 20/);
  });
});
