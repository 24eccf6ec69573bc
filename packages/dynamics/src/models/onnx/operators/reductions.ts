import {
  abs,
  amax,
  amin,
  argmax,
  cast,
  exp,
  expandDims,
  flip,
  log,
  mean,
  mul,
  neg,
  pad,
  slice,
  sqrt,
  stopGradient,
  sub,
  add,
  sum,
  type Tensor,
} from "#engine";
import { axisIn, type Call, type Operator } from "./operator.js";

type Reduce = (x: Tensor, axes: readonly number[], keep: boolean) => Tensor;

/** Axes as an attribute, and from some version on as an input. No axes: all, or none where `noop_with_empty_axes` says so. */
const reduction = (name: string, axesAsInputSince: number, reduce: Reduce): Operator => ({
  name,
  build(call) {
    const x = call.tensor(0);
    const rank = x.shape.length;
    const given = (call.version < axesAsInputSince ? call.integers("axes") : (call.known(1) ?? call.integers("axes"))) ?? [];
    if (given.length === 0 && call.integer("noop_with_empty_axes", 0) !== 0) return x;
    const axes = given.length === 0 ? x.shape.map((_, i) => i) : given.map((a) => axisIn(a, rank, call));
    return reduce(x, axes, call.integer("keepdims", 1) !== 0);
  },
});

const square = (x: Tensor): Tensor => mul(x, x);

/** The product along axes, by halves: as many multiplications one behind the other as the logarithm of the length. */
function product(x: Tensor, axes: readonly number[], keep: boolean): Tensor {
  const part = (y: Tensor, axis: number, from: number, to: number): Tensor =>
    slice(
      y,
      y.shape.map((_, i) => (i === axis ? from : 0)),
      y.shape.map((d, i) => (i === axis ? to : d)),
    );
  const along = (y: Tensor, axis: number): Tensor => {
    const n = y.shape[axis]!;
    if (n === 1) return y;
    const half = Math.floor(n / 2);
    const pairs = along(mul(part(y, axis, 0, half), part(y, axis, half, 2 * half)), axis);
    return n % 2 === 0 ? pairs : mul(pairs, part(y, axis, n - 1, n));
  };
  const all = axes.reduce((y, axis) => (y.shape[axis] === 0 ? add(sum(y, [axis], true), 1) : along(y, axis)), x);
  return keep ? all : sum(all, axes);
}

/** Sums up to each element along an axis, by doubling: as many additions one behind the other as the logarithm of the length. */
function sums(call: Call): Tensor {
  const x = call.tensor(0);
  const axis = axisIn(call.known(1)?.[0] ?? call.fail("the axis is missing"), x.shape.length, call);
  const n = x.shape[axis]!;
  const later = (y: Tensor, by: number): Tensor => {
    const side = (value: number): number[] => y.shape.map((_, i) => (i === axis ? value : 0));
    const front = slice(
      y,
      side(0),
      y.shape.map((d, i) => (i === axis ? n - by : d)),
    );
    return pad(front, side(by), side(0));
  };
  const turned = call.integer("reverse", 0) !== 0;
  let y = turned ? flip(x, axis) : x;
  if (call.integer("exclusive", 0) !== 0 && n > 0) y = later(y, 1);
  for (let by = 1; by < n; by *= 2) y = add(y, later(y, by));
  return turned ? flip(y, axis) : y;
}

function extreme(call: Call, direction: (x: Tensor) => Tensor): { tensor: Tensor; type: "integer" } {
  const x = call.tensor(0);
  const axis = axisIn(call.integer("axis", 0), x.shape.length, call);
  if (call.integer("select_last_index", 0) !== 0) call.fail("select_last_index is on; only the first one is supported");
  const tensor = cast(argmax(direction(x), axis), "f64");
  return { tensor: call.integer("keepdims", 1) === 0 ? tensor : expandDims(tensor, axis), type: "integer" };
}

export const reductions: readonly Operator[] = [
  reduction("ReduceSum", 13, sum),
  reduction("ReduceMean", 18, mean),
  reduction("ReduceProd", 18, product),
  reduction("ReduceMax", 18, amax),
  reduction("ReduceMin", 18, amin),
  reduction("ReduceL1", 18, (x, axes, keep) => sum(abs(x), axes, keep)),
  reduction("ReduceL2", 18, (x, axes, keep) => sqrt(sum(square(x), axes, keep))),
  reduction("ReduceSumSquare", 18, (x, axes, keep) => sum(square(x), axes, keep)),
  reduction("ReduceLogSumExp", 18, (x, axes, keep) => {
    const top = stopGradient(amax(x, axes, true));
    return add(log(sum(exp(sub(x, top)), axes, keep)), sum(top, keep ? [] : axes));
  }),
  { name: "CumSum", build: sums },
  { name: "ArgMax", build: (call) => extreme(call, (x) => x) },
  { name: "ArgMin", build: (call) => extreme(call, neg) },
];
