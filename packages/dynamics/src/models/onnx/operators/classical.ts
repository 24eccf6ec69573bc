import {
  abs,
  amax,
  cast,
  constant,
  div,
  eq,
  expandDims,
  gt,
  mul,
  ne,
  reshape,
  select,
  sqrt,
  stopGradient,
  sub,
  sum,
  take,
  transpose,
} from "#engine";
import type { Operator } from "./operator.js";
import { allowed } from "./shapes.js";

const DOMAIN = "ai.onnx.ml";

/** What scikit-learn puts around a network. Its linear models are written as plain operators when a file is read. */
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
    name: "Imputer",
    domain: DOMAIN,
    build(call) {
      const x = call.tensor(0);
      const values = call.integers("imputed_value_floats") ?? call.integers("imputed_value_int64s") ?? [];
      if (values.length !== 1 && values.length !== x.shape.at(-1))
        call.fail(`${values.length} values for rows of ${x.shape.at(-1)} numbers`);
      const missing = call.number("replaced_value_float", NaN);
      return select(Number.isNaN(missing) ? eq(x, x) : ne(x, missing), x, constant(values));
    },
  },
  {
    name: "Binarizer",
    domain: DOMAIN,
    build: (call) => stopGradient(gt(call.tensor(0), call.number("threshold", 0))),
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
  {
    name: "OneHotEncoder",
    domain: DOMAIN,
    build(call) {
      const classes = call.integers("cats_int64s") ?? call.fail("no cats_int64s; classes that are texts are not supported");
      const x = call.tensor(0);
      allowed([...x.shape, classes.length], call);
      return { tensor: stopGradient(eq(expandDims(x, x.shape.length), constant(classes))), type: "float" };
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
