import { attractionBasins } from "./attraction-basins.js";
import { catapult } from "./catapult.js";
import { centralFlows } from "./central-flows.js";
import type { Claim } from "./claim.js";
import { concentricSpheres } from "./concentric-spheres.js";
import { deepLinear } from "./deep-linear.js";
import { denseResidual } from "./dense-residual.js";
import { edgeOfChaos } from "./edge-of-chaos.js";
import { edgeOfStability } from "./edge-of-stability.js";
import { embeddability } from "./embeddability.js";
import { exactMaps } from "./exact-maps.js";
import { finiteTime } from "./finite-time-exponents.js";
import { flatness } from "./flatness.js";
import { flip } from "./flip.js";
import { flowCriticalPoints } from "./flow-critical-points.js";
import { flowGradients } from "./flow-gradients.js";
import { gaussianProducts } from "./gaussian-products.js";
import { geluEdge } from "./gelu-edge.js";
import { henon } from "./henon.js";
import { hessianProducts } from "./hessian-products.js";
import { implicitBias } from "./implicit-bias.js";
import { ladder } from "./ladder.js";
import { linearSubstitution } from "./linear-maps.js";
import { liouville } from "./liouville.js";
import { logistic } from "./logistic.js";
import { meanSquare } from "./mean-square.js";
import { memoryCapacity } from "./memory-capacity.js";
import { minimalEdge } from "./minimal-edge.js";
import { momentumThresholds } from "./momentum.js";
import { monotoneFlows } from "./monotone-flows.js";
import { morseNetworks } from "./morse-networks.js";
import { orderOfSamples } from "./order-preservation.js";
import { probabilisticStability } from "./probabilistic-stability.js";
import { quadratic } from "./quadratic.js";
import { randomRecurrent } from "./random-recurrent.js";
import { rankDistributions } from "./rank-distributions.js";
import { reachable } from "./reachable-minima.js";
import { reluSignals } from "./relu-signals.js";
import { residualLimit } from "./residual-limit.js";
import { residualSignals } from "./residual-signals.js";
import { selfStabilisation } from "./self-stabilisation.js";
import { sgdOrthogonal } from "./sgd-orthogonal.js";
import { sgdParallel } from "./sgd-parallel.js";
import { sgdProjections } from "./sgd-projections.js";
import { sgdSumRule } from "./sgd-sum-rule.js";
import { smallestNetwork } from "./smallest-network.js";
import { specialSolutions } from "./special-solutions.js";
import { sufficientCondition } from "./sufficient-condition.js";
import { synchronisation } from "./synchronisation.js";
import { universalEmbedding } from "./universal-embedding.js";

/** One line an entry: theorems that the program checks on itself, in the order of their items. */
export const claims: readonly Claim[] = [
  universalEmbedding,
  monotoneFlows,
  concentricSpheres,
  liouville,
  morseNetworks,
  flowCriticalPoints,
  residualLimit,
  denseResidual,
  memoryCapacity,
  specialSolutions,
  edgeOfChaos,
  reluSignals,
  geluEdge,
  residualSignals,
  flowGradients,
  gaussianProducts,
  randomRecurrent,
  finiteTime,
  embeddability,
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
