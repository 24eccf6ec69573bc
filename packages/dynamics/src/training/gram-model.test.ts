import { describe, expect, it } from "vitest";
import { characteristicExponent } from "../analysis/characteristic-exponent.js";
import { sgdProducts } from "../analysis/random-products.js";
import { gram } from "../core/gram.js";
import { fate } from "./fate.js";
import { gramModel } from "./gram-model.js";

describe("a linear model with a given Gram matrix", () => {
  it.each([
    [[[2]]],
    [
      [
        [1.5, 0.9],
        [0.9, 2.5],
      ],
    ],
    // Singular: the second sample pulls as the first, twice as hard.
    [
      [
        [1, 2, 0.5],
        [2, 4, 1],
        [0.5, 1, 3],
      ],
    ],
  ])("has it: %j", (matrix) => {
    for (const loss of ["half-square", "square"] as const) {
      const wanted = gram(matrix, { loss });
      const model = gramModel(wanted);
      expect(model.status).toBe("ok");
      expect(model.loss).toBe(0);
      model.gram(loss).matrix.forEach((v, e) => expect(v).toBeCloseTo(wanted.matrix[e]!, 12));
    }
  });

  it("is left where the exponent is positive and kept where it is negative", () => {
    const g = gram([
      [1.5, 0.9],
      [0.9, 2.5],
    ]);
    for (const [stepSize, stays] of [
      [0.5, 1],
      [1.1, 0],
    ] as const) {
      const { sign } = characteristicExponent(sgdProducts(g, { stepSize }), { seed: 3 });
      expect(sign).toBe(stays === 1 ? "negative" : "positive");
      expect(fate(gramModel(g), { stepSize, runs: 100, steps: 4000 }).value).toBe(stays);
    }
  });

  it("refuses what is no J J^T", () => {
    const of = (m: number[][]) => () => gramModel(gram(m));
    expect(of([[0]])).toThrow("is zero");
    expect(
      of([
        [1, 2],
        [2, 1],
      ]),
    ).toThrow("not positive semidefinite");
    expect(() =>
      gramModel(
        gram(
          [
            [1, 0],
            [0, 1],
          ],
          { outputs: 2 },
        ),
      ),
    ).toThrow("2 outputs");
  });
});
