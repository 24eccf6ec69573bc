import { attractionBasins } from "./attraction-basins.js";
import { catapult } from "./catapult.js";
import { centralFlows } from "./central-flows.js";
import type { Claim } from "./claim.js";
import { deepLinear } from "./deep-linear.js";
import { edgeOfStability } from "./edge-of-stability.js";
import { exactMaps } from "./exact-maps.js";
import { flatness } from "./flatness.js";
import { flip } from "./flip.js";
import { gaussianProducts } from "./gaussian-products.js";
import { henon } from "./henon.js";
import { hessianProducts } from "./hessian-products.js";
import { implicitBias } from "./implicit-bias.js";
import { ladder } from "./ladder.js";
import { linearSubstitution } from "./linear-maps.js";
import { logistic } from "./logistic.js";
import { meanSquare } from "./mean-square.js";
import { minimalEdge } from "./minimal-edge.js";
import { momentumThresholds } from "./momentum.js";
import { orderOfSamples } from "./order-preservation.js";
import { probabilisticStability } from "./probabilistic-stability.js";
import { quadratic } from "./quadratic.js";
import { rankDistributions } from "./rank-distributions.js";
import { reachable } from "./reachable-minima.js";
import { selfStabilisation } from "./self-stabilisation.js";
import { sgdOrthogonal } from "./sgd-orthogonal.js";
import { sgdParallel } from "./sgd-parallel.js";
import { sgdProjections } from "./sgd-projections.js";
import { sgdSumRule } from "./sgd-sum-rule.js";
import { smallestNetwork } from "./smallest-network.js";
import { sufficientCondition } from "./sufficient-condition.js";
import { synchronisation } from "./synchronisation.js";

/** One line an entry: theorems that the program checks on itself, in the order of their items. */
export const claims: readonly Claim[] = [
  gaussianProducts,
  quadratic,
  smallestNetwork,
  reachable,
  sgdProjections,
  sgdParallel,
  sgdOrthogonal,
  sgdSumRule,
  meanSquare,
  sufficientCondition,
  momentumThresholds,
  deepLinear,
  minimalEdge,
  ladder,
  selfStabilisation,
  centralFlows,
  edgeOfStability,
  catapult,
  flip,
  probabilisticStability,
  synchronisation,
  flatness,
  implicitBias,
  hessianProducts,
  orderOfSamples,
  rankDistributions,
  linearSubstitution,
  attractionBasins,
  henon,
  logistic,
  exactMaps,
];
