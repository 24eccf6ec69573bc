import type { z } from "zod";
import type { Remembering } from "../../core/memory.js";
import type { Status } from "../../core/status.js";
import type { Answer, Column, Conclusion } from "../conclusion.js";
import type { Bench } from "./bench.js";

/** How a run ended, for the conclusions. */
export interface Outcome {
  readonly status: Status;
  /** Steps done. */
  readonly time: number;
  /** Conclusions of the questions before this one, by name of the answer. */
  readonly answers: ReadonlyMap<string, Answer>;
}

/** A question at work on a run. What it carries from one call to the next is its memory: a run that is gone on with is the same to the bit. */
export interface Asker extends Remembering {
  /** Steps between calls of `measure`, which is also called at the start and the end. */
  readonly every?: number;
  /** Called when the bench is at the state of the run. */
  measure?(time: number): void;
  /** Whether each measurement is worth a row of the series. Default true. */
  readonly rows?: boolean;
  readonly columns?: readonly Column[];
  /** The columns' values at a row; NaN for what was not measured at that time. */
  values?(time: number): readonly number[];
  /** Tangent vectors that have to ride along; `along` hands them over at each measurement. */
  readonly tangents?: number;
  along?(tangents: Float64Array, time: number): void;
  conclude(outcome: Outcome): Conclusion;
}

/** A question that a study can ask. */
export interface Question<Spec = never> {
  readonly name: string;
  readonly description: string;
  /** An object with the key `type`, equal to the name. */
  readonly schema: z.ZodObject;
  /** Names of the questions whose answers it needs. */
  readonly needs?: readonly string[];
  attach(spec: Spec, bench: Bench, others: ReadonlyMap<string, Asker>): Asker;
}
