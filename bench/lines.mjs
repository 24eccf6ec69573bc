// A child process that answers one JSON line with one JSON line.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(130));

/**
 * Starts a process and waits for its first line, which tells its versions.
 * `ask` rejects when the process answers an error, ends, or takes longer than `limitSeconds`.
 */
export async function start(command, args, limitSeconds = 600) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  running.add(child);
  let waiting;
  let said = "";
  let ended = false;
  const settle = (how, value) => {
    const w = waiting;
    waiting = undefined;
    clearTimeout(w?.timer);
    w?.[how](value);
  };
  const answer = () =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill("SIGKILL");
        settle("reject", new Error(`${command} ${args.join(" ")}: no answer in ${limitSeconds} s`));
      }, limitSeconds * 1000);
      waiting = { resolve, reject, timer };
    });
  child.stderr.on("data", (text) => (said = (said + text).slice(-4000)));
  child.stdin.on("error", () => {}); // a process that ended reports itself through close
  createInterface({ input: child.stdout }).on("line", (line) => {
    try {
      settle("resolve", JSON.parse(line));
    } catch {
      settle("reject", new Error(`${command}: not JSON: ${line.slice(0, 200)}`));
    }
  });
  const closed = new Promise((resolve) => {
    const end = (why) => {
      ended = true;
      running.delete(child);
      settle("reject", new Error(`${command} ${args.join(" ")} ${why}\n${said}`));
      resolve();
    };
    child.on("error", (error) => end(`did not start: ${error.message}`));
    child.on("close", (code, signal) => end(`ended with ${signal ?? code}`));
  });
  const { versions } = await answer();
  return {
    versions,
    said: () => said,
    async ask(request) {
      if (ended) throw new Error(`${command}: the process has ended\n${said}`);
      const reply = answer();
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const result = await reply;
      if (result.error) throw new Error(result.error);
      return result;
    },
    async stop() {
      child.stdin.end();
      const late = setTimeout(() => child.kill("SIGKILL"), 5000);
      await closed;
      clearTimeout(late);
    },
  };
}
