import { z } from "zod";
import type { DataSource } from "./source.js";

const schema = z
  .strictObject({
    source: z.literal("chebyshev"),
    degree: z.int().min(0).max(1000).default(5).describe("Degree of the polynomial"),
    points: z.int().min(2).max(1_000_000).default(20).describe("Number of points, evenly spaced in [-1, 1], both ends included"),
  })
  .describe("A Chebyshev polynomial T_n on [-1, 1], to be fitted");

type Spec = z.infer<typeof schema>;

/** T_n(x), by T_0 = 1, T_1 = x, T_{n+1} = 2 x T_n - T_{n-1}. */
export function chebyshevPolynomial(degree: number, x: number): number {
  let last = 1;
  let value = degree === 0 ? 1 : x;
  for (let n = 1; n < degree; n++) [last, value] = [value, 2 * x * value - last];
  return value;
}

export const chebyshev: DataSource<Spec> = {
  name: "chebyshev",
  description: "a Chebyshev polynomial on evenly spaced points: a regression task of any difficulty",
  schema,
  load({ degree, points }) {
    const inputs = Float64Array.from({ length: points }, (_, i) => -1 + (2 * i) / (points - 1));
    const targets = inputs.map((x) => chebyshevPolynomial(degree, x));
    return Promise.resolve({
      train: { samples: points, inputs, targets },
      test: null,
      inputs: 1,
      outputs: 1,
      files: [],
    });
  },
};
