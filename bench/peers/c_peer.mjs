// A plain C program as a peer: compiles it once with cc -O3 and speaks the same JSON lines as peer.py.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const folder = mkdtempSync(join(tmpdir(), "separatrix-bench-c-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const sources = { "basin-image": "basin_image" };
const built = new Map();

function build(name) {
  const program = join(folder, name);
  execFileSync("cc", ["-O3", fileURLToPath(new URL(`${name}.c`, import.meta.url)), "-o", program, "-lm"]);
  built.set(name, program);
  return program;
}

const reply = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
reply({ ready: true, versions: { cc: execFileSync("cc", ["--version"], { encoding: "utf8" }).split("\n")[0] } });
for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  try {
    const request = JSON.parse(line);
    const name = sources[request.case];
    const side = String(request.side);
    const out = execFileSync(built.get(name) ?? build(name), [side, "0", side], { encoding: "utf8" });
    const [us, first] = out.trim().split(" ").map(Number);
    reply({ us_per_step: us, form: "cc -O3, one start after the other", check: { share: first / request.side ** 2 } });
  } catch (error) {
    reply({ error: `${error.name}: ${error.message}` });
  }
}
