// Batch normalisation (Ioffe, Szegedy 2015) as Lin, Feng, Zhang, Zhao 2025 use it: statistics of the batch in training, running averages
// m <- (1 - alpha) m + alpha (batch) in evaluation, and linear substitution maps multiplied by D = diag(gamma / sigma). Variances are over n, not n - 1.
import { describe, expect, it } from "vitest";
import { compile, constant, grad, hvp, interpret, mul, sum, trace, type Tensor } from "#engine";
import { gradientDescent, linearMaps, mlp, part, random, sgd, square, training, type Architecture, type Part } from "#dynamics";

const close = (a: ArrayLike<number>, b: ArrayLike<number>, relative: number): void => {
  expect(a.length).toBe(b.length);
  const size = Math.max(...Array.from(b, Math.abs), 1e-300);
  for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!)).toBeLessThanOrEqual(relative * size);
};

const normals = (n: number, seed: number): Float64Array => {
  const stream = random(seed, 3);
  return Float64Array.from({ length: n }, () => stream.normal());
};

/** A draw in which gamma and beta are no longer 1 and 0. */
const drawn = (net: Architecture, seed: number): Float64Array =>
  net.initial(seed).map((v, i) => v + 0.3 * normals(net.size, seed + 100)[i]!);

const partOf = (net: Architecture, name: string): Part => (net.running?.evaluation ?? net).layout.find((p) => p.name === name)!;
const values = (theta: ArrayLike<number>, { offset, shape }: Part): Float64Array =>
  Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => theta[offset + i]!);

/** samples x inputs times inputs x outputs. */
function product(x: ArrayLike<number>, w: ArrayLike<number>, inputs: number): Float64Array {
  const outputs = w.length / inputs;
  return Float64Array.from({ length: (x.length / inputs) * outputs }, (_, i) => {
    let s = 0;
    for (let k = 0; k < inputs; k++) s += x[Math.floor(i / outputs) * inputs + k]! * w[k * outputs + (i % outputs)]!;
    return s;
  });
}

function momentsOf(s: Float64Array, columns: number): { mean: Float64Array; variance: Float64Array } {
  const n = s.length / columns;
  const mean = new Float64Array(columns);
  const variance = new Float64Array(columns);
  s.forEach((v, i) => (mean[i % columns]! += v / n));
  s.forEach((v, i) => (variance[i % columns]! += ((v - mean[i % columns]!) * (v - mean[i % columns]!)) / n));
  return { mean, variance };
}

function run(f: (theta: Tensor) => Tensor, theta: ArrayLike<number>): Float64Array {
  const program = compile((t) => [f(t!)], [{ shape: [theta.length] }]);
  program.inputs[0]!.set(theta);
  program.run();
  return Float64Array.from(program.outputs[0]!);
}

describe("a normalised layer", () => {
  const [samples, epsilon] = [7, 0.02];
  const net = mlp({ widths: [3, 4, 2], activation: "identity", normalisation: "batch", epsilon });
  const theta = drawn(net, 1);
  const x = normals(3 * samples, 2);
  const input = constant(x, [samples, 3]);
  const [w1, gamma, beta, w2, b2] = ["W1", "gamma1", "beta1", "W2", "b2"].map((n) => values(theta, partOf(net, n)));
  const s = product(x, w1!, 3);
  const { mean, variance } = momentsOf(s, 4);
  const sigma = variance.map((v) => Math.sqrt(v + epsilon));
  const hat = s.map((v, i) => (v - mean[i % 4]!) / sigma[i % 4]!);

  it("is gamma (s - mean) / sqrt(variance + epsilon) + beta of its batch", () => {
    const h = hat.map((v, i) => gamma![i % 4]! * v + beta![i % 4]!);
    const y = product(h, w2!, 4).map((v, i) => v + b2![i % 2]!);
    close(
      run((t) => net.apply(t, input), theta),
      y,
      1e-14,
    );
  });

  it("has the gradient (gamma / sigma) (g - mean g - hat mean(g hat)) by its sums", () => {
    // A linear functional of the outputs, so that g = c W2^T is known.
    const c = normals(2 * samples, 5);
    const loss = (t: Tensor): Tensor => sum(mul(net.apply(t, input), constant(c, [samples, 2])));
    const turned = Float64Array.from({ length: 8 }, (_, i) => w2![(i % 4) * 2 + Math.floor(i / 4)]!);
    const g = product(c, turned, 2);
    const meanOf = (v: Float64Array): Float64Array => momentsOf(v, 4).mean;
    const [g1, g2] = [meanOf(g), meanOf(g.map((v, i) => v * hat[i]!))];
    const bySum = g.map((v, i) => (gamma![i % 4]! / sigma[i % 4]!) * (v - g1[i % 4]! - hat[i]! * g2[i % 4]!));
    const xTurned = Float64Array.from({ length: x.length }, (_, i) => x[(i % samples) * 3 + Math.floor(i / samples)]!);
    const all = run(grad(loss), theta);
    close(values(all, partOf(net, "W1")), product(xTurned, bySum, samples), 1e-13);
    close(
      values(all, partOf(net, "gamma1")),
      g2.map((v) => v * samples),
      1e-13,
    );
    close(
      values(all, partOf(net, "beta1")),
      g1.map((v) => v * samples),
      1e-13,
    );
  });

  it("has gradients and Hessian products as the reference interpreter, tanh and two layers", () => {
    const deep = mlp({ widths: [3, 4, 5, 2], normalisation: "batch" });
    const at = drawn(deep, 4);
    const v = normals(deep.size, 6);
    const loss = (t: Tensor): Tensor => square(deep.apply(t, input), constant(normals(2 * samples, 7), [samples, 2]));
    const both = (t: Tensor): Tensor[] => [grad(loss)(t), hvp(loss)(t, constant(v))];
    const program = compile((t) => both(t!), [{ shape: [deep.size] }]);
    program.inputs[0]!.set(at);
    program.run();
    const wanted = interpret(
      trace((t) => both(t!), [{ dtype: "f64", shape: [deep.size] }]),
      [at],
    );
    program.outputs.forEach((found, i) => close(found as Float64Array, wanted[i] as Float64Array, 1e-12));
  });

  it("has the Hessian of u(w) = w / sqrt(w^2 v + epsilon), written out, for one unit", () => {
    const one = mlp({ widths: [1, 1, 1], activation: "identity", normalisation: "batch", epsilon });
    const [w, g, b, a, c] = [0.4, 1.3, -0.2, 0.7, 0.1];
    const points = [-1, 0.5, 2, 0.1];
    const targets = [0.3, -1, 0.8, 0.2];
    const { mean: m, variance: v } = momentsOf(Float64Array.from(points), 1);
    const D = w * w * v[0]! + epsilon;
    const [u, u1, u2] = [w / Math.sqrt(D), epsilon / (D * Math.sqrt(D)), (-3 * w * v[0]! * epsilon) / (D * D * Math.sqrt(D))];
    // f = a (g u z + b) + c on z = x - mean x; the derivative of L = sum (f - t)^2 / (2 n) by w and each parameter.
    const sums = points.map((x, i) => {
      const z = x - m[0]!;
      const r = a * (g * u * z + b) + c - targets[i]!;
      const fw = a * g * u1 * z;
      return [fw * fw + r * a * g * u2 * z, fw * a * u * z + r * a * u1 * z, fw * a, fw * (g * u * z + b) + r * g * u1 * z, fw];
    });
    const column = [0, 1, 2, 3, 4].map((k) => sums.reduce((t, row) => t + row[k]! / 4, 0));
    const loss = (t: Tensor): Tensor => square(one.apply(t, constant(points, [4, 1])), constant(targets, [4, 1]));
    close(
      run((t) => hvp(loss)(t, constant([1, 0, 0, 0, 0])), [w, g, b, a, c]),
      column,
      1e-13,
    );
  });
});

describe("the scale of the weights before it", () => {
  const samples = 20;
  const data = { samples, inputs: normals(3 * samples, 11), targets: normals(2 * samples, 12) };
  const make = (epsilon: number): Architecture =>
    mlp({ widths: [3, 6, 5, 2], activation: "tanh", normalisation: "batch", epsilon });
  const exact = make(0);
  const theta = drawn(exact, 8);
  const scaled = (net: Architecture, factor: (layer: number) => number): Float64Array => {
    const to = theta.slice();
    [1, 2].forEach((l) => {
      const { offset, shape } = partOf(net, `W${l}`);
      for (let i = offset; i < offset + shape[0]! * shape[1]!; i++) to[i]! *= factor(l);
    });
    return to;
  };
  const lossOf =
    (net: Architecture) =>
    (t: Tensor): Tensor =>
      square(net.apply(t, constant(data.inputs, [samples, 3])), constant(data.targets, [samples, 2]));

  it("does not change the training loss with epsilon = 0: 1e-14 relative", () => {
    const at = (t: Float64Array): number => run(lossOf(exact), t)[0]!;
    for (const c of [0.003, 7, 900])
      expect(Math.abs(at(scaled(exact, (l) => (l === 1 ? c : 1 / c))) / at(theta) - 1)).toBeLessThan(1e-14);
  });

  it("is exchanged for epsilon otherwise: loss at cW with epsilon c^2 is that at W with epsilon", () => {
    const at = (epsilon: number, t: Float64Array): number => run(lossOf(make(epsilon)), t)[0]!;
    const c = 3;
    expect(
      Math.abs(
        at(
          0.05 * c * c,
          scaled(exact, () => c),
        ) /
          at(0.05, theta) -
          1,
      ),
    ).toBeLessThan(1e-14);
    // And is seen: 0.05 is not small here.
    expect(
      Math.abs(
        at(
          0.05,
          scaled(exact, () => c),
        ) /
          at(0.05, theta) -
          1,
      ),
    ).toBeGreaterThan(1e-3);
  });

  it("has no gradient: that of the weights of each unit is orthogonal to them, and falls with their scale", () => {
    const g = run(grad(lossOf(exact)), theta);
    const smaller = run(
      grad(lossOf(exact)),
      scaled(exact, () => 5),
    );
    for (const l of [1, 2]) {
      const [w, slope] = [values(theta, partOf(exact, `W${l}`)), values(g, partOf(exact, `W${l}`))];
      const [rows, units] = partOf(exact, `W${l}`).shape as [number, number];
      for (let j = 0; j < units; j++) {
        let [along, size] = [0, 0];
        for (let i = 0; i < rows; i++) {
          along += w[i * units + j]! * slope[i * units + j]!;
          size += Math.abs(w[i * units + j]! * slope[i * units + j]!);
        }
        expect(Math.abs(along)).toBeLessThan(1e-14 * Math.max(1, size));
        expect(size).toBeGreaterThan(1e-5);
      }
      close(
        values(smaller, partOf(exact, `W${l}`)),
        slope.map((v) => v / 5),
        1e-12,
      );
    }
    // With epsilon the gradient pushes outwards or inwards by as much as epsilon counts.
    const blurred = run(grad(lossOf(make(0.05))), theta);
    const { offset, shape } = partOf(exact, "W1");
    let along = 0;
    for (let i = offset; i < offset + shape[0]! * shape[1]!; i++) along += blurred[i]! * theta[i]!;
    expect(Math.abs(along)).toBeGreaterThan(1e-4);
  });

  it("makes eta / |w|^2 the learning rate: a step eta from c w turns w as a step eta / c^2 from w, and |w|^2 grows by eta^2 |g|^2", () => {
    const step = (from: Float64Array, stepSize: number) => {
      const optimizer = gradientDescent({ stepSize });
      const descent = training({ architecture: exact, data, loss: square, optimizer, initial: from });
      descent.step(1);
      return values(descent.parameters, partOf(exact, "W1"));
    };
    const [c, eta] = [4, 0.8];
    close(
      step(
        scaled(exact, () => c),
        eta,
      ).map((v) => v / c),
      step(theta, eta / (c * c)),
      1e-13,
    );
    const norm = (v: Float64Array): number => v.reduce((s, x) => s + x * x, 0);
    const g = values(run(grad(lossOf(exact)), theta), partOf(exact, "W1"));
    const w = values(theta, partOf(exact, "W1"));
    expect(norm(step(theta, eta)) - norm(w)).toBeCloseTo(eta * eta * norm(g), 12);
  });
});

describe("running statistics", () => {
  const [samples, batchSize, steps] = [30, 6, 25];
  const data = { samples, inputs: normals(3 * samples, 21), targets: normals(samples, 22) };
  const make = (statisticsRate: number): Architecture => mlp({ widths: [3, 4, 5, 1], normalisation: "batch", statisticsRate });

  it.each([0.1, 0.37, 1])("are the exponential average of the moments of the batches, alpha = %f", (alpha) => {
    const net = make(alpha);
    const fit = sgd({ architecture: net, data, loss: square, optimizer: gradientDescent({ stepSize: 0.1 }), batchSize, seed: 3 });
    let [mean, variance] = [new Float64Array(4), new Float64Array(4).fill(1)];
    const average = (old: Float64Array, now: Float64Array): Float64Array => old.map((m, i) => (1 - alpha) * m + alpha * now[i]!);
    for (let t = 0; t < steps; t++) {
      const w = values(fit.parameters, partOf(net, "W1"));
      fit.step(1);
      const rows = Array.from(fit.observables.batch!).flatMap((i) => Array.from(data.inputs.slice(3 * i, 3 * i + 3)));
      const found = momentsOf(product(rows, w, 3), 4);
      [mean, variance] = [average(mean, found.mean), average(variance, found.variance)] as [typeof mean, typeof variance];
    }
    close(values(fit.network.parameters, partOf(net, "mean1")), mean, 1e-13);
    close(values(fit.network.parameters, partOf(net, "variance1")), variance, 1e-13);
  });

  it("of full batches with alpha = 1 make evaluation the training network, at parameters at rest", () => {
    const net = make(1);
    const optimizer = gradientDescent({ stepSize: 1e-300 });
    const fit = training({ architecture: net, data, loss: square, optimizer, initial: drawn(net, 9) });
    fit.step(1);
    const trained = run((t) => net.apply(t, constant(data.inputs, [samples, 3])), fit.parameters);
    close(fit.evaluate(data).predictions, trained, 1e-13);
    expect(Math.abs(fit.evaluate(data).loss / fit.observables.loss![0]! - 1)).toBeLessThan(1e-13);
  });

  it("do not act on theta, forget at the rate 1 - alpha, and have tangents that say both", () => {
    const alpha = 0.3;
    const net = make(alpha);
    const fit = sgd({ architecture: net, data, loss: square, optimizer: gradientDescent({ stepSize: 0.1 }), batchSize, seed: 3 });
    const riding = fit.tangent(1);
    riding.tangents.fill(0);
    for (let i = net.size; i < fit.dim; i++) riding.tangents[i] = i;
    riding.step(steps);
    for (let i = 0; i < fit.dim; i++)
      expect(riding.tangents[i]! / (i < net.size ? 1 : i)).toBeCloseTo(i < net.size ? 0 : 0.7 ** steps, 15);
  });
});

describe("linear substitution maps in evaluation mode", () => {
  const samples = 40;
  const data = { samples, inputs: normals(5 * samples, 31), targets: normals(3 * samples, 32) };
  const trained = (activation: string) => {
    const architecture = mlp({ widths: [5, 7, 6, 3], activation, normalisation: "batch" });
    const fit = sgd({
      architecture,
      data,
      loss: square,
      optimizer: gradientDescent({ stepSize: 0.1 }),
      batchSize: 8,
      initial: drawn(architecture, 5),
    });
    fit.step(200);
    const { architecture: network, parameters } = fit.network;
    return { network, parameters, ...linearMaps(network, data).at(parameters) };
  };

  it("are exact for a linear network: relative error below 1e-12, from every layer", () => {
    for (const { error } of trained("identity").maps) expect(error.value).toBeLessThan(1e-12);
  });

  it("are W1 D1 W2 D2 W3 with D = diag(gamma / sqrt(running variance + 1e-5)), whatever the activation", () => {
    const { network, parameters, maps } = trained("tanh");
    const of = (name: string): Float64Array => values(parameters, partOf(network, name));
    const times = (w: Float64Array, l: number): Float64Array => {
      const [scale, variance] = [of(`gamma${l}`), of(`variance${l}`)];
      return w.map((v, i) => (v * scale[i % scale.length]!) / Math.sqrt(variance[i % scale.length]! + 1e-5));
    };
    const upper = product(times(of("W2"), 2), of("W3"), 6);
    close(maps[1]!.matrix, upper, 1e-13);
    close(maps[0]!.matrix, product(times(of("W1"), 1), upper, 7), 1e-13);
    expect(maps[2]!.error.value).toBe(0);
    expect(maps[0]!.error.value).toBeGreaterThan(0.01);
    expect(maps[0]!.error.error).toBeGreaterThan(0);
  });
});

it("parts say their size: what lies behind theta is named in the layout of a run", () => {
  const net = mlp({ widths: [2, 3, 1], normalisation: "batch" });
  const fit = training({
    architecture: net,
    data: { samples: 2, inputs: [0, 1, 2, 3], targets: [0, 1] },
    loss: square,
    optimizer: gradientDescent({ stepSize: 0.1 }),
  });
  expect(fit.layout.map((p) => p.name)).toEqual(["W1", "gamma1", "beta1", "W2", "b2", "mean1", "variance1"]);
  expect([fit.parameters.length, fit.network.parameters.length, fit.dim]).toEqual([16, 22, 22]);
  expect(values(fit.state, partOf(net, "variance1"))).toEqual(Float64Array.of(1, 1, 1));
  expect(part(constant(fit.state), partOf(net, "mean1")).shape).toEqual([3]);
});
