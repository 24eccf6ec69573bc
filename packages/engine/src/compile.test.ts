import { describe, expect, test } from "vitest";
import * as engine from "./index.js";
import { compile, evaluate, stack, vmap, type Tensor } from "./index.js";
import { draw, networks, operations, type Case } from "../../../test/support/cases.js";

const close = (a: number, b: number): boolean => Object.is(a, b) || Math.abs(a - b) <= 1e-13 * Math.max(1, Math.abs(b));

function agree(c: Case, dtype: "f64" | "f32"): void {
  const args = draw(c, 1).map((a) => (dtype === "f32" ? a.map(Math.fround) : a));
  const program = compile<Float64Array>(c.f, c.shapes.map((shape) => ({ shape, dtype })));
  args.forEach((a, i) => program.inputs[i]!.set(a));
  program.run();
  evaluate(c.f, ...args.map((data, i) => ({ data, shape: c.shapes[i]!, dtype }))).forEach((want, i) => {
    want.forEach((v, j) => {
      const got = program.outputs[i]![j]!;
      const same = c.sums ? (dtype === "f64" ? close(got, v) : Math.abs(got - v) <= 1e-5 * Math.max(1, Math.abs(v))) : Object.is(got, v);
      expect(same, `output ${i}[${j}]: compiled ${got}, reference ${v}`).toBe(true);
    });
  });
}

describe("compiled programs give the reference's bits (sums over a contiguous last axis: to 1e-13)", () => {
  for (const c of [...operations, ...networks]) test(c.name, () => agree(c, "f64"));
});

describe("in f32 as well (sums to 1e-5)", () => {
  const f64Only = ["uniform and normal", "randomBits", "argmax, cast"];
  for (const c of operations.filter((o) => !f64Only.includes(o.name))) test(c.name, () => agree(c, "f32"));
});

describe("vmap is the loop over members", () => {
  for (const c of operations.filter((o) => !o.name.startsWith("sum of many"))) {
    test(c.name, () => {
      const members = [draw(c, 2), draw(c, 3), draw(c, 4)];
      const batched = (...xs: Tensor[]): readonly Tensor[] => {
        const r = vmap(c.f)(...xs);
        return Array.isArray(r) ? r : [r as Tensor];
      };
      const all = members[0]!.map((_, i) => ({ data: members.flatMap((m) => [...m[i]!]), shape: [3, ...c.shapes[i]!] }));
      const got = evaluate(batched, ...all);
      members.forEach((m, k) => {
        evaluate(c.f, ...m.map((data, i) => ({ data, shape: c.shapes[i]! }))).forEach((want, i) => {
          want.forEach((v, j) => expect(close(got[i]![k * want.length + j]!, v), `member ${k}, output ${i}[${j}]`).toBe(true));
        });
      });
      // The compiled batch agrees with its own reference.
      agree({ ...c, f: batched, shapes: all.map((a) => a.shape), sums: true }, "f64");
    });
  }
});

test("every function of the public interface stands in a case", () => {
  const helpers = new Set(["compile", "constant", "evaluate", "grad", "hvp", "input", "interpret", "jacobian", "jvp", "print", "randomKey", "scalarMath", "simplify", "threads", "trace", "valueAndGrad", "vjp", "vmap"]);
  const text = [...operations, ...networks].map((c) => `${c.name} ${String(c.f)}`).join("\n");
  const missing = Object.keys(engine).filter((name) => !helpers.has(name) && !new RegExp(`\\b${name}\\b`).test(text));
  expect(missing).toEqual([]);
});

test("a program runs again on new inputs, and iterate feeds outputs back", () => {
  const p = compile((x) => [engine.mul(x, 2)], [{ shape: [3] }]);
  p.inputs[0]!.set([1, 2, 3]);
  p.iterate(5);
  expect([...p.outputs[0]!]).toEqual([32, 64, 96]);
  p.iterate(1);
  expect([...p.outputs[0]!]).toEqual([64, 128, 192]);
});

test("300 programs live in one process", () => {
  for (let i = 0; i < 300; i++) {
    const p = compile((x) => engine.mul(x, i), [{ shape: [4] }]);
    p.inputs[0]!.fill(1);
    p.run();
    expect(p.outputs[0]![0]).toBe(i);
  }
});

test("misuse names what was given, what is allowed and the remedy", () => {
  const x = engine.input([3]);
  const y = engine.input([4]);
  expect(() => engine.add(x, y)).toThrow("add: shapes [3] and [4] do not broadcast");
  expect(() => engine.add(x, engine.input([3], "f32"))).toThrow('operands are f64 and f32; convert one with cast(x, "f64")');
  expect(() => engine.matmul(engine.input([2, 3]), engine.input([4, 5]))).toThrow("f64 [2, 3] times f64 [4, 5] does not fit");
  expect(() => engine.reshape(x, [2, 2])).toThrow("[3] has 3 elements and cannot become [2, 2]");
  expect(() => engine.grad((t) => t)(x)).toThrow("must return one scalar, got [3]");
  expect(() => engine.scan(([c]) => [[engine.sum(c!)], []], [x], [], { length: 2 })).toThrow("the carry must keep its types");
  expect(() => engine.grad((t) => engine.sum(engine.whileLoop(([v]) => engine.lt(engine.sum(v!), 1), ([v]) => [engine.add(v!, 1)], [t], 9).carry[0]!))(x)).toThrow("use scan");
  expect(() => compile((t) => [t], [{ shape: [2] }]).iterate(-1)).toThrow("n must be an integer from 0");
  expect(() => engine.constant([1, 2], [3])).toThrow("2 numbers given for shape [3]");
  expect(stack([x, x]).shape).toEqual([2, 3]);
});
