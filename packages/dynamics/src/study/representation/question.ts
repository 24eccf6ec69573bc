import type { Threads } from "#engine";
import type { Target } from "../../catalogue/targets.js";
import type { Breathe } from "../asking.js";
import type { Column, Conclusion } from "../conclusion.js";
import type { QuestionEntry } from "../system.js";

/** A function, and points at which it is compared with networks. */
export interface RepresentationBench {
  readonly target: Target;
  readonly count: number;
  /** count x inputs. */
  readonly points: Float64Array;
  /** count x outputs: the function there. */
  readonly values: Float64Array;
  readonly seed: number;
  readonly threads: Threads;
}

/** What a question says, and columns beside those of the points. */
export interface RepresentationAnswer extends Conclusion {
  readonly columns: readonly (Column & { readonly values: Float64Array })[];
}

/** A question about what can represent a function. */
export interface RepresentationQuestion<Spec = never> extends QuestionEntry {
  ask(spec: Spec, bench: RepresentationBench, breathe: Breathe): Promise<RepresentationAnswer>;
}

/** The largest difference of two rows of numbers. */
export const farthest = (a: Float64Array, b: Float64Array): number => a.reduce((s, x, i) => Math.max(s, Math.abs(x - b[i]!)), 0);
