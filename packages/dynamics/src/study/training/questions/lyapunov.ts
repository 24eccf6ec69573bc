import { z } from "zod";
import { kaplanYorke } from "../../../analysis/kaplan-yorke.js";
import { lyapunovAlong, type LyapunovMemory } from "../../../analysis/lyapunov.js";
import type { Estimate } from "../../../core/estimate.js";
import { orthonormalize } from "../../../core/rows.js";
import { refuse } from "../../problem.js";
import { show, withError } from "../../words.js";
import type { Answer } from "../../conclusion.js";
import type { Question } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("lyapunov"),
    k: z.int().min(1).max(64).default(1).describe("Number of exponents, the largest first"),
    interval: z.int().min(1).max(10_000).default(10).describe("Steps between orthonormalisations of the tangents"),
    transient: z.int().min(0).optional().describe("Steps at the start that do not count; default: a tenth of the run"),
  })
  .describe("Characteristic Lyapunov exponents of the training map along this run");

type Spec = z.infer<typeof schema>;

function explain(value: number, error: number, from: number, to: number): string {
  const over = `The Lyapunov exponent of this training run, over steps ${show(from, 12)} to ${show(to, 12)}, is ${withError(value, error)} per step`;
  if (Math.abs(value) <= 2 * error)
    return `${over}: not distinguishable from 0, so this run does not tell whether two runs started a hair apart part or meet.`;
  const scale = `a factor e in ${show(1 / Math.abs(value), 3)} steps`;
  return value > 0
    ? `${over}: two runs started a hair apart part by ${scale}.`
    : `${over}: two runs started a hair apart approach each other by ${scale}.`;
}

/** The Kaplan-Yorke dimension from several exponents, where they reach far enough. */
function dimension(found: Estimate, dim: number, random: boolean): { answer: Answer; sentence: string }[] {
  const of = random
    ? "Lyapunov dimension of the random attractor, by the formula of Kaplan and Yorke"
    : "Kaplan-Yorke dimension of the attractor";
  const answer = {
    ...found,
    name: "kaplan_yorke",
    label: `${of}, of ${dim}`,
    unit: "1",
    sources: [...found.sources, ...(random ? ["Ledrappier, Young 1988"] : [])],
  };
  const sentence =
    found.status === "ok"
      ? found.value === 0
        ? "The dimension by Kaplan and Yorke is 0: runs under the same steps meet in one point."
        : `The dimension by Kaplan and Yorke is ${withError(found.value, found.error)} of ${dim}${random ? ": a formula in the exponents, which is the dimension of the random attractor under hypotheses that are not checked here" : ""}.`
      : `The dimension by Kaplan and Yorke is not known: ${found.explanation}.`;
  return [{ answer, sentence }];
}

export const lyapunov: Question<Spec> = {
  name: "lyapunov",
  description: "characteristic Lyapunov exponents of the training run, with standard errors",
  schema,
  attach({ k, interval, transient: given }, { run, steps, batchSize }) {
    const transient = given ?? Math.ceil(steps / 10);
    if (k > run.dim) refuse(["k"], `${k} exponents asked for; the state has ${run.dim} dimensions`);
    if (transient + 2 * interval > steps) {
      refuse(
        given === undefined ? ["interval"] : ["transient"],
        `after ${transient} of ${steps} steps no two intervals of ${interval} are left to average over; take more steps or less of these`,
      );
    }
    const growth = lyapunovAlong(k, run.dim);
    let last = 0;
    let from = NaN;
    const tangentNames = Array.from({ length: k }, (_, i) => `lyapunov_${i + 1}`);
    return {
      tangents: k,
      every: interval,
      rows: false,
      along(tangents, time) {
        // The first time counts nothing: growth is measured from one orthonormal frame to the next.
        if (time === last || last < transient) {
          orthonormalize(tangents, k, run.dim);
        } else {
          if (Number.isNaN(from)) from = last;
          growth.push(tangents, time - last);
        }
        last = time;
      },
      columns: tangentNames.flatMap((name, i) => [
        { name, unit: "1/step", description: `running estimate of Lyapunov exponent ${i + 1}` },
        { name: `${name}_error`, unit: "1/step", description: "its standard error by batch means" },
      ]),
      values() {
        const { value, error } = growth.estimate();
        return Array.from(value).flatMap((v, i) => [v, error[i]!]);
      },
      remember: () => ({ growth: growth.remember(), last, from }),
      recall(memory: { growth: LyapunovMemory; last: number; from: number }) {
        growth.recall(memory.growth);
        ({ last, from } = memory);
      },
      conclude({ status }) {
        const { value, error, method, sources, cost, explanation, status: own } = growth.estimate();
        const answers = tangentNames.map((name, i): Answer => ({
          name,
          label: `Lyapunov exponent ${i + 1} of the training run, steps ${Number.isNaN(from) ? transient : from} to ${last}`,
          value: value[i]!,
          error: error[i]!,
          unit: "1/step",
          status: own === "ok" ? status : own,
          method,
          sources,
          cost,
          ...(explanation === undefined ? {} : { explanation }),
        }));
        const first = answers[0]!;
        const sentence = Number.isFinite(first.value)
          ? `${explain(first.value, first.error, from, last)}${explanation ? ` Caution: ${explanation}.` : ""}`
          : first.value === -Infinity
            ? `The Lyapunov exponent of this training run is minus infinity: ${explanation}.`
            : `The Lyapunov exponent of this training run is unknown: ${own === "step-limit" ? `the run ended before two intervals of ${interval} steps were averaged after the first ${transient}` : (explanation ?? own)}.`;
        const spread =
          k > 1 && own === "ok" && status !== "diverged"
            ? dimension(kaplanYorke(growth.estimate(), run.dim), run.dim, batchSize !== undefined)
            : [];
        return {
          answers: [...answers, ...spread.map((s) => s.answer)],
          sentences: status === "diverged" ? [] : [sentence, ...spread.map((s) => s.sentence)],
        };
      },
    };
  },
};
