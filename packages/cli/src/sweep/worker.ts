import { parentPort } from "node:worker_threads";
import type { CellRecord } from "./cell.js";
import type { Answer } from "./pool.js";
import { isFinal, reasonOf, runCell, type CellTask } from "./run-cell.js";

async function answer(task: CellTask): Promise<Answer<CellRecord>> {
  try {
    return { value: await runCell(task) };
  } catch (error) {
    return { failure: reasonOf(error), final: isFinal(error) };
  }
}

parentPort!.on("message", (task: CellTask) => void answer(task).then((a) => parentPort!.postMessage(a)));
