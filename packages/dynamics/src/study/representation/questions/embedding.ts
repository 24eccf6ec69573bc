import { z } from "zod";
import { compile, vmap } from "#engine";
import { embeddable } from "../../../analysis/embeddable.js";
import { lookup } from "../../../core/lookup.js";
import { solvers } from "../../../flow/solvers/index.js";
import { embed } from "../../../networks/embed.js";
import { oneOf } from "../../supervised.js";
import { count, show } from "../../words.js";
import { farthest, type RepresentationQuestion } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("embedding"),
    solver: oneOf(solvers.filter((s) => !s.separable))
      .default("euler")
      .describe("Solver of the flow"),
    steps: z.int().min(1).max(10_000).default(1).describe("Its steps"),
    units: z.int().min(2).max(1000).optional().describe("Units of the state. Default: inputs + outputs"),
  })
  .describe("The augmented neural ODE that represents the function exactly, and whether it takes one");

type Spec = z.infer<typeof schema>;

export const embedding: RepresentationQuestion<Spec> = {
  name: "embedding",
  description: "the augmented neural ODE that is the function, its error, and whether one without augmentation can be",
  schema,
  async ask({ solver, steps, units }, { target, count: n, points, values }, breathe) {
    await breathe(0, "embedding");
    const { psi, inputs, outputs, domain } = target;
    const made = embed(psi, { inputs, outputs, ...(units === undefined ? {} : { state: units }) });
    const program = compile(
      (xs) => [vmap(made.map({ solver: lookup("solver", solvers, solver), steps }))(xs!)],
      [{ shape: [n, inputs] }],
    );
    program.inputs[0]!.set(points);
    program.run();
    const got = Float64Array.from(program.outputs[0]!);
    const error = farthest(got, values);
    await breathe(0.5, "obstructions");
    const narrow = embeddable(psi, { inputs, outputs, domain });
    return {
      answers: [
        {
          name: "embedding_error",
          label: "largest difference of the embedding to the function",
          value: error,
          error: 0,
          unit: "1",
          status: "ok",
          method: `${count(n, "point")}, ${count(steps, "step")} of ${solver}; exact but for rounding`,
          sources: ["Kuehn, Kuntz 2023"],
          cost: {},
        },
      ],
      sentences: [
        `With ${made.state} units, ${inputs} to hold the input and ${made.state - inputs} beside it, a neural ODE REPRESENTS THIS FUNCTION EXACTLY. ` +
          `The largest difference at ${count(n, "point")} is ${show(error)}, with ${count(steps, "step")} of ${solver}.`,
        inputs === outputs
          ? `With ${count(inputs, "unit")}, as many as inputs, ${narrow.verdict === "no" ? "NO FLOW IS THIS FUNCTION" : "it is not excluded"}: ${narrow.reason}.`
          : `With fewer units than ${inputs + outputs} the theorem says nothing.`,
      ],
      facts: { units: made.state, withoutAugmentation: narrow.verdict },
      columns: Array.from({ length: outputs }, (_, j) => ({
        name: `embedded_${j + 1}`,
        unit: "1",
        description: `output ${j + 1} of the embedding`,
        values: Float64Array.from({ length: n }, (_v, i) => got[i * outputs + j]!),
      })),
    };
  },
};
