import { Worker } from "node:worker_threads";

/** What a worker answers to a task. */
export type Answer<R> =
  | { readonly value: R }
  /** `final`: another try would end alike. */
  | { readonly failure: string; readonly final: boolean };

/** How a task ended, after how many tries. */
export type Outcome<R> = ({ readonly value: R } | { readonly failure: string }) & { readonly tries: number };

export interface PoolOptions {
  /** The program of a worker: it answers each message with one `Answer`. */
  readonly script: URL;
  readonly workers: number;
  /** How often a task that failed is tried again, last of all. */
  readonly retries: number;
  /** Ends all workers at once; what they were at is lost. */
  readonly signal?: AbortSignal;
}

/** One task to a worker; its answer, or what became of the worker. */
function ask<T, R>(
  worker: Worker,
  task: T,
  signal: AbortSignal | undefined,
): Promise<Answer<R> & { readonly crashed?: boolean }> {
  return new Promise((resolve) => {
    const end = (answer: Answer<R> & { readonly crashed?: boolean }): void => {
      worker.off("message", end).off("error", broke).off("exit", left);
      signal?.removeEventListener("abort", stop);
      resolve(answer);
    };
    const crashed = (why: string): void => end({ failure: why, final: false, crashed: true });
    const stop = (): void => {
      // It stays deaf: what it says from now on is of no interest.
      void worker.terminate();
      crashed("stopped");
    };
    const broke = (error: NodeJS.ErrnoException): void => crashed(`${error.code ? `${error.code}: ` : ""}${error.message}`);
    const left = (code: number): void => crashed(`its worker ended with exit code ${code}`);
    worker.on("message", end).on("error", broke).on("exit", left);
    signal?.addEventListener("abort", stop);
    worker.postMessage(task);
  });
}

/**
 * Gives tasks to workers, each to the next that is free.
 *
 * *Returns*: when all are done, or the signal came. A task whose worker breaks down fails alone: another worker takes the next one.
 */
export async function runAll<T, R>(
  tasks: readonly T[],
  { script, workers, retries, signal }: PoolOptions,
  onEnd: (task: T, outcome: Outcome<R>) => Promise<void>,
): Promise<void> {
  const queue = tasks.map((task) => ({ task, tries: 0 }));
  const lane = async (): Promise<void> => {
    let worker: Worker | undefined;
    for (let next = queue.shift(); next && !signal?.aborted; next = queue.shift()) {
      const { task } = next;
      const tries = next.tries + 1;
      worker ??= new Worker(script);
      const answer = await ask<T, R>(worker, task, signal);
      if (signal?.aborted) break;
      if ("failure" in answer && answer.crashed) {
        await worker.terminate();
        worker = undefined;
      }
      if ("value" in answer) await onEnd(task, { value: answer.value, tries });
      else if (!answer.final && tries <= retries) queue.push({ task, tries });
      else await onEnd(task, { failure: answer.failure, tries });
    }
    await worker?.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(workers, tasks.length) }, lane));
}
