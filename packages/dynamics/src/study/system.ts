import type { z } from "zod";
import type { Threads } from "#engine";
import type { Memory } from "../core/memory.js";
import type { RunRecord } from "./record.js";
import type { Study } from "./schema.js";
import type { ReadTable } from "./table.js";

/** How far a run is. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** What is counted: "step", "product". */
  readonly unit: string;
  /** The newest numbers, in words. */
  readonly note: string;
}

/** Where a run puts away what it carries, so that it can go on after the machine has stopped. */
export interface Checkpoints {
  /** From where to go on; undefined: from the start. */
  readonly from?: Memory;
  /** Asked between two stretches of work: whether it is time to put something away. */
  due(): boolean;
  save(memory: Memory): void | Promise<void>;
}

/** What a run needs besides its study. */
export interface RunContext {
  readonly read: ReadTable;
  readonly threads: Threads;
  readonly threadCount: number;
  /** Version of the package, for the record. */
  readonly version: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** A kind of system that makes no use of it starts from the beginning: the same result, later. */
  readonly checkpoints?: Checkpoints;
}

/** Reports a problem at a place below `questions`. */
export type Complain = (path: (string | number)[], message: string) => void;

/** A question as the schema, listings and error messages see it. */
export interface QuestionEntry {
  readonly name: string;
  readonly description: string;
  /** An object with the key `type`, equal to the name. */
  readonly schema: z.ZodObject;
  /** Names of the questions whose answers it needs. */
  readonly needs?: readonly string[];
}

/** A kind of system that a study can put to the test, with the questions it answers. */
export interface StudySystem<Spec = never> {
  readonly name: string;
  readonly description: string;
  /** An object with the key `kind`, equal to the name. */
  readonly schema: z.ZodObject;
  readonly questions: readonly QuestionEntry[];
  /** Finds what the schemas of its parts cannot see. */
  check?(spec: Spec, questions: readonly { readonly type: string; readonly every?: number }[], complain: Complain): void;
  run(spec: Spec, study: Study, context: RunContext): Promise<RunRecord>;
}
