import { accuracy } from "./accuracy.js";
import { adjointLedger } from "./adjoint-ledger.js";
import { basins } from "./basins.js";
import { batchSharpness } from "./batch-sharpness.js";
import { catapult } from "./catapult.js";
import { centralFlow } from "./central-flow.js";
import { criticalPoints } from "./critical-points.js";
import { edgeOfStability } from "./edge-of-stability.js";
import { gradientGrowth } from "./gradient-growth.js";
import { grokking } from "./grokking.js";
import { linearMap } from "./linear-map.js";
import { implicitBias } from "./implicit-bias.js";
import { lyapunov } from "./lyapunov.js";
import { orderPreservation } from "./order-preservation.js";
import { paths } from "./paths.js";
import { preflight } from "./preflight.js";
import type { Question } from "../question.js";
import { rankSlopes } from "./rank-slopes.js";
import { selfStabilisation } from "./self-stabilisation.js";
import { sharpness } from "./sharpness.js";
import { synchronisation } from "./synchronisation.js";
import { variationNorm } from "./variation-norm.js";
import { weightOrganisation } from "./weight-organisation.js";

/** One line an entry: what a study can ask of a training run, in the order of the conclusions. */
export const trainingQuestions = [
  sharpness,
  edgeOfStability,
  batchSharpness,
  selfStabilisation,
  centralFlow,
  variationNorm,
  implicitBias,
  catapult,
  accuracy,
  preflight,
  grokking,
  lyapunov,
  synchronisation,
  paths,
  gradientGrowth,
  adjointLedger,
  orderPreservation,
  rankSlopes,
  linearMap,
  weightOrganisation,
  basins,
  criticalPoints,
] as const satisfies readonly Question[];
