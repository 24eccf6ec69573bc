import { binomialShare, type BinomialShare } from "../../core/confidence.js";
import type { Status } from "../../core/status.js";
import type { Answer, NamedArray } from "../conclusion.js";
import type { RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { InputFile } from "../table.js";
import { count, percent, show } from "../words.js";
import type { Bench, LayerColumn, Level, PartAnswer } from "./part.js";
import { inspectionParts } from "./parts/index.js";
import { classOf } from "./parts/structure.js";
import type { PlannedPart } from "./plan.js";
import { largest, type Model } from "./subject.js";

/** What the record of an inspection says besides what was found. */
export interface RecordContext {
  readonly title: string;
  /** What was asked for, as the record keeps it: files, their digests, and the keys of the command. */
  readonly system: Readonly<Record<string, string | number | null>>;
  readonly files: readonly InputFile[];
  readonly seed: number;
  /** For the record. */
  readonly threadCount: number;
  readonly version: string;
}

export interface DonePart {
  readonly part: PlannedPart;
  readonly answer: PartAnswer;
}

/** How far an inspection has come. */
interface Standing {
  readonly done: readonly DonePart[];
  /** Parts that are left out, with the reason. */
  readonly left: readonly string[];
  /** Parts that are still to come. */
  readonly following: readonly string[];
  readonly planned: number;
  readonly status: Status;
  readonly started: Date;
  /** By part. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** What is known of a model, however it came about. */
interface Known {
  readonly sentences: readonly string[];
  readonly answers: readonly Answer[];
  readonly facts: Readonly<Record<string, string | number | null>>;
  readonly arrays: Readonly<Record<string, NamedArray>>;
  readonly columns: readonly LayerColumn[];
  readonly questions: readonly { readonly type: string; readonly level: Level }[];
}

/** The record of an inspection on data, whether it has ended or not. */
export function measured(bench: Bench, standing: Standing, context: RecordContext): RunRecord {
  const { done, left, following, status } = standing;
  const answers = done.map((d) => d.answer);
  return record(bench, standing, context, {
    sentences: [
      ...(status === "aborted" ? ["The inspection was STOPPED; what follows was known by then."] : []),
      ...introduction(bench),
      ...answers.flatMap((a) => a.sentences),
      ...(following.length > 0 ? [`Still to come: ${following.join(", ")}.`] : [leftOut(left)]),
    ],
    answers: [...firstAnswers(bench), ...answers.flatMap((a) => a.answers)],
    facts: { loss: bench.loss.name, ...Object.assign({}, ...answers.map((a) => a.facts ?? {})) },
    arrays: {
      predictions: { shape: [bench.data.samples, bench.architecture.outputs], data: bench.predictions },
      ...Object.assign({}, ...answers.map((a) => a.arrays ?? {})),
    },
    columns: answers.flatMap((a) => a.columns ?? []),
    questions: done.map(({ part }) => ({ type: part.part.name, level: part.level! })),
  });
}

/**
 * What a model file tells without data: what it is, its layers, and, where it is a multilayer perceptron, the class of its input-output map.
 *
 * *Arguments*: `model` from `onnxNetwork`; see `RecordContext`.
 * *Returns*: a record as `inspectModel` gives it, which names the parts that need data.
 * *Cost*: the singular values of the weights of a perceptron.
 * *Example*: `const model = { architecture: net, theta: net.initial(0), tokens: false, head: undefined, layered: undefined, why: "made by hand" };
 * describeModel(model, { title: "Mine", system: {}, files: [], seed: 0, threadCount: 1, version: "0" }).series[1].values // [6, 4]`
 */
export function describeModel(model: Model, context: RecordContext): RunRecord {
  const { architecture, theta, layered, head, tokens } = model;
  const started = new Date();
  const begun = performance.now();
  const found = layered ? classOf({ architecture, theta, layered }) : undefined;
  const seconds: Record<string, number> = found ? { structure: (performance.now() - begun) / 1000 } : {};
  const onData = inspectionParts.map((p) => p.name).filter((name) => name !== "structure");
  const left = [`${onData.join(", ")} (they are measured on data, inputs and targets, and none were given)`];
  if (!found) left.unshift(`structure (the model is not a plain layered network: ${model.why})`);
  const standing = {
    left,
    planned: found ? 1 : 0,
    status: "ok" as const,
    started,
    seconds,
  };
  return record(model, standing, context, {
    sentences: [
      what(model),
      ...(tokens ? ["Its inputs are whole numbers, such as tokens: nothing has a derivative by them."] : []),
      ...(head ? [`Its last ${head} is taken off: outputs are logits.`] : []),
      ...(found?.sentences ?? []),
      leftOut(left),
    ],
    answers: [
      {
        name: "parameter_norm",
        label: "norm of the parameters",
        value: Math.sqrt(theta.reduce((s, t) => s + t * t, 0)),
        error: 0,
        unit: "1",
        status: "ok",
        method: "Euclidean; exact to rounding",
        sources: [],
        cost: {},
      },
      ...(found?.answers ?? []),
    ],
    facts: found?.facts ?? {},
    arrays: {},
    columns: [
      {
        name: "layer_parameters",
        unit: "1",
        description: "parameters of the layer",
        values: architecture.layerMaps.map((l) => l.parameters.reduce((n, p) => n + p.shape.reduce((a, b) => a * b, 1), 0)),
      },
    ],
    questions: found ? [{ type: "structure", level: "full" }] : [],
  });
}

const leftOut = (left: readonly string[]): string =>
  left.length === 0 ? "Nothing was left out." : `Left out: ${left.join("; ")}.`;

function record(
  { architecture, theta }: Pick<Bench, "architecture" | "theta">,
  { left, planned, status, started, seconds }: Omit<Standing, "done" | "following">,
  { title, system, files, seed, version, threadCount }: RecordContext,
  { sentences, answers, facts, arrays: found, columns: more, questions }: Known,
): RunRecord {
  const columns: LayerColumn[] = [
    {
      name: "layer",
      unit: "1",
      description: "number of the layer, from 1",
      values: Float64Array.from(architecture.layerMaps, (_, l) => l + 1),
    },
    ...more,
  ];
  const arrays = { parameters: { shape: [theta.length], data: theta }, ...found };
  const finished = new Date();
  const study = { title, seed, system: { kind: "model", ...system }, questions };
  return {
    manifest: {
      format: "separatrix-run/1",
      title,
      status,
      seed,
      // The record of an inspection has the form of a study's, so that reports and citations read it the same way.
      study: study as unknown as Omit<Study, "output">,
      versions: { separatrix: version },
      inputs: files,
      steps: { planned, done: questions.length, unit: "part" },
      network: { name: architecture.name, parameters: architecture.size, layout: architecture.layout },
      verdict: sentences,
      facts: {
        leftOut: left.join("; ") || null,
        layers: architecture.layerMaps.map((l) => l.name).join(", "),
        ...facts,
      },
      answers,
      series: columns.map(({ name, unit, description }) => ({ name, unit, description })),
      arrays: Object.fromEntries(Object.entries(arrays).map(([name, { shape }]) => [name, { shape, dtype: "f64" as const }])),
    },
    series: columns.map((c) => ({ ...c, values: Float64Array.from(c.values) })),
    arrays,
    clock: {
      started: started.toISOString(),
      finished: finished.toISOString(),
      threads: threadCount,
      total: (finished.getTime() - started.getTime()) / 1000,
      questions: seconds,
    },
  };
}

const what = ({ architecture, layered, why }: Pick<Model, "architecture" | "layered" | "why">): string =>
  `The model is ${architecture.name}: ${count(architecture.inputs, "input")}, ${count(architecture.outputs, "output")}, ${count(architecture.size, "parameter")}, ${count(architecture.layerMaps.length, "layer")}.${
    layered
      ? ""
      : ` It is not a plain layered network (${why}), so its class as one is left out, and activations stand where such networks have layers.`
  }`;

function introduction(bench: Bench): string[] {
  const { architecture, data, loss, convention, lossValue, labels, predictions } = bench;
  const right = labels ? accuracyOf(labels, predictions, architecture.outputs).value : NaN;
  return [
    what(bench),
    `On ${count(data.samples, "sample")} its loss is ${show(lossValue)}${labels ? `, and ${percent(right)} of the samples are of their class` : ""}. The loss is ${loss.name} (${loss.description}), ${convention}.`,
  ];
}

function firstAnswers({ lossValue, gradient, labels, predictions, architecture }: Bench): Answer[] {
  const exact = { error: 0, status: "ok" as const, sources: [], cost: {} };
  const right = labels && accuracyOf(labels, predictions, architecture.outputs);
  return [
    { ...exact, name: "loss", label: "loss", value: lossValue, unit: "loss", method: "over all samples; exact to rounding" },
    {
      ...exact,
      name: "gradient_norm",
      label: "norm of the loss's gradient",
      value: Math.sqrt(gradient.reduce((s, g) => s + g * g, 0)),
      unit: "loss",
      method: "exact derivative",
    },
    ...(right
      ? [
          {
            ...exact,
            name: "accuracy",
            label: "samples of their class",
            value: right.value,
            error: right.error,
            unit: "1",
            method: "share; the error is the longer arm of the 95 % interval of Clopper and Pearson in standard errors",
          },
        ]
      : []),
  ];
}

function accuracyOf(labels: Int32Array, predictions: Float64Array, outputs: number): BinomialShare {
  let right = 0;
  labels.forEach((c, i) => {
    if (c === (outputs === 1 ? Number(predictions[i]! > 0) : largest(predictions, i, outputs))) right++;
  });
  return binomialShare(right, labels.length);
}
