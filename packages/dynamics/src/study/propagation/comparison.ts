import { familiesOfGrowth, growthOverGain } from "../../networks/growth-over-gain.js";
import { blame } from "../supervised.js";
import { refuse } from "../problem.js";
import { show } from "../words.js";
import type { PropagationAnswer, PropagationBench } from "./question.js";
import type { CompareSpec } from "./questions/edge-of-chaos.js";

/** What the comparison adds to an answer. */
export type Comparison = Required<Pick<PropagationAnswer, "sentences" | "answers" | "arrays" | "facts">>;

/** Growth of gradients over the gain, for each initializer. */
export async function comparison(
  { weights, from, to, count }: CompareSpec,
  { options, type }: PropagationBench,
  drawn: { readonly seed: number; readonly inputSquare: number; readonly draws?: number },
  tell: (note: string) => Promise<void>,
): Promise<Comparison> {
  if (!familiesOfGrowth.includes(type)) refuse(["compare"], `allowed for ${familiesOfGrowth.join(", ")}`);
  if (!(to > from)) refuse(["compare", "to"], `from ${from} to ${to} given; allowed: a range that goes up`);
  const gains = Float64Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
  const rows: number[] = [];
  const sentences: string[] = [];
  const answers: Comparison["answers"][number][] = [];
  for (const [k, name] of weights.entries()) {
    await tell(`growth over the gain, ${name}`);
    const settings = { ...options, init: { ...options.init, weights: name } };
    const found = blame(["system", "architecture"], () => growthOverGain({ type, options: settings, gains, ...drawn }));
    const { weightVariance, theory, value, error, scatter } = found;
    gains.forEach((g, i) => rows.push(k, g, weightVariance[i]!, theory[i]!, value[i]!, error[i]!, scatter[i]!));
    const off = value.map((v, i) => v - theory[i]!);
    const worst = off.reduce((w, v, i) => (Math.abs(v) > Math.abs(off[w]!) ? i : w), 0);
    const typical = Math.sqrt(scatter.reduce((s, v) => s + v * v, 0) / count);
    sentences.push(
      `With ${name} weights the growth of gradients a layer goes from ${show(value[0]!)} to ${show(value[count - 1]!)} nat as the gain goes from ${show(from)} to ${show(to)}; it is at most ${show(Math.abs(off[worst]!), 2)} nat from theory of infinite width, and single networks scatter by ${show(typical, 2)}.`,
    );
    answers.push({
      name: `growth_off_theory_${name.replaceAll("-", "_")}`,
      label: `largest difference of measured growth and theory over the gains, ${name}`,
      value: off[worst]!,
      error: error[worst]!,
      unit: "nat/layer",
      status: Number.isFinite(off[worst]!) ? "ok" : "not-converged",
      method: "mean over networks drawn less theory of infinite width; standard error over the networks",
      sources: ["Schoenholz, Gilmer, Ganguli, Sohl-Dickstein 2017", "Yang, Schoenholz 2017"],
      cost: {},
      ...(Number.isFinite(off[worst]!) ? {} : { explanation: "a gradient is 0 or not finite at some gain: narrow the range" }),
    });
  }
  return {
    sentences,
    answers,
    arrays: { edge_growth: { shape: [weights.length * count, 7], data: Float64Array.from(rows) } },
    facts: { comparedWeights: weights.join(", ") },
  };
}

/** An answer with the comparison behind it. */
export const joined = (answer: PropagationAnswer, more: Comparison): PropagationAnswer => ({
  ...answer,
  sentences: [...answer.sentences, ...more.sentences],
  answers: [...answer.answers, ...more.answers],
  arrays: { ...answer.arrays, ...more.arrays },
  facts: { ...answer.facts, ...more.facts },
});
