import { compile, valueAndGrad, type Threads } from "#engine";
import type { Status } from "../../core/status.js";
import { constants } from "../../training/data.js";
import { hessians } from "../../training/hessian.js";
import type { Answer } from "../conclusion.js";
import type { RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { Progress } from "../system.js";
import type { InputFile } from "../table.js";
import { count, percent, show } from "../words.js";
import type { Bench, LayerColumn, PartAnswer, Rates } from "./part.js";
import type { PlannedPart } from "./plan.js";
import { largest, type Subject } from "./subject.js";

export interface InspectionContext {
  readonly title: string;
  /** What was asked for, as the record keeps it: files, their digests, and the keys of the command. */
  readonly system: Readonly<Record<string, string | number | null>>;
  readonly files: readonly InputFile[];
  readonly seed: number;
  /** For the record. */
  readonly threadCount: number;
  readonly version: string;
  /** Seconds after which no further part is begun. Default: none. */
  readonly budget?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** A model ready to be asked: loss, gradient and curvature at its parameters, and what passes over the data cost here. */
export interface Prepared {
  readonly bench: Bench;
  readonly rates: Rates;
}

/**
 * Compiles a model with its data, looks at it once, and measures what that costs.
 *
 * *Arguments*: `subject` from `subjectOf`; `seed` of everything random; `threads`.
 * *Returns*: the bench that the parts share, and the rates for `planOf`.
 * *Error*: throws a RangeError when an output, the loss or its gradient is not finite, naming the sample.
 * *Cost*: three programs, each run twice.
 * *Example*: `const rows = (values) => ({ rows: 4, columns: 1, values: Float64Array.from(values), sha256: "" });
 * const model = { architecture: net, theta: net.initial(0), tokens: false, head: undefined, layered: undefined, why: "made by hand" };
 * prepare(subjectOf(model, rows(data.inputs), rows(data.targets)), { seed: 0 }).bench.gradient.length // 10`
 */
export function prepare(subject: Subject, { seed, threads }: { readonly seed: number; readonly threads?: Threads }): Prepared {
  const { architecture, theta, data, loss } = subject;
  const { size, outputs } = architecture;
  const settings = threads ? { threads } : {};
  const set = constants(architecture, data);
  const value = (t: Parameters<typeof architecture.apply>[0]) => loss.apply(architecture.apply(t, set.inputs), set.targets);
  const clock = (work: () => void): number => {
    const from = performance.now();
    work();
    return (performance.now() - from) / 1000;
  };
  let compiling = 0;
  const made = (f: Parameters<typeof compile>[0]) => {
    let program!: ReturnType<typeof compile>;
    compiling += clock(() => {
      program = compile(f, [{ shape: [size] }], settings);
      program.inputs[0]!.set(theta);
      program.run();
    });
    return { program, seconds: clock(() => program.run()) };
  };
  const forward = made((t) => architecture.apply(t!, set.inputs));
  const gradient = made((t) => valueAndGrad(value)(t!));
  const predictions = Float64Array.from(forward.program.outputs[0]!);
  const bad = predictions.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0)
    throw new RangeError(
      `output ${bad % outputs} of the model is ${predictions[bad]} at sample ${Math.floor(bad / outputs)}: nothing can be said about a model that overflows there`,
    );
  const lossValue = gradient.program.outputs[0]![0]!;
  const slope = Float64Array.from(gradient.program.outputs[1]!);
  if (!Number.isFinite(lossValue) || !slope.every(Number.isFinite))
    throw new RangeError(`the loss is ${lossValue} and its gradient not finite at the parameters of the file`);
  // The first product compiles.
  const hessian = hessians(value, size, settings)(theta);
  const image = new Float64Array(size);
  const both = clock(() => hessian.apply(slope, image, 1));
  const product = clock(() => hessian.apply(slope, image, 1));
  compiling += Math.max(0, both - product);
  return {
    bench: {
      ...subject,
      seed,
      threads,
      predictions,
      lossValue,
      gradient: slope,
      hessian,
    },
    rates: { forward: forward.seconds, gradient: gradient.seconds, product, compile: compiling / 3 },
  };
}

/** What ends an inspection in the middle of a part. */
class Stopped extends Error {}

/**
 * Asks a model all that a plan holds.
 *
 * *Arguments*: `prepared` from `prepare`; `plan` from `planOf`; see `InspectionContext`.
 * *Returns*: a record as runs have it: sentences, answers with errors and methods, numbers by layer, arrays, and what was left out and why. It does
 * not depend on the machine for the same parts; the seconds of each stand in its clock.
 * *Error*: what a part cannot find out is an answer with a status; one that fails altogether is left out with its reason.
 * *Cost*: that of the parts, which `planOf` estimates.
 * *Example*: `const rows = (values) => ({ rows: 4, columns: 1, values: Float64Array.from(values), sha256: "" });
 * const model = { architecture: net, theta: net.initial(0), tokens: false, head: undefined, layered: undefined, why: "made by hand" };
 * const prepared = prepare(subjectOf(model, rows(data.inputs), rows(data.targets)), { seed: 0 });
 * const plan = planOf(prepared.bench, prepared.rates, { parts: ["sgd"] });
 * const run = await inspectModel(prepared, plan, { title: "Mine", system: {}, files: [], seed: 0, threadCount: 1, version: "0" });
 * run.manifest.steps.done // 1`
 */
export async function inspectModel(
  prepared: Prepared,
  plan: readonly PlannedPart[],
  context: InspectionContext,
): Promise<RunRecord> {
  const { bench } = prepared;
  const { budget = Infinity, signal, onProgress } = context;
  const started = new Date();
  const begun = performance.now();
  const planned = plan.filter((p) => p.level);
  const done: { readonly part: PlannedPart; readonly answer: PartAnswer }[] = [];
  const left: string[] = plan.filter((p) => !p.level).map((p) => `${p.part.name} (${p.why})`);
  const seconds: Record<string, number> = {};
  let status: Status = "ok";
  let before = 0;
  for (const item of planned) {
    const { part, level } = item;
    const elapsed = (performance.now() - begun) / 1000;
    if (elapsed + 0.5 * item.seconds > budget) {
      left.push(`${part.name} (what came before took longer than estimated)`);
      continue;
    }
    const breathe = async (share: number): Promise<void> => {
      onProgress?.({ done: round(before + share), total: planned.length, unit: "part", note: part.name });
      await new Promise((resolve) => setTimeout(resolve));
      if (signal?.aborted) throw new Stopped();
    };
    const from = performance.now();
    try {
      await breathe(0);
      done.push({ part: item, answer: await part.ask(bench, level!, breathe) });
    } catch (error) {
      if (error instanceof Stopped) {
        status = "aborted";
        left.push(`${part.name} and what follows (stopped)`);
        break;
      }
      if (!(error instanceof RangeError)) throw error;
      left.push(`${part.name} (${error.message})`);
    }
    seconds[part.name] = (performance.now() - from) / 1000;
    before++;
  }
  onProgress?.({ done: planned.length, total: planned.length, unit: "part", note: "" });
  return record(bench, done, left, planned.length, { ...context, status, started, seconds });
}

const round = (x: number): number => Math.round(10 * x) / 10;

interface Outcome extends InspectionContext {
  readonly status: Status;
  readonly started: Date;
  readonly seconds: Readonly<Record<string, number>>;
}

function record(
  bench: Bench,
  done: readonly { readonly part: PlannedPart; readonly answer: PartAnswer }[],
  left: readonly string[],
  planned: number,
  { title, system, files, seed, version, threadCount, status, started, seconds }: Outcome,
): RunRecord {
  const { architecture, theta } = bench;
  const answers = done.map((d) => d.answer);
  const depth = architecture.layerMaps.length;
  const columns: LayerColumn[] = [
    {
      name: "layer",
      unit: "1",
      description: "number of the layer, from 1",
      values: Float64Array.from({ length: depth }, (_, l) => l + 1),
    },
    ...answers.flatMap((a) => a.columns ?? []),
  ];
  const arrays = {
    parameters: { shape: [theta.length], data: theta },
    predictions: { shape: [bench.data.samples, architecture.outputs], data: bench.predictions },
    ...Object.assign({}, ...answers.map((a) => a.arrays ?? {})),
  };
  const finished = new Date();
  const study = {
    title,
    seed,
    system: { kind: "model", ...system },
    questions: done.map(({ part }) => ({ type: part.part.name, level: part.level })),
  };
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
      steps: { planned, done: done.length, unit: "part" },
      network: { name: architecture.name, parameters: architecture.size, layout: architecture.layout },
      verdict: [
        ...(status === "aborted" ? ["The inspection was STOPPED; what follows was known by then."] : []),
        ...introduction(bench),
        ...answers.flatMap((a) => a.sentences),
        left.length === 0 ? "Nothing was left out." : `Left out: ${left.join("; ")}.`,
      ],
      facts: {
        loss: bench.loss.name,
        leftOut: left.join("; ") || null,
        layers: architecture.layerMaps.map((l) => l.name).join(", "),
        ...Object.assign({}, ...answers.map((a) => a.facts ?? {})),
      },
      answers: [...firstAnswers(bench), ...answers.flatMap((a) => a.answers)],
      series: columns.map(({ name, unit, description }) => ({ name, unit, description })),
      arrays: Object.fromEntries(
        Object.entries(arrays as Record<string, { shape: readonly number[] }>).map(([name, { shape }]) => [
          name,
          { shape, dtype: "f64" as const },
        ]),
      ),
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

function introduction({ architecture, data, loss, convention, lossValue, labels, predictions, layered, why }: Bench): string[] {
  const right = labels ? accuracyOf(labels, predictions, architecture.outputs) : NaN;
  return [
    `The model is ${architecture.name}: ${count(architecture.inputs, "input")}, ${count(architecture.outputs, "output")}, ${count(architecture.size, "parameter")}, ${count(architecture.layerMaps.length, "layer")}.${
      layered ? "" : ` It is not a plain layered network (${why}), so what is about such networks is left out.`
    }`,
    `On ${count(data.samples, "sample")} its loss is ${show(lossValue)}${labels ? `, and ${percent(right)} of the samples are of their class` : ""}. The loss is ${loss.name} (${loss.description}), ${convention}.`,
  ];
}

function firstAnswers({ lossValue, gradient, labels, predictions, architecture, data }: Bench): Answer[] {
  const exact = { error: 0, status: "ok" as const, sources: [], cost: {} };
  const share = labels ? accuracyOf(labels, predictions, architecture.outputs) : NaN;
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
    ...(labels
      ? [
          {
            ...exact,
            name: "accuracy",
            label: "samples of their class",
            value: share,
            error: Math.sqrt((share * (1 - share)) / data.samples),
            unit: "1",
            method: "share; the error is one binomial standard error",
          },
        ]
      : []),
  ];
}

function accuracyOf(labels: Int32Array, predictions: Float64Array, outputs: number): number {
  let right = 0;
  labels.forEach((c, i) => {
    if (c === (outputs === 1 ? Number(predictions[i]! > 0) : largest(predictions, i, outputs))) right++;
  });
  return right / labels.length;
}
