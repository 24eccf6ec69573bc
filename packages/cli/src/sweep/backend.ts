import type { Queue, Worker } from "bullmq";
import { UserError } from "../exit.js";

/** The name under which cells wait, whatever sweep they are of. */
const NAME = "separatrix-cells";

/** Milliseconds after which a job belongs to nobody if its worker has not said that it lives; it says so twice as often. */
const LOCK = 10_000;
/** Times that a job may outlive its worker before it is held to be what kills them. */
const MOST_STALLS = 5;

/** A queue that several machines reach. */
export interface Backend {
  queue(): Promise<Queue>;
  /** A worker of the queue; `script` exports by default what is done with a job, and runs in threads. */
  worker(script: URL, concurrency: number): Promise<Worker>;
  /** The address without a password, for messages. */
  readonly shown: string;
}

const EXPECTED = "expected redis://host:6379 or postgres://user@host/database";

/** The queue at an address; refuses one that is none, or where nobody answers, or for which a package is missing. */
export async function backendAt(address: string): Promise<Backend> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const kind = /^rediss?:$/.test(url?.protocol ?? "")
    ? "redis"
    : /^postgres(ql)?:$/.test(url?.protocol ?? "")
      ? "postgres"
      : undefined;
  if (!url || !kind) throw new UserError(`--queue: got ${JSON.stringify(address)}; ${EXPECTED}`);
  if (kind === "redis" && !/^\/?\d*$/.test(url.pathname))
    throw new UserError(
      `--queue: got ${JSON.stringify(url.pathname.slice(1, 61))} for the database of Redis; expected a number, as redis://host:6379/2`,
    );
  const shown = new URL(address);
  if (shown.password) shown.password = "***";
  const bullmq = await optional("bullmq", () => import("bullmq"));
  const limits = { lockDuration: LOCK, stalledInterval: LOCK / 2, maxStalledCount: MOST_STALLS };
  const worked = { ...limits, useWorkerThreads: true };
  if (kind === "redis") {
    await answersRedis(address, shown.href);
    const connection = { url: address, maxRetriesPerRequest: null };
    return {
      shown: shown.href,
      queue: async () => new bullmq.Queue(NAME, { connection }),
      worker: async (script, concurrency) => new bullmq.Worker(NAME, script, { connection, concurrency, ...worked }),
    };
  }
  await answersPostgres(address, shown.href);
  const connection = { connectionString: address, schema: "separatrix", migrate: true };
  const make = bullmq.createPostgresBackend;
  const open = async <T extends { waitUntilReady(): Promise<unknown> }>(it: T): Promise<T> => {
    try {
      await it.waitUntilReady();
      return it;
    } catch (error) {
      throw unreachable(shown.href, error);
    }
  };
  return {
    shown: shown.href,
    queue: () => open(new bullmq.Queue(NAME, { connection }, make) as unknown as Queue),
    worker: (script, concurrency) =>
      open(new bullmq.Worker(NAME, script, { connection, concurrency, ...worked }, make) as unknown as Worker),
  };
}

async function optional<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UserError(
      `--queue needs the package ${name}, which is not installed: npm install bullmq@6.7.0 ioredis@5.11.1 (Redis) or bullmq@6.7.0 pg (Postgres)`,
    );
  }
}

const unreachable = (shown: string, error: unknown): UserError =>
  new UserError(
    `--queue: ${shown} does not answer (${error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : String(error)})`,
  );

/** What of the package pg is used here; it has no types of its own. */
interface Postgres {
  readonly default: {
    readonly Client: new (options: object) => {
      connect(): Promise<void>;
      end(): Promise<void>;
      on(event: "error", hear: () => void): void;
    };
  };
}

/** Tries a connection once: a worker would wait for ever for a server that is not there. */
async function answersPostgres(address: string, shown: string): Promise<void> {
  const { default: pg } = (await optional("pg", () => import("pg" as string))) as Postgres;
  const client = new pg.Client({ connectionString: address, connectionTimeoutMillis: 5000 });
  // One that breaks off later is of no concern.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw unreachable(shown, error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Tries a connection once, where a client would try for ever. */
async function answersRedis(address: string, shown: string): Promise<void> {
  const { Redis } = await optional("ioredis", () => import("ioredis"));
  const client = new Redis(address, {
    lazyConnect: true,
    connectTimeout: 5000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let reason: unknown;
  client.on("error", (error) => (reason = error));
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    throw unreachable(shown, reason ?? error);
  } finally {
    client.disconnect();
  }
}
