import { describe, expect, it } from "vitest";
import { laboratory } from "./fixture.js";
import { chrome } from "./site.js";

const lab = laboratory();

describe.skipIf(!chrome)("the SGD bench", () => {
  it("shows thresholds in the order of theory", async () => {
    const { page } = await lab.open("#/sgd?gram=1.5,0.9;0.9,2.5");
    await page.getByText("within").waitFor();
    const [wu, meanSquare, surely, full] = (await page.locator("dl.facts dd").allTextContents()).map(parseFloat);
    expect([wu! < meanSquare!, meanSquare! < surely!, surely! < full!]).toEqual([true, true, true]);
    expect(full).toBeCloseTo(1.32, 2);
    await page.close();
  });
});
