import type { Architecture } from "../../networks/architecture.js";
import type { PerceptronOptions } from "../../networks/mlp.js";
import type { Conclusion } from "../conclusion.js";
import type { Series } from "../record.js";
import type { QuestionEntry } from "../system.js";
import type { StudyData } from "../table.js";

/** A network to be questioned about what it does to signals. */
export interface PropagationBench {
  readonly network: Architecture;
  readonly options: PerceptronOptions;
  /** The name of its family. */
  readonly type: string;
  /** Whether the options are those of an `mlp`. */
  readonly plain: boolean;
  /** Parameters: trained ones, or the seed's. */
  readonly theta: Float64Array;
  readonly trained: boolean;
  readonly data: StudyData | undefined;
  readonly seed: number;
}

/** What a question says, and the columns that it adds to the run's series. */
export interface PropagationAnswer extends Conclusion {
  readonly series?: readonly Series[];
}

/** Tells how many of its own grid points a question has done, and lets the host draw; throws when the run is to stop. */
export type Breathe = (done: number, note: string) => Promise<void>;

/** A question about the signal in a network. */
export interface PropagationQuestion<Spec = never> extends QuestionEntry {
  /** Grid points of its picture: its share of the run. */
  points(spec: Spec): number;
  ask(spec: Spec, bench: PropagationBench, breathe: Breathe): Promise<PropagationAnswer>;
}
