import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A file of the package, by its path from the root. Source, build and bundle lie equally deep. */
export const inPackage = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** What a thread runs, by its path from the folder of the command. */
export const scriptOf = (name: string): URL => new URL(`./${name}.js`, import.meta.url);

/** The version of the package. */
export function version(): string {
  const { version } = JSON.parse(readFileSync(inPackage("package.json"), "utf8")) as { version: string };
  return version;
}
