import {
  add,
  compile,
  constant,
  expandDims,
  mul,
  reshape,
  sub,
  take,
  transpose,
  type CompileOptions,
  type Tensor,
} from "#engine";
import { copies } from "../core/copies.js";
import { random } from "../core/random.js";
import { fieldsOf, type Architecture } from "./architecture.js";

/** Two quantities of the same units on the same samples, whose orders can be compared. */
export interface OrderView {
  /** What is compared: see `orderViews`. */
  readonly kind: "unit" | "layer" | "projection" | "pair";
  /** Number of the layer, from 1. */
  readonly layer: number;
  readonly samples: number;
  readonly units: number;
  /** samples x units, row by row. */
  readonly before: Float64Array;
  readonly after: Float64Array;
}

/** Views of one layer; both quantities have as many units on each of the samples. */
export const orderView =
  (layer: number, samples: number) =>
  (kind: OrderView["kind"], before: Float64Array, after: Float64Array): OrderView => ({
    kind,
    layer,
    samples,
    units: before.length / samples,
    before,
    after,
  });

export interface OrderViewsOptions {
  /** Pairs of units drawn in each layer. Default 100; 0 for none. */
  readonly pairs?: number;
  /** Of that draw. Default 0. */
  readonly seed?: number;
  readonly threads?: CompileOptions["threads"];
}

/**
 * What the units, pairs of units and layers of a network are given and what they make of it, as orders to be compared.
 *
 * *Definition*: with fields a_l = h_{l-1} W_l + b_l and states h_l = phi(a_l), for each layer l with an activation, l = 1 ... L - 1:
 * - "unit": a_l against h_l, unit by unit. Trivial (weakly order-preserving) for a monotone activation;
 * - "layer": for each unit of the next layer its field if layer l had no activation, a_l W_{l+1} + b_{l+1}, against its field a_{l+1}: whether
 *   the layer as a whole, which adds up many units, keeps the order that its linear part has;
 * - "projection": for each unit of the next layer the field that it would have if no layer below had an activation, its input projection
 *   x W_1 ... W_{l+1} (with biases), against its field a_{l+1}; for l = 1 this is "layer", with the same arrays;
 * - "pair": for random pairs i, j of units of layer l and a random unit k of the next one a_i w_ik + a_j w_jk against h_i w_ik + h_j w_jk: the
 *   least assembly of monotone units that can change order.
 * *Arguments*: `architecture` with local fields (mlp), two layers at least; `data`: inputs; see `OrderViewsOptions`.
 * *Returns*: `at(theta)` gives the views, by layer; `orderPreservation` takes each.
 * *Error*: exact to rounding, which decides about the order of values that are closer than it.
 * *Cost*: about three forward passes over the data.
 * *Source*: Lin, Feng, Zhang, Zhao 2025, section on order-preserving and non-order-preserving transformations, where a single unit preserves
 * order and two units can change it; which quantities are compared is made explicit here.
 * *Example*: `const wide = mlp({ widths: [1, 3, 3, 1] }); const views = orderViews(wide, data, { pairs: 4 }).at(wide.initial(2));
 * views.map((v) => [v.kind, v.layer, v.units]) // [["unit", 1, 3], ["layer", 1, 3], ["projection", 1, 3], ["pair", 1, 4], ["unit", 2, 3], ["layer", 2, 1], ["projection", 2, 1], ["pair", 2, 4]]`
 */
export function orderViews(
  architecture: Architecture,
  data: { readonly samples: number; readonly inputs: ArrayLike<number> },
  options: OrderViewsOptions = {},
): { at(theta: ArrayLike<number>): OrderView[] } {
  const { pairs = 100, seed = 0, threads } = options;
  const { samples } = data;
  const { layerMaps, inputs, size, name } = architecture;
  const fields = fieldsOf(architecture, "orderViews");
  const depth = layerMaps.length;
  if (depth < 2) throw new RangeError(`orderViews: ${name} has one layer and no activation; allowed: two layers or more`);
  if (!Number.isInteger(pairs) || pairs < 0) throw new RangeError(`orderViews: ${pairs} pairs given; allowed: integers from 0`);
  if (!Number.isInteger(samples) || samples < 1 || data.inputs.length !== samples * inputs)
    throw new RangeError(`orderViews: ${data.inputs.length} inputs given; ${name} needs ${samples} x ${inputs}`);
  const hidden = Array.from({ length: depth - 1 }, (_, i) => i);
  const x = constant(data.inputs, [samples, inputs]);
  /** A layer of one unit has no pairs. */
  const paired = (l: number): boolean => pairs > 0 && layerMaps[l]!.outputs > 1;
  const drawn = hidden.map((l) => draw(pairs, layerMaps[l]!.outputs, layerMaps[l + 1]!.outputs, seed, l));

  /** Two terms of the next layer's field: the two units' values times their weights. */
  const together = (theta: Tensor, state: Tensor, l: number): Tensor => {
    const { first, second, next } = drawn[l]!;
    const width = layerMaps[l]!.outputs;
    const of = (rows: Float64Array): Tensor => fields[l + 1]!(theta, constant(rows, [rows.length / width, width]));
    const weights = sub(of(unitMatrix(width)), of(new Float64Array(width)));
    const columns = transpose(state);
    const term = (units: Int32Array): Tensor => {
      const entries = units.map((u, p) => u * layerMaps[l + 1]!.outputs + next[p]!);
      const factors = take(reshape(weights, [-1]), constant(entries, [pairs], "i32"));
      return mul(take(columns, constant(units, [pairs], "i32")), expandDims(factors, 1));
    };
    return transpose(add(term(first), term(second)));
  };
  const program = compile(
    (theta) => {
      const states = [x, ...architecture.layers(theta, x)];
      let linear = fields[0]!(theta, x);
      return hidden.flatMap((l) => {
        const field = fields[l]!(theta, states[l]!);
        const next = fields[l + 1]!(theta, states[l + 1]!);
        linear = fields[l + 1]!(theta, linear);
        return [
          // The layer below has told it as its next one.
          ...(l === 0 ? [field] : []),
          states[l + 1]!,
          fields[l + 1]!(theta, field),
          next,
          // The first layer's linear part is what it is given.
          ...(l === 0 ? [] : [linear]),
          ...(paired(l) ? [together(theta, field, l), together(theta, states[l + 1]!, l)] : []),
        ];
      });
    },
    [{ shape: [size] }],
    threads === undefined ? {} : { threads },
  );
  return {
    at(theta) {
      if (theta.length !== size)
        throw new RangeError(`orderViews: theta of ${theta.length} numbers given; ${name} has ${size} parameters`);
      program.inputs[0]!.set(theta);
      program.run();
      const values = copies(program.outputs);
      let field = values.shift()!;
      return hidden.flatMap((l) => {
        const [state, given, next] = values.splice(0, 3) as [Float64Array, Float64Array, Float64Array];
        const projection = l === 0 ? given : values.shift()!;
        const both = values.splice(0, paired(l) ? 2 : 0);
        const before = field;
        field = next;
        const view = orderView(l + 1, samples);
        return [
          view("unit", before, state),
          view("layer", given, next),
          view("projection", projection, next),
          ...(both.length === 2 ? [view("pair", both[0]!, both[1]!)] : []),
        ];
      });
    },
  };
}

/** Pairs of different units of a layer, and for each a unit of the next layer that they feed. */
function draw(pairs: number, units: number, nexts: number, seed: number, layer: number) {
  const stream = random(seed, layer);
  const below = (n: number): number => Math.floor(n * stream.uniform());
  const first = Int32Array.from({ length: pairs }, () => below(units));
  const second = first.map((i) => (i + 1 + below(units - 1)) % units);
  return { first, second, next: first.map(() => below(nexts)) };
}

function unitMatrix(n: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) matrix[i * n + i] = 1;
  return matrix;
}
