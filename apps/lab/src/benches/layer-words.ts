import { show, withError } from "../parts/numbers.js";

/** What is compared, in the order in which it is drawn: name, words, colour. */
export const KINDS = [
  ["unit", "single units", "--c1"],
  ["pair", "pairs of units", "--c2"],
  ["layer", "the layer, against its linear part", "--c3"],
  ["projection", "all layers up to it, against the input projection", "--c4"],
] as const;

/** A value whose error may not be known. */
export const known = (value: number, error: number): string =>
  Number.isFinite(value) && Number.isNaN(error) ? `${show(value)} ± unknown` : withError(value, error);

/** A share of its units, in percent. */
export const share = (value: number, error: number): string =>
  Number.isFinite(value) ? `${known(100 * value, 100 * error)} %` : "unknown";
