// Scalar flows rise: solutions do not cross. With an affine readout the map is strictly monotone or constant, so its error against psi in the supremum norm
// is at least that of the best monotone function, 1/2 sup over x <= y of (psi(x) - psi(y))_+ (for rising ones). Proof: for monotone g, psi(x) - psi(y) <=
// (psi(x) - g(x)) + (g(y) - psi(y)) <= 2 sup |psi - g|; half the sum of the running supremum and the infimum to come attains it.
import { add, at, compile, cos, mean, mul, pow, square as squared, stack, sub, vmap, type Tensor } from "#engine";
import {
  adam,
  augmentedNeuralOde,
  cosine,
  integrate,
  monotoneObstruction,
  neuralOde,
  random,
  rk4,
  training,
  type Architecture,
  type Dataset,
} from "#dynamics";
import { describe, expect, it } from "vitest";

const parabola = (x: Tensor): Tensor => mul(x, x);
const negative = (x: Tensor): Tensor => mul(-1, x);
const cubic = (x: Tensor): Tensor => sub(mul(x, mul(x, x)), x);
const on = { from: -1, to: 1 } as const;

describe("the least error of a monotone function", () => {
  it.each([
    ["x^2, rising", parabola, "increasing", 0.5],
    ["x^2, falling", parabola, "decreasing", 0.5],
    ["x^2, either", parabola, "either", 0.5],
    ["-x, rising", negative, "increasing", 1],
    ["-x, falling", negative, "decreasing", 0],
    ["-x, either", negative, "either", 0],
    // Between the extrema at -1/sqrt 3 and 1/sqrt 3 it falls by 4 / (3 sqrt 3).
    ["x^3 - x, rising", cubic, "increasing", 2 / (3 * Math.sqrt(3))],
    // Falling functions err at both ends, where it rises by 2 / (3 sqrt 3).
    ["x^3 - x, falling", cubic, "decreasing", 1 / (3 * Math.sqrt(3))],
  ] as const)("of %s", (_name, psi, direction, value) => {
    const found = monotoneObstruction(psi, { ...on, direction });
    expect(Math.abs(found.value - value)).toBeLessThan(1e-14);
    expect(found.status).toBe("ok");
    expect(found.error).toBeLessThan(1e-6);
    expect(found.witness[0]).toBeLessThanOrEqual(found.witness[1]);
  });

  it("is attained by the function returned, and by no other of many monotone ones", () => {
    const wavy = (x: Tensor): Tensor => add(mul(0.7, cos(mul(6, x))), x);
    const { grid, target, best, value, direction } = monotoneObstruction(wavy, { ...on, points: 401 });
    const rise = direction === "increasing" ? 1 : -1;
    best.forEach((g, i) => i > 0 && expect(rise * (g - best[i - 1]!)).toBeGreaterThanOrEqual(0));
    const error = (g: Float64Array): number => Math.max(...g.map((v, i) => Math.abs(v - target[i]!)));
    // On the grid, whose own least error is a little smaller than that between its points.
    expect(error(best)).toBeLessThanOrEqual(value + 1e-15);
    const stream = random(3);
    for (let k = 0; k < 200; k++) {
      // The best one disturbed, made monotone again.
      const tried = best.map((v) => v + 0.1 * stream.normal());
      for (let i = 1; i < tried.length; i++) if (rise * (tried[i]! - tried[i - 1]!) < 0) tried[i] = tried[i - 1]!;
      expect(error(tried)).toBeGreaterThan(error(best) - 1e-15);
    }
    expect(grid.length).toBe(401);
  });

  it("with a Lipschitz constant lies between value and value + error, on coarse grids that miss the extrema", () => {
    for (const points of [4, 7, 12, 30]) {
      const { value, error } = monotoneObstruction(cubic, { ...on, direction: "increasing", points, lipschitz: 2 });
      expect(value).toBeLessThanOrEqual(2 / (3 * Math.sqrt(3)) + 1e-15);
      expect(value + error).toBeGreaterThanOrEqual(2 / (3 * Math.sqrt(3)));
    }
  });

  it("refuses what has no such error", () => {
    expect(() => monotoneObstruction((x) => mul(1 / 0, x), on)).toThrow("it must be finite");
    expect(() => monotoneObstruction(parabola, { from: 1, to: -1 })).toThrow("in ascending order");
  });
});

/** (mean |y - t|^16)^(1/16): close to the supremum norm, which is what the bound is about. */
const nearSupremum = (y: Tensor, t: Tensor): Tensor => pow(mean(pow(squared(sub(y, t)), 8)), 1 / 16);

function supremumAfterTraining(network: Architecture, target: (x: number) => number, seed: number): number {
  const inputs = Float64Array.from({ length: 21 }, (_, i) => -1 + i / 10);
  const data: Dataset = { samples: 21, inputs, targets: inputs.map(target) };
  const first = training({
    architecture: network,
    data,
    loss: (y, t) => mean(squared(sub(y, t))),
    optimizer: adam({ stepSize: 0.03 }),
    seed,
  });
  first.step(400);
  const run = training({
    architecture: network,
    data,
    loss: nearSupremum,
    optimizer: adam({ stepSize: 0.02, schedule: cosine({ steps: 1500 }) }),
    initial: first.parameters.slice(),
  });
  expect(run.step(1500)).toBe("ok");
  return run.evaluate(data).predictions.reduce((s, y, i) => Math.max(s, Math.abs(y - data.targets[i]!)), 0);
}

describe("networks trained on x^2", () => {
  it.each([false, true])("a scalar neural ODE comes close to 1/2 and never below, time-dependent: %s", (timeDependent) => {
    const error = supremumAfterTraining(neuralOde({ widths: [1, 8, 1], steps: 6, timeDependent }), (x) => x * x, 1);
    expect(error).toBeGreaterThanOrEqual(0.5 - 1e-9);
    // The bound is what stops it: it gets close.
    expect(error).toBeLessThan(0.56);
  });

  it.each([0, 1])("with one unit more it gets below 0.01, seed %i", (seed) => {
    expect(supremumAfterTraining(augmentedNeuralOde({ widths: [1, 8, 1], steps: 6 }), (x) => x * x, seed)).toBeLessThan(0.01);
  });
});

describe("-x by a rotation: lift (x, 0), dh/dt = pi (-v, u), read off at u", () => {
  const turn = (h: Tensor): Tensor => mul(Math.PI, stack([mul(-1, at(h, 1)), at(h, 0)]));
  /** Errors of both units after n steps of RK4. */
  const errors = (n: number, x = 1): [number, number] => {
    const program = compile((h) => integrate(turn, { solver: rk4, steps: n })(h!), [{ shape: [2] }]);
    program.inputs[0]![0] = x;
    program.run();
    return [Math.abs(program.outputs[0]![0]! + x), Math.abs(program.outputs[0]![1]!)];
  };

  it("has the amplitude error pi^6 / (144 n^5) in u and the phase error pi^5 / (120 n^4) in v", () => {
    for (const n of [20, 40, 80, 160]) {
      const [u, v] = errors(n);
      // The next terms are smaller by 1/n^2 in v and 1/n in u, with factors near pi^2.
      expect(Math.abs((u * 144 * n ** 5) / Math.PI ** 6 - 1)).toBeLessThan(40 / n ** 2 + 5 / n);
      expect(Math.abs((v * 120 * n ** 4) / Math.PI ** 5 - 1)).toBeLessThan(40 / n ** 2);
    }
    expect(Math.abs(Math.log2(errors(80)[0] / errors(160)[0]) - 5)).toBeLessThan(0.1);
    expect(Math.abs(Math.log2(errors(80)[1] / errors(160)[1]) - 4)).toBeLessThan(0.1);
    expect(Math.abs(errors(40, -0.3)[0] / errors(40)[0] - 0.3)).toBeLessThan(1e-6);
  });
});

it("a scalar flow is increasing, whatever its field", () => {
  const field = (x: Tensor, t: Tensor): Tensor => sub(cos(mul(9, add(x, t))), mul(2, x));
  const program = compile((xs) => vmap((x) => integrate(field, { solver: rk4, steps: 200 })(x))(xs!), [{ shape: [500, 1] }]);
  program.inputs[0]!.forEach((_, i) => (program.inputs[0]![i] = -2 + i / 125));
  program.run();
  const [ends] = program.outputs;
  for (let i = 1; i < 500; i++) expect(ends![i]!).toBeGreaterThan(ends![i - 1]!);
});
