import type { Subject } from "./subject.js";

/** The first samples of a data set, at most so many. */
export function firstRows({ samples, inputs }: Subject["data"], width: number, most: number) {
  const n = Math.min(most, samples);
  return { samples: n, inputs: Array.prototype.slice.call(inputs, 0, n * width) as number[] };
}

/** Why what compares layers with their linear parts cannot be asked of a model; undefined where it can. */
export const layeredOnly = ({ layered, why, data }: Subject): string | undefined =>
  !layered
    ? `the model is not a plain layered network: ${why}`
    : layered.widths.length < 3
      ? "the network has one layer and no activation"
      : data.samples < 3
        ? "it takes three samples"
        : undefined;
