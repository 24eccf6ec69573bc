import type { Status } from "../../core/status.js";
import { training } from "../../training/training.js";
import { optimizerOf } from "../training/optimizer.js";
import { refuse, StudyError } from "../problem.js";
import { blame, buildNetwork, buildSupervised, networkOptions } from "../supervised.js";
import type { RunContext } from "../system.js";
import type { StudyData } from "../table.js";
import { count, percent, show } from "../words.js";
import type { PropagationAnswer, PropagationBench, PropagationQuestion } from "./question.js";
import { propagationQuestions } from "./questions/index.js";
import { record } from "./record.js";
import type { Study } from "../schema.js";
import type { RunRecord } from "../record.js";
import type { Spec } from "./system.js";

/** Optimizer steps between two looks at the clock. */
const BLOCK = 100;

/** What ends a run in the middle. */
class Stopped extends Error {}

/** Runs a study of this kind. */
export async function conduct(spec: Spec, study: Study, context: RunContext): Promise<RunRecord> {
  const started = new Date();
  const { seed } = study;
  if (spec.training && !spec.data) refuse(["system", "training"], "training needs samples; give  data:");
  const built = spec.data
    ? await buildSupervised({ ...spec, data: spec.data }, { seed, read: context.read })
    : { network: buildNetwork(spec.architecture), data: undefined, loss: undefined };
  const asked = (propagationQuestions as readonly PropagationQuestion[]).flatMap((question) => {
    const i = study.questions.findIndex((q) => q.type === question.name);
    return i < 0 ? [] : [{ question, i, spec: study.questions[i] as never }];
  });
  const planned = asked.reduce((n, { question, spec: own }) => n + question.points(own), 0);
  const trainingSteps = spec.training?.steps ?? 0;
  let [before, done] = [0, 0];
  const breathe = async (at: number, note: string): Promise<void> => {
    context.onProgress?.({ done: before + at, total: planned + trainingSteps, unit: "part", note });
    await new Promise((resolve) => setTimeout(resolve));
    if (context.signal?.aborted) throw new Stopped();
  };
  const { network } = built;
  let status: Status = "ok";
  let theta = network.initial(seed);
  const sentences: string[] = [];
  const answers: PropagationAnswer[] = [];
  const seconds: Record<string, number> = {};
  try {
    if (spec.training && built.data) {
      const found = await train({ ...spec, training: spec.training }, { ...built, data: built.data }, seed, context, breathe);
      [theta, status] = [found.theta, found.status];
      sentences.push(found.sentence);
      before += trainingSteps;
    }
    const bench: PropagationBench = {
      network,
      options: networkOptions(spec.architecture),
      plain: spec.architecture.type === "mlp",
      theta,
      trained: spec.training !== undefined,
      data: built.data,
      seed,
    };
    for (const { question, i, spec: own } of status === "ok" ? asked : []) {
      const from = performance.now();
      answers.push(await place(i, () => question.ask(own, bench, breathe)));
      seconds[question.name] = (performance.now() - from) / 1000;
      before += question.points(own);
      done += question.points(own);
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    status = "aborted";
    sentences.unshift("The run was STOPPED; what follows was known by then.");
  }
  return record(study, {
    network,
    theta,
    data: built.data,
    status,
    sentences,
    answers,
    planned,
    done,
    seconds,
    started,
    context,
  });
}

async function train(
  spec: Spec & { readonly training: NonNullable<Spec["training"]> },
  built: {
    readonly network: Parameters<typeof training>[0]["architecture"];
    readonly data: StudyData;
    readonly loss: Parameters<typeof training>[0]["loss"];
  },
  seed: number,
  { threads: pool }: RunContext,
  breathe: (done: number, note: string) => Promise<void>,
): Promise<{ theta: Float64Array<ArrayBuffer>; status: Status; sentence: string }> {
  const { steps } = spec.training;
  const optimizer = blame(["system", "training", "optimizer"], () => optimizerOf(spec.training.optimizer));
  const run = blame(["system", "training"], () =>
    training({ architecture: built.network, data: built.data.train, loss: built.loss, optimizer, seed, threads: pool }),
  );
  let status: Status = "ok";
  for (let at = 0; at < steps && status === "ok"; at += BLOCK) {
    status = run.step(Math.min(BLOCK, steps - at));
    await breathe(Math.min(steps, at + BLOCK), `training, loss ${show(run.observables["loss"]![0]!)}`);
  }
  const theta = Float64Array.from(run.parameters);
  if (status !== "ok")
    return {
      theta,
      status,
      sentence: `Training DIVERGED after step ${count(run.time, "step")}: take a smaller learning rate. Nothing was asked of the network.`,
    };
  const { loss, accuracy } = run.evaluate(built.data.train);
  return {
    theta,
    status,
    sentence: `The network was trained for ${count(steps, "step")} to the loss ${show(loss)}${Number.isNaN(accuracy) ? "" : `; it gets ${percent(accuracy)} of the ${count(built.data.train.samples, "sample")} right`}.`,
  };
}

/** A problem of a question stands at that question's place in the study. */
async function place<T>(question: number, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof StudyError)
      throw new StudyError(error.problems.map((p) => ({ ...p, path: ["questions", question, ...p.path] })));
    if (error instanceof RangeError) throw new StudyError([{ path: ["questions", question], message: error.message }]);
    throw error;
  }
}
