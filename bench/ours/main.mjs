// Our side of the benchmark: a long-lived process that speaks the same JSON lines as peers/peer.py.
// node ours/main.mjs --threads N
import { createInterface } from "node:readline";
import { flowCases } from "./flows.mjs";
import { gradientCases } from "./gradients.mjs";
import { load } from "./tensors.mjs";
import { trainingCases } from "./training.mjs";
import { unitCases } from "./units.mjs";

const prepare = { ...gradientCases, ...trainingCases, ...flowCases, ...unitCases };

const reply = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const prepared = new Map();
reply({ ready: true, versions: { node: process.version, v8: process.versions.v8 } });
for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  try {
    const request = JSON.parse(line);
    if (!prepared.has(request.case)) prepared.set(request.case, prepare[request.case](request, load(request.data)));
    const { form, check, time } = prepared.get(request.case);
    reply({ ...time(request.reps), form, check });
  } catch (error) {
    reply({ error: `${error.name}: ${error.message}` });
  }
}
process.exit(0); // the pool's workers would keep the process alive
