import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** The process that works on a folder. */
export interface Owner {
  readonly host: string;
  readonly pid: number;
  /** When it was born, as the system counts: tells it from a later process with the same number. null where that cannot be had. */
  readonly born: string | null;
}

/** Field 22 of /proc/<pid>/stat: the start in clock ticks since boot. The name before it may hold spaces and brackets. */
function bornAt(pid: number): string | null {
  try {
    return (
      readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ")[19] ?? null
    );
  } catch {
    return null;
  }
}

/** This process. */
export const self = (): Owner => ({ host: hostname(), pid: process.pid, born: bornAt(process.pid) });

/** Whether a process still runs; undefined: it belongs to another machine, which cannot be asked. */
export function alive({ host, pid, born }: Owner): boolean | undefined {
  if (host !== hostname()) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Someone else's process is a process too.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return born === null || bornAt(pid) === born;
}
