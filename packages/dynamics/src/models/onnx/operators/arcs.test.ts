import { describe, expect, test } from "vitest";
import { compile, constant, jvp, type Tensor } from "#engine";
import { onnxFile } from "../../../../../../test/support/onnx.js";
import { readOnnx } from "../model.js";
import { onnxProgram } from "../program.js";

/** The value and the first three derivatives at each place. */
function derivatives(op: string, at: readonly number[]): number[][] {
  const program = onnxProgram(
    readOnnx(onnxFile({ nodes: [{ op, inputs: ["x"], outputs: ["y"] }], inputs: { x: [at.length] }, outputs: ["y"] })),
  );
  const ones = constant(at.map(() => 1));
  const step = (f: (x: Tensor) => Tensor) => (x: Tensor) => jvp((z) => f(z!), [x], [ones]).tangents[0]!;
  const f0 = (x: Tensor): Tensor => program.apply(constant([]), x)[0]!;
  const [f1, f2, f3] = [step(f0), step(step(f0)), step(step(step(f0)))];
  const p = compile((x) => [f0(x!), f1(x!), f2(x!), f3(x!)], [{ shape: [at.length] }]);
  p.inputs[0]!.set(at);
  p.run();
  return p.outputs.map((y) => Array.from(y));
}

const PLACES = [-0.984375, -0.75, -0.3125, -1e-9, 0, 0.1875, 0.5, 0.671875, 0.96875];
const WIDE = [-1e8, -30, -1.0001, -1, ...PLACES, 1, 1.5, 40, 1e6];

// Derivatives in closed form; values by JavaScript's own functions, which tests may use.
describe.each<[string, readonly number[], (x: number) => readonly number[]]>([
  ["Atan", WIDE, (x) => [Math.atan(x), 1 / (1 + x * x), (-2 * x) / (1 + x * x) ** 2, (6 * x * x - 2) / (1 + x * x) ** 3]],
  ["Asin", PLACES, (x) => [Math.asin(x), (1 - x * x) ** -0.5, x * (1 - x * x) ** -1.5, (1 + 2 * x * x) * (1 - x * x) ** -2.5]],
  [
    "Acos",
    PLACES,
    (x) => [Math.acos(x), -((1 - x * x) ** -0.5), -x * (1 - x * x) ** -1.5, -(1 + 2 * x * x) * (1 - x * x) ** -2.5],
  ],
  ["Asinh", WIDE, (x) => [Math.asinh(x), (1 + x * x) ** -0.5, -x * (1 + x * x) ** -1.5, (2 * x * x - 1) * (1 + x * x) ** -2.5]],
  [
    "Acosh",
    [1.01, 1.5, 3, 1e5],
    (x) => [Math.acosh(x), (x * x - 1) ** -0.5, -x * (x * x - 1) ** -1.5, (2 * x * x + 1) * (x * x - 1) ** -2.5],
  ],
  ["Atanh", PLACES, (x) => [Math.atanh(x), 1 / (1 - x * x), (2 * x) / (1 - x * x) ** 2, (2 + 6 * x * x) / (1 - x * x) ** 3]],
])("%s", (op, places, exact) => {
  const found = derivatives(op, places);
  test.each([0, 1, 2, 3])("derivative %i", (order) => {
    places.forEach((x, i) => {
      const wanted = exact(x)[order]!;
      // Rounding of some ten operations; places are binary fractions, so that the closed forms lose nothing in 1 - x².
      const scale = Math.max(Math.abs(wanted), ...(order > 0 ? [Math.abs(exact(x)[order - 1]!)] : []));
      expect(Math.abs(found[order]![i]! - wanted), `${op} at ${x}: ${found[order]![i]} for ${wanted}`).toBeLessThanOrEqual(
        1e-13 * scale,
      );
    });
  });
});

test("at the ends and beyond them", () => {
  expect(derivatives("Atan", [Infinity, -Infinity, NaN])[0]).toEqual([Math.PI / 2, -Math.PI / 2, NaN]);
  expect(derivatives("Asin", [1, -1, 1.1])[0]).toEqual([Math.PI / 2, -Math.PI / 2, NaN]);
  expect(derivatives("Acos", [1, -1, -1.1])[0]).toEqual([0, Math.PI, NaN]);
  expect(derivatives("Acosh", [1, 0.5])[0]).toEqual([0, NaN]);
  expect(derivatives("Atanh", [1, -1, 2])[0]).toEqual([Infinity, -Infinity, NaN]);
  expect(derivatives("Asinh", [Infinity, -Infinity, 1e200])[0]).toEqual([Infinity, -Infinity, Math.asinh(1e200)]);
});
