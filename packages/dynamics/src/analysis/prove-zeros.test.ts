import {
  abs,
  add,
  at,
  constant,
  cos,
  div,
  erf,
  exp,
  expm1,
  floor,
  grad,
  interpret,
  jacobian,
  log,
  log1p,
  max,
  mul,
  neg,
  pow,
  relu,
  reshape,
  scan,
  sech2,
  select,
  sigmoid,
  sin,
  sqrt,
  stack,
  sub,
  sum,
  tanh,
  trace,
  lt,
  type Tensor,
} from "#engine";
import { criticalPoints, intervalExtension, jumps, mlp, proveCriticalPoints, proveZeros, random } from "#dynamics";
import { describe, expect, it } from "vitest";

describe("intervalExtension", () => {
  const unary: [string, (x: Tensor) => Tensor, number, number][] = [
    ["exp", exp, -5, 5],
    ["expm1", expm1, -5, 5],
    ["log", log, 0.01, 50],
    ["log1p", log1p, -0.9, 50],
    ["sin", sin, -20, 20],
    ["cos", cos, -20, 20],
    ["tanh", tanh, -5, 5],
    ["sech2", sech2, -5, 5],
    ["sigmoid", sigmoid, -5, 5],
    ["erf", erf, -4, 4],
    ["sqrt", sqrt, 0, 9],
    ["abs", abs, -3, 3],
    ["neg", neg, -3, 3],
    ["relu", relu, -3, 3],
    ["x^2", (x) => pow(x, 2), -3, 3],
    ["x^-3", (x) => pow(x, -3), 0.2, 3],
    ["x^0.7", (x) => pow(x, 0.7), 0.2, 3],
    ["1/x", (x) => div(1, x), 0.2, 3],
    ["x - x", (x) => sub(x, x), -3, 3],
    ["where x < 0", (x) => select(lt(x, 0), mul(2, x), sin(x)), -3, 3],
    ["max(x, x^3)", (x) => max(x, mul(x, mul(x, x))), -2, 2],
  ];

  it.each(unary)("of %s holds every value, at ends and between", (_, f, from, to) => {
    const extension = intervalExtension((x) => f(x), [[1]]);
    const graph = trace((x) => f(x), [{ dtype: "f64", shape: [1] }]);
    const stream = random(4);
    for (let n = 0; n < 60; n++) {
      const a = from + (to - from) * stream.uniform();
      const b = Math.min(to, a + (to - a) * (n % 2 === 0 ? stream.uniform() : 1e-6));
      const [{ lo, hi }] = extension([{ lo: Float64Array.of(a), hi: Float64Array.of(b) }]) as [
        { lo: Float64Array; hi: Float64Array },
      ];
      for (const share of [0, 0.3, 0.5, 0.9, 1]) {
        const x = Math.min(b, Math.max(a, a + share * (b - a)));
        const y = interpret(graph, [Float64Array.of(x)])[0]![0]!;
        expect(lo[0]! <= y && y <= hi[0]!).toBe(true);
      }
      // No wider than the function's own slope asks for, where it is monotone and the interval is short.
      if (n % 2 === 1) expect(hi[0]! - lo[0]!).toBeLessThan(1e-2);
    }
  });

  it("rounds outwards: 3 times a third holds 1, ten tenths hold 1, and neither is a point", () => {
    const third = intervalExtension((x) => mul(3, div(1, x)), [[]])([{ lo: Float64Array.of(3), hi: Float64Array.of(3) }])[0]!;
    const tenth = Float64Array.of(0.1);
    const tenths = intervalExtension(
      (x) => sum(mul(x, constant(new Float64Array(10).fill(1)))),
      [[1]],
    )([{ lo: tenth, hi: tenth }])[0]!;
    for (const { lo, hi } of [third, tenths]) expect(lo[0]! < 1 && hi[0]! > 1 && hi[0]! - lo[0]! < 1e-14).toBe(true);
  });

  it("of a network's gradient and Hessian holds their values at points of the box", () => {
    const net = mlp({ widths: [2, 5, 5, 1] });
    const stream = random(9);
    const theta = Float64Array.from({ length: net.size }, () => stream.normal());
    const f = (x: Tensor): Tensor => sum(net.apply(constant(theta), reshape(x, [1, 2])));
    const both = (x: Tensor): Tensor[] => [grad(f)(x), jacobian(grad(f))(x)];
    const extension = intervalExtension(both, [[2]]);
    const graph = trace(both, [{ dtype: "f64", shape: [2] }]);
    for (const size of [1, 0.1, 1e-3, 0]) {
      const lo = Float64Array.from({ length: 2 }, () => 4 * stream.uniform() - 2);
      const hi = lo.map((v) => v + size);
      const found = extension([{ lo, hi }]);
      for (let i = 0; i < 10; i++) {
        const values = interpret(graph, [lo.map((v, j) => Math.min(hi[j]!, v + size * stream.uniform()))]);
        found.forEach((e, k) => values[k]!.forEach((v, j) => expect(e.lo[j]! <= v && v <= e.hi[j]!).toBe(true)));
      }
    }
  });

  it("names what it cannot enclose, and what jumps", () => {
    const loop = (x: Tensor): Tensor => scan(([y]) => [[mul(0.5, y!)], []], [x], [], { length: 3 })[0][0]!;
    expect(() => intervalExtension(loop, [[1]])).toThrow("the operation scan cannot be enclosed");
    expect(jumps((x) => add(floor(x), select(lt(x, 1), x, 0)), [[1]])).toEqual(["floor", "lt", "select"]);
    expect(jumps((x) => grad((y) => sum(pow(y, 4)))(x), [[1]])).toEqual([]);
    expect(() => proveCriticalPoints({ f: (x) => sum(relu(x)), box: [[-1, 1]] })).toThrow("the field may jump");
  });
});

describe("proveZeros", () => {
  it("proves that there is none, also where |f| is nearly 0", () => {
    for (const gap of [1, 1e-3, 1e-6])
      expect(proveZeros({ f: (x) => add(mul(x, x), gap), box: [[-2, 3]], smallest: 1e-9 }).verdict).toBe("none");
  });

  it("proves that all are found, encloses each, and the enclosures are right: sin", () => {
    const { verdict, zeros } = proveZeros({ f: sin, box: [[-10, 10]] });
    expect([verdict, zeros.length]).toEqual(["complete", 7]);
    zeros.forEach((z, i) => {
      // pi as a double is off by 1.2e-16: multiples of it lie within their own enclosures widened by that.
      const exact = (i - 3) * Math.PI;
      expect(z.lower[0]! - 4e-16 <= exact && exact <= z.upper[0]! + 4e-16).toBe(true);
      expect(z.upper[0]! - z.lower[0]!).toBeLessThan(1e-13);
      expect(z.inside).toBe(true);
    });
  });

  it("counts a zero on a face that boxes share once, and one at the edge of the box as such", () => {
    const { verdict, zeros } = proveZeros({
      f: (z) => stack([sub(at(z, 0), 0.485), at(z, 1)]),
      box: [
        [0, 1],
        [-1, 1],
      ],
    });
    expect([verdict, zeros.length, zeros[0]!.inside]).toEqual(["complete", 1, true]);
    const edge = proveZeros({ f: (x) => x, box: [[0, 1]] });
    expect([edge.verdict, edge.zeros.length, edge.zeros[0]!.inside]).toEqual(["complete", 1, false]);
  });

  it("leaves a double zero undecided, at its place and nowhere else", () => {
    const { verdict, undecided } = proveZeros({ f: (x) => mul(sub(x, 0.3), sub(x, 0.3)), box: [[-1, 1]] });
    expect(verdict).toBe("undecided");
    expect(undecided.length).toBe(1);
    expect(undecided[0]![0]![0]).toBeLessThan(0.3);
    expect(undecided[0]![0]![1]).toBeGreaterThan(0.3);
    expect(undecided[0]![0]![1] - undecided[0]![0]![0]).toBeLessThan(1e-4);
  });

  it("ends within its budget and says what is left", () => {
    const all = proveZeros({
      f: (z) => sin(mul(20, z)),
      box: [
        [-3, 3],
        [-3, 3],
      ],
      boxes: 50,
    });
    expect([all.verdict, all.boxes]).toEqual(["undecided", 50]);
    expect(all.undecided.length).toBeGreaterThan(0);
  });

  it("agrees with the searches on a network, and would notice a critical point that they missed", () => {
    const net = mlp({ widths: [2, 4, 1] });
    const stream = random(22);
    const theta = Float64Array.from({ length: net.size }, () => stream.normal());
    const f = (x: Tensor): Tensor => sum(net.apply(constant(theta), reshape(x, [1, 2])));
    const box = [
      [-3, 3],
      [-3, 3],
    ] as const;
    const { verdict, zeros } = proveCriticalPoints({ f, box });
    expect(verdict).toBe("complete");
    const { points } = criticalPoints({ f, box });
    expect(points.length).toBe(zeros.length);
    points.forEach((p, i) =>
      p.point.forEach((v, c) => expect(v >= zeros[i]!.lower[c]! - p.error && v <= zeros[i]!.upper[c]! + p.error).toBe(true)),
    );
  });

  it("proves a network that never widens to have no critical points", () => {
    const net = mlp({ widths: [2, 2, 1] });
    const stream = random(20);
    const theta = Float64Array.from({ length: net.size }, () => stream.normal());
    const f = (x: Tensor): Tensor => sum(net.apply(constant(theta), reshape(x, [1, 2])));
    expect(
      proveCriticalPoints({
        f,
        box: [
          [-3, 3],
          [-3, 3],
        ],
      }).verdict,
    ).toBe("none");
  });
});
