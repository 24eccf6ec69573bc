import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readRun, type StoredRun } from "../../packages/cli/src/files/run-folder.js";
import { main } from "../support/command.js";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "separatrix-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const names = readdirSync(join(root, "examples")).filter((name) => name.endsWith(".yaml") && !name.endsWith("-sweep.yaml"));
/** Steps of examples that would take half a minute or more; that digits grok is tested in test/theorems/e07-basins-and-grokking.node.test.ts. */
const shortened: Record<string, string> = {
  "digits-edge-of-stability.yaml": "1800",
  "digits-sgd.yaml": "3500",
  "digits-framework.yaml": "400",
  "omnigrok-digits.yaml": "2000",
};

const documented = readFileSync(join(root, "docs/files.md"), "utf8");

type Finished = StoredRun & { readonly html: string };
const finished = new Map<string, Promise<Finished>>();

/** The example as a user runs it, once. */
function run(name: string): Promise<Finished> {
  const known = finished.get(name) ?? start(name);
  finished.set(name, known);
  return known;
}

async function start(name: string): Promise<Finished> {
  const out = join(folder, name);
  const steps = shortened[name];
  const { status, stderr } = spawnSync(
    process.execPath,
    [main, "run", join(root, "examples", name), "--quiet", "--out", out, ...(steps ? ["--steps", steps] : [])],
    { encoding: "utf8" },
  );
  expect([status, stderr]).toEqual([0, ""]);
  const path = join(out, readdirSync(out)[0]!);
  return { ...(await readRun(path)), html: readFileSync(join(path, "report.html"), "utf8") };
}

describe("every example", () => {
  it.each(names)("%s runs, concludes and draws", async (name) => {
    const { manifest, html } = await run(name);
    expect(manifest.status).toBe("ok");
    expect(manifest.verdict.length).toBeGreaterThan(2);
    expect(manifest.verdict.join(" ")).not.toMatch(/NaN|undefined|unknown/);
    expect(html.match(/<figure /g)!.length).toBeGreaterThanOrEqual(2);
    // Of numbered ones the first is named.
    const undocumented = Object.keys(manifest.arrays).filter(
      (array) => !documented.includes(`\`${array}\``) && !documented.includes(`\`${array.replace(/_\d+$/, "_1")}\``),
    );
    expect(undocumented, "arrays that docs/files.md does not name").toEqual([]);
  });
});

describe("where SGD can end on real digits", () => {
  it("is certified, stands in the order of theory, and the runs agree with the sign", async () => {
    const { manifest } = await run("sgd-stability.yaml");
    const value = (name: string): number => manifest.answers.find((a) => a.name === name)!.value;
    expect(value("loss")).toBeLessThan(1e-20);
    expect(manifest.network.parameters).toBeGreaterThan(100);
    expect([manifest.facts["sign"], manifest.facts["certificate"]]).toEqual(["negative", "negative"]);
    expect(manifest.facts["intervalHigh"]).toBeLessThan(0);
    const order = ["wu_ma_e", "mean_square", "stochastic", "gradient_descent"].map((n) => value(`threshold_${n}`));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect([value("stay_0_8"), value("stay_1_2")]).toEqual([1, 0]);
    expect(manifest.verdict).toContain("The runs agree with the sign of the exponent.");
  });
});
