/** The built command as a user starts it, in a folder, and as an operator kills it. */
import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** The file that node runs. */
export const main = join(root, "packages/cli/bundle/main.js");

// Built anew where sources changed since: no test sees a stale command.
execFileSync(process.execPath, [join(root, "scripts/setup.mjs")], { stdio: "inherit" });

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Company {
  /** Called every now and then; `kill` without a signal is kill -9. */
  readonly look?: (kill: (signal?: NodeJS.Signals) => void, stderr: string, stdout: string) => void;
}

/** Starts `separatrix ...args` in a folder and waits for its end. */
export function separatrix(folder: string, args: readonly string[], { look }: Company = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    const kill = (signal: NodeJS.Signals = "SIGKILL"): void => void child.kill(signal);
    const looking = look ? setInterval(() => look(kill, stderr, stdout), 20) : undefined;
    child.stdout.on("data", (data) => (stdout += data));
    child.stderr.on("data", (data) => (stderr += data));
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(looking);
      resolve({ code, stdout, stderr });
    });
  });
}
