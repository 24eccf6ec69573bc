import { join } from "node:path";
import { percent, show, type Clock, type RunRecord } from "#dynamics";
import { shownSafely } from "../exit.js";
import { wrap } from "../wrap.js";

/** What a run says in the terminal when it has ended. */
export function conclusion({ manifest, clock }: RunRecord, folder: string, command: string): string {
  const heading = `${manifest.title}: ${{ ok: "finished", aborted: "stopped", diverged: "diverged", "not-converged": "no minimum found" }[manifest.status as string] ?? manifest.status}`;
  const lines = [
    "",
    heading,
    "=".repeat(heading.length),
    ...[...manifest.verdict, took(clock, manifest.steps.done)].map((sentence) => wrap(sentence)),
    "",
    `Run folder    ${folder}`,
    `Report        ${join(folder, "report.html")}  (opens in any browser)`,
    `Do it again   ${command}`,
  ];
  return shownSafely(lines.join("\n"));
}

function took({ total, threads, eigenvalueShare, pieces = {} }: Clock, steps: number): string {
  const share =
    eigenvalueShare === null || eigenvalueShare === undefined
      ? ""
      : ` Following the eigenvalues cost ${percent(eigenvalueShare, 2)} of the time of the ${steps} gradient steps.`;
  const parts = Object.entries(pieces).map(([name, seconds]) => `${name} ${show(1000 * seconds, 3)} ms`);
  const each = parts.length > 0 ? ` One ${parts.join(", ")}.` : "";
  return `It took ${total.toFixed(1)} s on ${threads} ${threads === 1 ? "thread" : "threads"}.${share}${each}`;
}
