/** Many units: graphs, their limits, and the equations of infinitely many. */
export { cellResolution } from "./cell-resolution.js";
export {
  frequencies,
  frequencyDensities,
  gaussianFrequencies,
  lorentzianFrequencies,
  quantileFrequencies,
  uniformFrequencies,
  type Frequencies,
  type FrequenciesOptions,
} from "./frequencies.js";
export {
  frequencyDensity,
  mixedFrequencies,
  type FrequencyDensity,
  type FrequencyDensityOptions,
  type FrequencyGroup,
} from "./frequency-density.js";
export {
  incoherenceEigenvalues,
  type IncoherenceEigenvalues,
  type IncoherenceEigenvaluesOptions,
} from "./incoherence-eigenvalues.js";
export { incoherenceThreshold, type IncoherenceThreshold } from "./incoherence-threshold.js";
export { nearestFrequencies, type NearestFrequencies } from "./nearest-frequencies.js";
export {
  blockGraphon,
  erdosRenyiGraphon,
  graphon,
  powerLawGraphon,
  ringGraphon,
  smallWorldGraphon,
  type Graphon,
  type GraphonOptions,
} from "./graphon.js";
export { clippedGraphon } from "./clipped-graphon.js";
export { graphonOrder, type GraphonOrder } from "./graphon-order.js";
export {
  criticalCouplings,
  kernelExtremes,
  kernelSpectrum,
  type CriticalCouplings,
  type KernelExtremes,
} from "./kernel-spectrum.js";
export { kuramotoCriticalCoupling, kuramotoOrder } from "./kuramoto-order.js";
export { besselRatio, noisyCriticalCoupling, noisyKuramotoOrder, type NoisyKuramoto } from "./noisy-kuramoto.js";
export { frequencyWeighted, type FrequencyWeighted } from "./frequency-weighted.js";
export { incoherenceGrowthRate, type IncoherenceGrowth } from "./incoherence-growth.js";
export { noisyOrder } from "./noisy-order.js";
export { ottAntonsen, type OttAntonsen, type OttAntonsenOptions } from "./ott-antonsen.js";
export { lockedDensity } from "./locked-density.js";
export { twistedCriticalWidth, twistedState, type TwistedState } from "./twisted-states.js";
export { twoOscillators, type TwoOscillators } from "./two-oscillators.js";
export { boundedLipschitz, type BoundedLipschitzOptions } from "./bounded-lipschitz.js";
export { cutNorm, type CutNorm } from "./cut-norm.js";
export { fourierDistance } from "./fourier-distance.js";
export { strongComponents, weakParts } from "./components.js";
export { networkOrder } from "./network-order.js";
export { perronRoot, type PerronRootOptions } from "./perron-root.js";
export { adjacency, degrees, digraph, ringLattice, type Digraph, type Edges } from "./digraph.js";
export {
  circulantMeasure,
  digraphDistance,
  finiteMeasure,
  graphonMeasure,
  sampleCirculant,
  type CirculantMeasure,
  type CirculantOptions,
  type DigraphDistanceOptions,
  type DigraphMeasure,
  type Fibre,
} from "./digraph-measure.js";
export { edgeList, type EdgeListOptions, type NamedDigraph } from "./edge-list.js";
export { graphml, readGraphml, type GraphmlFile, type GraphmlOptions } from "./graphml.js";
export { empirical, type Atoms, type Space } from "./measure.js";
export { erdosRenyi, sampleGraph, stochasticBlock, wattsStrogatz, type SampleGraphOptions } from "./random-graphs.js";
export { wasserstein, wasserstein1 } from "./wasserstein.js";
export {
  coupledUnits,
  diffusive,
  sending,
  sinusoidal,
  type CoupledUnitsOptions,
  type Field,
  type Interaction,
  type Own,
  type Term,
} from "./coupled-units.js";
export { adaptiveUnits, type AdaptiveUnits, type AdaptiveUnitsOptions } from "./adaptive-units.js";
export { delayedUnits, type DelayedUnits, type DelayedUnitsOptions, type EdgeClass } from "./delayed-units.js";
export { circulant, nearestOnRing } from "./circulant.js";
export { allToAll, alongEdges, fullMatrix, lowRank, type CouplingMatrix, type Pairwise } from "./coupling-matrix.js";
export { kuramotoField, orderParameter, type KuramotoOptions, type OrderParameter } from "./kuramoto.js";
export { attentionField, clusters, equiangularField, type AttentionOptions, type AttentionWeights } from "./attention.js";
export { noisyAttention, noisyTokens, sphereMean, type NoisyAttention, type NoisyTokensOptions } from "./noisy-attention.js";
export { convergenceRate, type ConvergenceRate } from "./convergence-rate.js";
export { linearMeanField, linearMeanFieldLaw, type LinearMeanFieldOptions, type NormalLaw } from "./linear-mean-field.js";
export { phaseDensity, poissonMoments, vlasovField, type VlasovOptions } from "./vlasov.js";
export { cellMoments, phaseCells, vlasovCells, type VlasovCellsOptions } from "./vlasov-cells.js";
export { wideNetwork, type Scaling, type WideNetwork, type WideNetworkOptions } from "./wide-network.js";
export { accumulating, coherence } from "./accumulating.js";
export { graphNetwork, type GraphNetworkOptions } from "./graph-network.js";
export { graphLayers, overSmoothingRate, type GraphLayersOptions } from "./over-smoothing.js";
export { rateCriticalMean, rateMeanField, type RateMeanField, type RateMeanFieldOptions } from "./rate-mean-field.js";
export { stepGraphon } from "./step-graphon.js";
export { layerPopulation, type LayeredNetwork, type LayerPopulation, type LayerPopulationOptions } from "./layer-population.js";
export { graphonFeatures, graphonSmoothingRate } from "./graphon-layers.js";
export { spectralCoupling } from "./spectral-coupling.js";
export { vlasovFibres, type VlasovFibres, type VlasovFibresOptions } from "./vlasov-fibres.js";
