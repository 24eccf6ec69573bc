import type { Threads } from "#engine";
import {
  describeModel,
  inspectModel,
  loadWeights,
  onnxNetwork,
  planOf,
  prepare,
  readOnnx,
  readSafetensors,
  subjectOf,
  type InspectionContext,
  type InspectionRates,
  type Model,
  type PlannedPart,
  type RunRecord,
  type Table,
} from "#dynamics";
import { UserError } from "../exit.js";
import type { DataFile, Samples } from "../files/parse-samples.js";

/** A model with the data that it is looked at on. */
export interface InspectionFiles {
  readonly model: DataFile;
  /** A file of the model's folder, in which an ONNX file may keep weights. */
  readonly beside?: (name: string) => DataFile | undefined;
  /** Widths and layers of a file of weights (.safetensors). */
  readonly structure?: DataFile;
  /** Without data only what the file tells is told. */
  readonly data?: Samples & { readonly name: string };
}

export interface InspectionOptions {
  /** Name of an entry of `losses`. */
  readonly loss?: string;
  /** Output of the model. */
  readonly output?: string;
  /** Seconds for all parts together. */
  readonly budget?: number;
  /** Parts to ask instead, each perhaps with ":quick" behind. */
  readonly parts?: readonly string[];
  /** Only the first so many. */
  readonly samples?: number;
  /** Every input is divided by this. */
  readonly divideBy?: number;
  readonly seed: number;
}

/** Where it is done, and who hears of it. */
export interface InspectionHost extends Pick<InspectionContext, "threadCount" | "version" | "signal" | "onProgress" | "onPart"> {
  readonly threads: Threads;
  /** Called when model and data were read and fit together. */
  readonly onModel?: (name: string, samples: number) => void;
  /** Called before the first part. */
  readonly onPlan?: (plan: readonly PlannedPart[], rates: InspectionRates) => void;
}

/**
 * Inspects a model file on data, for the command line and for pages.
 *
 * *Arguments*: files as they were read; see `InspectionOptions` and `InspectionHost`.
 * *Returns*: the record. Rejects with a UserError that names the file at fault.
 */
export async function inspectFiles(
  { model: file, beside, structure, data }: InspectionFiles,
  { loss, output, budget, parts, samples, divideBy = 1, seed }: InspectionOptions,
  { threads, threadCount, version, signal, onProgress, onPart, onModel, onPlan }: InspectionHost,
): Promise<RunRecord> {
  const weights = new Map<string, DataFile>();
  const kept = (name: string): Uint8Array | undefined => {
    const found = weights.get(name) ?? beside!(name);
    if (found) weights.set(name, found);
    return found?.bytes;
  };
  const model = modelOf(file, structure, data?.axes, output, beside && kept);
  const context = {
    title: `Inspection of ${file.name}`,
    system: {
      model: file.name,
      modelDigest: file.sha256,
      ...(weights.size > 0 ? { weights: Array.from(weights.values(), (f) => `${f.name} ${f.sha256}`).join(", ") } : {}),
      data: data?.name ?? null,
      output: output ?? null,
    },
    files: data?.files ?? [],
    seed,
    threadCount,
    version,
  };
  if (!data) return describeModel(model, context);
  const inputs = scaled(first(data.inputs, samples), divideBy);
  const targets = first(data.targets, samples);
  const subject = ours(data.name, () => subjectOf(model, inputs, targets, loss === undefined ? {} : { loss }));
  onModel?.(subject.architecture.name, inputs.rows);
  const prepared = ours(file.name, () => prepare(subject, { seed, threads }));
  const plan = ours(file.name, () =>
    planOf(subject, prepared.rates, { ...(budget === undefined ? {} : { budget }), ...(parts === undefined ? {} : { parts }) }),
  );
  onPlan?.(plan, prepared.rates);
  return inspectModel(prepared, plan, {
    ...context,
    system: { ...context.system, loss: subject.loss.name, samples: inputs.rows, divideBy },
    ...(signal ? { signal } : {}),
    ...(budget === undefined ? {} : { budget }),
    ...(onProgress ? { onProgress } : {}),
    ...(onPart ? { onPart } : {}),
  });
}

/** Mistakes in what a file holds are the user's, with the file's name in front. */
function ours<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof RangeError ? new UserError(`${file}: ${error.message}`) : error;
  }
}

function modelOf(
  { name, bytes }: DataFile,
  structure: DataFile | undefined,
  axes: readonly number[] | undefined,
  output: string | undefined,
  beside: ((name: string) => Uint8Array | undefined) | undefined,
): Model {
  if (!/\.safetensors$/i.test(name)) {
    if (structure !== undefined) throw new UserError(`${name}: --structure is for files of weights (.safetensors)`);
    return ours(name, () =>
      onnxNetwork(readOnnx(bytes, beside), {
        ...(axes === undefined ? {} : { axes }),
        ...(output === undefined ? {} : { output }),
      }),
    );
  }
  if (structure === undefined)
    throw new UserError(`${name}: weights alone; name the file with widths and layers with --structure (docs/files.md, Weights)`);
  const tensors = ours(name, () => readSafetensors(bytes));
  const description = new TextDecoder().decode(structure.bytes);
  const { architecture, theta, layered } = ours(structure.name, () => loadWeights(description, tensors));
  return { architecture, theta, layered, why: undefined, tokens: false, head: undefined };
}

const first = (table: Table, samples: number | undefined): Table =>
  samples === undefined || samples >= table.rows
    ? table
    : { ...table, rows: samples, values: table.values.slice(0, samples * table.columns) };

const scaled = (table: Table, by: number): Table => (by === 1 ? table : { ...table, values: table.values.map((v) => v / by) });
