// Cohen, Damian, Talwalkar, Kolter, Lee 2024, Understanding optimization in deep learning with central flows: at the edge of stability an optimizer
// oscillates about a path of its own, dw/dt = -eta P^-1 [grad L + grad <Sigma, H> / 2], with the covariance Sigma that holds the critical
// eigenvalues of P^-1 H at 2 / eta; its mean loss is L(w) + tr(H Sigma) / 2, which for gradient descent is L(w) + tr Sigma / eta.
import { constant, type Tensor } from "#engine";
import {
  centralFlow,
  gradientDescent,
  gradientFlow,
  landscape,
  mlp,
  rmsprop,
  square,
  training,
  type Landscape,
  type Optimizer,
} from "#dynamics";
import { describe, expect, it } from "vitest";
import { chebyshevData } from "./chebyshev.js";

const distance2 = (a: Float64Array, b: Float64Array): number => a.reduce((s, x, i) => s + (x - b[i]!) ** 2, 0);

/** A tanh network 1-width-1 on twenty points of a polynomial, and its loss. */
function network(width: number, data: { samples: number; inputs: ArrayLike<number>; targets: ArrayLike<number> }) {
  const architecture = mlp({
    widths: [1, width, 1],
    bias: [true, false],
    init: { weights: "xavier-normal", gain: [1.9, 1] },
  });
  const [x, y] = [constant(data.inputs, [data.samples, 1]), constant(data.targets, [data.samples, 1])];
  const objective = (w: Tensor): Tensor => square(architecture.apply(w, x), y);
  return {
    objective,
    surface: landscape(objective, architecture.size),
    train: (optimizer: Optimizer) => training({ architecture, data, loss: square, optimizer }),
  };
}

/** Means over some steps of the optimizer and of its central flow, side by side. */
function compare(run: ReturnType<typeof training>, flow: ReturnType<typeof centralFlow>, skip: number, steps: number) {
  const means = { loss: 0, predicted: 0, distance: 0, spread: 0, bare: 0, top: 0 };
  for (let t = 0; t < skip + steps; t++) {
    const counts = t >= skip;
    if (counts) means.distance += distance2(run.parameters, flow.parameters) / steps;
    if (counts && t % 5 === 0) {
      const { loss, meanLoss, spread, values } = flow.look();
      means.bare += (5 * loss) / steps;
      means.predicted += (5 * meanLoss) / steps;
      means.spread += (5 * spread) / steps;
      means.top = Math.max(means.top, values[0]!);
    }
    run.step();
    if (counts) means.loss += run.observables.loss![0]! / steps;
    expect(flow.step()).toBe("ok");
  }
  return means;
}

/** The middle of two neighbouring iterates: about the centre of an oscillation of period two. */
function centre(run: ReturnType<typeof training>): Float64Array {
  const before = run.parameters.slice();
  run.step();
  return before.map((x, i) => 0.5 * (x + run.parameters[i]!));
}

describe("gradient descent on chebyshev-5-20 (1-100-1 tanh, 300 parameters), eta = 0.4, from step 6,000 on", () => {
  const eta = 0.4;
  const { train, surface, objective } = network(100, chebyshevData());
  const run = train(gradientDescent({ stepSize: eta }));
  run.step(6000);
  const start = centre(run);
  const flow = centralFlow({ landscape: surface, initial: start, stepSize: eta, tolerance: 1e-5 });
  const still = gradientFlow({ objective, initial: start, interval: eta });

  // From the start the run needs some 200 steps to forget where in its oscillation it was taken up. Measured: distance / amplitude 1.17 and mean losses
  // that differ by 0.2 %, with two critical eigenvalues throughout; by windows of 200 steps the losses differ by up to 8 %, since the oscillation is not steady.
  it("stays within the size of its oscillation of the central flow, whose mean loss is right to 5 %", () => {
    const means = compare(run, flow, 200, 600);
    const share = Math.sqrt(means.distance / means.spread);
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(1.6);
    expect(Math.abs(means.predicted / means.loss - 1)).toBeLessThan(0.05);
    // Most of the mean loss is the oscillation: without Sigma it would be missed by a factor near 2.
    expect(means.bare / means.loss).toBeLessThan(0.6);
    // The flow holds the sharpness at 2 / eta, to first order in its substeps.
    expect(Math.abs((means.top * eta) / 2 - 1)).toBeLessThan(1e-3);
    expect(flow.look().critical).toBe(2);

    // Gradient flow from the same start is elsewhere: 23 oscillations away, and 2.8 times as sharp.
    still.step(800);
    expect(Math.sqrt(distance2(run.parameters, still.state) / means.spread)).toBeGreaterThan(10);
    const { values } = centralFlow({ landscape: surface, initial: still.state, stepSize: eta }).look();
    expect((values[0]! * eta) / 2).toBeGreaterThan(2);
  });
});

describe("RMSProp on chebyshev-3-20 (1-20-1 tanh), eta = 0.01, beta2 = 0.99, from step 1,000 on", () => {
  const [eta, beta2, epsilon] = [0.01, 0.99, 1e-6];
  const inputs = chebyshevData().inputs;
  const targets = Array.from(inputs, (x) => x * (4 * x * x - 3));
  const { train, surface } = network(20, { samples: 20, inputs, targets });
  const run = train(rmsprop({ stepSize: eta, beta2, epsilon, initialSquare: 0.01 }));
  run.step(1000);
  const initial = centre(run);
  const squareMean = run.preconditioner().map((p) => (p - epsilon) ** 2);
  const follow = (on: Landscape) =>
    centralFlow({
      landscape: on,
      initial,
      stepSize: eta,
      rmsprop: { beta2, epsilon, square: squareMean },
      tolerance: 1e-5,
    });

  // Measured: mean losses that differ by 0.2 %, distance / amplitude 1.5.
  it("stays within twice the size of its oscillation of the central flow, whose mean loss is right to 2 %", () => {
    const flow = follow(surface);
    const means = compare(run, flow, 200, 600);
    expect(Math.sqrt(means.distance / means.spread)).toBeLessThan(2);
    expect(Math.abs(means.predicted / means.loss - 1)).toBeLessThan(0.02);
    expect(means.bare / means.loss).toBeLessThan(0.8);
    expect(Math.abs((means.top * eta) / 2 - 1)).toBeLessThan(1e-3);
    expect(flow.look().critical).toBe(2);
    // The mean squares of the run are those of the flow: of the largest tenth, to 5 % (measured 0.7 %) in the geometric mean.
    const nu = flow.state.subarray(surface.dim);
    const real = run.preconditioner().map((p) => (p - epsilon) ** 2);
    const big = [...nu.keys()].sort((a, b) => nu[b]! - nu[a]!).slice(0, Math.ceil(nu.length / 10));
    const ratio = Math.exp(big.reduce((s, i) => s + Math.log(real[i]! / nu[i]!), 0) / big.length);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.05);
  });
});

it("with one critical direction sigma^2 = max(0, -2 <grad L, grad S> / |grad S|^2)", () => {
  // Where the flow of gradient descent has just reached the edge; S by its eigenvector u: grad S = third(u, u).
  const eta = 0.4;
  const { surface, train } = network(20, {
    ...chebyshevData(),
    targets: Array.from(chebyshevData().inputs, (x) => x * (4 * x * x - 3)),
  });
  const flow = centralFlow({
    landscape: surface,
    initial: train(gradientDescent({ stepSize: eta })).parameters,
    stepSize: eta,
    tolerance: 1e-9,
    substeps: 8,
  });
  flow.step(400);
  const { critical, spread, values } = flow.look();
  expect(critical).toBe(1);
  expect(Math.abs((values[0]! * eta) / 2 - 1)).toBeLessThan(1e-4);
  // The leading eigenvector by power iterations.
  let u: Float64Array = new Float64Array(surface.dim).fill(1);
  const h = surface.hessian(flow.parameters);
  for (let i = 0; i < 300; i++) {
    const image = new Float64Array(surface.dim);
    h.apply(u, image, 1);
    const norm = Math.sqrt(distance2(image, new Float64Array(surface.dim)));
    u = image.map((x) => x / norm);
  }
  const slope = surface.third(flow.parameters, u, u);
  const g = surface.gradient(flow.parameters);
  const inner = (x: Float64Array, y: Float64Array): number => x.reduce((s, v, i) => s + v * y[i]!, 0);
  const exact = Math.max(0, (-2 * inner(g, slope)) / inner(slope, slope));
  expect(exact).toBeGreaterThan(0);
  // Up to the slack that is left within a substep.
  expect(Math.abs(spread / exact - 1)).toBeLessThan(1e-3);
});
