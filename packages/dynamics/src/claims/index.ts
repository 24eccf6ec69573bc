import { catapult } from "./catapult.js";
import type { Claim } from "./claim.js";
import { consensus } from "./consensus.js";
import { deepLinear } from "./deep-linear.js";
import { digraphMeasures } from "./digraph-measures.js";
import { equalAngles } from "./equal-angles.js";
import { exactMaps } from "./exact-maps.js";
import { flip } from "./flip.js";
import { gaussianProducts } from "./gaussian-products.js";
import { gradientTransport } from "./gradient-transport.js";
import { graphOnset } from "./graph-onset.js";
import { graphops } from "./graphops.js";
import { henon } from "./henon.js";
import { kuramotoLorentzian } from "./kuramoto-lorentzian.js";
import { kuramotoUnimodal } from "./kuramoto-unimodal.js";
import { ladder } from "./ladder.js";
import { logistic } from "./logistic.js";
import { meanSquare } from "./mean-square.js";
import { minMaxSteps } from "./min-max.js";
import { momentumThresholds } from "./momentum.js";
import { noisyKuramoto } from "./noisy-kuramoto.js";
import { oneForm } from "./one-form.js";
import { probabilisticStability } from "./probabilistic-stability.js";
import { probabilityFlows } from "./probability-flow.js";
import { propagationOfChaos } from "./propagation-of-chaos.js";
import { quadratic } from "./quadratic.js";
import { rateNetworks } from "./rate-networks.js";
import { scalarRecurrence } from "./scalar-recurrence.js";
import { selfStabilisation } from "./self-stabilisation.js";
import { sgdOrthogonal } from "./sgd-orthogonal.js";
import { sgdParallel } from "./sgd-parallel.js";
import { sgdProjections } from "./sgd-projections.js";
import { sgdSumRule } from "./sgd-sum-rule.js";
import { smallestNetwork } from "./smallest-network.js";
import { speciation } from "./speciation.js";
import { symmetryBreaking } from "./symmetry-breaking.js";
import { twistedStates } from "./twisted-states.js";
import { twoOscillators } from "./two-oscillators.js";
import { twoPointScore } from "./two-point-score.js";
import { wideNetworks } from "./wide-networks.js";
import { wideTraining } from "./wide-training.js";

/** One line an entry: theorems that the program checks on itself, in the order of their items. */
export const claims: readonly Claim[] = [
  gaussianProducts,
  quadratic,
  smallestNetwork,
  sgdProjections,
  sgdParallel,
  sgdOrthogonal,
  sgdSumRule,
  meanSquare,
  momentumThresholds,
  deepLinear,
  ladder,
  selfStabilisation,
  catapult,
  flip,
  probabilisticStability,
  kuramotoLorentzian,
  kuramotoUnimodal,
  twoOscillators,
  graphOnset,
  twistedStates,
  digraphMeasures,
  graphops,
  propagationOfChaos,
  wideNetworks,
  wideTraining,
  equalAngles,
  noisyKuramoto,
  oneForm,
  consensus,
  rateNetworks,
  probabilityFlows,
  symmetryBreaking,
  speciation,
  minMaxSteps,
  gradientTransport,
  scalarRecurrence,
  twoPointScore,
  henon,
  logistic,
  exactMaps,
];
