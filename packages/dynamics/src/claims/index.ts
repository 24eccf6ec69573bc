import { attractionBasins } from "./attraction-basins.js";
import { basins } from "./basins.js";
import { catapult } from "./catapult.js";
import { centralFlows } from "./central-flows.js";
import type { Claim } from "./claim.js";
import { concentricSpheres } from "./concentric-spheres.js";
import { consensus } from "./consensus.js";
import { deepLinear } from "./deep-linear.js";
import { delaySolutions } from "./delay-solutions.js";
import { denseResidual } from "./dense-residual.js";
import { diffusions } from "./diffusions.js";
import { digraphMeasures } from "./digraph-measures.js";
import { edgeOfChaos } from "./edge-of-chaos.js";
import { edgeOfStability } from "./edge-of-stability.js";
import { embeddability } from "./embeddability.js";
import { equalAngles } from "./equal-angles.js";
import { errorsOfExponents } from "./errors-of-exponents.js";
import { exactMaps } from "./exact-maps.js";
import { finiteTime } from "./finite-time-exponents.js";
import { flatness } from "./flatness.js";
import { flip } from "./flip.js";
import { flowCriticalPoints } from "./flow-critical-points.js";
import { flowGradients } from "./flow-gradients.js";
import { folds } from "./folds.js";
import { gaussHermiteRule } from "./gauss-hermite.js";
import { gaussianProducts } from "./gaussian-products.js";
import { geluEdge } from "./gelu-edge.js";
import { gradientTransport } from "./gradient-transport.js";
import { graphOnset } from "./graph-onset.js";
import { graphops } from "./graphops.js";
import { henon } from "./henon.js";
import { hessianProducts } from "./hessian-products.js";
import { hopfPoints } from "./hopf-points.js";
import { implicitBias } from "./implicit-bias.js";
import { kaplanYorkeDimension } from "./kaplan-yorke.js";
import { kramers } from "./kramers.js";
import { kuramotoLorentzian } from "./kuramoto-lorentzian.js";
import { kuramotoUnimodal } from "./kuramoto-unimodal.js";
import { ladder } from "./ladder.js";
import { linearDelay } from "./linear-delay.js";
import { linearSubstitution } from "./linear-maps.js";
import { liouville } from "./liouville.js";
import { logistic } from "./logistic.js";
import { lorenz } from "./lorenz.js";
import { mackeyGlass } from "./mackey-glass.js";
import { meanSquare } from "./mean-square.js";
import { memoryCapacity } from "./memory-capacity.js";
import { minMaxSteps } from "./min-max.js";
import { minimalEdge } from "./minimal-edge.js";
import { momentumThresholds } from "./momentum.js";
import { monotoneFlows } from "./monotone-flows.js";
import { morseNetworks } from "./morse-networks.js";
import { noisyKuramoto } from "./noisy-kuramoto.js";
import { oneForm } from "./one-form.js";
import { orderOfSamples } from "./order-preservation.js";
import { probabilisticStability } from "./probabilistic-stability.js";
import { probabilityFlows } from "./probability-flow.js";
import { propagationOfChaos } from "./propagation-of-chaos.js";
import { quadratic } from "./quadratic.js";
import { randomRecurrent } from "./random-recurrent.js";
import { rankDistributions } from "./rank-distributions.js";
import { rateNetworks } from "./rate-networks.js";
import { reachable } from "./reachable-minima.js";
import { reluSignals } from "./relu-signals.js";
import { residualLimit } from "./residual-limit.js";
import { residualSignals } from "./residual-signals.js";
import { rungeKutta } from "./runge-kutta.js";
import { scalarRecurrence } from "./scalar-recurrence.js";
import { selfStabilisation } from "./self-stabilisation.js";
import { sgdOrthogonal } from "./sgd-orthogonal.js";
import { sgdParallel } from "./sgd-parallel.js";
import { sgdProjections } from "./sgd-projections.js";
import { sgdSumRule } from "./sgd-sum-rule.js";
import { smallestNetwork } from "./smallest-network.js";
import { specialSolutions } from "./special-solutions.js";
import { speciation } from "./speciation.js";
import { sufficientCondition } from "./sufficient-condition.js";
import { symmetryBreaking } from "./symmetry-breaking.js";
import { synchronisation } from "./synchronisation.js";
import { twistedStates } from "./twisted-states.js";
import { twoOscillators } from "./two-oscillators.js";
import { twoPointScore } from "./two-point-score.js";
import { universalEmbedding } from "./universal-embedding.js";
import { vanDerPol } from "./van-der-pol.js";
import { wideNetworks } from "./wide-networks.js";
import { wideTraining } from "./wide-training.js";

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
  orderOfSamples,
  rankDistributions,
  linearSubstitution,
  attractionBasins,
  rungeKutta,
  vanDerPol,
  lorenz,
  henon,
  logistic,
  exactMaps,
  mackeyGlass,
  linearDelay,
  delaySolutions,
  diffusions,
  kramers,
  folds,
  hopfPoints,
  errorsOfExponents,
  gaussHermiteRule,
  kaplanYorkeDimension,
  basins,
];
