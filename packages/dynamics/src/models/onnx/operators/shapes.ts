import {
  abs,
  add,
  broadcastTo,
  cast,
  concat,
  constant,
  flip,
  floor,
  mul,
  ne,
  pad,
  reshape,
  sign,
  slice,
  transpose,
  type Tensor,
} from "#engine";
import { count, elementName, elementType, type ElementType } from "../tensor.js";
import { takeAlong } from "./along.js";
import { axisIn, type Call, type Operator, type Value } from "./operator.js";

/** Throws when a shape is no shape or has more elements than are allowed. */
export function allowed(shape: readonly number[], call: Pick<Call, "fail" | "most">): readonly number[] {
  if (shape.some((d) => !Number.isSafeInteger(d) || d < 0)) call.fail(`a result of shape [${shape.join(", ")}]`);
  const size = count(shape);
  if (size > call.most)
    call.fail(`a result of shape [${shape.join(", ")}], which is ${size} numbers; at most ${call.most} are allowed`);
  return shape;
}

/** Numbers that are known, as a value. */
export const fixed = (data: ArrayLike<number>, shape: readonly number[], type: ElementType): Value => ({
  tensor: constant(data, shape),
  type,
  known: data,
});

/** One number that the file gives as a tensor, or as zero when it gives none. */
function constantOfShape(call: Call): Value {
  const shape = allowed(call.known(0) ?? [], call);
  const stored = call.stored("value");
  if (stored && stored.data.length !== 1) call.fail(`the attribute value holds ${stored.data.length} numbers; expected 1`);
  const data = new Float64Array(count(shape)).fill(stored?.data[0] ?? 0);
  return fixed(data, shape, stored?.type ?? "float");
}

function constantNode(call: Call): Value {
  const stored = call.stored("value");
  if (stored) return fixed(stored.data, stored.shape, stored.type);
  for (const [name, type] of [
    ["value_float", "float"],
    ["value_int", "integer"],
  ] as const)
    if (call.node.attributes.has(name)) return fixed([call.number(name, 0)], [], type);
  for (const [name, type] of [
    ["value_floats", "float"],
    ["value_ints", "integer"],
  ] as const) {
    const list = call.integers(name);
    if (list) return fixed(list, [list.length], type);
  }
  return call.fail("it holds no number; supported are value, value_float, value_floats, value_int and value_ints");
}

function reshaped(call: Call): Tensor {
  const x = call.tensor(0);
  const wanted = call.version < 5 ? call.integers("shape") : call.known(1);
  if (!wanted) return call.fail("the shape is missing");
  const copies = call.integer("allowzero", 0) === 0;
  const shape = wanted.map((d, i) =>
    d === 0 && copies ? (x.shape[i] ?? call.fail(`0 at place ${i} copies an axis that is not there`)) : d,
  );
  const open = shape.indexOf(-1);
  if (open >= 0) {
    const others = count(shape.filter((_, i) => i !== open));
    shape[open] = others === 0 ? 0 : count(x.shape) / others;
  }
  if (count(allowed(shape, call)) !== count(x.shape))
    call.fail(`a value of shape [${x.shape.join(", ")}] does not fit the shape [${wanted.join(", ")}]`);
  return reshape(x, shape);
}

/** Axes as an attribute up to version 12, as an input from 13 on. */
const axesOf = (call: Call): readonly number[] | undefined => (call.version < 13 ? call.integers("axes") : call.known(1));

function squeezed(call: Call): Tensor {
  const { shape } = call.tensor(0);
  const axes = axesOf(call)?.map((a) => axisIn(a, shape.length, call));
  axes?.forEach((a) => shape[a] === 1 || call.fail(`axis ${a} of [${shape.join(", ")}] has not the length 1`));
  return reshape(
    call.tensor(0),
    shape.filter((d, i) => (axes ? !axes.includes(i) : d !== 1)),
  );
}

function unsqueezed(call: Call): Tensor {
  const x = call.tensor(0);
  const axes = axesOf(call) ?? call.fail("the axes are missing");
  const rank = x.shape.length + axes.length;
  const fresh = new Set(axes.map((a) => axisIn(a, rank, call)));
  if (fresh.size !== axes.length) call.fail(`the axes [${axes.join(", ")}] name one twice`);
  const rest = [...x.shape];
  return reshape(
    x,
    Array.from({ length: rank }, (_, i) => (fresh.has(i) ? 1 : rest.shift()!)),
  );
}

function sliced(call: Call): Tensor {
  const x = call.tensor(0);
  const rank = x.shape.length;
  const old = call.version < 10;
  const starts = (old ? call.integers("starts") : call.known(1)) ?? call.fail("the starts are missing");
  const ends = (old ? call.integers("ends") : call.known(2)) ?? call.fail("the ends are missing");
  const axes = (old ? call.integers("axes") : call.known(3)) ?? starts.map((_, i) => i);
  const steps = (old ? undefined : call.known(4)) ?? starts.map(() => 1);
  if (ends.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length)
    call.fail("starts, ends, axes and steps differ in length");
  let y = x;
  axes.forEach((given, i) => {
    const axis = axisIn(given, rank, call);
    const length = y.shape[axis]!;
    const step = steps[i]!;
    if (step === 0) call.fail("a step of 0");
    const place = (v: number, low: number, high: number): number => Math.min(Math.max(v < 0 ? v + length : v, low), high);
    // Backwards is forwards in the flipped order: element j becomes length - 1 - j.
    const [from, to] =
      step > 0
        ? [place(starts[i]!, 0, length), place(ends[i]!, 0, length)]
        : [length - 1 - place(starts[i]!, -1, length - 1), length - 1 - place(ends[i]!, -1, length - 1)];
    if (step < 0) y = flip(y, axis);
    const first = y.shape.map((_, j) => (j === axis ? from : 0));
    const last = y.shape.map((d, j) => (j === axis ? Math.max(from, to) : d));
    y = slice(
      y,
      first,
      last,
      y.shape.map((_, j) => (j === axis ? Math.min(Math.abs(step), Math.max(1, length)) : 1)),
    );
  });
  return y;
}

function expanded(call: Call): Tensor {
  const x = call.tensor(0);
  const wanted = call.known(1) ?? call.fail("the shape is missing");
  const rank = Math.max(wanted.length, x.shape.length);
  const shape = Array.from({ length: rank }, (_, i) => {
    const [a, b] = [x.shape[i - rank + x.shape.length] ?? 1, wanted[i - rank + wanted.length] ?? 1];
    if (a !== b && a !== 1 && b !== 1) call.fail(`[${x.shape.join(", ")}] does not expand to [${wanted.join(", ")}]`);
    return a === 1 ? b : a;
  });
  return broadcastTo(x, allowed(shape, call));
}

function tiled(call: Call): Tensor {
  const x = call.tensor(0);
  const times = call.known(1) ?? call.fail("the repeats are missing");
  if (times.length !== x.shape.length) call.fail(`${times.length} repeats for ${x.shape.length} axes`);
  const shape = allowed(
    x.shape.map((d, i) => d * times[i]!),
    call,
  );
  const pairs = x.shape.flatMap((d, i) => [times[i]!, d]);
  return reshape(
    broadcastTo(
      reshape(
        x,
        x.shape.flatMap((d) => [1, d]),
      ),
      allowed(pairs, call),
    ),
    shape,
  );
}

function padded(call: Call): Tensor {
  const x = call.tensor(0);
  const rank = x.shape.length;
  const mode = call.text("mode", "constant");
  if (mode !== "constant" && !Object.hasOwn(INSIDE, mode))
    call.fail(`the mode ${JSON.stringify(mode.slice(0, 20))}; supported are constant, ${Object.keys(INSIDE).join(", ")}`);
  const pads = (call.version < 11 ? call.integers("pads") : call.known(1)) ?? call.fail("the pads are missing");
  const axes = (call.version < 18 ? undefined : call.known(3))?.map((a) => axisIn(a, rank, call)) ?? x.shape.map((_, i) => i);
  if (pads.length !== 2 * axes.length) call.fail(`${pads.length} pads for ${axes.length} axes; expected two an axis`);
  if (pads.some((p) => p < 0) && mode !== "constant") call.fail(`negative pads in the mode ${mode}, which are not supported`);
  const side = (from: number): number[] => {
    const out = new Array<number>(rank).fill(0);
    axes.forEach((a, i) => (out[a] = pads[from + i]!));
    return out;
  };
  const [low, high] = [side(0), side(axes.length)];
  allowed(
    x.shape.map((d, i) => d + low[i]! + high[i]!),
    call,
  );
  if (mode !== "constant") return padFromInside(x, low, high, INSIDE[mode]!, call);
  const value = call.version < 11 ? call.number("value", 0) : (call.known(2)?.[0] ?? 0);
  // Pads below 0 cut off.
  const [from, to] = [low.map((p) => Math.max(0, -p)), x.shape.map((d, i) => d + Math.min(0, high[i]!))];
  if (from.some((f, i) => f > to[i]!)) call.fail(`pads [${pads.slice(0, 16).join(", ")}] cut off more than there is`);
  const kept = pads.some((p) => p < 0) ? slice(x, from, to) : x;
  const [before, behind] = [low, high].map((side) => side.map((p) => Math.max(0, p)));
  return value === 0 ? pad(kept, before!, behind!) : padWith(kept, before!, behind!, value);
}

/** Place i of an axis of n elements, inside it or not, as a place inside it. */
const INSIDE: Readonly<Record<string, (i: number, n: number) => number>> = {
  edge: (i, n) => Math.min(Math.max(i, 0), n - 1),
  wrap: (i, n) => ((i % n) + n) % n,
  reflect(i, n) {
    const period = Math.max(1, 2 * (n - 1));
    const at = ((i % period) + period) % period;
    return Math.min(at, period - at);
  },
};

/** Padding with elements of the value itself, one axis after the other. */
function padFromInside(
  x: Tensor,
  low: readonly number[],
  high: readonly number[],
  inside: (i: number, n: number) => number,
  call: Call,
): Tensor {
  return x.shape.reduce<Tensor>((y, n, axis) => {
    const length = n + low[axis]! + high[axis]!;
    if (length === n) return y;
    if (n === 0) return call.fail(`axis ${axis} has no elements to be padded with`);
    const places = Int32Array.from({ length }, (_, i) => inside(i - low[axis]!, n));
    return takeAlong(y, axis, cast(constant(places, [length]), "i32"));
  }, x);
}

/** Padding with another number than zero: a constant that is 0 inside and the number outside is added. */
export function padWith(x: Tensor, low: readonly number[], high: readonly number[], value: number): Tensor {
  const inside = pad(x, low, high);
  const shape = inside.shape;
  const frame = new Float64Array(count(shape)).fill(value);
  const at = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < frame.length; i++) {
    if (at.every((j, a) => j >= low[a]! && j < shape[a]! - high[a]!)) frame[i] = 0;
    for (let a = shape.length - 1; a >= 0 && ++at[a]! === shape[a]; a--) at[a] = 0;
  }
  return add(inside, constant(frame, shape));
}

function permuted(call: Call): Tensor {
  const x = call.tensor(0);
  const perm = call.integers("perm");
  if (!perm) return transpose(x);
  if (perm.length !== x.shape.length || !x.shape.every((_, i) => perm.includes(i)))
    call.fail(`perm [${perm.slice(0, 10).join(", ")}] is no order of ${x.shape.length} axes`);
  return transpose(x, perm);
}

function flattened(call: Call): Tensor {
  const x = call.tensor(0);
  const given = call.integer("axis", 1);
  const axis = given < 0 ? given + x.shape.length : given;
  if (axis < 0 || axis > x.shape.length) call.fail(`axis ${given} of a value with ${x.shape.length} axes`);
  return reshape(x, [count(x.shape.slice(0, axis)), count(x.shape.slice(axis))]);
}

function converted(call: Call): Value {
  const x = call.value(0);
  const code = call.integer("to", 0);
  const type = elementType(code) ?? call.fail(`a conversion to ${elementName(code)}, which is not supported`);
  const { tensor } = x;
  // Precision is not taken away: a cast between floating-point types is the identity here.
  if (type === "boolean") return { tensor: x.type === "boolean" ? tensor : ne(tensor, 0), type };
  const whole = type === "integer" && x.type === "float";
  return { tensor: whole ? mul(sign(tensor), floor(abs(tensor))) : tensor, type };
}

function divided(call: Call): readonly Value[] {
  const { tensor: x, type } = call.value(0);
  const axis = axisIn(call.integer("axis", 0), x.shape.length, call);
  const parts = call.node.outputs.length;
  const size = Math.ceil(x.shape[axis]! / parts);
  const lengths =
    (call.version < 13 ? call.integers("split") : call.known(1)) ??
    Array.from({ length: parts }, (_, i) => Math.max(0, Math.min(size, x.shape[axis]! - i * size)));
  if (lengths.length !== parts || lengths.some((n) => n < 0) || lengths.reduce((a, b) => a + b, 0) !== x.shape[axis])
    call.fail(`parts [${lengths.slice(0, 10).join(", ")}] of an axis of ${x.shape[axis]} for ${parts} outputs`);
  let from = 0;
  return lengths.map((n) => {
    const first = x.shape.map((_, i) => (i === axis ? from : 0));
    const last = x.shape.map((d, i) => (i === axis ? from + n : d));
    from += n;
    return { tensor: slice(x, first, last), type };
  });
}

/** Channels as blocks of pixels (PyTorch's PixelShuffle), and back. */
function shuffled(call: Call, way: "apart" | "together"): Tensor {
  const x = call.tensor(0);
  const b = call.integer("blocksize", 0);
  if (x.shape.length !== 4) return call.fail(`a value with ${x.shape.length} axes; expected samples, channels, rows, columns`);
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const misfit = way === "apart" ? c % (b * b) : (h % b) + (w % b);
  if (b < 1 || misfit !== 0) return call.fail(`blocks of ${b} by ${b} do not fit the shape [${x.shape.join(", ")}]`);
  if (way === "together")
    return reshape(transpose(reshape(x, [n, c, h / b, b, w / b, b]), [0, 3, 5, 1, 2, 4]), [n, c * b * b, h / b, w / b]);
  const mode = call.text("mode", "DCR");
  if (mode !== "DCR" && mode !== "CRD") call.fail(`the mode ${JSON.stringify(mode.slice(0, 20))}; supported are DCR and CRD`);
  const rest = c / (b * b);
  const blocks =
    mode === "DCR"
      ? transpose(reshape(x, [n, b, b, rest, h, w]), [0, 3, 4, 1, 5, 2])
      : transpose(reshape(x, [n, rest, b, b, h, w]), [0, 1, 4, 2, 5, 3]);
  return reshape(blocks, [n, rest, h * b, w * b]);
}

export const shapes: readonly Operator[] = [
  { name: "Constant", build: constantNode },
  { name: "ConstantOfShape", build: constantOfShape },
  {
    name: "Shape",
    build(call) {
      const { shape } = call.tensor(0);
      const end = call.node.attributes.has("end") ? call.integer("end", 0) : undefined;
      const part = shape.slice(call.integer("start", 0), end);
      return fixed(part, [part.length], "integer");
    },
  },
  { name: "Size", build: (call) => fixed([count(call.tensor(0).shape)], [], "integer") },
  { name: "Reshape", build: reshaped },
  { name: "Flatten", build: flattened },
  { name: "Transpose", build: permuted },
  { name: "Squeeze", build: squeezed },
  { name: "Unsqueeze", build: unsqueezed },
  { name: "Slice", build: sliced },
  { name: "Expand", build: expanded },
  { name: "Tile", build: tiled },
  { name: "Pad", fixed: [2], build: padded },
  { name: "DepthToSpace", build: (call) => shuffled(call, "apart") },
  { name: "SpaceToDepth", build: (call) => shuffled(call, "together") },
  { name: "Cast", build: converted },
  { name: "CastLike", build: (call) => ({ ...call.value(0), type: call.value(1).type }) },
  { name: "Split", build: divided },
  { name: "Dropout", fixed: [1, 2], build: dropped },
  {
    name: "Concat",
    build(call) {
      const xs = call.inputs.map((_, i) => call.tensor(i));
      return concat(xs, axisIn(call.integer("axis", 0), call.tensor(0).shape.length, call));
    },
  },
  {
    name: "Range",
    fixed: [0, 1, 2],
    build(call) {
      const [from, to, by] = [0, 1, 2].map((i) => call.known(i)?.[0] ?? call.fail(`input ${i} is missing`));
      const length = Math.max(0, Math.ceil((to! - from!) / by!));
      allowed([length], call);
      return fixed(
        Float64Array.from({ length }, (_, i) => from! + i * by!),
        [length],
        call.value(0).type,
      );
    },
  },
];

/** Inference: nothing is dropped. The mask, if somebody wants it, is true everywhere. */
function dropped(call: Call): readonly Value[] {
  if (call.known(2)?.[0]) call.fail("training_mode is on; export the model for inference");
  const x = call.value(0);
  return [x, { tensor: broadcastTo(constant(1), x.tensor.shape), type: "boolean" }];
}
