import type { PopulationQuestion } from "../question.js";
import { convergence } from "./convergence.js";
import { criticalCoupling } from "./critical-coupling.js";
import { orderQuestion } from "./order-parameter.js";
import { spectrumQuestion } from "./spectrum.js";
import { twistedStates } from "./twisted-states.js";

/** One line an entry: what a study can ask of a population, in the order of the conclusions. */
export const populationQuestions = [
  spectrumQuestion,
  orderQuestion,
  criticalCoupling,
  convergence,
  twistedStates,
] as const satisfies readonly PopulationQuestion[];
