import { add, cast, lt, reshape, select, stopGradient, take, transpose, type Tensor } from "#engine";
import { count } from "../tensor.js";
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
  if (axis === 0) return take(x, index);
  const front = transpose(
    x,
    [axis, ...x.shape.keys()].filter((a, i) => i === 0 || a !== axis),
  );
  const taken = take(front, reshape(index, [count(index.shape)]));
  const order = [...before.keys()].map((i) => i + 1);
  const back = transpose(
    taken,
    [...order, 0, ...after.keys()].map((a, i) => (i > before.length ? a + before.length + 1 : a)),
  );
  return reshape(back, [...before, ...index.shape, ...after]);
}

export const indexing: readonly Operator[] = [{ name: "Gather", build: gathered }];
