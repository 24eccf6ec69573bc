import { describe, expect, it } from "vitest";
import {
  characteristicExponent,
  fate,
  gram,
  gramModel,
  gramStability,
  meanSquareStability,
  parseStudy,
  runStudy,
  sgdProducts,
  show,
  wuMaE,
} from "#dynamics";
import { sgd } from "../../apps/lab/src/worker/sgd.js";
import { studyOf } from "../../apps/lab/src/benches/sgd-address.js";
import type { SgdThresholds } from "../../apps/lab/src/worker/protocol/sgd.js";
import { laboratory, until } from "./fixture.js";
import { chrome } from "./site.js";

const lab = laboratory();

describe.skipIf(!chrome)("the SGD bench", () => {
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

  it("shows thresholds in the order of theory, and goes on as a study that has them and runs as in Node", async () => {
    const { page, complaints } = await lab.open("#/sgd?gram=1.5,0.9;0.9,2.5&rate=0.7&batch=1");
    await page.getByText(/, within .* to /).waitFor();
    const shown = await page.locator(".side dl.facts dd").allTextContents();
    const [wu, meanSquare, surely, full] = shown.map(parseFloat);
    expect([wu! < meanSquare!, meanSquare! < surely!, surely! < full!]).toEqual([true, true, true]);
    expect(full).toBeCloseTo(1.32, 2);
    await page.getByRole("button", { name: "As a study" }).click();
    await page.getByRole("tab", { name: "YAML" }).click();
    const text = await page.getByLabel("The study as YAML").inputValue();
    await page.getByRole("button", { name: "Run", exact: true }).click();
    const { study } = parseStudy(text);
    const read = () => Promise.reject(new Error("it needs no files"));
    const { manifest } = await runStudy(study, { read, version: "", threads: 1 });
    await until(() => page.locator(".verdict p").allTextContents()).toEqual(manifest.verdict);
    const said = ["wu_ma_e", "mean_square", "gradient_descent"].map((name) =>
      show(manifest.answers.find((a) => a.name === `threshold_${name}`)!.value as number),
    );
    expect(said).toEqual([shown[0], shown[1], shown[3]]);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe("the study of an SGD bench", () => {
  /** What the bench hands to its study. */
  async function thresholdsOf(matrix: readonly (readonly number[])[]): Promise<SgdThresholds> {
    let found: SgdThresholds | undefined;
    const host = { news: (n: { kind: string }) => void (n.kind === "thresholds" && (found = n as SgdThresholds)) };
    // The thresholds come first; the rest is not waited for.
    const stopped = new Error("enough");
    const breathe = (): Promise<never> => Promise.reject(stopped);
    const work = sgd({ matrix, most: 3, columns: 8, steps: 256, seed: 0 }, { ...host, breathe, onOrder() {} } as never);
    await expect(work).rejects.toBe(stopped);
    return found!;
  }

  it.each([
    [
      "three samples",
      [
        [2, 0.8, -0.4],
        [0.8, 1.5, 0.5],
        [-0.4, 0.5, 3],
      ],
    ],
    [
      "two equal samples: rank 1",
      [
        [2, 2],
        [2, 2],
      ],
    ],
    [
      "a tiny and a huge one",
      [
        [1e-7, 0],
        [0, 4e5],
      ],
    ],
  ])("has the bench's Gram matrix: %s", async (_, matrix) => {
    const thresholds = await thresholdsOf(matrix);
    const { study } = parseStudy(studyOf(thresholds, undefined, 0));
    const { inputs } = (study.system as unknown as { data: { inputs: number[][] } }).data;
    const largest = Math.max(...matrix.flat());
    const product = inputs.map((a) => inputs.map((b) => a.reduce((sum, v, k) => sum + v * b[k]!, 0)));
    product.flat().forEach((v, i) => expect(Math.abs(v - matrix.flat()[i]!)).toBeLessThanOrEqual(1e-15 * largest));
    const [g, again] = [gram(matrix), gram(product)];
    for (const batchSize of thresholds.batchSizes) {
      expect(meanSquareStability(again, { batchSize }).value).toBeCloseTo(meanSquareStability(g, { batchSize }).value, 12);
      expect(wuMaE(again, { batchSize }).threshold.value).toBeCloseTo(wuMaE(g, { batchSize }).threshold.value, 12);
    }
    expect(gramStability(again, { stepSize: 1 }).threshold.value).toBeCloseTo(thresholds.gradientDescent, 12);
  });

  it("is none for a matrix that no network has", async () => {
    expect(
      (
        await thresholdsOf([
          [1, 5],
          [5, 1],
        ])
      ).samples,
    ).toBeUndefined();
  });
});
