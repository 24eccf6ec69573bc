// A million oscillators in a process of their own: node million.mjs all-to-all|ring prints the time of a run to t = 1 and the peak memory.
import { adaptive, allToAll, dopri5, flow, kuramotoField, nearestOnRing } from "../packages/dynamics/dist/index.js";

const n = 1_000_000;
const ring = process.argv[2] === "ring";
const spread = Float64Array.from({ length: n }, (_, i) => (i * 0.6180339887498949) % 1);
const system = flow({
  field: kuramotoField({
    graph: ring ? nearestOnRing(n, 2) : allToAll(n),
    frequencies: spread.map((x) => x - 0.5),
    coupling: ring ? n / 4 : 1,
  }),
  initial: spread.map((x) => 2 * Math.PI * ((977 * x) % 1)),
  dt: 1,
  solver: dopri5,
  controller: adaptive({ rtol: 1e-6, atol: 1e-6 }),
});
const began = performance.now();
const status = system.step();
process.stdout.write(
  JSON.stringify({
    status,
    us: (performance.now() - began) * 1000,
    evaluations: system.work.evaluations,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  }),
);
