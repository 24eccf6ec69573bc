import { describe, expect, it } from "vitest";
import { runAll, type Outcome, type PoolOptions } from "./pool.js";

/** A worker that does what its task says. */
const script = new URL(
  `data:text/javascript,${encodeURIComponent(`
import { parentPort } from "node:worker_threads";
let served = 0;
parentPort.on("message", ({ what, n }) => {
  served++;
  if (what === "die") process.exit(7);
  if (what === "throw") throw new RangeError("out of something");
  if (what === "refuse") parentPort.postMessage({ failure: "no such thing", final: true });
  if (what === "stumble") parentPort.postMessage({ failure: "not now", final: false });
  if (what === "work") parentPort.postMessage({ value: [n, served] });
  if (what === "stumble once") parentPort.postMessage(globalThis.stumbled ? { value: [n, 0] } : ((globalThis.stumbled = true), { failure: "not now", final: false }));
});`)}`,
);
interface Task {
  readonly what: string;
  readonly n: number;
}
const tasks = (...what: string[]): Task[] => what.map((w, n) => ({ what: w, n }));

async function outcomes(list: readonly Task[], options: Partial<PoolOptions> = {}): Promise<Map<number, Outcome<number[]>>> {
  const ends = new Map<number, Outcome<number[]>>();
  await runAll<Task, number[]>(list, { script, workers: 2, retries: 2, ...options }, async (task, outcome) => {
    expect(ends.has(task.n)).toBe(false);
    ends.set(task.n, outcome);
  });
  return ends;
}

describe("the pool of a sweep", () => {
  it("ends every task once, on one worker or many", async () => {
    for (const workers of [1, 3, 20]) {
      const ends = await outcomes(tasks(...new Array<string>(12).fill("work")), { workers });
      expect([...ends.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i));
      for (const [n, end] of ends) expect("value" in end && end.value[0]).toBe(n);
    }
  });

  it("lets a task whose worker dies fail alone, after as many tries as allowed", async () => {
    const ends = await outcomes(tasks("work", "die", "work", "throw", "work"));
    expect(ends.get(1)).toEqual({ failure: "its worker ended with exit code 7", tries: 3 });
    expect(ends.get(3)).toEqual({ failure: "out of something", tries: 3 });
    for (const n of [0, 2, 4]) expect(ends.get(n)).toMatchObject({ tries: 1, value: [n, expect.any(Number)] });
  });

  it("tries again what may end otherwise, and not what would end alike", async () => {
    const ends = await outcomes(tasks("refuse", "stumble", "stumble once"), { workers: 1 });
    expect(ends.get(0)).toEqual({ failure: "no such thing", tries: 1 });
    expect(ends.get(1)).toEqual({ failure: "not now", tries: 3 });
    expect(ends.get(2)).toEqual({ value: [2, 0], tries: 2 });
  });

  it("ends at once at the signal, and reports nothing more", async () => {
    const stop = new AbortController();
    const ends: number[] = [];
    await runAll<Task, number[]>(
      tasks("work", "wait for ever", "work", "wait for ever"),
      { script, workers: 2, retries: 0, signal: stop.signal },
      async ({ n }) => {
        ends.push(n);
        if (ends.length === 2) setTimeout(() => stop.abort());
      },
    );
    expect(ends.sort()).toEqual([0, 2]);
  });
});
