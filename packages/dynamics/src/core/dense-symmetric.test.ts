import { expect, it } from "vitest";
import { denseSymmetric } from "./dense-symmetric.js";
import { fillNormal, random } from "./random.js";

it.each([2 ** -1000, 2 ** -700, 2 ** -500, 2 ** 500, 2 ** 900])("a matrix times %d has its eigenvalues times that", (scale) => {
  const n = 6;
  const drawn = fillNormal(new Float64Array(n * n), random(1));
  const matrix = drawn.map((v, e) => v + drawn[(e % n) * n + Math.floor(e / n)]!);
  const [plain, scaled] = [
    denseSymmetric(matrix, n),
    denseSymmetric(
      matrix.map((v) => v * scale),
      n,
    ),
  ];
  plain.values.forEach((v, i) => expect(scaled.values[i]! / scale).toBeCloseTo(v, 12));
  plain.vectors.forEach((v, i) => expect(Math.abs(scaled.vectors[i]!)).toBeCloseTo(Math.abs(v), 12));
});
