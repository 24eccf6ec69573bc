import type { Dataset } from "../../training/data.js";
import { refuse } from "../problem.js";
import type { Bench } from "./bench.js";

/** Some samples of a data set with the number of their class. */
export interface Labelled {
  readonly samples: number;
  readonly dim: number;
  readonly inputs: Float64Array;
  readonly labels: Int32Array;
  /** "training" or "test". */
  readonly set: "training" | "test";
}

/** Throws unless the targets of a study name classes. */
export function needClasses(question: string, { classes }: Bench): void {
  if (!classes)
    refuse(
      ["type"],
      `${question} needs classes: targets with a single 1 in each row, two columns or more; these targets are numbers to be fitted`,
    );
}

/**
 * The first samples of a set with their classes: the set is in random order already; fewer where it has fewer.
 *
 * *Arguments*: `bench`: a training; `set`: "training" or "test"; `most`: of them. Throws where none are held back for a test.
 * *Returns*: a Labelled; the class is the first of the largest targets.
 * *Cost*: a copy.
 * *Example*: `const { system, seed } = parseStudy(study).study; const read = () => Promise.reject(new Error("reads no file"));
 * const bench = await buildTraining(system, { seed, read, threads: await threads(1) });
 * const { samples, dim, labels } = firstSamples(bench, "training", 3); [samples, dim, labels.length] // [3, 1, 3]`
 */
export function firstSamples({ data }: Bench, set: "training" | "test", most: number): Labelled {
  const from: Dataset | null = set === "test" ? data.test : data.train;
  if (!from) throw new RangeError("firstSamples: test samples asked for; the data have none, ask for training samples");
  if (!Number.isInteger(most) || most < 1)
    throw new RangeError(`firstSamples: ${most} samples asked for; allowed: integers from 1`);
  const samples = Math.min(most, from.samples);
  const labels = Int32Array.from({ length: samples }, (_, s) => {
    let best = 0;
    for (let k = 1; k < data.outputs; k++)
      if (from.targets[s * data.outputs + k]! > from.targets[s * data.outputs + best]!) best = k;
    return best;
  });
  const inputs = Float64Array.from({ length: samples * data.inputs }, (_, i) => from.inputs[i]!);
  return { samples, dim: data.inputs, inputs, labels, set };
}

/** The samples held back where there are any. */
export const preferTest = ({ data }: Bench): "training" | "test" => (data.test ? "test" : "training");
