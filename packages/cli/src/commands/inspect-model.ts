import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { lstatSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { threads as startThreads } from "#engine";
import { count, show, type PlannedPart } from "#dynamics";
import { EXIT, shownSafely, UserError } from "../exit.js";
import { LONGEST, readBytes } from "../files/bytes.js";
import type { DataFile } from "../files/parse-samples.js";
import { readSamples } from "../files/read-samples.js";
import { prepare as prepareFolder, writeRun } from "../files/run-folder.js";
import { again, type InspectionWords } from "../inspection/again.js";
import { inspectFiles } from "../inspection/inspect-files.js";
import { version } from "../package-root.js";
import { progressBar } from "../progress.js";
import { conclusion } from "./conclusion.js";
import { stopOnSignal } from "./signals.js";

export interface InspectModelFlags extends InspectionWords {
  readonly parts?: readonly string[];
  readonly threads?: number;
  readonly out?: string;
  readonly quiet?: boolean;
}

/** Inspects a model file, on data where there are any, writes a run folder and prints what was found. Returns the exit code. */
export async function inspectFile(path: string, flags: InspectModelFlags): Promise<number> {
  const parent = flags.out ?? "runs";
  await prepareFolder(parent);
  const model = await fileOf(path, LONGEST);
  const samples =
    flags.data === undefined
      ? undefined
      : await readSamples(flags.data, {
          ...(flags.target === undefined ? {} : { target: flags.target }),
          ...(flags.inputs === undefined ? {} : { inputs: flags.inputs }),
        });
  const structure = flags.structure === undefined ? undefined : await fileOf(flags.structure, 1 << 20);
  const pool = await startThreads(flags.threads ?? Math.min(8, availableParallelism()));
  const stop = stopOnSignal("Stopping after this part and writing what there is; once more to stop at once.");
  const say = (text: string): void => void (flags.quiet || process.stderr.write(`${shownSafely(text)}\n`));
  const bar = flags.quiet ? undefined : progressBar();
  try {
    const record = await inspectFiles(
      {
        model,
        beside: besideOf(path),
        ...(structure ? { structure } : {}),
        ...(samples ? { data: { ...samples, name: basename(flags.data!) } } : {}),
      },
      { ...flags, ...(flags.parts === undefined ? {} : { parts: flags.parts.flatMap((p) => p.split(",")) }) },
      {
        threads: pool,
        threadCount: pool.count,
        version: version(),
        signal: stop.signal,
        onModel: (name, rows) => say(`Compiling ${name} on ${count(rows, "sample")}`),
        onPlan: (plan, rates) => say(estimates(plan, rates.product)),
        onProgress: (news) => bar?.update(news),
      },
    );
    bar?.stop();
    const command = again(path, flags, record);
    const folder = await writeRun(parent, record, command);
    console.log(conclusion(record, folder, command));
    const taken = Object.entries(record.clock.questions).map(([name, s]) => `${name} ${s.toFixed(1)}`);
    if (taken.length > 0) console.log(`Seconds taken ${taken.join(", ")}`);
    return record.manifest.status === "aborted" ? stop.code() : EXIT.ok;
  } finally {
    bar?.stop();
    stop.release();
    pool.close();
  }
}

async function fileOf(path: string, longest: number): Promise<DataFile> {
  return named(path, await readBytes(path, path, longest));
}

const named = (path: string, bytes: Uint8Array): DataFile => ({
  name: basename(path),
  bytes,
  sha256: createHash("sha256").update(bytes).digest("hex"),
});

/** Files in the folder of a model, by plain names; no links, which may lead anywhere. */
function besideOf(model: string): (name: string) => DataFile | undefined {
  return (name) => {
    const path = join(dirname(model), name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found?.isFile()) return undefined;
    if (found.size > LONGEST) throw new UserError(`${path}: ${found.size} bytes; at most ${LONGEST} are read`);
    return named(path, readFileSync(path));
  };
}

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
