import { join } from "node:path";
import { percent, type Clock, type RunRecord } from "#dynamics";
import { wrap } from "../wrap.js";

/** What a run says in the terminal when it has ended. */
export function conclusion({ manifest, clock }: RunRecord, folder: string, command: string): string {
  const heading = `${manifest.title}: ${{ ok: "finished", aborted: "stopped", diverged: "diverged", "not-converged": "no minimum found" }[manifest.status as string] ?? manifest.status}`;
  return [
    "",
    heading,
    "=".repeat(heading.length),
    ...[...manifest.verdict, took(clock, manifest.steps.done)].map((sentence) => wrap(sentence)),
    "",
    `Run folder    ${folder}`,
    `Report        ${join(folder, "report.html")}  (opens in any browser)`,
    `Do it again   ${command}`,
  ].join("\n");
}

function took({ total, threads, eigenvalueShare }: Clock, steps: number): string {
  const share =
    eigenvalueShare === null || eigenvalueShare === undefined
      ? ""
      : ` Following the eigenvalues cost ${percent(eigenvalueShare, 2)} of the time of the ${steps} gradient steps.`;
  return `It took ${total.toFixed(1)} s on ${threads} ${threads === 1 ? "thread" : "threads"}.${share}`;
}
