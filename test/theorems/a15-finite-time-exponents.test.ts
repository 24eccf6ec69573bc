// Finite-time exponents: log of the largest singular value of the derivative of the whole map, over its length.
import { constant, matmul, mul, reshape, sub, type Tensor } from "#engine";
import {
  fillNormal,
  finiteTimeExponents,
  finiteTimeExponentsAt,
  flow,
  layerSystem,
  lyapunov,
  map,
  mlp,
  random,
  singularValues,
  type Architecture,
} from "#dynamics";
import { describe, expect, it } from "vitest";

/** A network as a function of one input vector. */
const mapping = (net: Architecture, theta: Float64Array) => ({
  f: (x: Tensor) => reshape(net.apply(constant(theta), reshape(x, [1, net.inputs])), [net.outputs]),
  dim: net.inputs,
});

const deviation = (values: Float64Array): number => {
  const mean = values.reduce((a, b) => a + b) / values.length;
  return Math.sqrt(values.reduce((s, x) => s + (x - mean) ** 2, 0) / values.length);
};

describe("linear networks", () => {
  it("have the exponents log sigma_i(W_L ... W_1) / L at every input", () => {
    const net = mlp({ widths: [3, 5, 4, 3], activation: "identity", init: { biasDeviation: 1 } });
    const theta = net.initial(2);
    const read = (name: string): Float64Array => {
      const { offset, shape } = net.layout.find((p) => p.name === name)!;
      return theta.subarray(offset, offset + shape[0]! * shape[1]!);
    };
    const product = (a: Float64Array, b: Float64Array, [n, m, k]: number[]): Float64Array =>
      Float64Array.from({ length: n! * k! }, (_, e) => {
        let s = 0;
        for (let j = 0; j < m!; j++) s += a[Math.floor(e / k!) * m! + j]! * b[j * k! + (e % k!)]!;
        return s;
      });
    const whole = product(product(read("W1"), read("W2"), [3, 5, 4]), read("W3"), [3, 4, 3]);
    const exact = [...singularValues(whole, 3, 3).values].map((s) => Math.log(s) / 3);
    const starts = fillNormal(new Float64Array(3 * 40), random(1));
    const found = finiteTimeExponents(mapping(net, theta), { starts, steps: 3, k: 3 });
    found.value.forEach((x, i) => expect(Math.abs(x - exact[i % 3]!)).toBeLessThan(1e-13));
  });
});

describe("many more outputs than inputs", () => {
  it("have the exponents of the square matrix A^T A, list after list", () => {
    const a = fillNormal(new Float64Array(2 * 300), random(5));
    const dotted = (i: number, j: number): number => {
      let s = 0;
      for (let k = 0; k < 300; k++) s += a[300 * i + k]! * a[300 * j + k]!;
      return s;
    };
    const [p, q, r] = [dotted(0, 0), dotted(0, 1), dotted(1, 1)];
    const root = Math.sqrt(0.25 * (p - r) ** 2 + q * q);
    const exact = [0.5 * Math.log(0.5 * (p + r) + root), 0.5 * Math.log(0.5 * (p + r) - root)];
    const f = (x: Tensor): Tensor => reshape(matmul(reshape(x, [1, 2]), constant(a, [2, 300])), [300]);
    const at = finiteTimeExponentsAt({ f, dim: 2 }, { k: 2, together: 3 });
    for (const count of [1, 3, 7]) {
      const { value } = at(new Float64Array(2 * count).fill(0.5));
      expect(value.length).toBe(2 * count);
      value.forEach((x, i) => expect(Math.abs(x - exact[i % 2]!)).toBeLessThan(1e-13));
    }
    expect(() => finiteTimeExponentsAt({ f, dim: 2 }, { together: 0 })).toThrow(/together = 0/);
    expect(() => at([1, 2, 3])).toThrow(/multiples of the dimension 2/);
  });
});

describe("networks", () => {
  const grid = Float64Array.from({ length: 2 * 400 }, (_, i) => -2 + 4 * ((i % 2 ? Math.floor(i / 40) : (i / 2) % 20) / 19));

  it("look alike at x and -x when they are odd, and differ over the input plane", () => {
    const net = mlp({ widths: [2, 20, 20, 1], bias: false, init: { gain: 2 } });
    const f = mapping(net, net.initial(0));
    const [plus, minus] = [grid, grid.map((x) => -x)].map((starts) => finiteTimeExponents(f, { starts, steps: 3 }).value);
    plus!.forEach((x, i) => expect(Math.abs(x - minus![i]!)).toBeLessThan(1e-12));
    expect(deviation(plus!)).toBeGreaterThan(0.05);
  });

  it("lose their contrast as the width grows", () => {
    const contrast = [10, 40, 160].map((n) => {
      // The mean over draws of the spread over inputs; hidden layers alone, so that the output does not average it away.
      const net = mlp({ widths: [2, n, n, n, n], init: { weights: "lecun-normal", gain: 1.3, biasDeviation: 0.3 } });
      return (
        [0, 1, 2].reduce(
          (s, seed) => s + deviation(finiteTimeExponents(mapping(net, net.initial(seed)), { starts: grid, steps: 4 }).value),
          0,
        ) / 3
      );
    });
    expect(contrast[1]!).toBeLessThan(0.9 * contrast[0]!);
    expect(contrast[2]!).toBeLessThan(0.9 * contrast[1]!);
  });

  it("as systems and as programs give the same", () => {
    const net = mlp({ widths: [4, 4, 4, 4], init: { gain: 2 } });
    const theta = net.initial(7);
    const hidden = layerSystem(net, theta, [0, 0, 0, 0]);
    const starts = fillNormal(new Float64Array(4 * 6), random(5));
    const bySystem = finiteTimeExponents(hidden, { starts, steps: 2, k: 4 });
    const twoLayers = { f: (x: Tensor) => reshape(net.layers(constant(theta), reshape(x, [1, 4]))[1]!, [4]), dim: 4 };
    const byProgram = finiteTimeExponents(twoLayers, { starts, steps: 2, k: 4 });
    bySystem.value.forEach((x, i) => expect(Math.abs(x - byProgram.value[i]!)).toBeLessThan(1e-12));
  });
});

describe("maps", () => {
  const logistic = map({ f: (x) => mul(mul(4, x), sub(1, x)), initial: [0.3] });

  it("of one variable: the mean of log |f'| along the orbit", () => {
    const starts = [0.1, 0.2345, 0.9];
    const { value } = finiteTimeExponents(logistic, { starts, steps: 20 });
    starts.forEach((start, i) => {
      let [x, s] = [start, 0];
      for (let t = 0; t < 20; t++) {
        s += Math.log(Math.abs(4 - 8 * x));
        x = 4 * x * (1 - x);
      }
      expect(Math.abs(value[i]! - s / 20)).toBeLessThan(1e-8);
    });
  });

  it("of two: the sum is the rate of areas, log 0.3 for the map of Henon, at every start", () => {
    const henon = map({
      f: {
        f: ([x, y], out) => out.set([1 + y! - 1.4 * x! * x!, 0.3 * x!]),
        df: ([x], [dx, dy], out) => out.set([dy! - 2.8 * x! * dx!, 0.3 * dx!]),
      },
      initial: [0.1, 0.1],
    });
    const { value } = finiteTimeExponents(henon, { starts: [0.1, 0.1, 0.3, -0.2], steps: 8, k: 2 });
    for (const i of [0, 2]) expect(value[i]! + value[i + 1]!).toBeCloseTo(Math.log(0.3), 6);
    // Long ones tend to the characteristic exponent, from above: sigma_1 bounds every direction's growth.
    const long = finiteTimeExponents(henon, { starts: [0.1, 0.1], steps: 400 }).value[0]!;
    expect(Math.abs(long - lyapunov(henon, { steps: 20_000 }).value[0]!)).toBeLessThan(0.05);
  });

  it("of a flow: per unit of time, at every start alike for a linear field", () => {
    const linear = flow({ field: (x) => mul(x, constant([0.1, -0.4])), initial: [1, 1], dt: 0.5 });
    const { value } = finiteTimeExponents(linear, { starts: [1, 1, 2, -3], steps: 6, k: 2 });
    // The solver's tolerance is 1e-6 a step.
    [0.1, -0.4, 0.1, -0.4].forEach((x, i) => expect(Math.abs(value[i]! - x)).toBeLessThan(1e-6));
  });

  it("says where a state left the finite numbers, and refuses starts that are none", () => {
    const found = finiteTimeExponents(logistic, { starts: [0.5, 3], steps: 40 });
    expect(found.status).toBe("diverged");
    expect(found.explanation).toMatch(/^at start 1 /);
    expect(() => finiteTimeExponents({ f: (x) => x, dim: 2 }, { starts: [1, 2, 3] })).toThrow(/multiples of the dimension 2/);
    expect(() => finiteTimeExponents(logistic, { starts: [1], k: 2 })).toThrow(/integers from 1 to the dimension 1/);
  });
});
