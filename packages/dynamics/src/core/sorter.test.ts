import { describe, expect, it } from "vitest";
import { random } from "./random.js";
import { sorter } from "./sorter.js";

/** Stable order by comparison. */
const compared = (values: readonly number[]): number[] =>
  Array.from(values.keys()).sort((a, b) => values[a]! - values[b]! || a - b);

const stream = random(1);
const draw = (n: number, value: () => number): number[] => Array.from({ length: n }, value);
const cases: [string, number[]][] = [
  ["normals", draw(1000, () => stream.normal())],
  ["many normals, with larger buckets", draw(6000, () => stream.normal())],
  ["few values, many ties", draw(1000, () => Math.round(3 * stream.normal()))],
  ["all sizes", draw(1000, () => stream.normal() * 2 ** Math.round(600 * stream.normal()))],
  ["numbers that differ in their last bits alone", draw(1000, () => 1 + Math.floor(900 * stream.uniform()) * Number.EPSILON)],
  ["many of those", draw(5000, () => -1 - Math.floor(9000 * stream.uniform()) * Number.EPSILON)],
  ["subnormals", draw(500, () => Math.round(200 * stream.normal()) * Number.MIN_VALUE)],
  [
    "both zeros, both infinities and the largest",
    [0, -0, Infinity, -Infinity, 1, -0, 0, -1, Number.MAX_VALUE, -Number.MAX_VALUE],
  ],
  ["one", [3]],
  ["equal", draw(50, () => 7)],
];

describe("the stable order of numbers", () => {
  it.each(cases)("%s", (_, values) => {
    const s = sorter(values.length);
    // A second time, after other numbers, so that nothing is left of the first.
    for (const given of [values, values.map((v) => -v), values]) {
      s.sort(given);
      const order = compared(given);
      expect(Array.from(s.order)).toEqual(order);
      expect(Array.from(s.sorted)).toEqual(order.map((i) => given[i]! + 0));
    }
  });

  it.each([
    ["cells", 1],
    ["digits", 1e-200],
  ])("equal values keep the order they are given in, by %s", (_, small) => {
    const values = [2, 1, 2, small, 1, 2, 0];
    const s = sorter(7);
    s.sort(values, Int32Array.of(6, 5, 4, 3, 2, 1, 0));
    expect(Array.from(s.order)).toEqual(small === 1 ? [6, 4, 3, 1, 5, 2, 0] : [6, 3, 4, 1, 5, 2, 0]);
  });

  it("NaN has no place", () => {
    expect(() => sorter(2).sort([1, NaN])).toThrow("value 1 is NaN");
    expect(() => sorter(2).sort([1])).toThrow("made for 2");
  });
});
