import { expect, it } from "vitest";
import { at, constant, mul, stack, sub, type Tensor } from "#engine";
import { flows } from "../../catalogue/flows.js";
import { lookup } from "../../core/lookup.js";
import { flow } from "../../flow/flow.js";
import { knownExponents } from "./known-exponents.js";

/** What is known where a named flow is after some time. */
function after(name: string, parameters: Readonly<Record<string, number>>, time: number, within?: number) {
  const { field: make, parameters: usual, initial } = lookup("field", flows, name);
  const field = make({ ...usual, ...parameters });
  const system = flow({ field, initial, dt: time });
  system.step();
  return knownExponents({ field, state: system.state, ...(within === undefined ? {} : { within }) });
}

it("at rest: the real parts of the eigenvalues, repeated for a focus", () => {
  // x'' = -sin x - friction x': the eigenvalues at rest are -friction / 2 +- i sqrt(1 - friction^2 / 4).
  for (const friction of [0.3, 0.7]) {
    const { kind, value, sum } = after("pendulum", { friction }, 200);
    expect(kind).toBe("rest");
    // The place of the rest is found to rounding, and with it the eigenvalues.
    expect(Math.abs(value[0]! + friction / 2) + Math.abs(value[1]! + friction / 2)).toBeLessThan(1e-12);
    expect(sum.value).toBeCloseTo(-friction, 12);
  }
  // Lorenz below rho = 1: the largest of the roots of l^2 + (sigma + 1) l + sigma (1 - rho), and -beta.
  const { value } = after("lorenz", { rho: 0.5 }, 100);
  const root = Math.sqrt(11 * 11 - 4 * 10 * 0.5);
  [(-11 + root) / 2, -8 / 3, (-11 - root) / 2].forEach((v, i) => expect(value[i]).toBeCloseTo(v, 10));
});

it("an unstable rest counts only for a state that is there", () => {
  const vanDerPol = lookup("field", flows, "van-der-pol").field({ mu: 0.6 });
  expect(knownExponents({ field: vanDerPol, state: [0, 0] }).value).toEqual(Float64Array.of(0.3, 0.3));
  expect(knownExponents({ field: vanDerPol, state: [1e-6, 0] }).kind).not.toBe("rest");
});

it("a cycle with known period and contraction: r' = a r (1 - r^2), turned at the rate w", () => {
  for (const [a, w] of [
    [0.5, 2],
    [3, 1],
  ] as const) {
    const field = (s: Tensor): Tensor => {
      const [x, y] = [at(s, 0), at(s, 1)];
      const pull = mul(a, sub(sub(1, mul(x, x)), mul(y, y)));
      return stack([sub(mul(pull, x), mul(w, y)), sub(mul(pull, y), mul(-w, x))]);
    };
    const { kind, value, period } = knownExponents({ field, state: [Math.cos(1), Math.sin(1)] });
    expect(kind).toBe("cycle");
    // d/dr of a r (1 - r^2) at r = 1 is -2 a; the steps hold 1e-9.
    expect(value[0]).toBe(0);
    expect(value[1]).toBeCloseTo(-2 * a, 6);
    expect(period).toBeCloseTo((2 * Math.PI) / w, 6);
  }
});

it("closed orbits of conserved quantities: 0 and 0", () => {
  const { kind, value } = after("lotka-volterra", { c: 0.7 }, 50);
  expect(kind).toBe("cycle");
  expect(Math.abs(value[0]!) + Math.abs(value[1]!)).toBeLessThan(1e-7);
});

it("chaos: only the sum, exact where the divergence is constant", () => {
  const lorenz = after("lorenz", {}, 30, 100);
  expect(lorenz.kind).toBe("open");
  expect(lorenz.sum.value).toBeCloseTo(-(10 + 1 + 8 / 3), 9);
  expect(Array.from(lorenz.value)).toEqual([NaN, NaN, NaN]);
  // The periodic window about rho = 160.
  const window = after("lorenz", { rho: 160 }, 60);
  expect([window.kind, window.value[0]]).toEqual(["cycle", 0]);
});

it("refuses scales that are none", () => {
  const field = (): Tensor => constant([0, 0]);
  expect(() => knownExponents({ field, state: [0, 0], scale: [1] })).toThrow("2 finite numbers above 0");
});
