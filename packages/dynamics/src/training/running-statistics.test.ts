import { describe, expect, it } from "vitest";
import { toDense } from "../core/linear-operator.js";
import { fillNormal, random } from "../core/random.js";
import { linearMaps } from "../networks/linear-map.js";
import { mlp } from "../networks/mlp.js";
import { outputJacobian } from "./jacobian.js";
import { square } from "./losses.js";
import { gradientDescent } from "./optimizers/gradient-descent.js";
import { optimizers } from "./optimizers/index.js";
import { sgd } from "./sgd.js";
import { training } from "./training.js";

const samples = 12;
const data = {
  samples,
  inputs: fillNormal(new Float64Array(2 * samples), random(1)),
  targets: fillNormal(new Float64Array(samples), random(2)),
};
const make = (statisticsRate = 0.1) => mlp({ widths: [2, 3, 1], normalisation: "batch", statisticsRate });
const architecture = make();

describe.each(optimizers.map((o) => [o.name, o] as const))("running statistics beside the memory of %s", (_, entry) => {
  const optimizer = entry.make({ stepSize: 0.02 });
  const start = (statisticsRate?: number) =>
    sgd({ architecture: make(statisticsRate), data, loss: square, optimizer, batchSize: 4, seed: 5 });

  it("change nothing in the parameters: the same bits at any rate", () => {
    const [slow, fast] = [start(0.1), start(1)];
    slow.step(20);
    fast.step(20);
    expect(slow.parameters).toEqual(fast.parameters);
    expect(slow.network.parameters).not.toEqual(fast.network.parameters);
    expect(slow.dim).toBe(architecture.size * (1 + optimizer.memories) + 6);
  });

  it("go on from state and time with the same bits, alone and in a batch", () => {
    const whole = start();
    whole.step(6);
    const [state, time] = [whole.state.slice(), whole.time];
    whole.step(11);
    const resumed = start();
    resumed.reset(state, time);
    resumed.step(11);
    expect(resumed.state).toEqual(whole.state);
    const side = start().batch(2);
    side.step(17);
    for (let i = 0; i < 2; i++) expect(side.state.slice(i * whole.dim, (i + 1) * whole.dim)).toEqual(whole.state);
  });

  it("leave the step with a Hessian product that of the plain step", () => {
    const full = () => training({ architecture, data, loss: square, optimizer, seed: 5 });
    const [plain, probing] = [full(), full()];
    const direction = new Float64Array(architecture.size).fill(1);
    const wanted = new Float64Array(architecture.size);
    plain.step(3);
    probing.step(2);
    probing.hessian().apply(direction, wanted, 1);
    const { status, product } = probing.stepWithProduct(direction);
    expect(status).toBe("ok");
    product.forEach((p, j) => expect(p).toBeCloseTo(wanted[j]!, 12));
    expect(probing.state).toEqual(plain.state);
    expect(toDense(plain.effectiveHessian()).every(Number.isFinite)).toBe(true);
  });
});

describe("a network with batch normalisation", () => {
  const run = training({ architecture, data, loss: square, optimizer: gradientDescent({ stepSize: 0.1 }) });

  it("is evaluated one by one: a sample's prediction does not know the others", () => {
    run.step(10);
    const all = run.evaluate(data).predictions;
    const alone = run.evaluate({ samples: 1, inputs: data.inputs.slice(8, 10), targets: data.targets.slice(4, 5) });
    expect(alone.predictions[0]).toBeCloseTo(all[4]!, 14);
  });

  it("is refused where samples have to be taken one by one, with the remedy", () => {
    expect(() => run.evaluate(data, run.parameters)).toThrow(/16 parameters given; .* in evaluation mode has 22/);
    expect(() => outputJacobian(architecture, data)).toThrow(/outputJacobian: .* normalises by batches.*running\.evaluation/);
    expect(() => linearMaps(architecture, data)).toThrow(/linearMaps: .* normalises by batches/);
    const one = { architecture, data, loss: square, optimizer: gradientDescent({ stepSize: 0.1 }), batchSize: 1 };
    expect(() => sgd(one)).toThrow(/a batch of 1 sample given; .* allowed are 2 samples or more/);
  });
});
