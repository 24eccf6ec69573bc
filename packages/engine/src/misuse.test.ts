import { describe, expect, test } from "vitest";
import * as e from "./index.js";
import { compile, input } from "./index.js";

const x = input([3]);
const i = input([3], "i32");

/** What each misuse is told: what was given, what is allowed, the remedy. */
const told: Record<string, readonly [() => unknown, string]> = {
  "shapes that do not broadcast": [
    () => e.add(x, input([4])),
    "add: shapes [3] and [4] do not broadcast; trailing dimensions must be equal or 1",
  ],
  "mixed element types": [() => e.add(x, input([3], "f32")), 'operands are f64 and f32; convert one with cast(x, "f64")'],
  "arithmetic with indices": [() => e.mul(i, 2), 'mul: an i32 tensor holds indices; convert it with cast(x, "f64")'],
  "sums of indices": [() => e.sum(i), 'sum: an i32 tensor holds indices; convert it with cast(x, "f64") first'],
  "an axis that is not there": [() => e.sum(x, 1), "sum: axis 1 is not an axis of a rank-1 tensor; allowed: -1 to 0"],
  "an axis named twice": [() => e.sum(x, [0, -1]), "sum: axis 0 is named twice"],
  "the largest of no elements": [() => e.argmax(input([2, 0])), "argmax: axis -1 of [2, 0] has no elements"],
  "matrices that do not fit": [() => e.matmul(input([2, 3]), input([4, 5])), "f64 [2, 3] times f64 [4, 5] does not fit"],
  "products of too many axes": [
    () => e.matmul(input([1, 1, 2, 3]), x),
    "ranks 1 to 3 are allowed, got [1, 1, 2, 3] times [3]; use mul for scalars, einsum for more axes",
  ],
  "an einsum without a result": [() => e.einsum("i", x), 'with "->" missing; write for instance "ij,jk->ik"'],
  "an einsum of two lengths": [() => e.einsum("i,i->", x, input([4])), 'axis "i" has lengths 3 and 4'],
  "a reshape to another size": [() => e.reshape(x, [2, 2]), "[3] has 3 elements and cannot become [2, 2]"],
  "a transpose that repeats an axis": [
    () => e.transpose(input([2, 3]), [0, 0]),
    "[0, 0] is not a permutation of the axes of [2, 3]",
  ],
  "a broadcast to fewer axes": [() => e.broadcastTo(input([2, 3]), [3]), "[2, 3] does not broadcast to [3]"],
  "a slice past the end": [
    () => e.slice(x, [1], [4]),
    "axis 0 of [3] has no range 1..4 with step 1; allowed: 0 <= start <= end <= 3, step >= 1",
  ],
  "tensors that do not join": [
    () => e.concat([input([2, 3]), input([2, 4])]),
    "f64 [2, 4] does not join f64 [2, 3] along axis 0",
  ],
  "rows taken by numbers": [() => e.take(x, x), "needs a tensor with rows and i32 indices, got [3] and f64 [3]"],
  "a constant of the wrong length": [() => e.constant([1, 2], [3]), "2 numbers given for shape [3]"],
  "a broken index": [() => e.constant([1.5], [1], "i32"), "element 0 is 1.5, which is not a 32-bit integer"],
  "equations that do not match their unknowns": [
    () => e.solve(input([2, 3]), input([2])),
    "solve: needs A of shape [n, n] and B of shape [n] or [n, m], got [2, 3] and [2]",
  ],
  "a wide matrix factored": [() => e.qr(input([2, 3])), "qr: needs a matrix with at least as many rows as columns, got [2, 3]"],
  "a negative seed": [() => e.randomKey(-1), "whole numbers from 0 to 4294967295, got -1"],
  "a window larger than the image": [
    () => e.maxPool(input([1, 2, 2, 1]), [3, 3]),
    "window 3 x 3 with stride 3 x 3 does not fit 2 x 2",
  ],
  "a gradient of several numbers": [() => e.grad((t) => t)(x), "must return one scalar, got [3]"],
  "a direction of another shape": [() => e.jvp((t) => t, [x], [input([4])]), "tangent 0: f64 [4] given, f64 [3] needed"],
  "a batch of two sizes": [
    () => e.vmap((a: e.Tensor, b: e.Tensor) => e.add(a, b))(x, input([4])),
    "vmap: batched arguments need one common leading axis, got [3], [4]",
  ],
  "a carry that changes its shape": [
    () => e.scan(([c]) => [[e.sum(c!)], []], [x], [], { length: 2 }),
    "the carry must keep its types; it starts as f64 [3] and the body returns f64 []",
  ],
  "a scan without a length": [() => e.scan(([c]) => [[c!], []], [x]), "scan: length not given with xs of shapes none"],
  "reverse mode through a while loop": [
    () =>
      e.grad((t) =>
        e.sum(
          e.whileLoop(
            ([v]) => e.lt(e.sum(v!), 1),
            ([v]) => [e.add(v!, 1)],
            [t],
            9,
          ).carry[0]!,
        ),
      )(x),
    "reverse-mode derivatives need a loop of known length; use scan",
  ],
  "a function that returns no tensor": [
    () => compile((() => 3) as never, []),
    "a traced function must return tensors; result 0 is 3",
  ],
  "negative rounds": [
    () => compile((t) => [t], [{ shape: [2] }]).iterate(-1),
    "n must be an integer from 0 to 2147483647, got -1",
  ],
  "rounds without a state": [
    () => compile((t) => e.sum(t), [{ shape: [2] }]).iterate(1),
    "output 0 does not fit input 0; name the number of state outputs with { state }",
  ],
  "a state that does not fit": [
    () => compile((t) => e.sum(t), [{ shape: [2] }], { state: 1 }),
    "output 0 (f64 []) cannot feed input 0 (f64 [2])",
  ],
  "more memory than a program may have": [
    () => compile((t) => e.mul(t, 2), [{ shape: [2 ** 28] }]),
    "the program needs 4.0 GiB of memory; a program may have 2: take fewer copies or samples at a time",
  ],
  "a number of threads in place of a pool": [
    () => compile((t) => t, [{ shape: [2] }], { threads: 2 as never }),
    "compile: threads 2 given; allowed: a pool, made once by `const pool = await threads(2)`",
  ],
  "data of another size": [() => e.evaluate((t) => t, { data: [1, 2], shape: [3] }), "argument 0 has 2 numbers for shape [3]"],
  "an index outside the rows, in the reference": [
    () => e.evaluate((a, k) => e.take(a, k), { data: [1, 2] }, { data: [2], dtype: "i32" }),
    "take: index 2 is outside 0..1",
  ],
};

describe("misuse is told what was given, what is allowed and the remedy", () => {
  for (const [name, [wrong, message]] of Object.entries(told)) test(name, () => expect(wrong).toThrow(message));
});
