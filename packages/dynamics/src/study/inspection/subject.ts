import type { OnnxNetwork } from "../../models/onnx/network.js";
import type { Architecture } from "../../networks/architecture.js";
import type { Dataset } from "../../training/training.js";
import { losses, type Loss } from "../../training/losses.js";
import { lookup } from "../../core/lookup.js";
import type { Layered } from "../../models/onnx/layered.js";
import type { Table } from "../table.js";

/** A model with the data on which it is looked at. */
export interface Subject {
  readonly architecture: Architecture;
  readonly theta: Float64Array;
  readonly data: Dataset;
  /** The class of each sample, where the targets are classes. */
  readonly labels: Int32Array | undefined;
  readonly loss: Loss;
  /** Why this loss, in words. */
  readonly convention: string;
  /** Whether inputs have derivatives. */
  readonly smooth: boolean;
  /** Widths and activations of a multilayer perceptron, or why it is none. */
  readonly layered: Pick<Layered, "widths" | "activations"> | undefined;
  readonly why: string | undefined;
}

/** What a model file gives. */
export type Model = Pick<OnnxNetwork, "architecture" | "theta" | "tokens" | "head" | "why"> & Pick<Subject, "layered">;

export interface SubjectOptions {
  /** Name of an entry of `losses`. Default: by what the model ends with and what the targets are. */
  readonly loss?: string;
}

/**
 * A model put together with samples and targets, and the loss that they are judged by.
 *
 * *Definition*: targets of one column of whole numbers are classes where the model has several outputs (one-hot, cross-entropy), and yes or no where it
 * ends in a sigmoid (logistic); others are numbers to be met (square).
 * *Arguments*: `model` from `onnxNetwork`; `inputs` and `targets`: tables with a row a sample, as files have them; see `SubjectOptions`.
 * *Returns*: a Subject.
 * *Error*: throws a RangeError that names the row for inputs of another width, labels out of range, and numbers of rows that differ.
 * *Cost*: one pass over the targets.
 * *Example*: `const rows = (values) => ({ rows: 4, columns: 1, values: Float64Array.from(values), sha256: "" });
 * const model = { architecture: net, theta: net.initial(0), tokens: false, head: undefined, layered: undefined, why: "made by hand" };
 * subjectOf(model, rows(data.inputs), rows(data.targets)).loss.name // "square"`
 */
export function subjectOf(model: Model, inputs: Table, targets: Table, options: SubjectOptions = {}): Subject {
  const { architecture, theta, head, tokens } = model;
  const { inputs: width, outputs } = architecture;
  if (inputs.columns !== width)
    throw new RangeError(
      `the data have ${inputs.columns} numbers a sample; ${architecture.name} takes ${width}${inputs.columns > width ? ` (beside ${targets.columns} of the target; several targets are named with commas between them)` : width % inputs.columns === 0 ? ` (if the file was written for ${width / inputs.columns} samples at once, export it with a free first axis)` : ""}`,
    );
  if (targets.rows !== inputs.rows)
    throw new RangeError(`there are ${targets.rows} targets for ${inputs.rows} samples; expected one a sample`);
  if (options.loss !== undefined) lookup("loss", losses, options.loss);
  const wholes = targets.columns === 1 && targets.values.every((v) => Number.isInteger(v) && v >= 0);
  const classes = wholes && (outputs > 1 || head === "sigmoid");
  if (!classes && targets.columns !== outputs)
    throw new RangeError(
      `the targets have ${targets.columns} numbers a sample; ${architecture.name} gives ${outputs}${outputs > 1 ? " (or one column with the number of the class, from 0)" : ""}`,
    );
  const usual = classes ? (outputs > 1 ? "cross-entropy" : "logistic") : head === "softmax" ? "cross-entropy" : "square";
  const name = options.loss ?? usual;
  const most = outputs > 1 ? outputs - 1 : 1;
  let labels: Int32Array | undefined;
  let values = targets.values;
  if (classes) {
    const bad = targets.values.findIndex((v) => v > most);
    if (bad >= 0)
      throw new RangeError(
        `row ${bad} of the targets has the label ${targets.values[bad]}; ${architecture.name} knows the classes 0 to ${most}`,
      );
    labels = Int32Array.from(targets.values);
    if (outputs > 1) {
      values = new Float64Array(inputs.rows * outputs);
      labels.forEach((c, i) => (values[i * outputs + c] = 1));
    }
  } else if (outputs > 1 && rowsAreProbabilities(targets)) {
    labels = Int32Array.from({ length: targets.rows }, (_, i) => largest(targets.values, i, outputs));
  }
  const tail = head === undefined ? "" : `; the model's last ${head} is part of the loss, and outputs are logits`;
  return {
    architecture,
    theta,
    data: { samples: inputs.rows, inputs: inputs.values, targets: values },
    labels,
    loss: losses.find((l) => l.name === name)!,
    convention: `${options.loss === undefined ? "chosen because the targets are " + (classes ? "classes" : "numbers") : "as asked for"}${tail}`,
    smooth: !tokens,
    layered: model.layered,
    why: model.why,
  };
}

/** Rows with a single 1 among zeros. */
const rowsAreProbabilities = ({ rows, columns, values }: Table): boolean => {
  for (let i = 0; i < rows; i++) {
    let ones = 0;
    for (let j = 0; j < columns; j++) {
      const v = values[i * columns + j]!;
      if (v !== 0 && v !== 1) return false;
      ones += v;
    }
    if (ones !== 1) return false;
  }
  return true;
};

/** The class that a row names: the first of the largest. */
export function largest(values: ArrayLike<number>, row: number, columns: number): number {
  let best = 0;
  for (let k = 1; k < columns; k++) if (values[row * columns + k]! > values[row * columns + best]!) best = k;
  return best;
}
