import {
  characteristicExponent,
  gram,
  gramModel,
  gramStability,
  meanSquareStability,
  sgdProducts,
  stochasticThreshold,
  wuMaE,
  type Gram,
} from "#dynamics";
import type { Work } from "./protocol/jobs.js";

const WIDTHS = [8, 4, 2, 1];
const SIGNS = { negative: -1, positive: 1, undecided: 0 };

/** The exponent of SGD over step size and batch size at a minimum with this Gram matrix; theory first, then cells, coarse to fine. */
export const sgd: Work<"sgd"> = async ({ matrix, most, columns, steps, seed }, host) => {
  const g = gram(matrix);
  const batchSizes = Array.from({ length: g.samples }, (_, i) => i + 1).filter(
    (b) => g.samples <= 6 || b === 1 || b === g.samples || Math.log2(b) % 1 === 0,
  );
  const stepSizes = Float64Array.from({ length: columns }, (_, i) => (most * (i + 1)) / columns);
  const meanSquare = batchSizes.map((batchSize) => meanSquareStability(g, { batchSize }).value);
  host.news({
    kind: "thresholds",
    batchSizes,
    stepSizes,
    meanSquare,
    wuMaE: batchSizes.map((batchSize) => wuMaE(g, { batchSize }).threshold.value),
    gradientDescent: gramStability(g, { stepSize: most }).threshold.value,
    mu: stepSizes.map((stepSize) => gramStability(g, { stepSize }).mu.value),
    samples: samplesOf(g),
  });
  let done = 0;
  for (const width of WIDTHS) {
    for (let batch = 0; batch < batchSizes.length; batch++) {
      const index = Int32Array.from(
        Array.from({ length: columns }, (_, i) => i).filter(
          (i) => i % width === 0 && (width === WIDTHS[0] || i % (2 * width) !== 0),
        ),
      );
      const exponents = new Float64Array(index.length);
      const errors = new Float64Array(index.length);
      const signs = new Int8Array(index.length);
      for (let i = 0; i < index.length; i++) {
        const stepSize = stepSizes[index[i]!]!;
        const products = sgdProducts(g, { stepSize, batchSize: batchSizes[batch]! });
        const found = characteristicExponent(products, { budget: steps, least: steps, first: steps >> 1, seed });
        [exponents[i], errors[i], signs[i]] = [found.value, found.error, SIGNS[found.sign]];
        if (i % 4 === 3) await host.breathe();
      }
      done += index.length;
      host.news({ kind: "cells", batch, index, exponents, errors, signs, done: done / (columns * batchSizes.length) });
      await host.breathe();
    }
  }
  const stochastic = [];
  for (const batchSize of batchSizes) {
    const { value, interval } = stochasticThreshold(g, { batchSize, steps: 2 ** 15, seed });
    stochastic.push({ value, interval });
    await host.breathe();
  }
  return { stochastic };
};

/** Samples of a linear network with this Gram matrix, with as many inputs as samples: those beyond its rank are 0. */
function samplesOf(g: Gram): readonly (readonly number[])[] | undefined {
  let inputs: ArrayLike<number>;
  try {
    inputs = gramModel(g).data.inputs;
  } catch (error) {
    // A matrix that no network has: the runs say so.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  const rank = inputs.length / g.samples;
  return Array.from({ length: g.samples }, (_, i) =>
    Array.from({ length: g.samples }, (_, k) => (k < rank ? inputs[i * rank + k]! : 0)),
  );
}
