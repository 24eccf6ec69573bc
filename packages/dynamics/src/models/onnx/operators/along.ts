import { reshape, take, transpose, type Tensor } from "#engine";
import { count } from "../tensor.js";

/** The elements of x at the places `index` (i32) along one axis; the axes of `index` stand in the place of that axis. */
export function takeAlong(x: Tensor, axis: number, index: Tensor): Tensor {
  if (axis === 0) return take(x, index);
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
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
