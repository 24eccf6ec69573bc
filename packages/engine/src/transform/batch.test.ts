import { describe, expect, test } from "vitest";
import { batch, batchable } from "../../../../test/support/batches.js";
import { draw, type Case } from "../../../../test/support/cases.js";
import { distance, reorders, runCompiled, runReference, sameBits, specsOf } from "../../../../test/support/programs.js";
import {
  jvp,
  add,
  compile,
  constant,
  evaluate,
  lt,
  matmul,
  mul,
  scan,
  select,
  sin,
  trace,
  vmap,
  whileLoop,
  type Tensor,
} from "../index.js";

/** Which arguments carry the batch: every non-empty choice of at most three, each alone and all together for more. */
function choices(c: Case): (0 | null)[][] {
  const free = c.args.flatMap((a, i) => (a.shared ? [] : [i]));
  const sets =
    free.length <= 3
      ? Array.from({ length: 2 ** free.length - 1 }, (_, s) => free.filter((_i, j) => ((s + 1) >> j) & 1))
      : [...free.map((i) => [i]), free];
  return sets.map((set) => c.args.map((_, i) => (set.includes(i) ? 0 : null)));
}

describe("vmap in the reference is the loop over members, bit for bit, whichever arguments carry the batch", () => {
  for (const c of batchable) {
    test(c.name, () => {
      for (const axes of choices(c)) {
        const b = batch(c, axes);
        const got = runReference(b.f, b.specs, b.args);
        b.members.forEach((member, k) => {
          runReference(c.f, specsOf(c), member).forEach((want, i) => {
            const part = got[i]!.slice(k * want.length, (k + 1) * want.length);
            expect(sameBits(part, want), `axes ${JSON.stringify(axes)}, member ${k}, output ${i}: ${part} against ${want}`).toBe(
              true,
            );
          });
        });
      }
    });
  }
});

describe("a compiled batch is its reference: bit for bit, or to 1e-13 of the largest result where a sum takes in the innermost axis", () => {
  for (const c of batchable) {
    test(c.name, () => {
      const { f, specs, args } = batch(
        c,
        c.args.map((a) => (a.shared ? null : 0)),
      );
      const bound = reorders(trace(f, specs)) ? 1e-13 : 0;
      const got = runCompiled(f, specs, args);
      runReference(f, specs, args).forEach((want, i) =>
        expect(bound ? distance(got[i]!, want) <= bound : sameBits(got[i]!, want), `output ${i}: ${got[i]} against ${want}`).toBe(
          true,
        ),
      );
    });
  }
});

describe("vmap", () => {
  test("of vmap batches along two axes", () => {
    const f = (x: Tensor, w: Tensor): Tensor => select(lt(x, 0), sin(x), matmul(x, w));
    const both = vmap(vmap(f, [0, null]), [null, 0]);
    const x = draw({ args: [{ shape: [4, 3] }] }, 1)[0]!;
    const w = draw({ args: [{ shape: [2, 3, 3] }] }, 2)[0]!;
    const got = evaluate(both, { data: x, shape: [4, 3] }, { data: w, shape: [2, 3, 3] })[0]!;
    for (let i = 0; i < 2; i++) {
      for (let j = 0; j < 4; j++) {
        const want = evaluate(f, { data: x.slice(3 * j, 3 * j + 3) }, { data: w.slice(9 * i, 9 * i + 9), shape: [3, 3] })[0]!;
        expect(got.slice((i * 4 + j) * 3, (i * 4 + j) * 3 + 3)).toEqual(want);
      }
    }
  });

  test("of batches of 0 and of 1", () => {
    const f = (x: Tensor): Tensor => scan(([s]) => [[sin(matmul(s!, s!))], []], [x], [], { length: 2 })[0][0]!;
    for (const n of [0, 1]) {
      const p = compile(vmap(f), [{ shape: [n, 2, 2] }]);
      p.inputs[0]!.fill(0.5);
      p.run();
      expect([...p.outputs[0]!]).toEqual(n === 0 ? [] : [...evaluate(f, { data: [0.5, 0.5, 0.5, 0.5], shape: [2, 2] })[0]!]);
    }
  });

  test("a while loop over no members ends at once", () => {
    const f = (x: Tensor): Tensor =>
      whileLoop(
        ([v]) => lt(v!, 1),
        ([v]) => [add(v!, 1)],
        [x],
        2147483647,
      ).carry[0]!;
    expect(evaluate(vmap(f), { data: [], shape: [0] })[0]).toEqual(new Float64Array(0));
  });

  test("each member of a while loop stops by its own condition", () => {
    const f = (y: Tensor): Tensor[] => {
      const r = whileLoop(
        ([v]) => lt(v!, 10),
        ([v]) => [mul(v!, 2)],
        [y],
        100,
      );
      return [r.carry[0]!, r.rounds];
    };
    expect(evaluate((x) => vmap(f)(x), { data: [1, 20, 6, 0.5] }).map((y) => [...y])).toEqual([
      [16, 20, 12, 16],
      [4, 0, 1, 5],
    ]);
  });

  test("of the derivative of a while loop whose condition reads a value that is not batched", () => {
    const last = (y: Tensor, c: Tensor): Tensor =>
      whileLoop(
        ([v]) => lt(v!, c),
        ([v]) => [mul(v!, 1.5)],
        [y],
        50,
      ).carry[0]!;
    const tangents = evaluate(
      (x, ws, c) => vmap((w) => jvp((y) => last(y!, c!), [x!], [w!]).tangents[0]!)(ws!),
      { data: [1], shape: [] },
      { data: [1, 2] },
      { data: [5], shape: [] },
    );
    expect([...tangents[0]!]).toEqual([1.5 ** 4, 2 * 1.5 ** 4]);
  });

  test("a result that no argument reaches is repeated", () => {
    expect([...evaluate((x) => vmap(() => constant([4, 5]))(x), { data: [1, 2, 3] })[0]!]).toEqual([4, 5, 4, 5, 4, 5]);
  });
});

describe("a loop of a batch computes once what no copy changes", () => {
  /** Shapes that the only loop of a program carries. */
  const carried = (f: (v: Tensor) => Tensor, shape: number[]): string[] => {
    const graph = trace((v) => f(v!), [{ dtype: "f64", shape }]);
    const seen = new Set<Tensor>();
    const loops: Tensor[] = [];
    const visit = (t: Tensor): void => {
      if (seen.has(t)) return;
      seen.add(t);
      if (t.op.family === "loop") loops.push(t);
      t.inputs.forEach(visit);
    };
    graph.outputs.forEach(visit);
    expect(loops).toHaveLength(1);
    return loops[0]!.outs!.map((o) => o.shape.join());
  };
  const start = constant([1, 2, 3]);

  test("tangents of a scan beside one state", () => {
    const flow = (x: Tensor): Tensor => scan(([y]) => [[add(y!, mul(0.1, sin(y!)))], []], [x], [], { length: 5 })[0][0]!;
    const riding = (v: Tensor): Tensor => vmap((w: Tensor) => jvp((y) => flow(y!), [start], [w]).tangents[0]!)(v) as Tensor;
    expect(carried(riding, [4, 3])).toEqual(["3", "4,3"]);
  });

  test("tangents of a while loop whose condition reads the state alone", () => {
    const flow = (x: Tensor): Tensor =>
      whileLoop(
        ([, left]) => lt(0, left!),
        ([y, left]) => [add(y!, mul(0.1, sin(y!))), add(left!, -1)],
        [x, constant(5)],
        100,
      ).carry[0]!;
    const riding = (v: Tensor): Tensor => vmap((w: Tensor) => jvp((y) => flow(y!), [start], [w]).tangents[0]!)(v) as Tensor;
    const shapes = carried(riding, [4, 3]);
    expect(shapes.slice(0, 2)).toEqual(["3", ""]);
    expect(shapes).toContain("4,3");
  });

  test("but each copy has its own where the condition reads what differs", () => {
    const halved = (x: Tensor): Tensor =>
      whileLoop(
        ([h]) => lt(1, h!),
        ([h]) => [mul(0.5, h!)],
        [x],
        100,
      ).carry[0]!;
    expect(carried((v) => vmap(halved)(v) as Tensor, [4])[0]).toBe("4");
    expect(evaluate((v) => vmap(halved)(v!), { data: [8, 3, 1, 100] })[0]).toEqual(Float64Array.of(1, 0.75, 1, 0.78125));
  });
});
