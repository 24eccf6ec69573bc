import { describe, expect, it } from "vitest";
import { laboratory, until } from "./fixture.js";
import { chrome } from "./site.js";

const lab = laboratory();

describe.skipIf(!chrome)("the oscillators", () => {
  it("hear what is asked of them before they have begun, and rest and go on", async () => {
    const { page, complaints } = await lab.open("#/oscillators?units=50&coupling=3");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByRole("button", { name: "Gather" }).click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await page.getByText(/^0\.\d+ ± /).waitFor();
    await page.getByRole("heading", { name: "Density of the phases" }).waitFor();
    // All-to-all: everyone with the 49 others.
    await page.getByRole("img", { name: /weights of this graph of 50 nodes with 2450 entries/ }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("rest where the address says, to the last pixel, with a coupling turned on the way", async () => {
    const { page, complaints } = await lab.open(
      "#/oscillators?graph=small-world&units=50&seed=7&steps=333&turns=0.5@0,3.25@120&start=2",
    );
    const digest = (p: typeof page): Promise<string> => p.locator("[data-digest=phases]").innerText();
    await page.getByText("After 333 steps").waitFor();
    const before = await digest(page);
    await page.getByRole("button", { name: "Step", exact: true }).click();
    await page.getByText("After 334 steps").waitFor();
    expect(await digest(page)).not.toBe(before);
    await page.getByLabel("Coupling K").focus();
    await page.keyboard.press("ArrowRight");
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByRole("button", { name: "Pause" }).click();
    await until(() => page.url()).toMatch(/steps=\d+&turns=0\.5@0,3\.25@120,3\.26@334&start=2/);
    const again = await lab.open(page.url());
    await until(() => digest(again.page).catch(() => "")).toBe(await digest(page));
    const seen = (p: typeof page): Promise<string> =>
      p.getByRole("img", { name: /on a circle/ }).evaluate((c) => (c as HTMLCanvasElement).toDataURL());
    await until(() => seen(again.page)).toBe(await seen(page));
    expect([...complaints, ...again.complaints]).toEqual([]);
    await page.close();
    await again.page.close();
  });
});
