// Our side of the cases of many units.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  adaptive,
  allToAll,
  alongEdges,
  dopri5,
  fixed,
  flow,
  gaussianFrequencies,
  kuramotoField,
  phaseCells,
  quantileFrequencies,
  rk4,
  vlasovCells,
} from "../../packages/dynamics/dist/index.js";
import { options } from "./threads.mjs";

const timed = (run) => (reps) => {
  const began = performance.now();
  for (let i = 0; i < reps; i++) run();
  return { us_per_step: ((performance.now() - began) * 1000) / reps };
};
const squares = (x) => x.reduce((s, v) => s + v * v, 0);

function kuramoto({ horizon, rtol, tight }, tensors) {
  const [offsets, columns, omega, start] = tensors.map((t) => t.data);
  const n = omega.length;
  const graph = alongEdges({
    name: "given",
    nodes: n,
    offsets: Int32Array.from(offsets),
    columns: Int32Array.from(columns),
    weights: new Float64Array(columns.length).fill(1),
  });
  const field = kuramotoField({ graph, frequencies: omega, coupling: (3 * n) / (n - 1) });
  const solved = (tolerance) => {
    const controller = adaptive({ rtol: tolerance, atol: tolerance });
    const system = flow({ field, initial: start, dt: horizon, solver: dopri5, controller, ...options });
    if (system.step() !== "ok") throw new Error(system.explanation);
    return system;
  };
  const [system, reference] = [solved(rtol), solved(tight)];
  const off = system.state.reduce((m, v, i) => Math.max(m, Math.abs(v - reference.state[i])), 0);
  const { evaluations } = system.work;
  const run = () => {
    system.reset(start);
    system.step();
  };
  for (let i = 0; i < 5; i++) run();
  return {
    form: `flow; ${evaluations} evaluations, off by ${off.toExponential(1)}`,
    check: { sumOfSquares: squares(reference.state) },
    time: timed(run),
  };
}

function million({ graph }) {
  const script = fileURLToPath(new URL("../million.mjs", import.meta.url));
  const once = () => JSON.parse(execFileSync(process.execPath, [script, graph], { encoding: "utf8" }));
  const first = once();
  if (first.status !== "ok") throw new Error(first.status);
  return {
    form: `${first.evaluations} evaluations, peak memory ${first.peakMiB.toFixed(0)} MiB`,
    check: { peakMiB: first.peakMiB },
    time: () => ({ us_per_step: once().us }),
  };
}

function vlasov({ fibres, cells, horizon }) {
  const frequencies = quantileFrequencies(gaussianFrequencies(1), fibres);
  const field = vlasovCells({ graph: allToAll(fibres), coupling: 2, frequencies, cells });
  const initial = phaseCells(fibres, cells, 0.1);
  const system = flow({ field, initial, dt: horizon, solver: rk4, controller: fixed(horizon / 2500), ...options });
  const mass = (x) => x.reduce((s, v) => s + v, 0) / x.length;
  const run = () => {
    system.reset(initial);
    if (system.step() !== "ok") throw new Error(system.explanation);
  };
  run();
  return {
    form: `finite volumes, 2500 steps of rk4; mass off by ${Math.abs(mass(system.state) / mass(initial) - 1).toExponential(1)}`,
    check: { sumOfSquares: squares(system.state) },
    time: timed(run),
  };
}

export const unitCases = {
  "kuramoto-1000": kuramoto,
  "kuramoto-100000": kuramoto,
  "million-all-to-all": million,
  "million-ring": million,
  "vlasov-256": vlasov,
};
