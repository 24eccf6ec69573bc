import { describe, expect, it } from "vitest";
import { laboratory } from "./fixture.js";
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
});
