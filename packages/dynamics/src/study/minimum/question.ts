import type { Threads } from "#engine";
import type { Sampling } from "../../core/draws.js";
import type { Gram, SampleLoss } from "../../core/gram.js";
import type { StabilitySign } from "../../analysis/stability-sign.js";
import type { Interpolation } from "../../training/interpolation.js";
import type { Breathe } from "../asking.js";
import type { Conclusion } from "../conclusion.js";
import type { QuestionEntry } from "../system.js";

/** A minimum to be questioned. */
export interface MinimumBench {
  readonly minimum: Interpolation;
  readonly gram: Gram;
  readonly batchSize: number;
  readonly sampling: Sampling;
  readonly loss: SampleLoss;
  readonly seed: number;
  readonly threads: Threads;
}

/** What a question found at one step size and batch size: a row of the run's series. */
export interface ExponentRow {
  readonly learningRate: number;
  readonly batchSize: number;
  readonly exponent: StabilitySign;
}

/** What a question says, what it found on the way, and the random products that it took. */
export interface MinimumAnswer extends Conclusion {
  readonly rows?: readonly ExponentRow[];
  readonly products?: number;
}

/** A question about an interpolating minimum. */
export interface MinimumQuestion<Spec = never> extends QuestionEntry {
  /** Rough share of the run's time, for its progress bar. */
  readonly weight: number;
  ask(spec: Spec, bench: MinimumBench, before: ReadonlyMap<string, MinimumAnswer>, breathe: Breathe): Promise<MinimumAnswer>;
}
