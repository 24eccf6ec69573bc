import type { z } from "zod";
import type { Conclusion } from "../conclusion.js";
import type { RunContext } from "../system.js";

/** A distance between a finite population and its limit, and how it should fall with the number of units. */
export interface Measure {
  readonly name: string;
  /** What is measured, in words. */
  readonly label: string;
  /** How runs of one size are put together: "mean-square" for variances. */
  readonly average: "root-mean-square" | "mean-square";
  /** Exponent of n that theory gives. */
  readonly predicted: number;
  /** Whether theory gives the exponent itself, or a bound on it. */
  readonly relation: "equal" | "at-most";
  /** By how much the exponent may miss for reasons that theory knows, logarithms among them. Default 0.01. */
  readonly slack?: number;
  /** Why, in a few words. */
  readonly reason: string;
  readonly sources: readonly string[];
  /** Whether one run tells all, there being no chance in it. */
  readonly certain?: boolean;
}

/** A picture beside the report. */
export interface Picture {
  /** In the names of its arrays. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly caption: string;
  readonly x: string;
  readonly y: string;
  readonly log?: boolean;
  readonly logX?: boolean;
  readonly curves: readonly {
    readonly name: string;
    readonly x: ArrayLike<number>;
    readonly y: ArrayLike<number>;
    readonly dots?: boolean;
  }[];
}

/** What there is to say besides the distances. */
export interface Beside extends Conclusion {
  readonly pictures?: readonly Picture[];
}

/** A population that can be made of any size, with its limit. */
export interface Growing {
  /** What it is, as a sentence's beginning. */
  readonly name: string;
  /** What infinitely many of its units do, in words. */
  readonly limit: string;
  /** What is counted. */
  readonly unit: string;
  readonly measures: readonly Measure[];
  /** The distances of a population of n units, one a measure. */
  sample(n: number, seed: number): readonly number[];
  /** Asked once all sizes have been run. */
  beside?(sizes: readonly number[], seed: number): Beside;
}

/** What a population is made with, besides its own keys. */
export type GrowContext = Pick<RunContext, "read" | "threads"> & { readonly seed: number };

/** A kind of population in studies: its keys, and the way to the work, which is loaded when it is run. */
export interface PopulationEntry<Spec = never> {
  readonly name: string;
  readonly description: string;
  /** An object with the key `type`, equal to the name. */
  readonly schema: z.ZodObject;
  /** Throws a StudyError with a path relative to the population, or a RangeError, where there is no such thing. */
  grow(spec: Spec, context: GrowContext): Promise<Growing> | Growing;
}
