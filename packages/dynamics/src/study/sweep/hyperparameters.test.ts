import { describe, expect, it } from "vitest";
import { runStudy } from "../run.js";
import { parseSweep } from "./parse.js";
import { sweepPictures } from "./pictures.js";
import { sweepTable } from "./table.js";

const text = (axis: string): string => `study:
  system:
    kind: training
    architecture: { widths: [2, 4, 3], depth: 1, activation: relu, init: he-normal }
    data: DATA
    loss: cross-entropy
    optimizer: { type: adam, learningRate: 0.01 }
    batches: { size: 10 }
    steps: 12
  questions:
    - { type: accuracy, every: 12 }
    - { type: rank-slopes, every: 12, samples: 30 }
    - { type: linear-map, every: 12 }
axes: [${axis}]
pictures: [loss, rank_slope_1, linear_map_error_0]`;

/** Points of three classes in the plane. */
const withData = (axis: string): string => {
  const points = Array.from({ length: 30 }, (_, i) => [(((7 * i) % 11) - 5) / 5, (((5 * i) % 13) - 6) / 6]);
  const targets = points.map(([x, y]) => (x! > 0.2 ? [1, 0, 0] : y! > 0 ? [0, 1, 0] : [0, 0, 1]));
  return text(axis).replace("DATA", JSON.stringify({ source: "inline", inputs: points, targets }));
};

describe.each([
  ["depth", "{ path: system.architecture.depth, values: [1, 3] }"],
  ["width", '{ path: "system.architecture.widths[1]", name: width, values: [2, 9] }'],
  ["learningRate", "{ path: system.optimizer.learningRate, from: 0.001, to: 0.1, count: 2, scale: log }"],
  ["size", "{ path: system.batches.size, values: [2, 30] }"],
  ["gain", "{ path: system.architecture.gain, values: [0.2, 3] }"],
])("%s as a control variable", (name, axis) => {
  it("is an axis of numbers with what the framework measures over it", async () => {
    const parsed = parseSweep(withData(axis));
    const ends = [];
    for (const { study } of parsed.cells) {
      const { manifest } = await runStudy(study, { version: "0", read: () => Promise.reject(new Error("no file")) });
      ends.push({ hash: "", manifest });
    }
    const table = sweepTable(parsed, ends);
    const pictures = sweepPictures(parsed, table);
    expect(pictures.map((p) => p.x.name)).toEqual(new Array(3).fill(name));
    for (const { column, lines } of pictures) {
      expect(lines[0]!.mean.every(Number.isFinite), column.name).toBe(true);
      expect(new Set(lines[0]!.mean).size, column.name).toBe(2);
    }
  });
});

it("the law of the initial weights is an axis of words", () => {
  const axis = "{ path: system.architecture.init, values: [he-normal, xavier-normal, orthogonal] }";
  expect(parseSweep(withData(axis)).cells.length).toBe(3);
});
