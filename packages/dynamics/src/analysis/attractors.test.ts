import { mul, square, sub } from "#engine";
import { attractors, basins, gridStarts, map, randomStarts, uncertaintyExponent } from "#dynamics";
import { describe, expect, it } from "vitest";

// x -> x (1.5 - x^2 / 2): -1 and 1 attract, 0 repels.
const system = map({ f: (x) => mul(x, sub(1.5, mul(0.5, square(x)))), initial: [0.1] });
const found = attractors({ system, box: [[-1.5, 1.5]] });

describe("many starts", () => {
  it("are counted one by one: more than a call has arguments", () => {
    const many = attractors({
      system: map({ f: (x) => mul(0.1, x), initial: [1] }),
      box: [[-1, 1]],
      starts: 200_000,
      transient: 8,
      record: 1,
    });
    expect([many.attractors.length, many.attractors[0]!.hits, many.status]).toEqual([1, 200_000, "ok"]);
  });

  it("that have no room are refused before anything runs", () => {
    const box = [[-1, 1]] as const;
    expect(() => attractors({ system, box, starts: 1e12 })).toThrow(
      /attractors: 1000000000000 starts .* GiB; allowed: 2 GiB; take/,
    );
    expect(() => randomStarts(box, 1e12)).toThrow(/randomStarts: .* GiB; allowed: 2 GiB; take fewer/);
    const ranges = [
      [0, 1],
      [0, 1],
    ] as const;
    expect(() => gridStarts({ base: [0, 0], axes: [0, 1], ranges, columns: 1e5, rows: 1e5 })).toThrow(
      /gridStarts: 100000 x 100000 starts of 2 coordinates take 149 GiB; allowed: 2 GiB/,
    );
    expect(() => uncertaintyExponent(found, { box, pairs: 1e9 })).toThrow(
      /uncertaintyExponent: 1000000000 pairs at 8 scales take/,
    );
  });
});

describe("misuse", () => {
  it.each([
    [
      () => attractors({ system, box: [[-3, 2]], bound: 2 }),
      /bound 2 given, and the box reaches to 3, .*; allowed: bounds from 3/,
    ],
    [() => basins(found, { starts: [0, 1, NaN] }), /basins: start 2 has the coordinate NaN; allowed: finite numbers/],
    [() => basins(found, { starts: [0], looks: 3, stay: 4 }), /stay 4 given with 3 looks, which decide nothing/],
    [() => uncertaintyExponent(found, { box: [[1, -1]] }), /side 0 of the box from 1 to -1 given; allowed: finite bounds/],
    [
      () =>
        gridStarts({
          base: [0, 0, NaN],
          axes: [0, 1],
          ranges: [
            [0, 1],
            [0, 1],
          ],
          columns: 2,
          rows: 2,
        }),
      /coordinate 2 of the base is NaN/,
    ],
  ])("is named with its remedy: %s", (wrong, message) => {
    expect(wrong).toThrow(message);
  });
});
