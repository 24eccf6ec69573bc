import { compile, grad, sum } from "#engine";
import { describe, expect, it } from "vitest";
import { activations } from "./activations.js";

const at = [-2, -0.5, 0.25, 1, 3];

/** f and f' at some points, through one program. */
function valueAndSlope(name: string, points: readonly number[]): [number[], number[]] {
  const { apply } = activations.find((a) => a.name === name)!;
  const p = compile((x) => [apply(x), grad((y) => sum(apply(y)))(x)], [{ shape: [points.length] }]);
  p.inputs[0]!.set(points);
  p.run();
  return [Array.from(p.outputs[0]!), Array.from(p.outputs[1]!)];
}

// Closed forms of value and derivative, with the functions of the host: the test may, the product may not.
const phi = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
const sigma = (x: number): number => 1 / (1 + Math.exp(-x));
// Abramowitz, Stegun 7.1.6: a series of positive terms, so nothing cancels.
const erf = (x: number): number => {
  let [s, term] = [x, x];
  for (let n = 1; n < 120; n++) s += term *= (2 * x * x) / (2 * n + 1);
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * s;
};
const exact: Record<string, [(x: number) => number, (x: number) => number]> = {
  tanh: [Math.tanh, (x) => 1 / Math.cosh(x) ** 2],
  relu: [(x) => Math.max(x, 0), (x) => (x > 0 ? 1 : 0)],
  erf: [erf, (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x)],
  identity: [(x) => x, () => 1],
  sigmoid: [sigma, (x) => sigma(x) * sigma(-x)],
  softplus: [(x) => Math.log(1 + Math.exp(x)), sigma],
  gelu: [(x) => 0.5 * x * (1 + erf(x / Math.SQRT2)), (x) => 0.5 * (1 + erf(x / Math.SQRT2)) + x * phi(x)],
  silu: [(x) => x * sigma(x), (x) => sigma(x) * (1 + x * sigma(-x))],
  "leaky-relu": [(x) => (x > 0 ? x : 0.01 * x), (x) => (x > 0 ? 1 : 0.01)],
  sine: [Math.sin, Math.cos],
  gaussian: [(x) => Math.exp(-x * x), (x) => -2 * x * Math.exp(-x * x)],
  quadratic: [(x) => x * x, (x) => 2 * x],
  softsign: [(x) => x / (1 + Math.abs(x)), (x) => 1 / (1 + Math.abs(x)) ** 2],
  // 1 stands among the points: the derivative there is the engine's choice, a half.
  "hard-tanh": [(x) => Math.max(Math.min(x, 1), -1), (x) => (Math.abs(x) < 1 ? 1 : Math.abs(x) > 1 ? 0 : 0.5)],
  tanhshrink: [(x) => x - Math.tanh(x), (x) => Math.tanh(x) ** 2],
};

describe.each(activations.map((a) => a.name))("%s", (name) => {
  it("agrees with its closed form and derivative to 1e-14", () => {
    const closed = exact[name];
    expect(closed, `add the closed form of ${name} to this test`).toBeDefined();
    const [values, slopes] = valueAndSlope(name, at);
    at.forEach((x, i) => {
      expect(Math.abs(values[i]! - closed![0](x))).toBeLessThan(1e-14);
      expect(Math.abs(slopes[i]! - closed![1](x))).toBeLessThan(1e-14);
    });
  });

  it("is finite with its derivative from -700 to 700", () => {
    const [values, slopes] = valueAndSlope(name, [-700, -40, 0, 40, 700]);
    for (const x of [...values, ...slopes]) expect(Number.isFinite(x)).toBe(true);
  });
});
