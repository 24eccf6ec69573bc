import { basinsSystem } from "../basins/system.js";
import { diffusionSystem } from "../diffusion/system.js";
import { familySystem } from "../family/system.js";
import { flowSystem } from "../flow/system.js";
import { minimumSystem } from "../minimum/system.js";
import { propagationSystem } from "../propagation/system.js";
import { trainingSystem } from "../training/system.js";

/** One line an entry: what a study can put to the test. */
export const systems = [
  trainingSystem,
  minimumSystem,
  familySystem,
  flowSystem,
  diffusionSystem,
  propagationSystem,
  basinsSystem,
] as const;

/** What can be asked, of one system or another. */
export const studyQuestions = systems.flatMap((s) => [...s.questions]);
