import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { threads as startThreads } from "#engine";
import {
  inspectModel,
  loadWeights,
  onnxNetwork,
  planOf,
  prepare,
  readOnnx,
  readSafetensors,
  show,
  subjectOf,
  type Model,
  type PlannedPart,
  type Table,
} from "#dynamics";
import { EXIT, UserError } from "../exit.js";
import { LONGEST, readBytes } from "../files/bytes.js";
import { readSamples } from "../files/read-samples.js";
import { prepare as prepareFolder, writeRun } from "../files/run-folder.js";
import { version } from "../package-root.js";
import { progressBar } from "../progress.js";
import { conclusion } from "./conclusion.js";
import { quoted } from "./quoted.js";
import { stopOnSignal } from "./signals.js";

export interface InspectModelFlags {
  readonly data?: string;
  readonly target?: string;
  readonly inputs?: string;
  readonly loss?: string;
  readonly output?: string;
  readonly structure?: string;
  /** Seconds. */
  readonly budget?: number;
  readonly parts?: readonly string[];
  readonly samples?: number;
  readonly divideBy?: number;
  readonly seed: number;
  readonly threads?: number;
  readonly out?: string;
  readonly quiet?: boolean;
}

/** Inspects a model file on data, writes a run folder and prints what was found. Returns the exit code. */
export async function inspectFile(file: string, flags: InspectModelFlags): Promise<number> {
  if (flags.data === undefined)
    throw new UserError(`${file}: inspecting a model takes data: --data val.npz, with inputs and targets`);
  const parent = flags.out ?? "runs";
  await prepareFolder(parent);
  const bytes = await readBytes(file, file, LONGEST);
  const read = await readSamples(flags.data, {
    ...(flags.target === undefined ? {} : { target: flags.target }),
    ...(flags.inputs === undefined ? {} : { inputs: flags.inputs }),
  });
  const model = await modelOf(file, bytes, read.axes, flags);
  const inputs = scaled(first(read.inputs, flags.samples), flags.divideBy ?? 1);
  const targets = first(read.targets, flags.samples);
  const subject = ours(flags.data, () => subjectOf(model, inputs, targets, flags.loss === undefined ? {} : { loss: flags.loss }));
  const pool = await startThreads(flags.threads ?? Math.min(8, availableParallelism()));
  const stop = stopOnSignal("Stopping after this part and writing what there is; once more to stop at once.");
  const bar = flags.quiet ? undefined : progressBar();
  try {
    if (!flags.quiet) process.stderr.write(`Compiling ${subject.architecture.name} on ${inputs.rows} samples\n`);
    const prepared = ours(file, () => prepare(subject, { seed: flags.seed, threads: pool }));
    const plan = ours(file, () =>
      planOf(subject, prepared.rates, {
        ...(flags.budget === undefined ? {} : { budget: flags.budget }),
        ...(flags.parts === undefined ? {} : { parts: flags.parts.flatMap((p) => p.split(",")) }),
      }),
    );
    if (!flags.quiet) process.stderr.write(`${estimates(plan, prepared.rates.product)}\n`);
    const record = await inspectModel(prepared, plan, {
      title: `Inspection of ${basename(file)}`,
      system: {
        model: basename(file),
        modelDigest: createHash("sha256").update(bytes).digest("hex"),
        data: basename(flags.data),
        loss: subject.loss.name,
        samples: inputs.rows,
        divideBy: flags.divideBy ?? 1,
        output: flags.output ?? null,
      },
      files: read.files,
      seed: flags.seed,
      threadCount: pool.count,
      version: version(),
      signal: stop.signal,
      ...(flags.budget === undefined ? {} : { budget: flags.budget }),
      onProgress: (news) => bar?.update(news),
    });
    bar?.stop();
    const command = again(file, flags, record.manifest.study.questions as unknown as readonly Asked[]);
    const path = await writeRun(parent, record, command);
    console.log(conclusion(record, path, command));
    console.log(
      `Seconds taken ${Object.entries(record.clock.questions)
        .map(([name, s]) => `${name} ${s.toFixed(1)}`)
        .join(", ")}`,
    );
    return record.manifest.status === "aborted" ? stop.code() : EXIT.ok;
  } finally {
    bar?.stop();
    stop.release();
    pool.close();
  }
}

type Asked = { readonly type: string; readonly level: string };

/** Mistakes in what a file holds are the user's, with the file's name in front. */
function ours<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof RangeError ? new UserError(`${file}: ${error.message}`) : error;
  }
}

async function modelOf(file: string, bytes: Uint8Array, axes: readonly number[], flags: InspectModelFlags): Promise<Model> {
  if (!/\.safetensors$/i.test(file)) {
    if (flags.structure !== undefined) throw new UserError(`${file}: --structure is for files of weights (.safetensors)`);
    return ours(file, () =>
      onnxNetwork(readOnnx(bytes), { axes, ...(flags.output === undefined ? {} : { output: flags.output }) }),
    );
  }
  const { structure } = flags;
  if (structure === undefined)
    throw new UserError(`${file}: weights alone; name the file with widths and layers with --structure (docs/files.md, Weights)`);
  const description = (await readBytes(structure, structure, 1 << 20)).toString("utf8");
  const tensors = ours(file, () => readSafetensors(bytes));
  const { architecture, theta, layered } = ours(structure, () => loadWeights(description, tensors));
  return { architecture, theta, layered, why: undefined, tokens: false, head: undefined };
}

const first = (table: Table, samples: number | undefined): Table =>
  samples === undefined || samples >= table.rows
    ? table
    : { ...table, rows: samples, values: table.values.slice(0, samples * table.columns) };

const scaled = (table: Table, by: number): Table => (by === 1 ? table : { ...table, values: table.values.map((v) => v / by) });

/** What is about to be done, with what it is thought to take. */
function estimates(plan: readonly PlannedPart[], product: number): string {
  const width = Math.max(...plan.map((p) => p.part.name.length));
  const line = ({ part, level, seconds, why }: PlannedPart): string =>
    `  ${part.name.padEnd(width)}  ${level ? `about ${show(seconds, 2)} s` : "left out"}${why ? `: ${why}${level || seconds === 0 ? "" : ` (about ${show(seconds, 2)} s)`}` : ""}`;
  const total = plan.filter((p) => p.level).reduce((s, p) => s + p.seconds, 0);
  return [
    `A Hessian-vector product takes ${show(product * 1000, 2)} ms here. To be done, in about ${show(total, 2)} s:`,
    ...plan.map(line),
  ].join("\n");
}

/** The command that finds the same again: the parts that were done by name, so that no clock has a say. */
function again(file: string, flags: InspectModelFlags, asked: readonly Asked[]): string {
  const keys = ["data", "target", "inputs", "loss", "output", "structure", "samples"] as const;
  return [
    "npx separatrix inspect",
    quoted(file),
    ...keys.flatMap((k) => (flags[k] === undefined ? [] : [`--${k} ${quoted(String(flags[k]))}`])),
    ...(flags.divideBy === undefined ? [] : [`--divide-by ${flags.divideBy}`]),
    ...(flags.seed === 0 ? [] : [`--seed ${flags.seed}`]),
    asked.length === 0
      ? `--budget ${flags.budget ?? 60}s`
      : `--parts ${asked.map((a) => (a.level === "full" ? a.type : `${a.type}:${a.level}`)).join(",")}`,
  ].join(" ");
}
