import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatPoints, formatRide, parsePoints, parseRide } from "../../apps/lab/src/benches/flow-address.js";
import { origins } from "../../apps/lab/src/benches/origins.js";
import { zeroLine } from "../../apps/lab/src/benches/contour.js";
import { OrbitStore } from "../../apps/lab/src/benches/orbit-store.js";
import { Trace } from "../../apps/lab/src/benches/trace.js";
import { pack, unpack } from "../../apps/lab/src/link.js";
import { ticks } from "../../apps/lab/src/parts/canvas.js";
import { sha256 } from "../../apps/lab/src/parts/sha256.js";
import { formatHash, numberOf, parseHash } from "../../apps/lab/src/route.js";
import { stops } from "../../apps/lab/src/tour/stops.js";
import { editable, edited, valuesOf } from "../../apps/lab/src/views/edit-text.js";
import { cellsOf, tilesOf } from "../../apps/lab/src/worker/weights.js";
import type { LiveFrame } from "../../apps/lab/src/worker/protocol/train.js";
import { parseStudy, random } from "#dynamics";

describe("SHA-256", () => {
  it("agrees with Node's for every length up to three blocks and for a long text", () => {
    const stream = random(0);
    for (const length of [...Array(200).keys(), 100_000]) {
      const bytes = Uint8Array.from({ length }, () => Math.floor(256 * stream.uniform()));
      expect(sha256(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
    }
  });
});

describe("a study as an address", () => {
  it("comes back as it was, in an alphabet that no mail program breaks", async () => {
    for (const text of ["", "η = 0.1 # ünïcode\n", ...stops.map((s) => s.study)]) {
      const part = await pack(text);
      expect(part).toMatch(/^[\w-]*$/);
      expect(await unpack(part)).toBe(text);
    }
  });

  it("never grows beyond what a study can be", async () => {
    const bomb = await pack("#".repeat(4_000_000));
    expect(bomb.length).toBeLessThan(10_000);
    await expect(unpack(bomb)).rejects.toThrow("this link holds more than 1048576 bytes");
  });

  it("that was cut off is refused", async () => {
    const part = await pack(stops[0]!.study);
    await expect(unpack(part.slice(0, part.length / 2))).rejects.toThrow();
    await expect(unpack("%%%")).rejects.toThrow();
  });

  it("keeps path and query, and numbers in their range", () => {
    const hash = formatHash(["training", "abc-_"], { steps: 30, rates: "0.1@5,0.2@9" });
    expect(hash).toBe("#/training/abc-_?steps=30&rates=0.1@5,0.2@9");
    const { path, query } = parseHash(hash);
    expect([path, query.get("rates")]).toEqual([["training", "abc-_"], "0.1@5,0.2@9"]);
    expect([numberOf(query, "steps", 0), numberOf(query, "steps", 0, 0, 7), numberOf(query, "none", 4)]).toEqual([30, 7, 4]);
    expect(parseHash("")).toMatchObject({ path: [] });
  });
});

describe("a study edited by its form", () => {
  const text = "# why\nsystem:\n  kind: training # what\n  steps: 10\nquestions: [{ type: sharpness }]\n";

  it("keeps comments and changes one place", () => {
    expect(edited(text, ["system", "steps"], 20)).toBe(
      text.replace("10", "20").replace("{ type: sharpness }", "{type: sharpness}"),
    );
    expect(valuesOf(edited(text, ["system", "steps"], undefined))).toEqual({
      system: { kind: "training" },
      questions: [{ type: "sharpness" }],
    });
  });

  it("takes in groups and lists at places that are not there yet", () => {
    const more = edited(edited(text, ["system", "architecture", "widths"], [2, 8, 1]), ["questions", 0, "k"], 2);
    expect(valuesOf(more)).toMatchObject({
      system: { architecture: { widths: [2, 8, 1] } },
      questions: [{ type: "sharpness", k: 2 }],
    });
    expect(more).toContain("widths: [2, 8, 1]");
    expect(valuesOf(edited("", ["seed"], 1))).toEqual({ seed: 1 });
  });

  it("is left alone where its text cannot be read", () => {
    expect([editable("a: [1"), editable("just words"), editable(text), editable("")]).toEqual([false, false, true, true]);
  });
});

describe("the trace of a live run", () => {
  const frame = (from: number, losses: number[], measured: number[] = []): LiveFrame =>
    ({ from, losses: Float64Array.from(losses), measured: Float64Array.from(measured) }) as LiveFrame;

  it("keeps every spike however many steps there are", () => {
    const trace = new Trace();
    const n = 100_000;
    for (let from = 0; from < n; from += 1000)
      trace.add(
        frame(
          from,
          Array.from({ length: 1000 }, (_, i) => (from + i === 77_777 ? 50 : 1)),
        ),
      );
    const [x, y] = trace.loss();
    expect(x.length).toBeLessThan(3000);
    const at = Array.from(y!).indexOf(50);
    expect(x[at]).toBe(77_777);
  });

  it("leaves gaps where there is no number", () => {
    const trace = new Trace();
    trace.add(frame(0, [1, NaN, 0.5], [0, 3, 0.1, NaN, 10]));
    expect(trace.loss()[1]).toEqual([1, null, 0.5]);
    expect(trace.curvature()).toEqual([[0], [3], [null], [10]]);
  });
});

describe("an orbit diagram in the making", () => {
  it("shows a coarse column until the fine ones come, and never the other way round", () => {
    const store = new OrbitStore(4, 2);
    const news = (width: number, index: number[], value: number) => ({
      width,
      index: Int32Array.from(index),
      states: new Float64Array(2 * index.length).fill(value),
      record: 2,
      periods: new Int32Array(index.length).fill(1),
      creeping: new Uint8Array(index.length),
      exponents: new Float64Array(index.length).fill(-value),
      errors: new Float64Array(index.length),
      done: 0.5,
    });
    store.add(news(4, [0], 1));
    expect([...store.exponents]).toEqual([-1, -1, -1, -1]);
    store.add(news(2, [2], 2));
    store.add(news(1, [1], 3));
    expect([...store.exponents]).toEqual([-1, -3, -2, -2]);
    const [low, high] = store.range();
    expect(low < 1 && high > 3).toBe(true);
    // A periodic column is as dark as it gets: one row each.
    const shades = store.shades(10, [0, 4]);
    expect([...shades].filter((s) => s > 0)).toEqual([1, 1, 1, 1]);
    // In words: a period, one not reached yet, none, and an orbit that is lost.
    const none = { ...news(1, [1, 2, 3], 1), periods: new Int32Array(3), creeping: Uint8Array.of(1, 0, 0) };
    store.add({ ...none, exponents: Float64Array.of(0, 0.5, NaN) });
    const words = [0, 1, 2, 3].map((c) => store.words(c));
    expect(words[1]).toMatch(/^not settled yet: it still creeps/);
    expect([words[0], ...words.slice(2)]).toEqual(["period 1", "no period up to 32", "leaves the finite numbers"]);
  });
});

describe("the line where a function is zero", () => {
  it("is a circle of the right length and radius for x^2 + y^2 - 1, to the square of the cell", () => {
    const cells = 101;
    const at = (i: number): number => -2 + (4 * i) / (cells - 1);
    const values = Float64Array.from(
      { length: cells * cells },
      (_, k) => at(k % cells) ** 2 + at(Math.floor(k / cells)) ** 2 - 1,
    );
    const line = zeroLine(values, cells).map(at);
    let length = 0;
    for (let i = 0; i < line.length; i += 4) {
      const [x1, y1, x2, y2] = line.slice(i, i + 4) as [number, number, number, number];
      expect(Math.abs(Math.hypot(x1, y1) - 1)).toBeLessThan(0.04 ** 2);
      length += Math.hypot(x2 - x1, y2 - y1);
    }
    expect(Math.abs(length - 2 * Math.PI)).toBeLessThan(0.01);
  });
});

describe("ticks", () => {
  it("are round, inside, and about as many as asked", () => {
    expect(ticks(0.9, 2, 5).map((v) => Number(v.toFixed(9)))).toEqual([1, 1.5, 2]);
    expect(ticks(-1, 1, 4)).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(ticks(1, 1, 4)).toEqual([]);
  });
});

describe("the tour", () => {
  it.each(stops.map((s) => [s.title, s] as const))("%s: its study can be read", (_, { study }) => {
    expect(parseStudy(study, "stop.yaml").study.title).not.toBe("Untitled study");
  });
});

describe("a ride as an address", () => {
  const read = (text: string) => parseRide(new URLSearchParams(text), 2, 1);
  const ride = {
    before: 12,
    legs: [
      { from: [0.1, -1 / 3], values: [1.5], steps: 137 },
      { from: [1e-300, 1e21], values: [-2e-7], steps: 0 },
    ],
  };

  it("comes back to the last bit", () => {
    const { query } = parseHash(formatHash(["flows"], formatRide(ride, [0, 0])));
    expect(parseRide(query, 2, 1)).toEqual(ride);
    expect(parsePoints(formatPoints([[0.1, -1 / 3]]))).toEqual([[0.1, -1 / 3]]);
  });

  it("is left out only while the point is at its start", () => {
    const still = { before: 0, legs: [{ from: [1, 2], values: [3], steps: 0 }] };
    expect(formatRide(still, [1, 2])).toEqual({});
    expect(formatRide(still, [1, 2.5])).toEqual({ ride: "0@3@1,2" });
  });

  it("is nothing where it cannot be read", () => {
    for (const text of [
      "",
      "ride=",
      "ride=1@2",
      "ride=1@2@3",
      "ride=-1@2@3,4",
      "ride=1.5@2@3,4",
      "ride=1@2@3,x",
      "ride=1@2@3,Infinity",
      "ride=1e9@2@3,4",
      "ride=1@2,2@3,4",
      "ride=1@2@3,4;",
    ])
      expect(read(text)).toBe(undefined);
    expect(read("before=nonsense&ride=1@2@3,4")).toEqual({ before: 0, legs: [{ from: [3, 4], values: [2], steps: 1 }] });
    expect(read(`ride=${Array.from({ length: 100 }, () => "1@2@3,4").join(";")}`)).toBe(undefined);
  });
});

describe("the cells of weights", () => {
  const theta = Float64Array.from({ length: 2 + 6 + 200 * 3 }, (_, i) => (i % 2 === 0 ? i : -i));

  it("are the entries, one after the other, the last axis to the right", () => {
    const tiles = tilesOf([
      { name: "b", shape: [2], offset: 0 },
      { name: "W", shape: [3, 1, 2], offset: 2 },
    ]);
    expect(tiles.map(({ rows, columns, width, height }) => [rows, columns, width, height])).toEqual([
      [1, 2, 2, 1],
      [3, 2, 2, 3],
    ]);
    expect(cellsOf(theta, tiles)).toEqual(theta.slice(0, 8));
  });

  it("stand for blocks where there are many, each for the entry farthest from 0, and show what is not a number", () => {
    const tiles = tilesOf([{ name: "W", shape: [200, 3], offset: 8 }]);
    expect([tiles[0]!.block, tiles[0]!.height, tiles[0]!.width]).toEqual([[3, 1], 67, 3]);
    const cells = cellsOf(theta, tiles);
    // Rows 0 to 2 of the first column are the entries 8, 11 and 14; the last block holds rows 198 and 199.
    expect([cells[0], cells[66 * 3]]).toEqual([14, -(8 + 199 * 3)]);
    const broken = theta.slice();
    broken[8] = NaN;
    expect(cellsOf(broken, tiles)[0]).toBe(NaN);
  });
});

describe("what a bench says of its numbers", () => {
  it("is there for every bench, and for nothing else", () => {
    const index = readFileSync(new URL("../../apps/lab/src/benches/index.ts", import.meta.url), "utf8");
    const names = [...index.matchAll(/^ {4}name: "(\w+)"/gm)].map((m) => m[1]);
    expect(names.length).toBeGreaterThan(5);
    expect(Object.keys(origins).sort()).toEqual(names.sort());
    for (const list of Object.values(origins)) expect(list.length).toBeGreaterThan(0);
  });
});
