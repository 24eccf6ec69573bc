import { add, at, cast, lt, select, stopGradient, type Tensor } from "#engine";
import { takeAlong } from "./along.js";
import { axisIn, type Call, type Operator } from "./operator.js";
import { allowed } from "./shapes.js";

/**
 * Indices in [0, length), those below 0 counted from behind. Known ones are checked; those that come with the data are cut off at the ends when
 * compiled. `column`: of tuples along the last axis this number alone.
 */
export function places(call: Call, input: number, length: number, column?: number): Tensor {
  const { tensor, known } = call.value(input);
  const width = tensor.shape.at(-1) ?? 1;
  for (let i = column ?? 0; known && i < known.length; i += column === undefined ? 1 : width)
    if (!(known[i]! >= -length && known[i]! < length) || !Number.isInteger(known[i]!))
      call.fail(`index ${known[i]} of an axis of length ${length}`);
  const index = stopGradient(column === undefined ? tensor : at(tensor, column, -1));
  return select(lt(index, 0), add(index, length), index);
}

function gathered(call: Call): Tensor {
  const x = call.tensor(0);
  const axis = axisIn(call.integer("axis", 0), x.shape.length, call);
  const index = cast(places(call, 1, x.shape[axis]!), "i32");
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  allowed([...before, ...index.shape, ...after], call);
  return takeAlong(x, axis, index);
}

export const indexing: readonly Operator[] = [{ name: "Gather", build: gathered }];
