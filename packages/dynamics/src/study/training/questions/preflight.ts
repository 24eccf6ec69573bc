import { z } from "zod";
import { memoryless } from "../../../core/memory.js";
import { preflight as judge } from "../preflight.js";
import { refuse } from "../../problem.js";
import { show } from "../../words.js";
import type { Question } from "../question.js";

const schema = z
  .strictObject({ type: z.literal("preflight") })
  .describe(
    "Whether the set-up can grok and why not, judged before the first step: decay, structure, training share, norm, steps",
  );

type Spec = z.infer<typeof schema>;

const VERDICTS = {
  "can grok": "Before the run: this set-up CAN GROK.",
  "no delay": "Before the run: this set-up should generalise, but with NO DELAY after the fit.",
  "too short": "Before the run: this set-up could grok, but the run is TOO SHORT.",
  cannot: "Before the run: this set-up CANNOT GROK.",
};

export const preflight: Question<Spec> = {
  name: "preflight",
  description: "whether a set-up can grok, and why not, before the first step",
  schema,
  attach(_, { run, data, optimizer, steps, learningRate }) {
    if (run.architecture.running)
      refuse(
        ["type"],
        "preflight judges by the norm of the initial weights, which batch normalisation takes off again; ask it of the network without",
      );
    const { weightDecay = 0 } = optimizer as { readonly weightDecay?: number };
    const found = judge({
      architecture: run.architecture,
      train: data.train,
      test: data.test,
      stepSize: learningRate,
      weightDecay,
      steps,
      initial: run.parameters.slice(),
    });
    return {
      ...memoryless,
      conclude: () => ({
        answers: Number.isFinite(found.wait)
          ? [
              {
                name: "preflight_wait",
                label: "steps from the fit to generalisation, estimated before the run",
                value: found.wait,
                error: found.wait,
                unit: "step",
                status: "ok",
                method: "log(w0 / wc) / (eta w), or 2 / (eta w) without excess norm; the error is as large",
                sources: ["Liu, Michaud, Tegmark 2022"],
                cost: {},
              },
            ]
          : [],
        sentences: [
          VERDICTS[found.verdict],
          ...found.checks.filter((c) => c.verdict !== "ok" || c.name === "structure").map((c) => c.sentence),
        ],
        facts: {
          preflight: found.verdict,
          preflightFailed: found.checks
            .filter((c) => c.verdict === "no")
            .map((c) => c.name)
            .join(", "),
          normRatio: Number(show(found.norm / found.usualNorm)),
        },
      }),
    };
  },
};
