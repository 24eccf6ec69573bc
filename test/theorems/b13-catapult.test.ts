// The catapult (Lewkowycz et al. 2020, section 2). f = u . v / sqrt n, L = f^2 / 2, lambda = (|u|^2 + |v|^2) / n.
//
// Derivation. A step takes u to u - eta f v / sqrt n and v to v - eta f u / sqrt n. Multiplied out, u' . v' and |u'|^2 + |v'|^2 hold only u . v
// and |u|^2 + |v|^2: f' = f (1 - eta lambda + eta^2 f^2 / n), lambda' = lambda - (eta f^2 / n) (4 - eta lambda).
// While f^2 / n is small f grows by |1 - eta lambda| a step. If eta lambda is between 2 and 4, the loss grows until f^2 / n is of order 1; then
// lambda falls, and it can come to rest only where |1 - eta lambda| <= 1. If eta lambda > 4, lambda grows as well and nothing stops it.
import { mul, slice, sum, type Tensor } from "#engine";
import { catapult, catapultPhase, descent, fillNormal, gradientDescent, random } from "#dynamics";
import { describe, expect, it } from "vitest";

const n = 64;
const scale = 1 / Math.sqrt(n);
const objective = (w: Tensor): Tensor => {
  const f = mul(scale, sum(mul(slice(w, [0], [n]), slice(w, [n], [2 * n]))));
  return mul(0.5, mul(f, f));
};
/** (f, lambda) of the weights. */
const reduced = (w: Float64Array): [number, number] => {
  let [f, squares] = [0, 0];
  for (let i = 0; i < n; i++) f += w[i]! * w[n + i]!;
  for (const x of w) squares += x * x;
  return [f * scale, squares / n];
};

describe("the map of (f, lambda)", () => {
  it.each([0.3, 0.9, 1.3, 1.7])("is gradient descent on (u, v), eta = %f, to machine precision", (eta) => {
    const w = fillNormal(new Float64Array(2 * n), random(3));
    const [f, lambda] = reduced(w);
    const weights = descent({ objective, initial: w, optimizer: gradientDescent({ stepSize: eta }) });
    const two = catapult({ width: n, stepSize: eta, f, lambda });
    let largest = Math.abs(f);
    for (let t = 0; t < 200; t++) {
      weights.step();
      two.step();
      const [y, curvature] = reduced(weights.parameters);
      largest = Math.max(largest, Math.abs(y));
      // Rounding is amplified as far as f is on its way up, so the error is measured by the largest f so far.
      expect(Math.abs(two.state[0]! - y)).toBeLessThan(1e-12 * largest);
      expect(Math.abs(two.state[1]! / curvature - 1)).toBeLessThan(1e-12);
    }
  });

  it("has tangents whose fixed points (0, lambda) have the multipliers 1 - eta lambda and 1", () => {
    const riding = catapult({ width: n, stepSize: 0.5, f: 0, lambda: 3 }).tangent(2);
    riding.tangents.set([1, 0, 0, 1]);
    riding.step();
    expect(Array.from(riding.tangents, (v) => v + 0)).toEqual([-0.5, 0, 0, 1]);
  });
});

describe("three phases by eta lambda, n = 10,000", () => {
  const width = 10_000;
  const lambda = 2;
  const follow = (ratio: number, steps = 3000) => {
    const system = catapult({ width, stepSize: ratio / lambda, f: 1, lambda });
    let largest = 0;
    let status = "ok";
    for (let t = 0; t < steps && status === "ok"; t++) {
      status = system.step();
      largest = Math.max(largest, system.observables.loss![0]!);
    }
    return { largest, status, f: system.state[0]!, ratio: (system.state[1]! * ratio) / lambda };
  };

  it.each([0.3, 1, 1.5, 1.9])("lazy at %f: the loss never exceeds its start and lambda stays to 1 / n", (ratio) => {
    expect(catapultPhase({ stepSize: ratio / lambda, lambda })).toBe("lazy");
    const end = follow(ratio);
    expect(end.largest).toBe(0.5);
    expect(Math.abs(end.f)).toBeLessThan(1e-12);
    // To first order in 1 / n, f shrinks by 1 - ratio a step, and lambda loses (eta / n) (4 - ratio) sum f^2.
    const predicted = (ratio * (4 - ratio)) / (lambda * width * (1 - (1 - ratio) ** 2));
    expect(Math.abs((lambda - (end.ratio * lambda) / ratio) / predicted - 1)).toBeLessThan(0.01);
  });

  it.each([2.1, 2.5, 3, 3.5, 3.9])(
    "catapult at %f: the loss rises to order n, then falls, and lambda ends below 2 / eta",
    (ratio) => {
      expect(catapultPhase({ stepSize: ratio / lambda, lambda })).toBe("catapult");
      const end = follow(ratio);
      expect(end.status).toBe("ok");
      expect(end.largest).toBeGreaterThan(0.001 * width);
      expect(end.largest).toBeLessThan(10 * width);
      expect(Math.abs(end.f)).toBeLessThan(1e-10);
      expect(end.ratio).toBeLessThan(2);
      expect(end.ratio).toBeGreaterThan(0);
    },
  );

  it("at the boundaries themselves: lazy at 2, where the loss only falls; bounded and without rest at 4", () => {
    expect(catapultPhase({ stepSize: 2 / lambda, lambda })).toBe("lazy");
    expect(follow(2).largest).toBe(0.5);
    expect(catapultPhase({ stepSize: 4 / lambda, lambda })).toBe("divergent");
    // eta lambda = 4 stays so, and u = eta f / sqrt n obeys u' = u^3 - 3 u, which maps [-2, 2] onto itself: no loss is above 4 n / (2 eta^2).
    const four = catapult({ width: 64, stepSize: 2, f: 1, lambda: 2 });
    const seen: number[] = [];
    for (let t = 0; t < 200; t++) {
      four.step();
      expect(four.state[1]).toBe(2);
      seen.push((2 * four.state[0]!) / 8);
    }
    expect(Math.max(...seen.map(Math.abs))).toBeLessThanOrEqual(2 + 1e-9);
    expect(Math.max(...seen.slice(100).map(Math.abs))).toBeGreaterThan(1);
  });

  it.each([4.05, 4.5, 6])("divergent at %f", (ratio) => {
    expect(catapultPhase({ stepSize: ratio / lambda, lambda })).toBe("divergent");
    expect(follow(ratio).status).toBe("diverged");
  });
});

it("refuses what no weights have", () => {
  expect(() => catapult({ width: 4, stepSize: 1, f: 3, lambda: 2 })).toThrow(/below 2 \|f\| \/ sqrt\(width\) = 3/);
  expect(() => catapult({ width: 4.5, stepSize: 1, f: 1, lambda: 2 })).toThrow(/integers from 1/);
  expect(() => catapult({ width: 4, stepSize: 0, f: 1, lambda: 2 })).toThrow(/above 0/);
});
