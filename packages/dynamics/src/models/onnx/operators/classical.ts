import { abs, add, amax, cast, constant, div, eq, matmul, mul, reshape, select, sqrt, sub, sum, take, transpose } from "#engine";
import type { Operator } from "./operator.js";

const DOMAIN = "ai.onnx.ml";

/** What scikit-learn puts around a network: scaling of the inputs, and linear models. */
export const classical: readonly Operator[] = [
  {
    name: "Scaler",
    domain: DOMAIN,
    build(call) {
      const [offset, scale] = [call.integers("offset") ?? [0], call.integers("scale") ?? [1]];
      return mul(sub(call.tensor(0), constant(offset)), constant(scale));
    },
  },
  {
    name: "LinearRegressor",
    domain: DOMAIN,
    build(call) {
      if (call.text("post_transform", "NONE") !== "NONE") call.fail("a post_transform, which is not supported");
      const x = call.tensor(0);
      const targets = call.integer("targets", 1);
      const weights = call.integers("coefficients") ?? [];
      const width = x.shape[1] ?? 0;
      if (x.shape.length !== 2 || targets < 1 || weights.length !== targets * width)
        call.fail(`${weights.length} coefficients for ${targets} targets and an input [${x.shape.join(", ")}]`);
      return add(matmul(x, transpose(constant(weights, [targets, width]))), constant(call.integers("intercepts") ?? [0]));
    },
  },
  {
    name: "Normalizer",
    domain: DOMAIN,
    build(call) {
      const x = call.tensor(0);
      const last = [x.shape.length - 1];
      const norm = call.text("norm", "MAX");
      const size =
        norm === "L2"
          ? sqrt(sum(mul(x, x), last, true))
          : norm === "L1"
            ? sum(abs(x), last, true)
            : norm === "MAX"
              ? amax(abs(x), last, true)
              : call.fail(`the norm ${JSON.stringify(norm.slice(0, 20))}; supported are MAX, L1 and L2`);
      // A sample of zeros stays one.
      return div(x, select(eq(size, 0), 1, size));
    },
  },
  // A list of dictionaries from classes to their scores: here the scores, a column a class.
  { name: "ZipMap", domain: DOMAIN, build: (call) => call.value(0) },
  {
    name: "ArrayFeatureExtractor",
    domain: DOMAIN,
    build(call) {
      const x = call.tensor(0);
      const picked = call.value(1);
      const length = x.shape.at(-1) ?? 0;
      for (let i = 0; picked.known && i < picked.known.length; i++)
        if (!(picked.known[i]! >= 0 && picked.known[i]! < length))
          call.fail(`index ${picked.known[i]} of an axis of length ${length}`);
      const index = cast(reshape(picked.tensor, [-1]), "i32");
      const axes = Array.from(x.shape.keys());
      const taken = take(transpose(x, [axes.length - 1, ...axes.slice(0, -1)]), index);
      const result = transpose(taken, [...axes.slice(1), 0]);
      return x.shape.length === 1 ? reshape(result, [1, result.shape[0]!]) : result;
    },
  },
];
