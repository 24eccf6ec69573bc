import type { JobName, Jobs, Reply, Request } from "./worker/protocol/jobs.js";

/** A job under way. */
export interface Call<J extends JobName> {
  readonly result: Promise<Jobs[J]["result"]>;
  order(order: Jobs[J]["order"]): void;
}

/** A worker with the engine in it. The page itself computes nothing. */
export interface Desk {
  call<J extends JobName>(job: J, input: Jobs[J]["input"], onNews?: (news: Jobs[J]["news"]) => void): Call<J>;
  /** Ends the worker and whatever it does. */
  close(): void;
}

interface Pending {
  news(value: unknown): void;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export function desk(): Desk {
  const worker = new Worker(new URL("./worker/worker.ts", import.meta.url), { type: "module" });
  const pending = new Map<number, Pending>();
  let calls = 0;
  const post = (request: Request): void => worker.postMessage(request);
  worker.onmessage = ({ data }: MessageEvent<Reply>): void => {
    const call = pending.get(data.id);
    if (!call) return;
    if ("news" in data) return call.news(data.news);
    pending.delete(data.id);
    if ("failure" in data) call.reject(new Error(data.failure));
    else call.resolve(data.result);
  };
  worker.onerror = (event): void => {
    for (const call of pending.values())
      call.reject(new Error(`the worker stopped: ${event.message || "it could not be loaded"}`));
    pending.clear();
  };
  return {
    call(job, input, onNews) {
      const id = ++calls;
      const result = new Promise((resolve, reject) =>
        pending.set(id, { news: (value) => onNews?.(value as never), resolve, reject }),
      );
      post({ id, job, input });
      return { result: result as never, order: (order) => post({ id, order }) };
    },
    close() {
      worker.terminate();
      pending.clear();
    },
  };
}

let clerk: Desk | undefined;
let known: Promise<Jobs["describe"]["result"]> | undefined;

/** One worker that reads studies and catalogues while others compute. */
export const reading = (): Desk => (clerk ??= desk());

/** The schema and the catalogues, asked for once. */
export const description = (): Promise<Jobs["describe"]["result"]> => (known ??= reading().call("describe", null).result);

/** What an inspection can look at. */
export const partCards = (): Promise<Jobs["parts"]["result"]> => reading().call("parts", null).result;

/** How wide figures are drawn on this screen. */
const figureWidth = (): number => Math.min(640, Math.max(320, document.documentElement.clientWidth - 40));

/** Threads for `threads: auto`: more than one needs shared memory, which a page has only when it is isolated. */
export const processors = (): number => (globalThis.crossOriginIsolated ? Math.min(8, navigator.hardwareConcurrency || 1) : 1);

/** What a run is told of this machine: its processors, and how wide figures are to be. */
export const here = (): { readonly processors: number; readonly width: number } => ({
  processors: processors(),
  width: figureWidth(),
});
