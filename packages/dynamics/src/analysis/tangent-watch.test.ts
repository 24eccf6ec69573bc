import { add, at, mul, stack, sub, type Tensor } from "#engine";
import { expect, test } from "vitest";
import { adaptive, fixed, type StepSizeController } from "../flow/controllers.js";
import { flow } from "../flow/flow.js";
import { rk4 } from "../flow/solvers/rk4.js";
import { rodas5p } from "../flow/solvers/rodas5p.js";
import { tsit5 } from "../flow/solvers/tsit5.js";
import { lyapunov } from "./lyapunov.js";

const lorenz =
  (rho: number) =>
  (s: Tensor): Tensor => {
    const [x, y, z] = [at(s, 0), at(s, 1), at(s, 2)];
    return stack([mul(10, sub(y, x)), sub(mul(x, sub(rho, z)), y), sub(mul(x, y), mul(8 / 3, z))]);
  };

test("a flow at rest, whose steps grow without regard to its tangents, has no exponents; with shorter steps it has those of its Jacobian", () => {
  // The eigenvalues at the resting points for rho = 20 (F3).
  const exact = [-0.15479, -0.15479, -13.35708];
  const make = (controller: StepSizeController) =>
    flow({ field: lorenz(20), initial: [7.1, 7.1, 19], dt: 1, solver: tsit5, controller });
  const options = { k: 3, steps: 200, transient: 200 };
  const loose = lyapunov(make(adaptive()), options);
  expect([loose.status, loose.value[0], loose.sum.value]).toEqual(["not-converged", NaN, NaN]);
  expect(loose.explanation).toMatch(/too long for its tangents: .*maxStep, or a smaller dt/);
  const { status, value } = lyapunov(make(adaptive({ maxStep: 0.02 })), options);
  expect(status).toBe("ok");
  value.forEach((v, i) => expect(Math.abs(v - exact[i]!)).toBeLessThan(i < 2 ? 5e-3 : 2e-3));
  expect(lyapunov(make(fixed(0.02)), options).status).toBe("ok");
});

test("a stiff solver's steps are stable and still not the flow's: exponents 0 and -40 of a line that attracts", () => {
  const [c, s] = [0.6, 0.8];
  const field = (x: Tensor): Tensor => {
    const across = mul(-40, sub(mul(c, at(x, 1)), mul(s, at(x, 0))));
    return stack([mul(-s, across), mul(c, across)]);
  };
  const make = (maxStep: number) =>
    flow({ field, initial: [1, 1], dt: 0.25, solver: rodas5p, controller: adaptive({ maxStep }) });
  expect(lyapunov(make(Infinity), { k: 2, steps: 100 }).status).toBe("not-converged");
  const fine = lyapunov(make(0.01), { k: 2, steps: 100 });
  expect(fine.status).toBe("ok");
  expect(Math.abs(fine.value[1]! + 40)).toBeLessThan(1e-3);
  // The direction along the line alone is followed well.
  const along = lyapunov(make(Infinity), { k: 1, steps: 100 });
  expect([along.status, Math.abs(along.value[0]!) < 1e-9]).toEqual(["ok", true]);
});

test("a contraction that no interval can hold is no exponent of -Infinity, and fields that do not move tangents have 0", () => {
  const wide = lyapunov(flow({ field: lorenz(28), initial: [1, 1, 20], dt: 3 }), { k: 3, steps: 40 });
  expect([wide.status, wide.value[2]]).toEqual(["not-converged", NaN]);
  expect(wide.explanation).toContain("take a smaller dt");
  const still = lyapunov(flow({ field: (x) => add(1, mul(0, x)), initial: [0, 0], dt: 1 }), { k: 2, steps: 40 });
  expect(still.status).toBe("ok");
  still.value.forEach((v) => expect(Math.abs(v)).toBeLessThan(1e-15));
  const chaotic = lyapunov(flow({ field: lorenz(28), initial: [1, 1, 20], dt: 0.05, solver: tsit5 }), { k: 3, steps: 400 });
  expect(chaotic.status).toBe("ok");
  expect(
    lyapunov(flow({ field: lorenz(28), initial: [1, 1, 20], dt: 0.05, solver: rk4, controller: fixed(0.01) }), { steps: 40 })
      .status,
  ).toBe("ok");
});
