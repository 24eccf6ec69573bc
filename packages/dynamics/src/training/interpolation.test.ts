import { compile, jacobian } from "#engine";
import { describe, expect, it } from "vitest";
import { fillNormal, random } from "../core/random.js";
import { dot } from "../core/rows.js";
import { mlp } from "../networks/mlp.js";
import { checkInterpolation, interpolate } from "./interpolation.js";
import { outputJacobian } from "./jacobian.js";
import { square } from "./losses.js";
import { gradientDescent } from "./optimizers/gradient-descent.js";
import { training } from "./training.js";

const made = (samples: number, inputs: number, outputs: number, seed = 0) => ({
  samples,
  inputs: fillNormal(new Float64Array(samples * inputs), random(seed)),
  targets: fillNormal(new Float64Array(samples * outputs), random(seed, 1)),
});

describe("the Jacobian of outputs", () => {
  const net = mlp({ widths: [3, 4, 2], init: { biasDeviation: 0.3 } });
  const data = made(5, 3, 2);
  const theta = net.initial(1);
  const here = outputJacobian(net, data).at(theta);

  it("is the forward-mode Jacobian, entry by entry", () => {
    const p = compile((t, x) => jacobian((s) => net.apply(s, x))(t), [{ shape: [net.size] }, { shape: [5, 3] }]);
    p.inputs[0]!.set(theta);
    p.inputs[1]!.set(data.inputs);
    p.run();
    p.outputs[0]!.forEach((d, i) => expect(Math.abs(d - here.jacobian[i]!)).toBeLessThan(1e-14));
  });

  it("gives J J^T, symmetric to the last bit", () => {
    const { matrix, outputs, samples } = here.gram();
    expect([samples, outputs]).toEqual([5, 2]);
    for (let i = 0; i < 10; i++)
      for (let j = 0; j < 10; j++) {
        expect(Math.abs(matrix[i * 10 + j]! - dot(here.jacobian, i, here.jacobian, j, net.size))).toBeLessThan(1e-13);
        expect(matrix[i * 10 + j]).toBe(matrix[j * 10 + i]);
      }
  });
});

it("the loss is the house's square loss", () => {
  const net = mlp({ widths: [2, 3, 2] });
  const data = made(5, 2, 2);
  const run = training({
    architecture: net,
    data,
    loss: square,
    optimizer: gradientDescent({ stepSize: 0.1 }),
    seed: 4,
  });
  const program = outputJacobian(net, data);
  expect(program.at(net.initial(4)).loss).toBeCloseTo(run.evaluate(data).loss, 14);
  expect(program.loss(net.initial(4))).toBe(program.at(net.initial(4)).loss);
});

describe("interpolate", () => {
  it.each([
    [10, 3, 1, 12],
    [12, 4, 3, 20],
  ])("reaches a loss below 1e-20: %i samples, %i inputs, %i outputs, %i hidden units", (n, i, o, h) => {
    const found = interpolate(mlp({ widths: [i, h, o] }), made(n, i, o), { seed: 3 });
    expect(found.explanation).toBeUndefined();
    expect(found.status).toBe("ok");
    expect(found.loss).toBeLessThan(1e-20);
    expect(found.rank).toBe(n * o);
    expect(found.regime).toBe("overparametrised");
    const again = checkInterpolation(found.architecture, found.data, found.theta);
    expect(again.loss).toBe(found.loss);
    expect(again.iterations).toBe(0);
  });

  it("may start from gradient descent", () => {
    const net = mlp({ widths: [2, 10, 1] });
    const found = interpolate(net, made(6, 2, 1), { descent: { stepSize: 0.1, steps: 500 } });
    expect(found.status).toBe("ok");
    expect(() => interpolate(net, made(6, 2, 1), { descent: { stepSize: 1e6, steps: 500 } })).toThrow(/smaller/);
  });

  it("says how far a point is from interpolating", () => {
    const net = mlp({ widths: [2, 10, 1] });
    const found = checkInterpolation(net, made(6, 2, 1), net.initial(0));
    expect(found.status).toBe("not-converged");
    expect(found.explanation).toMatch(/the loss is .*, not below 1e-20; the largest residual is .*, at sample \d, output 0/);
  });

  it("names the theory when there are too few parameters", () => {
    const found = interpolate(mlp({ widths: [1, 2, 1] }), made(20, 1, 1), { maxIterations: 60 });
    expect(found.status).toBe("not-converged");
    expect(found.regime).toBe("overdetermined");
    expect(found.explanation).toMatch(/7 parameters for 20 samples x 1 output = 20 equations: overdetermined/);
  });

  it("says of as many parameters as equations that the minimum is a point, and that both theories apply there", () => {
    const linear = mlp({ widths: [4, 1], bias: false });
    const found = interpolate(linear, made(4, 4, 1));
    expect(found.status).toBe("ok");
    expect(found.regime).toBe("determined");
    expect(found.explanation).toMatch(
      /as many parameters as equations, 4: .*isolated point.*below 2 \/ eta; .*sign of its exponent/,
    );
    const away = checkInterpolation(linear, made(4, 4, 1), [9, 9, 9, 9]);
    expect(away.explanation).toMatch(/not below 1e-20.*isolated point/);
    expect(away.explanation).not.toMatch(/sign of its exponent/);
    expect(interpolate(linear, made(3, 4, 1)).regime).toBe("overparametrised");
  });

  it("says the rank when two samples are the same, and how it was decided", () => {
    const data = made(8, 3, 1);
    data.inputs.copyWithin(0, 3, 6);
    data.targets.copyWithin(0, 1, 2);
    const found = interpolate(mlp({ widths: [3, 12, 1] }), data, { seed: 1 });
    expect(found.status).toBe("ok");
    expect(found.regime).toBe("rank-deficient");
    expect(found.rank).toBe(7);
    expect(found.explanation).toMatch(/rank 7 of 8.*2\^-52.*The inputs of samples 0 and 1 are the same/);
  });

  it("says which samples no network can pass through", () => {
    const data = made(8, 3, 1);
    // Samples 1 and 4 agree; 2 and 6 do not.
    data.inputs.copyWithin(12, 3, 6);
    data.targets[4] = data.targets[1]!;
    data.inputs.copyWithin(18, 6, 9);
    const found = interpolate(mlp({ widths: [3, 12, 1] }), data, { seed: 1, maxIterations: 60 });
    expect(found.status).toBe("not-converged");
    expect(found.explanation).toMatch(/samples 2 and 6 have the same inputs and different targets: .*leave one out/);
    // Half of the squared difference of the two targets is what remains: 1/(2N) (d^2 / 2).
    expect(Math.abs(found.loss / ((data.targets[2]! - data.targets[6]!) ** 2 / 32) - 1)).toBeLessThan(1e-9);
  });

  // One-hot targets add up to 1. Where the last layer does so too (its weights W to 0, its biases to 1, which every step then keeps), J^T c = 0
  // for c_i = a_i (1, 1, 1) whenever sum_i a_i (phi(x_i), 1) = 0: at least samples - hidden - 1 directions.
  it("finds the directions that one-hot targets may leave without a gradient", () => {
    const [n, hidden] = [14, 9];
    const data = made(n, 12, 3);
    data.targets.fill(0);
    for (let i = 0; i < n; i++) data.targets[i * 3 + (i % 3)] = 1;
    const net = mlp({ widths: [12, hidden, 3] });
    const start = net.initial(1);
    const [w, b] = [net.layout[2]!.offset, net.layout[3]!.offset];
    for (let h = 0; h < hidden; h++) start[w + 3 * h + 2] = -start[w + 3 * h]! - start[w + 3 * h + 1]!;
    start.fill(1 / 3, b, b + 3);
    const found = interpolate(net, data, { start });
    expect(found.status).toBe("ok");
    expect(found.rank).toBe(3 * n - (n - hidden - 1));
    expect(found.explanation).toMatch(/one-hot/);
  });

  it("names what is allowed", () => {
    const net = mlp({ widths: [2, 3, 1] });
    expect(() => interpolate(net, made(6, 3, 1))).toThrow(/inputs has 18 numbers/);
    expect(() => interpolate(net, made(6, 2, 1), { start: [1] })).toThrow(/start of 1 numbers/);
    expect(() => interpolate(net, made(6, 2, 1), { tolerance: 0 })).toThrow(/tolerance 0/);
  });
});
