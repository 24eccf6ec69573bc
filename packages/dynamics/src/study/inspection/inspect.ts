import { compile, valueAndGrad, type Threads } from "#engine";
import type { Status } from "../../core/status.js";
import { constants } from "../../training/data.js";
import { hessians } from "../../training/hessian.js";
import type { RunRecord } from "../record.js";
import type { Progress } from "../system.js";
import type { Bench, Rates } from "./part.js";
import type { PlannedPart } from "./plan.js";
import { measured, type DonePart, type RecordContext } from "./record.js";
import type { Subject } from "./subject.js";

export interface InspectionContext extends RecordContext {
  /** Seconds after which no further part is begun. Default: none. */
  readonly budget?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Called after each part but the last with the record of what is known by then. */
  readonly onPart?: (soFar: RunRecord) => void;
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
  const { budget = Infinity, signal, onProgress, onPart } = context;
  const started = new Date();
  const begun = performance.now();
  const planned = plan.filter((p) => p.level);
  const done: DonePart[] = [];
  const left: string[] = plan.filter((p) => !p.level).map((p) => `${p.part.name} (${p.why})`);
  const seconds: Record<string, number> = {};
  let status: Status = "ok";
  let before = 0;
  const soFar = (following: readonly string[]): RunRecord =>
    measured(bench, { done, left, following, planned: planned.length, status, started, seconds: { ...seconds } }, context);
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
    const following = planned.slice(planned.indexOf(item) + 1).map((p) => p.part.name);
    if (following.length > 0) onPart?.(soFar(following));
  }
  onProgress?.({ done: planned.length, total: planned.length, unit: "part", note: "" });
  return soFar([]);
}

const round = (x: number): number => Math.round(10 * x) / 10;
