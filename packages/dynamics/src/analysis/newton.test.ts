import { add, at, cos, exp, mul, neg, sin, stack, sub, type Tensor } from "#engine";
import { boundaryDegree, fixedPoints, linearStability, newton, spread, zeros } from "#dynamics";
import { describe, expect, it } from "vitest";

const cube = (x: Tensor): Tensor => mul(x, mul(x, x));
const below = (x: number, most: number): void => expect(Math.abs(x)).toBeLessThan(most);

describe("newton", () => {
  it("says how every search ended: at a zero, where |f| has a minimum, far away", () => {
    const of = (f: (x: Tensor) => Tensor, ...starts: number[]) =>
      newton({ f, starts: Float64Array.from(starts), dim: 1, scale: 10 });
    expect(of((x) => sub(mul(x, x), 2), 1, -3).ends).toEqual(["zero", "zero"]);
    expect(of((x) => sub(mul(x, x), 2), 0).ends).toEqual(["stuck"]);
    // No zero, only ever smaller values.
    expect(of((x) => exp(neg(x)), 0).ends).toEqual(["left"]);
    expect(of((x) => add(mul(x, x), 1), 3).ends[0]).not.toBe("zero");
  });

  it("solves each start with its own parameters: x^2 = p", () => {
    const p = Float64Array.of(1, 4, 9, 16);
    const { points, residuals } = newton({
      f: (x, q) => sub(mul(x, x), q),
      starts: new Float64Array(4).fill(1.5),
      dim: 1,
      scale: 10,
      parameters: p,
    });
    points.forEach((x, i) => below(x - Math.sqrt(p[i]!), 1e-9));
    residuals.forEach((r) => below(r, 1e-8));
  });

  it("refuses starts that do not fit", () => {
    const f = (x: Tensor): Tensor => x;
    expect(() => newton({ f, starts: new Float64Array(3), dim: 2, scale: 1 })).toThrow("a multiple of dim = 2");
    expect(() => newton({ f, starts: new Float64Array(2), dim: 2, scale: 0 })).toThrow("scale 0");
    expect(() => newton({ f, starts: Float64Array.of(NaN), dim: 1, scale: 1 })).toThrow("NaN");
  });
});

describe("zeros", () => {
  it("of a polynomial system are all found: x^3 = x, y^2 = 1", () => {
    const f = (z: Tensor): Tensor => stack([sub(cube(at(z, 0)), at(z, 0)), sub(mul(at(z, 1), at(z, 1)), 1)]);
    const { isolated, manifolds, status } = zeros({
      f,
      box: [
        [-2, 2],
        [-2, 2],
      ],
    });
    expect([status, manifolds]).toEqual(["ok", []]);
    expect(isolated.map((z) => [...z.point].map(Math.round))).toEqual([
      [-1, -1],
      [-1, 1],
      [0, -1],
      [0, 1],
      [1, -1],
      [1, 1],
    ]);
    // The errors stated hold, and are small.
    for (const z of isolated) {
      expect(z.error).toBeLessThan(1e-13);
      z.point.forEach((v) => expect(Math.abs(v - Math.round(v))).toBeLessThanOrEqual(z.error));
    }
  });

  it.each([
    ["x^2", (x: Tensor) => mul(x, x)],
    ["x^3", cube],
    ["x^5", (x: Tensor) => mul(cube(x), mul(x, x))],
  ])("that are degenerate but alone come back as one of corank 1: (y - 0.2, %s)", (_, f) => {
    const { isolated, manifolds } = zeros({
      f: (z) => stack([sub(at(z, 1), 0.2), f(at(z, 0))]),
      box: [
        [-1, 1.3],
        [-1, 1.7],
      ],
    });
    expect(manifolds).toEqual([]);
    expect(isolated.length).toBe(1);
    expect(isolated[0]!.corank).toBe(1);
    below(isolated[0]!.point[0]!, 0.02);
    below(isolated[0]!.point[1]! - 0.2, 1e-9);
  });

  it("that fill a circle are one manifold of corank 1, a circle and a point are told apart", () => {
    // (x^2 + y^2 - 1) times (x, y) also vanishes at 0.
    const f = (z: Tensor): Tensor => {
      const r = sub(add(mul(at(z, 0), at(z, 0)), mul(at(z, 1), at(z, 1))), 1);
      return mul(r, z);
    };
    const { isolated, manifolds } = zeros({
      f,
      box: [
        [-2, 2],
        [-2, 2],
      ],
    });
    expect(isolated.map((z) => z.corank)).toEqual([0]);
    below(isolated[0]!.point[0]!, 1e-12);
    expect(manifolds.map((m) => m.corank)).toEqual([1]);
    const { points } = manifolds[0]!;
    for (let i = 0; i < points.length; i += 2) below(points[i]! * points[i]! + points[i + 1]! * points[i + 1]! - 1, 1e-8);
    expect(manifolds[0]!.extent).toBeGreaterThan(1.95);
  });

  it("are the same for any order of threads and calls, and none where there is none", () => {
    const f = (x: Tensor): Tensor => add(mul(x, x), 1);
    const { isolated, searches } = zeros({ f, box: [[-2, 2]] });
    expect([isolated, searches.zero]).toEqual([[], 0]);
    const g = (x: Tensor): Tensor => sin(x);
    expect(zeros({ f: g, box: [[-9, 9]], seed: 3 })).toEqual(zeros({ f: g, box: [[-9, 9]], seed: 3 }));
  });
});

describe("boundaryDegree", () => {
  it.each([1, 2, 3, 4])("of z^%i is the exponent, of its conjugate minus it", (n) => {
    const power = (z: Tensor, sign: number): Tensor => {
      let [a, b]: [Tensor, Tensor] = [at(z, 0), mul(sign, at(z, 1))];
      const [x, y] = [a, b];
      for (let i = 1; i < n; i++) [a, b] = [sub(mul(a, x), mul(b, y)), add(mul(a, y), mul(b, x))];
      return stack([a, b]);
    };
    const box = [
      [-1, 1.5],
      [-0.7, 2],
    ] as const;
    expect(boundaryDegree({ f: (z) => power(z, 1), box }).value).toBe(n);
    expect(boundaryDegree({ f: (z) => power(z, -1), box }).value).toBe(-n);
    expect(
      boundaryDegree({
        f: (z) => power(z, 1),
        box: [
          [0.1, 1],
          [-1, 1],
        ],
      }).value,
    ).toBe(0);
  });

  it("says where the field vanishes on the boundary", () => {
    const { value, status, explanation } = boundaryDegree({
      f: (z) => z,
      box: [
        [0, 1],
        [-1, 1],
      ],
    });
    expect([value, status]).toEqual([NaN, "not-converged"]);
    expect(explanation).toMatch(/choose another box/);
  });
});

describe("fixed points", () => {
  it("of the damped pendulum are foci and saddles in turn", () => {
    const f = (z: Tensor): Tensor => stack([at(z, 1), sub(neg(sin(at(z, 0))), mul(0.2, at(z, 1)))]);
    const { points } = fixedPoints({
      f,
      kind: "flow",
      box: [
        [-4, 7],
        [-1, 1],
      ],
    });
    expect(points.map((p) => p.type)).toEqual([
      "saddle with 1 unstable direction",
      "stable focus",
      "saddle with 1 unstable direction",
      "stable focus",
    ]);
    points.forEach((p, i) => below(p.point[0]! - (i - 1) * Math.PI, 1e-14));
    // Eigenvalues l^2 + 0.2 l + cos x = 0.
    for (const { point, eigenvalues } of points)
      for (const [re, im] of eigenvalues) below(re * re - im * im + 0.2 * re + Math.cos(point[0]!), 1e-13);
  });

  it("of the Henon map solve a x^2 + 0.7 x - 1 = 0, one a saddle and one beyond its flip", () => {
    const f = (z: Tensor): Tensor => stack([sub(add(1, at(z, 1)), mul(1.4, mul(at(z, 0), at(z, 0)))), mul(0.3, at(z, 0))]);
    const { points } = fixedPoints({
      f,
      kind: "map",
      box: [
        [-2, 2],
        [-2, 2],
      ],
    });
    const root = Math.sqrt(0.49 + 5.6);
    expect(points.length).toBe(2);
    [(-0.7 - root) / 2.8, (-0.7 + root) / 2.8].forEach((x, i) => below(points[i]!.point[0]! - x, 1e-15 * 4));
    for (const p of points) {
      expect(p.unstable).toBe(1);
      below(p.eigenvalues[0]![0] * p.eigenvalues[1]![0] + 0.3, 1e-14);
    }
  });

  it("on the boundary of stability are undecided: rotations, and centres", () => {
    expect(linearStability(Float64Array.of(0, -1, 1, 0), 2, "flow")).toMatchObject({ stability: "undecided", marginal: 2 });
    expect(linearStability(Float64Array.of(0, -1, 1, 0), 2, "map")).toMatchObject({ stability: "undecided", marginal: 2 });
    expect(linearStability(Float64Array.of(-0.5), 1, "map").type).toBe("stable node with alternation");
    expect(linearStability(Float64Array.of(3, 0, 0, 2), 2, "map").stability).toBe("unstable");
  });
});

describe("spread", () => {
  it("fills a box: of n points about n times the volume lie in any part of it", () => {
    const points = spread(
      [
        [0, 1],
        [0, 1],
      ],
      1000,
      5,
    );
    const count = (x: number, y: number): number => points.filter((v, i) => i % 2 === 0 && v < x && points[i + 1]! < y).length;
    // A Halton sequence in two dimensions is off by less than a dozen points of 1000; chance would be off by 15 on average.
    for (const [x, y] of [
      [0.5, 0.5],
      [0.3, 0.9],
      [0.77, 0.21],
    ] as const)
      below(count(x, y) - 1000 * x * y, 12);
    expect(
      spread(
        [
          [0, 1],
          [0, 1],
        ],
        10,
        5,
      ),
    ).toEqual(points.slice(0, 20));
    expect(() => spread([[1, 1]], 3)).toThrow("from 1 to 1");
  });
});

describe("degenerate directions", () => {
  it("do not keep a search from the zero across them: cos(x) with y free", () => {
    const f = (z: Tensor): Tensor => stack([cos(at(z, 0)), mul(0, at(z, 1))]);
    const found = newton({ f, starts: Float64Array.of(1, 5), dim: 2, scale: 10 });
    expect(found.ends).toEqual(["zero"]);
    below(found.points[0]! - Math.PI / 2, 1e-9);
    expect(found.points[1]).toBe(5);
  });
});
