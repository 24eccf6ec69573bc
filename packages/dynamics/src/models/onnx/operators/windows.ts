import {
  add,
  amax,
  concat,
  constant,
  conv2d,
  flip,
  mean,
  mul,
  pad,
  reshape,
  slice,
  stack,
  transpose,
  type Tensor,
} from "#engine";
import { count } from "../tensor.js";
import type { Call, Operator } from "./operator.js";
import { allowed, padWith } from "./shapes.js";

/** How windows lie on the plane or in space: a number an axis, height and width, or depth, height and width. */
interface Windows {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

type Pair = readonly [number, number];
const filled = (n: number, value: number): number[] => new Array<number>(n).fill(value);
const MOST_PLACES = 4096;

/** One spatial axis is a plane of height 1, so that everything below has two. */
const plane = (x: Tensor): Tensor => (x.shape.length === 3 ? reshape(x, [x.shape[0]!, x.shape[1]!, 1, x.shape[2]!]) : x);
const toChannelsLast = (x: Tensor): Tensor => transpose(x, [0, ...[...x.shape.keys()].slice(2), 1]);
const back = (y: Tensor, rank: number): Tensor => {
  const last = y.shape.length - 1;
  const z = transpose(y, [0, last, ...[...y.shape.keys()].slice(1, -1)]);
  return rank === 3 ? reshape(z, [z.shape[0]!, z.shape[1]!, z.shape[3]!]) : z;
};

function image(call: Call): Tensor {
  const x = call.tensor(0);
  if (x.shape.length < 3 || x.shape.length > 5)
    call.fail(
      `an input with ${x.shape.length} axes; supported are [batch, channels, width], [batch, channels, height, width] and [batch, channels, depth, height, width]`,
    );
  return x;
}

function windowsOf(call: Call, kernel: readonly number[], x: Tensor): Windows {
  const rank = x.shape.length - 2;
  const list = (name: string, otherwise: number, length = rank): number[] => {
    const found = call.integers(name) ?? new Array<number>(length).fill(otherwise);
    const least = name === "pads" ? 0 : 1;
    if (found.length !== length || found.some((v) => !Number.isSafeInteger(v) || v < least || v > 2 ** 20))
      call.fail(`${name} [${found.slice(0, 8).join(", ")}]; expected ${length} integers from ${least}`);
    return [...found];
  };
  if (kernel.length !== rank || kernel.some((k) => !Number.isSafeInteger(k) || k < 1) || count(kernel) > MOST_PLACES)
    call.fail(`a window [${kernel.slice(0, 8).join(", ")}]; expected ${rank} integers from 1 with at most ${MOST_PLACES} places`);
  const [strides, dilations, pads] = [list("strides", 1), list("dilations", 1), list("pads", 0, 2 * rank)];
  let [low, high] = [pads.slice(0, rank), pads.slice(rank)];
  const auto = call.text("auto_pad", "NOTSET");
  const reach = kernel.map((k, i) => (k - 1) * dilations[i]! + 1);
  const sizes = x.shape.slice(2);
  if (auto === "VALID") [low, high] = [kernel.map(() => 0), kernel.map(() => 0)];
  else if (auto === "SAME_UPPER" || auto === "SAME_LOWER") {
    const total = sizes.map((d, i) => Math.max(0, (Math.ceil(d / strides[i]!) - 1) * strides[i]! + reach[i]! - d));
    const less = total.map((t) => Math.floor(t / 2));
    const more = total.map((t, i) => t - less[i]!);
    [low, high] = auto === "SAME_UPPER" ? [less, more] : [more, less];
  } else if (auto !== "NOTSET")
    call.fail(`auto_pad ${JSON.stringify(auto.slice(0, 20))}; expected NOTSET, VALID, SAME_UPPER or SAME_LOWER`);
  // A last window that hangs over the end: more padding there. It may not begin in the padding behind.
  if (call.integer("ceil_mode", 0) !== 0)
    sizes.forEach((d, i) => {
      const s = strides[i]!;
      let n = Math.ceil((d + low[i]! + high[i]! - reach[i]!) / s);
      if (n * s >= d + low[i]!) n--;
      high[i] = Math.max(high[i]!, n * s + reach[i]! - d - low[i]!);
    });
  sizes.forEach((d, i) => {
    if (d + low[i]! + high[i]! < reach[i]!)
      call.fail(`a window of ${reach[i]} on an axis of ${d} with padding ${low[i]} and ${high[i]}`);
  });
  const two = (v: readonly number[], first: number): readonly number[] => (rank === 1 ? [first, ...v] : v);
  allowed(
    [x.shape[0]!, count(kernel), x.shape[1]!, ...sizes.map((d, i) => Math.ceil((d + low[i]! + high[i]!) / strides[i]!))],
    call,
  );
  return { kernel: two(kernel, 1), strides: two(strides, 1), dilations: two(dilations, 1), low: two(low, 0), high: two(high, 0) };
}

/** Convolutions of groups of channels, side by side; `axis`: the one of the kernel that the groups share out. */
function inGroups(x: Tensor, kernel: Tensor, group: number, axis: number, stride: Pair): Tensor {
  if (group === 1) return conv2d(x, kernel, { stride });
  const part = (t: Tensor, along: number, g: number): Tensor => {
    const size = t.shape[along]! / group;
    const edge = (at: number, others: (d: number) => number): number[] => t.shape.map((d, i) => (i === along ? at : others(d)));
    return slice(
      t,
      edge(g * size, () => 0),
      edge((g + 1) * size, (d) => d),
    );
  };
  return concat(
    Array.from({ length: group }, (_, g) => conv2d(part(x, 3, g), part(kernel, axis, g), { stride })),
    3,
  );
}

/** A convolution over a plane, or over space as the sum of those of its planes. */
function correlated(x: Tensor, kernel: Tensor, group: number, axis: number, stride: readonly number[]): Tensor {
  if (x.shape.length === 4) return inGroups(x, kernel, group, axis, stride as unknown as Pair);
  const [n, depth, ...sizes] = x.shape as [number, number, number, number, number];
  const [planes, ...window] = kernel.shape as [number, number, number, number, number];
  const [step, ...flat] = stride as [number, number, number];
  const layers = Math.floor((depth - planes) / step) + 1;
  const parts = Array.from({ length: planes }, (_, i) => {
    const seenBy = slice(x, [0, i, 0, 0, 0], [n, i + (layers - 1) * step + 1, ...sizes], [1, step, 1, 1, 1]);
    const own = slice(kernel, [i, 0, 0, 0, 0], [i + 1, ...window]);
    return inGroups(reshape(seenBy, [n * layers, ...sizes]), reshape(own, window), group, axis - 1, flat);
  });
  const y = parts.reduce((sum, part) => add(sum, part));
  return reshape(y, [n, layers, ...y.shape.slice(1)]);
}

function convolution(call: Call): Tensor {
  const [x, w] = [image(call), call.tensor(1)];
  if (w.shape.length !== x.shape.length) call.fail(`weights with ${w.shape.length} axes for an input with ${x.shape.length}`);
  const { strides, dilations, low, high } = windowsOf(call, w.shape.slice(2), x);
  const group = call.integer("group", 1);
  const [channels, outputs] = [x.shape[1]!, w.shape[0]!];
  if (group < 1 || group > 4096 || channels % group !== 0 || outputs % group !== 0 || w.shape[1]! * group !== channels)
    call.fail(`${group} groups, ${channels} channels and weights [${w.shape.join(", ")}] do not fit`);
  const padded = pad(toChannelsLast(plane(x)), [0, ...low, 0], [0, ...high, 0]);
  // A dilated kernel is a kernel with zeros between.
  const spread = spreadOut(transpose(plane(w), [...axesBetween(w), 1, 0]), dilations);
  if (count(spread.shape.slice(0, -2)) > MOST_PLACES) call.fail(`a dilated window of more than ${MOST_PLACES} places`);
  const y = correlated(padded, spread, group, padded.shape.length - 1, strides);
  return back(call.inputs[2] ? add(y, call.tensor(2)) : y, x.shape.length);
}

/** Numbers of the axes of a plane or of space. */
const axesBetween = (w: Tensor): number[] => (w.shape.length === 5 ? [2, 3, 4] : [2, 3]);

/** A kernel with zeros between its places. */
const spreadOut = (kernel: Tensor, dilations: readonly number[]): Tensor => {
  const none = filled(kernel.shape.length, 0);
  return pad(kernel, none, none, [...dilations.map((d) => d - 1), 0, 0]);
};

/** A convolution with the image spread out by the strides and the kernel turned round. */
function transposed(call: Call): Tensor {
  const [x, w] = [image(call), call.tensor(1)];
  if (w.shape.length !== x.shape.length || w.shape[0] !== x.shape[1])
    call.fail(`weights [${w.shape.join(", ")}] do not fit the input`);
  const group = call.integer("group", 1);
  if (group < 1 || group > 4096 || x.shape[1]! % group !== 0) call.fail(`${group} groups of ${x.shape[1]} channels`);
  if (call.integers("output_shape") || !["NOTSET", "VALID"].includes(call.text("auto_pad", "NOTSET")))
    call.fail("supported are explicit pads");
  const rank = x.shape.length - 2;
  const get = (name: string, otherwise: number, length = rank): number[] => {
    const found = call.integers(name) ?? new Array<number>(length).fill(otherwise);
    if (found.length !== length || found.some((v) => v < 0 || v > 1024)) call.fail(`${name} [${found.slice(0, 8).join(", ")}]`);
    return rank === 1 ? (length === 2 && name === "pads" ? [0, found[0]!, 0, found[1]!] : [otherwise, ...found]) : [...found];
  };
  const [strides, dilations, extra, pads] = [
    get("strides", 1),
    get("dilations", 1),
    get("output_padding", 0),
    get("pads", 0, 2 * rank),
  ];
  if ([...strides, ...dilations].some((s) => s < 1)) call.fail("a stride or dilation of 0");
  const axes = axesBetween(w);
  const kernel = spreadOut(flip(transpose(plane(w), [...axes, 0, 1]), [...axes.keys()]), dilations);
  const window = kernel.shape.slice(0, -2);
  if (count(window) > MOST_PLACES) call.fail(`a window of more than ${MOST_PLACES} places`);
  const low = window.map((k, i) => k - 1 - pads[i]!);
  const high = window.map((k, i) => k - 1 - pads[window.length + i]! + extra[i]!);
  if ([...low, ...high].some((p) => p < 0)) call.fail("pads larger than the window, which are not supported");
  const flat = toChannelsLast(plane(x));
  allowed(
    [
      count(window),
      ...flat.shape.map((d, i) => (i === 0 || i > window.length ? d : d * strides[i - 1]! + low[i - 1]! + high[i - 1]!)),
    ],
    call,
  );
  const spread = pad(flat, [0, ...low, 0], [0, ...high, 0], [0, ...strides.map((v) => v - 1), 0]);
  const y = correlated(spread, kernel, group, window.length, filled(window.length, 1));
  return back(call.inputs[2] ? add(y, call.tensor(2)) : y, x.shape.length);
}

/** What all windows see at each place of the window, [places, batch, ...the axes of the windows, channels]. */
function seen(x: Tensor, { kernel, strides, dilations }: Windows): Tensor {
  const sizes = x.shape.slice(1, -1);
  const last = sizes.map((d, i) => Math.floor((d - (kernel[i]! - 1) * dilations[i]! - 1) / strides[i]!) * strides[i]!);
  return stack(
    Array.from({ length: count(kernel) }, (_, place) => {
      const from = kernel.map((k, i) => (Math.floor(place / count(kernel.slice(i + 1))) % k) * dilations[i]!);
      const to = from.map((f, i) => f + last[i]! + 1);
      return slice(x, [0, ...from, 0], [x.shape[0]!, ...to, x.shape.at(-1)!], [1, ...strides, 1]);
    }),
  );
}

function maxPool(call: Call): Tensor {
  const x = image(call);
  const windows = windowsOf(call, call.integers("kernel_shape") ?? [], x);
  const padded = padWith(toChannelsLast(plane(x)), [0, ...windows.low, 0], [0, ...windows.high, 0], -Infinity);
  return back(amax(seen(padded, windows), 0), x.shape.length);
}

function averagePool(call: Call): Tensor {
  const x = image(call);
  const windows = windowsOf(call, call.integers("kernel_shape") ?? [], x);
  const [low, high]: [number[], number[]] = [
    [0, ...windows.low, 0],
    [0, ...windows.high, 0],
  ];
  const flat = toChannelsLast(plane(x));
  const sums = mean(seen(pad(flat, low, high), windows), 0);
  if (low.every((p) => p === 0) && high.every((p) => p === 0)) return back(sums, x.shape.length);
  // The share of each window that counts: without the padding, or with the padding that was asked for.
  const sizes = flat.shape.slice(1, -1);
  const counted = call.integer("count_include_pad", 0) !== 0;
  const asked = call.integers("pads") ?? [];
  const rank = x.shape.length - 2;
  const ceil = call.integer("ceil_mode", 0) !== 0;
  const until = (i: number, d: number): number =>
    counted ? (ceil ? low[i]! + d + (rank === 1 && i === 1 ? 0 : (asked.at(i - sizes.length - 1) ?? 0)) : Infinity) : low[i]! + d;
  const share = (i: number, d: number): number[] => {
    const total = d + low[i]! + high[i]!;
    const [k, s, dilation] = [windows.kernel[i - 1]!, windows.strides[i - 1]!, windows.dilations[i - 1]!];
    const last = Math.floor((total - (k - 1) * dilation - 1) / s);
    return Array.from({ length: last + 1 }, (_, j) => {
      const places = Array.from({ length: k }, (_x, a) => j * s + a * dilation);
      return places.filter((p) => p < until(i, d) && (counted || p >= low[i]!)).length / k;
    });
  };
  const shares = sizes.map((d, i) => share(i + 1, d));
  const factors = shares.reduce<number[]>((all, own) => all.flatMap((a) => own.map((b) => a * b)), [1]).map((v) => 1 / v);
  return back(mul(sums, constant(factors, [1, ...shares.map((v) => v.length), 1])), x.shape.length);
}

const overall = (name: string, reduce: (x: Tensor, axes: readonly number[], keep: boolean) => Tensor): Operator => ({
  name,
  build(call) {
    const x = call.tensor(0);
    if (x.shape.length < 3) call.fail(`an input with ${x.shape.length} axes; expected [batch, channels, ...]`);
    return reduce(
      x,
      x.shape.flatMap((_, i) => (i >= 2 ? [i] : [])),
      true,
    );
  },
});

export const windowed: readonly Operator[] = [
  { name: "Conv", build: convolution },
  { name: "ConvTranspose", build: transposed },
  { name: "MaxPool", build: maxPool },
  { name: "AveragePool", build: averagePool },
  overall("GlobalAveragePool", mean),
  overall("GlobalMaxPool", amax),
];
