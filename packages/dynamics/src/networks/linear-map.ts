import { compile, constant, jvp, reshape, type CompileOptions, type Tensor } from "#engine";
import { copies } from "../core/copies.js";
import { binomialShare, NORMAL_95, type BinomialShare } from "../core/confidence.js";
import type { Estimate } from "../core/estimate.js";
import { ratioOfMeans } from "../core/ratio-of-means.js";
import { fieldsOf, type Architecture } from "./architecture.js";

/** An estimate with an interval of 95 %. */
export interface Bracketed extends Estimate {
  readonly interval: readonly [number, number];
}

/** A network with its activations above a layer taken out, on a data set. */
export interface LinearMap {
  /** Layers below and at this number keep their activation: 0 none, so that the whole map is affine; depth - 1 all. */
  readonly from: number;
  /** widths[from] x outputs, row by row: the product of the weights above. */
  readonly matrix: Float64Array;
  /** outputs: what the biases above add. */
  readonly offset: Float64Array;
  /** samples x outputs: f_L on the data. */
  readonly outputs: Float64Array;
  /** |f - f_L| / |f| over the data. */
  readonly error: Bracketed;
  /**
   * Share of samples on which f and f_L name the same class: the first of the largest outputs; of one output, with labels, 1 where it is above 0. NaN for
   * one output without labels, and where an output is not finite.
   */
  readonly agreement: number;
  /** Share of samples on which f_L names the class of the labels; NaN without labels. */
  readonly accuracy: Bracketed;
}

/** All linear substitution maps of a network on a data set, as one compiled program. */
export interface LinearMaps {
  /** The maps from layer 0 (all linear) to depth - 1 (the network itself), and the network's own local fields and outputs. */
  at(theta: ArrayLike<number>): {
    readonly maps: readonly LinearMap[];
    /** By layer: samples x units, the fields before the activation; the last are the outputs. */
    readonly fields: readonly Float64Array[];
    readonly outputs: Float64Array;
  };
}

export interface LinearMapsInput {
  readonly samples: number;
  readonly inputs: ArrayLike<number>;
  /** The class of each sample, from 0, for the accuracies; 0 or 1 for one output, which names class 1 where it is above 0. */
  readonly labels?: ArrayLike<number>;
}

/**
 * The linear substitution maps (L-maps) of a network, from every layer up.
 *
 * *Definition*: f_L from layer l: the states up to h_l as they are, and then h_l W_{l+1} ... W_L: every activation above layer l is replaced by
 * the identity. Biases are kept, pushed through the weights above them (the offset), so that a network without activations is its own L-map.
 * The error is |f - f_L| / |f| with Euclidean norms over all samples and outputs.
 * *Arguments*: `architecture` with local fields (mlp); `data`: the inputs, with labels for accuracies.
 * *Returns*: a LinearMaps. A relative error is not bounded by 1. Status "not-converged" where f is 0 on all samples, "diverged" where an output is not
 * finite.
 * *Error*: the maps are exact to rounding. Both estimates have an interval of 95 % for independent samples: the relative error one by `ratioOfMeans`, its
 * error being half of it in standard errors; the accuracy that of `binomialShare`. Where f_L equals f on every sample and there are activations
 * between them, nothing bounds how far it is off on others: the interval has no upper end, and there is no error.
 * *Cost*: about depth / 2 forward passes over the data, and as much on one row for every unit.
 * *Source*: Lin, Feng, Zhang, Zhao 2025, section on the linear substitution map; there without biases, and without its error.
 * *Example*: `const deep = mlp({ widths: [1, 3, 3, 1], activation: "identity" });
 * linearMaps(deep, data).at(deep.initial(1)).maps.map((m) => m.error.value) // [0.0000000000, 0.0000000000, 0]`
 */
export function linearMaps(architecture: Architecture, data: LinearMapsInput, threads?: CompileOptions["threads"]): LinearMaps {
  const { samples, labels } = data;
  const { layerMaps, inputs, outputs, size, name } = architecture;
  const fields = fieldsOf(architecture, "linearMaps");
  if (!Number.isInteger(samples) || samples < 1 || data.inputs.length !== samples * inputs)
    throw new RangeError(`linearMaps: ${data.inputs.length} inputs given; ${name} needs ${samples} x ${inputs}`);
  for (let i = 0; i < data.inputs.length; i++)
    if (!Number.isFinite(data.inputs[i]!))
      throw new RangeError(
        `linearMaps: sample ${Math.floor(i / inputs)} has the input ${data.inputs[i]}; every number must be finite`,
      );
  if (labels) checkLabels(labels, samples, Math.max(2, outputs));
  const depth = layerMaps.length;
  const widths = layerMaps.map((layer) => layer.inputs);
  const x = constant(data.inputs, [samples, inputs]);
  /** The affine map from layer l up. */
  const above = (theta: Tensor, h: Tensor, l: number): Tensor => fields.slice(l).reduce((state, field) => field(theta, state), h);
  const program = compile(
    (theta) => {
      const states = [x, ...architecture.layers(theta, x)];
      const substituted = widths.map((_, l) => above(theta, states[l]!, l));
      // An affine map is what it makes of 0, and its derivative: no bias is in the way of the weights.
      const affine = widths.map((width, l) => {
        const zero = constant(new Float64Array(width * width), [width, width]);
        const { tangents } = jvp((h) => above(theta, h, l), [zero], [constant(unit(width), [width, width])]);
        return { matrix: tangents[0]!, offset: above(theta, constant(new Float64Array(width), [1, width]), l) };
      });
      return [
        ...fields.map((field, l) => reshape(field(theta, states[l]!), [-1])),
        ...substituted,
        ...affine.map((a) => a.matrix),
        ...affine.map((a) => a.offset),
        states[depth]!,
      ];
    },
    [{ shape: [size] }],
    threads === undefined ? {} : { threads },
  );
  // An accuracy often stays what it was for a while.
  const shares = new Map<number, BinomialShare>();
  const share = (right: number): BinomialShare => {
    const known = shares.get(right) ?? binomialShare(right, samples);
    shares.set(right, known);
    return known;
  };
  return {
    at(theta) {
      if (theta.length !== size)
        throw new RangeError(`linearMaps: theta of ${theta.length} numbers given; ${name} has ${size} parameters`);
      program.inputs[0]!.set(theta);
      program.run();
      const all = copies(program.outputs);
      const f = all.at(-1)!;
      const sound = allFinite(f);
      const named = classesOf(f, samples, outputs);
      return {
        fields: all.slice(0, depth),
        outputs: f,
        maps: widths.map((width, from): LinearMap => {
          const substituted = all[depth + from]!;
          const finite = allFinite(substituted);
          const linear = from === depth - 1 || architecture.activation === "identity";
          const classes = classesOf(substituted, samples, outputs);
          return {
            from,
            matrix: all[2 * depth + from]!,
            offset: all[3 * depth + from]!,
            outputs: substituted,
            error: relativeError(f, substituted, samples, linear),
            agreement: !finite || !sound || (outputs < 2 && !labels) ? NaN : alike(classes, named) / samples,
            accuracy: accuracy(labels && finite ? share(alike(classes, labels)) : undefined, finite, samples),
          };
        }),
      };
    },
  };
}

function checkLabels(labels: ArrayLike<number>, samples: number, classes: number): void {
  if (labels.length !== samples) throw new RangeError(`linearMaps: ${labels.length} labels given for ${samples} samples`);
  for (let s = 0; s < samples; s++)
    if (!Number.isInteger(labels[s]!) || labels[s]! < 0 || labels[s]! >= classes)
      throw new RangeError(
        `linearMaps: sample ${s} has the label ${labels[s]}; allowed: integers from 0 to ${classes - 1}, the classes that the outputs name`,
      );
}

/** The unit matrix. */
const unit = (width: number): Float64Array =>
  Float64Array.from({ length: width * width }, (_, i) => (i % (width + 1) === 0 ? 1 : 0));

const alike = (some: ArrayLike<number>, others: ArrayLike<number>): number => {
  let count = 0;
  for (let s = 0; s < some.length; s++) if (some[s] === others[s]) count++;
  return count;
};

/** The class that each row of outputs names: the first of the largest; of one output 1 where it is above 0. */
function classesOf(values: Float64Array, samples: number, columns: number): Int32Array {
  const classes = new Int32Array(samples);
  for (let s = 0, row = 0; s < samples; s++, row += columns) {
    let best = columns === 1 && values[row]! > 0 ? 1 : 0;
    for (let k = 1; k < columns; k++) if (values[row + k]! > values[row + best]!) best = k;
    classes[s] = best;
  }
  return classes;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}

const allFinite = (values: Float64Array): boolean => largest(values) < Infinity;

/** Of each sample: the sum of squares of its outputs, in a unit. */
const squares = (values: Float64Array, samples: number, scale: number): Float64Array => {
  const columns = values.length / samples;
  const sums = new Float64Array(samples);
  for (let s = 0, i = 0; s < samples; s++) {
    let sum = 0;
    for (const end = i + columns; i < end; i++) {
      const value = values[i]! / scale;
      sum += value * value;
    }
    sums[s] = sum;
  }
  return sums;
};

/** The relative error, and what is sure of it; `linear`: there is no activation between the two. */
function relativeError(f: Float64Array, substituted: Float64Array, samples: number, linear: boolean): Bracketed {
  // Halves, where the difference of two large numbers is none.
  const part = largest(f) > 4e307 || largest(substituted) > 4e307 ? 0.5 : 1;
  const apart = new Float64Array(f.length);
  for (let i = 0; i < f.length; i++) apart[i] = part * f[i]! - part * substituted[i]!;
  const [far, size] = [largest(apart), largest(f)];
  const said = (value: number, error: number, interval: [number, number], more: Partial<Bracketed> = {}): Bracketed => ({
    value,
    error,
    interval,
    unit: "1",
    status: "ok",
    method: `Euclidean norms over ${samples} samples; the error is half of the 95 % interval over samples in standard errors`,
    sources: ["Lin, Feng, Zhang, Zhao 2025", "Hall 1992"],
    cost: {},
    ...more,
  });
  const broken = [f, substituted].findIndex((values) => !allFinite(values));
  if (broken >= 0)
    return said(NaN, NaN, [0, Infinity], {
      status: "diverged",
      explanation: `an output of ${broken === 0 ? "the network" : "its linear map"} is not finite`,
    });
  if (size === 0)
    return said(NaN, NaN, [0, Infinity], {
      status: "not-converged",
      explanation: "the network's output is 0 on every sample",
    });
  if (far === 0)
    return linear
      ? said(0, 0, [0, 0])
      : said(0, NaN, [0, Infinity], {
          explanation: `the map equals the network on all ${samples} samples, which does not bound how far it is off on others`,
        });
  // Each in a unit of its own, so that no square is too large or too small for a number.
  const { value, interval } = ratioOfMeans(squares(apart, samples, far), squares(f, samples, size));
  const scale = far / size / part;
  const [low, high] = interval.map((r) => scale * Math.sqrt(r)) as [number, number];
  const found = scale * Math.sqrt(value);
  if (samples < 2) return said(found, NaN, [0, Infinity], { explanation: "one sample has no spread: there is no error" });
  return said(found, (high - low) / (2 * NORMAL_95), [low, high]);
}

function accuracy(known: BinomialShare | undefined, finite: boolean, samples: number): Bracketed {
  return {
    ...(known ?? { value: NaN, error: NaN, interval: [0, 1] as const }),
    unit: "1",
    status: known ? "ok" : finite ? "not-converged" : "diverged",
    method: `share of ${samples} samples; the error is the longer arm of the 95 % interval in standard errors`,
    sources: ["Clopper, Pearson 1934"],
    cost: {},
    ...(known ? {} : { explanation: finite ? "no labels were given" : "an output is not finite, and names no class" }),
  };
}
