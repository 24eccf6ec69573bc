// The smallest loss with progressive flattening to the edge of stability: L = (x^2 y^2 - 1)^2 / 4 (of the type of Zhu, Wang, Wang, Zhou, Ge
// 2022, Understanding edge-of-stability training dynamics with a minimalist example).
//
// Derivations, with p = xy and L(p) = (p^2 - 1)^2 / 4: L' = p (p^2 - 1), L'' = 3 p^2 - 1 = 2 at p = 1. On xy = 1 the Hessian is
// 2 grad p grad p^T with grad p = (y, x), so the sharpness is 2 (x^2 + y^2). Under gradient flow (x^2)' = -2 p L'(p) = (y^2)', so x^2 - y^2 = c
// is constant and the flow ends at sharpness 2 sqrt(c^2 + 4).
import { at, mul, sub, type Tensor } from "#engine";
import { descent, edgeOfStability, eigenpairs, gradientDescent, sharpness } from "#dynamics";
import { describe, expect, it } from "vitest";

const objective = (w: Tensor): Tensor => {
  const p = mul(at(w, 0), at(w, 1));
  const r = sub(mul(p, p), 1);
  return mul(0.25, mul(r, r));
};
const run = (x: number, y: number, eta: number) =>
  descent({ objective, initial: [x, y], optimizer: gradientDescent({ stepSize: eta }) });
const top = (system: ReturnType<typeof run>): number => eigenpairs(system.hessian(), { k: 1, tolerance: 1e-13 }).value[0]!;
const flowEnd = (x: number, y: number): number => 2 * Math.sqrt((x * x - y * y) ** 2 + 4);

it("on xy = 1 the sharpness is 2 (x^2 + y^2)", () => {
  for (const x of [0.2, 0.7, 1, 3]) {
    const exact = 2 * (x * x + 1 / (x * x));
    expect(Math.abs(top(run(x, 1 / x, 0.1)) / exact - 1)).toBeLessThan(1e-12);
  }
});

describe("from (0.02, 5) with eta = 0.04", () => {
  const system = run(0.02, 5, 0.04);
  const track = sharpness(system, { tolerance: 1e-6 });

  it("gradient flow would end at sharpness 50.1589, above 2 / eta = 50", () => {
    expect(Math.abs(flowEnd(0.02, 5) - 50.1589)).toBeLessThan(5e-5);
  });

  it("gradient descent ends at sharpness 49.97995, just below", () => {
    for (let i = 0; i < 400; i++) {
      expect(system.step(100)).toBe("ok");
      track.measure();
    }
    expect(system.observables.loss![0]).toBeLessThan(1e-20);
    expect(Math.abs(top(system) - 49.97995)).toBeLessThan(5e-6);
  });

  it("and the verdict is: at the edge", () => {
    const verdict = edgeOfStability(
      { time: track.points.map((p) => p.time), sharpness: track.points.map((p) => p.pairs.value[0]!) },
      system.optimizer,
    );
    expect(verdict.regime).toBe("at the edge");
    expect(verdict.reachedAt).toBeLessThan(2000);
  });
});

it.each([
  [0.02, 5, 0.04],
  [0.05, 5.05, 0.04],
  [0.1, 4.8, 0.0435],
  [0.03, 7, 0.0205],
])(
  "whenever the flow's end is sharper than 2 / eta, descent ends in (0.997, 1) times 2 / eta: from (%f, %f), eta = %f",
  (x, y, eta) => {
    expect(flowEnd(x, y)).toBeGreaterThan(2 / eta);
    const system = run(x, y, eta);
    expect(system.step(100_000)).toBe("ok");
    expect(system.observables.loss![0]).toBeLessThan(1e-20);
    const ratio = top(system) * (eta / 2);
    expect(ratio).toBeGreaterThan(0.997);
    expect(ratio).toBeLessThan(1);
  },
);
