import { compile, grad } from "#engine";
import { describe, expect, it } from "vitest";
import { crossEntropy, losses, square } from "./losses.js";

function evaluate(
  loss: typeof square,
  prediction: number[],
  target: number[],
  columns: number,
): { value: number; gradient: number[] } {
  const shape = [prediction.length / columns, columns];
  const p = compile((y, t) => [loss(y, t), grad(loss)(y, t)], [{ shape }, { shape }]);
  p.inputs[0]!.set(prediction);
  p.inputs[1]!.set(target);
  p.run();
  return { value: p.outputs[0]![0]!, gradient: Array.from(p.outputs[1]!) };
}

describe("square", () => {
  it("is 1/(2N) times the sum over samples and outputs, with gradient (y - t) / N", () => {
    const { value, gradient } = evaluate(square, [1, 2, 3, 4], [0, 0, 3, 6], 2);
    expect(value).toBe((1 + 4 + 0 + 4) / 4);
    expect(gradient).toEqual([0.5, 1, 0, -1]);
  });
});

describe("crossEntropy", () => {
  it("is log of the number of classes for equal predictions", () => {
    expect(evaluate(crossEntropy, [5, 5, 5, 5], [0, 1, 0, 0], 4).value).toBeCloseTo(Math.log(4), 15);
  });

  it("has the gradient (softmax - target) / N", () => {
    const y = [0.3, -1, 2, 0, 0.5, 1];
    const t = [0, 1, 0, 1, 0, 0];
    const { gradient } = evaluate(crossEntropy, y, t, 3);
    for (let i = 0; i < 2; i++) {
      const e = y.slice(3 * i, 3 * i + 3).map(Math.exp);
      const z = e[0]! + e[1]! + e[2]!;
      for (let j = 0; j < 3; j++) expect(Math.abs(gradient[3 * i + j]! - (e[j]! / z - t[3 * i + j]!) / 2)).toBeLessThan(1e-15);
    }
  });

  it("stays finite where exp overflows", () => {
    const { value, gradient } = evaluate(crossEntropy, [1000, 0, -1000], [0, 1, 0], 3);
    expect(value).toBe(1000);
    expect(gradient).toEqual([1, -1, 0]);
  });
});

it.each(losses.map((l) => l.name))("%s refuses shapes that differ, and names both", (name) => {
  const { apply } = losses.find((l) => l.name === name)!;
  expect(() => compile((y, t) => apply(y, t), [{ shape: [4, 3] }, { shape: [4, 1] }])).toThrow(
    /\[4, 3\] and targets of shape \[4, 1\]/,
  );
});
