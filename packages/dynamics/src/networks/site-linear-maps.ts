import type { CompileOptions } from "#engine";
import type { Architecture } from "./architecture.js";
import { checkLabels, likenessOf, type Likeness } from "./likeness.js";
import type { LinearMapsInput } from "./linear-map.js";
import { chooseSites, type SiteChoice, type SiteChoiceOptions } from "./site-choice.js";
import { siteRuns, type Stand } from "./site-runs.js";
import { siteSlopes, type SiteSlopes } from "./site-slopes.js";
import { sitesOf, type Sites } from "./sites.js";

/** A network with its activations above a site replaced by the identity, on a data set. */
export interface SiteLinearMap extends Likeness {
  /** So many sites keep their activation, from below: 0 none; all: the network itself. */
  readonly from: number;
  /** What is not linear in it all the same, by name; none: it is an affine map, of the inputs (0) or of the outputs of the last site kept. */
  readonly bends: readonly string[];
}

export interface SiteLinearMapsOptions extends SiteChoiceOptions {
  readonly threads?: CompileOptions["threads"];
  /** Most samples over which a derivative that depends on them is averaged. Default 100. */
  readonly slopes?: number;
}

/** The local fields of a site, and how its units act on the outputs. */
export interface SiteField {
  /** Its number, from 0. */
  readonly site: number;
  /** Numbers of the units looked at. */
  readonly units: Int32Array;
  /** samples x units. */
  readonly fields: Float64Array;
  /** units x outputs: the derivative of the outputs by what the site gives, in the network without its activation and those above; where that depends on the sample, the mean. */
  readonly weights: Float64Array;
  /** Samples of that mean; 1 where all have the same. */
  readonly slopeSamples: number;
}

/** What of a network on data is linear, from each of its activation sites up. */
export interface SiteLinearMaps {
  readonly sites: Sites;
  readonly choice: SiteChoice;
  /** The maps that leave out the activations from each site looked at, and at the end the network itself. */
  maps(theta: ArrayLike<number>): readonly SiteLinearMap[];
  /** The sites looked at, and the outputs of the network. */
  fields(theta: ArrayLike<number>): { readonly sites: readonly SiteField[]; readonly outputs: Float64Array };
}

/**
 * The linear substitution maps of any network, from each activation site up.
 *
 * *Definition*: f_L from site l: the network with all activations above l replaced by the identity, and with those up to l as they are. Where what then remains is an
 * affine map (convolutions, means, sums, residual connections) this is the L-map of `linearMaps`. Where it is not (pooling by maxima, softmax, layer normalisation,
 * gates) f_L is still a function, with an error |f - f_L| / |f| and an accuracy, but no linear map: `bends` says what is in the way.
 * *Arguments*: `architecture`: any with activations; `data`: inputs, with labels for accuracies; see `SiteLinearMapsOptions`.
 * *Returns*: a SiteLinearMaps. For a network with local fields the errors, fields and weights are those of `linearMaps`.
 * *Error*: as for `linearMaps`; that something is affine is proved (`curved`). A mean derivative has the spread of its samples. Throws for a network without
 * activations.
 * *Cost*: of the maps a forward pass over the data each; of the weights a backward pass for each site and output, over one sample or `slopes`.
 * *Source*: Lin, Feng, Zhang, Zhao 2025, for networks of layers.
 * *Example*: `const deep = attentionNetwork({ widths: [4, 3, 1], depth: 1 });
 * siteLinearMaps(deep, { samples: 1, inputs: [1, 2, 3, 4] }).maps(deep.initial(0)).map((m) => [m.from, m.bends]) // [[0, ["layer normalisation", "softmax attention"]], [1, []]]`
 */
export function siteLinearMaps(
  architecture: Architecture,
  data: LinearMapsInput,
  options: SiteLinearMapsOptions = {},
): SiteLinearMaps {
  const { threads, slopes: mostSlopes = 100 } = options;
  const { name, inputs, outputs, size } = architecture;
  const { samples, labels } = data;
  if (!Number.isInteger(samples) || samples < 1 || data.inputs.length !== samples * inputs)
    throw new RangeError(`siteLinearMaps: ${data.inputs.length} inputs given; ${name} needs ${samples} x ${inputs}`);
  if (!Number.isInteger(mostSlopes) || mostSlopes < 1)
    throw new RangeError(`siteLinearMaps: slopes over ${mostSlopes} samples asked for; allowed: integers from 1`);
  if (labels) checkLabels("siteLinearMaps", labels, samples, Math.max(2, outputs));
  const found = sitesOf(architecture, "siteLinearMaps");
  const { sites } = found;
  if (sites.length === 0) throw new RangeError(`siteLinearMaps: ${name} has no activation`);
  const choice = chooseSites(found, outputs, options);
  const units = sites.map((_, s) => (choice.sites.includes(s) ? choice.units[s]! : new Int32Array(1)));
  const runs = siteRuns(architecture, found, { samples, inputs: data.inputs, units }, threads);
  const upTo = (from: number): Stand[] => sites.map((_, s) => (s < from ? "activation" : "identity"));
  const checked = (theta: ArrayLike<number>): void => {
    if (theta.length !== size)
      throw new RangeError(`siteLinearMaps: theta of ${theta.length} numbers given; ${name} has ${size} parameters`);
  };
  const made = new Map<number, SiteSlopes>();
  /** Derivatives on average over the first samples, compiled when first asked for. */
  const over = (count: number): SiteSlopes => {
    const some = { samples: count, inputs: Array.from({ length: count * inputs }, (_, i) => data.inputs[i]!) };
    const known = made.get(count) ?? siteSlopes(architecture, found, some, threads);
    made.set(count, known);
    return known;
  };
  /** Everything replaced from here on is the identity already. */
  const alike = (from: number): boolean => sites.slice(from).every((s) => s.activation.name === "identity");
  const like = likenessOf(samples, labels);
  return {
    sites: found,
    choice,
    maps(theta) {
      checked(theta);
      const f = runs.run(theta, upTo(sites.length)).outputs;
      const likeness = like(f);
      return [...choice.sites, sites.length].map((from): SiteLinearMap => ({
        from,
        bends: found.bends(from),
        ...likeness(from === sites.length ? f : runs.run(theta, upTo(from)).outputs, alike(from)),
      }));
    },
    fields(theta) {
      checked(theta);
      const whole = runs.run(theta, upTo(sites.length));
      const many = Math.min(samples, mostSlopes);
      return {
        outputs: whole.outputs,
        sites: choice.sites.map((s): SiteField => {
          const slopeSamples = found.bends(s + 1).length > 0 ? many : 1;
          const slopes = over(slopeSamples);
          const weights = new Float64Array(units[s]!.length * outputs);
          for (let k = 0; k < outputs; k++) {
            const column = slopes.slopes(theta, upTo(s), s, k);
            units[s]!.forEach((u, i) => (weights[i * outputs + k] = column[u]!));
          }
          return { site: s, units: units[s]!, fields: whole.fields[s]!, weights, slopeSamples };
        }),
      };
    },
  };
}
