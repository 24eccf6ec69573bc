import type { Tensor } from "#engine";
import type { Training } from "../../training/training.js";
import type { StudyData } from "../table.js";

/** A study's system, built and at its start. */
export interface Bench {
  /** At each measurement its state is that of the run. */
  readonly run: Training;
  readonly loss: (prediction: Tensor, target: Tensor) => Tensor;
  readonly data: StudyData;
  readonly seed: number;
  readonly steps: number;
}
