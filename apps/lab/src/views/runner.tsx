import { useEffect, useRef, useState } from "preact/hooks";
import { desk, figureWidth, processors, type Call, type Desk } from "../engine.js";
import type { Jobs } from "../worker/protocol/jobs.js";
import type { Files, Finished } from "../worker/protocol/study.js";

type News = Jobs["run"]["news"];

export interface Running {
  /** The run under way. */
  readonly busy: { readonly news?: News; readonly left?: number; readonly stopping: boolean } | undefined;
  /** The last one that ended, and the text that it ran. */
  readonly finished: { readonly run: Finished; readonly text: string } | undefined;
  readonly failure: string | undefined;
  start(text: string, files?: Files): void;
  /** Stops at the next chance and keeps what there is; a second time: at once. */
  stop(): void;
}

/** Runs studies, one at a time, each in a worker of its own. */
export function useRunner(): Running {
  const [state, set] = useState<Pick<Running, "busy" | "finished" | "failure">>({
    busy: undefined,
    finished: undefined,
    failure: undefined,
  });
  const now = useRef<{ desk: Desk; call: Call<"run">; stopping: boolean } | undefined>(undefined);
  const end = (): void => {
    now.current?.desk.close();
    now.current = undefined;
  };
  useEffect(() => end, []);
  return {
    ...state,
    start(text, files = {}) {
      end();
      const began = performance.now();
      const worker = desk();
      set((s) => ({ ...s, busy: { stopping: false }, failure: undefined }));
      const call = worker.call("run", { text, files, processors: processors(), width: figureWidth() }, (news) => {
        const share = news.done / Math.max(1, news.total);
        const seconds = (performance.now() - began) / 1000;
        // The first moments say little about the rest.
        const left = share > 0.02 && seconds > 0.5 ? (seconds * (1 - share)) / share : undefined;
        set((s) => (s.busy ? { ...s, busy: { news, stopping: s.busy.stopping, ...(left === undefined ? {} : { left }) } } : s));
      });
      now.current = { desk: worker, call, stopping: false };
      const settle = (rest: Pick<Running, "failure"> & Partial<Pick<Running, "finished">>): void => {
        if (now.current?.call !== call) return;
        end();
        set((s) => ({ ...s, busy: undefined, ...rest }));
      };
      call.result.then(
        (run) => settle({ finished: { run, text }, failure: undefined }),
        (error: Error) => settle({ failure: error.message }),
      );
    },
    stop() {
      const { current } = now;
      if (!current) return;
      if (current.stopping) {
        end();
        set((s) => ({ ...s, busy: undefined }));
      } else {
        current.stopping = true;
        current.call.order("stop");
        set((s) => (s.busy ? { ...s, busy: { ...s.busy, stopping: true } } : s));
      }
    },
  };
}

const clock = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;

/** How far a run is, and how long it will take. */
export function Progress({ busy }: { busy: NonNullable<Running["busy"]> }) {
  const { news, left, stopping } = busy;
  const share = news ? news.done / Math.max(1, news.total) : 0;
  return (
    <div class="progress" role="status">
      <progress aria-label="Progress of the run" max={1} value={share} />
      <p class="under">
        {stopping
          ? "Stopping …"
          : news
            ? `${Math.floor(100 * share)} % · ${news.done.toLocaleString("en-US")} of ${news.total.toLocaleString("en-US")} ${news.unit}s${left === undefined ? "" : ` · ${clock(left)} left`}${news.note ? ` · ${news.note}` : ""}`
            : "Starting …"}
      </p>
    </div>
  );
}
