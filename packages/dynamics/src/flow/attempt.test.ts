import { constant, evaluate, mul } from "#engine";
import { expect, it } from "vitest";
import { attempt, openingStep } from "./attempt.js";
import { adaptive } from "./controllers.js";
import { solvers } from "./solvers/index.js";

const pairs = solvers.filter((s) => s.errorOrder !== undefined).map((solver) => [solver.name, solver] as const);

it.each(pairs)("%s has the error constant that it states", (_name, solver) => {
  const h = 0.02;
  const estimate = (rate: number): number =>
    evaluate((x) => solver.step((y) => mul(rate, y), x, constant(0), constant(h), mul(rate, x)).error!, { data: [1] })[0]![0]!;
  // An even power more and an odd one less: what is left is of higher order.
  const even = solver.errorOrder! % 2 === 0 ? 1 : -1;
  const scale = 0.5 * (estimate(10) + even * estimate(-10));
  const found = Math.abs(scale) / (10 * h) ** solver.errorOrder! / solver.errorConstant!;
  expect(found).toBeGreaterThan(0.7);
  expect(found).toBeLessThan(1.3);
});

// x' = r x moves by its own size in the time 1 / |r|, which is what the first step supposes.
it.each(pairs)("the first step of %s is taken, and is not far shorter than it may be", (_name, solver) => {
  for (const rate of [-1, -300, 0.02])
    for (const rtol of [1e-5, 1e-7, 1e-9]) {
      const controller = adaptive({ rtol, atol: 1e-3 * rtol });
      const [good, error] = [0, 1].map(
        (which) =>
          evaluate(
            (y) => {
              const f = mul(rate, y);
              const span = 2 / Math.abs(rate);
              const h = openingStep(controller, solver, y, f, span);
              const start = { y, t: constant(0), f, h, previous: constant(1), span };
              const tried = attempt((x) => mul(rate, x), solver, controller, start);
              return which === 0 ? tried.good : tried.error;
            },
            { data: [1] },
          )[0]![0]!,
      );
      expect(good).toBe(1);
      expect(error! ** (1 / solver.errorOrder!)).toBeGreaterThan(0.4);
    }
});
