import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import {
  LONGEST_STUDY,
  parseStudy,
  percent,
  runStudy,
  StudyError,
  studySchema,
  type Clock,
  type ReadTable,
  type RunRecord,
  type Study,
} from "#dynamics";
import { EXIT, UserError } from "../exit.js";
import { readArray } from "../files/read-array.js";
import { readCsv } from "../files/read-csv.js";
import { prepare, writeRun } from "../files/run-folder.js";
import { inPackage, version } from "../package-root.js";
import { progressBar } from "../progress.js";
import { wrap } from "../wrap.js";

export interface RunFlags {
  readonly seed?: number;
  readonly steps?: number;
  readonly threads?: number;
  readonly out?: string;
  readonly quiet?: boolean;
}

/** Runs a study file, writes its run folder and prints the verdict. Returns the exit code. */
export async function run(file: string, flags: RunFlags): Promise<number> {
  const { study, locate } = parseStudy(await readStudy(file), file);
  const changed = change(study, flags);
  const parent = flags.out ?? changed.output.folder;
  await prepare(parent);
  const stop = stopOnSignal();
  const bar = flags.quiet ? undefined : progressBar();
  let record: RunRecord;
  try {
    record = await runStudy(changed, {
      read: reader(dirname(resolve(file))),
      version: version(),
      processors: availableParallelism(),
      signal: stop.signal,
      ...(flags.threads === undefined ? {} : { threads: flags.threads }),
      ...(bar ? { onProgress: bar.update } : {}),
    });
  } catch (error) {
    throw error instanceof StudyError ? new UserError(error.problems.map(locate).join("\n")) : error;
  } finally {
    bar?.stop();
  }
  const command = reproduce(file, flags);
  const folder = await writeRun(parent, record, command);
  stop.release();
  console.log(conclusion(record, folder, command));
  if (record.manifest.status === "diverged") return EXIT.diverged;
  if (record.manifest.status === "not-converged") return EXIT.inconclusive;
  return record.manifest.status === "aborted" ? stop.code() : EXIT.ok;
}

async function readStudy(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      code === "ENOENT"
        ? `${file}: there is no such file; examples are in ${inPackage("examples")}`
        : `${file}: cannot be read (${code})`,
    );
  }
  // Bytes are at least as many as characters, so this spares decoding what is too long anyway.
  if (bytes.length > 4 * LONGEST_STUDY)
    throw new UserError(`${file}: ${bytes.length} bytes are too long for a study; put data into a file of its own (source: csv)`);
  return bytes.toString("utf8");
}

function change(study: Study, { seed, steps }: RunFlags): Study {
  if (seed === undefined && steps === undefined) return study;
  if (steps !== undefined && !("steps" in study.system))
    throw new UserError(
      `--steps is for studies of kind training; this one is of kind ${study.system.kind}, whose length stands in its questions`,
    );
  const result = studySchema.safeParse({
    ...study,
    ...(seed === undefined ? {} : { seed }),
    system: { ...study.system, ...(steps === undefined ? {} : { steps }) },
  });
  if (!result.success)
    throw new UserError(
      `with the options given: ${result.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`).join("; ")}`,
    );
  return result.data as unknown as Study;
}

const reader =
  (folder: string): ReadTable =>
  (reference) =>
    "builtin" in reference
      ? readCsv(inPackage(`data/${reference.builtin}.csv.gz`), { name: `data/${reference.builtin}.csv.gz` })
      : "array" in reference
        ? readArray(resolve(folder, reference.path), { name: reference.path, array: reference.array })
        : readCsv(resolve(folder, reference.path), { name: reference.path, header: reference.header });

/** The first signal asks the run to stop; a second one ends the program at once. */
function stopOnSignal(): { signal: AbortSignal; code(): number; release(): void } {
  const controller = new AbortController();
  let code: number = EXIT.interrupted;
  const on = (exit: number) => (): void => {
    if (controller.signal.aborted) process.exit(exit);
    code = exit;
    controller.abort();
    process.stderr.write("\nStopping and writing what there is; once more to stop at once.\n");
  };
  const interrupt = on(EXIT.interrupted);
  const terminate = on(EXIT.terminated);
  process.on("SIGINT", interrupt).on("SIGTERM", terminate);
  return {
    signal: controller.signal,
    code: () => code,
    release: () => void process.off("SIGINT", interrupt).off("SIGTERM", terminate),
  };
}

const quoted = (word: string): string => (/^[\w./:\\-]+$/.test(word) ? word : `"${word}"`);

const reproduce = (file: string, { seed, steps }: RunFlags): string =>
  [
    "npx separatrix run",
    quoted(file),
    ...(seed === undefined ? [] : [`--seed ${seed}`]),
    ...(steps === undefined ? [] : [`--steps ${steps}`]),
  ].join(" ");

function conclusion({ manifest, clock }: RunRecord, folder: string, command: string): string {
  const heading = `${manifest.title}: ${{ ok: "finished", aborted: "stopped", diverged: "diverged", "not-converged": "no minimum found" }[manifest.status as string] ?? manifest.status}`;
  return [
    "",
    heading,
    "=".repeat(heading.length),
    ...[...manifest.verdict, took(clock, manifest.steps.done)].map((sentence) => wrap(sentence)),
    "",
    `Run folder    ${folder}`,
    `Report        ${join(folder, "report.html")}  (opens in any browser)`,
    `Do it again   ${command}`,
  ].join("\n");
}

function took({ total, threads, eigenvalueShare }: Clock, steps: number): string {
  const share =
    eigenvalueShare === null || eigenvalueShare === undefined
      ? ""
      : ` Following the eigenvalues cost ${percent(eigenvalueShare, 2)} of the time of the ${steps} gradient steps.`;
  return `It took ${total.toFixed(1)} s on ${threads} ${threads === 1 ? "thread" : "threads"}.${share}`;
}
