import { expect, it } from "vitest";
import { canonical } from "./canonical.js";
import { count, percent, show, withError } from "./words.js";

it("show writes the digits asked for, groups thousands and uses powers of ten outside 1e-3 to 1e6", () => {
  expect([0, 20, 19.9678, 1190, 123456.7, 0.5, -0.0123456].map((x) => show(x))).toEqual([
    "0",
    "20",
    "19.97",
    "1,190",
    "123,457",
    "0.5",
    "-0.01235",
  ]);
  expect([1e6, 3.1e-7, 8.41e299, 9.9999e-4].map((x) => show(x))).toEqual(["1e6", "3.1e-7", "8.41e299", "1e-3"]);
  expect([NaN, Infinity, -Infinity].map((x) => show(x))).toEqual(["unknown", "∞", "-∞"]);
});

it("withError shows two digits of the error and the value to the same place", () => {
  expect(withError(19.8954, 0.0593)).toBe("19.895 ± 0.059");
  expect(withError(4.187e-4, 1.92e-5)).toBe("(4.19 ± 0.19)e-4");
  expect(withError(-0.00001, 0.0031)).toBe("-0.0000 ± 0.0031");
  expect(withError(1.5e-5, 3.1e-5)).toBe("(1.5 ± 3.1)e-5");
  expect(withError(1234.5, 120)).toBe("1,235 ± 120");
  expect(withError(2, 0)).toBe("2");
  expect(withError(2, NaN)).toBe("2");
  expect(withError(NaN, 1)).toBe("unknown");
});

it("percent and count", () => {
  expect(percent(0.975)).toBe("97.5\u00a0%");
  expect(percent(NaN)).toBe("unknown");
  expect([count(1, "step"), count(5000, "step")]).toEqual(["1 step", "5,000 steps"]);
});

it("canonical does not depend on the order of keys", () => {
  expect(canonical({ b: [1, { d: null, c: "x" }], a: undefined })).toBe('{"b":[1,{"c":"x","d":null}]}');
  expect(canonical({ x: 1, y: 2 })).toBe(canonical({ y: 2, x: 1 }));
});
