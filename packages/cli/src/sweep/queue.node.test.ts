import { expect, it } from "vitest";
import type { Backend } from "./backend.js";
import type { Outcome } from "./pool.js";
import { runQueued } from "./queue.js";
import type { CellTask } from "./run-cell.js";

it("a job that ends between being read and being asked is read again", async () => {
  // The first reading knows nothing of the end yet, though the server, when asked, does.
  const readings = [undefined, { failedReason: undefined }, { failedReason: "out of something" }];
  const queue = {
    getJob: async () => {
      const read = readings.shift();
      return read && { ...read, id: "a", attemptsMade: 2, isCompleted: async () => false, isFailed: async () => true };
    },
    addBulk: async () => [],
    getWorkersCount: async () => 1,
    close: async () => undefined,
  };
  const backend = { shown: "nowhere", queue: async () => queue } as unknown as Backend;
  const ends: Outcome<unknown>[] = [];
  const options = { backend, retries: 1, fresh: false, objection: async () => undefined, onIdle: () => undefined };
  await runQueued([{ hash: "a", study: {}, folder: ".", every: 1 } as unknown as CellTask], options, async (_task, outcome) => {
    ends.push(outcome);
  });
  expect(ends).toEqual([{ failure: "out of something", tries: 2 }]);
});
