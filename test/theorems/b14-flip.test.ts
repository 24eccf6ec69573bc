// Stable oscillation beyond the threshold 2 / lambda: the flip of gradient descent.
//
// Derivation in one dimension. F(x) = x - eta L'(x) at eta = 2 / L2 is -x + a x^2 + b x^3 with a = -L3 / L2, b = -L4 / (3 L2), and
// F(F(x)) = x - 2 (a^2 + b) x^3 + .... Beyond the threshold F'(0) = -(1 + d), d = eta L2 - 2, and the 2-cycle x^2 = d / (a^2 + b) exists and
// attracts where a^2 + b > 0, that is 3 L3^2 > L2 L4; where it is negative the cycle exists below the threshold and repels.
//
// In n dimensions (Kuznetsov 2004, section 5.4.2; A = I - eta H, so (A - I)^-1 = -H^-1 / eta) the coefficient is (g^T H^-1 g - L4 / 3) / lambda with
// g = D^3 L (q, q, .): directions across q help the oscillation to be stable, whatever the sign of the third derivatives.
//
// Example 1: L = x^2 / 2 + s x^4 / 4. The cycle -x, x needs x - eta (x + s x^3) = -x: x^2 = (2 - eta) / (eta s) exactly, so it is born beyond 2 for s < 0.
// Example 2: L = x^2 + y^2 / 2 + p x^2 y + w x^4. lambda = 2 along x, g = (0, 2 p), L4 = 24 w: c = (4 p^2 - 8 w) / 2 = 2 p^2 - 4 w.
import { add, at, cos, exp, mul, sub, sum, tanh, type Tensor } from "#engine";
import { descent, flip, gradientDescent } from "#dynamics";
import { describe, expect, it } from "vitest";

const quartic =
  (s: number) =>
  (x: Tensor): Tensor => {
    const q = mul(x, x);
    return sum(add(mul(0.5, q), mul(s / 4, mul(q, q))));
  };
const plane =
  (p: number, w: number) =>
  (v: Tensor): Tensor => {
    const [x, y] = [at(v, 0), at(v, 1)];
    const q = mul(x, x);
    return add(add(q, mul(0.5, mul(y, y))), add(mul(p, mul(q, y)), mul(w, mul(q, q))));
  };
/** Where gradient descent is after many steps, from a little beside the minimum. */
function settle(loss: (x: Tensor) => Tensor, start: readonly number[], eta: number, steps = 40_000) {
  const run = descent({ objective: loss, initial: start, optimizer: gradientDescent({ stepSize: eta }) });
  return { status: run.step(steps), end: run.parameters };
}

describe("the coefficient", () => {
  it.each([-0.7, 0.4])("is -2 s for x^2 / 2 + s x^4 / 4, s = %f", (s) => {
    const { value, stepSize, kind } = flip({ loss: quartic(s), at: [0] });
    expect(Math.abs(value + 2 * s)).toBeLessThan(1e-14);
    expect(stepSize).toBe(2);
    expect(kind).toBe(s < 0 ? "supercritical" : "subcritical");
  });

  it("is (L3 / L2)^2 - L4 / (3 L2) for exp(x) - x, where all derivatives are 1, and for x^2 / 2 + a x^3 + b x^4", () => {
    const first = flip({ loss: (x) => sum(sub(exp(x), x)), at: [0] });
    expect(Math.abs(first.value - 2 / 3)).toBeLessThan(1e-13);
    for (const [a, b] of [
      [0.3, 0.1],
      [-0.2, 0.4],
      [0.1, -0.3],
    ] as const) {
      const loss = (x: Tensor): Tensor => {
        const q = mul(x, x);
        return sum(add(mul(0.5, q), add(mul(a, mul(x, q)), mul(b, mul(q, q)))));
      };
      expect(Math.abs(flip({ loss, at: [0] }).value - (36 * a * a - 8 * b))).toBeLessThan(1e-13);
    }
  });

  it("is 2 p^2 - 4 w for x^2 + y^2 / 2 + p x^2 y + w x^4, in any rotated frame", () => {
    for (const [p, w] of [
      [0.5, 0.05],
      [0.5, 0.2],
      [0, -0.1],
    ] as const) {
      for (const angle of [0, 0.7]) {
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const turned = (v: Tensor): Tensor => {
          const [x, y] = [at(v, 0), at(v, 1)];
          const [a, b] = [add(mul(c, x), mul(s, y)), sub(mul(c, y), mul(s, x))];
          const q = mul(a, a);
          return add(add(q, mul(0.5, mul(b, b))), add(mul(p, mul(q, b)), mul(w, mul(q, q))));
        };
        const { value, direction } = flip({ loss: turned, at: [0, 0] });
        expect(Math.abs(value - (2 * p * p - 4 * w))).toBeLessThan(1e-12);
        expect(Math.abs(Math.abs(direction[0]!) - c)).toBeLessThan(1e-12);
      }
    }
  });

  it("is zero to its error, and said to be degenerate, where 3 L3^2 = L2 L4", () => {
    expect(flip({ loss: plane(0.5, 0.125), at: [0, 0] }).kind).toBe("degenerate");
  });
});

describe("iteration agrees with the sign", () => {
  it("s < 0: the cycle x^2 = (2 - eta) / (eta s), exactly, attracts beyond eta = 2", () => {
    for (const eta of [2.01, 2.1, 2.3]) {
      const { status, end } = settle(quartic(-0.7), [0.1], eta);
      expect(status).toBe("ok");
      expect(Math.abs(end[0]! * end[0]! - (eta - 2) / (0.7 * eta))).toBeLessThan(1e-13);
    }
  });

  it("s > 0: iterates stay near 0 below eta = 2, inside a cycle that repels, and leave beyond", () => {
    // Just below 2 the cycle is at x^2 = (2 - eta) / (eta s).
    const eta = 1.98;
    const edge = Math.sqrt((2 - eta) / (0.4 * eta));
    expect(Math.abs(settle(quartic(0.4), [0.99 * edge], eta).end[0]!)).toBeLessThan(1e-10);
    expect(settle(quartic(0.4), [1.01 * edge], eta).status).toBe("diverged");
    expect(settle(quartic(0.4), [1e-3], 2.01).status).toBe("diverged");
  });

  it("in the plane: 2 p^2 > 4 w oscillates with the predicted amplitude, 2 p^2 < 4 w leaves the neighbourhood", () => {
    const stable = flip({ loss: plane(0.5, 0.05), at: [0, 0] });
    for (const excess of [1e-3, 1e-4]) {
      const eta = stable.stepSize * (1 + excess);
      const { status, end } = settle(plane(0.5, 0.05), [0.01, 0], eta, 200_000);
      expect(status).toBe("ok");
      // The next order is relative to the excess.
      expect(Math.abs(Math.abs(end[0]!) / stable.amplitude(eta) - 1)).toBeLessThan(10 * excess);
    }
    const unstable = flip({ loss: plane(0.5, 0.2), at: [0, 0] });
    expect(unstable.kind).toBe("subcritical");
    expect(unstable.amplitude(1.01)).toBeNaN();
    const { end } = settle(plane(0.5, 0.2), [0.01, 0], 1.001, 200_000);
    expect(Math.abs(end[0]!) > 0.3 || !Number.isFinite(end[0]!)).toBe(true);
  });

  it("and with it the fate of a small network: tanh is supercritical, its loss flattens away from the minimum", () => {
    // L = (tanh(w) - 0.5)^2 / 2 at w = atanh(0.5).
    const loss = (w: Tensor): Tensor => {
      const r = sub(tanh(at(w, 0)), 0.5);
      return mul(0.5, mul(r, r));
    };
    const found = flip({ loss, at: [Math.atanh(0.5)] });
    expect(found.kind).toBe("supercritical");
    const eta = found.stepSize * 1.001;
    const { status, end } = settle(loss, [Math.atanh(0.5) + 0.01], eta);
    expect(status).toBe("ok");
    expect(Math.abs(Math.abs(end[0]! - Math.atanh(0.5)) / found.amplitude(eta) - 1)).toBeLessThan(0.05);
  });
});

describe("where it does not apply, it says why", () => {
  it.each([
    ["no critical point", (x: Tensor) => sum(exp(x)), [0], /the gradient there has norm 1/],
    ["a maximum", (x: Tensor) => sum(cos(x)), [0], /smallest Hessian eigenvalue there is -1/],
    [
      "a manifold of minima",
      (x: Tensor) => {
        const r = sub(mul(at(x, 0), at(x, 1)), 1);
        return mul(0.5, mul(r, r));
      },
      [1, 1],
      /one of a manifold of minima/,
    ],
    ["two equal eigenvalues", (x: Tensor) => mul(0.5, sum(mul(x, x))), [0, 0], /not simple/],
  ])("%s", (_, loss, at, message) => {
    const { value, kind, status, explanation } = flip({ loss, at });
    expect(value).toBeNaN();
    expect(kind).toBe("unknown");
    expect(status).toBe("not-converged");
    expect(explanation).toMatch(message);
  });
});
