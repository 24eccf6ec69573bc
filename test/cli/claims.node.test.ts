import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { separatrix } from "../support/command.js";

const folder = mkdtempSync(join(tmpdir(), "separatrix-claims-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("separatrix claims", () => {
  it("prints claim, predicted, measured, error and verdict, and writes them as HTML and JSON", async () => {
    const { code, stdout, stderr } = await separatrix(folder, ["claims", "--only", "b7", "catapult"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^B7 AGREES: the sharpness at a minimum .*$/m);
    expect(stdout).toMatch(/least sharpness for y = 4, L = 2: 2 \|y\| +8 +8\.0* ± 0\.0*10* +agrees/);
    expect(stdout).toMatch(/^B13 AGREES: /m);
    expect(stdout).not.toContain("B3 ");
    expect(stdout).toContain("2 agree, 0 disagree, 0 undecided.");
    const { claims } = JSON.parse(readFileSync(join(folder, "runs/claims/claims.json"), "utf8"));
    expect(claims.map((c: { item: string; verdict: string }) => [c.item, c.verdict])).toEqual([
      ["B7", "agrees"],
      ["B13", "agrees"],
    ]);
    expect(claims[0].comparisons[0]).toMatchObject({
      bars: "bound",
      verdict: "agrees",
      predicted: expect.closeTo(6.20070025, 7),
    });
    const html = readFileSync(join(folder, "runs/claims/claims.html"), "utf8");
    expect(html).toContain("2 of 2 claims agree");
    expect(html).not.toMatch(/<script|https?:/);
  });

  it("names the claims there are when it is asked for another", async () => {
    const { code, stderr } = await separatrix(folder, ["claims", "--only", "B99"]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^there is no claim B99; expected items, A1 .* B1 .*, or names, which claims\.json has/),
    ]);
    // A variable that a script forgot to set means none, not all of them.
    const none = await separatrix(folder, ["claims", "--only", " ,"]);
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/^--only names no claim; expected items or names/)]);
  });
});

describe("separatrix cite", () => {
  it("gives the sources of what was run as BibTeX", async () => {
    writeFileSync(
      join(folder, "f.yaml"),
      "system: { kind: family, map: logistic, from: 2.9, to: 3.5, count: 20 }\nquestions: [{ type: orbit-diagram, transient: 200, steps: 200, record: 64 }]\n",
    );
    const { stdout } = await separatrix(folder, ["run", "f.yaml", "--quiet"]);
    const path = /^Run folder {4}(.*)$/m.exec(stdout)![1]!;
    const cited = await separatrix(folder, ["cite", path]);
    expect(cited.code).toBe(0);
    expect(cited.stdout).toMatch(/^@article\{may1976simple,$/m);
    expect(cited.stdout).toMatch(/^@book\{kuznetsov2004elements,$/m);
    expect(cited.stdout).toMatch(/^@software\{separatrix,$/m);
    expect(cited.stdout).not.toContain("% Not in the catalogue");
    const none = await separatrix(folder, ["cite", "."]);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("manifest.json: there is no such file")]);
  });
});
