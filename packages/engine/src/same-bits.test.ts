import { describe, expect, test } from "vitest";
import {
  add,
  amax,
  compile,
  constant,
  lt,
  matmul,
  mul,
  scan,
  sin,
  sub,
  sum,
  tanh,
  threads,
  transpose,
  whileLoop,
  type Tensor,
  type Threads,
} from "./index.js";
import { trainingDigest } from "../../../test/support/training-digest.js";

// Written down once, so that every engine, browser and number of threads is compared with the same bits.
const SMALL = "d175a5e6";
const LARGE = "76f6205c";

describe("the same bits everywhere", () => {
  test("2,000 steps of gradient descent at the edge of stability, 2-16-16-1 on 64 points", () => {
    expect(trainingDigest([2, 16, 16, 1], 64, 2000, 0.2)).toBe(SMALL);
  });

  test("a network large enough to be shared out, on 1, 2 and 3 threads", async () => {
    expect(trainingDigest([64, 40, 40, 10], 500, 40, 0.05)).toBe(LARGE);
    for (const count of [2, 3]) {
      const pool = await threads(count);
      expect(trainingDigest([64, 40, 40, 10], 500, 40, 0.05, pool), `${count} threads`).toBe(LARGE);
      expect(trainingDigest([2, 16, 16, 1], 64, 2000, 0.2, pool), `${count} threads`).toBe(SMALL);
      pool.close();
    }
  });

  test("rounds of a loop that carries nothing, shared out whole: with loops inside them, forwards and backwards, one loop after another", async () => {
    const [rounds, rows, width] = [7, 60, 24];
    const numbers = (n: number, by: number): Float64Array =>
      Float64Array.from({ length: n }, (_, i) => ((i * by) % 1009) / 1009 - 0.5);
    const table = constant(numbers(width * width, 37), [width, width]);
    // Each row is driven until it is large enough, which takes a number of times of its own; then a sum over rows depends on all of them.
    const until = (x: Tensor): Tensor =>
      whileLoop(
        ([y]) => lt(sum(mul(y!, y!)), 2 * rows),
        ([y]) => [add(mul(1.1, y!), mul(0.1, tanh(matmul(y!, table))))],
        [x],
        200,
      ).carry[0]!;
    const program = (pool?: Threads) => {
      const made = compile(
        (x) => {
          const [, [a]] = scan((_none, [block]) => [[], [until(block!)]], [], [x!]);
          const [, [b]] = scan((_none, [block]) => [[], [matmul(transpose(block!), sin(block!))]], [], [a!], { reverse: true });
          const [, [c]] = scan((_none, [p, q]) => [[], [sub(matmul(sin(p!), q!), amax(p!))]], [], [a!, b!]);
          return [a!, b!, c!];
        },
        [{ shape: [rounds, rows, width] }],
        pool ? { threads: pool } : {},
      );
      made.inputs[0]!.set(numbers(rounds * rows * width, 101));
      return made;
    };
    const one = program();
    one.run();
    for (const count of [2, 3]) {
      const pool = await threads(count);
      const shared = program(pool);
      expect(shared.size.code).toBeGreaterThan(one.size.code);
      for (let again = 0; again < 6; again++) {
        shared.outputs.forEach((y) => y.fill(NaN));
        shared.run();
        shared.outputs.forEach((y, i) => expect(y, `output ${i} on ${count} threads`).toEqual(one.outputs[i]));
      }
      pool.close();
    }
  });

  test("misuse of threads names what is allowed", async () => {
    await expect(threads(0)).rejects.toThrow("an integer from 1 to 256, got 0");
  });
});
