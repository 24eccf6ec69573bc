import { rankDistributionOf, type RankDistribution } from "../../analysis/rank-distribution.js";
import type { Architecture } from "../../networks/architecture.js";
import { linearMaps, type LinearMapsInput } from "../../networks/linear-map.js";

/**
 * The rank probability distributions of all layers of a network, with the signs that its linear map gives them.
 *
 * *Definition*: those of the local fields of each layer, signed by the product of the weights above it; the outputs come last, each signed for
 * its own class.
 * *Arguments*: `architecture` with local fields (mlp), one output a class; `data`: inputs and the class of each sample, from 0.
 * *Returns*: `at(theta)` gives one distribution a layer; `bins` is the number of parts of their histograms.
 * *Error*: of each: see `rankDistribution`.
 * *Cost*: that of `linearMaps`, and a sort of the samples a unit.
 * *Source*: Lin, Feng, Zhang, Zhao 2025, section on rank probability distributions.
 * *Example*: `const two = mlp({ widths: [1, 3, 2] }); const classed = { samples: 4, inputs: [-1, 0, 1, 2], labels: [0, 0, 1, 1] };
 * const ranks = layerRanks(two, classed).at(two.initial(1)); [ranks.length, ranks[1].density.length] // [2, 20]`
 */
export function layerRanks(
  architecture: Architecture,
  data: Required<LinearMapsInput>,
): { at(theta: ArrayLike<number>): readonly RankDistribution[]; readonly bins: number } {
  const bins = 20;
  const { outputs, layerMaps } = architecture;
  const maps = linearMaps(architecture, data);
  const ranked = rankDistributionOf({ samples: data.samples, classes: outputs, labels: data.labels, bins });
  const unitMatrix = Float64Array.from({ length: outputs * outputs }, (_, i) => (i % (outputs + 1) === 0 ? 1 : 0));
  return {
    bins,
    at(theta) {
      const { fields, maps: found } = maps.at(theta);
      return layerMaps.map((layer, l) =>
        ranked({ units: layer.outputs, fields: fields[l]!, weights: found[l + 1]?.matrix ?? unitMatrix }),
      );
    },
  };
}
