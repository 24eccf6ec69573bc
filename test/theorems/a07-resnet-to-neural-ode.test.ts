// A residual network with shared parameters is the explicit Euler method (Haber and Ruthotto 2017). For dh/dt = tanh h, sinh h(t) = e^t sinh h(0).
// Euler's error to leading order is (1/L) times the solution of e' = sech^2(h) e + h''/2 ... that is, global error * L -> E(1) with
// E' = f'(h) E - f'(h) f(h) / 2, E(0) = 0. Since f(h(t)) solves the homogeneous equation, E = -f(h(t)) / 2 times the integral of f'(h), which is
// log f(h(1)) - log f(h(0)): E(1) = -tanh(h(1)) / 2 * log(tanh h(1) / tanh h(0)).
import { add, at, compile, constant, tanh } from "#engine";
import { neuralOde, resnet, type Architecture } from "#dynamics";
import { describe, expect, it } from "vitest";

const exact = (h: number, t: number): number => Math.asinh(Math.exp(t) * Math.sinh(h));
const constantOf = (h: number, t: number): number => {
  const end = Math.tanh(exact(h, t));
  return (-end / 2) * Math.log(end / Math.tanh(h));
};

/** dh/dt = tanh h as the field of a network: weights 1, biases 0. */
const theta = [1, 0, 1, 0];
function at1(network: Architecture, h: number): number {
  expect(network.size).toBe(4);
  const program = compile((p, x) => network.apply(p!, x!), [{ shape: [4] }, { shape: [1, 1] }]);
  program.inputs[0]!.set(theta);
  program.inputs[1]![0] = h;
  program.run();
  return program.outputs[0]![0]!;
}
const shared = (depth: number, horizon = 1): Architecture =>
  resnet({ widths: [1, 1, 1], depth, horizon, shared: true, readout: "identity" });

describe("the residual network tends to its flow", () => {
  it("with the errors times L that Euler's method has, L = 10 ... 320", () => {
    expect(exact(1, 1)).toBeCloseTo(1.8782301658116511, 15);
    const listed = { 10: -0.10918, 20: -0.10844, 40: -0.10805, 80: -0.10785, 160: -0.10775, 320: -0.1077 };
    for (const [depth, value] of Object.entries(listed))
      // Five decimals are listed.
      expect(Math.abs((at1(shared(Number(depth)), 1) - exact(1, 1)) * Number(depth) - value)).toBeLessThan(6e-6);
  });

  it.each([
    [1, 1],
    [0.3, 2],
    [-0.8, 1.5],
  ])("from h = %f up to T = %f: error * L tends to the derived constant, with order 1", (h, horizon) => {
    const error = (depth: number): number => at1(shared(depth, horizon), h) - exact(h, horizon);
    // Per unit of time steps are horizon / L long.
    const limit = horizon * constantOf(h, horizon);
    // Richardson's extrapolation removes the next power of 1/L.
    expect(Math.abs(2 * 640 * error(640) - 320 * error(320) - limit)).toBeLessThan(2e-4 * Math.abs(limit));
    const order = Math.log2(error(320) / error(640));
    expect(Math.abs(order - 1)).toBeLessThan(0.01);
  });

  it("has the constant -0.10765 from h = 1 to T = 1", () => {
    expect(constantOf(1, 1)).toBeCloseTo(-0.10765, 5);
  });

  it("and a neural ODE with one step of Euler a layer is the same network, to the bit", () => {
    const ode = neuralOde({ widths: [1, 1, 1], steps: 40, solver: "euler", readout: "identity" });
    expect(at1(ode, 1)).toBe(at1(shared(40), 1));
  });
});

it("the layers of a network are its states on the way, and the last is its output", () => {
  const network = neuralOde({ widths: [2, 3, 1], steps: 5, timeDependent: true });
  const program = compile(
    (p, x) => [...network.layers(p!, x!), network.apply(p!, x!)],
    [{ shape: [network.size] }, { shape: [4, 2] }],
  );
  program.inputs[0]!.set(network.initial(3));
  program.inputs[1]!.set([1, 2, -1, 0.5, 0, 0, 3, -2]);
  program.run();
  expect(program.outputs.length).toBe(7);
  const [walked, ran] = program.outputs.slice(-2);
  // The loop and the unrolled steps compute the time in two ways: k h and the constant of step k.
  walked!.forEach((y, i) => expect(Math.abs(y - ran![i]!)).toBeLessThan(1e-14 * (1 + Math.abs(y))));
});

it("would notice a layer that takes a step of another length", () => {
  const wrong = compile(
    (x) => {
      let h = x!;
      for (let k = 0; k < 40; k++) h = add(h, tanh(h));
      return at(add(h, constant(0)), 0);
    },
    [{ shape: [1] }],
  );
  wrong.inputs[0]![0] = 1;
  wrong.run();
  expect(Math.abs(wrong.outputs[0]![0]! - exact(1, 1))).toBeGreaterThan(1);
});
