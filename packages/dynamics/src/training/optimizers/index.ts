import { gradientDescent } from "./gradient-descent.js";
import type { OptimizerEntry } from "./optimizer.js";

/** One line an entry. */
export const optimizers: readonly OptimizerEntry[] = [
  {
    name: "gradient-descent",
    description: "theta - eta grad L; stable on a quadratic while lambda < 2 / eta",
    make: gradientDescent,
  },
];
