import { classical } from "./classical.js";
import { elementwise } from "./elementwise.js";
import { indexing } from "./indexing.js";
import { linear } from "./linear.js";
import { normalization } from "./normalization.js";
import type { Operator } from "./operator.js";
import { recurrences } from "./recurrent.js";
import { reductions } from "./reductions.js";
import { shapes } from "./shapes.js";
import { windowed } from "./windows.js";

/** The operators that a model may use: one line a family. */
export const onnxOperators: readonly Operator[] = [
  ...elementwise,
  ...linear,
  ...normalization,
  ...reductions,
  ...shapes,
  ...indexing,
  ...windowed,
  ...recurrences,
  ...classical,
];
