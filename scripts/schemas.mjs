// The JSON Schemas of studies and sweeps, for editors: writes docs/study.schema.json and docs/sweep.schema.json from the built package.
// `node scripts/schemas.mjs && npm run format` after a change of what a study can say; test/house/schemas.test.ts tells when it is due.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { studyJsonSchema, sweepJsonSchema } from "../packages/dynamics/dist/index.js";

const docs = join(dirname(fileURLToPath(import.meta.url)), "..", "docs");
for (const [name, schema] of [
  ["study", studyJsonSchema()],
  ["sweep", sweepJsonSchema()],
])
  writeFileSync(join(docs, `${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`);
