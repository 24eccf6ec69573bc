import type { Tensor } from "#engine";
import type { Sampling } from "../../core/draws.js";
import type { Status } from "../../core/status.js";
import type { StochasticTraining } from "../../training/sgd.js";
import type { Training } from "../../training/training.js";
import type { StudyData } from "../table.js";
import type { OptimizerSpec } from "./optimizer.js";

/** What a look at a run tells of the state from which its next step starts. */
export interface Look {
  /** Of that step. */
  readonly status: Status;
  /** Loss on all training samples. */
  readonly loss: number;
  /** Share of training samples classified correctly; NaN where the targets are no classes. */
  readonly accuracy: number;
}

/** A study's system, built and at its start. */
export interface Bench {
  /** At each measurement its state is that of the run. */
  readonly run: Training | StochasticTraining;
  readonly loss: (prediction: Tensor, target: Tensor) => Tensor;
  readonly data: StudyData;
  readonly seed: number;
  readonly steps: number;
  /** What the study says of its optimizer. */
  readonly optimizer: OptimizerSpec;
  readonly learningRate: number;
  /** Samples of a step, where it is not all of them. */
  readonly batchSize: number | undefined;
  /** Whether a batch may hold a sample twice; undefined where there are none. */
  readonly sampling: Sampling | undefined;
  /** Whether the targets name classes. */
  readonly classes: boolean;
  /** The latest look; NaN before the first. */
  readonly seen: { readonly loss: number; readonly accuracy: number };
  /** Takes one step and tells what it saw. */
  look(): Look;
}
