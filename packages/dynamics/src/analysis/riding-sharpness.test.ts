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

  // Directions that never mix, one of which rises from the middle; and a gradient of 0, so that the run stays where it is.
  const rising = (every: number) => {
    let time = 0;
    const diagonal = (): number[] => [6, 4, 1 + 0.3 * (time / every), 0.5];
    const product = (v: ArrayLike<number>): Float64Array => Float64Array.from(diagonal(), (d, i) => d * v[i]!);
    return {
      run: {
        get time() {
          return time;
        },
        parameters: new Float64Array(4),
        step: (n = 1) => ((time += n), "ok" as const),
        stepWithProduct: (v: ArrayLike<number>) => {
          const found = { status: "ok" as const, product: product(v) };
          time++;
          return found;
        },
        hessian: () => ({
          dim: 4,
          symmetric: true,
          apply: (block: Float64Array, out: Float64Array) => out.set(product(block)),
        }),
      },
      exact: (at: number) => Math.max(6, 1 + 0.3 * (at / every)),
    };
  };

  it.each([1, 5])("finds a direction that overtakes and that no residual hears of, measured every %i", (every) => {
    const { run, exact } = rising(every);
    const riding = ridingSharpness(run, { every });
    // Rounding would mix them after some 90 measurements; the scout is asked every eighth.
    riding.step(40 * every);
    expect(riding.points.map((p) => p.time)).toEqual(Array.from({ length: 40 }, (_, i) => every * i));
    const wrong = riding.points.slice(6).filter((p) => Math.abs(p.value / exact(p.time) - 1) > 0.02);
    expect(wrong.length).toBeLessThanOrEqual(16);
    expect(riding.estimate().value / exact(39 * every)).toBeCloseTo(1, 2);
  });

  it("finds a direction that overtakes in a network whose symmetry hides it: within its error and 6 % from then on", () => {
    const inputs = Array.from({ length: 20 }, (_, i) => -1 + (2 * i) / 19);
    const odd = { samples: 20, inputs, targets: inputs.map((x) => x * (4 * x * x - 3)) };
    const init = { weights: "xavier-normal", gain: [1.9, 1] } as const;
    const architecture = mlp({ widths: [1, 20, 1], bias: [true, false], init });
    const make = () =>
      training({ architecture, data: odd, loss: square, optimizer: gradientDescent({ stepSize: 0.2 }), seed: 2 });
    const [run, beside] = [make(), make()];
    const riding = ridingSharpness(run);
    riding.step(800);
    beside.step(384);
    const exact = sharpness(beside, { tolerance: 1e-8, maxProducts: 400 });
    // The leading direction is another one from step 250 or so on.
    for (const { time, value, error } of riding.points.filter((p) => p.time >= 384)) {
      beside.step(time - beside.time);
      const truth = exact.measure().pairs.value[0]!;
      expect(Math.abs(value - truth)).toBeLessThanOrEqual(error + 0.06 * truth);
    }
  });

  it("follows the largest eigenvalue and not a negative one of greater size", () => {
    const run = descent({
      objective: (w) => mul(0.5, sum(mul(constant([-7, 2, 1, 0.5], [4]), squared(w)))),
      initial: [1, 1, 1, 1],
      optimizer: gradientDescent({ stepSize: 1e-3 }),
    });
    const riding = ridingSharpness(run, { every: 1 });
    riding.step(200);
    expect(riding.estimate().value).toBeCloseTo(2, 6);
  });

  it("tells that the run diverged", () => {
    const run = descent({
      objective: quadratic,
      initial: [1, 1, 1, 1],
      optimizer: gradientDescent({ stepSize: 100 }),
    });
    const riding = ridingSharpness(run, { every: 5 });
    expect(riding.step(1000)).toBe("diverged");
    expect(riding.estimate().status).toBe(Number.isFinite(riding.points.at(-1)!.value) ? "ok" : "diverged");
  });

  it("refuses what makes no sense", () => {
    expect(() => ridingSharpness(train(), { every: 0 })).toThrow("every 0 given; allowed: integers from 1");
    expect(() => train().stepWithProduct([1])).toThrow(/a vector of 1 numbers given, the loss has 37 parameters/);
  });
});
