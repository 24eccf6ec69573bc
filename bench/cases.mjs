// The cases, their numbers and their targets: one entry a case, read by both sides of the benchmark.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { unitsCases } from "./units-cases.mjs";

/** Uniform numbers in [-1, 1) from an integer hash: the same on every machine. */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 31 - 1;
  };
}

const filled = (size, next, scale = 1) => Float64Array.from({ length: size }, () => scale * next());

/** One weight matrix and one bias a layer, named w0, b0, w1, ... (or as asked). */
function layers(sizes, next, [w, b] = ["w", "b"]) {
  return sizes.slice(1).flatMap((out, i) => {
    const scale = 1 / Math.sqrt(sizes[i]);
    return [
      { name: `${w}${i}`, shape: [sizes[i], out], data: filled(sizes[i] * out, next, scale) },
      { name: `${b}${i}`, shape: [out], data: filled(out, next, 0.1) },
    ];
  });
}

function digits(rows = 1437) {
  const lines = gunzipSync(readFileSync(new URL("../data/digits.csv.gz", import.meta.url)))
    .toString("utf8")
    .trim()
    .split("\n")
    .slice(0, rows);
  const x = new Float64Array(rows * 64);
  const t = new Float64Array(rows * 10);
  lines.forEach((line, i) => {
    const numbers = line.split(",").map(Number);
    for (let j = 0; j < 64; j++) x[i * 64 + j] = numbers[j] / 16;
    t[i * 10 + numbers[64]] = 1;
  });
  return [
    { name: "x", shape: [rows, 64], data: x },
    { name: "t", shape: [rows, 10], data: t },
  ];
}

function points(n, next) {
  const x = filled(n * 2, next);
  const t = Float64Array.from({ length: n }, (_, i) => x[2 * i] * x[2 * i + 1]);
  return [
    { name: "x", shape: [n, 2], data: x },
    { name: "t", shape: [n, 1], data: t },
  ];
}

const square = (n, next, names) => names.map((name) => ({ name, shape: [n, n], data: filled(n * n, next) }));

const digitNet = [64, 32, 32, 10];

/**
 * `threads`: the thread counts it is run at. `peers`: those that it is compared with (default: both). `chunk`: steps in one compiled loop. `settings`: numbers for both sides. `flops`: of one step, where a rate is reported.
 * `tolerance`: the relative difference of results that rounding alone may explain; beyond it a speed means nothing.
 * `tolerances`: those of peers that have one of their own.
 * `targets(row, rows)`: what the row must reach; each gives a text, the measured number and whether it is reached (null: no peer to compare with).
 */
export const CASES = {
  "gd-small": {
    title: "gradient step, 2-16-16-1 tanh, 64 points, f64",
    threads: [1],
    chunk: 1000,
    tolerance: 1e-10,
    eta: 0.1,
    tensors: () => [...layers([2, 16, 16, 1], uniform(1)), ...points(64, uniform(2))],
    targets: (row) => [
      { text: "at most 25 us", value: row.ours?.us, reached: row.ours && row.ours.us <= 25 },
      {
        text: "at least 6x faster than the best peer",
        value: row.speedup?.median,
        reached: row.speedup && row.speedup.median >= 6,
      },
    ],
  },
  "gd-digits": {
    title: "gradient step, 64-32-32-10 tanh, 1437 digits, f64",
    threads: [1, 2],
    chunk: 50,
    tolerance: 1e-10,
    eta: 0.1,
    tensors: () => [...layers(digitNet, uniform(3)), ...digits()],
    targets: (row) => [
      {
        text: "at least as fast as the best peer",
        value: row.speedup?.median,
        reached: row.speedup && row.speedup.median >= 1,
      },
    ],
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
      return [{ text: "second thread at least 1.6x", value: gain, reached: gain && gain >= 1.6 }];
    },
  },
  "hvp-digits": {
    title: "Hessian-vector product, 64-32-32-10 tanh, 1437 digits, f64",
    threads: [1],
    chunk: 1,
    tolerance: 1e-10,
    tensors: () => [...layers(digitNet, uniform(3)), ...layers(digitNet, uniform(5), ["v", "u"]), ...digits()],
    targets: (row) => [
      {
        text: "at most 2.5 gradients",
        value: row.ours?.perGradient,
        reached: row.ours && row.ours.perGradient <= 2.5,
      },
    ],
  },
  "matmul-f32": {
    title: "matrix product 512^3, f32",
    threads: [1],
    chunk: 1,
    tolerance: 1e-6,
    flops: 2 * 512 ** 3,
    tensors: () => square(512, uniform(6), ["a", "b"]),
    targets: (row) => [{ text: "at least 22 GF/s", value: row.ours?.gflops, reached: row.ours && row.ours.gflops >= 22 }],
  },
  "matmul-f64": {
    title: "matrix product 512^3, f64",
    threads: [1],
    chunk: 1,
    tolerance: 1e-10,
    flops: 2 * 512 ** 3,
    tensors: () => square(512, uniform(6), ["a", "b"]),
    targets: (row) => [{ text: "at least 11 GF/s", value: row.ours?.gflops, reached: row.ours && row.ours.gflops >= 11 }],
  },
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
        {
          text: "at least 5x faster than NumPy",
          value: numpy && row.ours ? numpy / row.ours.us : undefined,
          reached: numpy && row.ours ? numpy / row.ours.us >= 5 : undefined,
        },
        {
          text: "at least 2x faster than JAX",
          value: row.speedup?.median,
          reached: row.speedup && row.speedup.median >= 2,
        },
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
    targets: (row) => [
      {
        text: "at least 5x faster than JAX",
        value: row.speedup?.median,
        reached: row.speedup && row.speedup.median >= 5,
      },
    ],
  },
  "node-starts": {
    title: "100,000 starts of a 2-50-2 tanh neural ODE to T = 1, rtol = atol = 1e-6, f64",
    threads: [1, 2],
    chunk: 1,
    // Both sides err by their tolerance.
    tolerance: 1e-5,
    settings: { rtol: 1e-6, atol: 1e-6 },
    tensors() {
      const net = layers([2, 50, 2], uniform(10));
      const x = filled(200_000, uniform(11), 2);
      return [
        ...net,
        { name: "x", shape: [100_000, 2], data: x },
        { name: "reference", shape: [128, 2], data: ends(net, x, 128) },
      ];
    },
    targets: (row) => [
      {
        text: "at least 5x faster than the best peer",
        value: row.speedup?.median,
        reached: row.speedup && row.speedup.median >= 5,
      },
    ],
  },
  "node-gradient": {
    title:
      "gradient of a spiral neural ODE, 2-50-2 tanh of x^3, 20 samples, 25 steps of dopri5 to T = 2.5, error at every step, f64",
    threads: [1],
    peers: ["jax"], // diffrax; torchdiffeq's dopri5 takes no fixed steps
    chunk: 20,
    tolerance: 1e-10,
    settings: { steps: 25, horizon: 2.5 },
    tensors: () => [
      ...layers([2, 50, 2], uniform(12)),
      { name: "x", shape: [20, 2], data: filled(40, uniform(13)) },
      { name: "t", shape: [26, 20, 2], data: filled(26 * 40, uniform(14)) },
    ],
    targets: (row) => [
      {
        text: "at least 2x faster than the best peer",
        value: row.speedup?.median,
        reached: row.speedup && row.speedup.median >= 2,
      },
    ],
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
    targets: (row) => [{ text: "at most 2 s", value: row.ours && row.ours.us / 1e6, reached: row.ours && row.ours.us <= 2e6 }],
  },
  "basin-image": {
    title: "a start of a basin image of the magnetic pendulum, rtol = atol = 1e-9, dopri5, f64",
    threads: [1, 2],
    peers: ["c"],
    chunk: 1,
    // Shares of one basin: near its boundary single starts are decided by rounding.
    tolerance: 1e-2,
    // Timed on a picture of this side instead of 1000: the cost of a start does not depend on it.
    side: 64,
    tensors: () => [],
    targets(row, rows) {
      const one = rows.find((r) => r.case === row.case && r.threads === 1);
      const gain = one?.ours && row.ours ? one.ours.us / row.ours.us : undefined;
      return row.threads === 1
        ? [
            {
              text: "at least as fast as plain C",
              value: row.speedup?.median,
              reached: row.speedup && row.speedup.median >= 1,
            },
          ]
        : [{ text: "second thread at least 1.7x", value: gain, reached: gain && gain >= 1.7 }];
    },
  },
  "sharpness-tracking": {
    title: "gradient step with the sharpness every 16 steps, 64-32-32-10 tanh, 1437 digits, f64",
    threads: [1],
    peers: [],
    chunk: 16,
    tolerance: 1e-10,
    eta: 0.1,
    tensors: () => [...layers(digitNet, uniform(3)), ...digits()],
    targets: (row) => [
      {
        text: "at most 1.10 plain steps",
        value: row.ours?.perGradient,
        reached: row.ours && row.ours.perGradient <= 1.1,
      },
    ],
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
    targets: (row) => [
      {
        text: "at most 1.10 plain steps",
        value: row.ours?.perGradient,
        reached: row.ours && row.ours.perGradient <= 1.1,
      },
    ],
  },
  "mackey-glass": {
    title: "Mackey-Glass equation, tau = 17, to t = 10,000, accuracy compared at t = 510",
    threads: [1],
    peers: ["jitcdde", "ddeint"],
    chunk: 1,
    // The motion is chaotic: ends at t = 10,000 cannot be compared.
    tolerance: 1e-5,
    // ddeint interpolates the past linearly on its grid.
    tolerances: { ddeint: 0.1 },
    // The reference: tsit5 with 640 steps a delay; 320 steps agree with it to 6e-14.
    settings: { until: 10_000, checkAt: 510, reference: 0.7960054396031334, rtol: 1e-8, atol: 1e-8, grid: 0.5 },
    tensors: () => [{ name: "past", shape: [1], data: Float64Array.of(0.5) }],
    targets: (row) => [
      {
        text: "at most 100 ms",
        value: row.ours && row.ours.us / 1000,
        reached: row.ours && row.ours.us <= 100_000,
      },
      {
        text: "at least 10x faster than the best peer",
        value: row.speedup?.median,
        reached: row.speedup && row.speedup.median >= 10,
      },
    ],
  },
  "lorenz-spectrum": {
    title: "Lyapunov spectrum of the Lorenz flow, 10^6 steps of rk4, h = 0.005, three tangents, orthonormalised every 10 steps",
    threads: [1],
    peers: ["c"],
    chunk: 1_000_000,
    // Of the first exponent: its standard error over a time of 5,000 is some 0.5 %, and each side has a trajectory of its own.
    tolerance: 0.02,
    settings: { h: 0.005, interval: 10 },
    tensors: () => [{ name: "x", shape: [3], data: Float64Array.of(1, 1, 20) }],
    targets: (row) => [
      {
        text: "at most 1.5 times the loop in C",
        value: row.peers.c?.ratio?.median,
        reached: row.peers.c?.ratio && row.peers.c.ratio.median <= 1.5,
      },
    ],
  },
  ...unitsCases(uniform),
  "compile-time": {
    title: "function to first finished step, 64-32-32-10 tanh, 1437 digits",
    threads: [2],
    peers: ["jax"], // eager PyTorch has no compilation to wait for
    chunk: 1,
    tolerance: 1e-10,
    eta: 0.1,
    tensors: () => [...layers(digitNet, uniform(3)), ...digits()],
    targets: (row) => [
      {
        text: "below 50 ms",
        value: row.ours && row.ours.us / 1000,
        reached: row.ours && row.ours.us < 50_000,
      },
    ],
  },
};

/** Where the flow of the network takes the first starts at time 1: Runge and Kutta's method with 1,000 steps, whose error is below 1e-12. */
function ends([w0, b0, w1, b1], x, starts) {
  const units = b0.data.length;
  const field = ([p, q]) => {
    const out = [b1.data[0], b1.data[1]];
    for (let j = 0; j < units; j++) {
      const h = Math.tanh(p * w0.data[j] + q * w0.data[units + j] + b0.data[j]);
      out[0] += h * w1.data[2 * j];
      out[1] += h * w1.data[2 * j + 1];
    }
    return out;
  };
  const moved = (y, k, h) => [y[0] + h * k[0], y[1] + h * k[1]];
  const [steps, found] = [1000, new Float64Array(2 * starts)];
  for (let i = 0; i < starts; i++) {
    let y = [x[2 * i], x[2 * i + 1]];
    for (let s = 0; s < steps; s++) {
      const h = 1 / steps;
      const k1 = field(y);
      const k2 = field(moved(y, k1, h / 2));
      const k3 = field(moved(y, k2, h / 2));
      const k4 = field(moved(y, k3, h));
      y = y.map((v, c) => v + (h / 6) * (k1[c] + 2 * k2[c] + 2 * k3[c] + k4[c]));
    }
    found.set(y, 2 * i);
  }
  return found;
}

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

/** Steps after which both sides report the loss. */
export const CHECK_STEPS = 100;
