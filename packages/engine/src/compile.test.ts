import { describe, expect, test } from "vitest";
import { catalogue, draw, drawEdges, networks, operations, type Case } from "../../../test/support/cases.js";
import { asList, distance, reorders, runCompiled, runReference, sameBits, specsOf } from "../../../test/support/programs.js";
import * as engine from "./index.js";
import { compile, trace, type DType, type TypedArray } from "./index.js";

/** Relative to the largest result: the bound where a sum takes in the innermost axis, and so may be added up in another order. */
const BOUND = { f64: 1e-13, f32: 1e-5 } as const;

const inexact = (c: Case, dtype: DType): boolean => reorders(trace(c.f, specsOf(c, dtype)));

/** One program, run on each list of arguments. */
function agree(c: Case, dtype: "f64" | "f32", lists: readonly (readonly (readonly number[])[])[], bound: number): void {
  const specs = specsOf(c, dtype);
  const p = compile<TypedArray>(c.f, specs);
  for (const values of lists) {
    values.forEach((v, i) => p.inputs[i]!.set(v));
    p.run();
    runReference(c.f, specs, values).forEach((want, i) => {
      const got = p.outputs[i]!;
      const near = bound > 0 && want.constructor !== Int32Array ? distance(got, want) <= bound : sameBits(got, want);
      if (near) return;
      const at = want.findIndex((v, j) => !Object.is(v, got[j]));
      expect.fail(`output ${i}, element ${at}: compiled ${got[at]}, reference ${want[at]} (${dtype}, bound ${bound})`);
    });
  }
}

const all = [...operations, ...networks];

for (const dtype of ["f64", "f32"] as const) {
  const here = all.filter((c) => dtype === "f64" || !c.f64Only);
  const exact = here.filter((c) => !inexact(c, dtype));
  const summed = here.filter((c) => inexact(c, dtype));

  describe(`compiled = reference in ${dtype}, bit for bit`, () => {
    for (const c of exact)
      test(c.name, () =>
        agree(
          c,
          dtype,
          [1, 2].map((seed) => draw(c, seed)),
          0,
        ),
      );
  });
  describe(`compiled = reference in ${dtype} to ${BOUND[dtype]} of the largest result: sums over the innermost axis`, () => {
    for (const c of summed)
      test(c.name, () =>
        agree(
          c,
          dtype,
          [1, 2].map((seed) => draw(c, seed)),
          BOUND[dtype],
        ),
      );
  });
  describe(`compiled = reference in ${dtype}, bit for bit, on zeros, infinities, NaN and the ends of the range`, () => {
    for (const c of exact)
      test(c.name, () =>
        agree(
          c,
          dtype,
          [0, 1, 2].map((seed) => drawEdges(c, seed)),
          0,
        ),
      );
  });
}

describe("the catalogue", () => {
  /** Not operations on tensors: transformations, programs and their parts, each tested in a file of its own. */
  const others = [
    "compile",
    "constant",
    "evaluate",
    "grad",
    "hvp",
    "input",
    "copiesWithin",
    "curved",
    "interpret",
    "jacobian",
    "jvp",
    "print",
    "randomKey",
    "scalarMath",
    "simplify",
    "threads",
    "trace",
    "valueAndGrad",
    "vjp",
    "vmap",
    "workingSet",
  ];
  test("holds every exported operation and nothing else", () => {
    expect([...Object.keys(catalogue), ...others].sort()).toEqual(Object.keys(engine).sort());
    for (const [name, cases] of Object.entries(catalogue)) expect(cases.length, name).toBeGreaterThan(0);
  });

  test("tries both ways of adding up, and most cases are exact", () => {
    const exact = all.filter((c) => !inexact(c, "f64")).length;
    expect(exact).toBeGreaterThan(0.8 * all.length);
    expect(exact).toBeLessThan(all.length);
  });
});

describe("programs", () => {
  test("run again on new inputs, and iterate feeds outputs back", () => {
    const p = compile((x) => engine.mul(x, 2), [{ shape: [3] }]);
    p.inputs[0]!.set([1, 2, 3]);
    p.iterate(5);
    expect([...p.outputs[0]!]).toEqual([32, 64, 96]);
    p.iterate(1);
    expect([...p.outputs[0]!]).toEqual([64, 128, 192]);
    p.inputs[0]!.set([1, 1, 1]);
    p.run();
    expect([[...p.inputs[0]!], [...p.outputs[0]!]]).toEqual([
      [1, 1, 1],
      [2, 2, 2],
    ]);
  });

  test("iterate(0) changes nothing", () => {
    const p = compile((x) => engine.mul(x, 2), [{ shape: [1] }]);
    p.inputs[0]![0] = 3;
    p.iterate(0);
    expect([p.inputs[0]![0], p.outputs[0]![0]]).toEqual([3, 0]);
  });

  test("iterate swaps outputs that are each other's inputs, and leaves what is not state", () => {
    const p = compile((a, b, c) => [b, a, engine.add(a, c)], [{ shape: [2] }, { shape: [2] }, { shape: [2] }], { state: 2 });
    p.inputs.forEach((x, i) => x.fill(i + 1));
    p.iterate(3);
    expect(p.inputs.map((x) => x[0])).toEqual([2, 1, 3]);
    expect(p.outputs.map((x) => x[0])).toEqual([2, 1, 4]);
  });

  test("an input may be an output, twice, beside a constant and a view of itself", () => {
    const f = (x: engine.Tensor): engine.Tensor[] => [
      x,
      x,
      engine.transpose(x),
      engine.constant([7, 8], [2]),
      engine.reshape(x, [6]),
      engine.mul(x, 1),
    ];
    const [values, specs] = [[[1, 2, 3, 4, 5, 6]], [{ shape: [2, 3] }]];
    expect(runCompiled(f, specs, values)).toEqual(runReference(f, specs, values));
  });

  test("one result under several names is computed into each", () => {
    const f = (x: engine.Tensor): readonly engine.Tensor[] => {
      const y = engine.tanh(x);
      return asList([y, y, engine.reshape(y, [2, 2]), engine.flip(y), engine.concat([y, y])]);
    };
    const [values, specs] = [[[1, 2, 3, 4]], [{ shape: [4] }]];
    expect(runCompiled(f, specs, values)).toEqual(runReference(f, specs, values));
  });

  test("300 live in one process, one after another: what is no longer used goes", () => {
    for (let i = 0; i < 300; i++) {
      const p = compile((x) => engine.mul(x, i), [{ shape: [4] }]);
      p.inputs[0]!.fill(2);
      p.run();
      expect(p.outputs[0]![3]).toBe(2 * i);
    }
  });

  // Chromium has addresses for about 125 memories at a time.
  test("80 live side by side", () => {
    const many = Array.from({ length: 80 }, (_, i) => compile((x) => engine.mul(x, i), [{ shape: [4] }]));
    many.forEach((p) => p.inputs[0]!.fill(2));
    many.forEach((p) => p.run());
    expect(many.map((p) => p.outputs[0]![3])).toEqual(many.map((_, i) => 2 * i));
  });

  test("an index outside the rows reads or adds to the nearest row", () => {
    const f = (x: engine.Tensor, i: engine.Tensor): engine.Tensor[] => [
      engine.take(x, i),
      engine.segmentSum(engine.take(x, i), i, 2),
    ];
    const got = runCompiled(
      f,
      [{ shape: [3] }, { shape: [4], dtype: "i32" }],
      [
        [5, 6, 7],
        [-1, 3, 2147483647, -2147483648],
      ],
    );
    expect(got.map((y) => [...y])).toEqual([
      [5, 7, 7, 5],
      [10, 14],
    ]);
  });

  test("sizes are told in bytes", () => {
    const { size } = compile((x) => engine.sum(x), [{ shape: [100_000] }]);
    expect(size.memory).toBeGreaterThanOrEqual(800_000);
    expect(size.memory % 65536).toBe(0);
    expect(size.code).toBeGreaterThan(0);
  });
});
