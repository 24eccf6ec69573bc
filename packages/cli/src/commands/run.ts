import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import {
  canonical,
  decisive,
  parseStudy,
  runStudy,
  StudyError,
  studySchema,
  type ParsedStudy,
  type RunRecord,
  type Study,
} from "#dynamics";
import { EXIT, UserError } from "../exit.js";
import { schedule, writeCheckpoint, type Checkpoint } from "../files/checkpoint.js";
import { prepare, writeRun } from "../files/run-folder.js";
import { begin, claim, open, type Ticket, type Unfinished } from "../files/unfinished.js";
import { version } from "../package-root.js";
import { progressBar } from "../progress.js";
import { conclusion } from "./conclusion.js";
import { goingOn, leftOver } from "./left-over.js";
import { quoted } from "./quoted.js";
import { stopOnSignal } from "./signals.js";
import { reader, readStudy, wants } from "./study-file.js";

export interface RunFlags {
  readonly seed?: number;
  readonly steps?: number;
  readonly threads?: number;
  readonly out?: string;
  readonly quiet?: boolean;
  /** Start anew where an unfinished run of the same study could be gone on with. */
  readonly fresh?: boolean;
  /** Seconds between checkpoints. */
  readonly checkpointEvery?: number;
}

/** Seconds between two checkpoints. */
const CHECKPOINT_EVERY = 20;

/** What is run: a study file as it reads now, or as it read when an unfinished run began. */
type Source = Pick<Ticket, "file" | "shown" | "text" | "flags">;

/** Runs a study file, writes its run folder and prints the verdict. Returns the exit code. */
export async function run(file: string, flags: RunFlags): Promise<number> {
  const { seed, steps, threads } = flags;
  const given = {
    ...(seed === undefined ? {} : { seed }),
    ...(steps === undefined ? {} : { steps }),
    ...(threads === undefined ? {} : { threads }),
  };
  const text = await readStudy(file);
  wants("study", text, file);
  const source: Source = { shown: file, file: resolve(file), text, flags: given };
  const { study, key, command } = understand(source);
  const parent = flags.out ?? study.output.folder;
  await prepare(parent);
  const left = await leftOver(parent, key, flags.fresh ?? false);
  const ticket = {
    ...source,
    key,
    command,
    title: study.title,
    version: version(),
    kind: "run",
    format: "separatrix-unfinished/1",
  } as const;
  return work(source, flags, parent, left ?? { ...(await begin(parent, ticket)), checkpoint: undefined });
}

/** Goes on with an unfinished run. Returns the exit code. */
export async function resume(folder: string, flags: RunFlags): Promise<number> {
  const left = await open(folder);
  const { ticket } = left;
  const source: Source = {
    ...ticket,
    flags: { ...ticket.flags, ...(flags.threads === undefined ? {} : { threads: flags.threads }) },
  };
  if (ticket.version !== version() || understand(source).key !== ticket.key)
    throw new UserError(
      `${folder}: version ${ticket.version} began this run, and this is ${version()}, which may compute otherwise; remove the folder and start again: ${ticket.command}`,
    );
  const mine = await claim(left);
  if (!mine) throw new UserError(`${folder}: another command has just taken it over`);
  process.stderr.write(`${goingOn(left)}\n`);
  return work(source, flags, dirname(folder), { ...mine, checkpoint: left.checkpoint });
}

/** The study that a source means, and the digest of all that decides its result. */
function understand({ text, shown, file, flags }: Source): {
  study: Study;
  locate: ParsedStudy["locate"];
  key: string;
  command: string;
} {
  const parsed = parseStudy(text, shown);
  const study = change(parsed.study, flags);
  const key = createHash("sha256")
    .update(canonical({ ...decisive(study), version: version(), folder: dirname(file) }))
    .digest("hex");
  return { study, locate: parsed.locate, key, command: reproduce(shown, flags) };
}

/** The run itself, in its folder. */
async function work(
  source: Source,
  flags: RunFlags,
  parent: string,
  folder: Unfinished & { readonly checkpoint: Checkpoint | undefined },
): Promise<number> {
  const { study, locate, command } = understand(source);
  const stop = stopOnSignal("Stopping and writing what there is; once more to stop at once.");
  const bar = flags.quiet ? undefined : progressBar();
  const { threads } = source.flags;
  const clock = schedule(flags.checkpointEvery ?? CHECKPOINT_EVERY);
  let progress = folder.checkpoint?.progress ?? { done: 0, total: 0, unit: "step" };
  let record: RunRecord;
  try {
    record = await runStudy(study, {
      read: reader(dirname(source.file)),
      version: version(),
      processors: availableParallelism(),
      signal: stop.signal,
      ...(threads === undefined ? {} : { threads }),
      onProgress(news) {
        const { done, total, unit } = news;
        progress = { done, total, unit };
        bar?.update(news);
      },
      checkpoints: {
        ...(folder.checkpoint ? { from: folder.checkpoint.memory } : {}),
        due: clock.due,
        save: (memory) => clock.around(() => writeCheckpoint(folder.checkpointFile, { memory, progress })),
      },
    });
  } catch (error) {
    // What was put away stays: data that have changed can be put back, and a full disk can be emptied.
    if (!existsSync(folder.checkpointFile)) await folder.remove();
    throw error instanceof StudyError ? new UserError(error.problems.map(locate).join("\n")) : error;
  } finally {
    bar?.stop();
  }
  const path = await writeRun(parent, record, command, folder.folder);
  await folder.remove();
  stop.release();
  console.log(conclusion(record, path, command));
  if (record.manifest.status === "diverged") return EXIT.diverged;
  if (record.manifest.status === "not-converged") return EXIT.inconclusive;
  return record.manifest.status === "aborted" ? stop.code() : EXIT.ok;
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

const reproduce = (file: string, { seed, steps }: RunFlags): string =>
  [
    "npx separatrix run",
    quoted(file),
    ...(seed === undefined ? [] : [`--seed ${seed}`]),
    ...(steps === undefined ? [] : [`--steps ${steps}`]),
  ].join(" ");
