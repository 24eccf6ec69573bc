import { basinsSystem } from "../basins/system.js";
import { delaySystem } from "../delay/system.js";
import { diffusionSystem } from "../diffusion/system.js";
import { ensembleSystem } from "../ensemble/system.js";
import { familySystem } from "../family/system.js";
import { flowSystem } from "../flow/system.js";
import { generativeSystem } from "../generative/system.js";
import { limitSystem } from "../limit/system.js";
import { memorySystem } from "../memory/system.js";
import { minimumSystem } from "../minimum/system.js";
import { populationSystem } from "../population/system.js";
import { propagationSystem } from "../propagation/system.js";
import { quadraticsSystem } from "../quadratics/system.js";
import { representationSystem } from "../representation/system.js";
import { tokensSystem } from "../tokens/system.js";
import { trainingSystem } from "../training/system.js";

/** One line an entry: what a study can put to the test. */
export const systems = [
  trainingSystem,
  minimumSystem,
  ensembleSystem,
  quadraticsSystem,
  familySystem,
  flowSystem,
  basinsSystem,
  delaySystem,
  memorySystem,
  diffusionSystem,
  generativeSystem,
  propagationSystem,
  representationSystem,
  populationSystem,
  tokensSystem,
  limitSystem,
] as const;

/** What can be asked, of one system or another; a question that several know counts once. */
export const studyQuestions = systems
  .flatMap((s) => [...s.questions])
  .filter((q, i, all) => all.findIndex((other) => other.schema === q.schema) === i);
