import { randomUUID } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readRun } from "../files/run-folder.js";
import { report as page } from "../report/page.js";

/** Makes report.html of a run folder anew. Returns its path. */
export async function report(folder: string): Promise<string> {
  const html = page(await readRun(folder));
  const path = join(folder, "report.html");
  // A name of its own, so that two commands at once do not take each other's file.
  const temporary = `${path}.unfinished-${randomUUID()}`;
  await writeFile(temporary, html);
  await rename(temporary, path);
  return path;
}
