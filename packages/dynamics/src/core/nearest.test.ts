import { expect, it } from "vitest";
import { editDistance, nearest } from "./nearest.js";

it("editDistance counts insertions, deletions, replacements and swaps of neighbours", () => {
  expect(editDistance("", "abc")).toBe(3);
  expect(editDistance("tahn", "tanh")).toBe(1);
  expect(editDistance("kitten", "sitting")).toBe(3);
  expect(editDistance("ca", "abc")).toBe(3);
});

it("nearest finds what was meant, and nothing when nothing is near", () => {
  const names = ["tanh", "relu", "leaky-relu", "sigmoid"];
  expect(nearest("Relu", names)).toBe("relu");
  expect(nearest("leakyrelu", names)).toBe("leaky-relu");
  expect(nearest("sigmoide", names)).toBe("sigmoid");
  expect(nearest("swish", names)).toBeUndefined();
  expect(nearest("x".repeat(1e6), names)).toBeUndefined();
});
