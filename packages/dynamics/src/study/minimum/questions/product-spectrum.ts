import { z } from "zod";
import type * as spectra from "../../../analysis/product-spectrum.js";
import { takingTurns } from "../../asking.js";
import type { Answer } from "../../conclusion.js";
import { count, show, withError } from "../../words.js";
import type { MinimumBench, MinimumQuestion } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("product-spectrum"),
    learningRate: z.number().gt(0).describe("Step size eta at which the exponents are computed"),
    exponents: z
      .int()
      .min(1)
      .max(10_000)
      .default(8)
      .describe("How many, largest first; no more than the Gram matrix has rank. The time grows with their square"),
    steps: z
      .int()
      .min(1000)
      .max(2 ** 28)
      .default(20_000)
      .describe("Random products behind each"),
  })
  .describe("The characteristic exponents of SGD at the minimum, largest first: how fast each direction is left or drawn in");

type Spec = z.infer<typeof schema>;

/** Exponents that are told one by one; all stand in the arrays. */
const TOLD = 8;

export const productSpectrum: MinimumQuestion<Spec> = {
  name: "product-spectrum",
  description: "the characteristic exponents of SGD at the minimum, all or the leading ones",
  schema,
  weight: 2,
  async ask({ learningRate, exponents, steps }, bench, _before, breathe) {
    const { gram, batchSize, sampling, seed } = bench;
    const { sgdProducts } = await import("../../../analysis/random-products.js");
    const spectrum = await import("../../../analysis/product-spectrum.js");
    const products = sgdProducts(gram, { stepSize: learningRate, batchSize, sampling });
    const k = Math.min(exponents, products.dim);
    const note = `${count(k, "exponent")} at learning rate ${show(learningRate)}`;
    await breathe(0, note);
    const found = await takingTurns(spectrum.productSpectrumInParts(products, { k, steps, seed }), (share) =>
      breathe(share, note),
    );
    const { value, error, sum, batches: _b, correlation: _c, ...rest } = found;
    const exact = k === products.dim ? exactSum(spectrum, bench, learningRate) : undefined;
    const told = Array.from(value.subarray(0, TOLD), (v, i): Answer => ({
      ...rest,
      value: v,
      error: error[i]!,
      unit: "nat/step",
      name: `exponent_${i + 1}`,
      label: `exponent ${i + 1} of SGD at η = ${show(learningRate)}`,
    }));
    const answers: Answer[] = [
      ...told,
      { ...sum, unit: "nat/step", name: "exponent_sum", label: `sum of the ${count(k, "exponent")}` },
      ...(exact === undefined ? [] : [exact]),
    ];
    return {
      answers,
      sentences: [
        ...(exponents > k ? [`Of the ${count(exponents, "exponent")} asked for there ${k === 1 ? "is" : "are"} ${k}.`] : []),
        `The ${k === products.dim ? "spectrum" : `leading ${count(k, "exponent")} of ${products.dim}`} of SGD at η = ${show(learningRate)}, per step: ` +
          `${told.map((a) => withError(a.value, a.error)).join("; ")}${k > TOLD ? "; …" : ""}.`,
        ...(exact === undefined
          ? []
          : [
              `Their sum is ${withError(sum.value, sum.error)}; as the mean of log |det| over all batches it is ${show(exact.value, 6)}.`,
            ]),
      ],
      arrays: {
        spectrum_exponents: { shape: [k], data: value },
        spectrum_errors: { shape: [k], data: error },
      },
      facts: { spectrumProducts: steps },
      products: steps,
    };
  },
};

/** The sum of all exponents in closed form, where the batches are few enough to be gone through. */
function exactSum(
  { batchesOf, MOST_BATCHES, sumRule }: typeof spectra,
  { gram, batchSize, sampling }: MinimumBench,
  stepSize: number,
): Answer | undefined {
  if (gram.factor.rank < gram.size || (batchSize > 1 && sampling !== "subset")) return undefined;
  const batches = batchesOf(gram.samples, batchSize);
  if (!(batches <= MOST_BATCHES)) return undefined;
  return {
    name: "exponent_sum_exact",
    label: "sum of all exponents by the determinants",
    value: sumRule(gram, { stepSize, batchSize, sampling }),
    error: 0,
    unit: "nat/step",
    status: "ok",
    method: `mean of log |det(I - (η/B) G)| over all batches: ${count(batches, "determinant")}`,
    sources: ["Oseledets 1968"],
    cost: {},
  };
}
