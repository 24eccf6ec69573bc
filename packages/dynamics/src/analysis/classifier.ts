import { argmax, cast, concat, neg, type Tensor } from "#engine";

/** A classifier as a function from inputs [n, dim] to outputs [n, classes]; one column stands for two classes: 1 where it is above 0. */
export type Classifier = (x: Tensor) => Tensor;

/** Outputs with a column for each class: a single column f becomes (-f, f). */
export const asClasses = (outputs: Tensor): Tensor => (outputs.shape[1] === 1 ? concat([neg(outputs), outputs], 1) : outputs);

/** The class that each row of outputs names, as f64: the first of the largest. */
export const decide = (outputs: Tensor): Tensor => cast(argmax(asClasses(outputs), 1), "f64");

/** Points row by row, with the room that they live in. */
export interface Points {
  readonly samples: number;
  readonly dim: number;
  /** samples x dim. */
  readonly inputs: ArrayLike<number>;
}

/** Throws unless the points are finite numbers in their shape. */
export function checkPoints(asker: string, { samples, dim, inputs }: Points): void {
  if (!Number.isInteger(samples) || samples < 1 || !Number.isInteger(dim) || dim < 1 || inputs.length !== samples * dim)
    throw new RangeError(`${asker}: ${inputs.length} inputs given for ${samples} samples of ${dim} numbers`);
  for (let i = 0; i < inputs.length; i++)
    if (!Number.isFinite(inputs[i]!))
      throw new RangeError(`${asker}: sample ${Math.floor(i / dim)} has the input ${inputs[i]}; every number must be finite`);
}

/** Root mean square of the coordinates: the scale of the points. 1 if all are 0. */
export function scaleOf(inputs: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < inputs.length; i++) sum += inputs[i]! * inputs[i]!;
  return sum > 0 ? Math.sqrt(sum / inputs.length) : 1;
}
