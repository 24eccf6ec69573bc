import { compile, constant, reshape, type CompileOptions, type Tensor } from "#engine";
import type { Estimate } from "../core/estimate.js";
import { fieldsOf, type Architecture } from "./architecture.js";

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
  readonly error: Estimate;
  /** Share of samples on which f and f_L name the same class (the first of the largest outputs); NaN for one output. */
  readonly agreement: number;
  /** Share of samples on which f_L names the class of the labels; NaN without labels. */
  readonly accuracy: Estimate;
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
  /** The class of each sample, from 0, for the accuracies. */
  readonly labels?: ArrayLike<number>;
}

/**
 * The linear substitution maps (L-maps) of a network, from every layer up.
 *
 * *Definition*: f_L from layer l: the states up to h_l as they are, and then h_l W_{l+1} ... W_L: every activation above layer l is replaced by
 * the identity. Biases are kept, pushed through the weights above them (the offset), so that a network without activations is its own L-map.
 * The error is |f - f_L| / |f| with Euclidean norms over all samples and outputs.
 * *Arguments*: `architecture` with local fields (mlp); `data`: the inputs, with labels for accuracies.
 * *Returns*: a LinearMaps. A relative error is not bounded by 1. Status "not-converged" where f is 0 on all samples.
 * *Error*: the maps are exact to rounding. The error of the relative error is one standard error over samples (delta method for a ratio of
 * means), that of the accuracy a binomial one.
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
  if (labels && labels.length !== samples)
    throw new RangeError(`linearMaps: ${labels.length} labels given for ${samples} samples`);
  const depth = layerMaps.length;
  const widths = layerMaps.map((layer) => layer.inputs);
  const x = constant(data.inputs, [samples, inputs]);
  /** The affine map from layer l up. */
  const above = (theta: Tensor, h: Tensor, l: number): Tensor => fields.slice(l).reduce((state, field) => field(theta, state), h);
  const program = compile(
    (theta) => {
      const states = [x, ...architecture.layers(theta, x)];
      const substituted = widths.map((_, l) => above(theta, states[l]!, l));
      // An affine map is known from what it makes of 0 and of the unit vectors.
      const rows = widths.map((width, l) => above(theta, constant(origin(width), [width + 1, width]), l));
      return [...fields.map((field, l) => reshape(field(theta, states[l]!), [-1])), ...substituted, ...rows, states[depth]!];
    },
    [{ shape: [size] }],
    threads === undefined ? {} : { threads },
  );
  return {
    at(theta) {
      if (theta.length !== size)
        throw new RangeError(`linearMaps: theta of ${theta.length} numbers given; ${name} has ${size} parameters`);
      program.inputs[0]!.set(theta);
      program.run();
      const all = program.outputs.map((v) => v.slice());
      const f = all.at(-1)!;
      return {
        fields: all.slice(0, depth),
        outputs: f,
        maps: widths.map((width, from): LinearMap => {
          const substituted = all[depth + from]!;
          const rows = all[2 * depth + from]!;
          const offset = rows.slice(0, outputs);
          const matrix = rows.slice(outputs);
          for (let i = 0; i < width; i++) for (let k = 0; k < outputs; k++) matrix[i * outputs + k]! -= offset[k]!;
          return {
            from,
            matrix,
            offset,
            outputs: substituted,
            error: relativeError(f, substituted, samples),
            agreement: outputs < 2 ? NaN : share(samples, (s) => top(f, s, outputs) === top(substituted, s, outputs)),
            accuracy: accuracy(substituted, samples, outputs, labels),
          };
        }),
      };
    },
  };
}

/** A row of zeros, then the unit matrix. */
function origin(width: number): Float64Array {
  const rows = new Float64Array((width + 1) * width);
  for (let i = 0; i < width; i++) rows[(i + 1) * width + i] = 1;
  return rows;
}

const share = (samples: number, holds: (sample: number) => boolean): number => {
  let count = 0;
  for (let s = 0; s < samples; s++) if (holds(s)) count++;
  return count / samples;
};

/** The class that a row of outputs names: the first of the largest. */
function top(values: Float64Array, row: number, columns: number): number {
  let best = 0;
  for (let k = 1; k < columns; k++) if (values[row * columns + k]! > values[row * columns + best]!) best = k;
  return best;
}

function relativeError(f: Float64Array, substituted: Float64Array, samples: number): Estimate {
  const columns = f.length / samples;
  const [apart, size] = [new Float64Array(samples), new Float64Array(samples)];
  for (let i = 0; i < f.length; i++) {
    const s = Math.floor(i / columns);
    apart[s]! += (f[i]! - substituted[i]!) * (f[i]! - substituted[i]!);
    size[s]! += f[i]! * f[i]!;
  }
  const sum = (v: Float64Array): number => v.reduce((a, b) => a + b, 0);
  const ratio = sum(apart) / sum(size);
  const value = Math.sqrt(ratio);
  // Var(A/B) for means of n pairs; the square root halves the relative error.
  const spread = apart.reduce((s, a, i) => s + (a - ratio * size[i]!) * (a - ratio * size[i]!), 0);
  const error = samples < 2 ? NaN : value === 0 ? 0 : Math.sqrt((samples / (samples - 1)) * spread) / (sum(size) * 2 * value);
  const fault = !Number.isFinite(sum(apart)) || !Number.isFinite(sum(size));
  return {
    value: Number.isFinite(value) ? value : NaN,
    error: Number.isFinite(value) ? error : NaN,
    unit: "1",
    status: fault ? "diverged" : Number.isFinite(value) ? "ok" : "not-converged",
    method: `Euclidean norms over ${samples} samples; the error is one standard error over samples`,
    sources: ["Lin, Feng, Zhang, Zhao 2025"],
    cost: {},
    ...(fault ? { explanation: "an output is not finite" } : {}),
    ...(!fault && !Number.isFinite(value) ? { explanation: "the network's output is 0 on every sample" } : {}),
  };
}

function accuracy(values: Float64Array, samples: number, columns: number, labels: ArrayLike<number> | undefined): Estimate {
  const value = labels ? share(samples, (s) => top(values, s, columns) === labels[s]) : NaN;
  return {
    value,
    error: Math.sqrt((value * (1 - value)) / samples),
    unit: "1",
    status: labels ? "ok" : "not-converged",
    method: `share of ${samples} samples; the error is one binomial standard error`,
    sources: [],
    cost: {},
    ...(labels ? {} : { explanation: "no labels were given" }),
  };
}
