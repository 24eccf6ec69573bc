// Tokens under attention as particles on a sphere (Geshkovski, Letrouit, Polyanskiy, Rigollet 2025).
//
// Derivation of the equiangular reduction. With <x_i, x_j> = g for i != j, w = e^(beta g), W = e^beta: sum_j w_ij x_j = W x_i + w sum_{j != i} x_j, its
// projection across x_i is w sum_{j != i} (x_j - g x_i), and d/dt <x_1, x_2> = 2 <x_1', x_2> = (2 w / Z) (1 - g + (n - 2)(g - g^2) ... ) =
// (2 w / Z) (1 - g)(1 + (n - 1) g): the sum over j != 1 of <x_j, x_2> - g <x_1, x_2> is 1 - g^2 + (n - 2)(g - g^2) = (1 - g)(1 + (n - 1) g).
import {
  adaptive,
  attentionField,
  clusters,
  dopri8,
  equiangularField,
  fillNormal,
  flow,
  kuramotoField,
  allToAll,
  random,
  type AttentionWeights,
} from "#dynamics";
import { describe, expect, it } from "vitest";

const precise = { solver: dopri8, controller: adaptive({ rtol: 1e-12, atol: 1e-14 }) };
const reduced = (tokens: number, beta: number, weights: AttentionWeights, start: number, time: number): number => {
  const system = flow({ field: equiangularField({ tokens, beta, weights }), initial: [start], dt: time, ...precise });
  expect(system.step()).toBe("ok");
  return system.state[0]!;
};

describe("equal angles", () => {
  it.each([
    [2, 0, "softmax", 0.90514825],
    [2, 1, "softmax", 0.7953418],
    [2, 1, "plain", 0.9962383],
    [5, 1, "softmax", 0.69290471],
    [5, 1, "plain", 0.97639075],
    [8, 4, "softmax", 0.06328625],
  ] as const)("n = %i, beta = %f, %s: from orthogonal tokens the cosine at t = 1.5 is %f", (n, beta, weights, value) => {
    expect(reduced(n, beta, weights, 0, 1.5)).toBeCloseTo(value, 8);
  });

  it("n = 8, beta = 4, plain: tokens have met to rounding", () => {
    // 1 - 1.05e-11 has been given for this case: that is a solver's tolerance. Time to go from 0 to 1 - e is
    // (n / 2) int dg e^(-beta g) / ((1 - g)((n - 1) g + 1)), below 0.5 + 1 / (2 e^beta) log(1 / e), so at t = 1.5 e is below e^(-100).
    const [n, beta, e] = [8, 4, 1e-12];
    let time = 0;
    // In y = log(1 - g), which runs from 0 to log e.
    const cells = 100_000;
    for (let i = 0; i < cells; i++) {
      const g = 1 - Math.exp((Math.log(e) * (i + 0.5)) / cells);
      time += (((n / 2) * Math.exp(-beta * g)) / ((n - 1) * g + 1)) * (-Math.log(e) / cells);
    }
    expect(time).toBeLessThan(1);
    expect(Math.abs(reduced(n, beta, "plain", 0, 1.5) - 1)).toBeLessThan(1e-12);
    expect(1 - reduced(n, beta, "plain", 0, time)).toBeCloseTo(e, 13);
  });

  it.each([2, 5, 30])("n = %i, beta = 0: (E - 1) / (E + n - 1) with E = e^(2t)", (n) => {
    const e = Math.exp(3);
    for (const weights of ["softmax", "plain"] as const)
      expect(reduced(n, 0, weights, 0, 1.5)).toBeCloseTo((e - 1) / (e + n - 1), 11);
  });

  it.each([
    [3, 1.7, "softmax", 0.2],
    [4, 0.5, "plain", -0.2],
    [6, 3, "softmax", 0],
    [5, 2, "plain", 0.1],
  ] as const)(
    "n = %i, beta = %f, %s, from %f: the whole field keeps the angles equal and follows the reduction",
    (n, beta, weights, start) => {
      // Rows of the Cholesky factor of the matrix with 1 on and `start` off the diagonal.
      const d = n;
      const rows = new Float64Array(n * d);
      for (let i = 0; i < n; i++)
        for (let j = 0; j <= i; j++) {
          let s = i === j ? 1 : start;
          for (let k = 0; k < j; k++) s -= rows[i * d + k]! * rows[j * d + k]!;
          rows[i * d + j] = i === j ? Math.sqrt(s) : s / rows[j * d + j]!;
        }
      const system = flow({
        field: attentionField({ tokens: n, dimension: d, beta, weights }),
        initial: rows,
        dt: 0.9,
        ...precise,
      });
      expect(system.step()).toBe("ok");
      const wanted = reduced(n, beta, weights, start, 0.9);
      for (let i = 0; i < n; i++)
        for (let j = 0; j <= i; j++) {
          let s = 0;
          for (let c = 0; c < d; c++) s += system.state[i * d + c]! * system.state[j * d + c]!;
          expect(Math.abs(s - (i === j ? 1 : wanted))).toBeLessThan(1e-10);
        }
    },
  );
});

it("in the plane at beta = 0 tokens are identical Kuramoto oscillators", () => {
  const n = 9;
  const theta = fillNormal(new Float64Array(n), random(1));
  const points = Float64Array.from({ length: 2 * n }, (_, e) => (e % 2 === 0 ? Math.cos : Math.sin)(theta[e >> 1]!));
  const tokens = flow({ field: attentionField({ tokens: n, dimension: 2, beta: 0 }), initial: points, dt: 2, ...precise });
  const phases = flow({ field: kuramotoField({ graph: allToAll(n), coupling: 1 }), initial: theta, dt: 2, ...precise });
  tokens.step();
  phases.step();
  phases.state.forEach((t, i) => {
    expect(Math.abs(tokens.state[2 * i]! - Math.cos(t))).toBeLessThan(1e-11);
    expect(Math.abs(tokens.state[2 * i + 1]! - Math.sin(t))).toBeLessThan(1e-11);
  });
});

describe("clustering", () => {
  it("in dimension >= 3 tokens from random starts end in one cluster; midway through there are several", () => {
    const [n, d] = [24, 3];
    const system = flow({
      field: attentionField({ tokens: n, dimension: d, beta: 9 }),
      initial: fillNormal(new Float64Array(n * d), random(7)),
      dt: 10,
    });
    const counts: number[] = [];
    for (let t = 0; t < 12; t++) {
      system.step(t < 8 ? 1 : 50);
      counts.push(clusters(system.state, d).count);
    }
    expect(counts[0]).toBeGreaterThan(1);
    expect(counts[0]).toBeLessThan(n);
    for (let i = 1; i < counts.length; i++) expect(counts[i]).toBeLessThanOrEqual(counts[i - 1]!);
  });

  it("a token on its own side of the sphere's centre stays alone for long at large beta: metastability", () => {
    const points = [1, 0, 0, 0.999, 0.0447, 0, -1, 0.01, 0];
    const system = flow({ field: attentionField({ tokens: 3, dimension: 3, beta: 20 }), initial: points, dt: 5 });
    system.step();
    expect(clusters(system.state, 3, 0.99999)).toEqual({ label: Int32Array.of(0, 0, 1), count: 2 });
  });
});

it("one token makes no angle with others", () => {
  expect(() => equiangularField({ tokens: 1, beta: 1 })).toThrow(/tokens 1 given; allowed: integers from 2/);
});
