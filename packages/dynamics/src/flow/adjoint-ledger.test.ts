import { cos, mul, sub, sum, type Tensor } from "#engine";
import { expect, test } from "vitest";
import { adaptive } from "./controllers.js";
import { adjointLedger, type AdjointLedgerOptions } from "./adjoint-ledger.js";
import { rk4 } from "./solvers/rk4.js";
import { rodas5p } from "./solvers/rodas5p.js";

// x' = -k (x - cos t) from 0: once the start is forgotten, x = k (k cos t + sin t) / (1 + k^2).
const relaxing = (k: number): Omit<AdjointLedgerOptions, "loss"> => ({
  field: (x: Tensor, t: Tensor, theta: Tensor) => mul(theta, sub(x, cos(t))),
  initial: [0],
  parameters: [-k],
  to: 2,
});
const byRate = (k: number): number => -(2 * k * Math.cos(2) + (1 - k * k) * Math.sin(2)) / (1 + k * k) ** 2;

test("a problem too stiff for the explicit reference has a ledger, with the gradient in closed form and adjoints that are off", () => {
  const k = 1e5;
  const { entries, recommended, discretisationError } = adjointLedger({
    ...relaxing(k),
    loss: (end) => sum(end),
    solver: rodas5p,
    controller: adaptive({ rtol: 1e-8, atol: 1e-10, maxSteps: 4096 }),
  });
  const of = (name: string) => entries.find((e) => e.method === name)!;
  expect(recommended).toBe("discrete");
  expect(Math.abs(of("discrete").gradient[0]! / byRate(k) - 1)).toBeLessThan(1e-4);
  expect(discretisationError).toBeLessThan(1e-4);
  // Solved backward, what contracts by exp(2e5) comes apart.
  expect(of("adjoint").discreteError).toBeGreaterThan(1);
});

test("steps that leave the finite numbers are refused with what to try; a gradient of 0 is a gradient", () => {
  expect(() => adjointLedger({ ...relaxing(1000), loss: (end) => sum(end), solver: rk4, steps: 100 })).toThrow(
    /after 100 steps of rk4 the loss is .* take more steps, rodas5p if the problem is stiff/,
  );
  const flat = adjointLedger({ ...relaxing(3), loss: (end) => sum(mul(0, end)) });
  expect([flat.recommended, flat.discretisationError]).toEqual(["discrete", 0]);
});
