import { adviceOn, criticalLine, diagnose } from "#dynamics";
import { answering } from "./answering.js";
import type { Work } from "./protocol/jobs.js";
import type { PropagationFound, PropagationOrder } from "./protocol/propagation.js";

/** Points of the edge of chaos. */
const EDGE = 33;
/** Networks drawn for what is measured. */
const DRAWS = 4;

/** The edge of chaos of an activation, and initialisations put anywhere beside it. */
export const propagation: Work<"propagation"> = async ({ activation, biasEnd }, host) => {
  const points: number[] = [];
  for (let i = 0; i < EDGE; i++) {
    // Closer where the curve bends.
    const biasVariance = biasEnd * (i / (EDGE - 1)) ** 2;
    const { status, value } = criticalLine({ activation, biasVariance });
    if (status === "ok") points.push(value, biasVariance);
    if (i % 8 === 0) await host.breathe();
  }
  host.news({ kind: "edge", points: Float64Array.from(points) });
  return answering(host, async (order) => {
    host.news(found(activation, order));
    await host.breathe();
  });
};

function found(activation: string, order: PropagationOrder): PropagationFound {
  const { weightVariance, biasVariance, depth, width, seed } = order;
  const diagnosis = diagnose(
    {
      widths: new Array<number>(depth + 2).fill(width),
      activation,
      init: { weights: "lecun-normal", gain: Math.sqrt(weightVariance), biasDeviation: Math.sqrt(biasVariance) },
    },
    { draws: DRAWS, k: 1, seed },
  );
  const { theory, predicted, measured } = diagnosis;
  // Going back from the output: twice the sum of the rates, in powers of ten.
  const back = (rates: Float64Array): Float64Array => {
    const sums = new Float64Array(depth + 1);
    for (let l = depth - 1; l >= 0; l--) sums[l] = sums[l + 1]! + (2 * rates[l + 1]!) / Math.LN10;
    return sums;
  };
  // Layers of one network are drawn apart: their errors add as squares.
  const uncertain = (errors: Float64Array): Float64Array => {
    const sums = new Float64Array(depth + 1);
    for (let l = depth - 1; l >= 0; l--) sums[l] = Math.sqrt(sums[l + 1]! ** 2 + ((2 * errors[l + 1]!) / Math.LN10) ** 2);
    return sums;
  };
  const number = (name: string, { value, error }: { value: number; error: number }) => ({ name, value, error });
  return {
    kind: "found",
    order,
    sentences: adviceOn(diagnosis, { activation, orthogonal: false }),
    numbers: theory
      ? [
          number("χ₁", theory.chi),
          number("q*", theory.length),
          number("c*", theory.correlation),
          number("depth scale of correlations", theory.depthScales.correlation),
          number("depth scale of gradients", theory.depthScales.gradient),
        ]
      : [],
    lengths: [predicted.lengths, measured.lengths.value, measured.lengths.error],
    correlations: [predicted.correlations, measured.correlations.value, measured.correlations.error],
    gradients: [back(predicted.gradientRates), back(measured.gradientRates.value), uncertain(measured.gradientRates.error)],
  };
}
