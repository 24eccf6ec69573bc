import { expect, test } from "vitest";
import { draws } from "../core/draws.js";
import { gram } from "../core/gram.js";
import { fillNormal, random } from "../core/random.js";
import { sgdProducts } from "./random-products.js";

/** The definition, one step after another: r - rate r_i G e_i. */
function byHand(rows: readonly (readonly number[])[], rate: number, start: ArrayLike<number>, samples: Int32Array): Float64Array {
  let r = Float64Array.from(start);
  for (const i of samples) {
    const factor = rate * r[i]!;
    r = r.map((v, j) => v - factor * rows[i]![j]!);
  }
  return r;
}

test.each([
  [1, 1],
  [2, 3],
  [9, 1],
  [33, 4],
])("steps of single samples, four in one pass: the bits of the definition, %i samples, %i vectors", (size, k) => {
  const numbers = random(size);
  const factor = Array.from({ length: size }, () => fillNormal(new Float64Array(size + 3), numbers));
  const rows = factor.map((a) => factor.map((b) => a.reduce((s, v, i) => s + v * b[i]!, 0) / size));
  const products = sgdProducts(gram(rows), { stepSize: 0.3 });
  const starts = fillNormal(new Float64Array(k * size), numbers);
  // Whole intervals, whole passes and what is left over: 2 x interval + 7.
  const steps = 2 * products.interval + 7;
  const moved = starts.slice();
  products.restart(11);
  products.advance(moved, k, steps);
  const samples = draws({ samples: size, seed: 11 }).fill(new Int32Array(steps));
  for (let v = 0; v < k; v++)
    expect(moved.slice(v * size, (v + 1) * size)).toEqual(byHand(rows, 0.3, starts.slice(v * size, (v + 1) * size), samples));
});
