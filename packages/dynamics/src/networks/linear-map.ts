import { compile, constant, jvp, reshape, type CompileOptions, type Tensor } from "#engine";
import { copies } from "../core/copies.js";
import { fieldsOf, type Architecture } from "./architecture.js";
import { checkLabels, likenessOf, type Likeness } from "./likeness.js";

/** A network with its activations above a layer taken out, on a data set. */
export interface LinearMap extends Likeness {
  /** Layers below and at this number keep their activation: 0 none, so that the whole map is affine; depth - 1 all. */
  readonly from: number;
  /** widths[from] x outputs, row by row: the product of the weights above. */
  readonly matrix: Float64Array;
  /** outputs: what the biases above add. */
  readonly offset: Float64Array;
  /** samples x outputs: f_L on the data. */
  readonly outputs: Float64Array;
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
  if (labels) checkLabels("linearMaps", labels, samples, Math.max(2, outputs));
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
  const like = likenessOf(samples, labels);
  return {
    at(theta) {
      if (theta.length !== size)
        throw new RangeError(`linearMaps: theta of ${theta.length} numbers given; ${name} has ${size} parameters`);
      program.inputs[0]!.set(theta);
      program.run();
      const all = copies(program.outputs);
      const f = all.at(-1)!;
      const likeness = like(f);
      return {
        fields: all.slice(0, depth),
        outputs: f,
        maps: widths.map((width, from): LinearMap => {
          const substituted = all[depth + from]!;
          const linear = from === depth - 1 || architecture.activation === "identity";
          return {
            from,
            matrix: all[2 * depth + from]!,
            offset: all[3 * depth + from]!,
            outputs: substituted,
            ...likeness(substituted, linear),
          };
        }),
      };
    },
  };
}

/** The unit matrix. */
const unit = (width: number): Float64Array =>
  Float64Array.from({ length: width * width }, (_, i) => (i % (width + 1) === 0 ? 1 : 0));
