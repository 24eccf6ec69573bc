/** Systems, networks, training and the questions one can ask of them. */
export type { Cost, Estimate } from "./core/estimate.js";
export type { Landscape } from "./core/landscape.js";
export type { Complex } from "./core/complex.js";
export { lambertW } from "./core/lambert-w.js";
export { lookup } from "./core/lookup.js";
export { map, type InPlaceMap, type MapOptions, type MapProgram, type MapSystem } from "./core/map.js";
export { binomialInterval, binomialShare, studentQuantile, type BinomialShare } from "./core/confidence.js";
export { ratioOfMeans, type RatioOfMeans } from "./core/ratio-of-means.js";
export { draws, type Draws, type DrawsOptions, type Sampling } from "./core/draws.js";
export { gram, type Gram, type GramOptions, type SampleLoss } from "./core/gram.js";
export { memoryless, pack, unpack, type Memory, type Remembering } from "./core/memory.js";
export type { Noise } from "./core/noise.js";
export {
  randomMap,
  type RandomBatchOptions,
  type RandomMapOptions,
  type RandomProgram,
  type RandomSystem,
} from "./core/random-map.js";
export { normalDensity, normalDistribution, normalQuantile } from "./core/normal-distribution.js";
export { sorter, type Sorter } from "./core/sorter.js";
export { fillNormal, random, threefry, type RandomStream } from "./core/random.js";
export { gaussHermite, gaussLegendre, type Quadrature } from "./core/quadrature.js";
export { orthonormalize } from "./core/rows.js";
export type { Status } from "./core/status.js";
export type { Part, System, TangentSystem } from "./core/system.js";

export { batchMeans, type BatchMeans } from "./analysis/batch-means.js";
export { centralDrift, type CentralDrift, type OscillationState } from "./analysis/central-drift.js";
export { centralFlow, type CentralFlow, type CentralFlowOptions, type CentralPoint } from "./analysis/central-flow.js";
export {
  selfStabilisation,
  type AtTheEdge,
  type SelfStabilisation,
  type SelfStabilisationOptions,
} from "./analysis/self-stabilisation.js";
export { denseSymmetric, spectralRadius, type DenseEigenpairs } from "./core/dense-symmetric.js";
export {
  finiteTimeExponents,
  finiteTimeExponentsAt,
  type FiniteTimeExponents,
  type FiniteTimeExponentsAtOptions,
  type FiniteTimeExponentsOptions,
} from "./analysis/finite-time-exponents.js";
export { eigenpairs, type Eigenpairs, type EigenpairsOptions } from "./analysis/eigenpairs.js";
export { bifurcationDiagram, type BifurcationDiagram, type BifurcationDiagramOptions } from "./analysis/bifurcation-diagram.js";
export { boundaryDegree, type BoundaryDegreeOptions } from "./analysis/boundary-degree.js";
export {
  continuation,
  type Branch,
  type BranchEnd,
  type BranchPlace,
  type ContinuationOptions,
} from "./analysis/continuation.js";
export type { Bifurcation, BifurcationKind, Departure } from "./analysis/continuation/bifurcation.js";
export {
  criticalPoints,
  type CriticalManifold,
  type CriticalPoint,
  type CriticalPoints,
  type CriticalPointsOptions,
} from "./analysis/critical-points.js";
export { singularValues, type SingularValues } from "./core/singular-values.js";
export { symmetricSpectrum, type SymmetricSpectrum } from "./core/symmetric-spectrum.js";
export {
  fixedPoints,
  linearStability,
  type Evolution,
  type FixedPoint,
  type FixedPoints,
  type FixedPointsOptions,
  type LinearStability,
} from "./analysis/fixed-points.js";
export { attractors, type Attractor, type Attractors, type AttractorsOptions } from "./analysis/attractors.js";
export { basinFractions, basins, type BasinFraction, type Basins, type BasinsOptions } from "./analysis/basins.js";
export { LOST, TO_INFINITY, UNDECIDED } from "./analysis/outcomes.js";
export { edgeState, type EdgeState, type EdgeStateOptions } from "./analysis/edge-state.js";
export {
  minimalPerturbation,
  type MinimalPerturbation,
  type MinimalPerturbationOptions,
} from "./analysis/minimal-perturbation.js";
export { basinEntropy, type BasinEntropy, type BasinEntropyOptions } from "./analysis/basin-entropy.js";
export {
  uncertaintyExponent,
  type UncertaintyExponent,
  type UncertaintyExponentOptions,
} from "./analysis/uncertainty-exponent.js";
export { gridStarts, randomStarts, type StartGrid } from "./analysis/starts.js";
export { spread, type Box } from "./analysis/low-discrepancy.js";
export { newton, type Equations, type NewtonEnd, type NewtonEnds, type NewtonOptions } from "./analysis/newton.js";
export { intervalExtension, jumps, type Enclosure } from "./analysis/interval/enclose.js";
export {
  proveCriticalPoints,
  proveZeros,
  type ProvedZero,
  type ProveZerosOptions,
  type ZeroProof,
} from "./analysis/prove-zeros.js";
export type { ZeroManifold } from "./analysis/zero-manifolds.js";
export { zeros, type Zero, type Zeros, type ZerosOptions } from "./analysis/zeros.js";
export { orbitPeriod, type OrbitPeriod } from "./analysis/orbit-period.js";
export { orbitDiagram, type OrbitDiagram, type OrbitDiagramOptions } from "./analysis/orbit-diagram.js";
export { transverseExponents, type TransverseExponentsOptions } from "./analysis/transverse-exponents.js";
export { periodDoublings, type LocatedDoubling, type PeriodDoublingsOptions } from "./analysis/period-doublings.js";
export { periodDoubling, type PeriodDoubling, type PeriodDoublingOptions } from "./analysis/period-doubling.js";
export { periodicOrbit, type Family, type PeriodicOrbit, type PeriodicOrbitOptions } from "./analysis/periodic-orbit.js";
export { closedOrbit, type ClosedOrbit, type ClosedOrbitOptions } from "./analysis/closed-orbit.js";
export { embeddable, type Embeddability, type EmbeddableOptions, type EmbeddingWitness } from "./analysis/embeddable.js";
export {
  monotoneObstruction,
  type MonotoneObstruction,
  type MonotoneObstructionOptions,
} from "./analysis/monotone-obstruction.js";
export { flip, type Flip, type FlipOptions } from "./analysis/flip.js";
export { entropyBound, kaplanYorke } from "./analysis/kaplan-yorke.js";
export { leadingEigenvalues, type LeadingEigenvaluesOptions } from "./analysis/leading-eigenvalues.js";
export { reachableMinima, type Ends, type ReachableMinima } from "./analysis/reachable-minima.js";
export { catapult, catapultPhase, type CatapultOptions } from "./training/catapult.js";
export { descents, type Descents, type DescentsOptions } from "./training/descents.js";
export { dense, preconditioned, toDense, type LinearOperator, type LinearOperators } from "./core/linear-operator.js";
export { spectralDensity, type SpectralDensity, type SpectralDensityOptions } from "./analysis/spectral-density.js";
export { semidefiniteComplementarity, type ComplementaryPair } from "./analysis/semidefinite-complementarity.js";
export {
  lyapunov,
  lyapunovAlong,
  lyapunovInParts,
  type LyapunovAccumulator,
  type LyapunovOptions,
  type LyapunovSoFar,
  type LyapunovSpectrum,
} from "./analysis/lyapunov.js";

export { adaptive, fixed, type AdaptiveSteps, type FixedSteps, type StepSizeController } from "./flow/controllers.js";
export { delay, type DelayOptions, type DelaySystem } from "./flow/delay.js";
export { delayed, type Delayed, type DelayedOptions } from "./flow/delayed.js";
export { characteristicRoots, hopfDelay, type CharacteristicRootsOptions, type HopfDelay } from "./flow/characteristic-roots.js";
export { distributed, type Distributed, type DistributedOptions } from "./flow/distributed.js";
export { firstSignChange, pureDelay, specialSolution, type SpecialSolution } from "./flow/pure-delay.js";
export { resolution, type ResolutionOptions } from "./flow/resolution.js";
export type { History } from "./flow/past.js";
export type { DelayField } from "./flow/segment.js";
export { noisedLogDensity, noisedScore, type Mixture } from "./derived/generative/mixture.js";
export {
  ornsteinUhlenbeck,
  varianceExploding,
  variancePreserving,
  type NoiseSchedule,
} from "./derived/generative/noise-schedule.js";
export { probabilityFlow, reverseDiffusion, type Score } from "./derived/generative/samplers.js";
export { collapseTime, speciationTime } from "./derived/generative/speciation.js";
export { changeOfStability, type ChangeOfStability, type ChangeOfStabilityOptions } from "./analysis/change-of-stability.js";
export { minMax, type MinMaxOptions } from "./training/min-max.js";
export { knownExponents, type KnownExponents, type KnownExponentsOptions } from "./study/flow/known-exponents.js";
export { poincareMap, type PoincareMapOptions } from "./derived/poincare-map.js";
export { nextCrossing, type EventFunction } from "./flow/crossing.js";
export { crossings, type Crossings, type CrossingsOptions } from "./flow/crossings.js";
export { solution, type Solution, type SolutionOptions } from "./flow/solution.js";
export { between } from "./flow/solver.js";
export { diffusion, type DiffusionOptions } from "./flow/diffusion.js";
export { eulerMaruyama, milstein, schemes, stochasticHeun, type Scheme, type StochasticField } from "./flow/schemes.js";
export { flow, type FlowOptions, type FlowSystem, type FlowWork } from "./flow/flow.js";
export { adjointLedger, type AdjointLedger, type AdjointLedgerOptions, type LedgerEntry } from "./flow/adjoint-ledger.js";
export { adjointGradient, storedAdjointGradient } from "./flow/gradients/adjoint.js";
export { checkpointedGradient, discreteGradient } from "./flow/gradients/discrete.js";
export { forwardGradient } from "./flow/gradients/forward.js";
export { gradientMethods } from "./flow/gradients/index.js";
export type { GradientCost, GradientMethod, GradientProblem, LossGradient, ParametrisedField } from "./flow/gradients/problem.js";
export { integrate, integratePath, type IntegrateOptions } from "./flow/integrate.js";
export { stepTimes, type AcceptedStepsOptions } from "./flow/accepted-steps.js";
export type { Solver, SolverStep, VectorField } from "./flow/solver.js";
export { bosh3 } from "./flow/solvers/bosh3.js";
export { dopri5 } from "./flow/solvers/dopri5.js";
export { dopri8 } from "./flow/solvers/dopri8.js";
export { euler } from "./flow/solvers/euler.js";
export { heun } from "./flow/solvers/heun.js";
export { solvers } from "./flow/solvers/index.js";
export { leapfrog, symplecticEuler } from "./flow/solvers/leapfrog.js";
export { midpoint } from "./flow/solvers/midpoint.js";
export { rk4 } from "./flow/solvers/rk4.js";
export { rodas5p } from "./flow/solvers/rodas5p.js";
export { tsit5 } from "./flow/solvers/tsit5.js";
export { explicit, type Tableau } from "./flow/tableau.js";

export { readOnnx, type OnnxAttribute, type OnnxModel, type OnnxNode, type OnnxPort } from "./models/onnx/model.js";
export { onnxProgram, type OnnxProgram, type OnnxProgramOptions } from "./models/onnx/program.js";
export { onnxNetwork, type OnnxNetwork, type OnnxNetworkOptions } from "./models/onnx/network.js";
export type { Layered } from "./models/onnx/layered.js";
export { onnxOperators, type OnnxOperatorFamily } from "./models/onnx/operators/index.js";
export { loadWeights, type ArchitectureFile } from "./models/safetensors/architecture-file.js";
export { readSafetensors, writeSafetensors, type StoredTensor } from "./models/safetensors/safetensors.js";
export type { OnnxTensor } from "./models/onnx/tensor.js";
export { activations, type Activation } from "./networks/activations.js";
export { augmentedNeuralOde, type AugmentedNeuralOdeOptions } from "./networks/augmented-neural-ode.js";
export { chain } from "./networks/chain.js";
export { embed, type EmbedOptions, type Embedding } from "./networks/embed.js";
export { gradientGrowth, type GradientGrowth } from "./networks/gradient-growth.js";
export { architectures, type ArchitectureEntry, type ArchitectureOption } from "./networks/index.js";
export { diagnose, diagnoseRecurrent, type Diagnosis, type DiagnosisOptions } from "./networks/diagnosis.js";
export { gaussianAverages, type GaussianAverages, type PairAverages, type Resolution } from "./networks/gaussian-averages.js";
export { gaussianProductExponents } from "./networks/gaussian-products.js";
export { criticalLine, type CriticalPoint as CriticalVariance } from "./networks/critical-line.js";
export {
  compose,
  fieldsOf,
  hasFields,
  part,
  sampleBySample,
  type Architecture,
  type LayerMap,
  type RunningStatistics,
} from "./networks/architecture.js";
export { affineLayers, type AffineLayer } from "./networks/affine-layers.js";
export {
  classify,
  neuralOdeClass,
  type Classification,
  type NeuralOdeClassification,
  type NeuralOdeShape,
} from "./networks/classify.js";
export { applyForm, fullRankForm, type FormLayer, type FullRankForm } from "./networks/full-rank-form.js";
export { gradientFloor, type GradientFloor } from "./networks/gradient-floor.js";
export { widthClass, type WidthClass, type WidthClassification } from "./networks/width-class.js";
export { layerExponents, type LayerExponents, type LayerExponentsOptions } from "./networks/layer-exponents.js";
export { layerSystem, type LayerSystem } from "./networks/layer-system.js";
export type { Disorder } from "./networks/length-map.js";
export { meanField, type MeanField, type MeanFieldOptions, type Phase } from "./networks/mean-field.js";
export {
  familiesOfGrowth,
  growthOverGain,
  type GrowthOverGain,
  type GrowthOverGainOptions,
} from "./networks/growth-over-gain.js";
export { residualOrbit, type ResidualOrbit, type ResidualOrbitOptions } from "./networks/residual-orbit.js";
export { meanFieldOrbit, type MeanFieldOrbit, type MeanFieldOrbitOptions } from "./networks/mean-field-orbit.js";
export { randomLayers, type RandomLayersOptions } from "./networks/random-layers.js";
export { rateField, type RateField, type RateFieldOptions } from "./networks/rate-field.js";
export { recurrent } from "./networks/recurrent.js";
export { signalPropagation, type SignalPropagation, type SignalPropagationOptions } from "./networks/signal-propagation.js";
export { initializers, type Initializer } from "./networks/initializers.js";
export { sitesOf, type Site, type Sites } from "./networks/sites.js";
export { chooseSites, type SiteChoice, type SiteChoiceOptions } from "./networks/site-choice.js";
export { siteRuns, type SiteRuns, type SiteRunsInput, type Stand } from "./networks/site-runs.js";
export { siteSlopes, type SiteSlopes } from "./networks/site-slopes.js";
export { siteOrderViews, type SiteOrderViews, type SiteOrderViewsOptions } from "./networks/site-order-views.js";
export {
  siteLinearMaps,
  type SiteField,
  type SiteLinearMap,
  type SiteLinearMaps,
  type SiteLinearMapsOptions,
} from "./networks/site-linear-maps.js";
export type { Walk } from "./networks/walk.js";
export { shallowReluNorm, shallowReluNorms, type ShallowReluNorm } from "./networks/shallow-relu-norm.js";
export { linearMaps, type LinearMap, type LinearMaps, type LinearMapsInput } from "./networks/linear-map.js";
export type { Bracketed, Likeness } from "./networks/likeness.js";
export { diagonal } from "./networks/diagonal.js";
export { mlp, type MlpOptions, type PerceptronOptions } from "./networks/mlp.js";
export { attentionNetwork, type AttentionNetworkOptions } from "./networks/attention.js";
export { drawnGrowth, type DrawnGrowth, type DrawnGrowthOptions } from "./networks/drawn-growth.js";
export { denseResnet, type DenseResnetOptions } from "./networks/dense-resnet.js";
export { neuralDelayEquation, type NeuralDelayEquationOptions } from "./networks/neural-delay-equation.js";
export { neuralOde, type NeuralOdeOptions } from "./networks/neural-ode.js";
export type { ResnetOptions } from "./networks/residual.js";
export { resnet } from "./networks/resnet.js";
export { orderViews, type OrderView, type OrderViewsOptions } from "./networks/order-views.js";

export { descent, type Curving, type Descent, type DescentOptions } from "./training/descent.js";
export { batchSharpness, type BatchSharpnessOptions } from "./training/batch-sharpness.js";
export { gaussNewton } from "./training/gauss-newton.js";
export { gradientFlow, type GradientFlow, type GradientFlowOptions } from "./training/gradient-flow.js";
export { hessians } from "./training/hessian.js";
export { allowed, type Hyperparameter } from "./training/hyperparameters.js";
export {
  edgeOfStability,
  type CurvatureSeries,
  type EdgeOfStabilityOptions,
  type EdgeOfStabilityVerdict,
} from "./analysis/edge-of-stability.js";
export { landscape } from "./training/landscape.js";
export { crossEntropy, logistic, losses, square, type Loss } from "./training/losses.js";
export { adam, type AdamOptions } from "./training/optimizers/adam.js";
export { adamw } from "./training/optimizers/adamw.js";
export { clipped } from "./training/optimizers/clipped.js";
export { gradientDescent } from "./training/optimizers/gradient-descent.js";
export { heavyBall } from "./training/optimizers/heavy-ball.js";
export { optimizers } from "./training/optimizers/index.js";
export { nesterov } from "./training/optimizers/nesterov.js";
export type { Edge, Optimizer, OptimizerEntry, StepSizeOptions } from "./training/optimizers/optimizer.js";
export { rmsprop, type RmspropOptions } from "./training/optimizers/rmsprop.js";
export { constantRate } from "./training/schedules/constant-rate.js";
export { cosine } from "./training/schedules/cosine.js";
export { schedules } from "./training/schedules/index.js";
export { linearWarmUp } from "./training/schedules/linear-warm-up.js";
export { factorAt, product, type Schedule, type ScheduleEntry } from "./training/schedules/schedule.js";
export { stepDecay } from "./training/schedules/step-decay.js";
export {
  ridingSharpness,
  type Probed,
  type RidingPoint,
  type RidingSharpness,
  type RidingSharpnessOptions,
} from "./analysis/riding-sharpness.js";
export {
  sharpness,
  type SharpnessMemory,
  type SharpnessOptions,
  type SharpnessPoint,
  type SharpnessTracker,
} from "./analysis/sharpness.js";
export type { Batching } from "./training/batches/batching.js";
export { epochs } from "./training/batches/epochs.js";
export { independentBatches } from "./training/batches/independent.js";
export { batchings } from "./training/batches/index.js";
export { withReplacement } from "./training/batches/with-replacement.js";
export type { Dataset, Evaluation, LossFunction } from "./training/data.js";
export { sgd, type SgdOptions, type StochasticTraining } from "./training/sgd.js";
export { stochasticDescent, type StochasticDescent, type StochasticDescentOptions } from "./training/stochastic-descent.js";
export { training, type Trained, type Training, type TrainingOptions } from "./training/training.js";

export { kendall, type Kendall, type PairCounts } from "./analysis/kendall.js";
export {
  orderPreservation,
  type OrderedUnits,
  type OrderPreservation,
  type OrderPreservationOptions,
} from "./analysis/order-preservation.js";
export {
  rankDistribution,
  shiftedRanks,
  type RankDistribution,
  type RankDistributionInput,
} from "./analysis/rank-distribution.js";
export { principalDirections } from "./analysis/principal-directions.js";
export { exitDistances, exitProgram, type ExitOptions, type Exits } from "./analysis/exit-distances.js";
export { fallingProbability, type Fall, type FallingProbabilityOptions, type Probe } from "./analysis/falling-probability.js";
export { nearestDistances } from "./analysis/nearest-distances.js";
export { diagonalBias, leastAbsolute, type DiagonalBiasOptions, type DiagonalProblem } from "./analysis/diagonal-bias.js";
export { leastChange } from "./analysis/least-change.js";
export { maxMargin, type MaxMargin, type MaxMarginOptions } from "./analysis/max-margin.js";
export { quadraticNoise, type QuadraticNoise } from "./analysis/quadratic-noise.js";
export { radiusDistribution, type ClassRadii } from "./analysis/radius-distribution.js";
export { sampleBasins, type SampleBasins, type SampleBasinsOptions } from "./analysis/sample-basins.js";
export { learningPhase, type LayerSlopes, type LearningPhase } from "./analysis/learning-phase.js";
export { sumStructure, type SumStructure } from "./analysis/sum-structure.js";
export { transition, type Transition, type TransitionOptions } from "./analysis/transition.js";
export { weightBasin, type WeightBasin, type WeightBasinOptions } from "./analysis/weight-basin.js";
export { weightOrganisation, type LayerOrganisation } from "./analysis/weight-organisation.js";
export { worstDirections, type WorstDirections, type WorstDirectionsOptions } from "./analysis/worst-directions.js";
export type { Classifier, Points } from "./analysis/classifier.js";
export { batchNoise } from "./analysis/batch-noise.js";
export {
  characteristicExponent,
  type CharacteristicExponent,
  type CharacteristicExponentOptions,
} from "./analysis/characteristic-exponent.js";
export { gramSpectrum, type GramSpectrum } from "./analysis/gram-spectrum.js";
export { gramStability, type GramStability } from "./analysis/gram-stability.js";
export {
  meanSquareStability,
  momentOperator,
  type MeanSquareOptions,
  type MeanSquareStability,
} from "./analysis/mean-square-stability.js";
export { productSpectrum, sumRule, type ProductSpectrumOptions } from "./analysis/product-spectrum.js";
export { matrixProducts, sgdProducts, type RandomProducts, type SgdProductsOptions } from "./analysis/random-products.js";
export { regularity, type Regularity } from "./analysis/regularity.js";
export { stabilityDiagram, type StabilityDiagram, type StabilityDiagramOptions } from "./analysis/stability-diagram.js";
export {
  stabilityOfMinimum,
  type Minimum,
  type StabilityOfMinimum,
  type StabilityOfMinimumOptions,
} from "./analysis/stability-of-minimum.js";
export { stabilitySign, type StabilitySign, type StabilitySignOptions } from "./analysis/stability-sign.js";
export {
  stochasticThreshold,
  type StochasticThreshold,
  type StochasticThresholdOptions,
} from "./analysis/stochastic-threshold.js";
export { wuMaE, type WuMaE } from "./analysis/wu-ma-e.js";
export { fate, fateInParts, type Fate, type FateOptions } from "./training/fate.js";
export { gramModel } from "./training/gram-model.js";
export { checkInterpolation, interpolate, type Interpolation, type InterpolationOptions } from "./training/interpolation.js";
export { outputJacobian, type Linearization, type OutputJacobian } from "./training/jacobian.js";

export { angle } from "./core/angle.js";
export { boundary } from "./core/bisection.js";
export { integral, type Integral } from "./core/integral.js";
export * from "./limits/index.js";

export { checkClaim, type CheckedClaim } from "./claims/check.js";
export type { Claim, Comparison } from "./claims/claim.js";
export { claims } from "./claims/index.js";
export { judge, type Verdict } from "./claims/judge.js";
export { catalogue, type Entry } from "./catalogue/index.js";
export { bibtex } from "./catalogue/bibtex.js";
export { references } from "./catalogue/references/index.js";
export type { Reference } from "./catalogue/references/reference.js";
export { delayEquations, type NamedDelay } from "./catalogue/delay-equations.js";
export { families, type NamedFamily } from "./catalogue/families.js";
export { flows, picturedFlows, type NamedFlow } from "./catalogue/flows.js";
export { planarFlows, type PicturedFlow } from "./catalogue/planar-flows.js";
export { spatialFlows } from "./catalogue/spatial-flows.js";
export { questions } from "./catalogue/questions.js";
export { targets, type Target } from "./catalogue/targets.js";

export * from "./study/index.js";
