// Cases of training and what is measured beside it.
import { digitNet, digits, filled, layers, points, uniform } from "./numbers.mjs";
import { atLeast, atMost, faster, plainSteps } from "./targets.mjs";

export const trainingCases = {
  "sgd-products": {
    title: "random product of SGD, 200 samples, batch 1, f64",
    threads: [1],
    peers: ["jax"],
    chunk: 5000,
    tolerance: 1e-10,
    eta: 0.3,
    tensors: () => products(200, 5000, uniform(8)),
    targets(row) {
      const numpy = row.peers.jax?.forms?.["NumPy, one step a call"];
      return [
        atLeast("at least 5x faster than NumPy", numpy && row.ours ? numpy / row.ours.us : undefined, 5),
        atLeast("at least 2x faster than JAX", row.speedup?.median, 2),
      ];
    },
  },
  "trainings-1024": {
    title: "gradient step of 1,024 networks 2-16-1 tanh, 64 points, f64",
    threads: [1, 2],
    peers: ["jax"],
    chunk: 20,
    tolerance: 1e-8,
    eta: 0.1,
    tensors: () => [{ name: "w", shape: [1024, 65], data: filled(1024 * 65, uniform(9)) }, ...points(64, uniform(2))],
    targets: faster("at least 5x faster than JAX", 5),
  },
  "sharpness-tracking": {
    title: "gradient step with the sharpness every 16 steps, 64-32-32-10 tanh, 1437 digits, f64",
    threads: [1],
    peers: [],
    chunk: 16,
    tolerance: 1e-10,
    eta: 0.1,
    tensors: () => [...layers(digitNet, uniform(3)), ...digits()],
    targets: plainSteps(1.1),
  },
  monitors: {
    title:
      "gradient step with order preservation, ranks, linear maps and weights every 16 steps, 64-32-32-10 tanh, 1437 digits, f64",
    threads: [1],
    peers: [],
    chunk: 16,
    tolerance: 1e-10,
    eta: 0.1,
    tensors: () => [...layers(digitNet, uniform(3)), ...digits()],
    targets: plainSteps(1.1),
  },
  kendall: {
    title: "order preservation (tau-b with its jackknife error) of 512 units on 10,000 samples",
    threads: [1],
    peers: [],
    chunk: 1,
    tolerance: 1e-10,
    tensors: () => [
      { name: "x", shape: [10_000, 16], data: filled(160_000, uniform(15)) },
      { name: "w", shape: [16, 512], data: filled(16 * 512, uniform(16)) },
    ],
    targets: (row) => [atMost("at most 2 s", row.ours && row.ours.us / 1e6, 2)],
  },
};

/** A Gram matrix of 200 samples with unit gradients on average, a vector and the samples drawn, as numbers. */
function products(samples, steps, next) {
  const width = 2 * samples;
  const j = filled(samples * width, next, Math.sqrt(3 / width));
  const g = new Float64Array(samples * samples);
  for (let a = 0; a < samples; a++)
    for (let b = 0; b < samples; b++) for (let k = 0; k < width; k++) g[a * samples + b] += j[a * width + k] * j[b * width + k];
  return [
    { name: "g", shape: [samples, samples], data: g },
    { name: "r", shape: [samples], data: filled(samples, next) },
    {
      name: "drawn",
      shape: [steps],
      data: Float64Array.from({ length: steps }, () => Math.floor((0.5 + 0.5 * next()) * samples)),
    },
  ];
}
