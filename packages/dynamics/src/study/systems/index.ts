import { trainingSystem } from "./training.js";

/** One line an entry: what a study can put to the test. */
export const systems = [trainingSystem] as const;
