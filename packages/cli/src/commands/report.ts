import { randomUUID } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../exit.js";
import { readRun } from "../files/run-folder.js";
import { report as page } from "../report/page.js";

/** Makes report.html of a run folder anew. Returns its path. */
export async function report(folder: string): Promise<string> {
  const run = await readRun(folder);
  let html: string;
  try {
    html = page(run);
  } catch (error) {
    // The files are whole, but not those of one run of this program: what the pictures of its kind need is not in them.
    throw new UserError(`${folder}: no report can be made of these files (${(error as Error).message.slice(0, 200)})`);
  }
  const path = join(folder, "report.html");
  // A name of its own, so that two commands at once do not take each other's file.
  const temporary = `${path}.unfinished-${randomUUID()}`;
  await writeFile(temporary, html);
  await rename(temporary, path);
  return path;
}
