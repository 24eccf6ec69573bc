import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { studyJsonSchema, sweepJsonSchema } from "#dynamics";

test.each([
  ["study", studyJsonSchema],
  ["sweep", sweepJsonSchema],
])("docs/%s.schema.json is current", (name, schema) => {
  const written: unknown = JSON.parse(readFileSync(join(import.meta.dirname, `../../docs/${name}.schema.json`), "utf8"));
  const current: unknown = JSON.parse(JSON.stringify(schema()));
  if (JSON.stringify(written) !== JSON.stringify(current)) expect(written, "run  node scripts/schemas.mjs").toEqual(current);
});
