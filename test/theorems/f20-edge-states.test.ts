/** Edge states and minimal perturbations against closed forms. */
import { add, at, constant, div, mul, square, stack, sub, sum, tanh, type Tensor } from "#engine";
import { adaptive, attractors, edgeState, flow, map, minimalPerturbation, TO_INFINITY } from "#dynamics";
import { describe, expect, it } from "vitest";

const parts = (s: Tensor) => [at(s, 0), at(s, 1)] as [Tensor, Tensor];
const square2 = (r: number) =>
  [
    [-r, r],
    [-r, r],
  ] as const;

// x' = c x - (c - 1) x^3: -1 and 1 attract for c in (1, 2), 0 repels by the factor c.
const cubic = (c: number) => {
  const system = map({ f: (x) => mul(x, sub(c, mul(c - 1, square(x)))), initial: [0.1] });
  return attractors({ system, box: [[-1.4, 1.4]], transient: 100, record: 4 });
};

// x'' = x - x^3 - friction x': the wells -1 and 1, the saddle 0 with the exponents (-friction +- sqrt(friction^2 + 4)) / 2.
const doubleWell = (friction: number) => {
  const system = flow({
    field: (s) => {
      const [x, v] = parts(s);
      return stack([v, sub(sub(x, mul(x, square(x))), mul(friction, v))]);
    },
    initial: [1, 0],
    dt: 0.5,
    controller: adaptive({ rtol: 1e-8, atol: 1e-10 }),
  });
  return attractors({ system, box: square2(1.5), starts: 40, transient: 160, record: 2 });
};

// Radius r' = -a r (1 - r^2)(4 - r^2) / 6 in the coordinates (x, y / stretch), turning by 1: the point 0 and the cycle r = 2 attract, the cycle r = 1 parts
// their basins, with the exponent a.
const rings = (a: number, stretch: number, dt = 0.25) => {
  const system = flow({
    field: (s) => {
      const [x, y] = [at(s, 0), div(at(s, 1), stretch)];
      const r = add(square(x), square(y));
      const growth = mul(-a / 6, mul(sub(1, r), sub(4, r)));
      return stack([sub(mul(growth, x), y), mul(stretch, add(mul(growth, y), x))]);
    },
    initial: [1, 0],
    dt,
    controller: adaptive({ rtol: 1e-8, atol: 1e-10 }),
  });
  return attractors({ system, box: square2(2.5 * stretch), starts: 20, transient: 80, record: 80, tolerance: 0.05 });
};

describe("the edge state", () => {
  it.each([1.5, 1.2, 1.8])("of x' = %d x - ... is 0, with the exponent log of that, wherever the pair begins", (c) => {
    const found = cubic(c);
    for (const [from, to] of [
      [-0.9, 1.1],
      [0.3, -0.01],
    ]) {
      const edge = edgeState(found, { from: [from!], to: [to!] });
      expect([edge.status, edge.extent]).toEqual(["ok", "point"]);
      expect(edge.sides).toEqual([Math.sign(from!), Math.sign(to!)].map((s) => (s < 0 ? 0 : 1)));
      expect(Math.abs(edge.state[0]!)).toBeLessThan(1e-9);
      expect(Math.abs(edge.value - Math.log(c))).toBeLessThan(edge.error);
      expect(edge.error).toBeLessThan(1e-3);
    }
  });

  it.each([0.3, 1])("of a double well with friction %d is its saddle", (friction) => {
    const found = doubleWell(friction);
    const edge = edgeState(found, { from: found.attractors[0]!.state, to: [1, 0.3] });
    expect([edge.status, edge.extent]).toEqual(["ok", "point"]);
    expect(Math.max(...edge.state.map(Math.abs))).toBeLessThan(Math.max(edge.stateError, 1e-6));
    const exact = (Math.sqrt(friction * friction + 4) - friction) / 2;
    expect(Math.abs(edge.value - exact)).toBeLessThan(edge.error);
    expect(edge.error).toBeLessThan(0.01);
  });

  it.each([
    [0.8, 1],
    [1, 1.7],
  ])("between a point and a cycle is a cycle: exponent %d, stretched %d times", (a, stretch) => {
    const found = rings(a, stretch);
    expect(found.attractors.map((f) => f.extent).sort()).toEqual(["point", "set"]);
    const edge = edgeState(found, { from: [0, 0], to: [1.9, 0], rounds: 16 });
    expect([edge.status, edge.extent]).toEqual(["ok", "set"]);
    // Looks are 0.25 apart on a circle: its ends are seen to 0.25^2 / 8 = 0.008 at least.
    [-1, -stretch].forEach((v, c) => expect(Math.abs(edge.low[c]! - v)).toBeLessThan(0.008 * stretch));
    [1, stretch].forEach((v, c) => expect(Math.abs(edge.high[c]! - v)).toBeLessThan(0.008 * stretch));
    expect(Math.abs(Math.sqrt(edge.state[0]! ** 2 + (edge.state[1]! / stretch) ** 2) - 1)).toBeLessThan(1e-6);
    expect(Math.abs(edge.value - a)).toBeLessThan(3 * edge.error);
    expect(edge.error).toBeLessThan(0.03 * a);
  });

  it("of z^2 is the unit circle, chaotic with the exponent log 2", () => {
    const system = map({
      f: (s) => {
        const [x, y] = parts(s);
        return stack([sub(square(x), square(y)), mul(2, mul(x, y))]);
      },
      initial: [0.5, 0.1],
    });
    const found = attractors({ system, box: square2(2), transient: 100, record: 2 });
    const edge = edgeState(found, { from: [0.2, 0.1], to: [1.4, 0.9] });
    expect([edge.status, edge.extent]).toEqual(["ok", "set"]);
    expect(edge.sides).toEqual([0, TO_INFINITY]);
    expect(Math.abs(edge.state[0]! ** 2 + edge.state[1]! ** 2 - 1)).toBeLessThan(1e-9);
    // |f'| = 2 |z| is the same all along it.
    expect(Math.abs(edge.value - Math.log(2))).toBeLessThan(3 * edge.error);
    expect(edge.error).toBeLessThan(1e-3);
    for (const v of [...edge.low.map(Math.abs), ...edge.high]) expect(Math.abs(v - 1)).toBeLessThan(0.01);
  });

  it("is not looked for in the rounding of the states", () => {
    const system = map({ f: (x) => mul(x, sub(1.5, mul(0.5, mul(x, x)))), initial: [0.1] });
    const found = attractors({ system, box: [[-1.5, 1.5]] });
    expect(() => edgeState(found, { from: [-1.1], to: [0.9], separation: 1e-15 })).toThrow(
      /separation 1e-15 given; allowed: from/,
    );
  });

  it("is not there where both states end alike, and says so", () => {
    const found = cubic(1.5);
    const none = edgeState(found, { from: [0.3], to: [1.2] });
    expect([none.status, none.value, none.state[0]]).toEqual(["not-converged", NaN, NaN]);
    expect(none.explanation).toContain("both states end at the attractor through (1)");
    // 1.9 -> -0.58: beyond sqrt(3) lies the other basin, and its edge state is 0 as well, reached in one step.
    const far = edgeState(found, { from: [0.3], to: [1.9] });
    expect([far.status, far.sides]).toEqual(["ok", [1, 0]]);
    expect(Math.abs(far.state[0]!)).toBeLessThan(1e-9);
    expect(edgeState(found, { from: [0.3], to: [-0.3], rounds: 3, looks: 20 }).status).toBe("not-converged");
    expect(() => edgeState(found, { from: [0.3, 1], to: [1] })).toThrow("2 numbers");
  });

  it("is the same at every run", () => {
    const found = cubic(1.5);
    expect(edgeState(found, { from: [-0.9], to: [1.1] })).toEqual(edgeState(found, { from: [-0.9], to: [1.1] }));
  });
});

describe("the minimal perturbation", () => {
  it("of a well on a line is the distance to the nearer boundary", () => {
    const found = cubic(1.5);
    // The basin of 1 next to it is (0, sqrt(3)), for 1.5 x = 0.5 x^3 at sqrt(3).
    for (const [state, exact] of [
      [1, Math.sqrt(3) - 1],
      [0.3, 0.3],
      [1.6, Math.sqrt(3) - 1.6],
    ]) {
      const least = minimalPerturbation(found, { state: [state!] });
      expect([least.status, least.from, least.to]).toEqual(["ok", 1, 0]);
      expect(Math.abs(least.value - exact!)).toBeLessThan(1e-9);
      expect(least.value).toBeGreaterThanOrEqual(exact! - 1e-12);
    }
  });

  it.each([
    ["euclidean", 0, 0, 1],
    ["maximum", 0, 0, Math.SQRT1_2],
    ["sum", 0, 0, 1],
    ["euclidean", 0.3, -0.4, 0.5],
    // |(0.3 + t, t - 0.4)| = 1 nearest at (s, -s) to (0.3, -0.4): 2 s^2 + 1.4 s + 0.25 = 1.
    ["maximum", 0.3, -0.4, (Math.sqrt(0.49 + 1.5) - 0.7) / 2],
  ] as const)("to the unit circle, %s norm, from (%d, %d)", (norm, x, y, exact) => {
    const found = rings(1, 1, 0.5);
    const least = minimalPerturbation(found, { state: [x, y], norm, rays: 24 });
    expect([least.status, least.open]).toEqual(["ok", 1]);
    expect(Math.abs(least.value - exact)).toBeLessThan(least.error);
    const [u, v] = [x + least.displacement[0]!, y + least.displacement[1]!];
    expect(Math.abs(u * u + v * v - 1)).toBeLessThan(1e-6);
  });

  it("in six dimensions is the distance to a plane", () => {
    // Along n the cubic map with wells at -1 and 1, across it a contraction by 1/2.
    const n = Float64Array.from([3, -1, 2, 0.5, -2, 1]);
    const length = Math.sqrt(n.reduce((s, v) => s + v * v, 0));
    const unit = n.map((v) => v / length);
    const system = map({
      f: (x) => {
        const u = sum(mul(x, constant(unit)));
        return add(mul(0.5, x), mul(constant(unit), mul(u, sub(1, mul(0.5, square(u))))));
      },
      initial: new Float64Array(6),
    });
    const found = attractors({ system, box: Array.from(unit, () => [-1, 1] as const), transient: 100, record: 2 });
    expect(found.attractors.length).toBe(2);
    const state = unit.map((v, c) => 0.7 * v + (c === 1 ? 0.2 : 0));
    const exact = Math.abs(state.reduce((s, v, c) => s + v * unit[c]!, 0));
    const least = minimalPerturbation(found, { state });
    expect(least.status).toBe("ok");
    expect(Math.abs(least.value - exact)).toBeLessThan(least.error);
    expect(least.error).toBeLessThan(1e-5);
    expect(least.value).toBeGreaterThan(exact - 1e-9);
  });

  it("in 40 dimensions is found on the way to the other attractor, where no ray of eight leads out", () => {
    // u = n . x is carried by tanh(2 u), what is across by 1/2: the basins meet at u = 0, however far a state lies beside.
    const dim = 40;
    const unit = Float64Array.from({ length: dim }, (_, c) => (c % 3 === 0 ? 1 : -0.5));
    const length = Math.sqrt(unit.reduce((s, v) => s + v * v, 0));
    const n = constant(unit.map((v) => v / length));
    const system = map({
      f: (x) => {
        const u = sum(mul(x, n));
        return add(mul(0.5, sub(x, mul(n, u))), mul(n, tanh(mul(2, u))));
      },
      initial: new Float64Array(dim),
    });
    const found = attractors({ system, box: Array.from(unit, () => [-1, 1] as const), transient: 80, record: 2 });
    expect(found.attractors.length).toBe(2);
    const along = (x: ArrayLike<number>): number => unit.reduce((s, v, c) => s + (v / length) * x[c]!, 0);
    const target = found.attractors.find((a) => along(a.state) > 0)!;
    const state = target.state.map((v, c) => v + (c === 1 ? 0.4 : 0));
    const exact = along(state);
    const least = minimalPerturbation(found, { state, rays: 8 });
    expect([least.open, least.status]).toEqual([0, "not-converged"]);
    expect(least.explanation).toMatch(/of 8 rays none leads out up to .*, those towards other attractors alone do/);
    expect(least.value).toBeGreaterThan(exact - 1e-9);
    expect(least.value).toBeLessThan(1.001 * exact);
    // Displacements of every second coordinate reach the boundary where the ray along n within them does.
    const half = Array.from({ length: dim / 2 }, (_, j) => Array.from({ length: dim }, (_v, c) => Number(c === 2 * j))).flat();
    const share = Math.sqrt(unit.reduce((s, v, c) => s + (c % 2 === 0 ? (v / length) ** 2 : 0), 0));
    const within = minimalPerturbation(found, { state, directions: half });
    expect(within.value).toBeGreaterThan(exact / share - 1e-9);
    expect(within.value).toBeLessThan(1.001 * (exact / share));
  });

  it("under Newton's iteration for z^2 = 1 is the distance to the imaginary axis, or along what is allowed", () => {
    const system = map({
      f: (s) => {
        const [x, y] = parts(s);
        const size = add(square(x), square(y));
        return stack([mul(0.5, add(x, div(x, size))), mul(0.5, sub(y, div(y, size)))]);
      },
      initial: [1, 0.5],
    });
    const found = attractors({ system, box: square2(2), transient: 100, record: 2, bound: 1e14 });
    // x = 1e-13 is carried to 5e12 and comes back: only a bound above that tells it from infinity.
    for (const [x, y] of [
      [1, 0],
      [1.3, 0.4],
      [0.01, -1.5],
    ] as const) {
      const least = minimalPerturbation(found, { state: [x, y] });
      expect(least.status).toBe("ok");
      expect(Math.abs(least.value - x)).toBeLessThan(least.error);
      expect(least.value).toBeGreaterThan(x - 1e-9);
    }
    // Along the diagonal (1, 1) the axis is sqrt(2) x away; along the axis itself nowhere.
    const along = (directions: number[]) => minimalPerturbation(found, { state: [1.3, 0.4], directions });
    expect(Math.abs(along([3, 3]).value - 1.3 * Math.SQRT2)).toBeLessThan(1e-8);
    const none = along([0, 1]);
    expect([none.status, none.value, none.open]).toEqual(["not-converged", NaN, 0]);
    expect(none.explanation).toContain("no displacement up to 4");
    expect(() => along([0, 0])).toThrow("not all 0");
  });
});
