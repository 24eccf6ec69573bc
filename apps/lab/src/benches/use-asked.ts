import { useEffect, useRef, useState } from "preact/hooks";
import { desk, type Call } from "../engine.js";
import type { Jobs } from "../worker/protocol/jobs.js";

/** Jobs whose news say which order they answer. */
type Answering = "exponents" | "fates" | "layers" | "stretching";

/**
 * A worker that is asked one thing after another, and heard only on the last.
 *
 * A new worker comes with a new `about`. `anew` is told whenever the question changes, `hear` the news of the present one; a question is put after `rest`
 * milliseconds without another. Returns why the job failed, if it did.
 */
export function useAsked<J extends Answering>(
  job: J,
  input: Jobs[J]["input"],
  about: unknown,
  order: Jobs[J]["order"] | undefined,
  rest: number,
  anew: () => void,
  hear: (news: Jobs[J]["news"]) => void,
): string | undefined {
  const [failure, fail] = useState<string>();
  const call = useRef<Call<J> | undefined>(undefined);
  const asked = useRef("");
  const heard = useRef(hear);
  heard.current = hear;
  const wanted = order && JSON.stringify(order);
  useEffect(() => {
    const worker = desk();
    fail(undefined);
    call.current = worker.call(job, input, (news) => {
      if (JSON.stringify((news as { order: unknown }).order) === asked.current) heard.current(news);
    });
    call.current.result.catch((error: Error) => fail(error.message));
    return () => worker.close();
  }, [about]);
  useEffect(() => {
    asked.current = "";
    anew();
    if (!wanted) return undefined;
    const timer = setTimeout(() => {
      asked.current = wanted;
      call.current?.order(JSON.parse(wanted) as Jobs[J]["order"]);
    }, rest);
    return () => clearTimeout(timer);
  }, [about, wanted]);
  return failure;
}
