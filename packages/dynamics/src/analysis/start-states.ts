import type { System } from "../core/system.js";

/** How many numbers a start has: the state's; of a delay equation, whose state is a past, those of x, as a past that is constant. */
export const startDim = ({ kind, dim, layout }: System): number =>
  kind === "delay" ? layout[0]!.shape.reduce((a, b) => a * b, 1) : dim;

/** The states of starts: count x startDim numbers become count x dim. */
export function startStates(system: System, starts: Float64Array): Float64Array {
  const short = startDim(system);
  if (short === system.dim) return starts;
  const { dim } = system;
  return Float64Array.from(
    { length: (starts.length / short) * dim },
    (_, i) => starts[Math.floor(i / dim) * short + ((i % dim) % short)]!,
  );
}
