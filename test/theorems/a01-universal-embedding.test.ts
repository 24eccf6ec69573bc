// Universal embedding (Kuehn and Kuntz 2023). The flow of (u, v, r)' = (0, psi(u), 0) is the shear (u, v + t psi(u), r): lifted from (x, 0, 0) and read off
// at v it is psi, exactly, and every consistent one-step method follows it without error, since the slope is the same at every stage. What is left is
// rounding: one in b_1 + ... + b_s, and one a step in adding up.
import { abs, add, at, compile, cos, mul, pow, sin, slice, sqrt, stack, sub, sum, tanh, vmap, type Tensor } from "#engine";
import { adaptive, bosh3, embed, euler, explicit, random, rk4, solvers, tsit5, type Solver } from "#dynamics";
import { describe, expect, it } from "vitest";

const EPSILON = 2 ** -52;
const N = 200;

/** Largest |map - psi| over so many random points of [-2, 2]^d, in units of the last place of |psi|. */
function worst(psi: (x: Tensor) => Tensor, d: number, map: (x: Tensor) => Tensor): number {
  const program = compile((xs) => [vmap(map)(xs!), vmap(psi)(xs!)], [{ shape: [N, d] }]);
  const stream = random(7);
  for (let i = 0; i < N * d; i++) program.inputs[0]![i] = 4 * stream.uniform() - 2;
  program.run();
  const [got, wanted] = program.outputs as [Float64Array, Float64Array];
  return got.reduce((w, y, i) => Math.max(w, Math.abs(y - wanted[i]!) / (EPSILON * Math.abs(wanted[i]!))), 0);
}

/** (sin(3 x1) x2, x1^2 - x2^2, |x|^3), from R^2 to R^3. */
const three = (x: Tensor): Tensor => {
  const [a, b] = [at(x, 0), at(x, 1)];
  return stack([mul(sin(mul(3, a)), b), sub(mul(a, a), mul(b, b)), pow(sqrt(sum(mul(x, x))), 3)]);
};
/** Only continuous: the theorem needs no derivative of it. */
const kink = (x: Tensor): Tensor => add(abs(x), 1);
const waves = (x: Tensor): Tensor => slice(tanh(cos(mul(5, x))), [0], [1]);

describe.each([
  ["three functions of two variables", three, 2, 3],
  ["a kink", kink, 1, 1],
  ["one function of four variables", waves, 4, 1],
] as const)("%s", (_name, psi, inputs, outputs) => {
  it("has the very numbers of psi with one step of Euler", () => {
    expect(worst(psi, inputs, embed(psi, { inputs, outputs }).map({ solver: euler, steps: 1 }))).toBe(0);
  });

  // b_1 + ... + b_s rounds by up to the sum of |b_i|: 7.6 for tsit5, whose weights cancel, and at most 3.2 for the other explicit ones. The stages of rodas5p
  // are differences of such sums with coefficients up to 165, each from a linear equation: some hundred roundings.
  it.each(
    solvers.filter((s) => !s.separable).map((s) => [s.name, s.name === "tsit5" ? 8 : s.name === "rodas5p" ? 400 : 4, s] as const),
  )("with one step of %s is exact to %i units in the last place", (_solver, units, solver) => {
    expect(worst(psi, inputs, embed(psi, { inputs, outputs }).map({ solver, steps: 1 }))).toBeLessThanOrEqual(units);
  });

  it("is exact up to the rounding of sums with many steps and with steps chosen by their errors", () => {
    const made = embed(psi, { inputs, outputs });
    // Half a unit each time a step is added, and the rounding of its own increment.
    expect(worst(psi, inputs, made.map({ solver: rk4, steps: 10 }))).toBeLessThanOrEqual(20);
    expect(worst(psi, inputs, made.map({ solver: tsit5, controller: adaptive({ maxSteps: 20 }) }))).toBeLessThanOrEqual(20);
  });

  it("does not mind more units, and refuses one too few", () => {
    expect(
      worst(psi, inputs, embed(psi, { inputs, outputs, state: inputs + outputs + 2 }).map({ solver: euler, steps: 1 })),
    ).toBe(0);
    expect(() => embed(psi, { inputs, outputs, state: inputs + outputs - 1 })).toThrow(
      `allowed: from ${inputs + outputs}, since the inputs have to stay (${inputs} units) while the outputs grow beside them`,
    );
  });
});

it("would notice a solver whose weights do not add up to 1", () => {
  const faulty = (b: number): Solver =>
    explicit({
      name: "faulty",
      description: "-",
      source: "-",
      order: 2,
      realStability: 2,
      c: [0, 2 / 3],
      a: [[], [2 / 3]],
      b: [1 / 4, b],
    });
  const by = (solver: Solver): number => worst(three, 2, embed(three, { inputs: 2, outputs: 3 }).map({ solver, steps: 1 }));
  expect(by(faulty(3 / 4))).toBeLessThanOrEqual(4);
  expect(by(faulty(3 / 4 + 1e-14))).toBeGreaterThan(20);
});

it("refuses a function that does not give as many outputs as promised", () => {
  const made = embed(kink, { inputs: 1, outputs: 2 });
  expect(() => worst(kink, 1, made.map({ solver: bosh3, steps: 1 }))).toThrow("2 outputs need [2]");
});
