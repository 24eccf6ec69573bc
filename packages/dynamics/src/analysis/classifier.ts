import { argmax, cast, compile, concat, mul, neg, sum, type CompileOptions, type Tensor } from "#engine";

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

/** Throws unless the labels are classes, as many as samples. */
export function checkLabels(asker: string, labels: ArrayLike<number>, samples: number, classes: number): void {
  if (labels.length !== samples) throw new RangeError(`${asker}: ${labels.length} labels given for ${samples} samples`);
  for (let s = 0; s < samples; s++)
    if (!Number.isInteger(labels[s]!) || labels[s]! < 0 || labels[s]! >= classes)
      throw new RangeError(
        `${asker}: sample ${s} has the label ${labels[s]}; allowed: integers from 0 to ${classes - 1}, the classes that there are outputs for`,
      );
}

/** The classes that a classifier names itself. */
export interface OwnClasses {
  readonly named: Float64Array;
  /** How many there are outputs for. */
  readonly classes: number;
  /** The first sample with an output that is no finite number, which names no class; -1 if there is none. */
  readonly broken: number;
}

/** Asks a classifier once. */
export function ownClasses(classify: Classifier, { samples, dim, inputs }: Points, settings: CompileOptions): OwnClasses {
  let classes = 0;
  const program = compile(
    (x) => {
      const outputs = asClasses(classify(x));
      classes = outputs.shape[1]!;
      return [decide(outputs), sum(mul(outputs, 0), 1)];
    },
    [{ shape: [samples, dim] }],
    settings,
  );
  program.inputs[0]!.set(inputs);
  program.run();
  const [named, zeros] = program.outputs as [Float64Array, Float64Array];
  return { named: named.slice(), classes, broken: zeros.findIndex(Number.isNaN) };
}

/** Root mean square of the coordinates: the scale of the points. 1 if all are 0. */
export function scaleOf(inputs: ArrayLike<number>): number {
  const squares = (unit: number): number => {
    let sum = 0;
    for (let i = 0; i < inputs.length; i++) sum += (inputs[i]! / unit) * (inputs[i]! / unit);
    return sum;
  };
  let largest = 0;
  for (let i = 0; i < inputs.length; i++) largest = Math.max(largest, Math.abs(inputs[i]!));
  if (!(largest > 0)) return 1;
  // Numbers whose squares are none.
  const unit = largest > 1e150 || largest < 1e-150 ? largest : 1;
  return unit * Math.sqrt(squares(unit) / inputs.length);
}
