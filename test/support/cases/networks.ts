import * as e from "#engine";
import { floats, indices, over, type Case } from "./case.js";

const softmax = (x: e.Tensor): e.Tensor => {
  const shifted = e.exp(e.sub(x, e.amax(x, -1, true)));
  return e.div(shifted, e.sum(shifted, -1, true));
};
const normalized = (x: e.Tensor): e.Tensor => {
  const centred = e.sub(x, e.mean(x, -1, true));
  return e.div(centred, e.sqrt(e.add(e.mean(e.square(centred), -1, true), 1e-3)));
};
const dense = (x: e.Tensor, w: e.Tensor, b: e.Tensor): e.Tensor => e.add(e.matmul(x, w), b);

/** What the engine is for: whole models as scalar functions. */
export const networks: readonly Case[] = [
  ...over(
    "tanh network, square loss",
    (w1, b1, w2, b2, x, y) => e.mean(e.square(e.sub(dense(e.tanh(dense(x!, w1!, b1!)), w2!, b2!), y!))),
    [[[2, 5], [5], [5, 1], [1], [6, 2], [6, 1]]],
  ),
  ...over(
    "tanh network of a flat parameter vector",
    (theta, x) => {
      const part = (from: number, shape: number[]): e.Tensor =>
        e.reshape(e.slice(theta!, [from], [from + shape.reduce((a, b) => a * b, 1)]), shape);
      return e.mean(e.square(dense(e.tanh(dense(x!, part(0, [2, 3]), part(6, [3]))), part(9, [3, 2]), part(15, [2]))));
    },
    [[[17], [4, 2]]],
  ),
  {
    name: "softmax cross-entropy",
    f: (w, x, labels) => {
      const shifted = e.matmul(x!, w!);
      const logits = e.sub(shifted, e.amax(shifted, -1, true));
      const own = e.take(e.reshape(logits, [-1]), labels!);
      return e.mean(e.sub(e.log(e.sum(e.exp(logits), -1)), own));
    },
    args: [
      ...floats([
        [3, 4],
        [5, 3],
      ]),
      { ...indices([1, 4, 11, 14, 16]), shared: true },
    ],
  },
  ...over(
    "convolution, tanh, mean pooling",
    (w, x) => e.sum(e.square(e.meanPool(e.tanh(e.conv2d(x!, w!, { padding: [1, 1] })), [2, 2]))),
    [
      [
        [3, 3, 2, 2],
        [1, 4, 4, 2],
      ],
    ],
  ),
  ...over("convolution, relu, max pooling", (w, x) => e.sum(e.sin(e.maxPool(e.relu(e.conv2d(x!, w!)), [2, 2]))), [
    [
      [2, 2, 1, 2],
      [1, 5, 5, 1],
    ],
  ]),
  ...over(
    "recurrent network",
    (w, h, xs) => e.sum(e.scan(([s], [x]) => [[e.tanh(e.add(e.matmul(s!, w!), x!))], []], [h!], [xs!])[0][0]!),
    [
      [
        [3, 3],
        [1, 3],
        [4, 1, 3],
      ],
    ],
  ),
  ...over(
    "gated recurrent network with a loss at each step",
    (u, w, xs) =>
      e.mean(
        e.scan(
          ([s], [x]) => {
            const gate = e.sigmoid(e.add(e.matmul(s!, u!), x!));
            const next = e.add(e.mul(gate, s!), e.mul(e.sub(1, gate), e.tanh(e.matmul(s!, w!))));
            return [[next], [e.sum(e.square(next))]];
          },
          [e.broadcastTo(e.constant(0.1, [], w!.dtype), [2])],
          [xs!],
        )[1][0]!,
      ),
    [
      [
        [2, 2],
        [2, 2],
        [3, 2],
      ],
    ],
  ),
  ...over(
    "attention",
    (q, k, v, x) => {
      const scores = e.mul(e.matmul(e.matmul(x!, q!), e.transpose(e.matmul(x!, k!))), 0.5);
      return e.sum(e.square(normalized(e.add(x!, e.matmul(softmax(scores), e.matmul(x!, v!))))));
    },
    [
      [
        [3, 3],
        [3, 3],
        [3, 3],
        [4, 3],
      ],
    ],
  ),
  ...over("sum of squares of the orthogonal factor, weighted", (a, v) => e.sum(e.mul(e.qr(a!)[0], e.square(v!))), [
    [
      [5, 2],
      [5, 2],
    ],
  ]),
  ...over(
    "logarithms of the stretching of a frame",
    (a, v) =>
      e.sum(
        e.log(
          e.einsum(
            "ij,ij->j",
            e.square(e.qr(e.matmul(e.add(a!, e.constant([3, 0, 0, 0, 3, 0, 0, 0, 3], [3, 3], a!.dtype)), v!))[1]),
            e.constant([1, 0, 0, 1], [2, 2], a!.dtype),
          ),
        ),
      ),
    [
      [
        [3, 3],
        [3, 2],
      ],
    ],
  ),
  {
    name: "sparse matrix",
    f: (v, columns, x) =>
      e.sum(e.sin(e.spmv({ values: v!, columns: columns!, offsets: e.constant([0, 2, 3, 5], [4], "i32") }, e.tanh(x!)))),
    args: [{ shape: [5] }, { ...indices([0, 2, 1, 0, 2]), shared: true }, { shape: [3, 2] }],
  },
  {
    name: "message passing on a graph",
    f: (x, w, from, to) => e.sum(e.square(e.segmentSum(e.tanh(e.matmul(e.sub(e.take(x!, from!), e.take(x!, to!)), w!)), to!, 3))),
    args: [
      ...floats([
        [3, 2],
        [2, 2],
      ]),
      indices([0, 1, 2, 0]),
      indices([1, 2, 0, 2]),
    ],
  },
  ...over(
    "Runge-Kutta steps of the Lorenz equations",
    (x, p) => {
      const field = (s: e.Tensor): e.Tensor => {
        const [a, b, c] = [e.at(s, 0), e.at(s, 1), e.at(s, 2)];
        return e.stack([
          e.mul(e.add(10, e.at(p!, 0)), e.sub(b, a)),
          e.sub(e.mul(a, e.sub(e.add(28, e.at(p!, 1)), c)), b),
          e.sub(e.mul(a, b), e.mul(8 / 3, c)),
        ]);
      };
      const h = 0.02;
      const step = (s: e.Tensor): e.Tensor => {
        const k1 = field(s);
        const k2 = field(e.add(s, e.mul(h / 2, k1)));
        const k3 = field(e.add(s, e.mul(h / 2, k2)));
        const k4 = field(e.add(s, e.mul(h, k3)));
        return e.add(s, e.mul(h / 6, e.add(e.add(k1, e.mul(2, k2)), e.add(e.mul(2, k3), k4))));
      };
      return e.sum(e.square(e.scan(([s]) => [[step(s!)], []], [x!], [], { length: 3 })[0][0]!));
    },
    [[[3], [2]]],
  ),
  ...over(
    "Rosenbrock",
    (x) => e.add(e.square(e.sub(1, e.at(x!, 0))), e.mul(100, e.square(e.sub(e.at(x!, 1), e.square(e.at(x!, 0)))))),
    [[[2]]],
  ),
  ...over(
    "gradient descent, differentiated through",
    (w, rate) =>
      e.sum(
        e.square(
          e.scan(
            ([v]) => [[e.sub(v!, e.mul(e.square(rate!), e.grad((u) => e.sum(e.add(e.square(e.square(u)), e.sin(u))))(v!)))], []],
            [w!],
            [],
            { length: 3 },
          )[0][0]!,
        ),
      ),
    [[[2], []]],
  ),
];
