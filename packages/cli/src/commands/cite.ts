import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { bibtex, families, type Manifest } from "#dynamics";
import { UserError } from "../exit.js";
import { readRun } from "../files/run-folder.js";
import { parseCell } from "../sweep/cell.js";
import { CELLS } from "../files/unfinished.js";

/** The sources of what a run or a sweep found, as BibTeX, and the program itself. */
export async function cite(folder: string): Promise<string> {
  const manifests = existsSync(join(folder, "sweep.json")) ? await cellsOf(folder) : [(await readRun(folder)).manifest];
  const sources = manifests.flatMap(sourcesOf);
  const versions = [...new Set(manifests.map((m) => m.versions.separatrix))].sort();
  const program = [
    "@software{separatrix,",
    "  author = {{The Separatrix authors}},",
    "  title = {{Separatrix: neural networks as dynamical systems}},",
    ...(versions.length > 0 ? [`  version = {${versions.join(", ")}},`] : []),
    "}",
  ].join("\n");
  return [bibtex(sources), program].filter(Boolean).join("\n\n");
}

async function cellsOf(folder: string): Promise<Manifest[]> {
  const names = (await readdir(join(folder, CELLS)).catch(() => [])).filter((n) => n.endsWith(".json")).sort();
  if (names.length === 0) throw new UserError(`${folder}: none of the cells of this sweep was run; there is nothing to cite`);
  return Promise.all(
    names.map(async (n) => {
      const path = join(folder, CELLS, n);
      try {
        return parseCell(await readFile(path)).manifest;
      } catch (error) {
        throw new UserError(`${path}: ${(error as Error).message}; the sweep's own command runs this cell again`);
      }
    }),
  );
}

/** What the answers name, and the source of the family that was studied. */
function sourcesOf({ answers, study }: Manifest): string[] {
  const { map } = study.system as { readonly map?: string };
  const family = families.find((f) => f.name === map);
  return [...answers.flatMap((a) => a.sources), ...(family ? [family.source] : [])];
}
