import { expect, it } from "vitest";
import { evaluate } from "#engine";
import { lookup } from "../core/lookup.js";
import { flow } from "../flow/flow.js";
import { adaptive } from "../flow/controllers.js";
import { picturedFlows } from "./flows.js";
import { planarFlows } from "./planar-flows.js";

const slope = (name: string, values: Readonly<Record<string, number>>, x: readonly number[]): number[] => {
  const field = lookup("field", planarFlows, name).field(values);
  const [result] = evaluate((state, t) => [field(state!, t!)], { data: x }, { data: [0], shape: [] });
  // 0 and -0 are the same rest.
  return Array.from(result!, (v) => v + 0);
};

it.each(picturedFlows)(
  "$name: looks at its box, with parameters inside their ranges",
  ({ parameters, picture, field, components, initial }) => {
    expect(Object.keys(picture.parameters)).toEqual(Object.keys(parameters));
    for (const [name, [, from, to]] of Object.entries(picture.parameters))
      expect(parameters[name]! >= from && parameters[name]! <= to).toBe(true);
    expect([initial.length, picture.box.length]).toEqual([components.length, components.length]);
    picture.box.forEach(([from, to], i) => expect(initial[i]! >= from && initial[i]! <= to).toBe(true));
    expect(flow({ field: field(parameters), initial }).step(10)).toBe("ok");
  },
);

it("rests where it is known to", () => {
  expect(slope("two-neurons", { s: 2, c: -0.6 }, [0, 0])).toEqual([0, 0]);
  expect(slope("excitation-inhibition", { s: 1.5, c: 1.5 }, [0, 0])).toEqual([0, 0]);
  expect(slope("van-der-pol", { mu: 3 }, [0, 0])).toEqual([0, 0]);
  expect(slope("lotka-volterra", { c: 0.7 }, [1, 1])).toEqual([0, 0]);
  expect(slope("pendulum", { friction: 0.15 }, [0, 0])).toEqual([0, 0]);
  // At v = -1: w = (v + 0.7) / 0.8 from the second equation, I = w - v + v^3 / 3 from the first.
  const w = -0.3 / 0.8;
  expect(slope("fitzhugh-nagumo", { current: w + 1 - 1 / 3 }, [-1, w]).every((s) => Math.abs(s) < 1e-15)).toBe(true);
});

it("lotka-volterra keeps c (x - log x) + y - log y, and a pendulum without friction its energy, to the tolerance", () => {
  const drift = (
    name: string,
    values: Readonly<Record<string, number>>,
    initial: number[],
    kept: (x: Float64Array) => number,
  ): number => {
    const s = flow({
      field: lookup("field", planarFlows, name).field(values),
      initial,
      controller: adaptive({ rtol: 1e-10, atol: 1e-12 }),
    });
    const before = kept(s.state);
    s.step(200);
    return Math.abs(kept(s.state) - before);
  };
  expect(drift("lotka-volterra", { c: 0.7 }, [2, 0.5], ([x, y]) => 0.7 * (x! - Math.log(x!)) + y! - Math.log(y!))).toBeLessThan(
    1e-8,
  );
  expect(drift("pendulum", { friction: 0 }, [1, 1], ([x, y]) => 0.5 * y! * y! - Math.cos(x!))).toBeLessThan(1e-8);
});
