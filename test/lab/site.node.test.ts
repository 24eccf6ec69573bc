import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { laboratory, until } from "./fixture.js";
import { chrome, hosted, open } from "./site.js";

const lab = laboratory();

describe.skipIf(!chrome)("the page", () => {
  it("needs at most 300 kB of packed JavaScript to start, and 400 kB before the first study can be run", async () => {
    const page = await lab.browser.newPage();
    const scripts = new Map<string, number>();
    page.on("response", (r) => {
      if (r.url().endsWith(".js")) void r.body().then((body) => scripts.set(r.url(), gzipSync(body).length));
    });
    const packed = (): number => [...scripts.values()].reduce((a, b) => a + b, 0);
    await page.goto(lab.url);
    await page.getByRole("link", { name: "Watch live" }).first().waitFor();
    await page.waitForTimeout(100);
    expect(scripts.size).toBeGreaterThan(0);
    expect(packed()).toBeLessThan(300_000);
    // The worker with the catalogue and the schema of every kind of study.
    await page.goto(`${lab.url}#/study`);
    await page.locator("button:text-is('Run'):enabled").waitFor();
    await page.waitForTimeout(100);
    expect(scripts.size).toBeGreaterThan(3);
    expect(packed()).toBeLessThan(400_000);
    await page.close();
  });

  it("is isolated, and so has threads, where separatrix lab serves it", async () => {
    const { page } = await lab.open("");
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.close();
  });

  it("isolates itself below a path of any host, and runs on one thread where that cannot be", async () => {
    const elsewhere = await hosted(lab.folder, "/some/where/");
    const { page, complaints } = await open(lab.browser, `${elsewhere.url}#/tour/6`);
    await until(() => page.evaluate(() => crossOriginIsolated).catch(() => false)).toBe(true);
    await page.getByText("The effective sharpness (").waitFor();
    expect(await page.getByText("One thread.").count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
    const other = await open(lab.browser, `${elsewhere.url}#/tour/6`, { serviceWorkers: "block" });
    await other.page.getByText("The effective sharpness (").waitFor();
    expect(await other.page.evaluate(() => crossOriginIsolated)).toBe(false);
    expect(await other.page.getByText("One thread.").count()).toBe(1);
    await other.page.close();
    await elsewhere.close();
  });
});
