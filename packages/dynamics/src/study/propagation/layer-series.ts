import type { Estimate } from "../../core/estimate.js";
import type { Series } from "../record.js";

/** What the rates of gradients are, in a file's words. */
export const GRADIENT_RATE = "log of the factor of a gradient's norm, going back";

/** The column of layers, from 1. */
export const layerNumbers = (layers: number): Series => ({
  name: "layer",
  unit: "layer",
  description: "number of the layer",
  values: Float64Array.from({ length: layers }, (_, l) => l + 1),
});

/** Three columns: what theory says of each layer, what was measured, and its standard error. */
export function besideTheory(
  name: string,
  unit: string,
  what: string,
  theory: Float64Array,
  { value, error }: Pick<Estimate<Float64Array>, "value" | "error">,
): Series[] {
  return [
    { name: `${name}_theory`, unit, description: `${what}, infinite width`, values: theory },
    { name, unit, description: `${what}, mean over networks drawn`, values: value },
    { name: `${name}_error`, unit, description: "its standard error", values: error },
  ];
}
