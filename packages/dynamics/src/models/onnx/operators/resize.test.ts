import { describe, expect, test } from "vitest";
import { evaluate } from "#engine";
import { onnxFile, type WrittenModel } from "../../../../../../test/support/onnx.js";
import { readOnnx } from "../model.js";
import { onnxProgram } from "../program.js";

type Attributes = WrittenModel["nodes"][number]["attributes"];

/** Resize along the last axis of one row; `given` says which input holds the numbers. */
function resize(
  x: readonly number[],
  given: { scales?: number[]; sizes?: number[] },
  attributes: Attributes = {},
  most?: number,
) {
  const data = given.scales ?? given.sizes!;
  const bytes = onnxFile({
    version: 19,
    nodes: [
      {
        op: "Resize",
        name: "up",
        inputs: given.scales ? ["x", "", "n"] : ["x", "", "", "n"],
        outputs: ["y"],
        attributes: { mode: "linear", ...attributes },
      },
    ],
    weights: [{ name: "n", shape: [data.length], data, ...(given.scales ? {} : { type: 7 as const }) }],
    inputs: { x: [1, "n"] },
    outputs: ["y"],
  });
  const program = onnxProgram(readOnnx(bytes), most === undefined ? {} : { most });
  expect(program.size).toBe(0);
  return [...evaluate((t, z) => program.apply(t!, z!), { data: program.theta }, { shape: [1, x.length], data: x })[0]!];
}

describe("Resize", () => {
  // A polynomial is reproduced away from the ends: lines by linear kernels, parabolas by the cubic one with a = -1/2 (Keys 1981, where its error is of third order).
  test.each([
    ["linear", 1, 0],
    ["cubic", 2, -0.5],
  ])("%s interpolation reproduces polynomials of degree %i", (mode, degree, a) => {
    const f = (t: number): number => (t - 3) ** degree;
    const n = 12;
    for (const wanted of [17, 24, 31, 7]) {
      const y = resize(
        Array.from({ length: n }, (_, i) => f(i)),
        { sizes: [1, wanted] },
        { mode, cubic_coeff_a: { float: a } },
      );
      y.forEach((v, i) => {
        const at = ((i + 0.5) * n) / wanted - 0.5;
        if (at >= 1 && at <= n - 2) expect(v).toBeCloseTo(f(at), 12);
      });
    }
  });

  test("constants stay constants, ends included, whatever the mode and the place of the samples", () => {
    for (const mode of ["nearest", "linear", "cubic"])
      for (const where of ["half_pixel", "pytorch_half_pixel", "half_pixel_symmetric", "align_corners", "asymmetric"])
        for (const wanted of [1, 2, 3, 9])
          for (const v of resize([2, 2, 2, 2], { sizes: [1, wanted] }, { mode, coordinate_transformation_mode: where }))
            expect(v).toBeCloseTo(2, 13);
  });

  // 5 / (10/6) is 3 and 5 / fround(10/6) = 3.0000001 in float64: in float32, in which runtimes count, both are 3.
  test("the nearest element is the one that float32 finds", () => {
    const nearest = { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "ceil" };
    const wanted = [0, 1, 2, 2, 3, 3, 4, 5, 5, 5];
    expect(resize([0, 1, 2, 3, 4, 5], { sizes: [1, 10] }, nearest)).toEqual(wanted);
    expect(resize([0, 1, 2, 3, 4, 5], { scales: [1, Math.fround(10 / 6)] }, nearest)).toEqual(wanted);
  });

  test.each<[string, { scales?: number[]; sizes?: number[] }, Attributes, RegExp]>([
    ["a huge scale", { scales: [1, 1e9] }, {}, /node 0 \(Resize "up"\): a result of shape \[1, 3000000000\].*at most 67108864/],
    ["a huge size", { sizes: [1, 2 ** 40] }, {}, /at most 67108864 are allowed/],
    ["a long axis within the bound", { sizes: [1, 2 ** 21] }, {}, /axis 1 resized to 2097152 elements; at most 1048576/],
    ["a scale that is no number", { scales: [1, NaN] }, {}, /scales \[1, NaN\]; expected positive numbers/],
    ["an infinite scale", { scales: [1, Infinity] }, {}, /expected positive numbers/],
    ["a scale of 0", { scales: [1, 0] }, {}, /expected positive numbers/],
    ["a scale below 0", { scales: [1, -2] }, {}, /expected positive numbers/],
    ["a scale at which nothing is left", { scales: [1, 0.1] }, {}, /axis 1 of 3 elements resized to 0/],
    ["a size of 0", { sizes: [1, 0] }, {}, /axis 1 of 3 elements resized to 0/],
    ["a size below 0", { sizes: [1, -4] }, {}, /a result of shape \[1, -4\]/],
    ["too few scales", { scales: [2] }, {}, /1 scales or sizes for 2 axes/],
    ["too many sizes", { sizes: [1, 2, 3] }, {}, /3 scales or sizes for 2 axes/],
    ["no numbers at all", { scales: [] }, {}, /scales or sizes are needed/],
    ["an axis that is not there", { sizes: [4] }, { axes: [2] }, /axis 2 of a value with 2 axes/],
    ["an axis twice", { sizes: [4, 4] }, { axes: [1, -1] }, /name one twice/],
    ["another mode", { sizes: [1, 4] }, { mode: "lanczos" }, /mode "lanczos"; supported are nearest, linear, cubic/],
    ["a mode from beyond", { sizes: [1, 4] }, { mode: "__proto__" }, /mode "__proto__"/],
    [
      "crops",
      { sizes: [1, 4] },
      { coordinate_transformation_mode: "tf_crop_and_resize" },
      /"tf_crop_and_resize"; supported are half_pixel/,
    ],
    ["another rounding", { sizes: [1, 4] }, { nearest_mode: "even" }, /nearest_mode "even"; supported are round_prefer_floor/],
    ["antialiasing", { sizes: [1, 2] }, { antialias: 1 }, /antialias is on, which is not supported/],
    ["kept proportions", { sizes: [1, 2] }, { keep_aspect_ratio_policy: "not_larger" }, /keep_aspect_ratio_policy "not_larger"/],
  ])("%s is refused by name", (_, given, attributes, message) =>
    expect(() => resize([1, 2, 3], given, attributes)).toThrow(message),
  );
});
