import type { Page } from "playwright";
import { describe, expect, it } from "vitest";
import { violations, walk } from "./access.js";
import { laboratory } from "./fixture.js";
import { chrome } from "./site.js";

const lab = laboratory();

/** The views, and how each shows that it is at rest. */
const views: readonly { readonly name: string; readonly hash: string; readonly ready: (page: Page) => Promise<unknown> }[] = [
  { name: "gallery", hash: "", ready: (page) => page.getByRole("link", { name: "Watch live" }).first().waitFor() },
  { name: "tour", hash: "#/tour/3", ready: (page) => page.getByText("Period doublings:").waitFor() },
  { name: "training", hash: "#/training?example=moons", ready: (page) => page.locator("[data-digest=state]").waitFor() },
  {
    name: "bifurcations",
    hash: "#/bifurcations?map=logistic&from=2.9&to=3.6",
    ready: (page) => page.getByText("Period doublings, where").waitFor(),
  },
  {
    name: "flows",
    hash: "#/flows?field=van-der-pol&mu=1.5&starts=0.1,0;3,4",
    ready: async (page) => {
      await page.getByText(/^2 trajectories; the last ended/).waitFor();
      await page.locator("[data-exponents]").waitFor();
    },
  },
  {
    name: "basins",
    hash: "#/basins?example=basins-newton&x0=0&x1=0.5&y0=0&y1=0.5",
    ready: (page) => page.getByText(/^Basin entropy 0\.\d+ ± /).waitFor(),
  },
  {
    name: "oscillators",
    hash: "#/oscillators?graph=ring&density=gaussian&units=100&coupling=5",
    ready: (page) => page.getByText(/^0\.\d+ ± /).waitFor(),
  },
  {
    name: "propagation",
    hash: "#/propagation?weights=1.3&biases=0.05&depth=4&width=20",
    ready: (page) => page.getByText("This initialisation is ORDERED").waitFor(),
  },
  {
    name: "delay",
    hash: "#/delay?equation=hutchinson&r=1.8&tau=1",
    ready: (page) => page.getByText("the solution stays between").waitFor(),
  },
  {
    name: "neurons",
    hash: "#/neurons?activation=tanh&w1=1&b1=1&w2=-1&b2=1",
    ready: (page) => page.getByText("Not order-preserving").waitFor(),
  },
  {
    name: "neurons by layer",
    hash: "#/neurons/network?data=moons&activation=gelu&depth=3&width=8&steps=20",
    ready: (page) => page.locator("[data-digest=drawn]").waitFor(),
  },
  {
    name: "sgd",
    hash: "#/sgd?gram=1.5,0.9;0.9,2.5&rate=0.8&batch=1",
    ready: async (page) => {
      await page.locator("[data-fate]").waitFor();
      await page.getByText(/within \d/).waitFor();
    },
  },
  { name: "inspect", hash: "#/inspect", ready: (page) => page.getByText("No files are chosen.").waitFor() },
  { name: "study", hash: "#/study", ready: (page) => page.locator("button:text-is('Run'):enabled").waitFor() },
];

describe.skipIf(!chrome)("every view", () => {
  it.each(views)(
    "$name runs without complaint, is accessible light and dark and by keyboard, and fits 390 pixels",
    async ({ hash, ready }) => {
      const { page, complaints } = await lab.open(hash, { colorScheme: "light" });
      await ready(page);
      expect(await violations(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await violations(page)).toEqual([]);
      const { visited, wanted, unseen } = await walk(page);
      expect(visited).toEqual(wanted);
      expect(unseen).toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      await page.waitForTimeout(50);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});

describe.skipIf(!chrome)("a bench", () => {
  it.each(["bifurcations", "flows", "basins", "delay", "propagation", "oscillators", "neurons"])(
    "%s: what it shows is a study that can be run",
    async (name) => {
      const { page, complaints } = await lab.open(`#/${name}`);
      await page.locator("button:text('As a study'):enabled").click();
      await page.locator("button:text-is('Run'):enabled").waitFor();
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});
