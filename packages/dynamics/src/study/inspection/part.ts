import type { Threads } from "#engine";
import type { LinearOperator } from "../../core/linear-operator.js";
import type { Conclusion } from "../conclusion.js";
import type { Subject } from "./subject.js";

/** What passes over the data cost on this machine, in seconds, measured once. */
export interface Rates {
  /** Outputs of all samples. */
  readonly forward: number;
  readonly gradient: number;
  /** A Hessian-vector product. */
  readonly product: number;
  /** Making a program for one of them. */
  readonly compile: number;
}

/** What parts share. */
export interface Bench extends Subject {
  readonly seed: number;
  readonly threads: Threads | undefined;
  /** Outputs at the parameters of the file, samples x outputs. */
  readonly predictions: Float64Array;
  readonly lossValue: number;
  readonly gradient: Float64Array;
  readonly hessian: LinearOperator;
}

/** Numbers by layer that a part gives, from layer 1 on. */
export interface LayerColumn {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly values: ArrayLike<number>;
}

export interface PartAnswer extends Conclusion {
  readonly columns?: readonly LayerColumn[];
}

/** How much a part does. */
export type Level = "full" | "quick";

/** One thing that an inspection looks at. */
export interface Part {
  readonly name: string;
  readonly description: string;
  /** Why it cannot be asked of this model; undefined where it can. */
  refusal(subject: Subject): string | undefined;
  /** Seconds that it will take, about. */
  seconds(subject: Subject, rates: Rates, level: Level): number;
  /** `breathe` is called between pieces of work, with the share done. */
  ask(bench: Bench, level: Level, breathe: (share: number) => Promise<void>): Promise<PartAnswer>;
}
