import { describe, expect, test } from "vitest";
import {
  add,
  cast,
  compile,
  constant,
  evaluate,
  jvp,
  lt,
  mul,
  sum,
  threads,
  vmap,
  whileLoop,
  type Tensor,
  type Threads,
} from "../index.js";
import { LANES, WORTH_PACKING } from "./packing.js";

/** Rounds of a loop, at most 10, in which the state grows until its sum is large enough. */
const grown = (x: Tensor, bound: Tensor): Tensor[] => {
  const { carry, rounds } = whileLoop(
    ([v]) => lt(sum(v!), bound),
    ([v, places]) => [mul(v!, 1.5), cast(add(cast(places!, "f64"), 2), "i32")],
    [x, constant([0, 1], [2], "i32")],
    10,
  );
  return [...carry, rounds];
};
const numbers = (count: number): Float64Array =>
  Float64Array.from({ length: 3 * count }, (_, i) => 1.5 ** (5 - ((Math.floor(i / 3) * 37) % 15)) + 0.01 * (i % 3));
const program = (count: number, dtype: "f64" | "f32" = "f64", pool?: Threads) => {
  const made = compile(
    (x, bound) => vmap((row) => grown(row!, bound!))(x!),
    [
      { shape: [count, 3], dtype },
      { shape: [], dtype },
    ],
    pool ? { threads: pool } : {},
  );
  made.inputs[1]![0] = 10;
  return made;
};

describe("copies of a while loop that are packed", () => {
  // Fewer than are packed, just as many, some that do not fill the last block, and many blocks.
  for (const count of [WORTH_PACKING - 1, WORTH_PACKING, WORTH_PACKING + 1, 5 * LANES + 30, 1000])
    test(`${count} copies have the bits of single ones`, () => {
      for (const dtype of ["f64", "f32"] as const) {
        const [all, one] = [program(count, dtype), program(1, dtype)];
        const x = numbers(count);
        // One that is not a number stops at once, as it does alone.
        x[4] = NaN;
        all.inputs[0]!.set(x);
        all.run();
        for (let i = 0; i < count; i++) {
          one.inputs[0]!.set(x.subarray(3 * i, 3 * i + 3));
          one.run();
          one.outputs.forEach((y, j) =>
            expect(all.outputs[j]!.subarray(i * y.length, (i + 1) * y.length), `${dtype} ${i}`).toEqual(y),
          );
        }
        expect([...new Set(all.outputs[2])].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      }
    });

  test("on 2 threads, too", async () => {
    const [pool, x] = [await threads(2), numbers(1500)];
    const [one, two] = [program(1500), program(1500, "f64", pool)];
    for (const made of [one, two]) {
      made.inputs[0]!.set(x);
      made.run();
    }
    two.outputs.forEach((y, j) => expect(y).toEqual(one.outputs[j]));
    pool.close();
  });

  test("with a loop inside, derivatives, and copies of copies", () => {
    const inner = (y: Tensor): Tensor =>
      whileLoop(
        ([v]) => lt(v!, 3),
        ([v]) => [mul(v!, 1.1)],
        [y],
        100,
      ).carry[0]!;
    const outer = (y: Tensor): Tensor =>
      whileLoop(
        ([v, c]) => lt(c!, v!),
        ([v, c]) => [inner(mul(0.5, v!)), add(c!, 1)],
        [y, constant(0)],
        50,
      ).carry[0]!;
    const count = 300;
    const x = Float64Array.from({ length: count }, (_, i) => 1 + ((i * 37) % 300) / 40);
    const both = (f: (y: Tensor) => Tensor, data: ArrayLike<number>, shape: number[]) =>
      evaluate(
        (y) => {
          const { outputs, tangents } = jvp((z) => f(z!), [y!], [constant(new Float64Array(data.length).fill(1), shape)]);
          return [outputs[0]!, tangents[0]!];
        },
        { data, shape },
      );
    const alone = Array.from(x, (v) => both(outer, [v], []).map((y) => y[0]!));
    const packed = both((y) => vmap(outer)(y), x, [count]);
    packed.forEach((y, j) => expect([...y]).toEqual(alone.map((own) => own[j])));
    const twice = both((y) => vmap(vmap(outer))(y), [...x, ...x], [2, count]);
    twice.forEach((y, j) => expect([...y]).toEqual([...alone, ...alone].map((own) => own[j])));
    expect(new Set(packed[1]).size).toBeGreaterThan(2);
  });
});
