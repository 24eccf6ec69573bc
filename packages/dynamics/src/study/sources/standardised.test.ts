import { expect, test } from "vitest";
import { standardised } from "./standardised.js";

test("training inputs get mean 0 and variance 1, test inputs the same shift and scale, constant ones 0", () => {
  const set = (...rows: number[][]) => ({
    samples: rows.length,
    inputs: Float64Array.from(rows.flat()),
    targets: new Float64Array(rows.length),
  });
  const found = standardised({ train: set([1, 0.1, 5], [3, 0.1, 9], [5, 0.1, 1]), test: set([3, 7, 5], [7, 0.1, 5]) }, 3);
  const root = Math.sqrt(1.5);
  const close = (a: ArrayLike<number>, b: number[]) => b.forEach((v, i) => expect(a[i]).toBeCloseTo(v, 12));
  close(found.train.inputs, [-root, 0, 0, 0, 0, root, root, 0, -root]);
  close(found.test!.inputs, [0, 0, 0, 2 * root, 0, 0]);
});
