import { characteristicExponent, fateInParts, gram, gramModel, sgdProducts, type Gram } from "#dynamics";
import { answering } from "./answering.js";
import type { FateOrder } from "./protocol/fates.js";
import type { Host, Work } from "./protocol/jobs.js";

const RUNS = 200;
const STEPS = 10_000;
const LEVEL = 0.95;
/** Steps that the exponent of a cell takes at least and at most. */
const [LEAST, BUDGET] = [2 ** 15, 2 ** 20];
/** Milliseconds of computing between two looks at the messages. */
const SLICE = 30;

/** Runs of SGD near a minimum with this Gram matrix, at whatever cell the visitor chooses. */
export const fates: Work<"fates"> = ({ matrix }, host) => {
  const g = gram(matrix);
  return answering(host, async (order, outdated) => {
    try {
      await run(g, order, host, outdated);
    } catch (error) {
      host.news({ kind: "failed", order, reason: (error as Error).message });
    }
  });
};

async function run(g: Gram, order: FateOrder, host: Host<"fates">, outdated: () => boolean): Promise<void> {
  const { stepSize, batchSize } = order;
  host.news({ kind: "so-far", order, done: 0 });
  const model = gramModel(g);
  const exponent = characteristicExponent(sgdProducts(g, { stepSize, batchSize }), { least: LEAST, budget: BUDGET });
  const work = fateInParts(model, { stepSize, batchSize, runs: RUNS, steps: STEPS, level: LEVEL });
  for (let last = performance.now(); ;) {
    const part = work.next();
    if (part.done) return host.news({ kind: "found", order, fate: part.value, exponent, steps: STEPS, level: LEVEL });
    if (performance.now() - last < SLICE) continue;
    host.news({ kind: "so-far", order, done: part.value });
    await host.breathe();
    if (outdated()) return;
    last = performance.now();
  }
}
