import { criticalLine, type CriticalPoint } from "./critical-line.js";
import { layerExponents, type LayerExponents } from "./layer-exponents.js";
import type { Disorder } from "./length-map.js";
import { meanField, type MeanField } from "./mean-field.js";
import { meanFieldOrbit, type MeanFieldOrbit } from "./mean-field-orbit.js";
import { sampleBySample, type Architecture } from "./architecture.js";
import { mlp, widthsOf, type MlpOptions, type PerceptronOptions } from "./mlp.js";
import { recurrent } from "./recurrent.js";
import { lawsOf } from "./residual-orbit.js";
import { signalPropagation, type SignalPropagation } from "./signal-propagation.js";

export interface DiagnosisOptions {
  /** Networks drawn. Default: 10, fewer (down to 3) where drawing them would take much more than some seconds. */
  readonly draws?: number;
  /** Lyapunov exponents asked for: at most the least width. Default: 4, or the least width. */
  readonly k?: number;
  readonly seed?: number;
  /** Mean square of an input's components. Default 1. */
  readonly inputSquare?: number;
  /** Correlation of two inputs. Default 0.5. */
  readonly inputCorrelation?: number;
}

/** What theory says about an initialisation, and what networks drawn from it do. */
export interface Diagnosis {
  /** sigma_w^2 and sigma_b^2 of each layer, first to last. */
  readonly layers: readonly Disorder[];
  /** How many of them have an activation: all but the readout. */
  readonly hidden: number;
  /** That of the hidden layers, if they share one. */
  readonly law: Disorder | undefined;
  /** Mean-field theory of that law; undefined without one. */
  readonly theory: MeanField | undefined;
  /** The edge of chaos for that bias variance; undefined without a common law. */
  readonly critical: CriticalPoint | undefined;
  /** Theory layer by layer, from the inputs on. */
  readonly predicted: MeanFieldOrbit;
  /** The same in networks drawn. */
  readonly measured: SignalPropagation;
  /** Leading Lyapunov exponents of the layers. */
  readonly exponents: LayerExponents;
}

/**
 * The initialisation of a multilayer perceptron: phase, depth scales and gradient growth in theory, and in networks drawn from it.
 *
 * *Definition*: the law of layer l is sigma_w^2 = inputs * variance(initializer) * gain^2, sigma_b^2 = biasDeviation^2; see `meanField`, `criticalLine`,
 * `meanFieldOrbit`, `signalPropagation` and `layerExponents` for what is computed from it. Theory with a fixed point needs hidden layers of one
 * law (the first layer, whose inputs are not hidden units, may differ).
 * *Arguments*: `given` as for `mlp`, with two layers or more; see `DiagnosisOptions`.
 * *Returns*: a Diagnosis; `theory` and `critical` are undefined when hidden layers differ in law.
 * *Error*: as each part states. Orthogonal weights have the lengths and mean gradients of Gaussian ones in wide layers, but less scatter.
 * *Cost*: twice `draws` networks, forward and back.
 * *Source*: Schoenholz, Gilmer, Ganguli, Sohl-Dickstein 2017; Glorot, Bengio 2010 (why the gain decides).
 * *Example*: `const { law, theory } = diagnose({ widths: [40, 40, 40, 40], activation: "relu", init: { weights: "he-normal" } });
 * [law.weightVariance, theory.phase] // [2.000000, "critical"]`
 */
export function diagnose(given: PerceptronOptions, settings: DiagnosisOptions = {}): Diagnosis {
  const { depth: _, ...rest } = given;
  const widths = widthsOf(given);
  const options: PerceptronOptions = { ...rest, widths };
  if (widths.length < 3)
    throw new RangeError(
      `diagnose: widths [${widths.join(", ")}] given; allowed: an input, at least one hidden layer and an output`,
    );
  const layers = lawsOf(options, "diagnose");
  return of(sampleBySample(mlp(options), "diagnose"), options, settings, {
    layers,
    law: common(layers),
    hidden: layers.length - 1,
  });
}

/**
 * The same for a recurrent network, whose steps are the layers.
 *
 * *Definition*: as `diagnose`, with sigma_w^2 = g^2 times units times the variance of a weight. The steps share their weights; for growing width the lengths and correlations
 * of two inputs at one time, and the squares of gradients, obey the maps of independent layers all the same, so that gradients through time grow like
 * chi_1^(T/2) and the largest Lyapunov exponent tends to log(chi_1) / 2. For tanh without biases the edge is at g = 1.
 * *Arguments*: `options` as for `recurrent`; see `DiagnosisOptions`. *Returns*: a Diagnosis. *Error*: as each part states.
 * *Cost*: that of `diagnose`. *Source*: Sompolinsky, Crisanti, Sommers 1988; Molgedey, Schuchhardt, Schuster 1992, Suppressing chaos in neural networks by noise (discrete time).
 * *Example*: `const { theory, critical } = diagnoseRecurrent({ widths: [30, 30, 30], init: { gain: 0.9 } }); [theory.chi.value, critical.value] // [0.81, 1.0]`
 */
export function diagnoseRecurrent(options: MlpOptions, settings: DiagnosisOptions = {}): Diagnosis {
  const network = recurrent(options);
  const layers = lawsOf(options, "diagnoseRecurrent");
  return of(network, options, settings, { layers, law: layers[0], hidden: layers.length, readout: false });
}

interface Laws {
  readonly layers: readonly Disorder[];
  readonly law: Disorder | undefined;
  readonly hidden: number;
  readonly readout?: boolean;
}

function of(
  network: Architecture,
  options: MlpOptions,
  settings: DiagnosisOptions,
  { readout = true, ...laws }: Laws,
): Diagnosis {
  const { widths, activation = "tanh", init = {} } = options;
  const { weights = "xavier-normal" } = init;
  const { layers, law } = laws;
  const { inputSquare = 1, inputCorrelation = 0.5, seed = 0 } = settings;
  // Orthogonal matrices are made by n^3 operations, Gaussian ones by n^2 draws.
  const work = widths
    .slice(1)
    .reduce((n, w, l) => n + w * widths[l]! * (weights === "orthogonal" ? Math.min(w, widths[l]!) : 20), 0);
  const draws = settings.draws ?? Math.max(3, Math.min(10, Math.floor(1e9 / work)));
  const k = settings.k ?? Math.min(4, ...widths);
  const predicted = meanFieldOrbit({ activation, layers, readout, inputSquare, inputCorrelation });
  return {
    ...laws,
    theory: law && meanField({ activation, ...law, startLength: Math.min(1e8, Math.max(1e-9, predicted.lengths[0]!)) }),
    critical: law && criticalLine({ activation, biasVariance: law.biasVariance }),
    predicted,
    measured: signalPropagation(network, { draws, seed, inputSquare, inputCorrelation }),
    exponents: layerExponents(network, { k, draws, seed, inputSquare }),
  };
}

/** The law of the hidden layers behind the first, or of the first where there is one only; undefined if they differ by more than rounding. */
function common(layers: readonly Disorder[]): Disorder | undefined {
  const hidden = layers.length > 2 ? layers.slice(1, -1) : layers.slice(0, 1);
  const [first] = hidden as [Disorder];
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-12 * Math.abs(a);
  return hidden.every((l) => near(first.weightVariance, l.weightVariance) && near(first.biasVariance, l.biasVariance))
    ? first
    : undefined;
}
