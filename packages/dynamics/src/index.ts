/** Systems, networks, training and the questions one can ask of them. */
export type { Cost, Estimate } from "./core/estimate.js";
export { lookup } from "./core/lookup.js";
export { map, type InPlaceMap, type MapOptions, type MapProgram, type MapSystem } from "./core/map.js";
export { fillNormal, random, threefry, type RandomStream } from "./core/random.js";
export { orthonormalize } from "./core/rows.js";
export type { Status } from "./core/status.js";
export type { Part, System, TangentSystem } from "./core/system.js";

export { batchMeans, type BatchMeans } from "./analysis/batch-means.js";
export { denseSymmetric, spectralRadius, type DenseEigenpairs } from "./analysis/dense-symmetric.js";
export { eigenpairs, type Eigenpairs, type EigenpairsOptions } from "./analysis/eigenpairs.js";
export { orbitDiagram, type OrbitDiagram, type OrbitDiagramOptions } from "./analysis/orbit-diagram.js";
export {
  periodDoubling,
  type PeriodDoubling,
  type PeriodDoublingOptions,
} from "./analysis/period-doubling.js";
export {
  periodicOrbit,
  type Family,
  type PeriodicOrbit,
  type PeriodicOrbitOptions,
} from "./analysis/periodic-orbit.js";
export { flip, type Flip, type FlipOptions } from "./analysis/flip.js";
export { entropyBound, kaplanYorke } from "./analysis/kaplan-yorke.js";
export { leadingEigenvalues, type LeadingEigenvaluesOptions } from "./analysis/leading-eigenvalues.js";
export { reachableMinima, type Ends, type ReachableMinima } from "./analysis/reachable-minima.js";
export { catapult, catapultPhase, type CatapultOptions } from "./training/catapult.js";
export { descents, type Descents, type DescentsOptions } from "./training/descents.js";
export { dense, toDense, type LinearOperator, type LinearOperators } from "./core/linear-operator.js";
export {
  lyapunov,
  lyapunovAlong,
  type LyapunovAccumulator,
  type LyapunovOptions,
  type LyapunovSpectrum,
} from "./analysis/lyapunov.js";

export { activations, type Activation } from "./networks/activations.js";
export { compose, part, type Architecture, type LayerMap } from "./networks/architecture.js";
export { gradientGrowth, type GradientGrowth } from "./networks/gradient-growth.js";
export { architectures, type ArchitectureEntry } from "./networks/index.js";
export { initializers, type Initializer } from "./networks/initializers.js";
export { shallowReluNorm, type ShallowReluNorm } from "./networks/shallow-relu-norm.js";
export { mlp, type MlpOptions } from "./networks/mlp.js";

export { descent, type Descent, type DescentOptions } from "./training/descent.js";
export {
  edgeOfStability,
  type CurvatureSeries,
  type EdgeOfStabilityOptions,
  type EdgeOfStabilityVerdict,
} from "./analysis/edge-of-stability.js";
export { crossEntropy, losses, square, type Loss } from "./training/losses.js";
export { gradientDescent } from "./training/optimizers/gradient-descent.js";
export { optimizers } from "./training/optimizers/index.js";
export type { Optimizer, OptimizerEntry } from "./training/optimizers/optimizer.js";
export {
  sharpness,
  type SharpnessOptions,
  type SharpnessPoint,
  type SharpnessTracker,
} from "./analysis/sharpness.js";
export {
  training,
  type Dataset,
  type Evaluation,
  type Training,
  type TrainingOptions,
} from "./training/training.js";

export { catalogue, type Entry } from "./catalogue/index.js";
export { questions } from "./catalogue/questions.js";

export * from "./study/index.js";
