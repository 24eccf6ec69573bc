import { setTimeout as wait } from "node:timers/promises";
import type { Job, Queue } from "bullmq";
import { version } from "../package-root.js";
import type { Backend } from "./backend.js";
import { parseCell, type CellRecord } from "./cell.js";
import type { Outcome } from "./pool.js";
import type { QueuedCell } from "./queued-cell.js";
import type { CellTask } from "./run-cell.js";

/** Milliseconds between two looks at the queue. */
const LOOK = 250;
/** Jobs looked at in one look. */
const WINDOW = 100;
/** Looks after which somebody should be there to work. */
const PATIENCE = 12;
/** Seconds for which the queue keeps what nobody has fetched. */
const KEEP = 7 * 24 * 3600;

export interface QueueOptions {
  readonly backend: Backend;
  /** How often a cell that failed is tried again. */
  readonly retries: number;
  /** Cells that others have run before are run again. */
  readonly fresh: boolean;
  readonly signal?: AbortSignal;
  /** Why a cell that was done elsewhere cannot be taken; then it is not kept for another time either. */
  readonly objection: (record: CellRecord) => Promise<string | undefined>;
  /** Told once when nobody works for the queue. */
  readonly onIdle: () => void;
}

/**
 * Puts cells into a queue and waits until workers have run them all, or the signal comes.
 *
 * A cell is known by its digest: one that waits, is at work or is done already, for whatever sweep, is not put there twice. At the signal those
 * that nobody has begun are taken out again.
 */
export async function runQueued(
  tasks: readonly CellTask[],
  { backend, retries, fresh, signal, objection, onIdle }: QueueOptions,
  onEnd: (task: CellTask, outcome: Outcome<CellRecord>) => Promise<void>,
): Promise<void> {
  const queue = await backend.queue();
  try {
    for (const { hash } of tasks) {
      const before = (await queue.getJob(hash)) as Job | undefined;
      if (before && ((await before.isFailed()) || (fresh && (await before.isCompleted())))) await before.remove();
    }
    await queue.addBulk(
      tasks.map(({ hash, study, folder, every }) => ({
        name: "cell",
        data: { version: version(), study: JSON.stringify(study), folder, every } satisfies QueuedCell,
        opts: { jobId: hash, attempts: retries + 1, removeOnComplete: { age: KEEP }, removeOnFail: { age: KEEP } },
      })),
    );
    let pending = [...tasks];
    for (let look = 0; pending.length > 0 && !signal?.aborted; look++) {
      if (look === PATIENCE && (await queue.getWorkersCount()) === 0) onIdle();
      const [now, later] = [pending.slice(0, WINDOW), pending.slice(WINDOW)];
      const left: CellTask[] = [];
      for (const task of now) {
        const outcome = await outcomeOf(queue, task.hash);
        const failure = outcome && "value" in outcome ? await objection(outcome.value) : undefined;
        if (failure !== undefined) await ((await queue.getJob(task.hash)) as Job | undefined)?.remove();
        if (outcome) await onEnd(task, failure === undefined ? outcome : { failure, tries: outcome.tries });
        else left.push(task);
      }
      // Those that were not looked at come first.
      pending = [...later, ...left];
      if (left.length === now.length) await wait(LOOK, undefined, signal ? { signal } : {}).catch(() => undefined);
    }
    for (const { hash } of pending) {
      const job = (await queue.getJob(hash)) as Job | undefined;
      // One that a worker has begun cannot be taken away, and its result stays for the next time.
      if (job && !(await job.isActive())) await job.remove().catch(() => undefined);
    }
  } finally {
    await queue.close();
  }
}

function cellIn(text: string): CellRecord | undefined {
  try {
    return parseCell(text);
  } catch {
    return undefined;
  }
}

/** How a job ended; undefined while it has not. */
async function outcomeOf(queue: Queue, hash: string): Promise<Outcome<CellRecord> | undefined> {
  const gone = { failure: "it is gone from the queue", tries: 1 };
  const seen = (await queue.getJob(hash)) as Job | undefined;
  if (!seen) return gone;
  const completed = await seen.isCompleted();
  if (!completed && !(await seen.isFailed())) return undefined;
  // What it answered is read with a job: it may have ended between the reading and the question.
  const job = (await queue.getJob(hash)) as Job | undefined;
  if (!job) return gone;
  if (!completed) return { failure: job.failedReason, tries: job.attemptsMade };
  const value = cellIn(String(job.returnvalue));
  return value && value.cell === job.id
    ? { value, tries: job.attemptsMade }
    : { failure: "its worker answered something that is no cell", tries: job.attemptsMade };
}
