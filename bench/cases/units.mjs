// Cases of many units: oscillators on graphs and the Vlasov equation.
import { wattsStrogatz } from "../../packages/dynamics/dist/index.js";
import { uniform } from "./numbers.mjs";
import { atLeast, below } from "./targets.mjs";

/** Oscillators on a small-world graph: k = 4 neighbours, p = 0.2, coupling 3 / (N - 1), to t = 20. */
function smallWorld(n, next) {
  const { offsets, columns } = wattsStrogatz(n, 2, 0.2, 1);
  const drawn = (scale) => Float64Array.from({ length: n }, () => scale * next());
  return [
    { name: "offsets", shape: [n + 1], data: Float64Array.from(offsets) },
    { name: "columns", shape: [columns.length], data: Float64Array.from(columns) },
    { name: "omega", shape: [n], data: drawn(2) },
    { name: "start", shape: [n], data: drawn(Math.PI) },
  ];
}

const kuramoto = (n) => ({
  title: `${n} oscillators on a small-world graph to t = 20, Dormand-Prince 5, rtol = atol = 1e-6, f64`,
  threads: [1],
  peers: ["gcc", "scipy"],
  chunk: 1,
  // Of runs at the tight tolerance, whose errors add up over the steps.
  tolerance: 1e-9,
  settings: { horizon: 20, rtol: 1e-6, tight: 1e-11 },
  tensors: () => smallWorld(n, uniform(21)),
  targets(row) {
    const faster = (text, ratio, times) => atLeast(text, ratio && 1 / ratio.median, times);
    const full = row.peers.scipy?.forms?.["full matrix of sines"];
    return [
      faster("at least as fast as the better of two loops in C", row.peers.gcc?.ratio, 1),
      faster("at least 20x faster than SciPy with a sparse matrix", row.peers.scipy?.ratio, 20),
      ...(full && row.ours ? [atLeast("at least 20x faster than SciPy with a full matrix", full / row.ours.us, 20)] : []),
    ];
  },
});

const belowOf = (text, limit, of) => (row) => [below(text, row.ours && of(row.ours), limit)];

const million = (graph) => ({
  title: `a million oscillators, ${graph}, to t = 1, Dormand-Prince 5, in a process of its own, f64`,
  threads: [1],
  peers: [],
  chunk: 1,
  tolerance: 1e-9,
  settings: { graph },
  tensors: () => [],
  targets: belowOf("peak memory below 1024 MiB", 1024, (ours) => ours.check.peakMiB),
});

export const unitCases = {
  "kuramoto-1000": kuramoto(1000),
  "kuramoto-100000": kuramoto(100_000),
  "million-all-to-all": million("all-to-all"),
  "million-ring": million("ring"),
  "vlasov-256": {
    title: "Vlasov equation of 256 fibres with 256 cells of the phase each to t = 20, Gaussian frequencies, K = 2, f64",
    threads: [1],
    peers: [],
    chunk: 1,
    tolerance: 1e-9,
    settings: { fibres: 256, cells: 256, horizon: 20 },
    tensors: () => [],
    targets: belowOf("below 10 s", 10, (ours) => ours.us / 1e6),
  },
};
