import type { MinimumQuestion } from "../question.js";
import { diagram } from "./diagram.js";
import { fate } from "./fate.js";
import { productSpectrum } from "./product-spectrum.js";
import { stability } from "./stability.js";

/** One line an entry: what a study can ask of a minimum, in the order of the conclusions. */
export const minimumQuestions = [stability, fate, diagram, productSpectrum] as const satisfies readonly MinimumQuestion[];
