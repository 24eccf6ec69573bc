import type { PropagationQuestion } from "../question.js";
import { depthLimit } from "./depth-limit.js";
import { edgeOfChaos } from "./edge-of-chaos.js";
import { ftle } from "./ftle.js";

/** One line an entry: what a study can ask of the signal in a network, in the order of the conclusions. */
export const propagationQuestions = [edgeOfChaos, depthLimit, ftle] as const satisfies readonly PropagationQuestion[];
