import * as e from "#engine";
import { floats, indices, over, type Case } from "./case.js";

const loop = (...r: ReturnType<typeof e.scan>): readonly e.Tensor[] => r.flat();

/** Control and random bits, by the name under which the engine exports them. */
export const control: Record<string, readonly Case[]> = {
  scan: [
    ...over("scan", (h, w) => loop(...e.scan(([s]) => [[e.tanh(e.matmul(s!, w))], [e.mul(s!, 2)]], [h], [], { length: 5 })), [
      [
        [1, 3],
        [3, 3],
      ],
    ]),
    ...over("scan over xs", (h, xs) => loop(...e.scan(([s], [x]) => [[e.add(e.mul(s!, 0.5), x!)], [e.mul(s!, x!)]], [h], [xs])), [
      [[3], [4, 3]],
      [[], [5]],
      [
        [2, 2],
        [1, 2, 2],
      ],
    ]),
    ...over(
      "scan in reverse",
      (h, xs) => loop(...e.scan(([s], [x]) => [[e.sin(e.add(s!, x!))], [e.mul(s!, x!)]], [h], [xs], { reverse: true })),
      [[[3], [4, 3]]],
    ),
    ...over("scan of length 0", (h, xs) => loop(...e.scan(([s], [x]) => [[e.mul(s!, x!)], [e.sin(s!)]], [h], [xs])), [
      [[2], [0, 2]],
    ]),
    ...over(
      "scan that swaps two carries",
      (a, b) => loop(...e.scan(([s, t]) => [[t!, e.mul(s!, t!)], [s!]], [a, b], [], { length: 3 })),
      [[[2], [2]]],
    ),
    ...over(
      "scan that hands on a carry",
      (a, b) => loop(...e.scan(([s, t]) => [[e.add(s!, e.sin(t!)), t!], [t!]], [a, b], [], { length: 3 })),
      [[[2], [2]]],
    ),
    ...over("scan without a carry", (w, xs) => loop(...e.scan((_, [x]) => [[], [e.matmul(x!, w)]], [], [xs])), [
      [
        [3, 2],
        [4, 2, 3],
      ],
    ]),
    ...over(
      "scan in scan",
      (h) =>
        loop(
          ...e.scan(([s]) => [[e.scan(([t]) => [[e.sin(e.add(t!, s!))], []], [s!], [], { length: 3 })[0][0]!], []], [h], [], {
            length: 2,
          }),
        ),
      [[[4]]],
    ),
    ...over(
      "scan over a scan's results",
      (h, w) => {
        const [, [ys]] = e.scan(([s]) => [[e.sin(e.mul(s!, w))], [e.cos(s!)]], [h], [], { length: 3 });
        return loop(...e.scan(([s], [y]) => [[e.mul(e.add(s!, w), y!)], [e.square(s!)]], [h], [ys!], { reverse: true }));
      },
      [[[2], [2]]],
    ),
    {
      name: "scan with indices in carry and xs",
      f: (x, i) =>
        loop(
          ...e.scan(
            ([s, k], [j]) => [[e.mul(s!, e.take(x, k!)), j!], [e.take(x, j!)]],
            [e.take(x, e.constant(1, [], "i32")), e.constant(0, [], "i32")],
            [i],
          ),
        ),
      args: [...floats([[4]]), indices([2, 3, 1])],
    },
    // A carry may be computed over, and long rows be read where they lie, only where nothing else needs the old carry.
    ...over(
      "scan whose carry is needed after it was computed",
      (h, w) =>
        loop(
          ...e.scan(
            ([s]) => {
              const next = e.sin(s!);
              return [[next], [e.matmul(e.add(e.matmul(next, w), 1), s!)]];
            },
            [h],
            [],
            { length: 3 },
          ),
        ),
      [
        [
          [3, 3],
          [3, 3],
        ],
      ],
    ),
    ...over(
      "scan whose carry is read backwards while it is computed",
      (h) => loop(...e.scan(([s]) => [[e.sub(e.mul(s!, 0.5), e.flip(s!))], [e.roll(s!, 1)]], [h], [], { length: 3 })),
      [[[5]], [[300]]],
    ),
    ...over(
      "scan whose carry meets its own other elements and nothing else",
      (h) => loop(...e.scan(([s]) => [[e.sub(e.mul(s!, 0.5), e.flip(s!))], []], [h], [], { length: 3 })),
      [[[5]], [[300]]],
    ),
    ...over(
      "scan whose carry meets its transpose",
      (h) => loop(...e.scan(([s]) => [[e.sin(e.sub(s!, e.mul(0.3, e.transpose(s!))))], []], [h], [], { length: 3 })),
      [[[4, 4]]],
    ),
    ...over(
      "scan whose carry meets its first element",
      (h) => loop(...e.scan(([s]) => [[e.sub(e.mul(s!, s!), e.at(s!, 0))], []], [h], [], { length: 3 })),
      [[[5]]],
    ),
    ...over(
      "scan of two carries that need each other",
      (a, b) =>
        loop(...e.scan(([s, t]) => [[e.add(s!, e.mul(0.1, t!)), e.sub(t!, e.mul(0.1, s!))], []], [a, b], [], { length: 4 })),
      [[[40], [40]]],
    ),
    {
      name: "scan over long rows of a table and of its carry",
      f: (table, h, i) =>
        loop(
          ...e.scan(
            ([s], [j]) => [
              [e.sub(s!, e.mul(e.take(table, j!), e.take(e.reshape(s!, [20]), j!)))],
              [e.mul(e.take(e.reshape(s!, [1, 20]), e.constant(0, [], "i32")), 2)],
            ],
            [h],
            [i],
          ),
        ),
      args: [...floats([[4, 20], [20]]), indices([2, 0, 3, 1, 2])],
    },
    {
      name: "scan whose carry's row is needed after the carry was computed",
      f: (h, i) =>
        loop(
          ...e.scan(
            ([s], [j]) => {
              const row = e.take(s!, j!);
              return [[e.sub(s!, e.mul(0.5, row))], [e.sum(e.sin(row))]];
            },
            [h],
            [i],
          ),
        ),
      args: [...floats([[2, 20]]), indices([1, 0, 1])],
    },
    {
      name: "scan that takes long rows by an index that it carries",
      f: (table, i) =>
        loop(
          ...e.scan(
            ([s, k], [j]) => [[e.add(e.mul(s!, 0.5), e.take(table, k!)), j!], [e.sum(e.take(table, k!))]],
            [e.at(table, 0), e.constant(3, [], "i32")],
            [i],
          ),
        ),
      args: [...floats([[4, 20]]), indices([2, 0, 1])],
    },
  ],
  whileLoop: [
    ...over(
      "whileLoop",
      (x) => {
        const r = e.whileLoop(
          ([v]) => e.lt(e.sum(v!, 0), 10),
          ([v]) => [e.add(e.mul(v!, v!), 1)],
          [x],
          50,
        );
        return [r.carry[0]!, r.rounds];
      },
      [[[3]]],
      [-1, 1],
      { smooth: "forward" },
    ),
    ...over(
      "whileLoop with captured values and two carries",
      (x, a) => {
        const r = e.whileLoop(
          ([v]) => e.lt(v!, 20),
          ([v, w]) => [e.add(e.mul(v!, e.add(a, 1.5)), 0.5), e.sin(e.add(w!, v!))],
          [x, a],
          50,
        );
        return [...r.carry, r.rounds];
      },
      [[[], []]],
      [0.2, 1],
      { smooth: "forward" },
    ),
    ...over(
      "whileLoop whose condition reads an outside value",
      (x, a) => {
        const r = e.whileLoop(
          ([v]) => e.lt(v!, e.add(a, 20)),
          ([v]) => [e.add(e.mul(v!, e.add(a, 1.5)), 0.5)],
          [x],
          50,
        );
        return [...r.carry, r.rounds];
      },
      [[[], []]],
      [0.2, 1],
      { smooth: "forward" },
    ),
    ...over(
      "whileLoop whose carry meets its own other elements",
      (x) => {
        const r = e.whileLoop(
          ([v]) => e.lt(e.at(v!, 0), 9),
          ([v]) => [e.add(v!, e.add(1, e.mul(0.5, e.flip(v!))))],
          [x],
          50,
        );
        return [...r.carry, r.rounds];
      },
      [[[5]]],
      [-1, 1],
      { smooth: "forward" },
    ),
    ...over(
      "whileLoop stopped by its limit",
      (x) => {
        const r = e.whileLoop(
          () => e.constant(1, [], x.dtype),
          ([v]) => [e.sin(v!)],
          [x],
          4,
        );
        return [r.carry[0]!, r.rounds];
      },
      [[[2]]],
      [-1, 1],
      { smooth: "forward" },
    ),
    ...over(
      "whileLoop that never runs",
      (x) => {
        const r = e.whileLoop(
          ([v]) => e.lt(e.amax(v!), -9),
          ([v]) => [e.sin(v!)],
          [x],
          4,
        );
        return [r.carry[0]!, r.rounds];
      },
      [[[2]]],
      [-1, 1],
      { smooth: "forward" },
    ),
  ],
  randomBits: [
    {
      name: "randomBits",
      f: (key, step) => e.randomBits(e.floor(key), e.floor(step), 5),
      args: [
        { shape: [2], range: [0, 2 ** 32] },
        { shape: [], range: [0, 1000] },
      ],
      f64Only: true,
    },
    {
      name: "randomBits of a batch",
      f: (key, step) => e.randomBits(e.floor(key), e.floor(step), 3),
      args: [
        { shape: [4, 2], range: [0, 2 ** 32] },
        { shape: [4], range: [0, 1000] },
      ],
      f64Only: true,
    },
  ],
  uniform: [
    {
      name: "uniform",
      f: (key, step) => [e.uniform(e.floor(key), e.floor(step), [9]), e.uniform(e.floor(key), 3, [2, 2], "f32")],
      args: [
        { shape: [2], range: [0, 2 ** 32] },
        { shape: [], range: [0, 1000] },
      ],
      f64Only: true,
    },
  ],
  normal: [
    {
      name: "normal",
      f: (x, step) => [
        e.mul(x, e.normal(e.randomKey(5, 2), e.floor(step), [5])),
        e.normal(e.randomKey(5), 7, [], "f32"),
        e.normal(e.randomKey(1), 0, [0]),
      ],
      args: [{ shape: [5] }, { shape: [], range: [0, 1000] }],
      f64Only: true,
    },
  ],
};
