import { add, cast, lt, select, stopGradient, type Tensor } from "#engine";
import { takeAlong } from "./along.js";
import { axisIn, type Call, type Operator } from "./operator.js";
import { allowed } from "./shapes.js";

/** Indices as rows to take. Known ones are checked; those that come with the data are cut off at the ends when compiled. */
function rows(call: Call, input: number, length: number): Tensor {
  const { tensor, known } = call.value(input);
  for (let i = 0; known && i < known.length; i++)
    if (!(known[i]! >= -length && known[i]! < length) || !Number.isInteger(known[i]!))
      call.fail(`index ${known[i]} of an axis of length ${length}`);
  const index = stopGradient(tensor);
  return cast(select(lt(index, 0), add(index, length), index), "i32");
}

function gathered(call: Call): Tensor {
  const x = call.tensor(0);
  const axis = axisIn(call.integer("axis", 0), x.shape.length, call);
  const index = rows(call, 1, x.shape[axis]!);
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  allowed([...before, ...index.shape, ...after], call);
  return takeAlong(x, axis, index);
}

export const indexing: readonly Operator[] = [{ name: "Gather", build: gathered }];
