import { rankDistribution, type RankDistribution } from "../../analysis/rank-distribution.js";
import type { Architecture } from "../../networks/architecture.js";
import type { LinearMapsInput } from "../../networks/linear-map.js";
import type { SiteChoice } from "../../networks/site-choice.js";
import { siteLinearMaps, type SiteLinearMapsOptions } from "../../networks/site-linear-maps.js";
import type { Sites } from "../../networks/sites.js";

/** The rank probability distributions of the activation sites of a network. */
export interface SiteRanks {
  readonly sites: Sites;
  readonly choice: SiteChoice;
  readonly bins: number;
  /** One a site looked at, the outputs last; sites whose signs are those of a mean derivative, and over how many samples. */
  at(theta: ArrayLike<number>): {
    readonly distributions: readonly RankDistribution[];
    readonly averaged: readonly number[];
    readonly over: number;
  };
}

/**
 * The rank probability distributions of any network, activation by activation, with the signs that its linear map gives them.
 *
 * *Definition*: those of the local fields of each site, signed by the derivative of the outputs by what it gives, in the network with the identity there and at all
 * sites above; where that depends on the sample, by its mean. The outputs come last, each signed for its own class.
 * *Arguments*: as for `siteLinearMaps`, with one output a class.
 * *Returns*: a SiteRanks. *Error*: of each: see `rankDistribution`; nothing is added for the mean of derivatives.
 * *Cost*: a forward pass, a backward pass for each site and class over one sample or `slopes`, and a sort of the samples a unit.
 * *Source*: Lin, Feng, Zhang, Zhao 2025, section on rank probability distributions, for networks of layers.
 * *Example*: `const deep = resnet({ widths: [1, 3, 2], depth: 2 }); const classed = { samples: 4, inputs: [-1, 0, 1, 2], labels: [0, 0, 1, 1] };
 * siteRanks(deep, classed).at(deep.initial(1)).distributions.length // 3`
 */
export function siteRanks(
  architecture: Architecture,
  data: Required<LinearMapsInput>,
  options: SiteLinearMapsOptions = {},
): SiteRanks {
  const bins = 20;
  const { outputs: classes } = architecture;
  const maps = siteLinearMaps(architecture, data, options);
  const common = { samples: data.samples, classes, labels: data.labels, bins };
  const unitMatrix = Float64Array.from({ length: classes * classes }, (_, i) => (i % (classes + 1) === 0 ? 1 : 0));
  return {
    sites: maps.sites,
    choice: maps.choice,
    bins,
    at(theta) {
      const { sites, outputs } = maps.fields(theta);
      const averaged = sites.filter((s) => s.slopeSamples > 1);
      return {
        distributions: [
          ...sites.map(({ units, fields, weights }) => rankDistribution({ ...common, units: units.length, fields, weights })),
          rankDistribution({ ...common, units: classes, fields: outputs, weights: unitMatrix }),
        ],
        averaged: averaged.map((s) => s.site),
        over: averaged[0]?.slopeSamples ?? 1,
      };
    },
  };
}
