// oxlint-disable import/namespace -- cases go by the names of operations
import * as e from "#engine";
import type { Tensor } from "#engine";

/** A function with its arguments' shapes. Numbers are drawn from [low, high]. */
export interface Case {
  readonly name: string;
  readonly f: (...xs: Tensor[]) => Tensor | readonly Tensor[];
  readonly shapes: readonly (readonly number[])[];
  readonly range?: readonly [number, number];
  /** Smooth around the points drawn, so that it can be differentiated (default true). */
  readonly smooth?: boolean;
  /** Smooth only in pieces: differences must be taken within a short distance. */
  readonly kinks?: boolean;
  /** Contains a sum over a contiguous last axis, whose order the compiled program chooses: compared to 1e-13. */
  readonly sums?: boolean;
}

export function generator(seed: number): () => number {
  let s = seed >>> 0;
  const next = (): number => (s = (Math.imul(s, 1664525) + 1013904223) >>> 0);
  return () => (next() * 2097152 + (next() >>> 11)) / 9007199254740992;
}

export function draw(c: Case, seed: number): Float64Array[] {
  const u = generator(seed);
  const [low, high] = c.range ?? [-1, 1];
  return c.shapes.map((s) => Float64Array.from({ length: s.reduce((a, b) => a * b, 1) }, () => low + (high - low) * u()));
}

const index = (...xs: number[]): Tensor => e.constant(xs, [xs.length], "i32");
const pattern = { columns: index(0, 2, 1, 0, 2), offsets: index(0, 2, 3, 5) };
const unary = (name: keyof typeof e & string, range?: readonly [number, number], smooth = true): Case[] =>
  [[7], [3, 5], []].map((shape) => ({ name: `${name} [${shape.join()}]`, f: e[name as "tanh"], shapes: [shape], smooth, ...(range ? { range } : {}) }));
const binary = (name: keyof typeof e & string, range?: readonly [number, number], smooth = true): Case[] =>
  [[[9], [9]], [[4, 3], [3]], [[4, 3], [4, 1]], [[2, 1, 3], [5, 1]]].map((shapes) => ({ name: `${name} ${JSON.stringify(shapes)}`, f: e[name as "add"], shapes, smooth, ...(range ? { range } : {}) }));

const rnn = (w: Tensor, h: Tensor, xs: Tensor): Tensor =>
  e.sum(e.scan(([s], [x]) => [[e.tanh(e.add(e.matmul(s!, w), x!))], []], [h], [xs])[0][0]!);
const net = (w1: Tensor, b1: Tensor, w2: Tensor, x: Tensor): Tensor => e.matmul(e.tanh(e.add(e.matmul(x, w1), b1)), w2);
const softmax = (x: Tensor): Tensor => {
  const shifted = e.exp(e.sub(x, e.amax(x, -1, true)));
  return e.div(shifted, e.sum(shifted, -1, true));
};

/** Every operation of the public interface, in several shapes. */
export const operations: readonly Case[] = [
  ...(["tanh", "sech2", "sigmoid", "erf", "exp", "expm1", "sin", "cos", "neg", "square"] as const).flatMap((n) => unary(n, [-2, 2])),
  ...unary("log", [0.3, 3]), ...unary("log1p", [-0.6, 3]), ...unary("sqrt", [0.3, 3]), ...unary("abs", [0.2, 2]), ...unary("relu", [0.1, 2]),
  ...(["floor", "ceil", "round", "sign"] as const).flatMap((n) => unary(n, [-3, 3], false)),
  ...(["add", "sub", "mul"] as const).flatMap((n) => binary(n)), ...binary("div", [0.5, 2]), ...binary("pow", [0.5, 2]),
  ...(["max", "min"] as const).flatMap((n) => binary(n).map((c) => ({ ...c, kinks: true }))),
  ...(["lt", "le", "gt", "ge", "eq", "ne"] as const).flatMap((n) => binary(n, [-1, 1], false)),
  { name: "select", f: (c, a, b) => e.select(e.lt(c, 0), a, b), shapes: [[9], [9], [9]], kinks: true },
  { name: "sum of all", f: (x) => e.sum(e.mul(x, x)), shapes: [[5, 7]], sums: true },
  { name: "sum of many", f: (x) => e.sum(e.mul(x, x)), shapes: [[20001]], sums: true, smooth: false },
  { name: "sum over rows", f: (x) => e.sum(x, 0), shapes: [[50, 37]] },
  { name: "sum over columns", f: (x) => e.sum(x, 1, true), shapes: [[5, 7]], sums: true },
  { name: "sum over the outer axes", f: (x) => e.sum(e.mul(2, x), [0, 2]), shapes: [[3, 4, 5]], sums: true },
  { name: "sum over the middle", f: (x) => e.sum(x, 1), shapes: [[3, 4, 5]] },
  { name: "sum of nothing", f: (x) => e.sum(x, 0), shapes: [[0, 3]], smooth: false },
  { name: "mean", f: (x) => e.mean(x, -1), shapes: [[4, 6]], sums: true },
  { name: "amax", f: (x) => e.amax(x, 1), shapes: [[5, 7]], kinks: true },
  { name: "amin", f: (x) => e.amin(x, 0), shapes: [[5, 7]], kinks: true },
  { name: "argmax, cast", f: (x) => e.cast(e.argmax(x, 0), "f64"), shapes: [[5, 7]], smooth: false },
  ...[[[5, 7], [7, 3]], [[7], [7, 3]], [[5, 7], [7]], [[7], [7]], [[4, 5, 7], [4, 7, 3]], [[5, 7], [4, 7, 3]], [[4, 5, 7], [7, 3]], [[1, 1], [1, 9]]]
    .map((shapes): Case => ({ name: `matmul ${JSON.stringify(shapes)}`, f: e.matmul, shapes })),
  { name: "matmul of transposes", f: (a, b) => e.matmul(e.transpose(a), e.transpose(b)), shapes: [[7, 5], [3, 7]] },
  { name: "einsum bij,kj->ibk", f: (a, b) => e.einsum("bij,kj->ibk", a, b), shapes: [[4, 5, 7], [3, 7]] },
  { name: "einsum bi,bj->b", f: (a, b) => e.einsum("bi,bj->b", a, b), shapes: [[4, 5], [4, 3]], sums: true },
  { name: "einsum of three", f: (a, b, c) => e.einsum("ij,jk,kl->il", a, b, c), shapes: [[2, 3], [3, 4], [4, 2]] },
  { name: "transpose", f: (x) => e.transpose(x, [2, 0, 1]), shapes: [[3, 4, 5]] },
  { name: "reshape of a transpose", f: (x) => e.reshape(e.transpose(x), [2, -1]), shapes: [[3, 4]] },
  { name: "broadcastTo", f: (x) => e.broadcastTo(x, [2, 3, 4]), shapes: [[3, 1]] },
  { name: "expandDims", f: (x) => e.expandDims(x, 1), shapes: [[3, 4]] },
  { name: "slice with steps", f: (x) => e.add(e.slice(x, [1, 0], [5, 7], [2, 3]), 0.5), shapes: [[6, 8]] },
  { name: "flip", f: (x) => e.mul(e.flip(x), e.flip(x, 1)), shapes: [[3, 5]] },
  { name: "at", f: (x) => e.at(x, -1, 1), shapes: [[3, 5]] },
  { name: "concat", f: (x, y) => e.concat([e.mul(x, 2), y, e.tanh(x)]), shapes: [[3, 2], [2, 2]] },
  { name: "concat of columns", f: (x, y) => e.concat([e.mul(x, 2), y], 1), shapes: [[3, 2], [3, 4]] },
  { name: "pad", f: (x) => e.pad(x, [1, 0], [0, 2], [1, 2]), shapes: [[3, 2]] },
  { name: "stack", f: (x, y) => e.stack([x, e.mul(x, y), 1].slice(0, 2), 1), shapes: [[3], [3]] },
  { name: "roll", f: (x) => e.mul(e.roll(x, 2), e.roll(x, -1)), shapes: [[7]] },
  { name: "take", f: (x) => e.take(x, index(2, 0, 2, 3)), shapes: [[4, 3]] },
  { name: "segmentSum", f: (x) => e.segmentSum(x, index(2, 0, 2, 3, 0), 5), shapes: [[5, 3]] },
  { name: "spmv", f: (v, x) => e.spmv({ values: v, ...pattern }, x), shapes: [[5], [3]] },
  { name: "spmv of columns", f: (v, x) => e.spmv({ values: v, ...pattern }, x), shapes: [[5], [3, 2]] },
  { name: "conv2d", f: (x, w) => e.conv2d(x, w, { padding: [1, 1], stride: [2, 1] }), shapes: [[2, 5, 4, 3], [3, 3, 3, 2]] },
  { name: "maxPool", f: (x) => e.maxPool(x, [2, 2]), shapes: [[1, 4, 4, 2]], kinks: true },
  { name: "meanPool", f: (x) => e.meanPool(x, [2, 2], { stride: [1, 1] }), shapes: [[1, 4, 4, 2]] },
  { name: "qr", f: (a) => e.qr(a), shapes: [[6, 3]], sums: true },
  { name: "scan", f: (h, w) => { const [[c], [ys]] = e.scan(([s]) => [[e.tanh(e.matmul(s!, w))], [e.mul(s!, 2)]], [h], [], { length: 5 }); return [c!, ys!]; }, shapes: [[1, 3], [3, 3]] },
  { name: "scan in reverse over xs", f: (h, xs) => { const [[c], [ys]] = e.scan(([s], [x]) => [[e.add(e.mul(s!, 0.5), x!)], [e.mul(s!, x!)]], [h], [xs], { reverse: true }); return [c!, ys!]; }, shapes: [[3], [4, 3]] },
  { name: "scan in scan", f: (h) => e.scan(([s]) => [[e.scan(([t]) => [[e.sin(e.add(t!, s!))], []], [s!], [], { length: 3 })[0][0]!], []], [h], [], { length: 2 })[0][0]!, shapes: [[4]] },
  { name: "whileLoop", f: (x) => { const r = e.whileLoop(([v]) => e.lt(e.sum(v!, 0), 10), ([v]) => [e.add(e.mul(v!, v!), 1)], [x], 50); return [r.carry[0]!, r.rounds]; }, shapes: [[3]], sums: true, smooth: false },
  { name: "uniform and normal", f: (x) => [e.uniform(e.randomKey(5, 1), 7, [9]), e.add(x, e.normal(e.randomKey(5), 7, [5]))], shapes: [[5]], smooth: false },
  { name: "randomBits", f: (x) => [e.randomBits(e.randomKey(1), e.constant(2), 5), x], shapes: [[1]], smooth: false },
];

/** What the engine is for: whole models, as scalar functions of their first argument. */
export const networks: readonly (Case & { readonly f: (...xs: Tensor[]) => Tensor })[] = [
  { name: "tanh network, square loss", f: (w1, b1, w2, x, y) => e.mean(e.square(e.sub(net(w1, b1, w2, x), y))), shapes: [[2, 6], [6], [6, 1], [9, 2], [9, 1]], sums: true },
  { name: "softmax cross-entropy", f: (w, x) => e.neg(e.mean(e.log(softmax(e.matmul(x, w))))), shapes: [[3, 4], [5, 3]], sums: true },
  { name: "convolution, tanh, mean pooling", f: (w, x) => e.sum(e.square(e.meanPool(e.tanh(e.conv2d(x, w, { padding: [1, 1] })), [2, 2]))), shapes: [[3, 3, 2, 2], [1, 4, 4, 2]], sums: true },
  { name: "recurrent network by scan", f: rnn, shapes: [[3, 3], [1, 3], [6, 1, 3]], sums: true },
  { name: "attention", f: (w, x) => e.sum(e.square(e.matmul(softmax(e.matmul(e.matmul(x, w), e.transpose(x))), x))), shapes: [[3, 3], [4, 3]], sums: true },
  { name: "QR", f: (a, v) => e.sum(e.mul(e.qr(a)[0], v)), shapes: [[5, 2], [5, 2]], sums: true },
  { name: "sparse matrix", f: (v, x) => e.sum(e.sin(e.spmv({ values: v, ...pattern }, e.tanh(x)))), shapes: [[5], [3]], sums: true },
  { name: "message passing on a graph", f: (x, w) => e.sum(e.square(e.segmentSum(e.tanh(e.matmul(e.take(x, index(0, 1, 2, 0)), w)), index(1, 2, 0, 2), 3))), shapes: [[3, 2], [2, 2]], sums: true },
  { name: "Rosenbrock", f: (x) => e.add(e.square(e.sub(1, e.at(x, 0))), e.mul(100, e.square(e.sub(e.at(x, 1), e.square(e.at(x, 0)))))), shapes: [[2]] },
];
