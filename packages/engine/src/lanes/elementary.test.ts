import { describe, expect, test } from "vitest";
import { compile, constant, type Tensor } from "../index.js";
import { cos, erf, exp, expm1, log, log1p, pow, sech2, sigmoid, sin, tanh } from "../index.js";
import { scalarMath } from "./index.js";
import { truth, ulps } from "../../../../test/support/truth.js";

const traced = { cos, erf, exp, expm1, log, log1p, sech2, sigmoid, sin, tanh };
type Name = keyof typeof scalarMath;

/** Numbers in [0, 1) from a 32-bit congruential generator. */
function generator(seed: number): () => number {
  let s = seed >>> 0;
  const next = (): number => (s = (Math.imul(s, 1664525) + 1013904223) >>> 0);
  return () => (next() * 2097152 + (next() >>> 11)) / 9007199254740992;
}

const spread = (seed: number, ranges: readonly (readonly [number, number])[], each = 300): number[] => {
  const u = generator(seed);
  return ranges.flatMap(([a, b]) => Array.from({ length: each }, () => a + (b - a) * u()));
};
/** The doubles next to multiples of pi/2, where the reduction loses most. */
const nearMultiples = Array.from({ length: 200 }, (_, i) => (i * i * 24 + i + 1) * (Math.PI / 2)).filter((x) => x < 1.6e6);
const logarithmic = (seed: number): number[] => {
  const u = generator(seed);
  return Array.from({ length: 600 }, () => 2 ** Math.floor(-1070 + 2090 * u()) * (1 + u()));
};

const POINTS: Record<Exclude<Name, "pow">, { bound: number; at: number[] }> = {
  exp: {
    bound: 1,
    at: [
      ...spread(1, [
        [-1, 1],
        [-700, 700],
        [-745, -700],
        [709, 709.78],
        [-1e-5, 1e-5],
      ]),
      -745.13,
      709.782712893384,
    ],
  },
  expm1: {
    bound: 1.5,
    at: spread(2, [
      [-1, 1],
      [-40, 40],
      [-1e-8, 1e-8],
      [1, 709],
    ]),
  },
  log: {
    bound: 1,
    at: [
      ...spread(3, [
        [0.5, 2],
        [1e-10, 1e10],
        [0.999, 1.001],
      ]),
      ...logarithmic(4),
      5e-324,
      Number.MAX_VALUE,
    ],
  },
  log1p: {
    bound: 1,
    at: spread(5, [
      [-0.9999, 1],
      [-1e-9, 1e-9],
      [-0.5, 1e5],
    ]),
  },
  sin: {
    bound: 1,
    at: [
      ...spread(6, [
        [-4, 4],
        [-1e5, 1e5],
        [-1.6e6, 1.6e6],
      ]),
      ...nearMultiples,
    ],
  },
  cos: {
    bound: 1,
    at: [
      ...spread(7, [
        [-4, 4],
        [-1e5, 1e5],
        [-1.6e6, 1.6e6],
      ]),
      ...nearMultiples,
    ],
  },
  tanh: {
    bound: 2,
    at: spread(8, [
      [-0.6, 0.6],
      [-3, 3],
      [-20, 20],
      [-1e-6, 1e-6],
      [0.48, 0.6],
    ]),
  },
  sech2: {
    bound: 5,
    at: spread(9, [
      [-1, 1],
      [-20, 20],
      [-300, 300],
    ]),
  },
  sigmoid: {
    bound: 2.5,
    at: spread(10, [
      [-3, 3],
      [-40, 40],
      [-700, 700],
    ]),
  },
  erf: {
    bound: 1.5,
    at: spread(11, [
      [-1.1, 1.1],
      [0.9, 5.9],
      [-1e-8, 1e-8],
    ]),
  },
};

describe("elementary functions", () => {
  for (const [name, { bound, at }] of Object.entries(POINTS) as [Exclude<Name, "pow">, { bound: number; at: number[] }][]) {
    test(`${name}: at most ${bound} ulp from the truth on ${at.length} points`, () => {
      let worst = { error: 0, x: NaN };
      for (const x of at) {
        const error = ulps(scalarMath[name](x), truth[name]!(x));
        if (!(error <= worst.error)) worst = { error, x };
      }
      expect(worst.error, `at ${worst.x}`).toBeLessThanOrEqual(bound);
    });
    test(`${name}: compiled and reference bits are equal`, () => {
      const x = [...at, 0, -0, Infinity, -Infinity, NaN, 5e-324, -5e-324, 1e-310, -1, 1, 2, 710, -746, 1e300];
      const p = compile((t: Tensor) => traced[name](t), [{ shape: [x.length] }]);
      p.inputs[0]!.set(x);
      p.run();
      x.forEach((v, i) => expect(p.outputs[0]![i], `${name}(${v})`).toBe(scalarMath[name](v)));
    });
  }

  test("pow: at most 1 ulp from the truth on 1,500 points, and the same bits compiled", () => {
    const u = generator(12);
    const pairs = Array.from(
      { length: 1500 },
      (_, i) =>
        (i % 3 ? [2 ** (60 * u() - 30), (u() - 0.5) * 50] : [1 + (u() - 0.5) * 1e-3, (u() - 0.5) * 1e6]) as [number, number],
    );
    const p = compile((a: Tensor, b: Tensor) => pow(a, b), [{ shape: [pairs.length] }, { shape: [pairs.length] }]);
    pairs.forEach(([a, b], i) => {
      p.inputs[0]![i] = a;
      p.inputs[1]![i] = b;
    });
    p.run();
    pairs.forEach(([a, b], i) => {
      expect(ulps(scalarMath.pow(a, b), truth["pow"]!(a, b)), `pow(${a}, ${b})`).toBeLessThanOrEqual(1);
      expect(p.outputs[0]![i]).toBe(scalarMath.pow(a, b));
    });
  });

  test("pow has the special values of IEEE 754", () => {
    const inf = Infinity;
    const cases: [number, number, number][] = [
      [0, 0, 1],
      [NaN, 0, 1],
      [1, NaN, 1],
      [1, inf, 1],
      [-1, inf, 1],
      [-1, -inf, 1],
      [0, -1, inf],
      [-0, -1, -inf],
      [-0, -2, inf],
      [-0, 3, -0],
      [-0, 0.5, 0],
      [0, -inf, inf],
      [inf, 0.5, inf],
      [inf, -1, 0],
      [-inf, 3, -inf],
      [-inf, -3, -0],
      [-inf, 0.5, inf],
      [-inf, 2, inf],
      [-2, 3, -8],
      [-2, 0.5, NaN],
      [2, 1024, inf],
      [2, -1074, 5e-324],
      [2, -1076, 0],
      [0.5, inf, 0],
      [2, inf, inf],
      [0.5, -inf, inf],
      [10, 2, 100],
      [NaN, 1, NaN],
      [2, NaN, NaN],
      [-2, 1e300, inf],
    ];
    for (const [a, b, y] of cases) expect(scalarMath.pow(a, b), `pow(${a}, ${b})`).toBe(y);
  });

  test("zeros, infinities and NaN are as C99 Annex F says", () => {
    const odd: Name[] = ["tanh", "expm1", "log1p", "sin", "erf"];
    for (const name of odd) {
      const f = scalarMath[name] as (x: number) => number;
      expect(f(-0), name).toBe(-0);
      expect(f(0), name).toBe(0);
      expect(f(NaN), name).toBe(NaN);
    }
    expect([scalarMath.exp(-Infinity), scalarMath.exp(Infinity), scalarMath.exp(710), scalarMath.exp(-750)]).toEqual([
      0,
      Infinity,
      Infinity,
      0,
    ]);
    expect([scalarMath.log(0), scalarMath.log(-0), scalarMath.log(-1), scalarMath.log(Infinity)]).toEqual([
      -Infinity,
      -Infinity,
      NaN,
      Infinity,
    ]);
    expect([scalarMath.log1p(-1), scalarMath.log1p(-2), scalarMath.expm1(-Infinity), scalarMath.expm1(-5e-324)]).toEqual([
      -Infinity,
      NaN,
      -1,
      -5e-324,
    ]);
    expect([
      scalarMath.tanh(Infinity),
      scalarMath.tanh(-Infinity),
      scalarMath.erf(Infinity),
      scalarMath.sigmoid(-Infinity),
    ]).toEqual([1, -1, 1, 0]);
    expect([scalarMath.sin(Infinity), scalarMath.cos(Infinity)]).toEqual([NaN, NaN]);
    // Beyond the proven reduction there is no number rather than a wrong one.
    expect([scalarMath.sin(1e9), scalarMath.cos(-1e9)]).toEqual([NaN, NaN]);
  });

  test("in f32 an elementary function is the f64 one, rounded once", () => {
    const x = spread(13, [[-3, 3]], 101).map(Math.fround);
    const p = compile<Float32Array>((t: Tensor) => tanh(t), [{ shape: [x.length], dtype: "f32" }]);
    p.inputs[0]!.set(x);
    p.run();
    x.forEach((v, i) => expect(p.outputs[0]![i]).toBe(Math.fround(scalarMath.tanh(v))));
    expect(constant(1).dtype).toBe("f64");
  });
});
