import { lookup } from "../core/lookup.js";
import { criticalLine, type CriticalPoint } from "./critical-line.js";
import { initializers } from "./initializers.js";
import { layerExponents, type LayerExponents } from "./layer-exponents.js";
import type { Disorder } from "./length-map.js";
import { meanField, type MeanField } from "./mean-field.js";
import { meanFieldOrbit, type MeanFieldOrbit } from "./mean-field-orbit.js";
import { sampleBySample } from "./architecture.js";
import { mlp, widthsOf, type PerceptronOptions } from "./mlp.js";
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
 * *Arguments*: `options` as for `mlp`, with two layers or more; see `DiagnosisOptions`.
 * *Returns*: a Diagnosis; `theory` and `critical` are undefined when hidden layers differ in law.
 * *Error*: as each part states. Orthogonal weights have the lengths and mean gradients of Gaussian ones in wide layers, but less scatter.
 * *Cost*: twice `draws` networks, forward and back.
 * *Source*: Schoenholz, Gilmer, Ganguli, Sohl-Dickstein 2017; Glorot, Bengio 2010 (why the gain decides).
 * *Example*: `const { law, theory } = diagnose({ widths: [40, 40, 40, 40], activation: "relu", init: { weights: "he-normal" } });
 * [law.weightVariance, theory.phase] // [2.000000, "critical"]`
 */
export function diagnose(options: PerceptronOptions, settings: DiagnosisOptions = {}): Diagnosis {
  const widths = widthsOf(options);
  const { activation = "tanh", init = {}, bias = true } = options;
  const { weights = "xavier-normal", gain = 1, biasDeviation = 0 } = init;
  if (widths.length < 3)
    throw new RangeError(
      `diagnose: widths [${widths.join(", ")}] given; allowed: an input, at least one hidden layer and an output`,
    );
  const network = sampleBySample(mlp(options), "diagnose");
  const { variance } = lookup("initializer", initializers, weights);
  const of = <T>(all: T | readonly T[], l: number): T => (Array.isArray(all) ? (all as readonly T[])[l]! : (all as T));
  const layers = widths.slice(1).map((outputs, l): Disorder => {
    const g = of<number>(gain, l);
    return {
      weightVariance: widths[l]! * variance(widths[l]!, outputs) * g * g,
      biasVariance: of<boolean>(bias, l) ? biasDeviation * biasDeviation : 0,
    };
  });
  const { inputSquare = 1, inputCorrelation = 0.5, seed = 0 } = settings;
  // Orthogonal matrices are made by n^3 operations, Gaussian ones by n^2 draws.
  const work = widths
    .slice(1)
    .reduce((n, w, l) => n + w * widths[l]! * (weights === "orthogonal" ? Math.min(w, widths[l]!) : 20), 0);
  const draws = settings.draws ?? Math.max(3, Math.min(10, Math.floor(1e9 / work)));
  const k = settings.k ?? Math.min(4, ...widths);
  const law = common(layers);
  const predicted = meanFieldOrbit({ activation, layers, inputSquare, inputCorrelation });
  return {
    layers,
    law,
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
