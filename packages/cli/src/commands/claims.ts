import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkClaim, claims as all, jsonText, nearest, show, withError, type CheckedClaim } from "#dynamics";
import { EXIT, UserError } from "../exit.js";
import { prepare } from "../files/run-folder.js";
import { version } from "../package-root.js";
import { claimsPage } from "../report/claims-page.js";
import { wrap } from "../wrap.js";

export interface ClaimsFlags {
  readonly only?: readonly string[];
  readonly out: string;
}

/** Checks claims, prints them as a table and writes claims.json and claims.html. Returns the exit code. */
export async function claims({ only, out }: ClaimsFlags): Promise<number> {
  // Also with commas between them.
  const wanted = (only ?? []).flatMap((w) => w.split(",")).filter((w) => w.trim() !== "");
  if (only && wanted.length === 0) throw new UserError("--only names no claim; expected items or names, for instance B3");
  const meant = (word: string, { item, name }: (typeof all)[number]): boolean =>
    [item.toLowerCase(), name].includes(word.trim().toLowerCase());
  const chosen = all.filter((c) => wanted.length === 0 || wanted.some((w) => meant(w, c)));
  const unknown = wanted.filter((w) => !all.some((c) => meant(w, c)));
  const names = all.map((c) => c.name);
  const near = unknown.flatMap((w) => nearest(w, names) ?? []);
  if (unknown.length > 0)
    throw new UserError(
      `there is no claim ${unknown.join(", ")}${near.length > 0 ? ` (did you mean ${near.join(", ")}?)` : ""}; expected items, ${[...new Set(all.map((c) => c.item))].join(" ")}, or names, which claims.json has`,
    );
  await prepare(out);
  const checked: CheckedClaim[] = [];
  for (const claim of chosen) {
    const one = checkClaim(claim);
    checked.push(one);
    console.log(shown(one));
  }
  const records = { format: "separatrix-claims/1", versions: { separatrix: version() }, claims: checked };
  await writeFile(join(out, "claims.json"), `${jsonText(records)}\n`);
  await writeFile(join(out, "claims.html"), claimsPage(checked, version()));
  const count = (v: string): number => checked.filter((c) => c.verdict === v).length;
  console.log(`${count("agrees")} agree, ${count("disagrees")} disagree, ${count("undecided")} undecided.\n`);
  console.log(`Table    ${join(out, "claims.html")}  (opens in any browser)\nNumbers  ${join(out, "claims.json")}`);
  return count("disagrees") > 0 ? EXIT.disagrees : EXIT.ok;
}

/** A claim in the terminal: what it says, and a line a comparison. */
function shown({ item, description, sources, comparisons, verdict }: CheckedClaim): string {
  const rows = comparisons.map((c) => [c.what, show(c.predicted, 6), withError(c.measured, c.error), c.verdict]);
  const widths = [0, 1, 2].map((i) => Math.max(...rows.map((r) => r[i]!.length), ["", "predicted", "measured"][i]!.length));
  const line = (r: readonly string[]): string =>
    `  ${r[0]!.padEnd(widths[0]!)}  ${r[1]!.padStart(widths[1]!)}  ${r[2]!.padStart(widths[2]!)}  ${r[3]}`;
  return [
    wrap(`${item} ${verdict.toUpperCase()}: ${description} (${sources.join("; ")})`),
    line(["", "predicted", "measured", ""]).trimEnd(),
    ...rows.map(line),
    "",
  ].join("\n");
}
