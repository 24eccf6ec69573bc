import type { Host, JobName, Jobs } from "./protocol/jobs.js";

/** Answers what is asked for, the newest alone and for ever; `answer` gives up where `outdated()` tells of something newer. */
export async function answering<J extends JobName>(
  host: Host<J>,
  answer: (order: Jobs[J]["order"], outdated: () => boolean) => Promise<void>,
): Promise<never> {
  let [newest, wake]: [Jobs[J]["order"] | undefined, () => void] = [undefined, () => undefined];
  host.onOrder((next) => {
    newest = next;
    wake();
  });
  for (;;) {
    const order: Jobs[J]["order"] | undefined = newest;
    if (order === undefined) await new Promise<void>((resolve) => (wake = resolve));
    else {
      await answer(order, () => newest !== order);
      if (newest === order) newest = undefined;
    }
  }
}
