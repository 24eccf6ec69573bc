// Cases of gradients, products and compilation.
import { digitNet, digits, layers, points, square, uniform } from "./numbers.mjs";
import { atLeast, atMost, below, faster } from "./targets.mjs";

export const gradientCases = {
  "gd-small": {
    title: "gradient step, 2-16-16-1 tanh, 64 points, f64",
    threads: [1],
    chunk: 1000,
    tolerance: 1e-10,
    eta: 0.1,
    tensors: () => [...layers([2, 16, 16, 1], uniform(1)), ...points(64, uniform(2))],
    targets: (row) => [
      atMost("at most 25 us", row.ours?.us, 25),
      atLeast("at least 6x faster than the best peer", row.speedup?.median, 6),
    ],
  },
  "gd-digits": {
    title: "gradient step, 64-32-32-10 tanh, 1437 digits, f64",
    threads: [1, 2],
    chunk: 50,
    tolerance: 1e-10,
    eta: 0.1,
    tensors: () => [...layers(digitNet, uniform(3)), ...digits()],
    targets: faster("at least as fast as the best peer", 1),
  },
  "gd-wide": {
    title: "gradient step, 64-200-200-10 tanh, 1437 digits, f64",
    threads: [1, 2],
    chunk: 5,
    tolerance: 1e-10,
    eta: 0.1,
    tensors: () => [...layers([64, 200, 200, 10], uniform(4)), ...digits()],
    targets(row, rows) {
      if (row.threads === 1) return [];
      const one = rows.find((r) => r.case === row.case && r.threads === 1);
      const gain = one?.ours && row.ours ? one.ours.us / row.ours.us : undefined;
      return [atLeast("second thread at least 1.6x", gain, 1.6)];
    },
  },
  "hvp-digits": {
    title: "Hessian-vector product, 64-32-32-10 tanh, 1437 digits, f64",
    threads: [1],
    chunk: 1,
    tolerance: 1e-10,
    tensors: () => [...layers(digitNet, uniform(3)), ...layers(digitNet, uniform(5), ["v", "u"]), ...digits()],
    targets: (row) => [atMost("at most 2.5 gradients", row.ours?.perGradient, 2.5)],
  },
  "matmul-f32": {
    title: "matrix product 512^3, f32",
    threads: [1],
    chunk: 1,
    tolerance: 1e-6,
    flops: 2 * 512 ** 3,
    tensors: () => square(512, uniform(6), ["a", "b"]),
    targets: (row) => [atLeast("at least 22 GF/s", row.ours?.gflops, 22)],
  },
  "matmul-f64": {
    title: "matrix product 512^3, f64",
    threads: [1],
    chunk: 1,
    tolerance: 1e-10,
    flops: 2 * 512 ** 3,
    tensors: () => square(512, uniform(6), ["a", "b"]),
    targets: (row) => [atLeast("at least 11 GF/s", row.ours?.gflops, 11)],
  },
  "compile-time": {
    title: "function to first finished step, 64-32-32-10 tanh, 1437 digits",
    threads: [2],
    peers: ["jax"], // eager PyTorch has no compilation to wait for
    chunk: 1,
    tolerance: 1e-10,
    eta: 0.1,
    tensors: () => [...layers(digitNet, uniform(3)), ...digits()],
    targets: (row) => [below("below 50 ms", row.ours && row.ours.us / 1000, 50)],
  },
};
