/** Many units: graphs, their limits, and the equations of infinitely many. */
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
  blockGraphon,
  erdosRenyiGraphon,
  graphon,
  powerLawGraphon,
  ringGraphon,
  smallWorldGraphon,
  type Graphon,
  type GraphonOptions,
} from "./graphon.js";
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
export { ottAntonsen, type OttAntonsen, type OttAntonsenOptions } from "./ott-antonsen.js";
export { twistedCriticalWidth, twistedState, type TwistedState } from "./twisted-states.js";
export { twoOscillators, type TwoOscillators } from "./two-oscillators.js";
