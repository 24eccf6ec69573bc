import { constant, ne, select, type Tensor } from "#engine";
import { count, elementName, elementType } from "../tensor.js";
import type { Call, Operator, Value } from "./operator.js";
import { allowed, fixed } from "./shapes.js";

/** The part of the last two axes above a diagonal, or below it; zeros elsewhere. */
function triangle(call: Call): Tensor {
  const x = call.tensor(0);
  const rank = x.shape.length;
  if (rank < 2) call.fail(`a value with ${rank} axes; expected two or more`);
  const [rows, columns] = [x.shape[rank - 2]!, x.shape[rank - 1]!];
  const diagonal = call.known(1)?.[0] ?? 0;
  const upper = call.integer("upper", 1) !== 0;
  const kept = Float64Array.from({ length: allowed([rows, columns], call).reduce((a, b) => a * b, 1) }, (_, i) => {
    const apart = (i % columns) - Math.floor(i / columns);
    return (upper ? apart >= diagonal : apart <= diagonal) ? 1 : 0;
  });
  // Chosen, not multiplied: masks are made of infinities.
  return select(ne(constant(kept, [rows, columns]), 0), x, 0);
}

/** Ones on a diagonal of a matrix as large as the one given. */
function diagonal(call: Call): Value {
  const { shape } = call.tensor(0);
  if (shape.length !== 2) return call.fail(`a value with ${shape.length} axes; expected two`);
  const k = call.integer("k", 0);
  const code = call.integer("dtype", 0);
  const type = code === 0 ? call.value(0).type : (elementType(code) ?? call.fail(`numbers of ${elementName(code)}`));
  const columns = shape[1]!;
  const length = count(allowed(shape, call));
  const data = Float64Array.from({ length }, (_, i) => ((i % columns) - Math.floor(i / columns) === k ? 1 : 0));
  return fixed(data, shape, type);
}

/** What is said by the distance from the diagonal of a matrix. */
export const diagonals: readonly Operator[] = [
  { name: "Trilu", build: triangle },
  { name: "EyeLike", build: diagonal },
];
