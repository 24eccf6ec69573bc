import { readFileSync } from "node:fs";
import type { Page } from "playwright";
import { describe, expect, it } from "vitest";
import { parseStudy, runStudy, systems } from "#dynamics";
import { npz, parquet } from "../../packages/cli/src/report/index.js";
import { pack } from "../../apps/lab/src/link.js";
import { sha256 } from "../../apps/lab/src/parts/sha256.js";
import { stops } from "../../apps/lab/src/tour/stops.js";
import { laboratory, readDigits, until } from "./fixture.js";
import { chrome } from "./site.js";

const lab = laboratory();

const DIGITS = `title: Digits, briefly
seed: 3
system:
  kind: training
  architecture: { widths: [64, 16, 10], activation: tanh, gain: 0.5 }
  data: { source: digits, split: { train: 200, test: 50 } }
  optimizer: { type: gradient-descent, learningRate: 0.2 }
  steps: 120
questions:
  - { type: sharpness, k: 2, every: 20 }
  - { type: edge-of-stability }
  - { type: accuracy, every: 20 }
  - { type: lyapunov, transient: 20 }
`;

describe.skipIf(!chrome)("a study in the page", () => {
  it("gives the bytes that Node gives, and its address opens to them again", async () => {
    const { study } = parseStudy(DIGITS, "study.yaml");
    const record = await runStudy(study, { read: readDigits, version: "0", threads: 1 });
    const expected = { "series.parquet": sha256(parquet(record.series)), "arrays.npz": sha256(npz(record.arrays)) };
    const digests = async (page: Page) => {
      await page.locator("[data-digest='arrays.npz']").waitFor();
      return Object.fromEntries(
        await page.$$eval("[data-digest]", (all) => all.map((e) => [(e as HTMLElement).dataset["digest"]!, e.textContent!])),
      );
    };
    const first = await lab.open(`#/study/${await pack(DIGITS)}`);
    await first.page.locator("button:text-is('Run'):enabled").click();
    expect(await digests(first.page)).toEqual(expected);
    expect(await first.page.locator(".verdict p").allTextContents()).toEqual([...record.manifest.verdict]);
    await until(() => first.page.url()).toContain("run=1");
    const again = await lab.open(first.page.url());
    expect(await digests(again.page)).toEqual(expected);
    expect([...first.complaints, ...again.complaints]).toEqual([]);
    await first.page.close();
    await again.page.close();
  });

  it("shows mistakes as the command does, and leads to their line", async () => {
    const wrong = DIGITS.replace("tanh", "tahn").replace("every: 20", "evry: 20");
    const messages = (): string[] => {
      try {
        parseStudy(wrong, "study.yaml");
        return [];
      } catch (error) {
        return (error as Error).message.split("\n");
      }
    };
    const { page } = await lab.open(`#/study/${await pack(wrong)}`);
    await page.locator(".problems button").first().waitFor();
    expect(await page.locator(".problems button").allTextContents()).toEqual(messages());
    expect(messages()[0]).toMatch(/^study\.yaml:5:\d+ system\.architecture\.activation: .*did you mean "tanh"\?$/);
    await page.locator(".problems button").first().click();
    await until(() => page.evaluate(() => getSelection()!.toString())).toContain("tahn");
    expect(await page.locator("button:text-is('Run')").isDisabled()).toBe(true);
    await page.close();
  });

  it("is edited by a form made from the schema, and keeps its comments", async () => {
    const { page } = await lab.open(`#/study/${await pack(`# kept\n${DIGITS}`)}`);
    await page.getByLabel("system", { exact: true }).waitFor();
    // Every kind of system is offered, and of the questions those that this kind knows.
    expect(await page.getByLabel("system", { exact: true }).locator("option").allTextContents()).toEqual(
      systems.map((s) => s.name),
    );
    const training = systems.find((s) => s.name === "training")!;
    expect((await page.locator("[id^=question-]").evaluateAll((all) => all.map((e) => e.id.slice(9)))).sort()).toEqual(
      training.questions.map((q) => q.name).sort(),
    );
    await page.getByLabel("learning rate").fill("0.05");
    await page.keyboard.press("Tab");
    await page.getByLabel("activation").selectOption("erf");
    await page.getByLabel(/^gradient-growth/).check();
    await page.getByRole("tab", { name: "YAML" }).click();
    const text = await page.getByRole("textbox", { name: "The study as YAML" }).inputValue();
    expect(text.startsWith("# kept\n")).toBe(true);
    const { study } = parseStudy(text);
    expect(study.system).toMatchObject({ optimizer: { learningRate: 0.05 }, architecture: { activation: "erf" } });
    expect(study.questions.map((q) => q.type)).toContain("gradient-growth");
    await page.close();
  });

  it("stops when told to and keeps what there is", async () => {
    const { page } = await lab.open(`#/study/${await pack(DIGITS.replace("steps: 120", "steps: 60000"))}?run=1`);
    await page.getByText(/of 60,000 steps/).waitFor();
    await page.getByText(/ left/).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText(/The run was STOPPED at step/).waitFor();
    await page.close();
  });

  it("reads data files that the visitor chooses, and says so when one is missing", async () => {
    const rows = Array.from({ length: 12 }, (_, i) => `${i / 12},${(i * i) / 144}`).join("\n");
    const study = `system:
  kind: training
  architecture: { widths: [1, 4, 1] }
  data: { source: csv, path: square.csv, targets: [1] }
  optimizer: { learningRate: 0.1 }
  steps: 10
questions: [{ type: sharpness, every: 5 }]
`;
    const { page } = await lab.open(`#/study/${await pack(study)}`);
    const run = page.locator("button:text-is('Run'):enabled");
    await run.click();
    await page.getByText("square.csv: a page cannot read your disk").waitFor();
    await page.getByLabel("Data files").setInputFiles({ name: "square.csv", mimeType: "text/csv", buffer: Buffer.from(rows) });
    await run.click();
    await page.getByText(`12 rows of 2 numbers, SHA-256 ${sha256(Buffer.from(rows))}`).waitFor();
    await page.close();
  });

  it("can be taken along as files", async () => {
    const study = stops[2]!.study;
    const { page } = await lab.open(`#/study/${await pack(study)}?run=1`);
    await page.getByText("Take it with you").waitFor();
    const download = async (name: string | RegExp): Promise<string> => {
      const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).first().click()]);
      return readFileSync(await file.path(), "latin1");
    };
    expect(await download("Study (YAML)")).toBe(study);
    const rows = (await download("Series (CSV)")).trim().split("\n");
    expect([rows[0], rows.length]).toEqual(["parameter,period,lyapunov_1,lyapunov_1_error", 501]);
    expect(JSON.parse(await download("Manifest (JSON)"))).toMatchObject({ format: "separatrix-run/1", status: "ok" });
    expect(await download("series.parquet")).toMatch(/^PAR1/);
    const svg = await download(/^SVG of/);
    expect(svg).toMatch(/^<svg [^>]*xmlns=/);
    // Programs other than browsers know neither the page's variables nor a style sheet: title, legend and colours stand in the file.
    expect(svg).not.toContain("var(");
    expect(svg).toContain('fill="#fdfdfc"');
    expect(svg).toContain(`>${await page.locator("figure h3").first().textContent()}</text>`);
    expect(await download(/^PNG of/)).toMatch(/^\x89PNG/);
    expect(await download("Full report (HTML)")).toMatch(/^<!doctype html>/);
    await page.close();
  });
});
