import { add, concat, constant, mul, slice, type Tensor, type Threads } from "#engine";
import type { Status } from "../../core/status.js";
import { diffusion } from "../../flow/diffusion.js";
import { fixed } from "../../flow/controllers.js";
import { flow } from "../../flow/flow.js";
import { rk4 } from "../../flow/solvers/rk4.js";
import { accumulating, coherence } from "../../limits/accumulating.js";
import { coupledUnits, sinusoidal } from "../../limits/coupled-units.js";
import type { CouplingMatrix } from "../../limits/coupling-matrix.js";
import { random } from "../../core/random.js";
import { quantileFrequencies } from "../../limits/frequencies.js";
import type { FrequencyDensity } from "../../limits/frequency-density.js";
import { order } from "../table.js";

/** Mean and mean square of the order parameter over a stretch of time. */
export interface Stretch {
  readonly mean: number;
  readonly square: number;
  readonly status: Status;
}

/** Oscillators on a graph whose coupling can be turned without making them anew. */
export interface Oscillators {
  readonly units: number;
  /** Time steps done so far. */
  readonly steps: number;
  phases(): Float64Array;
  /** Puts the phases and the coupling. */
  set(phases: ArrayLike<number>, coupling: number): void;
  /** Gives the oscillators other frequencies, from the next `set` on. */
  tune(frequencies: Float64Array): void;
  run(time: number): Stretch;
}

/** The stream of a seed that frequencies are drawn from: far above those of phases and orders. */
const FREQUENCIES = 1_500_000;

/** The quantiles of a density, dealt to the nodes in an order of chance. */
export function dealt(density: FrequencyDensity, n: number, seed: number): Float64Array {
  const sorted = quantileFrequencies(density, n);
  return Float64Array.from(order(n, true, seed), (i) => sorted[i]!);
}

/** Frequencies drawn independently. */
export function drawn({ quantile }: FrequencyDensity, n: number, seed: number): Float64Array {
  const stream = random(seed, FREQUENCIES);
  // Never 0, at which quantiles may be infinite.
  return Float64Array.from({ length: n }, () => quantile!(1 - stream.uniform() - 2 ** -54));
}

export interface OscillatorsOptions {
  /** Time step. */
  readonly h: number;
  readonly threads: Threads;
  /** D: noise of variance 2 D t on each phase, by Euler and Maruyama. Default 0: none, by Runge and Kutta. */
  readonly noise?: number;
  /** Of the noise. */
  readonly seed?: number;
}

/**
 * Oscillators on a graph.
 *
 * The coupling and the frequencies ride along as parts of the state that do not move, so that one compiled program serves a whole sweep.
 */
export function oscillators(
  graph: CouplingMatrix,
  frequencies: Float64Array,
  { h, threads, noise = 0, seed = 0 }: OscillatorsOptions,
): Oscillators {
  const n = graph.nodes;
  const pull = coupledUnits({ graph, interaction: sinusoidal(1) });
  const field = (x: Tensor): Tensor => {
    const [phases, coupling, omega] = [slice(x, [0], [n]), slice(x, [n], [n + 1]), slice(x, [n + 1], [2 * n + 1])];
    return concat([add(omega, mul(coupling, pull(phases))), constant(new Float64Array(n + 1), [n + 1])], 0);
  };
  const dim = 2 * n + 1;
  const observe = (x: Tensor): Tensor => coherence(slice(x, [0], [n]));
  const whole = { drift: accumulating(field, dim, observe, 2), initial: new Float64Array(dim + 2), threads };
  // Phases are shaken, all that rides along is not.
  const shaken = Float64Array.from({ length: dim + 2 }, (_, i) => (i < n ? Math.sqrt(2 * noise) : 0));
  const system =
    noise > 0
      ? diffusion({ ...whole, diffusion: () => constant(shaken, [dim + 2]), dt: h, seed })
      : flow({ field: whole.drift, initial: whole.initial, solver: rk4, controller: fixed(h), threads });
  let steps = 0;
  let omega = frequencies;
  return {
    units: n,
    get steps() {
      return steps;
    },
    phases: () => system.state.slice(0, n),
    set(phases, coupling) {
      system.reset([...Array.from(phases), coupling, ...omega, 0, 0]);
    },
    tune(others) {
      omega = others;
    },
    run(time) {
      const [before, beforeSquare] = [system.state[dim]!, system.state[dim + 1]!];
      const count = Math.max(1, Math.round(time / h));
      const status = system.step(count);
      steps += count;
      const length = count * h;
      return {
        mean: (system.state[dim]! - before) / length,
        square: (system.state[dim + 1]! - beforeSquare) / length,
        status,
      };
    },
  };
}
