import { activations, lookup, orderPreservation } from "#dynamics";
import { add, compile, mul } from "#engine";
import { answering } from "./answering.js";
import type { Work } from "./protocol/jobs.js";
import type { NeuronNews, NeuronOrder } from "./protocol/neuron.js";

/** Local fields that are looked at. */
const FIELDS = 801;

/** What one neuron or two make of the order of their local fields. */
export const neuron: Work<"neuron"> = (_input, host) =>
  answering(host, async (order) => {
    host.news(neuronOf(order));
    await host.breathe();
  });

/** What one neuron or two make of fields that lie evenly. */
export function neuronOf({ activation, weights, spread }: NeuronOrder): NeuronNews {
  const { apply } = lookup("activation", activations, activation);
  const [w1, b1, w2, b2] = weights;
  const program = compile(
    (h) => {
      const one = apply(add(mul(w1, h!), b1));
      return [w2 === undefined ? one : add(one, apply(add(mul(w2, h!), b2!)))];
    },
    [{ shape: [FIELDS] }],
  );
  const fields = Float64Array.from({ length: FIELDS }, (_, i) => (spread * (2 * i - (FIELDS - 1))) / (FIELDS - 1));
  program.inputs[0]!.set(fields);
  program.run();
  const values = Float64Array.from(program.outputs[0]!);
  const { tau, strict, merged, weak, value } = orderPreservation({ samples: FIELDS, units: 1, before: fields, after: values });
  return {
    fields,
    values,
    tau: tau[0]!,
    strict: strict[0]!,
    merged: merged[0]!,
    reversed: 1 - weak[0]!,
    preserves: value === 1,
  };
}
