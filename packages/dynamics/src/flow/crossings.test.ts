import { abs, add, at, compile, constant, max, mul, neg, sin, square, stack, sub, type Tensor } from "#engine";
import { describe, expect, it } from "vitest";
import { adaptive } from "./controllers.js";
import { nextCrossing, type EventFunction } from "./crossing.js";
import { crossings, type Crossings, type CrossingsOptions } from "./crossings.js";
import { dopri8 } from "./solvers/dopri8.js";
import { rodas5p } from "./solvers/rodas5p.js";
import { rk4 } from "./solvers/rk4.js";
import { tsit5 } from "./solvers/tsit5.js";

/** (sin t, cos t) from (0, 1). */
const circle = (x: Tensor): Tensor => stack([at(x, 1), neg(at(x, 0))]);
const turning = { field: circle, initial: [0, 1] };
/** (t), in as few steps as there can be. */
const clock = { field: (): Tensor => constant([1]), initial: [0] };
const x = (s: Tensor): Tensor => at(s, 0);
const y = (s: Tensor): Tensor => at(s, 1);

/** Times within `by`, which are the errors of the steps over the times of the test, and everything else exactly. */
function expectAt(found: Crossings, known: [number, number, number][], by = 1e-9): void {
  expect(found.status).toBe("ok");
  expect([...found.surfaces]).toEqual(known.map(([, k]) => k));
  expect([...found.directions]).toEqual(known.map(([, , d]) => d));
  known.forEach(([t], i) => expect(Math.abs(found.times[i]! - t)).toBeLessThan(by));
}
const ask = (options: Partial<CrossingsOptions> & { events: readonly EventFunction[]; until: number }): Crossings =>
  crossings({ ...turning, ...options });

describe("crossings of several surfaces", () => {
  it.each([dopri8, rodas5p])("of a circle's two axes come in turn, with states on the circle: $name", (solver) => {
    const found = ask({ events: [x, y], until: 7, solver });
    const known = [1, 2, 3, 4].map((q): [number, number, number] => [(q * Math.PI) / 2, q % 2, q < 3 ? -1 : 1]);
    expectAt(found, known);
    known.forEach(([t, k], i) => {
      expect(Math.abs(found.states[2 * i + k]!)).toBeLessThan(1e-14);
      expect(Math.abs(found.states[2 * i + 1 - k]! - (k === 1 ? Math.sin(t) : Math.cos(t)))).toBeLessThan(1e-8);
    });
    expect(found.end.time).toBe(7);
  });

  it("at one time have the same time and stand in the order given, whatever their sizes and signs", () => {
    const events = [(s: Tensor): Tensor => mul(1e6, x(s)), x, (s: Tensor): Tensor => mul(-1e-3, x(s)), y];
    const found = ask({ events, until: 4 });
    expectAt(found, [
      [Math.PI / 2, 3, -1],
      [Math.PI, 0, -1],
      [Math.PI, 1, -1],
      [Math.PI, 2, 1],
    ]);
    expect(new Set(found.times.slice(1)).size).toBe(1);
    // Two surfaces through one corner of the way.
    const corner = { field: (): Tensor => constant([1, 3]), initial: [-1, -3], until: 2 };
    const { times, surfaces } = crossings({ ...corner, events: [y, x] });
    expect([...surfaces]).toEqual([0, 1]);
    expect(times[0]).toBe(times[1]);
    expect(Math.abs(times[0]! - 1)).toBeLessThan(1e-14);
  });

  it.each([1e-2, 1e-6])("twice within a step: an interval of half-width %f in a step of length 0.8", (half) => {
    const event = (s: Tensor): Tensor => sub(square(sub(x(s), 0.37)), half * half);
    expectAt(
      ask({ ...clock, events: [event], until: 1, touching: 0 }),
      [
        [0.37 - half, 0, -1],
        [0.37 + half, 0, 1],
      ],
      1e-14 / half,
    );
  });

  it("of an event faster than the steps are all found, the steps being made shorter", () => {
    const found = ask({ ...clock, events: [(s) => sin(mul(300, x(s)))], until: 1 });
    expectAt(
      found,
      Array.from({ length: 95 }, (_, i) => [((i + 1) * Math.PI) / 300, 0, i % 2 ? 1 : -1]),
      1e-13,
    );
    const hopeless = ask({ ...clock, events: [(s) => sin(mul(1e9, x(s)))], until: 1 });
    expect(hopeless.status).toBe("not-converged");
    expect(hopeless.explanation).toMatch(/changes faster than steps .* follow.*maxStep/);
  });

  it.each([1 / 3, 7.7])("at the end of the time count, at the start not: %f", (until) => {
    const found = ask({ ...clock, events: [(s) => sub(x(s), until), x], until });
    expectAt(found, [[until, 0, 1]], 1e-15 * until);
    expect(found.times[0]).toBeLessThanOrEqual(until);
    expectAt(
      ask({ ...clock, time: until, events: [(_, t) => sub(t, until), (_, t) => sub(t, 2 * until)], until: 2 * until }),
      [[2 * until, 1, 1]],
      1e-15 * until,
    );
  });

  it("at the end of a step are found once: the event is 0 at every multiple of the longest step", () => {
    const controller = adaptive({ firstStep: 0.25, maxStep: 0.25 });
    const found = ask({ ...clock, controller, events: [(s) => sin(mul(4 * Math.PI, x(s)))], until: 2.1 });
    expectAt(
      found,
      Array.from({ length: 8 }, (_, i) => [0.25 * (i + 1), 0, i % 2 ? 1 : -1]),
      1e-14,
    );
  });

  it("a quarter of a turn away is seen although the solution is only as near as its steps", () => {
    for (const rtol of [1e-4, 1e-9])
      expectAt(
        ask({ events: [y], until: Math.PI / 2, controller: adaptive({ rtol, atol: rtol / 1e3 }) }),
        [[Math.PI / 2, 0, -1]],
        10 * rtol,
      );
  });

  it("that only touch have the direction 0; nearly touching is told from crossing twice and from missing", () => {
    const at = (level: number): Crossings => ask({ events: [(s) => sub(x(s), level)], until: 20 });
    // The time of a maximum is known to the square root of the error of its height, here 100 times the tolerance.
    const tops = [0, 1, 2].map((n): [number, number, number] => [(2 * n + 0.5) * Math.PI, 0, 0]);
    expectAt(at(1), tops, 1e-6);
    expectAt(ask({ events: [(s) => sub(1, x(s))], until: 20 }), tops, 1e-6);
    expectAt(at(1.0001), []);
    const level = 0.9999;
    const off = Math.acos(level);
    expectAt(
      at(level),
      tops.flatMap(([t]): [number, number, number][] => [
        [t - off, 0, 1],
        [t + off, 0, -1],
      ]),
      // Errors of 1e-9 in height over the slope there.
      1e-7,
    );
    expectAt(
      ask({ ...clock, initial: [-1], events: [(s) => square(x(s)), (s) => abs(sub(x(s), 0.5))], until: 2 }),
      [
        [1, 0, 0],
        [1.5, 1, 0],
      ],
      1e-6,
    );
    // A point of inflection is a crossing.
    expectAt(ask({ ...clock, initial: [-1], events: [(s) => mul(x(s), square(x(s)))], until: 2.3 }), [[1, 0, 1]], 1e-6);
  });

  it("a start on a surface is no crossing, one where it is tangent neither; what comes back is", () => {
    expectAt(ask({ initial: [0.3, Math.sqrt(0.91)], events: [(s) => sub(x(s), 0.3)], until: 7 }), [
      [Math.PI - 2 * Math.asin(0.3), 0, -1],
      [2 * Math.PI, 0, 1],
    ]);
    expectAt(ask({ initial: [1, 0], events: [(s) => sub(x(s), 1)], until: 7 }), [[2 * Math.PI, 0, 0]], 1e-6);
  });

  it("a component that is constant meets nothing, on the surface or beside it", () => {
    const still = { field: (): Tensor => constant([0, 1]), until: 5 };
    expectAt(crossings({ ...still, initial: [0, 0], events: [x] }), []);
    expectAt(crossings({ ...still, initial: [2, 0], events: [x, (s) => add(x(s), y(s))] }), []);
    expectAt(crossings({ ...still, initial: [2, -1], events: [x, (s) => mul(x(s), y(s))] }), [[1, 1, 1]]);
    // The way runs into the surface at t = 1 and stays on it: met once. The field's bend there costs accuracy.
    const into = ask({ field: (_, t) => stack([max(0, sub(1, t))]), initial: [-0.5], events: [x], until: 3 });
    expect(into.times.length).toBe(1);
    expect(Math.abs(into.times[0]! - 1)).toBeLessThan(1e-4);
  });

  it("say why when the field, the event or their number stops them", () => {
    const infinite = crossings({ field: square, initial: [1], events: [(s) => sub(x(s), 5)], until: 2 });
    expect(infinite.status).not.toBe("ok");
    expect(infinite.explanation).toMatch(/at t = 1\b/);
    expect(infinite.times.length).toBe(1);
    expect(Math.abs(infinite.times[0]! - 0.8)).toBeLessThan(1e-9);
    expect(ask({ events: [x, (s) => mul(NaN, x(s))], until: 1 }).explanation).toMatch(/^event 1 is no number between t = 0/);
    const few = ask({ events: [x, y], until: 100, most: 3 });
    expect([few.status, few.times.length, few.end.time]).toEqual(["step-limit", 3, few.times[2]]);
    expect(() => ask({ events: [], until: 1 })).toThrow(/0 events given; allowed: at least one/);
    expect(() => ask({ events: [x], until: 0 })).toThrow(/from time 0 until 0 given/);
    expect(() => ask({ events: [x], until: 1, solver: rk4 })).toThrow(/rk4 has no error estimate/);
    expect(() => ask({ events: [x], until: 1, most: 0.5 })).toThrow(/most 0.5 given/);
    expect(() => ask({ events: [x], until: 1, touching: NaN })).toThrow(/touching NaN given/);
  });
});

describe("the next crossing", () => {
  const rise = (event: EventFunction, armed: number, until: number): number[] => {
    const program = compile(
      (s, t) => {
        const { t: time, found } = nextCrossing(
          clock.field,
          tsit5,
          adaptive(),
          event,
          { x: s!, t: t!, armed: constant(armed) },
          constant(until),
        );
        return [time, found];
      },
      [{ shape: [1] }, { shape: [] }],
    );
    program.run();
    return program.outputs.map((v) => v[0]!);
  };

  it.each([1e-2, 1e-6])("sees an event that turns back within a step: half-width %f", (half) => {
    const bowl = (s: Tensor): Tensor => sub(square(sub(x(s), 0.37)), half * half);
    for (const [event, armed, time] of [
      [bowl, 0, 0.37 + half],
      [bowl, 1, 0.37 + half],
      [(s: Tensor): Tensor => neg(bowl(s)), 1, 0.37 - half],
    ] as const) {
      const [t, found] = rise(event, armed, 1);
      expect(found).toBe(1);
      expect(Math.abs(t! - time)).toBeLessThan(1e-14 / half);
    }
  });

  it("is none where a start on the surface leaves it for good, however short the time", () => {
    expect(rise(x, 0, 1e-3)).toEqual([1e-3, 0]);
    expect(rise(x, 0, 5)).toEqual([5, 0]);
  });
});
