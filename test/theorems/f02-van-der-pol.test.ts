import { at, mul, square, stack, sub, type Tensor } from "#engine";
import { adaptive, dopri5, dopri8, flow, lyapunov, poincareMap, rodas5p, tsit5 } from "separatrix";
import { expect, test } from "vitest";

/** x'' = mu (1 - x^2) x' - x. */
const vanDerPol =
  (mu: number) =>
  (x: Tensor): Tensor =>
    stack([at(x, 1), sub(mul(mu, mul(sub(1, square(at(x, 0))), at(x, 1))), at(x, 0))]);

// Periods and amplitudes by independent computation to ten digits. For mu = 5 an amplitude of 2.0215080227 was also given: the largest of sampled states,
// 4e-8 below the turning point, which three of our solvers put at 2.02150806156.
const KNOWN = [
  [0.1, 6.2871112723, undefined],
  [1, 6.6632868593, 2.0086198609],
  [5, 11.6122306677, 2.02150806156],
  [10, 19.0783695669, undefined],
] as const;

test.each(KNOWN)("F2: period and amplitude of the van der Pol cycle at mu = %f by its Poincare map", (mu, period, amplitude) => {
  // The section x' = 0, rising: the cycle's left end, -amplitude.
  const map = poincareMap({
    field: vanDerPol(mu),
    initial: [2, 0],
    event: (x) => at(x, 1),
    controller: adaptive({ rtol: 1e-11, atol: 1e-13 }),
  });
  // Floquet's multiplier is about exp(-2 pi mu) for small mu: 60 turns leave exp(-38) of the start's distance.
  expect(map.step(mu < 1 ? 60 : 8)).toBe("ok");
  expect(Math.abs(map.observables["duration"]![0]! - period)).toBeLessThan(2e-10);
  if (amplitude !== undefined) expect(Math.abs(-map.state[0]! - amplitude)).toBeLessThan(1.1e-9);
});

test("F2: mu = 100 by the stiff solver, against its published period", () => {
  const map = poincareMap({
    field: vanDerPol(100),
    initial: [2, 0],
    event: (x) => at(x, 1),
    solver: rodas5p,
    controller: adaptive({ rtol: 1e-9, atol: 1e-11 }),
  });
  expect(map.step(3)).toBe("ok");
  expect(Math.abs(map.observables["duration"]![0]! - 162.837071092)).toBeLessThan(1e-5);
});

test("F2: exponents for mu = 1 are 0 and -1.05937, and the map's is their sum over one period", () => {
  const spectrum = lyapunov(flow({ field: vanDerPol(1), initial: [2, 0], dt: 0.1, controller: adaptive({ rtol: 1e-9 }) }), {
    k: 2,
    steps: 40_000,
  });
  expect(Math.abs(spectrum.value[0]!)).toBeLessThan(1e-3);
  expect(Math.abs(spectrum.value[1]! + 1.05937)).toBeLessThan(1e-3);
  const map = poincareMap({ field: vanDerPol(1), initial: [2, 0], event: (x) => at(x, 1) });
  const along = lyapunov(map, { steps: 60, batches: 2 });
  expect(Math.abs(along.value[0]! / 6.6632868593 + 1.05937)).toBeLessThan(1e-4);
});

test("F2: a crossing that does not come ends the map", () => {
  const away = poincareMap({ field: (x) => x, initial: [1], event: (x) => mul(-1, at(x, 0)), within: 5 });
  expect(away.step()).toBe("diverged");
});

test("F2: three solvers agree on the turning point at mu = 5", () => {
  for (const solver of [dopri5, dopri8, tsit5]) {
    const map = poincareMap({
      field: vanDerPol(5),
      initial: [2, 0],
      event: (x) => at(x, 1),
      solver,
      controller: adaptive({ rtol: 1e-12, atol: 1e-14 }),
    });
    map.step(4);
    expect(Math.abs(-map.state[0]! - 2.02150806156)).toBeLessThan(1e-10);
  }
});
