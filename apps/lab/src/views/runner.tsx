import { useEffect, useRef, useState } from "preact/hooks";
import { desk, type Call, type Desk } from "../engine.js";
import type { Jobs } from "../worker/protocol/jobs.js";

/** How far a job is. */
interface Step {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly note: string;
}

/** Jobs that can be stopped and end with a result. */
type Stoppable = "run" | "inspect";

export interface Running<J extends Stoppable> {
  /** The job under way. */
  readonly busy: { readonly news?: Step; readonly left?: number; readonly stopping: boolean } | undefined;
  /** The last one that ended, and what it was given. */
  readonly finished: { readonly run: Jobs[J]["result"]; readonly input: Jobs[J]["input"] } | undefined;
  readonly failure: string | undefined;
  start(input: Jobs[J]["input"]): void;
  /** Stops at the next chance and keeps what there is; a second time: at once. */
  stop(): void;
}

/** Does jobs of one kind, one at a time, each in a worker of its own; `hear` is told all that is news. */
export function useRunner<J extends Stoppable>(job: J, hear?: (news: Jobs[J]["news"]) => void): Running<J> {
  type State = Pick<Running<J>, "busy" | "finished" | "failure">;
  const [state, set] = useState<State>({ busy: undefined, finished: undefined, failure: undefined });
  const now = useRef<{ desk: Desk; call: Call<J>; stopping: boolean } | undefined>(undefined);
  const end = (): void => {
    now.current?.desk.close();
    now.current = undefined;
  };
  useEffect(() => end, []);
  return {
    ...state,
    start(input) {
      end();
      const began = performance.now();
      const worker = desk();
      set((s) => ({ ...s, busy: { stopping: false }, failure: undefined }));
      const call = worker.call(job, input, (heard) => {
        hear?.(heard);
        if (!("done" in heard)) return;
        const news: Step = heard;
        const share = news.done / Math.max(1, news.total);
        const seconds = (performance.now() - began) / 1000;
        // The first moments say little about the rest.
        const left = share > 0.02 && seconds > 0.5 ? (seconds * (1 - share)) / share : undefined;
        set((s) => (s.busy ? { ...s, busy: { news, stopping: s.busy.stopping, ...(left === undefined ? {} : { left }) } } : s));
      });
      now.current = { desk: worker, call, stopping: false };
      const settle = (rest: Partial<State>): void => {
        if (now.current?.call !== call) return;
        end();
        set((s) => ({ ...s, busy: undefined, ...rest }));
      };
      call.result.then(
        (run) => settle({ finished: { run, input }, failure: undefined }),
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
export function Progress({ busy }: { busy: NonNullable<Running<Stoppable>["busy"]> }) {
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
