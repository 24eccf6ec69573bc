import { describe, expect, test } from "vitest";
import { add as add2, compile, constant as constantOf, hvp, jvp, mul, grad, scan, simplify, sum, tanh, trace, valueAndGrad, vjp, sech2, type Tensor } from "../index.js";
import { topological } from "../tensor.js";
import { truth } from "../../../../test/support/truth.js";
import { draw, generator, networks, operations, type Case } from "../../../../test/support/cases.js";

type Scalar = (...xs: Tensor[]) => Tensor;

/** The case as a scalar function: its results weighted with fixed numbers and added. */
function scalar(c: Case): Scalar {
  const u = generator(99);
  const weights = new Map<number, number[]>();
  return (...xs) => {
    const r = c.f(...xs);
    const outs = (Array.isArray(r) ? r : [r]) as Tensor[];
    return outs.map((t, i) => {
      const n = t.shape.reduce((a, b) => a * b, 1);
      if (!weights.has(i)) weights.set(i, Array.from({ length: n }, () => u() - 0.5));
      return sum(mul(t, constantOf(weights.get(i)!, t.shape)));
    }).reduce((a, b) => add2(a, b));
  };
}

/** Value and the first three derivatives at x along v, one compiled program for any t in x + t v. */
function along(f: Scalar, c: Case, forward: boolean): (t: number) => number[] {
  const [x, ...rest] = draw(c, 5) as [Float64Array, ...Float64Array[]];
  const v = draw({ ...c, range: [-1, 1] }, 6)[0]!;
  const first = (y: Tensor, w: Tensor, ...r: Tensor[]): Tensor =>
    forward ? jvp((z) => f(z, ...r), [y], [w]).tangents[0]! : sum(mul(grad(f)(y, ...r), w));
  const second = (y: Tensor, w: Tensor, ...r: Tensor[]): Tensor =>
    forward ? jvp((z) => first(z, w, ...r), [y], [w]).tangents[0]! : sum(mul(hvp(f)(y, w, ...r), w));
  const third = (y: Tensor, w: Tensor, ...r: Tensor[]): Tensor =>
    forward ? jvp((z) => second(z, w, ...r), [y], [w]).tangents[0]! : sum(mul(grad((z: Tensor) => second(z, w, ...r))(y), w));
  const p = compile((y, w, ...r) => [f(y, ...r), first(y, w, ...r), second(y, w, ...r), third(y, w, ...r)],
    [c.shapes[0]!, c.shapes[0]!, ...c.shapes.slice(1)].map((shape) => ({ shape })));
  return (t) => {
    p.inputs[0]!.set(x.map((xi, i) => xi + t * v[i]!));
    p.inputs[1]!.set(v);
    rest.forEach((r, i) => p.inputs[2 + i]!.set(r));
    p.run();
    return p.outputs.map((o) => o[0]!);
  };
}

/** d/dt of all components at 0 by central differences of order 8, error about 1e-13. */
function difference(g: (t: number) => number[], h: number): number[] {
  const weights = [4 / 5, -1 / 5, 4 / 105, -1 / 280];
  const out = g(0).map(() => 0);
  weights.forEach((w, i) => {
    const plus = g((i + 1) * h);
    const minus = g(-(i + 1) * h);
    plus.forEach((p, j) => (out[j]! += (w * (p - minus[j]!)) / h));
  });
  return out;
}

const smooth = [...operations.filter((c) => c.smooth !== false), ...networks];

describe("derivatives to third order, forward and reverse: relative error below 1e-9", () => {
  for (const c of smooth) {
    test(c.name, () => {
      const f = scalar(c);
      const forward = along(f, c, true);
      const reverse = along(f, c, false);
      const exact = forward(0);
      const back = reverse(0);
      // Differences of one order are the truth for the next; the scale guards derivatives that vanish.
      const numeric = difference(forward, c.kinks ? 1e-4 : 0.002);
      const scale = Math.max(...exact.map(Math.abs), 1e-3);
      for (const order of [1, 2, 3]) {
        expect(Math.abs(exact[order]! - numeric[order - 1]!), `order ${order}, forward ${exact[order]} against ${numeric[order - 1]}`).toBeLessThan(1e-9 * scale);
        expect(Math.abs(exact[order]! - back[order]!), `order ${order}, forward ${exact[order]} against reverse ${back[order]}`).toBeLessThan(1e-11 * scale);
      }
    });
  }
});

describe("adjoint identity <w, J v> = <J^T w, v> to 1e-12, and for the derivative of the derivative", () => {
  for (const c of smooth) {
    test(c.name, () => {
      const f = scalar(c);
      const args = draw(c, 7);
      const vs = draw({ ...c, range: [-1, 1] }, 8);
      const n = c.shapes.length;
      const p = compile((...all) => {
        const xs = all.slice(0, n);
        const v = all.slice(n);
        const outer = (...ys: Tensor[]): Tensor[] => {
          const r = c.f(...ys);
          return (Array.isArray(r) ? r : [r]) as Tensor[];
        };
        const forward = jvp(outer, xs, v);
        const back = vjp(outer, xs);
        const ws = forward.outputs;
        const left = ws.map((w, i) => sum(mul(w, forward.tangents[i]!))).reduce((a, b) => add2(a, b));
        const right = back.pull(ws).map((d, i) => sum(mul(d, v[i]!))).reduce((a, b) => add2(a, b));
        // The same for the gradient's own derivative: a Hessian is symmetric.
        const g = (y: Tensor): Tensor => grad(f)(y, ...xs.slice(1));
        const h1 = sum(mul(xs[0]!, jvp(g, [xs[0]!], [v[0]!]).tangents[0]!));
        const h2 = sum(mul(v[0]!, vjp(g, [xs[0]!]).pull([xs[0]!])[0]!));
        return [left, right, h1, h2];
      }, [...c.shapes, ...c.shapes].map((shape) => ({ shape })));
      [...args, ...vs].forEach((a, i) => p.inputs[i]!.set(a));
      p.run();
      const [left, right, h1, h2] = p.outputs.map((o) => o[0]!) as [number, number, number, number];
      expect(Math.abs(left - right)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(left)));
      expect(Math.abs(h1 - h2)).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(h1)));
    });
  }
});

test("tanh' = sech2 keeps its digits where tanh saturates, to third order", () => {
  const x = [0.5, 3, 5, 10, 20, -20];
  const d1 = (y: Tensor): Tensor => jvp((z) => tanh(z), [y], [constantOf(new Float64Array(6).fill(1))]).tangents[0]!;
  const d2 = (y: Tensor): Tensor => jvp(d1, [y], [constantOf(new Float64Array(6).fill(1))]).tangents[0]!;
  const p = compile((y) => [d1(y), d2(y), sech2(y)], [{ shape: [6] }]);
  p.inputs[0]!.set(x);
  p.run();
  x.forEach((xi, i) => {
    const { value, power } = truth["sech2"]!(xi);
    const exact = Number(value >> 220n) * 2 ** (power - 100);
    expect(Math.abs(p.outputs[0]![i]! / exact - 1)).toBeLessThan(1e-15);
    expect(Math.abs(p.outputs[1]![i]! / (-2 * Math.tanh(xi) * exact) - 1)).toBeLessThan(1e-14);
  });
});

test("the gradient through scan is the unrolled gradient, and the plain forward loop is not run twice", () => {
  const w = constantOf([0.3, -0.8, 0.5, 0.9], [2, 2]);
  const step = (h: Tensor): Tensor => tanh(mul(h, sum(w)));
  const looped = (h: Tensor): Tensor => sum(scan(([s]) => [[step(s!)], []], [h], [], { length: 4 })[0][0]!);
  const unrolled = (h: Tensor): Tensor => sum(step(step(step(step(h)))));
  const p = compile((h) => [grad(looped)(h), grad(unrolled)(h), looped(h)], [{ shape: [2] }]);
  p.inputs[0]!.set([0.4, -1.1]);
  p.run();
  p.outputs[0]!.forEach((v, i) => expect(Math.abs(v - p.outputs[1]![i]!)).toBeLessThan(1e-15));
  const g = simplify(trace((h) => valueAndGrad(looped)(h), [{ dtype: "f64", shape: [2] }]));
  // One loop forward (which also keeps its carries) and one backward.
  expect(topological(g.outputs).filter((t) => t.op.name === "scan").length).toBe(2);
});
