import { add, at, mul, square, stack } from "#engine";
import { expect, it } from "vitest";
import { map } from "../core/map.js";
import { adaptive } from "../flow/controllers.js";
import { flow } from "../flow/flow.js";
import { attractors } from "./attractors.js";
import { basins } from "./basins.js";
import { TO_INFINITY } from "./outcomes.js";
import { randomStarts } from "./starts.js";

const doubling = map({ f: (s) => mul(s, s), initial: [0.5] });

it("copies that leave the finite numbers do not stop the others, whatever runs beside them", () => {
  // x -> x^2: |x| < 1 ends at 0, |x| > 1 overflows within ten steps.
  const starts = randomStarts([[-3, 3]], 500, 1);
  const labels = [4, 64, 2048].map((lanes) => {
    const found = attractors({ system: doubling, box: [[-3, 3]], starts: 50, interval: 7, lanes });
    expect(found.attractors.map((a) => a.state[0])).toEqual([0]);
    return basins(found, { starts }).labels;
  });
  expect(labels[0]).toEqual(Int32Array.from(starts, (x) => (Math.abs(x) < 1 ? 0 : TO_INFINITY)));
  expect(labels[1]).toEqual(labels[0]);
  expect(labels[2]).toEqual(labels[0]);
});

it("a flow that becomes infinite in finite time has gone to infinity, and is not counted as failed", () => {
  // x' = x^2 - x: below 1 to 0, above 1 to infinity at a finite time.
  const system = flow({
    field: (x) => add(square(x), mul(-1, x)),
    initial: [0],
    dt: 1,
    controller: adaptive({ maxSteps: 10_000 }),
  });
  const found = attractors({ system, box: [[-1, 2]], starts: 20, transient: 40, record: 2 });
  expect(found.failed).toBe(0);
  expect(basins(found, { starts: [-0.5, 0.5, 0.9, 1.1, 1.9] }).labels).toEqual(Int32Array.of(0, 0, 0, TO_INFINITY, TO_INFINITY));
});

it("a cycle is one attractor, at whatever phase an orbit is on it", () => {
  // (x, y) -> (y, -x) scaled to the unit circle's 4-cycle: r' = r (3 - r^2) / 2 draws to radius 1 for 0 < r < sqrt 3.
  const system = map({
    f: (s) => {
      const gain = mul(0.5, add(3, mul(-1, add(square(at(s, 0)), square(at(s, 1))))));
      return stack([mul(gain, at(s, 1)), mul(gain, mul(-1, at(s, 0)))]);
    },
    initial: [1, 0],
  });
  const one = attractors({
    system,
    box: [
      [0.5, 1.5],
      [0, 0],
    ],
    starts: 40,
    transient: 30,
    record: 8,
  });
  expect(one.attractors.map((a) => [a.extent, a.net.size])).toEqual([["set", 4]]);
});

it("refuses what it cannot use", () => {
  expect(() =>
    attractors({
      system: doubling,
      box: [
        [0, 1],
        [0, 1],
      ],
    }),
  ).toThrow("the box has 2 sides, the system 1");
  const found = attractors({ system: doubling, box: [[-3, 3]], starts: 20 });
  expect(() => basins(found, { starts: [] })).toThrow("0 numbers given");
  expect(() => basins(found, { starts: [1], stay: 0 })).toThrow("stay 0 given");
});
