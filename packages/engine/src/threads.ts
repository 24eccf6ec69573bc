/**
 * Threads: workers that run the same program on shared memory. A pool serves any number of programs;
 * a worker spins for a moment after a job and then returns to its event loop, from where a message wakes it.
 */

/** Words of the control block: the job number, its program, rounds and feed; then one word a worker: 1 while it sits in its event loop. */
const JOB = 0;
const PROGRAM = 1;
const ROUNDS = 2;
const FEED = 3;
const PARKED = 4;

export interface Threads {
  /** Number of threads, the calling one included. */
  readonly count: number;
  /** Gives the workers a program. */
  add(module: WebAssembly.Module, memory: WebAssembly.Memory): number;
  /** Lets the workers forget a program. */
  drop(program: number): void;
  /** Starts the workers on a job; the caller then runs thread 0 of it. */
  start(program: number, rounds: number, feed: boolean): void;
  /** Ends the workers. */
  close(): void;
}

/** What a worker runs: plain JavaScript, so that it starts from a string in Node and in browsers alike. */
const WORKER = `
const node = typeof process !== "undefined" && process.versions && process.versions.node;
const port = node ? require("worker_threads").parentPort : self;
const programs = new Map();
let control, index, count, last = 0;
function work() {
  for (;;) {
    let spins = 0;
    while (Atomics.load(control, ${JOB}) === last) {
      if (++spins > 200000) {
        Atomics.store(control, ${PARKED} + index, 1);
        if (Atomics.load(control, ${JOB}) === last || Atomics.exchange(control, ${PARKED} + index, 0) === 0) return;
        break;
      }
    }
    const main = programs.get(Atomics.load(control, ${PROGRAM}));
    if (!main) { Atomics.store(control, ${PARKED} + index, 2); return; }
    last = Atomics.load(control, ${JOB});
    main(index, count, Atomics.load(control, ${ROUNDS}), Atomics.load(control, ${FEED}));
  }
}
function message(m) {
  if (m.control) { control = m.control; index = m.index; count = m.count; port.postMessage("ready"); return; }
  if (m.drop !== undefined) { programs.delete(m.drop); return; }
  if (m.module) programs.set(m.id, new WebAssembly.Instance(m.module, { env: { memory: m.memory } }).exports.main);
  if (Atomics.load(control, ${JOB}) !== last) work();
}
if (node) port.on("message", message); else self.onmessage = (e) => message(e.data);
`;

interface Handle {
  post(message: unknown): void;
  end(): void;
}

/** Starts a worker from the source above; resolves once it has answered. */
async function spawn(first: unknown): Promise<Handle> {
  if (typeof process !== "undefined" && process.versions?.node) {
    const { Worker } = await import(/* @vite-ignore */ "node:worker_threads");
    const worker = new Worker(WORKER, { eval: true, execArgv: [] });
    await new Promise<void>((resolve, reject) => {
      worker.once("message", () => resolve());
      worker.once("error", reject);
      worker.postMessage(first);
    });
    worker.unref();
    return { post: (m) => worker.postMessage(m), end: () => void worker.terminate() };
  }
  const url = URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" }));
  const worker = new Worker(url);
  await new Promise<void>((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = (e) => reject(new Error(`a thread could not be started: ${e.message}`));
    worker.postMessage(first);
  });
  URL.revokeObjectURL(url);
  return { post: (m) => worker.postMessage(m), end: () => worker.terminate() };
}

/**
 * A pool of `count` threads, the calling one included, for `compile(f, specs, { threads })`.
 *
 * *Arguments*: `count` >= 1, at most the number of processors is useful.
 * *Returns*: the pool; results do not depend on `count`.
 * *Error*: throws where shared memory is not available (a page needs the headers Cross-Origin-Opener-Policy: same-origin
 * and Cross-Origin-Embedder-Policy: require-corp); use one thread there. In a page, call it from a worker: the page stands still while a program runs.
 * *Cost*: some tens of milliseconds a thread to start. Close the pool to end its workers.
 * *Example*: `const pool = await threads(2); pool.close(); pool.count // 2`
 */
export async function threads(count: number): Promise<Threads> {
  if (!Number.isInteger(count) || count < 1 || count > 256)
    throw new RangeError(`threads: the count must be an integer from 1 to 256, got ${count}`);
  if (count > 1 && typeof SharedArrayBuffer === "undefined") {
    throw new Error(
      "threads: this page has no shared memory; serve it with Cross-Origin-Opener-Policy: same-origin and " +
        "Cross-Origin-Embedder-Policy: require-corp, or use one thread",
    );
  }
  const control = count > 1 ? new Int32Array(new SharedArrayBuffer(4 * (PARKED + count))) : new Int32Array(PARKED + count);
  control.fill(1, PARKED);
  const workers = await Promise.all(Array.from({ length: count - 1 }, (_, i) => spawn({ control, index: i + 1, count })));
  let programs = 0;
  let job = 0;
  return {
    count,
    add(module, memory) {
      const id = programs++;
      workers.forEach((w) => w.post({ module, memory, id }));
      return id;
    },
    drop(program) {
      workers.forEach((w) => w.post({ drop: program }));
    },
    start(program, rounds, feed) {
      if (workers.length === 0) return;
      Atomics.store(control, PROGRAM, program);
      Atomics.store(control, ROUNDS, rounds);
      Atomics.store(control, FEED, feed ? 1 : 0);
      job = (job + 1) | 0;
      Atomics.store(control, JOB, job);
      workers.forEach((w, i) => {
        if (Atomics.exchange(control, PARKED + i + 1, 0) === 1) w.post({ wake: true });
      });
    },
    close() {
      workers.forEach((w) => w.end());
    },
  };
}
