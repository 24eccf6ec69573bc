import { mkdir, readFile, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { canonical, count, parseSweep, type ParsedSweep } from "#dynamics";
import { EXIT, UserError } from "../exit.js";
import { json } from "../files/manifest.js";
import { prepare, sha256 } from "../files/run-folder.js";
import { begin, CELLS } from "../files/unfinished.js";
import { scriptOf, version } from "../package-root.js";
import { progressBar } from "../progress.js";
import { verdict } from "../report/sweep-page.js";
import {
  cellFolders,
  cellHash,
  checkpointOf,
  readCell,
  remembered,
  otherData,
  writeCell,
  type CellRecord,
} from "../sweep/cell.js";
import { sweepName, writeSweep, type CellEnd } from "../sweep/folder.js";
import { runAll, type Outcome } from "../sweep/pool.js";
import { backendAt } from "../sweep/backend.js";
import { runQueued } from "../sweep/queue.js";
import type { CellTask } from "../sweep/run-cell.js";
import { wrap } from "../wrap.js";
import { leftOver } from "./left-over.js";
import { quoted } from "./quoted.js";
import { stopOnSignal } from "./signals.js";
import { reader, readStudy, wants } from "./study-file.js";

export interface SweepFlags {
  readonly workers?: number;
  readonly out?: string;
  readonly quiet?: boolean;
  /** Run every cell, whatever is there already. */
  readonly fresh?: boolean;
  readonly checkpointEvery?: number;
  /** Address of a queue whose workers run the cells, in place of this machine alone. */
  readonly queue?: string;
}

const CHECKPOINT_EVERY = 20;

/** Runs all cells of a sweep, writes its folder and prints what came out. Returns the exit code. */
export async function sweep(file: string, flags: SweepFlags): Promise<number> {
  const text = await readStudy(file);
  wants("sweep", text, file);
  if (flags.queue !== undefined && flags.workers !== undefined)
    throw new UserError("--workers belongs to this machine; with --queue it is an option of  separatrix worker");
  const parsed = parseSweep(text, file);
  const parent = flags.out ?? parsed.sweep.output.folder;
  const folder = dirname(resolve(file));
  const hashes = parsed.cells.map((c) => cellHash(c.study));
  const key = sha256(canonical({ axes: parsed.axes, hashes, folder }));
  const command = `npx separatrix sweep ${quoted(file)}`;
  // What is not whole lies where it was begun: the command that goes on with it names the folder, the one that begins anew does not.
  const again = flags.out === undefined ? command : `${command} --out ${quoted(flags.out)}`;
  const backend = flags.queue === undefined ? undefined : await backendAt(flags.queue);
  await prepare(parent);
  const wanted = join(parent, sweepName(parsed.sweep.title, sha256(canonical({ axes: parsed.axes, hashes }))));
  const ticket = {
    key,
    title: parsed.sweep.title,
    version: version(),
    file: resolve(file),
    shown: file,
    text,
    flags: {},
    command: again,
  } as const;
  const work =
    (await leftOver(parent, key, flags.fresh ?? false)) ??
    (await begin(parent, { ...ticket, kind: "sweep", format: "separatrix-unfinished/1" }));
  const cells = join(work.folder, CELLS);
  await mkdir(cells, { recursive: true });

  const read = remembered(reader(folder));
  const ends = new Map<string, CellEnd>();
  const places = [cells, ...(flags.fresh ? [] : await cellFolders(parent))];
  for (const hash of new Set(hashes)) {
    const record = await firstOf(places, hash, read);
    if (record) ends.set(hash, record);
  }
  const known = ends.size;
  const tasks = [...new Map(hashes.map((hash, i) => [hash, parsed.cells[i]!.study]))]
    .filter(([hash]) => !ends.has(hash))
    .map(([hash, study]): CellTask => ({
      hash,
      study,
      folder,
      checkpoint: checkpointOf(cells, hash),
      every: flags.checkpointEvery ?? CHECKPOINT_EVERY,
    }));
  if (tasks.length === 0 && (await isWhole(wanted))) {
    await work.remove();
    console.log(
      `\n${wrap("Every cell of this sweep is there already; --fresh computes them again.")}\n\nSweep folder  ${wanted}`,
    );
    return EXIT.ok;
  }
  if (known > 0) process.stderr.write(`${count(known, "cell")} of ${ends.size + tasks.length} had been run before.\n`);

  const stop = stopOnSignal("Stopping; the cells that are done are kept. Once more to stop at once.");
  const bar = flags.quiet ? undefined : progressBar();
  const started = performance.now();
  const tries: Record<string, number> = {};
  let failed = 0;
  const news = (): void =>
    bar?.update({ done: ends.size, total: known + tasks.length, unit: "cell", note: failed > 0 ? `${failed} failed` : "" });
  news();
  const workers = flags.workers ?? availableParallelism();
  try {
    const onEnd = async (task: CellTask, outcome: Outcome<CellRecord>): Promise<void> => {
      tries[task.hash] = outcome.tries;
      if ("value" in outcome) await writeCell(cells, outcome.value);
      else failed++;
      ends.set(task.hash, "value" in outcome ? outcome.value : { cell: task.hash, failure: outcome.failure });
      await rm(task.checkpoint, { force: true });
      news();
    };
    const shared = { retries: parsed.sweep.retries, signal: stop.signal };
    if (backend) {
      const onIdle = (): void =>
        void process.stderr.write(
          `\nNobody works for the queue yet. On any machine:  npx separatrix worker --queue ${backend.shown}\n`,
        );
      const objection = (record: CellRecord): Promise<string | undefined> => otherData(record, read);
      await runQueued(tasks, { ...shared, backend, fresh: flags.fresh ?? false, objection, onIdle }, onEnd);
    } else {
      const script = scriptOf("sweep/worker");
      await runAll<CellTask, CellRecord>(tasks, { ...shared, script, workers }, onEnd);
    }
  } finally {
    bar?.stop();
  }
  if (stop.signal.aborted) {
    stop.release();
    console.log(
      `\n${wrap(`STOPPED after ${ends.size} of ${count(known + tasks.length, "cell")}. The same command goes on from there.`)}\n\nGo on         ${again}`,
    );
    return stop.code();
  }
  // Records that were just made and records that were read back differ in what JSON leaves out: all come from the disk.
  const stored = await Promise.all(hashes.map(async (hash) => (await firstOf(places, hash, read)) ?? ends.get(hash)!));
  const clock = {
    ...(backend ? { queue: backend.shown } : { workers }),
    seconds: (performance.now() - started) / 1000,
    reused: known,
    tries,
    node: process.version,
    platform: process.platform,
  };
  const path = await writeSweep(wanted, parsed, stored, { command, inside: work.folder, clock }).catch((error: unknown) => {
    // A picture of a column that no cell has: the cells stay, and are there when the name is put right.
    if (error instanceof RangeError) throw new UserError(parsed.locate({ path: ["pictures"], message: error.message }));
    throw error;
  });
  await work.remove();
  stop.release();
  console.log(conclusion(parsed, stored, path, command));
  return stored.some((e) => "failure" in e) ? EXIT.incomplete : EXIT.ok;
}

/** Whether a sweep lies there with every cell. */
async function isWhole(path: string): Promise<boolean> {
  try {
    return (json(await readFile(join(path, "sweep.json"))) as { readonly status?: unknown } | null)?.status === "ok";
  } catch {
    // None there, or a damaged one: the sweep is written anew.
    return false;
  }
}

async function firstOf(
  places: readonly string[],
  hash: string,
  read: Parameters<typeof readCell>[2],
): Promise<CellRecord | undefined> {
  for (const place of places) {
    const record = await readCell(place, hash, read);
    if (record) return record;
  }
  return undefined;
}

function conclusion(parsed: ParsedSweep, ends: readonly CellEnd[], path: string, command: string): string {
  const heading = parsed.sweep.title;
  const status = ends.map((e) => ("failure" in e ? "failed" : e.manifest.status));
  const reasons = new Map<string, number>();
  for (const e of ends) if ("failure" in e) reasons.set(e.failure, (reasons.get(e.failure) ?? 0) + 1);
  return [
    "",
    heading,
    "=".repeat(heading.length),
    ...verdict(status).map((s) => wrap(s)),
    ...[...reasons].slice(0, 5).map(([reason, n]) => wrap(`${count(n, "cell")}: ${reason}`)),
    "",
    `Sweep folder  ${path}`,
    `Table         ${join(path, "cells.parquet")}`,
    `Report        ${join(path, "report.html")}  (opens in any browser)`,
    `Do it again   ${command}`,
  ].join("\n");
}
