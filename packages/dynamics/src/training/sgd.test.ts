import { constant, div, matmul, mul, reshape, square as squared, sub, sum, take, threads, type Tensor } from "#engine";
import { describe, expect, it } from "vitest";
import { lyapunov } from "../analysis/lyapunov.js";
import { toDense } from "../core/linear-operator.js";
import { fillNormal, random } from "../core/random.js";
import { mlp } from "../networks/mlp.js";
import { epochs } from "./batches/epochs.js";
import { batchings } from "./batches/index.js";
import { withReplacement } from "./batches/with-replacement.js";
import { square } from "./losses.js";
import { gradientDescent } from "./optimizers/gradient-descent.js";
import { heavyBall } from "./optimizers/heavy-ball.js";
import { optimizers } from "./optimizers/index.js";
import { sgd } from "./sgd.js";
import { stochasticDescent } from "./stochastic-descent.js";
import { training } from "./training.js";

const data = {
  samples: 12,
  inputs: fillNormal(new Float64Array(24), random(1)),
  targets: fillNormal(new Float64Array(12), random(2)),
};
const architecture = mlp({ widths: [2, 5, 1] });
const network = { architecture, data, loss: square, optimizer: gradientDescent({ stepSize: 0.1 }) };

/** Mean of (g_i . w - y_i)^2 / 2 over the batch: linear, so that every step is known by hand. */
const G = [1, 2, -1, 0.5, 0.3, 1, 2, -2];
const Y = [1, 0, -1, 2];
const linear = (w: Tensor, samples: Tensor): Tensor => {
  const rows = take(constant(G, [4, 2]), samples);
  const residual = sub(reshape(matmul(rows, reshape(w, [2, 1])), [samples.shape[0]!]), take(constant(Y), samples));
  return mul(0.5 / samples.shape[0]!, sum(squared(residual)));
};
const small = (batchSize: number, more: object = {}) =>
  stochasticDescent({
    objective: linear,
    samples: 4,
    batchSize,
    initial: [1, -1],
    optimizer: gradientDescent({ stepSize: 0.1 }),
    seed: 4,
    ...more,
  });

describe("stochasticDescent", () => {
  it.each(batchings.map((b) => [b.name, b] as const))("%s: takes the gradient of the batch that it shows", (_, batches) => {
    const run = small(3, { batches });
    for (let t = 0; t < 20; t++) {
      const [a, b] = run.parameters as unknown as [number, number];
      run.step();
      const next = [a, b];
      let loss = 0;
      for (const i of run.observables.batch!) {
        const residual = G[2 * i]! * a + G[2 * i + 1]! * b - Y[i]!;
        loss += residual ** 2 / 6;
        next[0]! -= (0.1 / 3) * residual * G[2 * i]!;
        next[1]! -= (0.1 / 3) * residual * G[2 * i + 1]!;
      }
      expect(run.observables.loss![0]).toBeCloseTo(loss, 14);
      next.forEach((x, i) => expect(run.parameters[i]).toBeCloseTo(x, 14));
    }
  });

  it("has tangents that obey v' = (I - eta H of the batch) v, and the Hessian of all samples", () => {
    const riding = small(1).tangent(2);
    const run = small(1);
    riding.tangents.set([1, 0, 0, 1]);
    riding.step();
    run.step();
    const i = run.observables.batch![0]!;
    const g = [G[2 * i]!, G[2 * i + 1]!];
    [1 - 0.1 * g[0]! ** 2, -0.1 * g[0]! * g[1]!, -0.1 * g[0]! * g[1]!, 1 - 0.1 * g[1]! ** 2].forEach((x, j) =>
      expect(riding.tangents[j]).toBeCloseTo(x, 14),
    );
    const h = toDense(run.hessian());
    expect(h[0]).toBeCloseTo((1 + 1 + 0.09 + 4) / 4, 14);
    expect(h[1]).toBeCloseTo((2 - 0.5 + 0.3 - 4) / 4, 14);
  });

  it("has the Lyapunov exponent of single-sample SGD with orthogonal gradients: -0.170275", () => {
    // Gram matrix diag(1, 2, 0.5), eta = 0.8: max over i of log |1 - eta g_i| / 3.
    const roots = [1, Math.sqrt(2), Math.sqrt(0.5)];
    const run = stochasticDescent({
      objective: (w, i) => div(mul(0.5, sum(squared(take(mul(constant(roots), w), i)))), i.shape[0]!),
      samples: 3,
      batchSize: 1,
      initial: [0, 0, 0],
      optimizer: gradientDescent({ stepSize: 0.8 }),
    });
    const { value, error } = lyapunov(run, { k: 3, steps: 40_000 });
    const exact = [1, 2, 0.5].map((g) => Math.log(Math.abs(1 - 0.8 * g)) / 3).sort((a, b) => b - a);
    exact.forEach((x, i) => expect(Math.abs(value[i]! - x)).toBeLessThan(4 * error[i]!));
    expect(exact[0]).toBeCloseTo(-0.170275208, 9);
    expect(error[0]).toBeLessThan(0.003);
  });

  it("refuses batches that the data cannot fill, and says what can", () => {
    expect(() => small(5)).toThrow(/batchSize 5 given; allowed: integers from 1 to 4.*withReplacement/);
    expect(() => small(5, { batches: withReplacement })).not.toThrow();
    for (const size of [0, 1.5, NaN]) expect(() => small(size)).toThrow(/integers from 1/);
  });
});

describe("sgd", () => {
  it("with one batch of all samples is full-batch training, in another order of summation", () => {
    const full = training(network);
    const run = sgd({ ...network, batchSize: 12 });
    full.step(50);
    run.step(50);
    run.parameters.forEach((x, i) => expect(Math.abs(x - full.parameters[i]!)).toBeLessThan(1e-13));
    expect(run.evaluate(data).loss).toBeCloseTo(full.evaluate(data).loss, 14);
    expect(run.kind).toBe("random");
  });

  it.each(optimizers.map((o) => [o.name, o.make] as const))("combines with %s, stops and goes on bit for bit", (_, make) => {
    const optimizer = make({ stepSize: 0.01 });
    const run = sgd({ ...network, optimizer, batchSize: 4, batches: epochs });
    const before = run.evaluate(data).loss;
    expect(run.step(101)).toBe("ok");
    const [state, time] = [run.state.slice(), run.time];
    run.step(99);
    expect(run.evaluate(data).loss).toBeLessThan(before);
    const other = sgd({ ...network, optimizer, batchSize: 4, batches: epochs });
    other.reset(state, time);
    other.step(99);
    expect([...other.state]).toEqual([...run.state]);
  });

  it("momentum 0 is SGD, and momentum is the heavy ball on batch gradients", () => {
    const make = (optimizer: ReturnType<typeof heavyBall>) => {
      const run = small(2, { optimizer });
      const path = [[1, -1]];
      for (let t = 0; t < 10; t++) {
        run.step();
        path.push([...run.parameters]);
      }
      return { path, batches: run };
    };
    expect(make(heavyBall({ stepSize: 0.1, momentum: 0 })).path).toEqual(make(gradientDescent({ stepSize: 0.1 })).path);
    const { path } = make(heavyBall({ stepSize: 0.1, momentum: 0.5 }));
    // theta_{t+1} - theta_t - beta (theta_t - theta_{t-1}) is -eta times the gradient of the batch of step t at theta_t.
    const probe = small(2);
    for (let t = 1; t < 10; t++) {
      probe.reset(path[t]!, t);
      probe.step();
      for (let i = 0; i < 2; i++) {
        const move = path[t + 1]![i]! - path[t]![i]! - 0.5 * (path[t]![i]! - path[t - 1]![i]!);
        expect(move).toBeCloseTo(probe.parameters[i]! - path[t]![i]!, 14);
      }
    }
  });

  it("runs copies under the same batches or under their own", () => {
    const run = sgd({ ...network, batchSize: 3 });
    const shared = run.batch(3);
    const own = run.batch(3, { noise: "own" });
    for (const s of [run, shared, own]) s.step(20);
    const d = run.dim;
    const row = (s: typeof shared, i: number): number[] => [...s.state.subarray(i * d, (i + 1) * d)];
    for (const s of [shared, own]) row(s, 0).forEach((x, i) => expect(Math.abs(x - run.state[i]!)).toBeLessThan(1e-13));
    expect(row(shared, 2)).toEqual(row(shared, 0));
    expect(row(own, 2)).not.toEqual(row(own, 0));
  });

  it("gives the same bits on any number of threads", async () => {
    const pool = await threads(2);
    const one = sgd({ ...network, batchSize: 3 });
    const two = sgd({ ...network, batchSize: 3, threads: pool });
    one.step(30);
    two.step(30);
    expect([...two.state]).toEqual([...one.state]);
    expect([...two.observables.batch!]).toEqual([...one.observables.batch!]);
    pool.close();
  });

  it("has batches that do not depend on the initial parameters unless they share the seed by default", () => {
    const a = sgd({ ...network, batchSize: 3, seed: 1, batchSeed: 7 });
    const b = sgd({ ...network, batchSize: 3, seed: 2, batchSeed: 7 });
    a.step(5);
    b.step(5);
    expect([...a.observables.batch!]).toEqual([...b.observables.batch!]);
    expect([...a.parameters]).not.toEqual([...b.parameters]);
  });
});
