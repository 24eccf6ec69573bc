// How many threads our side has: --threads N.
import { parseArgs } from "node:util";
import { threads } from "../../packages/engine/dist/index.js";

const { values } = parseArgs({ options: { threads: { type: "string", default: "1" } } });
const count = Number(values.threads);

/** What every program is compiled with. */
export const options = count > 1 ? { threads: await threads(count) } : {};
