// Every array that a study's question writes stands in docs/files.md. The names are read off the sources: a key of an object whose value is
// an array in a shape.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const study = join(root, "packages/dynamics/src/study");
const files = readdirSync(study, { recursive: true, encoding: "utf8" }).filter(
  (f) => f.endsWith(".ts") && !f.endsWith(".test.ts"),
);
/** `name: { shape: …, data`, or a name whose value is made by a helper of the same file, inside what is written beside `shape`. */
const written =
  /\b([a-z]+(?:_[a-z0-9]+)+|parameters|orbits|branches|bifurcations|paths|basins|arrivals|turning|ftle|attractors): (?:\{\s*shape:|column\(|matrix\(|grid\(|array\(|density\(|rows\(|marks\()/g;

test("docs/files.md names every array that a run writes", () => {
  const documented = readFileSync(join(root, "docs/files.md"), "utf8");
  const names = new Set(files.flatMap((f) => [...readFileSync(join(study, f), "utf8").matchAll(written)].map((m) => m[1]!)));
  expect(names.size).toBeGreaterThan(60);
  expect([...names].filter((name) => !documented.includes(`\`${name}\``))).toEqual([]);
});
