import { mul, sum, square as squared, type Tensor } from "#engine";
import { describe, expect, it } from "vitest";
import { constant } from "#engine";
import { mlp } from "../networks/mlp.js";
import { descent } from "../training/descent.js";
import { square } from "../training/losses.js";
import { adam } from "../training/optimizers/adam.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { training } from "../training/training.js";
import { ridingSharpness } from "./riding-sharpness.js";
import { sharpness } from "./sharpness.js";

const curvatures = [5, 2, 1, 0.5];
const quadratic = (w: Tensor): Tensor => mul(0.5, sum(mul(constant(curvatures, [4]), squared(w))));
const data = {
  samples: 20,
  inputs: Array.from({ length: 20 }, (_, i) => -1 + (2 * i) / 19),
  targets: Array.from({ length: 20 }, (_, i) => (i % 3) - 1),
};
const train = (optimizer = gradientDescent({ stepSize: 0.3 })) =>
  training({ architecture: mlp({ widths: [1, 12, 1] }), data, loss: square, optimizer });

describe("the sharpness that rides along", () => {
  it("converges on a quadratic to the largest eigenvalue at the rate of the power method", () => {
    const run = descent({
      objective: quadratic,
      initial: [1, 1, 1, 1],
      optimizer: gradientDescent({ stepSize: 0.1 }),
    });
    const riding = ridingSharpness(run, { every: 1 });
    riding.step(30);
    expect(riding.estimate().value).toBeCloseTo(5, 12);
    // The residual falls by lambda2 / lambda1 a measurement.
    const errors = riding.points.map((p) => p.error);
    expect(errors[20]! / errors[19]!).toBeCloseTo(2 / 5, 3);
    riding.points.forEach((p) => expect(p.value).toBeLessThanOrEqual(5 + 1e-14));
  });

  it("leaves the run as it is, bit for bit, whatever the optimizer", () => {
    for (const optimizer of [gradientDescent({ stepSize: 0.3 }), adam({ stepSize: 0.01 })]) {
      const [plain, probed] = [train(optimizer), train(optimizer)];
      ridingSharpness(probed, { every: 7 }).step(100);
      plain.step(100);
      expect(probed.time).toBe(100);
      expect([...probed.state]).toEqual([...plain.state]);
    }
  });

  it("agrees with the Krylov space within its own error, however its steps are cut", () => {
    const run = train();
    const riding = ridingSharpness(run, { every: 4 });
    for (const n of [3, 1, 200, 196]) riding.step(n);
    expect(riding.points.map((p) => p.time)).toEqual(Array.from({ length: 100 }, (_, i) => 4 * i));
    const before = train();
    before.step(396);
    const truth = sharpness(before, { tolerance: 1e-8, maxProducts: 400 }).measure().pairs.value[0]!;
    const { value, error } = riding.estimate();
    expect(error).toBeLessThan(0.05 * truth);
    expect(Math.abs(value - truth)).toBeLessThanOrEqual(error);
  });

  it("tells that the run diverged", () => {
    const run = descent({
      objective: quadratic,
      initial: [1, 1, 1, 1],
      optimizer: gradientDescent({ stepSize: 100 }),
    });
    expect(ridingSharpness(run, { every: 5 }).step(1000)).toBe("diverged");
  });

  it("refuses what makes no sense", () => {
    expect(() => ridingSharpness(train(), { every: 0 })).toThrow("every 0 given; allowed: integers from 1");
    expect(() => train().stepWithProduct([1])).toThrow(/a vector of 1 numbers given, the loss has 37 parameters/);
  });
});
