import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildTraining, parseStudy, show, type TrainingSpec } from "#dynamics";
import { threads } from "#engine";
import { pack } from "../../apps/lab/src/link.js";
import { sha256 } from "../../apps/lab/src/parts/sha256.js";
import { laboratory, readDigits, until } from "./fixture.js";
import { chrome, root } from "./site.js";
import { tasksOf } from "./tasks.js";

const lab = laboratory();

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

    const { page, complaints } = await lab.open(`#/training/${await pack(text)}?steps=300&rates=0.1@137`);
    await expect
      .poll(() =>
        page
          .locator("[data-digest=state]")
          .textContent()
          .catch(() => ""),
      )
      .toBe(digest);
    // The maps of its weights: values by keyboard, and the side of every colour, light and dark.
    await page.getByRole("img", { name: "W2, 24 × 24" }).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    const { layout } = second.architecture;
    const { offset } = layout.find((p) => p.name === "W2")!;
    await page.getByText(`row 2, column 2: ${show(second.parameters[offset + 25]!, 6)}`).waitFor();
    const weights = second.parameters.slice(offset, offset + 24 * 24);
    const most = Math.max(...weights.map(Math.abs));
    const [clear, sides] = [(v: number): boolean => Math.abs(v) > most / 20, (all: number[]) => all.map(Math.sign)];
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(100);
      const orange = await page.getByRole("img", { name: "W2, 24 × 24" }).evaluate((canvas) => {
        // A copy: a canvas that is read often complains.
        const context = new OffscreenCanvas(24, 24).getContext("2d", { willReadFrequently: true })!;
        context.drawImage(canvas as HTMLCanvasElement, 0, 0);
        const { data } = context.getImageData(0, 0, 24, 24);
        return Array.from({ length: 24 * 24 }, (_, i) => data[4 * i]! - data[4 * i + 2]!);
      });
      // The ground itself is not grey: it lies between.
      expect(sides(orange.filter((_, i) => clear(weights[i]!)))).toEqual(sides([...weights].filter(clear)));
    }
    expect(complaints).toEqual([]);
    // All maps in one file, with the colours of the page, cell for cell.
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "PNG of the weights" }).click(),
    ]);
    expect(file.suggestedFilename()).toBe("the-weights.png");
    const png = readFileSync(await file.path());
    const seen = await page.evaluate(
      async (source) => {
        const image = new Image();
        image.src = source;
        await image.decode();
        const colors = (picture: CanvasImageSource, width: number, height: number): Map<string, number> => {
          const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
          context.drawImage(picture, 0, 0);
          const { data } = context.getImageData(0, 0, width, height);
          const count = new Map<string, number>();
          for (let i = 0; i < data.length; i += 4) {
            const name = data.slice(i, i + 4).join();
            count.set(name, (count.get(name) ?? 0) + 1);
          }
          return count;
        };
        const map = document.querySelector<HTMLCanvasElement>("[data-caption^='W2']")!;
        const cell = map.getBoundingClientRect().width / 24;
        return {
          size: [image.naturalWidth, image.naturalHeight],
          all: [...colors(image, image.naturalWidth, image.naturalHeight)],
          map: [...colors(map, 24, 24)],
          cell,
        };
      },
      `data:image/png;base64,${png.toString("base64")}`,
    );
    expect(seen.size).toEqual([png.readUInt32BE(16), png.readUInt32BE(20)]);
    // Twice the size of the page, where the bar of colours has more of them than it is wide.
    expect(seen.size[0]).toBeGreaterThan(2 * 24 * seen.cell);
    const drawn = new Map(seen.all);
    expect(seen.map.length).toBeGreaterThan(20);
    for (const [color, cells] of seen.map)
      expect(drawn.get(color) ?? 0, color).toBeGreaterThan(0.8 * cells * (2 * seen.cell) ** 2);
    // Text and ground are there as well.
    expect(drawn.get("253,253,252,255")).toBeGreaterThan(0.2 * seen.size[0]! * seen.size[1]!);
    expect(drawn.get("29,34,38,255")).toBeGreaterThan(100);
    await page.close();
  });

  it("plays, pauses, steps and hears the sliders, all by keyboard; the address follows", async () => {
    const { page } = await lab.open(`#/training/${await pack(text)}`);
    await page.locator("[data-digest=state]").waitFor();
    const step = async (): Promise<number> =>
      Number((await page.locator(".readout dd").first().textContent())!.replaceAll(",", ""));
    await page.getByRole("button", { name: "Step", exact: true }).focus();
    await page.keyboard.press("Enter");
    await until(step).toBe(1);
    await page.getByLabel("Learning rate").focus();
    await page.keyboard.press("ArrowLeft");
    await until(() => page.url()).toContain("rates=0.288@1");
    // A change that no step has followed yet is in the address as well.
    const kept = await lab.open(page.url());
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
    const again = await lab.open(page.url());
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
    const { page } = await lab.open("#/training?example=digits-edge-of-stability");
    await page.locator("[data-digest=state]").waitFor();
    await lab.browser.startTracing(page, {
      categories: ["toplevel", "disabled-by-default-devtools.timeline", "devtools.timeline"],
    });
    await page.getByRole("button", { name: "Play" }).click();
    const step = async (): Promise<number> =>
      Number((await page.locator(".readout dd").first().textContent())!.replaceAll(",", ""));
    const before = await step();
    await until(step).toBeGreaterThan(before + 300);
    const tasks = tasksOf(await lab.browser.stopTracing());
    expect(tasks.length).toBeGreaterThan(50);
    expect(Math.max(...tasks)).toBeLessThan(50);
    await page.close();
  });
});
