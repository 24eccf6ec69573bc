import type { PicturedFlow, VectorField } from "#dynamics";

/** Points of a trajectory in the time that a picture shows. */
export const POINTS = 1500;

/** The time between two of them. */
export const stepOf = ({ picture }: PicturedFlow): number => picture.duration / POINTS;

/** The field with these values of its parameters, in the order in which a picture lists them. */
export const fieldWith = ({ field, picture }: PicturedFlow, values: readonly number[]): VectorField =>
  field(Object.fromEntries(Object.keys(picture.parameters).map((name, i) => [name, values[i]!])));
