// `separatrix cite` knows every publication that an estimate names. The names are read off the sources of the library: strings that end
// in a year, or in a year and a place behind a comma, but for those of catalogue entries (`source: "..."`), which may stand in words.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bibtex } from "#dynamics";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "../../packages/dynamics/src");
const named = /(?<!source:\s+)"(\p{Lu}[^"\n]*? [12]\d{3}(?:, [^"\n]*)?)"/gu;

test("every publication that an estimate names is in the catalogue of references", () => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (f) => f.endsWith(".ts") && !f.endsWith(".test.ts") && !f.includes("references"),
  );
  const names = new Set(files.flatMap((f) => [...readFileSync(join(folder, f), "utf8").matchAll(named)].map((m) => m[1]!)));
  expect(names.size).toBeGreaterThan(100);
  expect([...names].filter((name) => bibtex([name]).includes("% Not"))).toEqual([]);
});
