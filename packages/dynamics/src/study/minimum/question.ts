import type { Threads } from "#engine";
import type { Sampling } from "../../core/draws.js";
import type { Gram, SampleLoss } from "../../core/gram.js";
import type { CharacteristicExponent } from "../../analysis/characteristic-exponent.js";
import type { Interpolation } from "../../training/interpolation.js";
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

/** An exponent that a question computed: a row of the run's series. */
export interface ExponentRow {
  readonly learningRate: number;
  readonly batchSize: number;
  readonly exponent: CharacteristicExponent;
}

/** What a question says, and the exponents that it computed on the way. */
export interface MinimumAnswer extends Conclusion {
  readonly rows?: readonly ExponentRow[];
}

/** Tells how far a question is, in shares of its own work, and lets the host draw; throws when the run is to stop. */
export type Breathe = (done: number, note: string) => Promise<void>;

/** A question about an interpolating minimum. */
export interface MinimumQuestion<Spec = never> extends QuestionEntry {
  /** Rough share of the run's time, for its progress bar. */
  readonly weight: number;
  ask(
    spec: Spec,
    bench: MinimumBench,
    before: ReadonlyMap<string, MinimumAnswer>,
    breathe: Breathe,
  ): Promise<MinimumAnswer>;
}
