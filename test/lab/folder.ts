/** A folder for one run of the tests, in which the first file that needs the laboratory's site builds it for all. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    laboratory: string;
  }
}

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "separatrix-lab-"));
  project.provide("laboratory", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
