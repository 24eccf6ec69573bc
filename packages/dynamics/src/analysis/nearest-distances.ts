import { amin, compile, constant, mul, scan, sqrt, sub, sum, type CompileOptions } from "#engine";
import { checkPoints, type Points } from "./classifier.js";

/**
 * The distance of each point to the nearest of others: of test samples to the training set, for instance.
 *
 * *Definition*: min over y of |x - y|, Euclidean.
 * *Arguments*: `from`, `to`: points of the same dimension. A point that is in both has the distance 0.
 * *Returns*: one distance for each point of `from`.
 * *Error*: a few roundings: differences are formed before they are squared.
 * *Cost*: 3 x from x to x dim operations, compiled.
 * *Example*: `nearestDistances({ samples: 2, dim: 1, inputs: [0, 3] }, { samples: 2, dim: 1, inputs: [1, 5] }) // [1, 2]`
 */
export function nearestDistances(from: Points, to: Points, threads?: CompileOptions["threads"]): Float64Array {
  checkPoints("nearestDistances", from);
  checkPoints("nearestDistances", to);
  if (from.dim !== to.dim)
    throw new RangeError(`nearestDistances: points of ${from.dim} and ${to.dim} numbers given; allowed: as many`);
  const others = constant(to.inputs, [to.samples, to.dim]);
  const program = compile(
    (x) =>
      scan(
        (_, [one]) => {
          const apart = sub(others, one!);
          return [[], [sqrt(amin(sum(mul(apart, apart), 1)))]];
        },
        [],
        [x],
      )[1],
    [{ shape: [from.samples, from.dim] }],
    threads === undefined ? {} : { threads },
  );
  program.inputs[0]!.set(from.inputs);
  program.run();
  return Float64Array.from(program.outputs[0]!);
}
