import { z } from "zod";
import type { Answer, NamedArray } from "../../conclusion.js";
import { refuse } from "../../problem.js";
import { show } from "../../words.js";
import type { PopulationQuestion } from "../question.js";

const schema = z
  .strictObject({ type: z.literal("spectrum") })
  .describe("The outermost eigenvalues of each graph's limit, and the couplings at which order begins");

type Spec = z.infer<typeof schema>;

export const spectrumQuestion: PopulationQuestion<Spec> = {
  name: "spectrum",
  description: "the outermost eigenvalues of each graph's limit, and the critical couplings that they give",
  schema,
  async ask(_spec, { graphs, density, units }, breathe) {
    const answers: Answer[] = [];
    const sentences: string[] = [];
    const arrays: Record<string, NamedArray> = {};
    const center = density?.center ?? 0;
    for (const [g, { name, limit, spectrum }] of graphs.entries()) {
      await breathe(g / graphs.length, name);
      const found = spectrum?.() ?? refuse([], `${name} has no limit that is a graphon, and so no spectrum`);
      const { positive, negative, extremes, leading } = found;
      const eigenvalue = (which: "largest" | "smallest"): Answer => ({
        name: `${which}_eigenvalue_${g + 1}`,
        label: `${which} eigenvalue of the limit, ${name}`,
        value: extremes[which],
        error: extremes.error,
        unit: "1",
        status: Number.isNaN(extremes[which]) ? "not-converged" : extremes.status,
        method: extremes.method,
        ...(Number.isNaN(extremes[which])
          ? {
              explanation:
                "of a directed network only the largest eigenvalue is named, and that only where no weight is negative",
            }
          : {}),
        sources: ["Chiba, Medvedev 2019"],
        cost: {},
      });
      answers.push(eigenvalue("largest"), eigenvalue("smallest"));
      for (const [sign, found] of [
        ["positive", positive],
        ["negative", negative],
      ] as const)
        answers.push({
          ...found,
          // Rounding is no error bar worth showing.
          error: found.error < 1e-12 * Math.abs(found.value) ? 0 : found.error,
          name: `${sign}_critical_coupling_${g + 1}`,
          label: `predicted ${sign} critical coupling, ${name}`,
        });
      if (leading && leading.im !== 0)
        for (const [part, value] of Object.entries(leading))
          answers.push({
            name: `leading_eigenvalue_${part}_${g + 1}`,
            label: `${part === "re" ? "real" : "imaginary"} part of the eigenvalue whose mode ends incoherence, ${name}`,
            value,
            error: 1e-12 * Math.abs(value),
            unit: "1",
            status: "ok",
            method: "all eigenvalues, part by part; error: that of rounding, if they are not nearly equal to others",
            sources: ["Chiba, Medvedev 2019"],
            cost: {},
          });
      if (limit?.eigenvalues)
        arrays[`eigenvalues_${g + 1}`] = { shape: [limit.eigenvalues.length], data: Float64Array.from(limit.eigenvalues) };
      const ends = (value: number): string => (Number.isFinite(value) ? `K = ${show(value, 5)}` : "no coupling");
      const turning = Number.isFinite(positive.value) && Math.abs(positive.frequency - center) > 1e-6 * Math.abs(positive.value);
      const mode =
        (leading && leading.im !== 0
          ? ` The mode that ends it has the eigenvalue ${show(leading.re, 4)} ${leading.im < 0 ? "-" : "+"} ${show(Math.abs(leading.im), 4)} i.`
          : "") + (turning ? ` There order sets in turning, at the frequency ${show(positive.frequency, 4)}.` : "");
      sentences.push(
        Number.isNaN(extremes.smallest)
          ? `${name} is directed: ${Number.isNaN(extremes.largest) ? "it has negative weights" : `its largest eigenvalue is ${show(extremes.largest, 4)} (times ${units} units: ${show(extremes.largest * units, 5)})`}; ${Number.isFinite(positive.value) ? `incoherence ends at ${ends(positive.value)}` : extremes.largest === 0 ? "NO COUPLING makes all of it order itself, since nothing runs in cycles" : `where it ends is not known: ${positive.explanation}`}.${mode}`
          : `${name}: eigenvalues of the limit lie between ${show(extremes.smallest, 4)} and ${show(extremes.largest, 4)} (times ${units} units: ${show(extremes.smallest * units, 5)} and ${show(extremes.largest * units, 5)}); incoherence ends at ${Number.isFinite(negative.value) && !Number.isFinite(positive.value) ? "no positive coupling" : ends(positive.value)}${Number.isFinite(negative.value) ? ` and at ${ends(negative.value)}` : Number.isFinite(positive.value) ? " and at no negative coupling" : ""}.${mode}`,
      );
    }
    return { answers, sentences, arrays, steps: 0 };
  },
};
