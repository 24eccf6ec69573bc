import type { Memory } from "../../core/memory.js";
import { canonical } from "../canonical.js";
import { refuse } from "../problem.js";
import type { RunContext } from "../system.js";
import type { Bench } from "./bench.js";
import type { Spent } from "./stopwatch.js";

/** All that a training run carries between two of its steps. What a study and its seed decide is not in it. */
export type TrainingMemory = {
  /** The data files with which it began, as canonical JSON. */
  readonly inputs: string;
  /** Step of the last visit, at which the questions looked. */
  readonly at: number;
  /** Step of the state, and the state: parameters and the optimizer's memory. */
  readonly time: number;
  readonly state: Float64Array;
  readonly tangents: Float64Array | null;
  /** The state at the last visit. */
  readonly kept: Float64Array;
  /** The series so far, row by row. */
  readonly rows: Float64Array;
  readonly askers: Readonly<Record<string, Memory>>;
  readonly started: string;
  readonly spent: Spent;
};

/** The data files of a run as text. */
export const filesOf = ({ data }: Bench): string => canonical(data.files);

/** What the context says to go on from; undefined: nothing. Throws a StudyError when the data are others by now. */
export function earlier({ checkpoints }: RunContext, bench: Bench): TrainingMemory | undefined {
  const memory = checkpoints?.from as TrainingMemory | undefined;
  if (memory && memory.inputs !== filesOf(bench))
    refuse(
      ["system", "data"],
      "the data are not those with which the unfinished run began; put them back, or remove its folder and start anew",
    );
  return memory;
}
