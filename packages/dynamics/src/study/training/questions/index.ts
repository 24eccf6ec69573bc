import { accuracy } from "./accuracy.js";
import { centralFlow } from "./central-flow.js";
import { criticalPoints } from "./critical-points.js";
import { edgeOfStability } from "./edge-of-stability.js";
import { gradientGrowth } from "./gradient-growth.js";
import { lyapunov } from "./lyapunov.js";
import type { Question } from "../question.js";
import { sharpness } from "./sharpness.js";

/** One line an entry: what a study can ask of a training run, in the order of the conclusions. */
export const trainingQuestions = [
  sharpness,
  edgeOfStability,
  centralFlow,
  accuracy,
  lyapunov,
  gradientGrowth,
  criticalPoints,
] as const satisfies readonly Question[];
