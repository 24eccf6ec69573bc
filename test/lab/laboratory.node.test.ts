import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTraining, flow, lookup, parseStudy, planarFlows, runStudy, show, systems, type TrainingSpec } from "#dynamics";
import { threads } from "#engine";
import { npz, parquet } from "../../packages/cli/src/report/index.js";
import { readCsv } from "../../packages/cli/src/files/read-csv.js";
import { pack } from "../../apps/lab/src/link.js";
import { sha256 } from "../../apps/lab/src/parts/sha256.js";
import { stops } from "../../apps/lab/src/tour/stops.js";
import { buildSite, chrome, hosted, launch, open, root, served, type Site } from "./site.js";

const folder = mkdtempSync(join(tmpdir(), "separatrix-lab-"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let site: Site;
let browser: Browser;

beforeAll(async () => {
  if (!chrome) return;
  await buildSite(folder);
  site = await served(folder);
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The views, and how each shows that it is at rest. */
const views: readonly { readonly name: string; readonly hash: string; readonly ready: (page: Page) => Promise<unknown> }[] = [
  { name: "gallery", hash: "", ready: (page) => page.getByRole("link", { name: "Watch live" }).first().waitFor() },
  { name: "tour", hash: "#/tour/3", ready: (page) => page.getByText("Period doublings:").waitFor() },
  { name: "training", hash: "#/training?example=moons", ready: (page) => page.locator("[data-digest=state]").waitFor() },
  {
    name: "bifurcations",
    hash: "#/bifurcations?map=logistic&from=2.9&to=3.6",
    ready: (page) => page.getByText("Period doublings, where").waitFor(),
  },
  {
    name: "flows",
    hash: "#/flows?field=van-der-pol&mu=1.5&starts=0.1,0;3,4",
    ready: (page) => page.getByText(/^2 trajectories; the last ended/).waitFor(),
  },
  {
    name: "basins",
    hash: "#/basins?example=basins-newton&x0=0&x1=0.5&y0=0&y1=0.5",
    ready: (page) => page.getByText("Basin entropy").waitFor(),
  },
  {
    name: "oscillators",
    hash: "#/oscillators?graph=ring&density=gaussian&units=100&coupling=5",
    ready: (page) => page.getByText(/^0\.\d+ ± /).waitFor(),
  },
  {
    name: "propagation",
    hash: "#/propagation?weights=1.3&biases=0.05&depth=4&width=20",
    ready: (page) => page.getByText("This initialisation is ORDERED").waitFor(),
  },
  {
    name: "delay",
    hash: "#/delay?equation=hutchinson&r=1.8&tau=1",
    ready: (page) => page.getByText("the solution stays between").waitFor(),
  },
  {
    name: "neurons",
    hash: "#/neurons?activation=tanh&w1=1&b1=1&w2=-1&b2=1",
    ready: (page) => page.getByText("Not order-preserving").waitFor(),
  },
  { name: "sgd", hash: "#/sgd?gram=1.5,0.9;0.9,2.5", ready: (page) => page.getByText("within").waitFor() },
  { name: "study", hash: "#/study", ready: (page) => page.locator("button:text-is('Run'):enabled").waitFor() },
];

async function violations(page: Page): Promise<string[]> {
  // The page's own policy forbids scripts from elsewhere, so this one comes in through the debugger.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations: found } = await (
      globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    ).axe.run();
    return found.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(" | ")}`);
  });
}

/** What comes in its own time: a loaded machine takes longer. */
const until = <T>(look: () => T) => expect.poll(look, { timeout: 30_000 });

/** Tabs through the page: what is visited, out of all that can be, and what shows no focus. */
async function walk(page: Page): Promise<{ visited: (string | undefined)[]; wanted: string[]; unseen: string[] }> {
  const wanted = await page.evaluate(() => {
    const all = document.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, [tabindex='0']");
    const can = [...all].filter((e) => !e.matches(":disabled") && e.tabIndex >= 0 && e.getClientRects().length > 0);
    can.forEach((e, i) => (e.dataset["order"] = String(i)));
    return can.length;
  });
  const visited: (string | undefined)[] = [];
  const unseen: string[] = [];
  for (let i = 0; i < wanted; i++) {
    await page.keyboard.press("Tab");
    const { order, outline, html } = await page.evaluate(() => {
      const e = document.activeElement as HTMLElement;
      return { order: e.dataset["order"], outline: getComputedStyle(e).outlineStyle, html: e.outerHTML.slice(0, 100) };
    });
    visited.push(order);
    if (outline === "none") unseen.push(html);
  }
  return { visited, unseen, wanted: Array.from({ length: wanted }, (_, i) => String(i)) };
}

describe.skipIf(!chrome)("every view", () => {
  it.each(views)(
    "$name runs without complaint, is accessible light and dark and by keyboard, and fits 390 pixels",
    async ({ hash, ready }) => {
      const { page, complaints } = await open(browser, site.url + hash, { colorScheme: "light" });
      await ready(page);
      expect(await violations(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await violations(page)).toEqual([]);
      const { visited, wanted, unseen } = await walk(page);
      expect(visited).toEqual(wanted);
      expect(unseen).toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      await page.waitForTimeout(50);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});

describe.skipIf(!chrome)("the page", () => {
  it("needs at most 300 kB of packed JavaScript to start, and 400 kB before the first study can be run", async () => {
    const page = await browser.newPage();
    const scripts = new Map<string, number>();
    page.on("response", (r) => {
      if (r.url().endsWith(".js")) void r.body().then((body) => scripts.set(r.url(), gzipSync(body).length));
    });
    const packed = (): number => [...scripts.values()].reduce((a, b) => a + b, 0);
    await page.goto(site.url);
    await page.getByRole("link", { name: "Watch live" }).first().waitFor();
    await page.waitForTimeout(100);
    expect(scripts.size).toBeGreaterThan(0);
    expect(packed()).toBeLessThan(300_000);
    // The worker with the catalogue and the schema of every kind of study.
    await page.goto(`${site.url}#/study`);
    await page.locator("button:text-is('Run'):enabled").waitFor();
    await page.waitForTimeout(100);
    expect(scripts.size).toBeGreaterThan(3);
    expect(packed()).toBeLessThan(400_000);
    await page.close();
  });

  it("is isolated, and so has threads, where separatrix lab serves it", async () => {
    const { page } = await open(browser, site.url);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.close();
  });

  it("isolates itself below a path of any host, and runs on one thread where that cannot be", async () => {
    const elsewhere = await hosted(folder, "/some/where/");
    const { page, complaints } = await open(browser, `${elsewhere.url}#/tour/6`);
    await until(() => page.evaluate(() => crossOriginIsolated).catch(() => false)).toBe(true);
    await page.getByText("The effective sharpness (").waitFor();
    expect(await page.getByText("One thread.").count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
    const other = await open(browser, `${elsewhere.url}#/tour/6`, { serviceWorkers: "block" });
    await other.page.getByText("The effective sharpness (").waitFor();
    expect(await other.page.evaluate(() => crossOriginIsolated)).toBe(false);
    expect(await other.page.getByText("One thread.").count()).toBe(1);
    await other.page.close();
    await elsewhere.close();
  });
});

describe.skipIf(!chrome)("a bench", () => {
  it.each(["bifurcations", "flows", "basins", "delay", "propagation", "oscillators", "neurons"])(
    "%s: what it shows is a study that can be run",
    async (name) => {
      const { page, complaints } = await open(browser, `${site.url}#/${name}`);
      await page.locator("button:text('As a study'):enabled").click();
      await page.locator("button:text-is('Run'):enabled").waitFor();
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});

describe.skipIf(!chrome)("a phase plane", () => {
  it("names the points at rest, and forgets them when the field changes", async () => {
    const { page, complaints } = await open(browser, `${site.url}#/flows?field=pendulum`);
    await page.getByText("separatrices, dashed into the saddle").waitFor();
    expect(await page.getByText("saddle with 1 unstable direction").count()).toBe(2);
    expect(await page.getByText("stable focus").count()).toBe(3);
    await page.getByLabel("Vector field").selectOption("van-der-pol");
    await page.getByText("(0, 0): unstable focus").waitFor();
    expect(await page.getByText("saddle").count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe.skipIf(!chrome)("the oscillators", () => {
  it("hear what is asked of them before they have begun, and rest and go on", async () => {
    const { page, complaints } = await open(browser, `${site.url}#/oscillators?units=50&coupling=3`);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByRole("button", { name: "Gather" }).click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await page.getByText(/^0\.\d+ ± /).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });
});

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
const readDigits = () => readCsv(join(root, "data/digits.csv.gz"), { name: "data/digits.csv.gz" });

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
    const first = await open(browser, `${site.url}#/study/${await pack(DIGITS)}`);
    await first.page.locator("button:text-is('Run'):enabled").click();
    expect(await digests(first.page)).toEqual(expected);
    expect(await first.page.locator(".verdict p").allTextContents()).toEqual([...record.manifest.verdict]);
    await until(() => first.page.url()).toContain("run=1");
    const again = await open(browser, first.page.url());
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
    const { page } = await open(browser, `${site.url}#/study/${await pack(wrong)}`);
    await page.locator(".problems button").first().waitFor();
    expect(await page.locator(".problems button").allTextContents()).toEqual(messages());
    expect(messages()[0]).toMatch(/^study\.yaml:5:\d+ system\.architecture\.activation: .*did you mean "tanh"\?$/);
    await page.locator(".problems button").first().click();
    expect(await page.evaluate(() => getSelection()!.toString())).toContain("tahn");
    expect(await page.locator("button:text-is('Run')").isDisabled()).toBe(true);
    await page.close();
  });

  it("is edited by a form made from the schema, and keeps its comments", async () => {
    const { page } = await open(browser, `${site.url}#/study/${await pack(`# kept\n${DIGITS}`)}`);
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
    const { page } = await open(browser, `${site.url}#/study/${await pack(DIGITS.replace("steps: 120", "steps: 60000"))}?run=1`);
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
    const { page } = await open(browser, `${site.url}#/study/${await pack(study)}`);
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
    const { page } = await open(browser, `${site.url}#/study/${await pack(study)}?run=1`);
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
    expect(await download(/^SVG of/)).toMatch(/^<svg [^>]*xmlns=/);
    expect(await download(/^PNG of/)).toMatch(/^\x89PNG/);
    expect(await download("Full report (HTML)")).toMatch(/^<!doctype html>/);
    await page.close();
  });
});

describe.skipIf(!chrome)("the training bench", () => {
  const text = readFileSync(join(root, "examples/moons.yaml"), "utf8");

  it("is at the parameters that Node computes, with the learning rate changed on the way", async () => {
    const { study } = parseStudy(text);
    const spec = study.system as unknown as TrainingSpec;
    const pool = await threads(1);
    const at = (learningRate: number) =>
      buildTraining(
        { ...spec, optimizer: { ...spec.optimizer, learningRate } },
        { seed: study.seed, read: readDigits, threads: pool },
      );
    const { run: first } = await at(spec.optimizer.learningRate);
    first.step(137);
    const { run: second } = await at(0.1);
    second.reset(first.state, 137);
    second.step(300 - 137);
    const digest = sha256(new Uint8Array(second.parameters.slice().buffer)).slice(0, 16);

    const { page, complaints } = await open(browser, `${site.url}#/training/${await pack(text)}?steps=300&rates=0.1@137`);
    await expect
      .poll(() =>
        page
          .locator("[data-digest=state]")
          .textContent()
          .catch(() => ""),
      )
      .toBe(digest);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("plays, pauses, steps and hears the sliders, all by keyboard; the address follows", async () => {
    const { page } = await open(browser, `${site.url}#/training/${await pack(text)}`);
    await page.locator("[data-digest=state]").waitFor();
    const step = async (): Promise<number> =>
      Number((await page.locator(".readout dd").first().textContent())!.replaceAll(",", ""));
    await page.getByRole("button", { name: "Step" }).focus();
    await page.keyboard.press("Enter");
    await until(step).toBe(1);
    await page.getByLabel("Learning rate").focus();
    await page.keyboard.press("ArrowLeft");
    await until(() => page.url()).toContain("rates=0.288@1");
    // A change that no step has followed yet is in the address as well.
    const kept = await open(browser, page.url());
    await until(() => kept.page.getByText("0.288", { exact: true }).count()).toBe(1);
    await kept.page.close();
    await page.getByLabel("Speed").focus();
    await page.keyboard.press("End");
    await page.getByRole("button", { name: "Play" }).focus();
    await page.keyboard.press("Space");
    await until(step).toBeGreaterThan(50);
    await page.keyboard.press("Space");
    await page.locator("[data-digest=state]").waitFor();
    const paused = await step();
    const digest = await page.locator("[data-digest=state]").textContent();
    await until(() => page.url()).toContain(`steps=${paused}`);
    const again = await open(browser, page.url());
    await expect
      .poll(() =>
        again.page
          .locator("[data-digest=state]")
          .textContent()
          .catch(() => ""),
      )
      .toBe(digest);
    await page.close();
    await again.page.close();
  });

  it("leaves the page free: no task over 50 ms while a 64-32-32-10 net trains", async () => {
    const { page } = await open(browser, `${site.url}#/training?example=digits-edge-of-stability`);
    await page.locator("[data-digest=state]").waitFor();
    await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline", "devtools.timeline"] });
    await page.getByRole("button", { name: "Play" }).click();
    const step = async (): Promise<number> =>
      Number((await page.locator(".readout dd").first().textContent())!.replaceAll(",", ""));
    const before = await step();
    await until(step).toBeGreaterThan(before + 300);
    const tasks = tasksOf(await browser.stopTracing());
    expect(tasks.length).toBeGreaterThan(50);
    expect(Math.max(...tasks)).toBeLessThan(50);
    await page.close();
  });
});

/** What the tasks on pages' own threads took, in milliseconds of the processor: waiting for a busy machine does not count. */
function tasksOf(trace: Buffer): number[] {
  interface Event {
    readonly name: string;
    readonly pid: number;
    readonly tid: number;
    readonly tdur?: number;
    readonly args?: { readonly name?: string };
  }
  const { traceEvents } = JSON.parse(trace.toString("utf8")) as { traceEvents: Event[] };
  const key = ({ pid, tid }: Event): string => `${pid} ${tid}`;
  const pages = new Set(traceEvents.filter((e) => e.name === "thread_name" && e.args?.name === "CrRendererMain").map(key));
  return traceEvents.filter((e) => e.name.endsWith("RunTask") && pages.has(key(e))).map((e) => (e.tdur ?? 0) / 1000);
}

describe.skipIf(!chrome)("the diagrams", () => {
  it("bifurcations: zoom and values by keys, and the address opens to the same window", async () => {
    const { page } = await open(browser, `${site.url}#/bifurcations?map=balanced-network`);
    await page.getByText("Period doublings, where").waitFor();
    // The step size at which 2 / eta meets the sharpness 2 of the minimum, and sqrt(5) - 1, where the 2-cycle doubles.
    const facts = await page.locator("dl.facts dd").allTextContents();
    expect(facts.slice(0, 2)).toEqual(["1", "1.23606798"]);
    await page.getByRole("img", { name: /Orbit diagram/ }).focus();
    await page.keyboard.press("ArrowRight");
    await page.getByText(/^step size .* exponent .* per step$/).waitFor();
    await page.keyboard.press("+");
    await until(() => page.url()).toContain("from=1.175&to=1.725");
    const again = await open(browser, page.url());
    await again.page.getByRole("img", { name: "from 1.175 to 1.725" }).waitFor();
    await page.close();
    await again.page.close();
  });

  it("SGD: the thresholds stand in the order of theory", async () => {
    const { page } = await open(browser, `${site.url}#/sgd?gram=1.5,0.9;0.9,2.5`);
    await page.getByText("within").waitFor();
    const [wu, meanSquare, surely, full] = (await page.locator("dl.facts dd").allTextContents()).map(parseFloat);
    expect([wu! < meanSquare!, meanSquare! < surely!, surely! < full!]).toEqual([true, true, true]);
    expect(full).toBeCloseTo(1.32, 2);
    await page.close();
  });

  it("flows: a click and the keyboard start trajectories where Node's end, and the address keeps them", async () => {
    const { page } = await open(browser, `${site.url}#/flows?field=van-der-pol&mu=1.5&starts=0.5,0.25`);
    const told = (): Promise<string> => page.locator("p[role=status]").innerText();
    await until(told).toMatch(/^1 trajectory/);
    const { field, plane } = lookup("field", planarFlows, "van-der-pol");
    const system = flow({ field: field({ mu: 1.5 }), initial: [0.5, 0.25], dt: plane.duration / 1500 });
    system.step(1500);
    expect(await told()).toContain(`ended at (${show(system.state[0]!, 4)}, ${show(system.state[1]!, 4)})`);
    const picture = page.getByRole("img", { name: /^Phase plane/ });
    await picture.click({ position: { x: 300, y: 100 } });
    await until(told).toMatch(/^2 trajectories/);
    await picture.focus();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await until(told).toMatch(/^3 trajectories/);
    const again = await open(browser, page.url());
    await until(() => again.page.locator("p[role=status]").innerText()).toBe(await told());
    await again.page.close();
    await page.getByRole("button", { name: "As a study" }).click();
    await page.locator("button:text-is('Run'):enabled").click();
    await page.getByText("Take it with you").waitFor();
    expect(await page.getByLabel("parameters").inputValue()).toBe("mu: 1.5");
    await page.close();
  });
});
