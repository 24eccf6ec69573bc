/** What the tests of the laboratory share: one built site for all files, a server and a browser for each. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { readCsv } from "../../packages/cli/src/files/read-csv.js";
import { buildSite, chrome, launch, open, root, served, type Site } from "./site.js";

/** Builds the site in the folder of this run of the tests, or waits for the file that does. */
async function built(): Promise<string> {
  const run = inject("laboratory");
  const [site, done] = [join(run, "site"), join(run, "done")];
  try {
    mkdirSync(join(run, "lock"));
  } catch {
    while (!existsSync(done)) await new Promise((resolve) => setTimeout(resolve, 50));
    const failure = readFileSync(done, "utf8");
    if (failure) throw new Error(`the site could not be built: ${failure}`);
    return site;
  }
  try {
    await buildSite(site);
    writeFileSync(done, "");
  } catch (error) {
    writeFileSync(done, String(error));
    throw error;
  }
  return site;
}

/** The laboratory for the tests of a file. */
export function laboratory() {
  let folder = "";
  let site: Site | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (!chrome) return;
    folder = await built();
    site = await served(folder);
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  return {
    /** Where the files of the site are. */
    get folder() {
      return folder;
    },
    get url() {
      return site!.url;
    },
    get browser() {
      return browser!;
    },
    /** A page at `#/…`, or at a whole address. */
    open: (address: string, options: Parameters<typeof open>[2] = {}) =>
      open(browser!, new URL(address, site!.url).href, options),
  };
}

/** What comes in its own time: a loaded machine takes longer. */
export const until = <T>(look: () => T) => expect.poll(look, { timeout: 30_000 });

export const readDigits = () => readCsv(join(root, "data/digits.csv.gz"), { name: "data/digits.csv.gz" });
