import type { CompileOptions } from "#engine";
import { random } from "../core/random.js";
import type { Architecture } from "./architecture.js";
import { orderView, type OrderView } from "./order-views.js";
import { chooseSites, type SiteChoice, type SiteChoiceOptions } from "./site-choice.js";
import { siteRuns, type Stand } from "./site-runs.js";
import { siteSlopes } from "./site-slopes.js";
import { sitesOf, type Sites } from "./sites.js";

export interface SiteOrderViewsOptions extends SiteChoiceOptions {
  /** Pairs of units drawn at each site. Default 100; 0 for none. */
  readonly pairs?: number;
  readonly threads?: CompileOptions["threads"];
}

/** The views of a network, and of what. */
export interface SiteOrderViews {
  readonly sites: Sites;
  readonly choice: SiteChoice;
  /** Numbers of the sites looked at (from 0) without a view "pair": what takes their outputs does not take them linearly. */
  readonly unpaired: readonly number[];
  /** By site; `layer` is its number, from 1. */
  at(theta: ArrayLike<number>): OrderView[];
}

/**
 * What the units, pairs of units and activations of any network are given and what they make of it, as orders to be compared.
 *
 * *Definition*: as for `orderViews`, with activation sites (`sitesOf`) in place of layers. "unit": the field of a unit against its output. With the next site, which
 * takes this one's outputs through no other activation (or the network's outputs): "layer": its fields if this site had no activation, all else as it is, against
 * its fields; "projection": its fields in the network without any activation below it, against its fields; "pair": a_i w_ik + a_j w_jk against
 * h_i w_ik + h_j w_jk, for random units k of the next site and i, j among those that they take with weights other than 0, where what lies between is affine.
 * *Arguments*: `architecture`: any with activations; `data`: inputs; see `SiteOrderViewsOptions`.
 * *Returns*: a SiteOrderViews; `orderPreservation` takes each view. For a network with local fields whose units are all looked at the views are those of
 * `orderViews`.
 * *Error*: exact to rounding, which decides about the order of values that are closer than it. Throws for a network without activations.
 * *Cost*: a forward pass over the data a site and two more; for pairs a forward and a backward pass for one sample each.
 * *Source*: Lin, Feng, Zhang, Zhao 2025, for networks of layers; made explicit here.
 * *Example*: `const wide = resnet({ widths: [1, 3, 1], depth: 2 });
 * siteOrderViews(wide, data, { pairs: 4 }).at(wide.initial(2)).map((v) => [v.kind, v.layer, v.units]) // [["unit", 1, 3], ["layer", 1, 3], ["projection", 1, 3], ["pair", 1, 4], ["unit", 2, 3], ["layer", 2, 1], ["projection", 2, 1], ["pair", 2, 4]]`
 */
export function siteOrderViews(
  architecture: Architecture,
  data: { readonly samples: number; readonly inputs: ArrayLike<number> },
  options: SiteOrderViewsOptions = {},
): SiteOrderViews {
  const { pairs = 100, seed = 0, threads } = options;
  const { name, inputs, outputs, size } = architecture;
  const { samples } = data;
  if (!Number.isInteger(pairs) || pairs < 0)
    throw new RangeError(`siteOrderViews: ${pairs} pairs given; allowed: integers from 0`);
  if (!Number.isInteger(samples) || samples < 1 || data.inputs.length !== samples * inputs)
    throw new RangeError(`siteOrderViews: ${data.inputs.length} inputs given; ${name} needs ${samples} x ${inputs}`);
  const found = sitesOf(architecture, "siteOrderViews");
  const { sites } = found;
  if (sites.length === 0) throw new RangeError(`siteOrderViews: ${name} has no activation`);
  const choice = chooseSites(found, outputs, options);
  const paired = pairs > 0 ? choice.sites.filter((s) => sites[s]!.direct && sites[s]!.units > 1) : [];
  const slopes =
    paired.length > 0
      ? siteSlopes(
          architecture,
          found,
          { samples: 1, inputs: Array.from({ length: inputs }, (_, j) => data.inputs[j]!) },
          threads,
        )
      : undefined;
  const all = (stand: Stand): Stand[] => sites.map(() => stand);

  /** Pairs of units of a site with the weights with which a unit of the next takes them. */
  const drawn = (theta: ArrayLike<number>, s: number): Pair[] => {
    const { units, next } = sites[s]!;
    const stream = random(seed, s);
    const [first, second, third] = [0, 1, 2].map(() => Float64Array.from({ length: pairs }, () => stream.uniform())) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const nexts = next === undefined ? outputs : sites[next]!.units;
    return Array.from(third, (u, p): Pair | undefined => {
      const weights = slopes!.slopes(theta, all("identity"), s, Math.floor(nexts * u), next);
      const taken = Array.from({ length: units }, (_, i) => i).filter((i) => weights[i] !== 0);
      if (taken.length < 2) return undefined;
      const one = Math.floor(taken.length * first[p]!);
      const other = (one + 1 + Math.floor((taken.length - 1) * second[p]!)) % taken.length;
      const [i, j] = [taken[one]!, taken[other]!];
      return { i, j, wi: weights[i]!, wj: weights[j]! };
    }).filter((p) => p !== undefined);
  };
  let runs: { readonly key: string; readonly units: readonly Int32Array[]; readonly of: ReturnType<typeof siteRuns> } | undefined;
  return {
    sites: found,
    choice,
    unpaired: pairs > 0 ? choice.sites.filter((s) => sites[s]!.units > 1 && !sites[s]!.direct) : [],
    at(theta) {
      if (theta.length !== size)
        throw new RangeError(`siteOrderViews: theta of ${theta.length} numbers given; ${name} has ${size} parameters`);
      const couples = sites.map((_, s) => (paired.includes(s) ? drawn(theta, s) : []));
      const read = new Set([...choice.sites, ...choice.sites.flatMap((s) => sites[s]!.next ?? [])]);
      const units = sites.map((_, s) =>
        read.has(s)
          ? Int32Array.from(new Set([...choice.units[s]!, ...couples[s]!.flatMap(({ i, j }) => [i, j])])).sort()
          : new Int32Array(1),
      );
      const key = units.join(";");
      if (runs?.key !== key) runs = { key, units, of: siteRuns(architecture, found, { ...data, units }, threads) };
      const whole = runs.of.run(theta, all("activation"));
      const linear = runs.of.run(theta, all("identity"));
      type Run = typeof whole;
      const column = (values: Float64Array, s: number, unit: number): Float64Array => {
        const [width, at] = [units[s]!.length, units[s]!.indexOf(unit)];
        return Float64Array.from({ length: samples }, (_, p) => values[p * width + at]!);
      };
      const some = (values: Float64Array, from: ArrayLike<number>, wanted: Int32Array): Float64Array => {
        const places = Array.from(wanted, (u) => Array.prototype.indexOf.call(from, u));
        if (places.length === from.length) return values;
        const kept = new Float64Array(samples * places.length);
        for (let p = 0, to = 0; p < samples; p++) for (const at of places) kept[to++] = values[p * from.length + at]!;
        return kept;
      };
      const outcome = Int32Array.from({ length: outputs }, (_, i) => i);
      const nextOf = (run: Run, s: number): Float64Array => {
        const { next } = sites[s]!;
        return next === undefined
          ? some(run.outputs, outcome, choice.outputs)
          : some(run.fields[next]!, units[next]!, choice.units[next]!);
      };
      return choice.sites.flatMap((s) => {
        const view = orderView(s + 1, samples);
        const without = runs!.of.run(
          theta,
          sites.map((_, i) => (i === s ? "identity" : "activation")),
        );
        const after = nextOf(whole, s);
        const together = (values: Float64Array): Float64Array => {
          const sums = new Float64Array(samples * couples[s]!.length);
          couples[s]!.forEach(({ i, j, wi, wj }, c) => {
            const [a, b] = [column(values, s, i), column(values, s, j)];
            for (let p = 0; p < samples; p++) sums[p * couples[s]!.length + c] = a[p]! * wi + b[p]! * wj;
          });
          return sums;
        };
        return [
          view("unit", some(whole.fields[s]!, units[s]!, choice.units[s]!), some(whole.states[s]!, units[s]!, choice.units[s]!)),
          view("layer", nextOf(without, s), after),
          view("projection", nextOf(linear, s), after),
          ...(couples[s]!.length > 0 ? [view("pair", together(whole.fields[s]!), together(whole.states[s]!))] : []),
        ];
      });
    },
  };
}

interface Pair {
  readonly i: number;
  readonly j: number;
  readonly wi: number;
  readonly wj: number;
}
