import {
  add,
  cast,
  concat,
  constant,
  eq,
  expandDims,
  flip,
  gt,
  interpret,
  lt,
  mul,
  reshape,
  segmentSum,
  select,
  slice,
  stopGradient,
  sub,
  sum,
  take,
  transpose,
  type Tensor,
} from "#engine";
import { count } from "../tensor.js";
import { places } from "./indexing.js";
import { axisIn, type Call, type Operator, type Value } from "./operator.js";
import { allowed, fixed } from "./shapes.js";

/** Elements of x by their number, row by row. */
const takeFlat = (x: Tensor, numbers: Tensor): Tensor => take(reshape(x, [-1]), cast(numbers, "i32"));

const stridesOf = (shape: readonly number[]): number[] => shape.map((_, i) => count(shape.slice(i + 1)));

/** Numbers of elements of a value of shape `whole`: each place of an index, with the index itself along `axis`. */
function elementsAlong(call: Call, whole: readonly number[], axis: number): Tensor {
  const index = places(call, 1, whole[axis]!);
  const { shape } = index;
  if (shape.length !== whole.length || shape.some((d, i) => i !== axis && d > whole[i]!))
    call.fail(`indices of shape [${shape.join(", ")}] for a value of shape [${whole.join(", ")}]`);
  const [own, strides] = [stridesOf(shape), stridesOf(whole)];
  const base = Float64Array.from({ length: count(allowed(shape, call)) }, (_, i) =>
    shape.reduce((at, d, j) => at + (j === axis ? 0 : (Math.floor(i / own[j]!) % d) * strides[j]!), 0),
  );
  return add(mul(index, strides[axis]!), constant(base, shape));
}

/** Numbers of the parts of a value that tuples of indices name, the first `batch` axes in step. */
function partsNamed(call: Call, whole: readonly number[], batch: number): { numbers: Tensor; part: readonly number[] } {
  const { shape } = call.tensor(1);
  const depth = shape.at(-1) ?? 0;
  if (
    shape.length === 0 ||
    batch + depth > whole.length ||
    batch >= shape.length ||
    shape.slice(0, batch).some((d, i) => d !== whole[i])
  )
    call.fail(`indices of shape [${shape.join(", ")}] for a value of shape [${whole.join(", ")}] with ${batch} axes in step`);
  const front = shape.slice(0, -1);
  const strides = stridesOf(whole.slice(0, batch + depth));
  const own = stridesOf(front);
  const base = Float64Array.from({ length: count(front) }, (_, i) =>
    front.slice(0, batch).reduce((at, d, j) => at + (Math.floor(i / own[j]!) % d) * strides[j]!, 0),
  );
  let numbers: Tensor = constant(base, front);
  for (let j = 0; j < depth; j++) {
    const column = places(call, 1, whole[batch + j]!, j);
    numbers = add(numbers, mul(column, strides[batch + j]!));
  }
  return { numbers, part: whole.slice(batch + depth) };
}

function gatheredParts(call: Call): Tensor {
  const x = call.tensor(0);
  const { numbers, part } = partsNamed(call, x.shape, call.integer("batch_dims", 0));
  allowed([...numbers.shape, ...part], call);
  return take(reshape(x, [-1, ...part]), cast(numbers, "i32"));
}

/** Rows of x with some replaced, or added to: of two for one place the last one counts. */
function placed(call: Call, x: Tensor, numbers: Tensor, updates: Tensor): Tensor {
  const way = call.text("reduction", "none");
  const index = reshape(numbers, [-1]);
  const [rows, more] = [x.shape[0]!, reshape(updates, [count(index.shape), ...x.shape.slice(1)])];
  if (way === "add") return add(x, segmentSum(more, cast(index, "i32"), rows));
  if (way !== "none") call.fail(`the reduction ${JSON.stringify(way.slice(0, 20))}; supported are none and add`);
  // Whose row each one is can be said without the data: its own, or that of an update.
  if (!call.value(1).known)
    call.fail("input 1 depends on the data; only one that is fixed by the file and the shapes is supported");
  const from = Float64Array.from({ length: rows }, (_, i) => i);
  Array.from(interpret({ inputs: [], outputs: [index] }, [])[0]!).forEach((to, i) => (from[to] = rows + i));
  return take(concat([x, more], 0), cast(constant(from, [rows]), "i32"));
}

function placedElements(call: Call): Tensor {
  const x = call.tensor(0);
  const axis = axisIn(call.integer("axis", 0), x.shape.length, call);
  const numbers = elementsAlong(call, x.shape, axis);
  if (call.tensor(2).shape.join() !== numbers.shape.join())
    call.fail(`updates of shape [${call.tensor(2).shape.join(", ")}] for indices of shape [${numbers.shape.join(", ")}]`);
  return reshape(placed(call, reshape(x, [-1]), numbers, call.tensor(2)), x.shape);
}

function placedParts(call: Call): Tensor {
  const x = call.tensor(0);
  const { numbers, part } = partsNamed(call, x.shape, 0);
  if (call.tensor(2).shape.join() !== [...numbers.shape, ...part].join())
    call.fail(`updates of shape [${call.tensor(2).shape.join(", ")}]; expected [${[...numbers.shape, ...part].join(", ")}]`);
  return reshape(placed(call, reshape(x, [-1, ...part]), numbers, call.tensor(2)), x.shape);
}

/** A new axis that is `on` at the index and `off` elsewhere; everywhere where the index is outside. */
function oneHot(call: Call): Value {
  const index = stopGradient(call.tensor(0));
  const [depth] = call.known(1) ?? [];
  const { tensor: ends, type } = call.value(2);
  if (depth === undefined || ends.shape.join() !== "2") return call.fail("a depth and two values are expected");
  const axis = axisIn(call.integer("axis", -1), index.shape.length + 1, call);
  allowed([...index.shape, depth], call);
  const wanted = expandDims(select(lt(index, 0), add(index, depth), index), axis);
  const shape = wanted.shape.map((_, i) => (i === axis ? depth : 1));
  const numbers = constant(
    Float64Array.from({ length: depth }, (_, i) => i),
    shape,
  );
  const end = (i: number): Tensor => reshape(slice(ends, [i], [i + 1]), []);
  return { tensor: select(eq(wanted, numbers), end(1), end(0)), type };
}

/**
 * The k largest along an axis, in order, the earlier of equal ones first: the rank of an element is the number of those before it in that order.
 * Cost: the square of the axis's length. A row with a NaN gives NaN.
 */
function largest(call: Call): readonly Value[] {
  const { tensor: given, type } = call.value(0);
  const axis = axisIn(call.integer("axis", -1), given.shape.length, call);
  const k = (call.version < 10 ? call.integer("k", -1) : call.known(1)?.[0]) ?? -1;
  const n = given.shape[axis]!;
  if (!(k >= 0 && k <= n)) call.fail(`the ${k} largest of ${n}`);
  const order = [...given.shape.keys()].filter((a) => a !== axis);
  const moved = transpose(given, [...order, axis]);
  const rows = count(moved.shape.slice(0, -1));
  allowed([rows, n, n], call);
  const x = reshape(moved, [rows, n]);
  const [here, others] = [stopGradient(expandDims(x, 2)), stopGradient(expandDims(x, 1))];
  const earlier = constant(
    Float64Array.from({ length: n * n }, (_, i) => (i % n < Math.floor(i / n) ? 1 : 0)),
    [n, n],
  );
  const first = call.integer("largest", 1) === 0 ? lt(others, here) : gt(others, here);
  const rank = sum(add(first, mul(eq(others, here), earlier)), [2]);
  const numbers = (length: number, shape: readonly number[]): Tensor =>
    constant(
      Float64Array.from({ length }, (_, i) => i),
      shape,
    );
  const at = sum(mul(eq(expandDims(rank, 1), numbers(k, [1, k, 1])), numbers(n, [1, 1, n])), [2]);
  const broken = gt(sum(sub(1, eq(x, x)), [1], true), 0);
  const back = (y: Tensor): Tensor => {
    const whole = reshape(select(stopGradient(broken), NaN, y), [...order.map((a) => given.shape[a]!), k]);
    return transpose(
      whole,
      [...given.shape.keys()].map((a) => (a === axis ? order.length : order.indexOf(a))),
    );
  };
  const start = mul(numbers(rows, [rows, 1]), n);
  return [
    { tensor: back(takeFlat(x, add(at, start))), type },
    { tensor: back(at), type: "integer" },
  ];
}

/** The first so many steps of each sample in the opposite order, the others as they are. */
function turned(call: Call): Tensor {
  const x = call.tensor(0);
  const [time, batch] = [call.integer("time_axis", 0), call.integer("batch_axis", 1)].map((a) =>
    axisIn(a, x.shape.length, call),
  ) as [number, number];
  const lengths = call.known(1) ?? call.fail("the lengths are missing");
  const steps = x.shape[time]!;
  if (time === batch || lengths.length !== x.shape[batch] || lengths.some((n) => !(n >= 0 && n <= steps)))
    call.fail(`lengths [${lengths.slice(0, 8).join(", ")}] of ${x.shape[batch]} samples with ${steps} steps`);
  if (lengths.every((n) => n === steps)) return flip(x, time);
  const strides = stridesOf(x.shape);
  const from = Float64Array.from({ length: count(x.shape) }, (_, i) => {
    const [t, b] = [time, batch].map((a) => Math.floor(i / strides[a]!) % x.shape[a]!) as [number, number];
    return t < lengths[b]! ? i + (lengths[b]! - 1 - 2 * t) * strides[time]! : i;
  });
  return takeFlat(x, constant(from, x.shape));
}

/** Where known numbers are not 0: a column a place. */
function nonZero(call: Call): Value {
  const x = call.known(0) ?? call.fail("its input is missing");
  const { shape } = call.tensor(0);
  const strides = stridesOf(shape);
  const at = x.flatMap((v, i) => (v === 0 ? [] : [i]));
  return fixed(
    shape.flatMap((d, j) => at.map((i) => Math.floor(i / strides[j]!) % d)),
    [shape.length, at.length],
    "integer",
  );
}

export const picking: readonly Operator[] = [
  {
    name: "GatherElements",
    build: (call) =>
      takeFlat(
        call.tensor(0),
        elementsAlong(call, call.tensor(0).shape, axisIn(call.integer("axis", 0), call.tensor(0).shape.length, call)),
      ),
  },
  { name: "GatherND", build: gatheredParts },
  { name: "ScatterElements", build: placedElements },
  { name: "ScatterND", build: placedParts },
  { name: "OneHot", fixed: [2], build: oneHot },
  { name: "TopK", build: largest },
  { name: "ReverseSequence", build: turned },
  { name: "NonZero", build: nonZero },
];
