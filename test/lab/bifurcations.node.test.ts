import { describe, expect, it } from "vitest";
import { laboratory, until } from "./fixture.js";
import { chrome } from "./site.js";

const lab = laboratory();

describe.skipIf(!chrome)("orbit diagrams", () => {
  it("zoom and values by keys, and the address opens to the same window", async () => {
    const { page } = await lab.open("#/bifurcations?map=balanced-network");
    await page.getByText("Period doublings, where").waitFor();
    // The step size at which 2 / eta meets the sharpness 2 of the minimum, and sqrt(5) - 1, where the 2-cycle doubles.
    const facts = await page.locator("dl.facts dd").allTextContents();
    expect(facts.slice(0, 2)).toEqual(["1", "1.23606798"]);
    await page.getByRole("img", { name: /Orbit diagram/ }).focus();
    await page.keyboard.press("ArrowRight");
    await page.getByText(/^step size .* exponent .* per step$/).waitFor();
    await page.keyboard.press("+");
    await until(() => page.url()).toContain("from=1.175&to=1.725");
    const again = await lab.open(page.url());
    await again.page.getByRole("img", { name: "from 1.175 to 1.725" }).waitFor();
    await page.close();
    await again.page.close();
  });
});
