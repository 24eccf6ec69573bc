import { describe, expect, it } from "vitest";
import {
  buildTraining,
  firstSamples,
  linearMaps,
  orderPreservation,
  orderViews,
  parseStudy,
  rankDistribution,
  withError,
  type TrainingSpec,
} from "#dynamics";
import { threads } from "#engine";
import { studyOf, type LayerSetting } from "../../apps/lab/src/benches/layer-address.js";
import { sha256 } from "../../apps/lab/src/parts/sha256.js";
import { neuronOf } from "../../apps/lab/src/worker/neuron.js";
import { historyOf, layersOf, numbersOf } from "../../apps/lab/src/worker/layers-seen.js";
import { laboratory, readDigits, until } from "./fixture.js";
import { chrome } from "./site.js";
import { tasksOf } from "./tasks.js";

const lab = laboratory();

const DIGITS: LayerSetting = { data: "digits", activation: "relu", depth: 2, width: 12, rate: 0.4, seed: 7, every: 10 };
const addressOf = (setting: LayerSetting, more: Record<string, number>): string =>
  `#/neurons/network?${new URLSearchParams(Object.entries({ ...setting, ...more }).map(([k, v]) => [k, String(v)]))}`;
const benchOf = async (setting: LayerSetting) => {
  const { study } = parseStudy(studyOf(setting, { steps: 1, threshold: 0.95 }));
  return buildTraining(study.system as unknown as TrainingSpec, {
    seed: study.seed,
    read: readDigits,
    threads: await threads(1),
  });
};
const digestOf = (x: Float64Array): string => sha256(new Uint8Array(x.slice().buffer)).slice(0, 16);
const percent = (value: number, error: number): string => `${withError(100 * value, 100 * error)} %`;

it("a fold that is symmetric keeps as many pairs in order as it reverses, exactly", () => {
  const { tau, strict, reversed } = neuronOf({ activation: "tanh", weights: [1, 1, -1, 1], spread: 1.7 });
  expect(tau).toBe(0);
  expect(strict).toBe(reversed);
});

describe.skipIf(!chrome)("the bench of neurons, by layer", () => {
  it("shows what Node computes at the step and the threshold of its address, bit for bit", async () => {
    const bench = await benchOf(DIGITS);
    const { run, data } = bench;
    const layers = layersOf(bench, { every: 10, samples: { order: 300, ranks: 600 }, pairs: 50 });
    const history = historyOf(10);
    for (const step of [0, 10, 20]) {
      run.step(step - run.time);
      history.add(layers.look(0.8));
    }
    run.step(5);
    const drawn = digestOf(numbersOf(layers.look(0.8), history.flat()));
    // The numbers of the tables from the questions themselves.
    const { architecture, parameters } = run.network;
    const followed = firstSamples(bench, "training", 300);
    const orders = orderViews(architecture, followed, { pairs: 50, seed: 7 })
      .at(parameters)
      .map((view) => ({ name: `${view.kind} ${view.layer}`, found: orderPreservation(view, { threshold: 0.8 }) }));
    const ranked = firstSamples(bench, "training", 600);
    const { fields, maps } = linearMaps(architecture, ranked).at(parameters);
    const second = rankDistribution({ ...ranked, units: 12, fields: fields[1]!, classes: 10, weights: maps[2]!.matrix });

    const { page, complaints } = await lab.open(addressOf(DIGITS, { threshold: 0.8, steps: 25 }));
    const digest = (what: string) => page.locator(`[data-digest=${what}]`).textContent({ timeout: 30_000 });
    expect(await digest("state")).toBe(digestOf(run.parameters));
    expect(await digest("drawn")).toBe(drawn);
    expect(orders.map((o) => o.name)).toContain("pair 2");
    for (const { name, found } of orders) {
      const cells = await page.locator(`[data-order="${name}"] td`).allTextContents();
      expect([cells[0], cells[2]]).toEqual([
        percent(found.value, found.error),
        percent(found.meanWeak.value, found.meanWeak.error),
      ]);
      // A unit with an activation that never falls reverses nothing.
      if (name.startsWith("unit")) expect(cells.slice(0, 3)).toEqual(["100 %", "100 %", "100 %"]);
    }
    const slope = withError(second.value, second.error);
    expect(await page.locator("[data-ranks='2'] td").first().textContent()).toBe(slope);
    expect(await page.locator(".tile .under").allTextContents()).toContain(`slope ${slope}`);
    expect(await page.locator(".readout dd").allTextContents()).toContain(
      `${(100 * run.evaluate(data.test!).accuracy).toFixed(1)} %`,
    );
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("plays, pauses, steps and judges by keyboard; the address opens to the same pictures", async () => {
    const { page, complaints } = await lab.open("#/neurons");
    await page.getByRole("link", { name: "A network in training, by layer" }).focus();
    await page.keyboard.press("Enter");
    await page.locator("[data-digest=drawn]").waitFor();
    // Away from what is usual, and nonsense is refused.
    await page.getByLabel("Data").selectOption("rings");
    await page.getByLabel("Seed").fill("-3");
    await page.keyboard.press("Tab");
    await until(() => page.getByLabel("Seed").inputValue()).toBe("1");
    await page.getByLabel("Seed").fill("12");
    await page.keyboard.press("Tab");
    await until(() => page.url()).toMatch(/data=rings.*&seed=12/);
    await page.locator("[data-digest=drawn]").waitFor();
    const step = async (): Promise<number> =>
      Number((await page.locator(".readout dd").first().textContent())!.replaceAll(",", ""));
    for (const n of [1, 2]) {
      await page.getByRole("button", { name: "Step", exact: true }).focus();
      await page.keyboard.press("Enter");
      await until(step).toBe(n);
    }
    const shares = () => page.locator("[data-order] td:first-of-type").allTextContents();
    await page.getByLabel("Order-preserving from").focus();
    for (let i = 0; i < 25; i++) await page.keyboard.press("ArrowLeft");
    const bench = await benchOf({ ...DIGITS, data: "rings", width: 32, rate: 0.3, seed: 12 });
    bench.run.step(2);
    const judged = (threshold: number): string[] =>
      orderViews(bench.run.network.architecture, firstSamples(bench, "training", 300), { pairs: 50, seed: 12 })
        .at(bench.run.network.parameters)
        .map((view) => orderPreservation(view, { threshold }))
        .map(({ value, error }) => percent(value, error));
    expect(judged(0.7)).not.toEqual(judged(0.95));
    await until(shares).toEqual(judged(0.7));
    // A density read from a picture.
    await page.getByRole("img", { name: /^Rank distribution, Layer 1/ }).focus();
    await page.keyboard.press("End");
    await page.getByText(/^ranks 0.95 to 1: density [\d.]+$/).waitFor();
    // The page stays free while it plays.
    await lab.browser.startTracing(page, {
      categories: ["toplevel", "disabled-by-default-devtools.timeline", "devtools.timeline"],
    });
    await page.getByRole("button", { name: "Play" }).focus();
    await page.keyboard.press("Space");
    await until(step).toBeGreaterThan(60);
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Play" }).waitFor();
    const tasks = tasksOf(await lab.browser.stopTracing());
    expect(tasks.length).toBeGreaterThan(20);
    expect(Math.max(...tasks)).toBeLessThan(50);
    const drawn = (await page.locator("[data-digest=drawn]").textContent())!;
    await until(() => page.url()).toContain(`steps=${await step()}`);
    const again = await lab.open(page.url());
    await until(() => again.page.locator("[data-digest=drawn]").textContent()).toBe(drawn);
    expect([...complaints, ...again.complaints]).toEqual([]);
    await page.close();
    await again.page.close();
  });
});
