import { describe, expect, it } from "vitest";
import { characteristicExponent, fate, gram, gramModel, sgdProducts, show } from "#dynamics";
import { laboratory, until } from "./fixture.js";
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

  it("starts runs at the cell of its address, with Node's fates beside the sign of the exponent", async () => {
    const g = gram([
      [1.5, 0.9],
      [0.9, 2.5],
    ]);
    // Between the mean-square threshold and that of the exponent, where some runs leave.
    const cell = { stepSize: 0.9, batchSize: 1 };
    const { stays, interval } = fate(gramModel(g), { ...cell, runs: 200, steps: 10_000 });
    expect([stays > 0, stays < 200]).toEqual([true, true]);
    const exponent = characteristicExponent(sgdProducts(g, cell), { least: 2 ** 15, budget: 2 ** 20 });
    expect(exponent.sign).toBe("negative");
    const { page, complaints } = await lab.open("#/sgd?gram=1.5,0.9;0.9,2.5&rate=0.9&batch=1");
    const told = page.locator("[data-fate]");
    await told.waitFor();
    const text = (await told.textContent())!;
    expect(text).toContain(`${stays} of 200 runs stay, ${200 - stays} leave`);
    expect(text).toContain(`between ${show(100 * interval[0], 3)} % and ${show(100 * interval[1], 3)} % with 95 % confidence`);
    expect(text).toContain(`λ is ${show(exponent.value, 4)}, between ${show(exponent.interval[0], 4)}`);
    expect(text).toContain("below 0, so SGD can stay");
    // Another cell by keyboard: its address opens to it.
    await page.getByRole("img", { name: /^Exponent of SGD over/ }).focus();
    for (const key of ["ArrowRight", "ArrowUp", "Enter"]) await page.keyboard.press(key);
    await until(() => page.url()).toMatch(/&rate=[\d.]+&batch=2$/);
    await until(() => told.textContent()).toContain("batches of 2");
    const again = await lab.open(page.url());
    await until(() => again.page.locator("[data-fate]").textContent()).toBe(await told.textContent());
    // A matrix that no network has.
    await page.getByLabel("row 1, column 2").fill("5");
    await page.keyboard.press("Tab");
    await page.getByText("not positive semidefinite").first().waitFor();
    expect([...complaints, ...again.complaints]).toEqual([]);
    await page.close();
    await again.page.close();
  });
});
