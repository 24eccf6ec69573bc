import { add, concat, constant, exp, mean, mul, reshape, slice, sub, sum, tanh, type Tensor } from "#engine";
import { describe, expect, it } from "vitest";
import { map, type InPlaceMap, type MapProgram, type MapSystem } from "./map.js";

const at = (x: Tensor, i: number): Tensor => slice(x, [i], [i + 1]);

/** The Hénon map in both faces. */
const henonProgram: MapProgram = (s) => {
  const [x, y] = [at(s, 0), at(s, 1)];
  return concat([sub(add(1, y), mul(1.4, mul(x, x))), mul(0.3, x)], 0);
};
const henonInPlace: InPlaceMap = {
  f(s, out) {
    const [x, y] = s as unknown as [number, number];
    out[0] = 1 + y - 1.4 * (x * x);
    out[1] = 0.3 * x;
  },
  df(s, v, out) {
    const dx = v[0]!;
    out[0] = v[1]! - 1.4 * (2 * s[0]! * dx);
    out[1] = 0.3 * dx;
  },
};

describe.each([
  ["program", henonProgram],
  ["in-place functions", henonInPlace],
] as const)("map from %s", (_name, f) => {
  const make = () => map({ f, initial: [0.1, 0.2] });

  it("takes n steps and counts them", () => {
    const one = make();
    const many = make();
    for (let i = 0; i < 150; i++) expect(one.step()).toBe("ok");
    expect(many.step(150)).toBe("ok");
    expect([...many.state]).toEqual([...one.state]);
    expect(many.time).toBe(150);
    expect(many.step(0)).toBe("ok");
    expect(many.time).toBe(150);
  });

  it("resets to the initial state or to a given one", () => {
    const s = make();
    s.step(3);
    s.reset();
    expect([[...s.state], s.time]).toEqual([[0.1, 0.2], 0]);
    s.reset([1, 2], 7);
    expect([[...s.state], s.time]).toEqual([[1, 2], 7]);
  });

  it("carries tangents that are the columns of the Jacobian of the iterate", () => {
    const s = make();
    s.step(2);
    const t = s.tangent(2);
    expect([...t.state]).toEqual([...s.state]);
    expect(t.time).toBe(2);
    t.tangents.set([1, 0, 0, 1]);
    // Independent: the product of Jacobians [[-2.8 x, 1], [0.3, 0]] along the same orbit.
    let [a, b, c, d] = [1, 0, 0, 1];
    for (let i = 0; i < 5; i++) {
      const g = -2.8 * s.state[0]!;
      [a, b, c, d] = [g * a + c, g * b + d, 0.3 * a, 0.3 * b];
      s.step();
      t.step();
    }
    expect([...t.state]).toEqual([...s.state]);
    const expected = [a, c, b, d];
    expected.forEach((x, i) => expect(Math.abs(t.tangents[i]! - x)).toBeLessThan(1e-14 * Math.abs(x) + 1e-16));
  });

  it("starts tangents at random, from where the system is, and resets to there", () => {
    const s = make();
    s.step(4);
    const t = s.tangent(2);
    const start = [...t.tangents];
    expect(new Set(start).size).toBe(4);
    t.step(3);
    const again = t.tangent(1);
    expect([again.time, ...again.state]).toEqual([7, ...t.state]);
    t.reset();
    expect([t.time, ...t.state]).toEqual([4, ...s.state]);
    expect([...t.tangents]).toEqual(start);
    expect(() => t.batch(2)).toThrow(/use system.batch\(n\).tangent\(k\)/);
  });

  it("puts n copies side by side", () => {
    const s = make();
    const b = s.batch(3);
    expect(b.dim).toBe(6);
    b.state.set([0.5, -0.1], 2);
    const alone = map({ f, initial: [0.5, -0.1] });
    for (const x of [s, b, alone]) x.step(10);
    expect([...b.state]).toEqual([...s.state, ...alone.state, ...s.state]);
    expect(b.tangent(1).tangents.length).toBe(6);
  });

  it("takes very many copies group by group, with the same bits and their observables", () => {
    // One copy works on some 80 kB, so that 300 copies are more than one group and leave some over.
    const wide = (x: Tensor): Tensor[] => {
      const y = tanh(
        mul(
          reshape(x, [1, 4]),
          constant(
            Float64Array.from({ length: 2048 }, (_, i) => i / 999),
            [2048, 1],
          ),
        ),
      );
      return [mul(1.5, sub(mean(y, 0), mul(0.1, x))), sum(y)];
    };
    const n = 300;
    const all = map({ f: wide, initial: [0, 0, 0, 0], observables: ["total"] }).batch(n) as MapSystem;
    all.state.forEach((_, i) => (all.state[i] = Math.sin(i)));
    const starts = all.state.slice();
    all.step(3);
    for (const i of [0, 7, 150, n - 1]) {
      const alone = map({ f: wide, initial: starts.slice(4 * i, 4 * i + 4), observables: ["total"] });
      alone.step(3);
      expect(all.state.slice(4 * i, 4 * i + 4)).toEqual(alone.state.slice());
      expect(all.observables["total"]![i]).toBe(alone.observables["total"]![0]);
    }
  });

  it("finds the step at which it diverges, however the steps are grouped", () => {
    const results = [1, 7, 64, 1000].map((group) => {
      const s = map({ f, initial: [10, 0] });
      let status = "ok";
      for (let i = 0; i < 1000 && status === "ok"; i += group) status = s.step(group);
      return [status, s.time, ...s.state];
    });
    for (const r of results) expect(r).toEqual(results[0]);
    expect(results[0]![0]).toBe("diverged");
    // |x| squares at every step from 10: 1.4 * 10^2, ... passes 1e308 after nine steps.
    expect(results[0]![1]).toBe(8);
    const s = map({ f, initial: [10, 0] });
    s.step(100);
    expect(s.step(5)).toBe("diverged");
    expect(s.time).toBe(8);
    s.reset();
    expect(s.step(5)).toBe("ok");
  });
});

it("both faces of a map give the same bits", () => {
  const a = map({ f: henonProgram, initial: [0.1, 0.2] });
  const b = map({ f: henonInPlace, initial: [0.1, 0.2] });
  a.step(200);
  b.step(200);
  expect([...a.state]).toEqual([...b.state]);
});

it("gives observables at the state from which the last step started", () => {
  const s = map({
    f: (x) => [mul(0.5, x), sum(mul(x, x)), tanh(x)],
    initial: [3, 4],
    observables: ["energy", "signal"],
  });
  expect(s.observables.energy![0]).toBeNaN();
  s.step();
  expect(s.observables.energy![0]).toBe(25);
  s.step(2);
  expect(s.observables.energy![0]).toBe(25 / 16);
  expect(s.observables.signal!.length).toBe(2);
  expect([...s.state]).toEqual([3 / 8, 0.5]);
});

describe("misuse of map", () => {
  it("names what was given and what is allowed", () => {
    expect(() => map({ f: henonProgram, initial: [] })).toThrow(/initial state is empty/);
    expect(() => map({ f: henonProgram, initial: [1, NaN] })).toThrow(/NaN at index 1/);
    expect(() => map({ f: (x) => sum(exp(x)), initial: [1, 2] })).toThrow(/next state of shape \[\], the state has shape \[2\]/);
    expect(() => map({ f: (x) => [x, x], initial: [1, 2] })).toThrow(
      /returns 1 tensors after the next state, observables names 0/,
    );
    expect(() => map({ f: henonProgram, initial: [1, 2], layout: [{ name: "w", shape: [3], offset: 0 }] })).toThrow(
      /layout reaches 3 numbers, the state has 2/,
    );
    const s = map({ f: { f: (x, out) => out.set(x) }, initial: [1, 2] });
    expect(() => s.tangent(1)).toThrow(/give df\(x, v, out\)/);
    expect(() => s.step(-1)).toThrow(/n = -1 given; allowed: integers from 0/);
    expect(() => s.reset([1])).toThrow(/state of 1 numbers given, the system has 2/);
    expect(() => s.batch(0)).toThrow(/integers from 1/);
  });
});
