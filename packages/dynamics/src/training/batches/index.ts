import type { Batching } from "./batching.js";
import { epochs } from "./epochs.js";
import { independentBatches } from "./independent.js";
import { withReplacement } from "./with-replacement.js";

/** One line an entry. */
export const batchings: readonly Batching[] = [independentBatches, epochs, withReplacement];
