import { compile, vmap } from "#engine";
import { targets, type Target } from "../../catalogue/targets.js";
import { lookup } from "../../core/lookup.js";
import { random } from "../../core/random.js";
import { askInTurn } from "../asking.js";
import type { Column } from "../conclusion.js";
import { recordOf, type RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import type { RepresentationAnswer, RepresentationQuestion } from "./question.js";
import { representationQuestions } from "./questions/index.js";

// Above the streams of layers, members of networks and other data.
const POINTS_STREAM = 1_000_020;

/** Puts a function to its questions, one after the other. */
export async function conduct(
  spec: { readonly target: string; readonly points: number },
  study: Study,
  context: RunContext,
): Promise<RunRecord> {
  const started = new Date();
  const target = lookup("target", targets, spec.target);
  const { inputs, outputs } = target;
  const points = pointsOf(target, spec.points, study.seed);
  const program = compile((xs) => [vmap(target.psi)(xs!)], [{ shape: [spec.points, inputs] }]);
  program.inputs[0]!.set(points);
  program.run();
  const values = Float64Array.from(program.outputs[0]!);
  const bench = { target, count: spec.points, points, values, seed: study.seed, threads: context.threads };
  const questions = representationQuestions as readonly RepresentationQuestion[];
  const { answers, seconds, status } = await askInTurn(
    study.questions.map((asked, place) => ({
      name: asked.type,
      place,
      weight: 1,
      ask: (breathe): Promise<RepresentationAnswer> =>
        lookup("question", questions, asked.type).ask(asked as never, bench, breathe),
    })),
    context,
  );
  const series = [
    ...columnsOf("x", inputs, points, "input"),
    ...columnsOf("target", outputs, values, "the function"),
    ...answers.flatMap((a) => a.columns),
  ];
  const arrays = Object.assign({}, ...answers.map((a) => a.arrays ?? {})) as NonNullable<RepresentationAnswer["arrays"]>;
  return recordOf(study, context, started, {
    status,
    steps: { planned: study.questions.length, done: answers.length, unit: "question" },
    network: { name: target.name, parameters: 0, layout: [] },
    verdict: [
      ...(status === "aborted" ? ["The run was STOPPED; what follows was known by then."] : []),
      `The function ${target.name} (${target.description}) on [${target.domain.join(", ")}]${inputs > 1 ? ` in each of ${inputs} inputs` : ""}.`,
      ...answers.flatMap((a) => a.sentences),
    ],
    facts: { target: target.name, inputs, outputs, ...Object.assign({}, ...answers.map((a) => a.facts ?? {})) },
    answers: answers.flatMap((a) => a.answers),
    series,
    arrays,
    clock: { questions: seconds },
  });
}

/** Evenly spaced on a line, at random in a box. */
function pointsOf({ inputs, domain: [from, to] }: Target, count: number, seed: number): Float64Array {
  const stream = random(seed, POINTS_STREAM);
  return Float64Array.from(
    { length: count * inputs },
    inputs === 1 ? (_, i) => from + (to - from) * (i / (count - 1)) : () => from + (to - from) * stream.uniform(),
  );
}

function columnsOf(
  name: string,
  width: number,
  rows: Float64Array,
  what: string,
): (Column & { readonly values: Float64Array })[] {
  return Array.from({ length: width }, (_, j) => ({
    name: `${name}_${j + 1}`,
    unit: "1",
    description: width > 1 ? `${what}, component ${j + 1}` : what,
    values: Float64Array.from({ length: rows.length / width }, (_v, i) => rows[i * width + j]!),
  }));
}
