import type { Host, JobName, Reply, Request, Work } from "./protocol/jobs.js";

/** One line a job; each is loaded when it is first asked for. */
const jobs: { readonly [J in JobName]: () => Promise<Work<J>> } = {
  describe: async () => (await import("./describe.js")).describe,
  check: async () => (await import("./check.js")).check,
  run: async () => (await import("./run.js")).run,
  parts: async () => (await import("./parts.js")).parts,
  inspect: async () => (await import("./inspect.js")).inspect,
  suggest: async () => (await import("./suggest.js")).suggest,
  train: async () => (await import("./train.js")).train,
  orbits: async () => (await import("./orbits.js")).orbits,
  flow: async () => (await import("./flow.js")).flow,
  ride: async () => (await import("./ride.js")).ride,
  exponents: async () => (await import("./exponents.js")).exponents,
  basins: async () => (await import("./basins.js")).basins,
  oscillators: async () => (await import("./oscillators.js")).oscillators,
  propagation: async () => (await import("./propagation.js")).propagation,
  layers: async () => (await import("./layers.js")).layers,
  stretching: async () => (await import("./stretching.js")).stretching,
  delay: async () => (await import("./delay.js")).delay,
  neuron: async () => (await import("./neuron.js")).neuron,
  ranks: async () => (await import("./ranks.js")).ranks,
  fates: async () => (await import("./fates.js")).fates,
  sgd: async () => (await import("./sgd.js")).sgd,
};

const post = (reply: Reply, transfer: readonly Transferable[] = []): void =>
  (self as unknown as Worker).postMessage(reply, [...transfer]);

const hearers = new Map<number, (order: unknown) => void>();

/** A message to oneself comes after those that wait, and sooner than any timer. */
const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();
const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(0);
  });

async function start(id: number, job: JobName, input: unknown): Promise<void> {
  const early: unknown[] = [];
  hearers.set(id, (order) => early.push(order));
  const host: Host<JobName> = {
    news: (value, transfer) => post({ id, news: value }, transfer),
    onOrder(hear) {
      hearers.set(id, hear as (order: unknown) => void);
      early.splice(0).forEach((order) => (hear as (order: unknown) => void)(order));
    },
    breathe,
  };
  try {
    const work = (await jobs[job]()) as (input: unknown, host: unknown) => unknown;
    post({ id, result: await work(input, host) });
  } catch (error) {
    post({ id, failure: error instanceof Error ? error.message : String(error) });
  } finally {
    hearers.delete(id);
  }
}

self.onmessage = ({ data }: MessageEvent<Request>): void => {
  if ("job" in data) void start(data.id, data.job, data.input);
  else hearers.get(data.id)?.(data.order);
};
