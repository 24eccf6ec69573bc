import { delay, euler, map } from "#dynamics";
import { add, concat, mul, slice, tanh, type Tensor } from "#engine";
import { describe, expect, test } from "vitest";

/**
 * The signal of a residual network whose layers see the r states before them, h' = h + delta F(h, h_{k-1}, ..., h_{k-r}), as a map of all of them: newest first.
 * Before the first layer all are the input.
 */
function denseResNet(r: number, delta: number, layer: (states: readonly Tensor[]) => Tensor, input: number) {
  return map({
    f: (x) => {
      const states = Array.from({ length: r + 1 }, (_, i) => slice(x, [i], [i + 1]));
      return concat([add(states[0]!, mul(delta, layer(states))), slice(x, [0], [r])]);
    },
    initial: new Float64Array(r + 1).fill(input),
  });
}
const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1));
const exact = (t: number): number => {
  let sum = 0;
  for (let k = Math.floor(t) + 1; k >= 0; k--) sum += ((-1) ** k * (t - k + 1) ** k) / factorial(k);
  return sum;
};

describe("DenseResNets become delay equations as delta = 1 / r goes to 0", () => {
  test("x' = -x(t - 1): the error at t = 3 and t = 5 is of order 1, against the exact polynomial", () => {
    for (const t of [3, 5]) {
      const errors = [32, 64, 128].map((r) => {
        const net = denseResNet(r, 1 / r, (h) => mul(-1, h[r]!), 1);
        net.step(t * r);
        return net.state[0]! - exact(t);
      });
      for (const [i, e] of errors.slice(1).entries()) expect(Math.abs(Math.log2(errors[i]! / e) - 1)).toBeLessThan(0.05);
    }
  });

  test("several states before: F(h, h at tau / 2, h at tau) converges with order 1 to the solution of high order", () => {
    const layer = (h: Tensor, half: Tensor, full: Tensor): Tensor => add(tanh(mul(2, half)), add(mul(-1.5, full), mul(-0.2, h)));
    const limit = delay({ field: (x, [half, full]) => layer(x, half!, full!), lags: [0.5, 1], history: [0.4] });
    limit.step(8);
    expect(limit.time).toBe(4);
    const errors = [16, 32, 64, 128].map((r) => {
      const net = denseResNet(r, 1 / r, (h) => layer(h[0]!, h[r / 2]!, h[r]!), 0.4);
      net.step(4 * r);
      return Math.abs(net.state[0]! - limit.present[0]!);
    });
    expect(Math.abs(Math.log2(errors[2]! / errors[3]!) - 1)).toBeLessThan(0.05);
  });

  test("the network is Euler's method for its delay equation, layer by layer", () => {
    const r = 16;
    const net = denseResNet(r, 1 / r, (h) => tanh(mul(-2, h[r]!)), 0.7);
    const s = delay({ field: (_x, [y]) => tanh(mul(-2, y!)), lags: [1], history: [0.7], solver: euler, steps: r, dt: 1 / r });
    for (let k = 0; k < 5 * r; k++) {
      net.step();
      s.step();
      expect(Math.abs(net.state[0]! - s.present[0]!)).toBeLessThan(1e-13);
    }
  });
});
