import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { laboratory, until } from "./fixture.js";
import { chrome } from "./site.js";

const lab = laboratory();

describe.skipIf(!chrome)("a delay equation", () => {
  it("plays, answers a slider, rests and steps; the address opens to the same picture, and its chart can be taken along", async () => {
    const { page, complaints } = await lab.open("#/delay?equation=mackey-glass&tau=19&row=400");
    const portrait = (p: typeof page): Promise<string> =>
      p.getByRole("img", { name: /^Portrait/ }).evaluate((c) => (c as HTMLCanvasElement).toDataURL());
    await page.getByText("the solution stays between").waitFor();
    const rest = await portrait(page);
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByLabel("beta").focus();
    await page.keyboard.press("ArrowRight");
    await until(() => portrait(page)).not.toBe(rest);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Step", exact: true }).click();
    await until(() => page.url()).toMatch(/beta=0\.202&.*row=\d+/);
    // The address follows the last step after a moment.
    const same = async (): Promise<boolean> => {
      const before = page.url();
      await page.waitForTimeout(1000);
      return page.url() === before;
    };
    await until(same).toBe(true);
    await page.mouse.move(0, 0);
    const again = await lab.open(page.url());
    await again.page.getByText("the solution stays between").waitFor();
    await until(() => portrait(again.page)).toBe(await portrait(page));
    const take = async (kind: string): Promise<string> => {
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: `${kind} of The solution over time` }).click(),
      ]);
      return readFileSync(await file.path(), "latin1");
    };
    const csv = (await take("CSV")).trim().split("\n");
    expect(csv[0]).toBe("time,x");
    // A step has been taken since.
    const row = Number(/row=(\d+)/.exec(page.url())![1]);
    expect(row).toBeGreaterThan(400);
    expect(csv.length).toBe(row + 1);
    expect(Number(csv[1]!.split(",")[0])).toBe(19 / 32);
    const svg = await take("SVG");
    expect(svg).toMatch(/^<svg[^>]*>/);
    expect(svg.match(/<polyline[^>]*points="([^"]*)"/)![1]!.split(" ").length).toBe(row);
    expect(await take("PNG")).toMatch(/^\x89PNG/);
    expect([...complaints, ...again.complaints]).toEqual([]);
    await page.close();
    await again.page.close();
  });
});

describe.skipIf(!chrome)("addresses that make no sense", () => {
  it("open to something that works", async () => {
    const { page, complaints } = await lab.open("");
    const visits = [
      ["#/bifurcations?map=logistic&from=3.5&to=3.5000000000000004&low=5&high=5.000000000000001", "Period doublings, where"],
      ["#/delay?equation=mackey-glass&tau=-5&row=1e99", "the solution stays between"],
      ["#/neurons?activation=nope&w1=1e300&spread=NaN", "rder-preserving"],
      ["#/oscillators?graph=nope&units=7&seed=0.5&coupling=NaN&steps=1e9&turns=x@y", "critical coupling, theory"],
    ] as const;
    for (const [hash, words] of visits) {
      await page.goto(`${lab.url}${hash}`);
      await page.getByText(words).first().waitFor();
      expect(await page.locator(".problem").count()).toBe(0);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });
});
