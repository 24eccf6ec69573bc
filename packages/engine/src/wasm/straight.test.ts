import { describe, expect, test } from "vitest";
import { EDGES } from "../../../../test/support/cases.js";
import { asList, runCompiled, runReference, sameBits } from "../../../../test/support/programs.js";
import {
  add,
  amax,
  at,
  compile,
  constant,
  div,
  jvp,
  lt,
  matmul,
  mean,
  mul,
  neg,
  pow,
  qr,
  scan,
  select,
  simplify,
  sin,
  solve,
  sqrt,
  square,
  stack,
  sub,
  sum,
  take,
  tanh,
  trace,
  transpose,
  vmap,
  whileLoop,
  type Tensor,
} from "../index.js";
import { emit } from "./emit.js";

type F = (...xs: Tensor[]) => Tensor | readonly Tensor[];

const isStraight = (f: F, shapes: readonly (readonly number[])[]): boolean => {
  const graph = simplify(
    trace(
      f,
      shapes.map((shape) => ({ shape, dtype: "f64" })),
    ),
  );
  return emit(graph, 0, 1).lowered.rounds !== undefined;
};

const lorenz = (s: Tensor): Tensor => {
  const [x, y, z] = [at(s, 0), at(s, 1), at(s, 2)];
  return stack([mul(10, sub(y, x)), sub(mul(x, sub(28, z)), y), sub(mul(x, y), mul(8 / 3, z))]);
};
const step = (s: Tensor): Tensor => {
  const k = lorenz(s);
  const l = lorenz(add(s, mul(0.005, k)));
  return add(s, mul(0.0025, add(k, l)));
};
const henon = (s: Tensor): Tensor => stack([add(sub(1, mul(1.4, square(at(s, 0)))), at(s, 1)), mul(0.3, at(s, 0))]);
const riding =
  (f: (s: Tensor) => Tensor): F =>
  (s, v) => [f(s!), vmap((w) => jvp((y) => f(y!), [s!], [w]).tangents[0]!)(v!)];

/** Numbers of both signs, from 0.2 to 1.8 in magnitude. */
const numbers = (count: number, seed: number): number[] =>
  Array.from({ length: count }, (_, i) => (i % 3 === 1 ? -1 : 1) * (0.2 + (((i + 1) * 0.618 + seed * 0.37) % 1.6)));

describe("straight code gives the bits of the kernels", () => {
  // A batch of 100 is done by kernels, one alone in registers.
  const alone: Record<string, [F, readonly (readonly number[])[]]> = {
    "a step of the Lorenz equations": [step, [[3]]],
    "the Henon map": [henon, [[2]]],
    "sums of 5 numbers, of rows, of columns, of a transposed matrix": [
      (x) => [sum(at(x!, 0)), sum(x!, 1), sum(x!, 0), sum(transpose(x!)), mean(square(x!)), amax(x!, 1)],
      [[3, 5]],
    ],
    "matrix products": [
      (a, b) => [matmul(a!, b!), matmul(transpose(b!), at(b!, 0, 1))],
      [
        [2, 3],
        [3, 4],
      ],
    ],
    "the orthogonal factor": [(x) => qr(x!), [[4, 3]]],
    "a Newton step": [(a, b) => solve(a!, b!), [[3, 3], [3]]],
    "elementary functions of 4, 3 and 1": [
      (x) => [tanh(x!), sin(sum(x!)), pow(square(x!), 0.3), pow(square(at(x!, 0)), at(x!, 1))],
      [[4]],
    ],
  };
  for (const [name, [f, shapes]] of Object.entries(alone)) {
    test(name, () => {
      const rows = 100;
      expect(isStraight(f, shapes)).toBe(true);
      const wide = shapes.map((shape) => [rows, ...shape]);
      const batched: F = (...xs) => vmap((...row) => asList(f(...row)))(...xs);
      expect(isStraight(batched, wide)).toBe(false);
      const size = shapes.map((shape) => shape.reduce((a, b) => a * b, 1));
      const values = size.map((n, i) => numbers(rows * n, i));
      const all = runCompiled(
        batched,
        wide.map((shape) => ({ shape })),
        values,
      );
      const one = compile(
        f,
        shapes.map((shape) => ({ shape })),
      );
      for (let r = 0; r < rows; r++) {
        one.inputs.forEach((x, i) => x.set(values[i]!.slice(r * size[i]!, (r + 1) * size[i]!)));
        one.run();
        one.outputs.forEach((y, i) =>
          expect(sameBits(y, all[i]!.subarray(r * y.length, (r + 1) * y.length)), `row ${r}`).toBe(true),
        );
      }
    });
  }

  test("tangents in pairs, and the one left over, are those that ride alone", () => {
    const start = [1, 1, 20];
    for (const k of [2, 3, 5]) {
      const frame = numbers(3 * k, k);
      const together = compile(riding(step), [{ shape: [3] }, { shape: [k, 3] }]);
      together.inputs[0]!.set(start);
      together.inputs[1]!.set(frame);
      together.iterate(500);
      for (let j = 0; j < k; j++) {
        const single = compile(riding(step), [{ shape: [3] }, { shape: [1, 3] }]);
        single.inputs[0]!.set(start);
        single.inputs[1]!.set(frame.slice(3 * j, 3 * j + 3));
        single.iterate(500);
        expect(sameBits(single.outputs[1]!, together.outputs[1]!.subarray(3 * j, 3 * j + 3)), `tangent ${j} of ${k}`).toBe(true);
        expect(sameBits(single.outputs[0]!, together.outputs[0]!)).toBe(true);
      }
    }
  });

  test("shortcuts keep the signs of zeros, infinities and NaN", () => {
    const f: F = (x, y) => [
      add(x!, neg(y!)),
      add(neg(x!), y!),
      sub(x!, neg(y!)),
      mul(neg(x!), y!),
      add(mul(neg(x!), y!), x!),
      sum(stack([square(x!), y!])),
      sum(stack([x!, y!]), 0),
      select(lt(x!, y!), mul(x!, 1), sub(y!, 0)),
      add(mul(x!, 0), y!),
    ];
    const specs = [{ shape: [] }, { shape: [] }];
    const p = compile(f, specs);
    for (const a of EDGES) {
      for (const b of EDGES) {
        [a, b].forEach((v, i) => (p.inputs[i]![0] = v));
        p.run();
        runReference(f, specs, [[a], [b]]).forEach((want, i) => {
          const got = p.outputs[i]![0];
          if (!Object.is(want[0], got)) expect.fail(`result ${i} of ${a}, ${b}: ${got}, not ${want[0]}`);
        });
      }
    }
  });
});

describe("loops in registers", () => {
  test("a loop ends on the round it should, wherever the code returns on the way", () => {
    const count = compile(
      (n) => {
        const { carry, rounds } = whileLoop(
          ([i]) => lt(i!, n!),
          ([i, s]) => [add(i!, 1), add(s!, i!)],
          [constant(0), constant(0)],
          9000,
        );
        return [...carry, rounds];
      },
      [{ shape: [] }],
    );
    for (let n = 0; n < 9100; n += n < 20 || (n > 8990 && n < 9010) ? 1 : 7) {
      count.inputs[0]![0] = n;
      count.run();
      const ran = Math.min(n, 9000);
      expect(count.outputs.map((x) => x[0])).toEqual([ran, (ran * ran - ran) / 2, ran]);
    }
  });

  test("a long scan equals its rounds one by one, forwards and backwards", () => {
    const length = 20_000;
    const xs = numbers(2 * length, 1);
    for (const reverse of [false, true]) {
      const f: F = (s, x) =>
        scan(([a], [b]) => [[add(mul(0.5, a!), mul(a!, mul(b!, 0.1)))], [mul(a!, b!)]], [s!], [x!], { reverse }).flat();
      const [end, ys] = runCompiled(f, [{ shape: [2] }, { shape: [length, 2] }], [[1, -1], xs]) as [Float64Array, Float64Array];
      const s = [1, -1];
      for (let i = 0; i < length; i++) {
        const at2 = 2 * (reverse ? length - 1 - i : i);
        for (const j of [0, 1]) {
          const b = xs[at2 + j]!;
          if (!Object.is(ys[at2 + j], s[j]! * b)) expect.fail(`element ${at2 + j}`);
          s[j] = 0.5 * s[j]! + s[j]! * (b * 0.1);
        }
      }
      expect([...end]).toEqual(s);
    }
  });

  test("what is not state has the value of the last round; swapped state is swapped", () => {
    const p = compile((a, b, c) => [b!, mul(a!, 2), a!, add(a!, c!), c!], [{ shape: [] }, { shape: [] }, { shape: [] }], {
      state: 2,
    });
    p.inputs.forEach((x, i) => (x[0] = i + 1));
    p.iterate(3);
    // (1, 2) -> (2, 2) -> (2, 4) -> (4, 4)
    expect(p.outputs.map((x) => x[0])).toEqual([4, 4, 2, 5, 3]);
    expect(p.inputs.map((x) => x[0])).toEqual([4, 4, 3]);
    p.run();
    expect(p.outputs.map((x) => x[0])).toEqual([4, 8, 4, 7, 3]);
    expect(p.inputs.map((x) => x[0])).toEqual([4, 4, 3]);
  });

  test("a stretch in the midst of kernels reads rows that are chosen while the program runs", () => {
    const f: F = (table, i, x) => {
      const row = take(table!, i!);
      const small = mul(sqrt(add(1, square(sum(mul(x!, x!))))), add(at(row, 3), 1));
      return [mul(row, small), small, sum(row)];
    };
    const specs = [{ shape: [5, 40] }, { shape: [], dtype: "i32" as const }, { shape: [3] }];
    const values = [numbers(200, 2), [3], [1, 2, 3]];
    const [got, want] = [runCompiled(f, specs, values), runReference(f, specs, values)];
    got.slice(0, 2).forEach((y, k) => y.forEach((v, j) => expect(Math.abs(v / want[k]![j]! - 1)).toBeLessThan(1e-15)));
  });
});

describe("what is too large", () => {
  test("goes through kernels: more than 64 numbers in a tensor, more than 4,096 operations", () => {
    const times =
      (n: number): F =>
      (x) =>
        Array.from({ length: n }).reduce<Tensor>((y) => div(add(y, 1), sub(y, 3)), x!);
    expect([isStraight(times(2), [[64]]), isStraight(times(2), [[65]])]).toEqual([true, false]);
    expect([isStraight(times(340), [[4]]), isStraight(times(342), [[4]])]).toEqual([true, false]);
    const [small, large] = [340, 342].map((n) => runCompiled(times(n), [{ shape: [4] }], [[0.1, 0.2, 0.3, 0.4]])[0]!);
    const two = runCompiled(times(2), [{ shape: [4] }], [[...small!]])[0]!;
    expect(sameBits(two, large!)).toBe(true);
  });
});
