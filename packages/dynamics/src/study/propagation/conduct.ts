import type { Status } from "../../core/status.js";
import { sampleBySample } from "../../networks/architecture.js";
import { training } from "../../training/training.js";
import { optimizerOf } from "../training/optimizer.js";
import { askInTurn, breathe, Stopped, turnsOf } from "../asking.js";
import { refuse } from "../problem.js";
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

/** Runs a study of this kind. */
export async function conduct(spec: Spec, study: Study, context: RunContext): Promise<RunRecord> {
  const started = new Date();
  const { seed } = study;
  if (spec.training && !spec.data) refuse(["system", "training"], "training needs samples; give  data:");
  const built = spec.data
    ? await buildSupervised({ ...spec, data: spec.data }, { seed, read: context.read })
    : { network: buildNetwork(spec.architecture), data: undefined, loss: undefined };
  const asked = turnsOf(study, propagationQuestions as readonly PropagationQuestion[]);
  const planned = asked.reduce((n, { question, spec: own }) => n + question.points(own), 0);
  const trainingSteps = spec.training?.steps ?? 0;
  const network = blame(["system", "architecture"], () => sampleBySample(built.network, "propagation"));
  let status: Status = "ok";
  let theta = network.initial(seed);
  const sentences: string[] = [];
  try {
    if (spec.training && built.data) {
      const found = await train(
        { ...spec, training: spec.training },
        { ...built, data: built.data },
        seed,
        context,
        (done, note) => breathe(context, done, planned + trainingSteps, note),
      );
      [theta, status] = [found.theta, found.status];
      sentences.push(found.sentence);
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    status = "aborted";
  }
  const bench: PropagationBench = {
    network,
    options: networkOptions(spec.architecture),
    type: spec.architecture.type,
    plain: spec.architecture.type === "mlp",
    theta,
    trained: spec.training !== undefined,
    data: built.data,
    seed,
  };
  const { answers, seconds, done, ...asking } = await askInTurn(
    (status === "ok" ? asked : []).map((turn) => {
      const weight = turn.question.points(turn.spec);
      return {
        ...turn,
        weight,
        ask: (tell): Promise<PropagationAnswer> => turn.question.ask(turn.spec, bench, (at, note) => tell(at / weight, note)),
      };
    }),
    context,
    trainingSteps,
  );
  if (status === "ok") status = asking.status;
  if (status === "aborted") sentences.unshift("The run was STOPPED; what follows was known by then.");
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
