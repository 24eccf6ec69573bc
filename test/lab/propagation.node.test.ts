import { finiteTimeExponents, show } from "#dynamics";
import { compile, constant, jvp, scalarMath, type Tensor } from "#engine";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../apps/lab/src/parts/sha256.js";
import { drawnNetwork, planeTheory } from "../../apps/lab/src/worker/drawn-network.js";
import { layers } from "../../apps/lab/src/worker/layers.js";
import { passes } from "../../apps/lab/src/worker/passes.js";
import { planePoints, stretching, through } from "../../apps/lab/src/worker/stretching.js";
import type { Host, JobName, Jobs, Work } from "../../apps/lab/src/worker/protocol/jobs.js";
import { RING, type DrawnNetwork } from "../../apps/lab/src/worker/protocol/propagation.js";
import { laboratory, until } from "./fixture.js";
import { chrome } from "./site.js";
import { tasksOf } from "./tasks.js";

const lab = laboratory();
const chaotic: DrawnNetwork = { activation: "tanh", weightVariance: 2.5, biasVariance: 0.05, depth: 4, width: 20, seed: 3 };
const digest = (x: Float64Array): string => sha256(new Uint8Array(x.slice().buffer)).slice(0, 16);

const at = (f: (x: Tensor) => Tensor, points: Float64Array): Float64Array => {
  const program = compile((x) => f(x!), [{ shape: [points.length / 2, 2] }]);
  program.inputs[0]!.set(points);
  program.run();
  return program.outputs[0]!.slice();
};

/** What a job tells in answer to one order. */
async function told<J extends JobName>(
  work: Work<J>,
  input: Jobs[J]["input"],
  order: Jobs[J]["order"],
  last: (news: Jobs[J]["news"]) => boolean,
): Promise<Jobs[J]["news"][]> {
  const heard: Jobs[J]["news"][] = [];
  await new Promise<void>((done, fail) => {
    const host: Host<J> = {
      news: (news) => void (heard.push(news), last(news) && done()),
      onOrder: (hear) => hear(order),
      breathe: () => Promise.resolve(),
    };
    Promise.resolve(work(input, host)).catch(fail);
  });
  return heard;
}

describe("theory for inputs of a plane", () => {
  it("is exact for linear layers in the mean, and knows the first layer", () => {
    const { growth, lengths } = planeTheory({ ...chaotic, activation: "identity", biasVariance: 0 }, 3);
    for (let l = 0; l < 4; l++) {
      expect(growth[l]).toBeCloseTo(0.5 * (l + 1) * Math.log(2.5), 12);
      expect(lengths[l]).toBeCloseTo(1.5 * 2.5 ** (l + 1), 10);
    }
  });

  it.each([
    ["tanh", 2.5, 0.05, 2],
    ["tanh", 1.2, 0.3, 8],
    ["relu", 2, 0.1, 1],
  ])(
    "%s, %f, %f: the ring of wide networks is as much longer as theory says",
    (activation, weightVariance, biasVariance, square) => {
      const seeds = 8;
      const order = { ...chaotic, activation, weightVariance, biasVariance, width: 400 };
      const network = drawnNetwork(order);
      // Eight points of the ring, and unit tangents there.
      const angles = Array.from({ length: 8 }, (_, i) => (Math.PI * i) / 4);
      const inputs = Float64Array.from(angles.flatMap((a) => [Math.sqrt(square) * Math.cos(a), Math.sqrt(square) * Math.sin(a)]));
      const ahead = Float64Array.from(angles.flatMap((a) => [-Math.sin(a), Math.cos(a)]));
      const program = compile(
        (theta, x) => {
          const { outputs, tangents } = jvp((y) => network.apply(theta!, y), [x!], [constant(ahead, [8, 2])]);
          return [outputs[0]!, tangents[0]!];
        },
        [{ shape: [network.size] }, { shape: [8, 2] }],
      );
      program.inputs[1]!.set(inputs);
      const squares = Array.from({ length: seeds }, (_, seed) => {
        program.inputs[0]!.set(network.initial(seed));
        program.run();
        return program.outputs.map((x) => x.reduce((s, v) => s + v * v, 0) / x.length);
      });
      const { lengths, growth } = planeTheory(order, square);
      // Of a unit tangent in two components the mean square is 1/2.
      const theory = [lengths.at(-1)!, 0.5 * Math.exp(2 * growth.at(-1)!)];
      for (const i of [0, 1]) {
        const mean = squares.reduce((s, x) => s + x[i]!, 0) / seeds;
        const error = Math.sqrt(squares.reduce((s, x) => s + (x[i]! - mean) ** 2, 0) / (seeds * (seeds - 1)));
        // Four standard errors over the networks, and terms of order depth / width.
        expect(Math.abs(mean - theory[i]!)).toBeLessThan(4 * error + (4 / 400) * theory[i]!);
        expect(error).toBeLessThan(0.08 * theory[i]!);
      }
    },
  );

  it("is what the jobs tell beside their measurements", async () => {
    const wide = { ...chaotic, width: 150, depth: 3 };
    const images = await told(layers, null, { ...wide, shape: "ring", radius: 1.4 }, (n) => n.kind === "lost" || n.layer === 3);
    expect(images.map((n) => n.layer)).toEqual([0, 1, 2, 3]);
    const { growth, lengths } = planeTheory(wide, 1.4 * 1.4);
    for (const n of images.slice(1)) {
      if (n.kind !== "image") throw new Error("lost");
      expect(n.square![1]).toBeCloseTo(lengths[n.layer - 1]!, 12);
      expect(n.stretch![1]).toBeCloseTo(Math.exp(growth[n.layer - 1]!), 12);
      // One network of 150 units: 20 per cent are more than three standard deviations of three layers.
      expect(Math.abs(n.stretch![0] / n.stretch![1] - 1)).toBeLessThan(0.2);
      // The ring is closed and dense enough: its polygon is as long as its tangents say, but for what lies outside the picture.
      let polygon = 0;
      for (let i = 0; i < RING; i++) {
        const j = (i + 1) % RING;
        polygon += Math.hypot(n.points[2 * i]! - n.points[2 * j]!, n.points[2 * i + 1]! - n.points[2 * j + 1]!);
      }
      const length = n.stretch![0] * ((2 * Math.PI * 1.4) / Math.SQRT2);
      expect(polygon).toBeLessThan(1.0001 * length);
      expect(polygon).toBeGreaterThan(0.7 * n.share * length);
    }
    const image = await told(stretching, null, { ...wide, radius: 1.4, cells: 16 }, (n) => n.kind === "whole");
    const whole = image.at(-1)!;
    if (whole.kind !== "whole") throw new Error("no end");
    expect(whole.deep).toBeCloseTo(0.5 * Math.log(1.133516), 5);
    // Lengths, not root mean squares: the root of 150 units over 2 inputs. A network of 150 units and 3 layers scatters by some 0.12 nat in all.
    const near = (growth.at(-1)! + 0.5 * Math.log(75)) / 3;
    expect(Math.abs(whole.theory - near)).toBeLessThan(0.1);
    expect(Math.abs(whole.mean - whole.theory)).toBeLessThan(0.36 / 3);
  });

  it("says from which layer on sums are no numbers", async () => {
    const heard = await told(
      layers,
      null,
      { ...chaotic, activation: "relu", weightVariance: 4, depth: 5, shape: "grid", radius: 1e300 },
      (n) => n.kind === "lost" || n.layer === 5,
    );
    expect(heard.map((n) => [n.kind, n.layer])).toEqual([
      ["image", 0],
      ["lost", 1],
    ]);
  });

  it("visits every cell of a picture once, coarse ones first", () => {
    for (const [columns, rows, together] of [
      [128, 128, 512],
      [33, 7, 5],
      [1, 1, 3],
    ] as const) {
      const seen = [...passes(columns, rows, together)];
      expect(seen.flatMap((p) => p.cells).sort((a, b) => a - b)).toEqual(Array.from({ length: columns * rows }, (_, i) => i));
      expect(seen.at(-1)!.done).toBe(1);
      expect(seen.map((p) => p.width)).toEqual(seen.map((p) => p.width).sort((a, b) => b - a));
    }
  });
});

describe.skipIf(!chrome)("the propagation bench", () => {
  it("sends inputs through layers, step by step, and stretches a square: with Node's bits", async () => {
    const order = { ...chaotic, radius: 1.5, cells: 128 };
    const ring = Float64Array.from({ length: 2 * RING }, (_, i) => {
      const angle = (2 * Math.PI * (i >> 1)) / RING;
      return 1.5 * (i % 2 === 0 ? scalarMath.cos(angle) : scalarMath.sin(angle));
    });
    // The sums of a layer are the output of the network that ends there.
    const theta = drawnNetwork(order).initial(3);
    const sums = (layer: number): string => {
      const part = drawnNetwork({ ...order, depth: layer });
      return digest(at((x) => part.apply(constant(theta.slice(0, part.size)), x), ring));
    };
    const address = "#/propagation?weights=2.5&biases=0.05&depth=4&width=20&seed=3&radius=1.5&layer=1";
    const { page, complaints } = await lab.open(address);
    const shown = page.locator("[data-digest=sums]");
    await until(() => shown.textContent()).toBe(sums(1));
    const picture = page.getByRole("img", { name: /^A ring of inputs as layer/ });
    await picture.focus();
    await page.keyboard.press("ArrowRight");
    await until(() => shown.textContent()).toBe(sums(2));
    await until(() => page.url()).toContain("&layer=2&");
    await page.getByText("Layer 2 of 4").waitFor();
    await page.keyboard.press("Home");
    await page.getByText("The inputs themselves.").waitFor();
    // While the layers play and the image is still sharpening or done, the page stays free.
    await lab.browser.startTracing(page, {
      categories: ["toplevel", "disabled-by-default-devtools.timeline", "devtools.timeline"],
    });
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await until(() => shown.textContent()).toBe(sums(4));
    await page.getByRole("button", { name: "Play" }).waitFor();
    const tasks = tasksOf(await lab.browser.stopTracing());
    expect(tasks.length).toBeGreaterThan(20);
    expect(Math.max(...tasks)).toBeLessThan(50);
    await page.getByRole("button", { name: "Back", exact: true }).click();
    await until(() => shown.textContent()).toBe(sums(3));

    const all = finiteTimeExponents({ f: through(order), dim: 2 }, { starts: planePoints(order), steps: 4 });
    await until(() => page.locator("[data-digest=exponents]").textContent()).toBe(digest(all.value));
    await page.getByRole("img", { name: /^Finite-time Lyapunov exponents of the 4 layers/ }).focus();
    await page.keyboard.press("ArrowRight");
    // From the origin, at the lower left corner of cell (64, 64), to the cell on the right.
    await page.getByText(`${show(Math.abs(all.value[64 * 128 + 65]!), 4)} nat a layer:`).waitFor();

    const again = await lab.open(page.url());
    await until(() => again.page.locator("[data-digest=sums]").textContent()).toBe(sums(3));
    await again.page.getByLabel("Inputs", { exact: true }).selectOption("grid");
    await again.page.getByRole("img", { name: /^A grid of inputs as layer 3/ }).waitFor();
    await until(() => again.page.locator("[data-digest=sums]").textContent()).not.toBe(sums(3));
    await until(() => again.page.url()).toContain("inputs=grid");
    expect([...complaints, ...again.complaints]).toEqual([]);
    await page.close();
    await again.page.close();
  });
});
