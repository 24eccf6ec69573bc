import { z } from "zod";
import type { Threads } from "#engine";
import { transverseExponents } from "../../analysis/transverse-exponents.js";
import { families, type NamedFamily } from "../../catalogue/families.js";
import type { Estimate } from "../../core/estimate.js";
import type { Column } from "../conclusion.js";
import { refuse, type Path } from "../problem.js";
import { show } from "../words.js";

/** The question as the schema and the listings see it. */
export const transverseQuestion = {
  name: "transverse-exponent",
  description: "whether orbits beside the family's invariant set come to it: the exponent across, over the parameter",
  schema: z
    .strictObject({ type: z.literal("transverse-exponent") })
    .describe(
      "The exponent across the invariant set on which the family lives, beside the orbit diagram and over the same steps",
    ),
  needs: ["orbit-diagram"],
};

/** Refuses families that are all there is. */
export function checkAcross({ name, across }: NamedFamily, path: Path): void {
  if (across) return;
  const known = families.filter((f) => f.across).map((f) => f.name);
  refuse(
    [...path, "type"],
    `transverse-exponent needs a family that is the invariant set of a larger map; ${name} is not one, ${known.join(" and ")} are`,
  );
}

/** The exponents across, one a parameter. */
export const transverse = (
  family: NamedFamily,
  parameters: Float64Array,
  { transient, steps }: { readonly transient: number; readonly steps: number },
  threads: Threads,
): Estimate<Float64Array> =>
  transverseExponents({
    f: family.f,
    factor: family.across!.factor,
    parameters,
    initial: family.initial,
    transient,
    steps,
    threads,
  });

export const transverseColumns = ({ across }: NamedFamily): Column[] => [
  { name: "transverse", unit: "1/step", description: `growth rate of the ${across!.what}` },
  { name: "transverse_error", unit: "1/step", description: "its standard error by batch means" },
];

/** A rate this small is rounding: the factor of a point at rest is known to about 1e-16, and converging orbits add a little. */
const REST = 1e-12;
/** Standard errors from 0 that count: next to a flip orbits still converge, and batch means have a trend. */
const SURE = 4;

/** Where the set attracts, in words. */
export function transverseSentences(
  family: NamedFamily,
  parameters: Float64Array,
  { value, error }: Estimate<Float64Array>,
): string[] {
  const at = Array.from(parameters.keys()).filter((i) => !Number.isNaN(value[i]!));
  const zero = at.filter((i) => Math.abs(value[i]!) <= REST);
  const drawn = at.filter((i) => value[i]! < -REST && value[i]! < -SURE * error[i]!);
  const pushed = at.filter((i) => value[i]! > REST && value[i]! > SURE * error[i]!);
  const range = (of: readonly number[]): string =>
    of.length === 0
      ? "at no parameter"
      : `at ${of.length} of ${at.length}, ${family.parameter} ${show(parameters[of[0]!]!)} to ${show(parameters[of.at(-1)!]!)}`;
  const open = at.length - zero.length - drawn.length - pushed.length;
  const strongest = drawn.reduce((best, i) => (value[i]! < value[best]! ? i : best), drawn[0] ?? -1);
  return [
    `Across: the ${family.across!.what} neither grows nor shrinks in the long run ${range(zero)}; it SHRINKS ${range(drawn)}${strongest >= 0 ? ` (fastest at ${show(parameters[strongest]!)}, by ${show(value[strongest]!)} a step)` : ""}; it grows ${range(pushed)}${open > 0 ? `; ${open} are within ${SURE} standard errors of 0, as where orbits still converge` : ""}.`,
  ];
}
