import type { PopulationQuestion } from "../question.js";
import { convergence } from "./convergence.js";
import { orderQuestion } from "./order-parameter.js";
import { spectrumQuestion } from "./spectrum.js";

/** One line an entry: what a study can ask of a population, in the order of the conclusions. */
export const populationQuestions = [
  spectrumQuestion,
  orderQuestion,
  convergence,
] as const satisfies readonly PopulationQuestion[];
