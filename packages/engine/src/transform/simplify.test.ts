import { describe, expect, test } from "vitest";
import { direction, inner, setting } from "../../../../test/support/setting.js";
import { draw, networks, operations, type Case } from "../../../../test/support/cases.js";
import {
  add,
  compile,
  constant,
  cos,
  div,
  grad,
  input,
  interpret,
  jvp,
  matmul,
  mul,
  neg,
  reshape,
  scan,
  simplify,
  sin,
  sub,
  sum,
  tanh,
  trace,
  transpose,
  valueAndGrad,
  vjp,
  type Tensor,
} from "../index.js";
import { topological } from "../tensor.js";

const count = (outputs: readonly Tensor[]): number => topological(outputs).length;

describe("a simplified graph gives the same numbers", () => {
  /** Derivatives have the zeros, ones, repetitions and second loops that are there to be simplified. */
  const graph = (c: Case) => {
    const { results, numbers, weigh } = setting(c);
    return trace(
      (...all) => {
        const args = all.slice(0, c.args.length);
        const [f, xs, vs] = [results(args), numbers(args), numbers(all.slice(c.args.length))];
        const slope = (...ys: Tensor[]): Tensor[] => jvp(f, ys, vs).tangents;
        return [
          ...f(...xs),
          ...slope(...xs),
          ...(c.smooth === "forward" ? [] : vjp((...ys) => [inner(slope(...ys), weigh())], xs).pull([constant(1)])),
        ];
      },
      [...c.args, ...c.args].map((a) => ({ shape: a.shape, dtype: a.indices ? "i32" : "f64" })),
    );
  };
  for (const c of [...operations, ...networks].filter((o) => o.smooth !== false)) {
    test(c.name, () => {
      const g = graph(c);
      const values = [...draw(c, 3), ...direction(c, 4)].map((v, i) =>
        g.inputs[i]!.dtype === "i32" ? Int32Array.from(v) : Float64Array.from(v),
      );
      const simple = simplify(g);
      expect(count(simple.outputs)).toBeLessThanOrEqual(count(g.outputs));
      const got = interpret(simple, values);
      // Up to the sign of zeros: -0 + 0 may become -0.
      interpret(g, values).forEach((want, i) =>
        expect(
          want.every((w, j) => w === got[i]![j] || (w !== w && got[i]![j] !== got[i]![j])),
          `result ${i}: ${got[i]} against ${want}`,
        ).toBe(true),
      );
    });
  }
});

describe("what is simplified", () => {
  const x = input([2, 3, 4]);
  const one = (f: (t: Tensor) => Tensor): Tensor => simplify({ inputs: [x], outputs: [f(x)] }).outputs[0]!;

  test("products with 1, sums with 0, double negatives, views that undo each other", () => {
    const same = [
      mul(1, x),
      mul(x, 1),
      div(x, 1),
      add(x, 0),
      add(0, x),
      sub(x, 0),
      neg(neg(x)),
      transpose(transpose(x, [1, 2, 0]), [2, 0, 1]),
      reshape(reshape(x, [24]), [2, 3, 4]),
    ];
    same.forEach((t, i) =>
      expect(
        one(() => t),
        `${i}`,
      ).toBe(x),
    );
  });

  test("but nothing that is not the same for every number", () => {
    for (const f of [
      (t: Tensor) => mul(0, t),
      (t: Tensor) => sub(t, t),
      (t: Tensor) => div(t, t),
      (t: Tensor) => sub(0, t),
      (t: Tensor) => div(1, t),
    ]) {
      expect(one(f).op.name).toBe(f(x).op.name);
    }
  });

  test("a column times a row is elementwise, alone and in a batch, with the product's bits", () => {
    const [column, row] = [
      [-0, 2, NaN, -1e200],
      [0, -3, Infinity, 1e200],
    ];
    for (const lead of [[], [2]]) {
      const shapes = [
        [...lead, 4 / (lead[0] ?? 1), 1],
        [...lead, 1, 4 / (lead[0] ?? 1)],
      ];
      const args = shapes.map((shape) => input(shape));
      const plain = { inputs: args, outputs: [matmul(args[0]!, args[1]!)] };
      const simple = simplify(plain);
      expect(topological(simple.outputs).map((t) => t.op.name)).not.toContain("dot");
      const values = [Float64Array.from(column!), Float64Array.from(row!)];
      expect(interpret(simple, values)).toEqual(interpret(plain, values));
    }
  });

  test("views of views are one view", () => {
    const turned = one((t) => transpose(transpose(t, [1, 0, 2]), [1, 2, 0]));
    expect([turned.inputs[0], turned.attrs, turned.shape]).toEqual([x, [0, 2, 1], [2, 4, 3]]);
    expect(one((t) => reshape(reshape(t, [6, 4]), [8, 3])).inputs[0]).toBe(x);
  });

  test("equal expressions are computed once, -0 and 0 apart", () => {
    const { outputs } = simplify(
      trace((a) => [sin(mul(a, 2)), sin(mul(a, 2)), cos(mul(a, 2)), mul(a, 0), mul(a, -0)], [{ dtype: "f64", shape: [3] }]),
    );
    expect(outputs[1]).toBe(outputs[0]);
    expect(outputs[2]!.inputs[0]).toBe(outputs[0]!.inputs[0]);
    expect(outputs[4]).not.toBe(outputs[3]);
  });

  test("the gradient of a scan runs one loop forward and one backward, and equals the unrolled gradient", () => {
    const w = constant([0.3, -0.8, 0.5, 0.9], [2, 2]);
    const step = (h: Tensor): Tensor => tanh(mul(h, sum(w)));
    const looped = (h: Tensor): Tensor => sum(scan(([s]) => [[step(s!)], []], [h], [], { length: 4 })[0][0]!);
    const unrolled = (h: Tensor): Tensor => sum(step(step(step(step(h)))));
    const p = compile((h) => [grad(looped)(h), grad(unrolled)(h), looped(h)], [{ shape: [2] }]);
    p.inputs[0]!.set([0.4, -1.1]);
    p.run();
    p.outputs[0]!.forEach((v, i) => expect(Math.abs(v - p.outputs[1]![i]!)).toBeLessThan(1e-15));
    const { outputs } = simplify(trace((h) => valueAndGrad(looped)(h), [{ dtype: "f64", shape: [2] }]));
    expect(topological(outputs).filter((t) => t.op.name === "scan").length).toBe(2);
  });
});
