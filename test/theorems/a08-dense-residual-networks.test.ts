import { delay, denseResnet, euler, map, neuralDelayEquation, type Architecture } from "#dynamics";
import { add, compile, concat, mul, slice, tanh, type Tensor } from "#engine";
import { describe, expect, test } from "vitest";
import { reversing } from "../../packages/dynamics/src/claims/dense-residual.js";

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

/** The output of a network for one input, with its gradient's worth of parameters given. */
function output(network: Architecture, theta: ArrayLike<number>, x: readonly number[]): Float64Array {
  expect(network.size).toBe(theta.length);
  const program = compile((p, h) => network.apply(p!, h!), [{ shape: [network.size] }, { shape: [1, network.inputs] }]);
  program.inputs[0]!.set(theta);
  program.inputs[1]!.set(x);
  program.run();
  return program.outputs[0]!.slice();
}

describe("the architecture dense-resnet", () => {
  test("with x' = -x(t - 1) has an error of order 1 in 1/r against the exact polynomial, order 1.00 +- 0.05", () => {
    for (const t of [1.5, 3, 5]) {
      const errors = [32, 64, 128].map((r) => output(reversing(r, t), [0, -1], [1])[0]! - exact(t));
      expect(Math.abs(errors[0]!)).toBeGreaterThan(1e-4);
      for (const [i, e] of errors.slice(1).entries()) expect(Math.abs(Math.log2(errors[i]! / e) - 1)).toBeLessThan(0.05);
    }
  });

  test("tends to the neural delay equation with the same parameters, order 1.00 +- 0.05, two units, two delays", () => {
    const shape = { widths: [2, 6, 2], readout: "identity", init: { gain: 1.5, biasDeviation: 0.5 } } as const;
    const equation = neuralDelayEquation({ ...shape, delay: 0.8, lags: 2, horizon: 2, steps: 16, solver: "dopri5" });
    const theta = equation.initial(3);
    const finer = output(
      neuralDelayEquation({ ...shape, delay: 0.8, lags: 2, horizon: 2, steps: 32, solver: "dopri5" }),
      theta,
      [1, -0.5],
    );
    const limit = output(equation, theta, [1, -0.5]);
    limit.forEach((y, i) => expect(Math.abs(y - finer[i]!)).toBeLessThan(1e-8));
    const errors = [64, 128, 256].map((r) => {
      // tau = r T / L = 0.8.
      const net = denseResnet({ ...shape, depth: (5 * r) / 2, memory: r, shortcuts: 2, horizon: 2, shared: true });
      return output(net, theta, [1, -0.5]).map((y, i) => y - finer[i]!);
    });
    for (const i of [0, 1])
      for (const k of [0, 1]) expect(Math.abs(Math.log2(errors[k]![i]! / errors[k + 1]![i]!) - 1)).toBeLessThan(0.05);
  });

  test("is Euler's method for that equation: the same numbers to rounding, also with a memory of its own for each layer", () => {
    const shape = { widths: [2, 5, 2], readout: "identity" } as const;
    const equation = neuralDelayEquation({ ...shape, delay: 1, horizon: 3, steps: 8, solver: "euler" });
    const theta = equation.initial(1);
    const shared = denseResnet({ ...shape, depth: 24, memory: 8, shortcuts: 1, horizon: 3, shared: true });
    const separate = denseResnet({ ...shape, depth: 24, memory: 8, shortcuts: 1, horizon: 3 });
    const there = output(equation, theta, [0.3, -1]);
    const repeated = Float64Array.from({ length: separate.size }, (_, i) => theta[i % theta.length]!);
    for (const found of [output(shared, theta, [0.3, -1]), output(separate, repeated, [0.3, -1])])
      found.forEach((y, i) => expect(Math.abs(y - there[i]!)).toBeLessThan(1e-13));
  });

  test("a scalar one takes x to -x, which no residual network that is a flow can: x' = -2 x(t - 1) to T = 1", () => {
    const net = denseResnet({
      widths: [1, 1],
      bias: false,
      depth: 10,
      memory: 10,
      shortcuts: 1,
      shared: true,
      readout: "identity",
    });
    for (const x of [-1, 0.25, 3]) expect(output(net, [0, -2], [x])[0]).toBeCloseTo(-x, 13);
  });

  test("without weight on the past it is a residual network with the same branch", () => {
    const net = denseResnet({
      widths: [1, 1],
      bias: false,
      depth: 7,
      memory: 3,
      shortcuts: 3,
      shared: true,
      readout: "identity",
    });
    expect(output(net, [0.5, 0, 0, 0], [2])[0]).toBeCloseTo(2 * (1 + 0.5 / 7) ** 7, 13);
    // Against a weight on one state of the past, which it must see: h_k, h_{k-1}, h_{k-2}, h_{k-3}.
    let states = [2, 2, 2, 2];
    for (let k = 0; k < 7; k++) states = [states[0]! + (0.5 * states[2]!) / 7, ...states.slice(0, 3)];
    expect(output(net, [0, 0, 0.5, 0], [2])[0]).toBeCloseTo(states[0]!, 13);
  });
});
