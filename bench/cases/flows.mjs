// Cases of flows and delay equations.
import { filled, layers, uniform } from "./numbers.mjs";
import { atLeast, atMost, faster } from "./targets.mjs";

export const flowCases = {
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
    targets: faster("at least 5x faster than the best peer", 5),
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
    targets: faster("at least 2x faster than the best peer", 2),
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
        ? [atLeast("at least as fast as plain C", row.speedup?.median, 1)]
        : [atLeast("second thread at least 1.7x", gain, 1.7)];
    },
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
      atMost("at most 100 ms", row.ours && row.ours.us / 1000, 100),
      atLeast("at least 10x faster than the best peer", row.speedup?.median, 10),
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
    targets: (row) => [atMost("at most 1.5 times the loop in C", row.peers.c?.ratio?.median, 1.5)],
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
