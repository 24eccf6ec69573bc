import type { Dataset } from "../../training/training.js";

type Sets = { readonly train: Dataset; readonly test: Dataset | null };

/** Inputs shifted and scaled to mean 0 and variance 1 over the training samples; those that are constant there become 0. */
export function standardised({ train, test }: Sets, inputs: number): Sets {
  const mean = new Float64Array(inputs);
  const scale = new Float64Array(inputs);
  const x = train.inputs;
  for (let j = 0; j < inputs; j++) {
    for (let i = j; i < x.length; i += inputs) mean[j]! += x[i]! / train.samples;
    for (let i = j; i < x.length; i += inputs) scale[j]! += (x[i]! - mean[j]!) ** 2 / train.samples;
    // What rounding leaves of a constant column is no scale.
    const deviation = Math.sqrt(scale[j]!);
    scale[j] = deviation > 1e-12 * Math.abs(mean[j]!) ? 1 / deviation : 0;
  }
  const of = (set: Dataset): Dataset => ({
    ...set,
    inputs: Float64Array.from(set.inputs, (v, i) => (v - mean[i % inputs]!) * scale[i % inputs]!),
  });
  return { train: of(train), test: test && of(test) };
}
