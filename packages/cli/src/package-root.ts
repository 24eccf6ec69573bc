import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A file of the package, by its path from the root. Source and build lie equally deep. */
export const inPackage = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** The version of the package. */
export function version(): string {
  const { version } = JSON.parse(readFileSync(inPackage("package.json"), "utf8")) as { version: string };
  return version;
}
