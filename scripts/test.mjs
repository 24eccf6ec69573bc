// `npm test`: the arrows, the linter, the formatter, the types of the tests, then the tests in Node and in a browser.
// Arguments are vitest's: `npm test -- packages/engine`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findChrome } from "./chrome.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const total = { passed: 0, failed: 0, skipped: 0 };
const complaints = [];

const inRoot = (...parts) => join(root, ...parts);

const node = (args, env = {}) =>
  spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env },
  }).status;

/** A check has no tests to count: it is silent in the sum when it passes, and one failure when not. */
function check(what, args) {
  console.log(`\n# ${what}`);
  if (node(args) === 0) return;
  complaints.push(`${what} failed`);
  total.failed++;
}

function vitest(what, config, env) {
  console.log(`\n# ${what}`);
  const folder = mkdtempSync(join(tmpdir(), "separatrix-test-"));
  const file = join(folder, "counts.json");
  const status = node(
    [
      inRoot("node_modules/vitest/vitest.mjs"),
      "run",
      `--config=${config}`,
      "--reporter=default",
      `--reporter=${inRoot("scripts/counts-reporter.mjs")}`,
      ...process.argv.slice(2),
    ],
    { ...env, SEPARATRIX_COUNTS: file },
  );
  if (existsSync(file)) {
    const counts = JSON.parse(readFileSync(file, "utf8"));
    for (const key of Object.keys(total)) total[key] += counts[key];
    if (status !== 0 && counts.failed === 0) total.failed++;
  } else {
    total.failed++;
  }
  if (status !== 0) complaints.push(`${what} failed (vitest ended with exit code ${status})`);
  rmSync(folder, { recursive: true, force: true });
}

/** The files that vitest.browser.config.ts names. */
const browserTests = () =>
  ["packages/engine/src", "test/browser"]
    .filter((folder) => existsSync(inRoot(folder)))
    .flatMap((folder) => readdirSync(inRoot(folder), { recursive: true }).map((name) => `${folder}/${name}`))
    .filter((name) => name.endsWith(".test.ts") && !name.endsWith(".node.test.ts"))
    .sort();

check("arrows", [inRoot("scripts/arrows.mjs")]);
check("lint", [inRoot("node_modules/oxlint/bin/oxlint"), "--deny-warnings"]);
check("format", [inRoot("node_modules/oxfmt/bin/oxfmt"), "--check"]);
check("types of the tests", [inRoot("node_modules/typescript/bin/tsc"), "-p", "tsconfig.test.json"]);
check("types of the laboratory", [inRoot("node_modules/typescript/bin/tsc"), "-p", "apps/lab"]);
vitest("tests in Node", "vitest.config.ts");

const chrome = findChrome();
if (chrome) {
  vitest(`tests in ${chrome}`, "vitest.browser.config.ts", { CHROME_PATH: chrome });
} else {
  const skipped = browserTests();
  console.log("\n# tests in a browser: SKIPPED");
  console.log("No Chrome or Chromium was found (set CHROME_PATH to name one). Not run in a browser:");
  for (const name of skipped) console.log(`  ${name}`);
  total.skipped += skipped.length;
}

console.log("");
for (const complaint of complaints) console.error(complaint);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
