import type { Subject } from "./subject.js";

/** The first samples of a data set, at most so many. */
export function firstRows({ samples, inputs }: Subject["data"], width: number, most: number) {
  const n = Math.min(most, samples);
  return { samples: n, inputs: Array.prototype.slice.call(inputs, 0, n * width) as number[] };
}
