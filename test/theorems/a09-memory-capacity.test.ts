import { characteristicRoots, delay, delayed, firstSignChange, flow, lambertW, pureDelay, specialSolution } from "#dynamics";
import { compile, constant, mul, tanh } from "#engine";
import { describe, expect, test } from "vitest";

/** x(t) of x' = a x(t - tau) with the past 1, by the method of steps, at given times. */
function solution(a: number, tau: number, times: readonly number[]): Float64Array {
  const program = compile(
    () => [
      delayed({
        field: (_x, [y]) => mul(a, y!),
        lags: [tau],
        history: () => constant([1]),
        until: times.at(-1)!,
        steps: 40,
      }).at(times),
    ],
    [],
  );
  program.run();
  return program.outputs[0]!.slice();
}

describe("x' = a x(t - tau) with a constant past", () => {
  test("its closed form is the solution by steps, as polynomial and as sum over characteristic roots", () => {
    for (const [a, tau] of [
      [-0.3, 1],
      [-1, 2],
      [-1.5, 0.7],
      [0.6, 1],
    ] as const) {
      const times = [0.5, 2.2, 6, 12, 20].map((s) => s * tau);
      const found = solution(a, tau, times);
      times.forEach((t, i) => expect(Math.abs(pureDelay(a, tau, t) - found[i]!)).toBeLessThan(2e-9 * (1 + Math.abs(found[i]!))));
    }
  });

  test("the special solution: rate, amplitude, and the rate at which the deviation from it vanishes, faster than exp(-t / tau)", () => {
    const factors = { 0.1: 1.00678535199, 0.2: 1.04165884445, 0.3: 1.20053934369, 0.36: 2.30308036687 };
    for (const [strength, factor] of Object.entries(factors)) {
      const s = specialSolution(-Number(strength), 1);
      expect(s.amplitude).toBeCloseTo(factor, 10);
      expect(s.deviation).toBeLessThan(-1);
    }
    for (const tau of [0.5, 1, 4])
      for (const strength of [0.15, 0.25, 0.33]) {
        const a = -strength / tau;
        const { rate, amplitude, deviation } = specialSolution(a, tau);
        const times = [3, 4, 5].map((s) => s * tau);
        const off = Array.from(solution(a, tau, times), (x, i) => x - amplitude * Math.exp(rate * times[i]!));
        // After the first, the next pair of roots counts for less than 3 percent of the deviation, 4 decays later.
        expect(Math.log(Math.abs(off[2]! / off[1]!)) / tau / deviation).toBeCloseTo(1, 1);
        expect(Math.abs(off[2]!)).toBeLessThan(Math.exp(-5));
      }
  });

  test("the first change of sign: exact from strength 1 on, never up to 1/e, and in between as the solution by steps has it", () => {
    for (const strength of [1, 1.5, 2, 7]) expect(firstSignChange(strength)).toBe(1 / strength);
    expect(firstSignChange(0.8)).toBeCloseTo(1.2817541634, 10);
    for (const strength of [0.1, 0.36, 0.3678]) expect(firstSignChange(strength)).toBe(Infinity);
    // Just above 1/e it is pi / omega - 4/3 with omega = sqrt(2 (e strength - 1)), up to terms of the order omega: tens of thousands of delays, in which
    // characteristic roots far down turn by more than a cosine can take.
    for (const excess of [1e-7, 1e-9, 1e-10])
      expect(Math.abs(firstSignChange((1 + excess) / Math.E) / (Math.PI / Math.sqrt(2 * excess) - 4 / 3) - 1)).toBeLessThan(2e-6);
    for (const strength of [0.9, 0.6, 0.45, 0.4]) {
      const t = firstSignChange(strength);
      const [before, after] = solution(-strength, 1, [t * (1 - 1e-6), t * (1 + 1e-6)]);
      expect(before).toBeGreaterThan(0);
      expect(after).toBeLessThan(0);
    }
    // pi / omega - 4/3 as the strength falls to 1/e.
    for (const strength of [0.375, 0.37, 0.368]) {
      const t = Math.PI / lambertW(0, -strength).im - 4 / 3;
      expect(Math.abs(firstSignChange(strength) / t - 1)).toBeLessThan(0.003 * (strength * Math.E - 1));
    }
    for (const strength of [0.1, 0.3, 0.3678])
      for (let t = 1; t <= 100; t++) expect(pureDelay(-strength, 1, t)).toBeGreaterThan(0);
  });

  test("-x exactly, with one delay's time: a = -2 / tau", () => {
    for (const tau of [0.3, 1, 5]) {
      expect(pureDelay(-2 / tau, tau, tau)).toBeCloseTo(-1, 14);
      const s = delay({ field: (_x, [y]) => mul(-2 / tau, y!), lags: [tau], history: [0.37] });
      s.step();
      expect(s.present[0]).toBeCloseTo(-0.37, 13);
    }
  });

  test("small inputs of x' = -k tanh(x(t - 1)) keep their order up to k = 1/e at all times, and change places above; those of a differential equation never", () => {
    const apart = (k: number, time: number): number => {
      const s = delay({ field: (_x, [y]) => mul(-k, tanh(y!)), lags: [1], history: [0.2] });
      const [low, high] = [0.2, 0.4].map((c) => {
        s.reset(new Float64Array(s.dim).fill(c));
        s.step(time);
        return s.present[0]!;
      });
      return high! - low!;
    };
    for (const k of [0.1, 0.3, 0.36]) for (const time of [1, 5, 10, 20]) expect(apart(k, time)).toBeGreaterThan(0);
    // The linear equation changes its sign at 6.38 for 0.4 and at 2.74 for 0.5; small inputs follow it a little later.
    for (const [k, time] of [
      [0.4, 8],
      [0.5, 4],
    ] as const)
      expect(apart(k, time)).toBeLessThan(0);
    const plain = flow({ field: (x) => mul(-3, tanh(x)), initial: [0.2], dt: 5 }).batch(2);
    plain.reset([0.2, 0.4]);
    plain.step();
    expect(plain.state[1]).toBeGreaterThan(plain.state[0]!);
  });
});

test("the deviation rate Re W_{-1} is the second characteristic root, and meets the rate at the branch point", () => {
  for (const strength of [0.1, 0.25, 0.36]) {
    const roots = characteristicRoots({ b: -strength, tau: 1, count: 2 });
    const s = specialSolution(-strength, 1);
    expect(s.rate).toBeCloseTo(roots[0]!.re, 12);
    expect(s.deviation).toBeCloseTo(roots[1]!.re, 12);
  }
  expect(specialSolution(-0.4, 1)).toEqual({ rate: NaN, amplitude: NaN, deviation: NaN });
});
