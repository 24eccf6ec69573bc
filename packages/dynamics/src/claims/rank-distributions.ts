import { normalDistribution } from "../core/normal-distribution.js";
import { random } from "../core/random.js";
import { rankDistribution } from "../analysis/rank-distribution.js";
import { exact, measuredMean, type Claim } from "./claim.js";

const [members, samples, units] = [40, 2000, 30];

/** The first samples are a class moved by delta; the others have no sign, so that the class alone is looked at. */
function shifted(delta: number) {
  const stream = random(7);
  const labels = Array.from({ length: samples }, (_, i) => (i < members ? 1 : 0));
  const fields = Float64Array.from({ length: samples * units }, (_, i) => stream.normal() + (i < members * units ? delta : 0));
  const weights = Array.from({ length: units }, () => [0, 1]).flat();
  return rankDistribution({ samples, units, fields, classes: 2, labels, weights });
}

export const rankDistributions: Claim = {
  name: "rank-distributions",
  item: "E2",
  description:
    "a class that is moved by delta in a normal background has the mean rank Phi(delta / sqrt 2) in it, and the slope 12 (mean rank - 1/2); an unmoved one is flat",
  sources: ["Lin, Feng, Zhang, Zhao 2025"],
  compare() {
    // In its own ranks the class has the mean 1/2.
    const share = members / samples;
    const mean = (delta: number): number => (1 - share) * normalDistribution(delta * Math.SQRT1_2) + 0.5 * share;
    const [flat, some, far] = [shifted(0), shifted(0.6), shifted(1.4)];
    // Field 1 for 30 of 200 samples, 0 for the others: their ranks are the last 30.
    const labels = Array.from({ length: 200 }, (_, i) => (i < 30 ? 1 : 0));
    const planted = rankDistribution({ samples: 200, units: 1, fields: labels, classes: 2, labels, weights: [0, 2] });
    return [
      measuredMean("slope of an unmoved class", 0, flat, 0.5),
      measuredMean("mean rank for delta = 0.6", mean(0.6), some.meanRank, 0.05),
      measuredMean("mean rank for delta = 1.4", mean(1.4), far.meanRank, 0.05),
      exact("slope where 30 of 200 samples are above all others", 12 * (0.5 - 15 / 200), planted.value, 1e-12),
    ];
  },
};
