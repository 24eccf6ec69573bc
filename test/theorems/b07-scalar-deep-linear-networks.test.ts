// Scalar deep linear networks: f = w_1 ... w_L, loss (f - y)^2 / 2.
//
// Derivations. grad f has the components f / w_i. At a global minimum f = y the Hessian is grad f grad f^T, whose one nonzero eigenvalue is
// the sharpness |grad f|^2 = y^2 sum 1 / w_i^2. By the inequality of arithmetic and geometric means it is at least L |y|^(2 - 2/L), with
// equality where all |w_i| are equal (balanced). Under gradient flow (w_i^2)' = -2 (f - y) f for every i, so w_i^2 - w_j^2 is constant.
// For L = 2 the flow from (a, b) ends where ab = y and a^2 - b^2 keeps its value c, so there the sharpness is a^2 + b^2 = sqrt(c^2 + 4 y^2).
// One step of gradient descent with r = ab - y multiplies a^2 - b^2 by 1 - (eta r)^2, so the sharpness of the flow's end point
// does not increase as long as (eta r)^2 <= 2 (Kreisler et al. 2023, Gradient descent monotonically decreases the sharpness of gradient
// flow solutions in scalar networks and beyond, prove the general case).
import { compile, grad } from "#engine";
import { descent, eigenpairs, gradientDescent, random } from "#dynamics";
import { describe, expect, it } from "vitest";
import { loss } from "../../packages/dynamics/src/claims/deep-linear.js";

const run = (w: readonly number[], y: number, eta = 0.1) =>
  descent({ objective: loss(w.length, y), initial: w, optimizer: gradientDescent({ stepSize: eta }) });
const sharpnessAt = (w: readonly number[], y: number): number =>
  eigenpairs(run(w, y).hessian(), { k: 1, tolerance: 1e-13 }).value[0]!;
const product = (w: readonly number[]): number => w.reduce((a, b) => a * b, 1);

/** A random point on the manifold of minima. */
function minimum(length: number, y: number, seed: number): number[] {
  const r = random(seed);
  const w = Array.from({ length }, () => (r.uniform() < 0.5 ? -1 : 1) * (0.4 + 2 * r.uniform()));
  w[length - 1] = y / product(w.slice(0, -1));
  return w;
}

/** Gradient flow by classical Runge-Kutta steps. */
function flow(w: readonly number[], y: number, h: number, steps: number): number[] {
  const program = compile(grad(loss(w.length, y)), [{ shape: [w.length] }]);
  const slope = (x: readonly number[]): number[] => {
    program.inputs[0]!.set(x);
    program.run();
    return Array.from(program.outputs[0]!, (g) => -g);
  };
  let x = [...w];
  const move = (d: readonly number[], s: number): number[] => x.map((v, i) => v + s * d[i]!);
  for (let n = 0; n < steps; n++) {
    const k1 = slope(x);
    const k2 = slope(move(k1, h / 2));
    const k3 = slope(move(k2, h / 2));
    const k4 = slope(move(k3, h));
    x = x.map((v, i) => v + (h / 6) * (k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!));
  }
  return x;
}

/** Sharpness where gradient flow from positive weights ends: w_i^2 = c_i + s with prod w_i = y, c_i the present squares, s by bisection. */
function flowSharpness(w: ArrayLike<number>, y: number): number {
  const squares = Array.from(w, (v) => v * v);
  const at = (s: number): number => squares.reduce((p, c) => p * Math.sqrt(Math.max(0, c + s)), 1);
  let [low, high] = [-Math.min(...squares), 1];
  while (at(high) < y) high *= 2;
  for (let n = 0; n < 80; n++) {
    const middle = 0.5 * (low + high);
    if (at(middle) < y) low = middle;
    else high = middle;
  }
  return squares.reduce((sum, c) => sum + (y * y) / (c + high), 0);
}

describe("sharpness at a global minimum", () => {
  it("is y^2 sum 1 / w_i^2: 6.20070025 at (0.7, 1.3, 2, 0.55)", () => {
    const w = [0.7, 1.3, 2, 0.55];
    expect(Math.abs(sharpnessAt(w, product(w)) - 6.20070025)).toBeLessThan(1e-8);
  });

  it.each([2, 3, 4, 8])("is y^2 sum 1 / w_i^2 at random minima, L = %i", (length) => {
    for (let seed = 0; seed < 4; seed++) {
      const w = minimum(length, 2, seed);
      const exact = 4 * w.reduce((s, x) => s + 1 / (x * x), 0);
      expect(Math.abs(sharpnessAt(w, 2) / exact - 1)).toBeLessThan(1e-12);
    }
  });

  it.each([
    [2, 4],
    [3, 7.5595],
    [4, 11.3137],
    [8, 26.9087],
  ])("is least where the weights are balanced: L |y|^(2 - 2/L), L = %i: %f for y = 2", (length, value) => {
    const balanced = new Array<number>(length).fill(2 ** (1 / length));
    const least = sharpnessAt(balanced, 2);
    expect(Math.abs(least - value)).toBeLessThan(5e-5);
    expect(Math.abs(least - length * 2 ** (2 - 2 / length))).toBeLessThan(1e-12 * least);
    for (let seed = 10; seed < 14; seed++) expect(sharpnessAt(minimum(length, 2, seed), 2)).toBeGreaterThan(least);
  });
});

describe("gradient flow", () => {
  it("conserves w_i^2 - w_j^2", () => {
    const w = [0.9, -0.6, 1.4];
    const end = flow(w, 2, 0.002, 2500);
    expect(Math.abs(product(end) - product(w))).toBeGreaterThan(0.5);
    for (const [i, j] of [
      [0, 1],
      [1, 2],
    ] as const) {
      expect(Math.abs(end[i]! ** 2 - end[j]! ** 2 - (w[i]! ** 2 - w[j]! ** 2))).toBeLessThan(1e-10);
    }
  });

  it("ends, for L = 2, at sharpness sqrt((a^2 - b^2)^2 + 4 y^2)", () => {
    for (const [a, b] of [
      [1.8, 0.1],
      [0.2, 0.3],
      [-1, -2.5],
    ] as const) {
      const end = flow([a, b], 1, 0.0025, 8000);
      expect(Math.abs(product(end) - 1)).toBeLessThan(1e-10);
      expect(Math.abs(sharpnessAt(end, 1) - Math.sqrt((a * a - b * b) ** 2 + 4))).toBeLessThan(1e-8);
    }
  });
});

describe("gradient descent", () => {
  it("has no stable minimum above eta = 2 / (L |y|^(2 - 2/L)), and has one just below", () => {
    for (const length of [2, 3]) {
      const limit = 2 / (length * 2 ** (2 - 2 / length));
      const balanced = new Array<number>(length).fill(2 ** (1 / length));
      for (let seed = 0; seed < 6; seed++) {
        const r = random(seed);
        const start = balanced.map((w) => w + 0.2 * (r.uniform() - 0.5));
        const above = run(start, 2, 1.01 * limit);
        const converged = above.step(5000) === "ok" && Math.abs(product([...above.parameters]) - 2) < 1e-3;
        expect(converged).toBe(false);
      }
      const below = run(
        balanced.map((w, i) => w + 1e-3 * i),
        2,
        0.99 * limit,
      );
      expect(below.step(5000)).toBe("ok");
      expect(Math.abs(product([...below.parameters]) - 2)).toBeLessThan(1e-12);
    }
  });

  it("never raises the sharpness of the flow's end point, L = 2, while (eta (ab - y))^2 <= 2", () => {
    for (const [a, b, eta] of [
      [1.8, 0.1, 0.5],
      [3, 0.5, 0.3],
      [0.1, 2.4, 0.45],
    ] as const) {
      const system = run([a, b], 1, eta);
      const end = (): number => Math.sqrt((system.parameters[0]! ** 2 - system.parameters[1]! ** 2) ** 2 + 4);
      let last = end();
      const first = last;
      for (let n = 0; n < 300; n++) {
        expect((eta * (system.parameters[0]! * system.parameters[1]! - 1)) ** 2).toBeLessThanOrEqual(2);
        system.step();
        expect(end()).toBeLessThanOrEqual(last + 1e-12);
        last = end();
      }
      expect(last).toBeLessThan(first);
    }
  });

  it.each([
    [3, 0.05],
    [3, 0.2],
    [4, 0.1],
    [6, 0.05],
    [6, 0.2],
  ])("never raises it for deeper networks, L = %i, eta = %f, from 40 positive starts", (length, eta) => {
    let counted = 0;
    for (let seed = 0; seed < 40; seed++) {
      const r = random(seed);
      const system = run(
        Array.from({ length }, () => 0.3 + 1.5 * r.uniform()),
        1,
        eta,
      );
      const values = [flowSharpness(system.parameters, 1)];
      for (let n = 0; n < 200; n++) {
        // The theorem is about runs that converge; those that jump to another sign are left out.
        if (system.step() !== "ok" || system.parameters.some((w) => w <= 0)) break;
        values.push(flowSharpness(system.parameters, 1));
      }
      if (values.length < 201) continue;
      counted++;
      values.slice(1).forEach((v, n) => expect(v).toBeLessThanOrEqual(values[n]! * (1 + 1e-12)));
    }
    expect(counted).toBeGreaterThan(28);
  });
});
