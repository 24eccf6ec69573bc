import { describe, expect, it } from "vitest";
import { fillNormal, random } from "../core/random.js";
import { mlp } from "../networks/mlp.js";
import { crossEntropy, square } from "./losses.js";
import { gradientDescent } from "./optimizers/gradient-descent.js";
import { training } from "./training.js";

const optimizer = gradientDescent({ stepSize: 0.5 });

describe("training", () => {
  it("of a linear model converges to least squares at the exact rate of its slowest direction", () => {
    // y = w x with L = 1/(2N) sum (w x - y)^2: w' = w - eta (mean x^2) (w - w*).
    const inputs = [1, -2, 0.5];
    const targets = inputs.map((x) => 3 * x);
    const run = training({
      architecture: mlp({ widths: [1, 1], bias: false }),
      data: { samples: 3, inputs, targets },
      loss: square,
      optimizer,
      initial: [0],
    });
    run.step(4);
    const factor = 1 - 0.5 * ((1 + 4 + 0.25) / 3);
    expect(run.parameters[0]).toBeCloseTo(3 * (1 - factor ** 4), 14);
    run.step(200);
    expect(run.parameters[0]).toBeCloseTo(3, 14);
  });

  it("lowers the loss, observes it one step late, and evaluates at the present parameters", () => {
    const data = {
      samples: 20,
      inputs: fillNormal(new Float64Array(40), random(1)),
      targets: fillNormal(new Float64Array(20), random(2)),
    };
    const run = training({
      architecture: mlp({ widths: [2, 8, 1] }),
      data,
      loss: square,
      optimizer: gradientDescent({ stepSize: 0.05 }),
    });
    let last = Infinity;
    for (let i = 0; i < 50; i++) {
      const now = run.evaluate(data);
      expect(now.loss).toBeLessThan(last);
      expect(now.accuracy).toBeNaN();
      run.step();
      expect(run.observables.loss![0]).toBe((last = now.loss));
    }
    expect(run.observables.accuracy).toBeUndefined();
  });

  it("separates two classes: accuracy 1 of 1, also on other data", () => {
    const stream = random(3);
    const points = (samples: number) => {
      const inputs = new Float64Array(2 * samples);
      const targets = new Float64Array(2 * samples);
      for (let i = 0; i < samples; i++) {
        const label = i % 2;
        inputs[2 * i] = (label ? 2 : -2) + 0.3 * stream.normal();
        inputs[2 * i + 1] = stream.normal();
        targets[2 * i + label] = 1;
      }
      return { samples, inputs, targets };
    };
    const run = training({
      architecture: mlp({ widths: [2, 4, 2] }),
      data: points(30),
      loss: crossEntropy,
      optimizer,
    });
    run.step(100);
    expect(run.observables.accuracy![0]).toBe(1);
    const test = run.evaluate(points(11));
    expect(test.accuracy).toBe(1);
    expect(test.predictions.length).toBe(22);
    // All predictions say class 0 when every parameter is 0: accuracy is the share of class 0.
    expect(run.evaluate(points(11), new Float64Array(run.dim)).accuracy).toBe(6 / 11);
  });

  it("has no accuracy where the targets are not one-hot", () => {
    const data = { samples: 2, inputs: [1, 2], targets: [1, 0, 0.5, 0.5] };
    const run = training({ architecture: mlp({ widths: [1, 2] }), data, loss: square, optimizer });
    run.step();
    expect(Object.keys(run.observables)).toEqual(["loss"]);
    expect(run.evaluate(data).accuracy).toBeNaN();
  });

  it("gives the same bits for the same seed", () => {
    const data = { samples: 5, inputs: [1, 2, 3, 4, 5], targets: [1, 0, 1, 0, 1] };
    const make = (seed: number) => {
      const run = training({ architecture: mlp({ widths: [1, 3, 1] }), data, loss: square, optimizer, seed });
      run.step(20);
      return [...run.parameters];
    };
    expect(make(4)).toEqual(make(4));
    expect(make(5)).not.toEqual(make(4));
  });

  it("refuses data that do not fit, and names both shapes or the place", () => {
    const architecture = mlp({ widths: [2, 3, 1] });
    const make = (data: { samples: number; inputs: number[]; targets: number[] }) =>
      training({ architecture, data, loss: square, optimizer });
    expect(() => make({ samples: 2, inputs: [1, 2, 3], targets: [1, 2] })).toThrow(
      /inputs has 3 numbers; mlp 2-3-1 tanh needs \[2, 2\], which is 4/,
    );
    expect(() => make({ samples: 2, inputs: [1, 2, 3, 4], targets: [1] })).toThrow(/targets has 1 numbers; .* needs \[2, 1\]/);
    expect(() => make({ samples: 2, inputs: [1, 2, NaN, 4], targets: [1, 2] })).toThrow(/NaN in row 1, column 0/);
    expect(() => make({ samples: 0, inputs: [], targets: [] })).toThrow(/0 samples given/);
    expect(() =>
      training({
        architecture,
        data: { samples: 1, inputs: [1, 2], targets: [1] },
        loss: square,
        optimizer,
        initial: [1],
      }),
    ).toThrow(/length 1 given, mlp 2-3-1 tanh has 13/);
  });
});
