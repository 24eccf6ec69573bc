import { accumulating, allToAll, coherence, fixed, flow, kuramotoField, rk4, type CouplingMatrix } from "#dynamics";

/** Mean of r over a stretch of time after a transient, from phases all 0 unless others are given; fixed Runge-Kutta steps. */
export function meanOrder(options: {
  frequencies: Float64Array;
  coupling: number;
  graph?: CouplingMatrix;
  initial?: ArrayLike<number>;
  h?: number;
  transient: number;
  time: number;
}): { r: number; deviation: number; state: Float64Array } {
  const { frequencies, coupling, h = 0.02, transient, time } = options;
  const n = frequencies.length;
  const graph = options.graph ?? allToAll(n);
  const system = flow({
    field: accumulating(kuramotoField({ graph, frequencies, coupling }), n, coherence, 2),
    initial: [...Array.from(options.initial ?? new Float64Array(n)), 0, 0],
    solver: rk4,
    controller: fixed(h),
  });
  system.step(Math.round(transient / h));
  const before = [system.state[n]!, system.state[n + 1]!];
  const steps = Math.round(time / h);
  system.step(steps);
  const [r, square] = [0, 1].map((i) => (system.state[n + i]! - before[i]!) / (steps * h)) as [number, number];
  return { r, deviation: Math.sqrt(Math.max(0, square - r * r)), state: system.state.slice(0, n) };
}
