// What a loop captures: operands are computed once outside, and repetitions of small ones are not written out.
import { describe, expect, it } from "vitest";
import { evaluate, trace } from "../index.js";
import type { Tensor } from "../tensor.js";
import { constant } from "../tensor.js";
import { add, mul, sin } from "./elementwise.js";
import { matmul } from "./dot.js";
import { scan } from "./scan.js";
import { broadcastTo, reshape } from "./views.js";

const n = 50;
/** x <- f(x, h), three times. */
const thrice =
  (f: (x: Tensor, h: Tensor) => Tensor) =>
  (x: Tensor, h: Tensor): Tensor =>
    scan(([y]) => [[f(y!, h)], []], [x], [], { length: 3 })[0][0]!;
const captured = (f: (x: Tensor, h: Tensor) => Tensor): number[] => {
  const { outputs } = trace(thrice(f), [
    { dtype: "f64", shape: [n] },
    { dtype: "f64", shape: [] },
  ]);
  const loop = outputs[0]!.inputs[0]!;
  return loop.inputs.slice(0, (loop.attrs as { consts: number }).consts).map((x) => x.shape.reduce((a, b) => a * b, 1));
};

describe("operands of a loop", () => {
  it("are none where elementwise operations want numbers", () => {
    expect(captured((x) => add(mul(2, x), broadcastTo(constant(1), [n])))).toEqual([]);
  });
  it("are the small tensor where elementwise operations want its repetitions", () => {
    expect(captured((x, h) => mul(h, x))).toEqual([1]);
    expect(captured((x, h) => mul(reshape(broadcastTo(mul(2, h), [1, n]), [n]), x))).toEqual([1]);
  });
  it("are what it is for all other operations", () => {
    expect(captured((x, h) => reshape(matmul(broadcastTo(h, [n, n]), reshape(x, [n, 1])), [n]))).toEqual([n * n]);
    expect(captured((_, h) => broadcastTo(h, [n]))).toEqual([n]);
  });
  it("change no result", () => {
    const start = Float64Array.from({ length: n }, (_, i) => i / n);
    const [found] = evaluate(
      thrice((x, h) => sin(add(mul(h, x), 0.1))),
      { data: start },
      { data: [1.3], shape: [] },
    );
    let [x] = evaluate((v) => v, { data: start });
    for (let i = 0; i < 3; i++) [x] = evaluate((v) => sin(add(mul(1.3, v), 0.1)), { data: x! });
    expect(found).toEqual(x);
  });
});
